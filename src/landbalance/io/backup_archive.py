"""A backup as one file: a tar of files, closed by a list of their digests; without the list it is not whole."""

import hashlib
import io
import shutil
import tarfile
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import orjson

from landbalance.core.errors import InputError
from landbalance.io.files import CHUNK, whole_file

LIST = "backup.json"
FORMAT = 1
MODE = 0o600


def write_archive(path: Path, files: Iterable[tuple[str, Path]], said: Mapping[str, Any]) -> dict[str, str]:
    """Write files into one archive and return their digests; a file that vanishes meanwhile is left out and named.

    Parameters
    ----------
    path : Path
        Where the archive goes; it is whole or not there.
    files : iterable of (str, Path)
        Name in the archive, and file.
    said : mapping
        What the list says beside the digests.

    Raises
    ------
    DiskError
        If the disk is full.
    """
    digests: dict[str, str] = {}
    gone: list[str] = []
    with whole_file(path) as temporary:
        temporary.chmod(MODE)
        with tarfile.open(temporary, "w", format=tarfile.PAX_FORMAT) as tar:
            for name, file in files:
                try:
                    digests[name] = _add(tar, name, file)
                except FileNotFoundError:
                    gone.append(name)
            body = orjson.dumps({"format": FORMAT, **said, "files": digests, "gone": gone}, option=orjson.OPT_INDENT_2)
            tar.addfile(_entry(LIST, len(body)), io.BytesIO(body))
    return digests


def read_list(path: Path) -> dict[str, Any]:
    """Return the list of an archive.

    Raises
    ------
    InputError
        If it is no backup, or was cut off.
    """
    try:
        with tarfile.open(path) as tar:
            last = None
            for last in tar:  # noqa: B007 - the last one is wanted
                pass
            file = tar.extractfile(last) if last is not None and last.name == LIST else None
            found = orjson.loads(file.read()) if file else None
    except (tarfile.TarError, OSError, ValueError, EOFError) as error:
        raise _no_backup(path, "it cannot be read") from error
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise _no_backup(path, "it does not end with its list")
    return found


def unpack(path: Path, target: Path) -> dict[str, Any]:
    """Unpack an archive beside its target, check every file, and only then give it its name.

    Raises
    ------
    InputError
        If the target is not empty, or the archive was changed, cut off, or leads out of it.
    """
    found = read_list(path)
    if target.exists() and any(target.iterdir()):
        raise InputError("{folder} is not empty", folder=target, hint="restore into a new folder")
    target.parent.mkdir(parents=True, exist_ok=True)
    place = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent))
    try:
        with tarfile.open(path) as tar:
            for member in tar:
                _unpack_one(tar, member, place, found["files"], path)
        missing = [name for name in found["files"] if not (place / name).is_file()]
        if missing:
            raise _no_backup(path, f"{missing[0]} is missing")
        if target.exists():
            target.rmdir()
        place.replace(target)
    finally:
        shutil.rmtree(place, ignore_errors=True)
    return found


def _add(tar: tarfile.TarFile, name: str, path: Path) -> str:
    """Add one file and return its digest; a file that grows meanwhile is taken as it was when it was opened."""
    with path.open("rb") as file:
        size = path.stat().st_size
        reader = _Counted(file, size)
        tar.addfile(_entry(name, size), reader)
    return reader.digest.hexdigest()


class _Counted(io.RawIOBase):
    """Hands out so many bytes of a file and keeps their digest."""

    def __init__(self, file: Any, size: int) -> None:
        self._file, self._left, self.digest = file, size, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        chunk: bytes = self._file.read(min(size, self._left) if size >= 0 else self._left)
        self._left -= len(chunk)
        self.digest.update(chunk)
        return chunk


def _entry(name: str, size: int) -> tarfile.TarInfo:
    """Return the head of a file in the archive."""
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, MODE
    return entry


def _unpack_one(
    tar: tarfile.TarFile, member: tarfile.TarInfo, place: Path, digests: Mapping[str, str], path: Path
) -> None:
    """Unpack one file and compare its digest."""
    if member.name == LIST:
        return
    parts = PurePosixPath(member.name).parts
    if not member.isreg() or member.name.startswith("/") or ".." in parts or member.name not in digests:
        raise _no_backup(path, f"{member.name} does not belong in it")
    source = tar.extractfile(member)
    target = place / member.name
    target.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with target.open("wb") as file:
        while source is not None and (chunk := source.read(CHUNK)):
            digest.update(chunk)
            file.write(chunk)
    target.chmod(MODE)
    if digest.hexdigest() != digests[member.name]:
        raise _no_backup(path, f"{member.name} was changed")


def _no_backup(path: Path, why: str) -> InputError:
    """Return the error for an archive that cannot be restored."""
    return InputError("{path} is no whole backup: {why}", path=path, why=why, hint="take another one")
