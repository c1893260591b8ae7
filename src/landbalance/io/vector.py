"""Polygons in, as values: read, checked, repaired with a note, burnt onto grids."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Geod, Transformer
from rasterio.features import rasterize
from shapely.geometry.base import BaseGeometry

from landbalance.core.errors import InputError
from landbalance.core.words import Words
from landbalance.grid.antimeridian import cut_at_180, longest_edge
from landbalance.grid.grid import Grid
from landbalance.io.quiet import quiet_about_georeference

NAME_FIELDS = ("name", "NAME", "shapeName", "NAME_1", "ADM1_NAME", "zone_name", "zone_id", "district", "unit_id")
CELL_STEP = 2.0**-20  # of a cell: what a vertex is rounded to
SUBCELLS = 10  # a side: the share of a cell in hundredths
READABLE = {
    ".gpkg": "GeoPackage",
    ".geojson": "GeoJSON",
    ".json": "GeoJSON",
    ".shp": "shapefile",
    ".parquet": "GeoParquet",
}
AREAS = ("Polygon", "MultiPolygon")
MAGIC = {".gpkg": (b"SQLite format 3\0",), ".shp": (b"\0\0\x27\x0a",), ".parquet": (b"PAR1",)}
JSON_STARTS = (b"{", b"\xef\xbb\xbf{")
Rule = Literal["centre", "all_touched"]


@dataclass(frozen=True)
class _Features:
    """What a file holds: the geometry of each feature, None where it has none, its columns, and where it lies."""

    geometries: list[BaseGeometry | None]
    columns: dict[str, NDArray[Any]]
    crs: CRS | None


@dataclass(frozen=True)
class Polygons:
    """Areas with names: polygon number k, from 1, is `geometries[k - 1]`.

    Parameters
    ----------
    geometries : tuple of shapely geometry
        Polygons and multipolygons, valid.
    names, codes : tuple of str
        What people call them; names may repeat.
    crs : str
        Coordinate reference system.
    notes : tuple of str
        What was repaired, feature by feature.
    """

    geometries: tuple[BaseGeometry, ...]
    names: tuple[str, ...]
    codes: tuple[str, ...]
    crs: str
    notes: tuple[str, ...] = ()

    def to(self, crs: str) -> "Polygons":
        """Return the same polygons in another reference system."""
        if CRS.from_user_input(crs) == CRS.from_user_input(self.crs):
            return self
        transformer = Transformer.from_crs(self.crs, crs, always_xy=True)
        moved = tuple(shapely.transform(each, transformer.transform, interleaved=False) for each in self.geometries)
        return replace(self, geometries=moved, crs=crs)


def read_polygons(path: str | Path, *, name_field: str | None = None, code_field: str | None = None) -> Polygons:
    """Read the polygons of a GeoPackage, GeoJSON, shapefile or GeoParquet.

    Raises
    ------
    InputError
        If the file is missing, unreadable, without reference system, or holds anything but polygons.
    """
    found = _read_features(Path(path))
    if found.crs is None:
        raise InputError(
            "{path} names no coordinate reference system", path=path, hint="set it in your GIS and save again"
        )
    if not found.geometries:
        raise InputError("{path} holds no feature", path=path, hint="give a file with at least one polygon")
    in_degrees = bool(found.crs.is_geographic)
    checked = [
        checked_polygon(geometry, number, path, in_degrees=in_degrees)
        for number, geometry in enumerate(found.geometries, 1)
    ]
    names = _column(found, name_field, NAME_FIELDS, path)
    codes = _column(found, code_field, (), path)
    geometries, notes = (tuple(column) for column in zip(*checked, strict=True))
    return Polygons(geometries, names, codes, _crs_name(found.crs), tuple(note for note in notes if note))


def read_attributes(path: str | Path) -> list[dict[str, Any]]:
    """Return the properties of every feature of a file, in order; None where one is missing.

    Raises
    ------
    InputError
        If the file is missing or unreadable.
    """
    found = _read_features(Path(path))
    rows: list[dict[str, Any]] = [{} for _ in found.geometries]
    for name, values in found.columns.items():
        for row, value in zip(rows, values.tolist(), strict=True):
            row[name] = None if value is None or value != value else value
    return rows


def read_shapes(path: str | Path) -> list[BaseGeometry | None]:
    """Return the polygon of every feature of a file in longitude and latitude, repaired; None where one has none.

    Raises
    ------
    InputError
        If the file is unreadable, names no reference system, or holds anything but polygons.
    """
    found = _read_features(Path(path))
    if found.crs is None:
        raise InputError(
            "{path} names no coordinate reference system", path=path, hint="set it in your GIS and save again"
        )
    transformer = Transformer.from_crs(found.crs, "EPSG:4326", always_xy=True)
    is_degrees = found.crs == CRS.from_user_input("EPSG:4326")
    shapes: list[BaseGeometry | None] = []
    for number, each in enumerate(found.geometries, 1):
        if each is None or each.is_empty:
            shapes.append(None)
            continue
        placed = each if is_degrees else shapely.transform(each, transformer.transform, interleaved=False)
        shapes.append(checked_polygon(placed, number, path)[0])
    return shapes


def burn(polygons: Polygons, grid: Grid, rule: str = "centre") -> NDArray[np.int32]:
    """Return the number of the polygon over each cell, 0 outside all; a later polygon wins.

    Parameters
    ----------
    polygons : Polygons
        In any reference system.
    grid : Grid
        Where to burn.
    rule : {"centre", "all_touched"}
        A cell belongs where its centre lies, or to all that touch it.

    Returns
    -------
    ndarray of int32, shape (y, x)
    """
    shapes = _near(polygons.to(grid.crs), grid)
    if not shapes:
        return np.zeros(grid.shape, dtype=np.int32)
    touched = rule == "all_touched"
    cells = [(shapely.transform(each, lambda xy: _to_cells(xy, grid)), number) for each, number in shapes]
    with quiet_about_georeference():
        return np.asarray(rasterize(cells, grid.shape, all_touched=touched, dtype="int32"), dtype=np.int32)


def cover(polygons: Polygons, grid: Grid) -> NDArray[np.uint8]:
    """Return the share of each cell inside the polygons, in hundredths, from 10 x 10 points a cell.

    Returns
    -------
    ndarray of uint8, shape (y, x)
    """
    west, north, row, col = grid.anchor or (grid.west, grid.north, 0, 0)
    fine = Grid(
        *(grid.crs, grid.west, grid.north, grid.dx / SUBCELLS, grid.dy / SUBCELLS),
        *(grid.width * SUBCELLS, grid.height * SUBCELLS),
        anchor=(west, north, row * SUBCELLS, col * SUBCELLS),
    )
    inside = burn(polygons, fine) > 0
    return np.asarray(inside.reshape(grid.height, SUBCELLS, grid.width, SUBCELLS).sum(axis=(1, 3), dtype=np.uint8))


def meets(polygons: Polygons, grid: Grid) -> bool:
    """Return whether a polygon may cover a cell of the grid."""
    return bool(_near(polygons.to(grid.crs), grid))


def geodesic_area_km2(polygons: Polygons) -> float:
    """Return the area of all polygons on the WGS84 ellipsoid [km2]; overlaps count once per polygon."""
    geod = Geod(ellps="WGS84")
    oriented = (shapely.orient_polygons(each) for each in polygons.to("EPSG:4326").geometries)
    return float(sum(abs(geod.geometry_area_perimeter(each)[0]) for each in oriented) * 1e-6)


def geodesic_length_km(polygons: Polygons) -> float:
    """Return the length of all rings on the WGS84 ellipsoid [km]."""
    geod = Geod(ellps="WGS84")
    return float(sum(geod.geometry_area_perimeter(each)[1] for each in polygons.to("EPSG:4326").geometries) * 1e-3)


def _near(polygons: Polygons, grid: Grid) -> list[tuple[BaseGeometry, int]]:
    """Return the polygons that meet the grid with their numbers, moved by whole turns to where the grid lies."""
    turns = (0.0, -360.0, 360.0) if CRS.from_user_input(grid.crs).is_geographic else (0.0,)
    frame, (west, south, east, north) = shapely.box(*grid.bounds), grid.bounds
    boxes, found = shapely.bounds(list(polygons.geometries)), []
    for turn in turns:
        is_near = (boxes[:, 0] + turn <= east) & (boxes[:, 2] + turn >= west)
        is_near &= (boxes[:, 1] <= north) & (boxes[:, 3] >= south)
        for place in np.flatnonzero(is_near).tolist():
            geometry = polygons.geometries[place]
            moved = shapely.transform(geometry, lambda xy, turn=turn: xy + np.array([turn, 0.0])) if turn else geometry
            if moved.intersects(frame):
                found.append((moved, place + 1))
    return sorted(found, key=lambda pair: pair[1])


def _to_cells(xy: NDArray[np.float64], grid: Grid) -> NDArray[np.float64]:
    """Return coordinates in cells from the grid's corner, rounded so that every tiling sees the same numbers."""
    west, north, row, col = grid.anchor or (grid.west, grid.north, 0, 0)
    cells = np.column_stack([(xy[:, 0] - west) / grid.dx, (north - xy[:, 1]) / grid.dy])
    return np.asarray(np.rint(cells / CELL_STEP) * CELL_STEP - (col, row))


def _read_features(path: Path) -> _Features:
    """Return the features of a file."""
    if not path.exists():
        raise InputError("{path} does not exist", path=path, hint="check the path; it is relative to the workspace")
    if path.suffix.lower() not in READABLE:
        kinds = ", ".join(sorted(READABLE))
        raise InputError(
            "{path} is not a file of polygons this program reads",
            path=path,
            hint="save it as one of {kinds}",
            kinds=kinds,
        )
    _check_start(path)
    try:
        return _from_parquet(path) if path.suffix.lower() == ".parquet" else _from_gdal(path)
    except Exception as error:  # the readers raise many kinds on a broken file
        raise InputError(
            "{path} cannot be read as {kind} ({why})",
            path=path,
            kind=READABLE[path.suffix.lower()],
            why=str(error).splitlines()[0] if str(error) else type(error).__name__,
            hint="open it in a GIS and save it again",
        ) from error


def _from_gdal(path: Path) -> _Features:
    """Read a file without making a table of it, which would take many times the memory."""
    import pyogrio.raw  # which takes a second to import

    facts, _, shapes, columns = pyogrio.raw.read(path)
    count = len(columns[0]) if shapes is None and len(columns) else 0 if shapes is None else len(shapes)
    geometries = [None] * count if shapes is None else list(shapely.from_wkb(shapes))
    crs = CRS.from_user_input(facts["crs"]) if facts["crs"] else None
    return _Features(geometries, dict(zip(map(str, facts["fields"]), columns, strict=True)), crs)


def _from_parquet(path: Path) -> _Features:
    """Read a GeoParquet file."""
    import geopandas

    frame = geopandas.read_parquet(path)
    columns = {str(name): frame[name].to_numpy() for name in frame.columns if name != frame.geometry.name}
    return _Features(list(frame.geometry), columns, frame.crs)


def _check_start(path: Path) -> None:
    """Refuse a file that is not what its ending says: a text that points at other files must not be followed."""
    with path.open("rb") as file:
        start = file.read(64)
    starts = MAGIC.get(path.suffix.lower(), JSON_STARTS)
    if not start.lstrip().startswith(starts) and not start.startswith(starts):
        kind = READABLE[path.suffix.lower()]
        raise InputError("{path} is no {kind}", path=path, kind=kind, hint="open it in a GIS and save it again")


def checked_polygon(
    geometry: BaseGeometry | None, number: int, path: str | Path, *, in_degrees: bool = True
) -> tuple[BaseGeometry, str]:
    """Return a valid polygon of a feature, and a note if it had to be repaired.

    Raises
    ------
    InputError
        If it is empty, is no polygon, or has no area.
    """
    if geometry is None or geometry.is_empty:
        raise InputError("feature {number} of {path} is empty", number=number, path=path, hint="delete it or draw it")
    if not np.isfinite(shapely.get_coordinates(geometry)).all():
        raise InputError("feature {number} of {path} has a coordinate that is not a number", number=number, path=path)
    geometry, notes = shapely.force_2d(geometry), list[Words]()
    if geometry.geom_type not in AREAS:
        if _areas_of(geometry).is_empty:
            kind, hint = geometry.geom_type, "give areas, not points or lines"
            text = "feature {number} of {path} is a {kind}, not a polygon"
            raise InputError(text, number=number, path=path, kind=kind, hint=hint)
        geometry = _areas_of(geometry)
        notes.append(Words("only the polygons of a collection are kept"))
    cut = cut_at_180(geometry) if in_degrees else geometry
    if cut is not geometry:
        notes.append(Words("cut where it crosses 180 degrees"))
    elif in_degrees and (longest := longest_edge(geometry)) > 180.0:
        notes.append(Words("has an edge over {longest:.0f} degrees of longitude, check it", longest=longest))
    valid, reason = _repaired(cut)
    if reason:
        notes.append(Words("repaired: {reason}", reason=reason))
    if valid.is_empty:
        raise InputError("feature {number} of {path} has no area ({reason})", number=number, path=path, reason=reason)
    return valid, _noted(number, notes) if notes else ""


def _noted(number: int, notes: list[Words]) -> Words:
    """Return the notes of a feature as one sentence."""
    said = notes[0]
    for note in notes[1:]:
        said = Words("{first}, {second}", first=said, second=note)
    return Words("feature {number} {notes}", number=number, notes=said)


def _repaired(geometry: BaseGeometry) -> tuple[BaseGeometry, str]:
    """Return a valid polygon and what was wrong."""
    if geometry.is_valid:
        return geometry, ""
    return _areas_of(shapely.make_valid(geometry)), str(shapely.is_valid_reason(geometry))


def _areas_of(geometry: BaseGeometry) -> BaseGeometry:
    """Return the polygons of a mixed collection."""
    parts = [part for part in shapely.get_parts(geometry) if part.geom_type in AREAS]
    return shapely.union_all(parts) if parts else shapely.MultiPolygon()


def _column(found: _Features, wanted: str | None, guesses: tuple[str, ...], path: str | Path) -> tuple[str, ...]:
    """Return a text column: the one asked for, else the first guess that exists, else the numbers."""
    names = list(found.columns)
    if wanted and wanted not in names:
        raise InputError(
            "{path} has no column {wanted!r}",
            path=path,
            wanted=wanted,
            hint="choose from {known}",
            known=", ".join(names),
        )
    column = wanted or next((guess for guess in guesses if guess in names), None)
    if column is None:
        return tuple(str(number) for number in range(1, len(found.geometries) + 1))
    values = found.columns[column]
    return tuple(str(number if value is None or value != value else value) for number, value in enumerate(values, 1))


def _crs_name(crs: Any) -> str:
    """Return a short name of a reference system where it has one."""
    authority = crs.to_authority(min_confidence=100)
    if authority == ("OGC", "CRS84"):
        return "EPSG:4326"
    return ":".join(authority) if authority else str(crs.to_wkt())
