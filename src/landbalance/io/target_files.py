"""Targets as files: rows read through the quarantine, and written as CSV, workbook, GeoJSON or GeoPackage."""

import csv
import io
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import shapely
from shapely.geometry.base import BaseGeometry

from landbalance.core.errors import InputError
from landbalance.io.cells import formula_restored, formula_safe
from landbalance.io.quarantine import Ingested, ingest
from landbalance.io.sheet import sheet_xlsx

SHAPE = "wkt"
KEEP = "keep"  # stands for a shape too long for a cell: it stays as it is
LONGEST_CELL = 32_767  # characters a cell of a workbook takes
VECTORS = (".geojson", ".json", ".gpkg", ".zip")
TABLES = (".csv", ".tsv", ".xlsx")
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "geojson": "application/geo+json",
    "gpkg": "application/geopackage+sqlite3",
}


@dataclass(frozen=True)
class SentRow:
    """One row of a file: its number as people count it, its cells by column, its shape."""

    number: int
    cells: Mapping[str, Any]
    shape: BaseGeometry | None = None


@dataclass(frozen=True)
class SentFile:
    """What a file holds, before anything is checked."""

    name: str
    sha256: str
    rows: tuple[SentRow, ...]
    columns: tuple[str, ...]
    has_shapes: bool
    notes: tuple[str, ...] = field(default=())


def read_target_file(path: str | Path, *, name: str = "") -> SentFile:
    """Return the rows of a CSV, workbook, GeoJSON or GeoPackage; it is opened in the quarantine.

    Raises
    ------
    InputError
        If it is none of these, is damaged, or breaks a limit.
    """
    name = name or Path(path).name
    ending = Path(name).suffix.lower()
    if ending not in (*VECTORS, *TABLES):
        known = ", ".join((*TABLES, *VECTORS))
        raise InputError("{name} is no file of targets", name=name, hint="save it as one of {known}", known=known)
    with tempfile.TemporaryDirectory(prefix="landbalance-import-") as folder:
        taken = ingest(path, folder, name=name, want="rows" if ending in TABLES else "vector")
        return _of_features(taken) if taken.kind == "vector" else _of_sheet(taken, is_text=ending != ".xlsx")


def written(
    kind: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], shapes: Sequence[BaseGeometry | None]
) -> bytes:
    """Return rows as a file; text that a spreadsheet would run stays text.

    Parameters
    ----------
    kind : {"csv", "xlsx", "geojson", "gpkg"}
        Tables carry the shape as WKT; the others leave out rows without a shape.
    """
    if kind in ("csv", "xlsx"):
        texts = ["" if each is None else shapely.to_wkt(each, rounding_precision=-1) for each in shapes]
        if kind == "xlsx":
            texts = [KEEP if len(text) > LONGEST_CELL else text for text in texts]
        table = [[*row, text] for row, text in zip(rows, texts, strict=True)]
        heads = [*columns, SHAPE]
        return _csv(heads, table) if kind == "csv" else sheet_xlsx("targets", heads, table)
    placed = [(row, each) for row, each in zip(rows, shapes, strict=True) if each is not None]
    return _geojson(columns, placed) if kind == "geojson" else _geopackage(columns, placed)


def _of_features(taken: Ingested) -> SentFile:
    """Return the rows of a file of shapes."""
    features = taken.features()
    rows = tuple(
        SentRow(
            number + 1,
            {column(key): value for key, value in (each["properties"] or {}).items() if not key.startswith("_")},
            shapely.geometry.shape(each["geometry"]),
        )
        for number, each in enumerate(features, 1)
    )
    columns = dict.fromkeys(key for row in rows for key in row.cells)
    return SentFile(taken.name, taken.sha256, rows, tuple(columns), has_shapes=True, notes=taken.notes)


def _of_sheet(taken: Ingested, *, is_text: bool) -> SentFile:
    """Return the rows of the sheet called targets, or of the first one."""
    sheets = taken.sheets()
    sheet = next((each for each in sheets if each["name"].lower() == "targets"), sheets[0])
    notes = [f"of {len(sheets)} sheets, {sheet['name']} is taken"] if len(sheets) > 1 else []
    heads = [column(each) for each in sheet["header"]]
    if twice := sorted({each for each in heads if each and heads.count(each) > 1}):
        raise InputError("{name} has two columns {column}", name=taken.name, column=twice[0], hint="name each once")
    rows = []
    for number, row in enumerate(sheet["rows"], 2):
        cells = {head: _restored(cell, is_text=is_text) for head, cell in zip(heads, row, strict=True) if head}
        if any(cell is not None for cell in cells.values()):
            rows.append(SentRow(number, cells))
    known = tuple(head for head in heads if head)
    return SentFile(
        taken.name, taken.sha256, tuple(rows), known, has_shapes=SHAPE in known, notes=(*taken.notes, *notes)
    )


def column(name: str) -> str:
    """Return the field that a heading means.

    Examples
    --------
    >>> column(" Target year ")
    'target_year'
    """
    return name.strip().lower().replace(" ", "_").replace("-", "_")


def _restored(cell: Any, *, is_text: bool) -> Any:
    """Return a cell as it was before it was made safe for spreadsheets."""
    return formula_restored(cell) if is_text and isinstance(cell, str) else cell


def _csv(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    """Return rows as CSV that spreadsheets open as UTF-8 and run nothing of."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([["" if cell is None else formula_safe(cell) for cell in row] for row in rows])
    return b"\xef\xbb\xbf" + buffer.getvalue().encode()


def _geojson(columns: Sequence[str], rows: Sequence[tuple[Sequence[Any], BaseGeometry]]) -> bytes:
    """Return features as GeoJSON in longitude and latitude."""
    features = [
        {"type": "Feature", "properties": dict(zip(columns, row, strict=True)), "geometry": shape.__geo_interface__}
        for row, shape in rows
    ]
    return orjson.dumps({"type": "FeatureCollection", "features": features}, option=orjson.OPT_APPEND_NEWLINE)


def _geopackage(columns: Sequence[str], rows: Sequence[tuple[Sequence[Any], BaseGeometry]]) -> bytes:
    """Return features as a GeoPackage in longitude and latitude."""
    import geopandas

    data = {name: [row[place] for row, _ in rows] for place, name in enumerate(columns)}
    frame = geopandas.GeoDataFrame(data, geometry=[_many(shape) for _, shape in rows], crs="EPSG:4326")
    with tempfile.TemporaryDirectory(prefix="landbalance-export-") as folder:
        path = Path(folder, "targets.gpkg")
        frame.to_file(path, layer="targets", driver="GPKG", engine="pyogrio", geometry_type="MultiPolygon")
        return path.read_bytes()


def _many(shape: BaseGeometry) -> BaseGeometry:
    """Return an area as a multipolygon."""
    return shape if shape.geom_type == "MultiPolygon" else shapely.MultiPolygon([shape])
