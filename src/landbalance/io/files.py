"""Files that are whole or not there: written under a temporary name, flushed, then renamed."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from landbalance.core.addresses import is_remote
from landbalance.core.errors import DiskError, InputError
from landbalance.io.sniff import ZARR_FILES

CHUNK = 1 << 20
FULL = "free space on the disk or choose another folder, then run again"
TOO_FULL = "free {need} MB on the disk or choose another folder, then run again"


def sha256(path: str | Path) -> str:
    """Return the SHA-256 of a file, or of all files of a folder with their names.

    Raises
    ------
    InputError
        If it cannot be read.
    """
    digest = hashlib.sha256()
    path = Path(path)
    try:
        if path.is_dir():
            for each in sorted(each for each in path.rglob("*") if each.is_file()):
                digest.update(each.relative_to(path).as_posix().encode() + b"\0")
                digest.update(bytes.fromhex(sha256(each)))
            return digest.hexdigest()
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
    except OSError as error:
        raise InputError("{path} cannot be read ({why})", path=path, why=error.strerror or error) from error
    return digest.hexdigest()


def checksum(path: str) -> str:
    """Return the SHA-256 of a file, or for one on a server what `remote_checksum` gives.

    Raises
    ------
    InputError, NotFoundError, SourceError
        If it cannot be read.
    """
    if not is_remote(path):
        return sha256(path)
    from landbalance.io.remote import remote_checksum

    return remote_checksum(path, ZARR_FILES)


def stamp(path: str) -> str:
    """Return what changes when a file does: sizes and times of change of all its parts, or what a server says of it.

    Raises
    ------
    InputError, NotFoundError, SourceError
        If it cannot be read.
    """
    if is_remote(path):
        from landbalance.io.remote import remote_stamp

        return remote_stamp(path, ZARR_FILES)
    place = Path(path)
    parts = sorted(place.rglob("*")) if place.is_dir() else [place]
    try:
        return ";".join(f"{each.name}:{each.stat().st_size}:{each.stat().st_mtime_ns}" for each in parts)
    except OSError as error:
        raise InputError(
            "{path} cannot be read ({why})", path=path, why=error.strerror, hint="check the path"
        ) from error


@contextmanager
def whole_file(path: str | Path, need_bytes: int = 0) -> Iterator[Path]:
    """Hand out a temporary name in the same folder; rename it to `path` when the block ends well.

    Raises
    ------
    DiskError
        If the folder cannot be written, or the disk is full; it names the path and, when told, the need.
    """
    path = Path(path)
    try:
        temporary = temporary_name(path)
        try:
            yield temporary
            put_in_place(temporary, path)
        finally:
            with suppress(FileNotFoundError):
                temporary.unlink()
    except OSError as error:
        raise unwritable(path, error, need_bytes) from error


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """Yield a hidden folder that takes the place of `path` once all is written; after an error nothing changes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))
    made.chmod(0o777 & ~_umask())
    old = made.with_name(made.name + "-old")
    try:
        yield made
        if path.exists():
            path.rename(old)
        made.rename(path)
    finally:
        for each in (made, old):
            shutil.rmtree(each, ignore_errors=True)


def write_text(path: str | Path, text: str) -> None:
    """Write a text file, whole or not at all; lines end with a line feed everywhere."""
    write_bytes(path, text.encode("utf-8"))


def write_bytes(path: str | Path, content: bytes) -> None:
    """Write a file, whole or not at all."""
    with whole_file(path, len(content)) as temporary:
        temporary.write_bytes(content)
        if temporary.read_bytes() != content:
            raise OSError("what was written does not read back")


def temporary_name(path: Path) -> Path:
    """Make an empty file beside `path`, with a hidden name and the same ending, and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.stem}.", suffix=f".part{path.suffix}", dir=path.parent)
    os.close(handle)
    Path(name).chmod(0o666 & ~_umask())
    return Path(name)


def put_in_place(temporary: Path, path: Path) -> None:
    """Flush a finished temporary file to the disk and give it its name."""
    _flush(temporary)
    temporary.replace(path)
    with suppress(OSError):  # some file systems cannot flush a folder
        _flush(path.parent)


def unwritable(path: Path, error: Exception, need_bytes: int = 0) -> DiskError:
    """Return the error that says which file could not be written, and what it needs."""
    return DiskError(
        "{path} cannot be written ({why})",
        path=path,
        why=getattr(error, "strerror", None) or error,
        hint=TOO_FULL if need_bytes else FULL,
        need=f"{need_bytes / 1e6:.1f}",
    )


def _flush(path: Path) -> None:
    """Ask the system to put a file or folder on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _umask() -> int:
    """Return the file mode mask of the process."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
