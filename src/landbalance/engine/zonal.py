"""Tabulate a layer by polygons, each cell weighted by the share of it that lies inside."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from exactextract import exact_extract
from exactextract.raster import NumPyRasterSource
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from landbalance.core.layers import Layer, Slice
from landbalance.core.types import Array
from landbalance.grid.align import is_geographic
from landbalance.grid.areas import cell_areas_km2
from landbalance.grid.grid import Grid, Tile
from landbalance.grid.pieces import snap
from landbalance.io.raster import RasterReader
from landbalance.io.vector import Polygons

CELLS = 1 << 21  # cells of all slices that are read at a time
TURNS = (0.0, -360.0, 360.0)


@dataclass(frozen=True)
class ZonalRow:
    """One polygon in one slice of a layer.

    Parameters
    ----------
    zone : int
        Number of the polygon, from 1.
    name, code : str
        What it is called.
    year, date, band : int or None, str, str
        The slice.
    area_km2 : float
        True area of the cells inside, by their shares.
    known_km2 : float
        The part of it where the layer is known.
    mean, std : float or None
        Weighted by area inside; None where nothing is known, and for classes.
    minimum, maximum : float or None
        Over all cells that have a share.
    total : float or None
        Sum of the cells' values times their shares: persons of a count.
    classes_km2 : mapping of int to float
        Area of each code of a class layer.
    """

    zone: int
    name: str
    code: str
    year: int | None
    date: str
    band: str
    area_km2: float
    known_km2: float
    mean: float | None = None
    std: float | None = None
    minimum: float | None = None
    maximum: float | None = None
    total: float | None = None
    classes_km2: Mapping[int, float] = field(default_factory=dict)


@dataclass
class _Sums:
    """Running sums of one polygon in one slice; means and squares are merged strip by strip without cancellation."""

    area: float = 0.0
    known: float = 0.0
    mean: float = 0.0
    squares: float = 0.0
    minimum: float = np.inf
    maximum: float = -np.inf
    total: float = 0.0
    classes: dict[int, float] = field(default_factory=lambda: defaultdict(float))

    def add_values(self, values: NDArray[np.float64], shares: NDArray[np.float64], areas: NDArray[np.float64]) -> None:
        """Add cells of a continuous layer or count."""
        self.area += float(areas.sum())
        known = np.isfinite(values)
        values, shares, areas = values[known], shares[known], areas[known]
        weight = float(areas.sum())
        if weight <= 0:
            return
        mean = float((values * areas).sum()) / weight
        whole = self.known + weight
        step = mean - self.mean
        self.squares += float((areas * (values - mean) ** 2).sum()) + step**2 * self.known * weight / whole
        self.mean += step * weight / whole
        self.known = whole
        self.minimum, self.maximum = min(self.minimum, float(values.min())), max(self.maximum, float(values.max()))
        self.total += float((values * shares).sum())

    def add_classes(self, codes: Array, areas: NDArray[np.float64]) -> None:
        """Add cells of a class layer."""
        self.area += float(areas.sum())
        for code in np.unique(codes[codes >= 0]):
            self.classes[int(code)] += float(areas[codes == code].sum())
        self.known = sum(self.classes.values())


def zonal(
    layer: Layer,
    polygons: Polygons,
    *,
    slices: Sequence[Slice] | None = None,
    lookup: Mapping[int, int] | None = None,
) -> tuple[ZonalRow, ...]:
    """Return statistics of a layer inside each polygon, partial cells weighted.

    Cells are those of the layer itself: nothing is resampled. Means and standard deviations weigh each cell by its true
    area inside the polygon.

    Parameters
    ----------
    layer : Layer
        Continuous values, counts or classes.
    polygons : Polygons
        In any reference system.
    slices : sequence of Slice, optional
        Some of the layer's slices; all when not given.
    lookup : mapping of int to int, optional
        For a class layer, what each code is counted as, 0 to 127; every code as itself when not given.

    Returns
    -------
    tuple of ZonalRow
        By polygon, then by slice.

    Raises
    ------
    InputError
        If a file cannot be read.
    """
    reader = RasterReader(layer)
    chosen = tuple(layer.slices if slices is None else slices)
    placed = polygons.to(reader.grid.crs)
    rows: list[ZonalRow] = []
    for zone, geometry in enumerate(placed.geometries, 1):
        sums = _sums(reader, chosen, geometry, lookup)
        who = zone, placed.names[zone - 1], placed.codes[zone - 1]
        rows += [_row(who, piece, each, layer.kind == "class") for piece, each in zip(chosen, sums, strict=True)]
    return tuple(rows)


def coverage(geometry: BaseGeometry, grid: Grid) -> NDArray[np.float64]:
    """Return the exact share of each cell inside a geometry of the grid's reference system, shape (y, x)."""
    empty = np.broadcast_to(np.int8(0), grid.shape)
    west, south, east, north = grid.bounds
    source = NumPyRasterSource(np.ascontiguousarray(empty), west, south, east, north)
    feature = {"type": "Feature", "geometry": shapely.geometry.mapping(geometry), "properties": {}}
    found = exact_extract(source, [feature], ["cell_id", "coverage"])[0]["properties"]
    shares = np.zeros(grid.width * grid.height)
    shares[found["cell_id"]] = found["coverage"]
    return shares.reshape(grid.shape)


def _sums(
    reader: RasterReader, slices: tuple[Slice, ...], geometry: BaseGeometry, lookup: Mapping[int, int] | None
) -> list[_Sums]:
    """Return the sums of one polygon, slice by slice, reading strip by strip."""
    sums = [_Sums() for _ in slices]
    for strip, moved in _strips(geometry, reader.grid, len(slices)):
        shares = coverage(moved, strip)
        inside = shares > 0
        if not inside.any():
            continue
        areas = (shares * cell_areas_km2(strip))[inside]
        if reader.layer.kind == "class":
            read = reader.integers(slices, strip) if lookup is None else reader.codes(slices, strip, lookup)
            for each, codes in zip(sums, read, strict=True):
                each.add_classes(codes[inside], areas)
        else:
            for each, values in zip(sums, reader.counts(slices, strip), strict=True):
                each.add_values(values[inside], shares[inside], areas)
    return sums


def _strips(geometry: BaseGeometry, grid: Grid, slices: int) -> Iterator[tuple[Grid, BaseGeometry]]:
    """Yield the strips of rows of the grid that a polygon meets, and the polygon moved to the grid's longitudes."""
    for turn in TURNS if is_geographic(grid.crs) else (0.0,):
        moved = shapely.transform(geometry, lambda xy, turn=turn: xy + np.array([turn, 0.0])) if turn else geometry
        window = snap(moved.bounds, grid)
        if window is None or not moved.intersects(shapely.box(*window.bounds)):
            continue
        rows = max(1, CELLS // (window.width * slices))
        for row in range(0, window.height, rows):
            yield window.part(Tile(0, row, 0, min(rows, window.height - row), window.width)), moved


def _row(who: tuple[int, str, str], piece: Slice, sums: _Sums, is_class: bool) -> ZonalRow:
    """Return the finished row."""
    row = (*who, piece.year, piece.date, piece.name, sums.area, sums.known)
    if is_class:
        return ZonalRow(*row, classes_km2=dict(sorted(sums.classes.items())))
    if sums.known <= 0:
        return ZonalRow(*row)
    deviation = float(np.sqrt(sums.squares / sums.known))
    return ZonalRow(*row, sums.mean, deviation, sums.minimum, sums.maximum, sums.total)
