"""Open a zip without trusting it: its directory is judged first, then one data set is unpacked and counted."""

import stat
import zipfile
from pathlib import Path, PurePosixPath

from landbalance.core.errors import InputError
from landbalance.io.archives import leads_out

ZIP = b"PK\x03\x04"
DATA = (".shp", ".tif", ".tiff", ".nc", ".nc4", ".gpkg", ".geojson", ".json")
BESIDE = (".shx", ".dbf", ".prj", ".cpg")
CHUNK = 1 << 20
WORKBOOK_PART = "xl/workbook.xml"


def is_workbook(path: Path, name: str) -> bool:
    """Return whether a zip is an XLSX workbook.

    Raises
    ------
    InputError
        If its directory cannot be read.
    """
    with _opened(path, name) as archive:
        return WORKBOOK_PART in archive.namelist()


def check_workbook(path: Path, name: str, limits: dict[str, int]) -> None:
    """Refuse a workbook that unpacks to more than is allowed, by its directory and then by counting.

    Raises
    ------
    InputError
        If it does, or is damaged.
    """
    with _opened(path, name) as archive:
        _count(archive, path, name, limits["workbook_bytes"], limits)


def check_archive(path: Path, name: str, limits: dict[str, int]) -> None:
    """Refuse an archive that unpacks to more than is allowed, by its directory and then by counting.

    Raises
    ------
    InputError
        If it does, or is damaged.
    """
    with _opened(path, name) as archive:
        _check_names(archive.infolist(), name, limits)
        _count(archive, path, name, limits["unpacked_bytes"], limits)


def unpack(path: Path, name: str, limits: dict[str, int]) -> tuple[Path, str]:
    """Unpack the one data set of a zip beside it; return its file and the name it had in the archive.

    Raises
    ------
    InputError
        If an entry would land elsewhere, is a link, an archive or there twice; if it is too large; or if there is not
        exactly one data set.
    """
    with _opened(path, name) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        _check_names(archive.infolist(), name, limits)
        _check_sizes(entries, path, name, limits["unpacked_bytes"], limits)
        chosen = _one_data_set(entries, name)
        left = limits["unpacked_bytes"]
        for entry in entries:
            inner = PurePosixPath(entry.filename)
            is_beside = inner.with_suffix("") == chosen.with_suffix("") and inner.suffix.lower() in BESIDE
            if inner == chosen or (is_beside and chosen.suffix.lower() == ".shp"):
                left = _copy(archive, entry, Path("unpacked" + inner.suffix.lower()), left, name)
    return Path("unpacked" + chosen.suffix.lower()), chosen.name


def _opened(path: Path, name: str) -> zipfile.ZipFile:
    """Return the archive."""
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise InputError("{name} is a damaged archive", name=name, hint="pack it again") from error


def _count(archive: zipfile.ZipFile, path: Path, name: str, most: int, limits: dict[str, int]) -> None:
    """Refuse an archive that holds more than it may, first by what it says, then by unpacking it to nowhere."""
    _check_sizes(archive.infolist(), path, name, most, limits)
    left = most
    for entry in archive.infolist():
        left = _copy(archive, entry, None, left, name)


def _check_names(entries: list[zipfile.ZipInfo], name: str, limits: dict[str, int]) -> None:
    """Refuse entries that would land elsewhere, are links, or are there twice."""
    if len(entries) > limits["entries"]:
        raise InputError(
            "{name} has {count} entries, more than {most}",
            name=name,
            count=len(entries),
            most=limits["entries"],
            hint="pack the one data set alone",
        )
    seen: set[str] = set()
    for entry in entries:
        inner = entry.orig_filename
        fault = _fault_of(entry, inner)
        if inner.casefold() in seen:
            fault = "is there twice"
        if fault:
            raise InputError(
                "{name}: {entry!r} {fault}", name=name, entry=inner[:80], fault=fault, hint="pack the files anew"
            )
        seen.add(inner.casefold())


def _fault_of(entry: zipfile.ZipInfo, inner: str) -> str:
    """Return what is wrong with an entry; empty if nothing is."""
    if leads_out(inner):
        return "points out of the archive"
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "is a link"
    if entry.flag_bits & 1:
        return "is encrypted"
    if inner.lower().endswith((".zip", ".gz", ".7z", ".rar", ".tar", ".bz2", ".xz")):
        return "is an archive within the archive"
    return ""


def _check_sizes(entries: list[zipfile.ZipInfo], path: Path, name: str, most: int, limits: dict[str, int]) -> None:
    """Refuse what the directory says is too large, unpacked or against its packed size."""
    whole = sum(entry.file_size for entry in entries)
    if whole > most or whole > limits["unpacked_ratio"] * max(path.stat().st_size, 1) + CHUNK:
        raise InputError(
            "{name} unpacks from {packed:.1f} MB to {whole:.0f} MB",
            name=name,
            packed=path.stat().st_size / 1e6,
            whole=whole / 1e6,
            hint="that is more than is allowed: send less, or not packed",
        )


def _one_data_set(entries: list[zipfile.ZipInfo], name: str) -> PurePosixPath:
    """Return the one data set of an archive."""
    found = [PurePosixPath(entry.filename) for entry in entries]
    data = [each for each in found if each.suffix.lower() in DATA and not each.name.startswith(("._", "."))]
    if len(data) != 1:
        raise InputError(
            "{name} holds {count} data sets",
            name=name,
            count=len(data) or "no",
            hint="pack one GeoTIFF, GeoPackage, GeoJSON or shapefile with its parts",
        )
    return data[0]


def _copy(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, goal: Path | None, left: int, name: str) -> int:
    """Unpack an entry, or only count it; return how many bytes are left of what is allowed."""
    try:
        with archive.open(entry) as source:
            sink = goal.open("xb") if goal else None
            try:
                while chunk := source.read(CHUNK):
                    left -= len(chunk)
                    if left < 0:
                        raise InputError("{name} unpacks to more than is allowed", name=name, hint="send less")
                    if sink:
                        sink.write(chunk)
            finally:
                if sink:
                    sink.close()
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise InputError("{name} is a damaged archive", name=name, hint="pack it again") from error
    return left
