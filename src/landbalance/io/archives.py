"""ZIP archives from outside: refused by their directory before anything is unpacked, and counted while it is."""

import stat
import zipfile
from pathlib import PurePosixPath
from typing import IO

from landbalance.core.errors import InputError

MAX_ENTRIES = 10_000
MAX_BYTES = 200 << 20
MAX_RATIO = 100
SMALL = 1 << 20  # below this size a high ratio harms nobody
CHUNK = 1 << 16
NESTED = (b"PK\x03\x04",)


def check_archive(file: IO[bytes], name: str = "the archive") -> tuple[str, ...]:
    """Refuse an archive that would harm whoever unpacks it; return the names of its entries.

    Checked are: number of entries, declared and real size, ratio, absolute and climbing paths, links, names that come
    twice, archives inside archives.

    Raises
    ------
    InputError
        If it is no archive, or one of these.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            _check_directory(entries, name)
            _check_content(archive, entries, name)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise InputError("{name} is no archive that can be read", name=name, hint="save it again") from error
    return tuple(entry.filename for entry in entries)


def leads_out(name: str) -> bool:
    """Return whether the name of an entry is absolute, climbs, names a drive or server, is empty or holds odd signs.

    Examples
    --------
    >>> [leads_out(name) for name in ("a/b.tif", "../a", "c:/a", "/a", "a/../../b")]
    [False, True, True, True, True]
    """
    plain = name.replace("\\", "/")
    parts = PurePosixPath(plain).parts
    return not parts or plain.startswith("/") or ".." in parts or ":" in plain or not name.isprintable()


def _check_directory(entries: list[zipfile.ZipInfo], name: str) -> None:
    """Check what the directory says."""
    if len(entries) > MAX_ENTRIES:
        raise _refused(name, "it has too many files", f"at most {MAX_ENTRIES}")
    names = [entry.filename for entry in entries]
    if len(set(names)) != len(names):
        raise _refused(name, "a file stands in it twice", "each name once")
    for entry in entries:
        if leads_out(entry.filename):
            raise _refused(name, "a path in it leads out of it", "plain relative paths")
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise _refused(name, "there is a link in it", "files alone")
        if entry.flag_bits & 1:
            raise _refused(name, "it is encrypted", "an archive without password")
    declared = sum(entry.file_size for entry in entries)
    packed = max(sum(entry.compress_size for entry in entries), 1)
    if declared > MAX_BYTES or (declared > SMALL and declared / packed > MAX_RATIO):
        raise _refused(name, "it unpacks to too much", f"at most {MAX_BYTES >> 20} MB and {MAX_RATIO} times its size")


def _check_content(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], name: str) -> None:
    """Unpack it into nothing and count: a directory can lie."""
    total = 0
    for entry in entries:
        if entry.is_dir():
            continue
        with archive.open(entry) as part:
            if part.read(4) in NESTED:
                raise _refused(name, "there is an archive in it", "unpack the inner one first")
            total += 4
            while chunk := part.read(CHUNK):
                total += len(chunk)
                if total > MAX_BYTES:
                    raise _refused(name, "it unpacks to too much", f"at most {MAX_BYTES >> 20} MB")


def _refused(name: str, why: str, wanted: str) -> InputError:
    """Return the error for an archive that is refused."""
    return InputError("{name} is refused: {why}", name=name, why=why, hint="wanted: {wanted}", wanted=wanted)
