"""Archives from outside: only plain files below a folder come out, counted, measured, and none twice."""

import gzip
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, cast

from landbalance.core.errors import InputError
from landbalance.core.tables import toml_table
from landbalance.io.archives import leads_out
from landbalance.io.packs.line import full_disk

CHUNK = 1 << 20


@dataclass(frozen=True)
class Entry:
    """One file of an archive."""

    name: str
    size: int
    stream: IO[bytes]


def unpack(archive: Path, folder: Path, *, member: str = "", most_ratio: int | None = None) -> list[Path]:
    """Take the files of a zip, tar or tar.gz out into a folder, and return their paths.

    Parameters
    ----------
    archive : Path
    folder : Path
        Made if it is not there.
    member : str
        The one file to take; all when empty.
    most_ratio : int, optional
        How many times larger than the archive its content may be.

    Raises
    ------
    InputError
        If it is none of these, names places outside, holds links or devices, a name twice, or too much.
    """
    limits = toml_table("pack")["limits"]
    most = archive.stat().st_size * (most_ratio or limits["ratio"]) + CHUNK
    names: set[str] = set()
    made: list[Path] = []
    try:
        for entry in _entries(archive):
            name = _safe(entry.name, archive)
            if name.casefold() in names or len(names) >= limits["entries"]:
                raise _refused(archive, f"{entry.name!r} is there twice, or there are too many files")
            names.add(name.casefold())
            if member and name != member:
                continue
            place = folder / name
            place.parent.mkdir(parents=True, exist_ok=True)
            most -= _copied(entry, place, most, archive)
            made.append(place)
    except (
        tarfile.TarError,
        zipfile.BadZipFile,
        EOFError,
        gzip.BadGzipFile,
        NotImplementedError,
        RuntimeError,
    ) as error:
        raise _refused(archive, str(error)) from error
    except OSError as error:
        raise full_disk(error, folder) from error
    if member and not made:
        raise _refused(archive, f"it holds no {member}")
    return made


def gunzip(packed: Path, place: Path) -> Path:
    """Unpack a gzip file, no more than the allowed ratio.

    Raises
    ------
    InputError
        If it is none, or too much comes out.
    """
    most = packed.stat().st_size * toml_table("pack")["limits"]["ratio"] + CHUNK
    try:
        with gzip.open(packed, "rb") as stream:
            _copied(Entry(place.name, 0, cast(IO[bytes], stream)), place, most, packed)
    except (gzip.BadGzipFile, EOFError) as error:
        raise _refused(packed, str(error)) from error
    return place


def _entries(archive: Path) -> Iterator[Entry]:
    """Yield the plain files of an archive; anything else than a folder is refused."""
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as packed:
            for info in packed.infolist():
                kind = (info.external_attr >> 16) & 0o170000
                if info.is_dir():
                    continue
                if kind not in (0, 0o100000):
                    raise _refused(archive, f"{info.filename!r} is no plain file")
                with packed.open(info) as stream:
                    yield Entry(info.filename, info.file_size, stream)
        return
    with tarfile.open(archive, "r:*") as packed_tar:
        for member in packed_tar:
            if member.isdir():
                continue
            content = packed_tar.extractfile(member) if member.isreg() else None
            if content is None:
                raise _refused(archive, f"{member.name!r} is no plain file")
            yield Entry(member.name, member.size, content)


def _safe(name: str, archive: Path) -> str:
    """Return a name that stays inside its folder."""
    if leads_out(name):
        raise _refused(archive, f"it names {name!r}")
    return str(PurePosixPath(name.replace("\\", "/")))


def _copied(entry: Entry, place: Path, most: int, archive: Path) -> int:
    """Copy one file, counting; return its size."""
    got = 0
    with place.open("xb") as out:
        while piece := entry.stream.read(CHUNK):
            got += len(piece)
            if got > most:
                raise _refused(archive, "more comes out of it than can be right")
            out.write(piece)
    return got


def _refused(archive: Path, why: str) -> InputError:
    """Return the error for an archive that is not unpacked."""
    return InputError("{archive} is not unpacked: {why}", archive=archive.name, why=why,
                      hint="fetch it again, or ask who gave it to you")  # fmt: skip
