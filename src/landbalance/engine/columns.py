"""Layers as columns of codes: class layers of the workspace, maps of a run, polygons, and a fishnet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pyproj import CRS

from landbalance.core.layers import Layer, Slice
from landbalance.core.types import Array
from landbalance.engine.dense import Stored
from landbalance.engine.joint import Column
from landbalance.engine.runs import Run
from landbalance.grid.grid import Grid, Tile
from landbalance.io.raster import RasterReader
from landbalance.io.vector import Polygons, burn

KM_PER_DEGREE = 111.0
LOWEST = -99  # code of a raster of ours: below is no data
MISSING = int(np.iinfo(np.int32).min)
STATUS_SHIFT = 2  # degraded, stable, improved become 1, 2, 3; unknown 0


@dataclass(frozen=True)
class CodeColumn:
    """A raster of codes as a column: a code of the raster becomes it plus a shift; 0 where unknown.

    Parameters
    ----------
    readers : tuple of RasterReader
        One for each piece of the area; one alone is read for all of them.
    shift : int
        Added to each code.
    lowest : int
        Codes below it are unknown.
    """

    readers: tuple[RasterReader, ...]
    shift: int
    lowest: int

    def __call__(self, tile: Tile, grid: Grid) -> Array:
        """Return the codes of a tile, shape (cell,)."""
        reader = self._reader(tile)
        codes = reader.integers(reader.layer.slices[:1], grid, missing=MISSING)[0].reshape(-1)
        return np.where(codes >= self.lowest, codes + self.shift, 0)

    def stored(self, tile: Tile, grid: Grid) -> Stored | None:
        """Return a tile as the file has it, where that is what the codes are; None where it is not."""
        reader = self._reader(tile)
        found = reader.as_stored(reader.layer.slices[0], grid)
        if found is None:
            return None
        numbers, nodata = found
        plain = numbers.view(np.dtype(f"u{numbers.dtype.itemsize}"))
        values = np.arange(1 << (8 * numbers.dtype.itemsize), dtype=plain.dtype).view(numbers.dtype).astype(np.int32)
        known = (values >= self.lowest) & ~np.isin(values, nodata)
        return Stored(plain, np.where(known, values + self.shift, 0).astype(np.int32))

    def _reader(self, tile: Tile) -> RasterReader:
        """Return what reads the piece of a tile."""
        return self.readers[tile.piece if len(self.readers) > 1 else 0]


def class_column(layer: Layer) -> CodeColumn:
    """Return the codes of a class layer plus one; 0 where unknown."""
    return CodeColumn((RasterReader(layer),), 1, 0)


def raster_column(paths: Sequence[Path], shift: int) -> CodeColumn:
    """Return the codes of a raster of ours, one file per piece of the area, plus a shift; 0 where unknown."""
    return CodeColumn(tuple(RasterReader(_map_layer(path)) for path in paths), shift, LOWEST)


def run_column(run: Run, key: str, shift: int) -> CodeColumn:
    """Return the codes of a map of a run plus a shift; 0 where unknown."""
    return raster_column(run.raster(key), shift)


def value_column(layer: Layer, slices: Sequence[Slice]) -> Column:
    """Return the values of a layer; NaN where unknown."""
    reader = RasterReader(layer)

    def read(_: Tile, grid: Grid) -> Array:
        return np.asarray(reader.counts(slices, grid)[0].reshape(-1))

    return read


def polygon_column(polygons: Polygons) -> Column:
    """Return the number of the polygon over each cell, from 1; 0 outside all."""

    def read(_: Tile, grid: Grid) -> Array:
        return burn(polygons, grid).reshape(-1)

    return read


def fishnet_column(whole: Grid, side_km: float) -> tuple[Column, Mapping[int, tuple[int, int]]]:
    """Return the number of the square over each cell, and row and column of each square; from the upper-left corner.

    A degree counts as 111 km in both directions, as in Trends.Earth.
    """
    rows, columns = _square_cells(whole, side_km)
    across = -(-whole.width // columns)
    down = -(-whole.height // rows)
    places = {row * across + column + 1: (row, column) for row in range(down) for column in range(across)}

    def read(tile: Tile, _: Grid) -> Array:
        row = (tile.row + np.arange(tile.height)) // rows
        column = (tile.col + np.arange(tile.width)) // columns
        return (row[:, None] * across + column[None, :] + 1).astype(np.int32).reshape(-1)

    return read, places


def square_box(whole: Grid, side_km: float, place: tuple[int, int]) -> tuple[float, float, float, float]:
    """Return west, south, east and north of a square of the fishnet, in the reference system of the grid."""
    rows, columns = _square_cells(whole, side_km)
    top, left = place[0] * rows, place[1] * columns
    bottom, right = min(top + rows, whole.height), min(left + columns, whole.width)
    west, north = whole.west + left * whole.dx, whole.north - top * whole.dy
    return west, north - (bottom - top) * whole.dy, west + (right - left) * whole.dx, north


def _square_cells(whole: Grid, side_km: float) -> tuple[int, int]:
    """Return how many cells a square is high and wide."""
    side = side_km / KM_PER_DEGREE if CRS.from_user_input(whole.crs).is_geographic else side_km * 1000.0
    return max(1, round(side / whole.dy)), max(1, round(side / whole.dx))


def _map_layer(path: Path) -> Layer:
    """Return a raster of ours as a layer."""
    return Layer(f"map:{path.name}", "class", "class", (Slice(str(path), 1),), align="nearest")
