"""Of a zip that was sent the one data set, and of a workbook that it is no bomb."""

import zipfile
from pathlib import Path, PurePosixPath

from landbalance.core.errors import InputError
from landbalance.io import archives
from landbalance.io.archives import ZIP, Most

DATA = (".shp", ".tif", ".tiff", ".nc", ".nc4", ".gpkg", ".geojson", ".json")
BESIDE = (".shx", ".dbf", ".prj", ".cpg")
WORKBOOK_PART = "xl/workbook.xml"
__all__ = ["ZIP", "check_archive", "check_workbook", "is_workbook", "unpack"]


def is_workbook(path: Path, name: str) -> bool:
    """Return whether a zip is an XLSX workbook.

    Raises
    ------
    InputError
        If its directory cannot be read.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return WORKBOOK_PART in archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise InputError("{name} is a damaged archive", name=name, hint="pack it again") from error


def check_workbook(path: Path, name: str, limits: dict[str, int]) -> None:
    """Refuse a workbook that unpacks to more than is allowed, by its directory and then by counting.

    Raises
    ------
    InputError
        If it does, or is damaged.
    """
    most = Most(limits["entries"], limits["workbook_bytes"], limits["unpacked_ratio"], archives=True)
    archives.check_archive(path, name, most)


def check_archive(path: Path, name: str, limits: dict[str, int]) -> None:
    """Refuse an archive that unpacks to more than is allowed, by its directory and then by counting.

    Raises
    ------
    InputError
        If it does, or is damaged.
    """
    archives.check_archive(path, name, _most(limits))


def unpack(path: Path, name: str, limits: dict[str, int]) -> tuple[Path, str]:
    """Unpack the one data set of a zip beside it; return its file and the name it had in the archive.

    Raises
    ------
    InputError
        If an entry would land elsewhere, is a link, an archive or there twice; if it is too large; or if there is not
        exactly one data set.
    """
    with archives.opened(path, name, _most(limits)) as found:
        entries = list(found)
        chosen = _one_data_set([PurePosixPath(entry.name) for entry in entries], name)
        for entry in entries:
            inner = PurePosixPath(entry.name)
            is_beside = inner.with_suffix("") == chosen.with_suffix("") and inner.suffix.lower() in BESIDE
            if inner == chosen or (is_beside and chosen.suffix.lower() == ".shp"):
                entry.copy(Path("unpacked" + inner.suffix.lower()))
    return Path("unpacked" + chosen.suffix.lower()), chosen.name


def _most(limits: dict[str, int]) -> Most:
    """Return what an archive may hold."""
    return Most(limits["entries"], limits["unpacked_bytes"], limits["unpacked_ratio"])


def _one_data_set(found: list[PurePosixPath], name: str) -> PurePosixPath:
    """Return the one data set of an archive."""
    data = [each for each in found if each.suffix.lower() in DATA and not each.name.startswith(("._", "."))]
    if len(data) != 1:
        raise InputError(
            "{name} holds {count} data sets",
            name=name,
            count=len(data) or "no",
            hint="pack one GeoTIFF, GeoPackage, GeoJSON or shapefile with its parts",
        )
    return data[0]
