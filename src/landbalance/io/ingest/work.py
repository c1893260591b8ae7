"""Tell what an upload is from its first bytes, hand it to the reader of that kind, and report."""

from pathlib import Path
from typing import Any

from landbalance.core.errors import InputError, LandbalanceError
from landbalance.io.files import sha256
from landbalance.io.ingest.archive import ZIP, is_workbook, unpack

GEOTIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
CUBE = (b"\x89HDF", b"CDF\x01", b"CDF\x02")
GEOPACKAGE = (b"SQLite format 3\0",)
SHAPEFILE = (b"\0\0\x27\x0a",)
JSON = (b"{", b"\xef\xbb\xbf{")
TEXT_ENDINGS = (".csv", ".tsv", ".txt")
KINDS = {"raster": "a raster", "vector": "a file of areas", "rows": "a table"}


def work(task: dict[str, Any]) -> dict[str, Any]:
    """Return the report of a job: what was made, or what is wrong in one line."""
    source = Path(task["source"])
    try:
        found = read(source, task)
    except LandbalanceError as error:
        return {"error": _fault(error, source, task["name"])}
    except MemoryError:
        large = InputError("{name} takes too much memory to read", name=task["name"], hint="make it smaller")
        return {"error": _fault(large, source, task["name"])}
    return {**found, "sha256": sha256(source), "size_bytes": source.stat().st_size}


def read(source: Path, task: dict[str, Any]) -> dict[str, Any]:
    """Return what an upload holds, normalised into this folder."""
    name, limits = task["name"], task["limits"]
    notes: list[str] = []
    if task["want"] == "flows":
        from landbalance.io.ingest.flows import read_flow_upload

        return {"kind": "flows", **read_flow_upload(source, name, task)}
    if _start(source).startswith(ZIP) and not is_workbook(source, name):
        source, inner = unpack(source, name, limits)
        notes.append(f"taken from {inner} in the archive")
    kind = kind_of(source, _start(source), name)
    if task["want"] not in (kind, "any"):
        raise InputError(
            "{name} is {found}, not {wanted}",
            name=name,
            found=KINDS[kind],
            wanted=KINDS[task["want"]],
            hint="choose another file",
        )
    if kind == "raster":
        from landbalance.io.ingest.raster import read_raster

        report = read_raster(source, name, task["crs"], limits)
    elif kind == "vector":
        from landbalance.io.ingest.vector import read_vector

        report = read_vector(source, name, task["crs"], limits, polygons_only=task["polygons_only"])
    else:
        from landbalance.io.ingest.rows import read_rows

        report = read_rows(source, name, limits)
    return {"kind": kind, **report, "notes": [*notes, *report["notes"]]}


def kind_of(source: Path, start: bytes, name: str) -> str:
    """Return whether a file is a raster, polygons or rows, from its first bytes alone.

    Raises
    ------
    InputError
        If it is empty or nothing that is read; text that points at other files is named as such.
    """
    if not start:
        raise InputError("{name} is empty", name=name, hint="choose the file again")
    if start.startswith((*GEOTIFF, *CUBE)):
        return "raster"
    if start.startswith((*GEOPACKAGE, *SHAPEFILE)) or start.lstrip().startswith(JSON) or start.startswith(JSON):
        return "vector"
    if start.startswith(ZIP):
        return "rows"  # a workbook: other archives have been unpacked
    if start.lstrip().startswith(b"<"):
        raise InputError(
            "{name} is text that may point at other files (VRT, XML)",
            name=name,
            hint="save it as GeoTIFF, GeoPackage or GeoJSON",
        )
    if source.suffix in TEXT_ENDINGS and b"\0" not in start:
        return "rows"
    raise InputError(
        "{name} is no file this program reads",
        name=name,
        hint="give a GeoTIFF or NetCDF; a GeoPackage, GeoJSON or zipped shapefile; a CSV or XLSX",
    )


def _start(source: Path) -> bytes:
    """Return the first bytes of a file."""
    with source.open("rb") as file:
        return file.read(512)


def _fault(error: LandbalanceError, source: Path, name: str) -> dict[str, Any]:
    """Return an error as plain values that name the file as its sender does."""
    here = {str(source), source.name, str(source.resolve())}
    fields = {
        key: name if str(value) in here else value if isinstance(value, int | float | str) else str(value)
        for key, value in error.fields.items()
    }
    return {"template": error.template, "hint": error.hint, "fields": fields}
