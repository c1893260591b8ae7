"""Bring a source grid onto a target grid, the same way in every tiling.

Positions are counted in source cells and rounded to `STEP`, so that the rounding errors of a tile's corner change
nothing and equal lattices are recognised as equal. What lies on a tie goes to the east and to the south.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS

from landbalance.core.layers import Alignment
from landbalance.core.types import Array
from landbalance.grid.grid import Grid

STEP = 2.0**-20  # of a source cell
WRAP_SLACK = 0.01  # cells by which the columns of a global grid may miss a full turn
Index: TypeAlias = NDArray[np.intp]
Float: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True)
class Window:
    """Rows and columns of a source grid; it may reach beyond the grid's edges, where nothing is known."""

    row: int
    col: int
    height: int
    width: int

    def inside(self, grid: Grid) -> Iterator[tuple["Window", tuple[int, int]]]:
        """Yield the parts of the window that exist in the grid, and where each begins in the window.

        A geographic grid that goes round the globe continues at its other side.
        """
        top, bottom = max(self.row, 0), min(self.row + self.height, grid.height)
        period = turn_of(grid)
        turns = range(self.col // period, (self.col + self.width - 1) // period + 1) if period else (0,)
        for turn in turns if bottom > top else ():
            start = turn * period
            left, right = (
                max(self.col, start),
                min(self.col + self.width, start + min(grid.width, period or grid.width)),
            )
            if right > left:
                yield Window(top, left - start, bottom - top, right - left), (top - self.row, left - self.col)


@dataclass(frozen=True)
class Taps:
    """For each target row or column, the first source index and the weights of the source cells from there on."""

    first: Index
    weights: Float  # (tap, target)

    @property
    def stop(self) -> int:
        """Return the source index after the last that is needed."""
        return int(self.first.max()) + len(self.weights)

    @property
    def is_copy(self) -> bool:
        """Return whether the target takes consecutive source cells as they are."""
        return bool(self.weights.shape[0] == 1 and (self.weights == 1).all() and (np.diff(self.first) == 1).all())

    def moved(self, start: int) -> "Taps":
        """Return the taps counted from another index."""
        return Taps(self.first - start, self.weights)


@dataclass(frozen=True)
class Resampling:
    """How the cells of one source window make the cells of one target grid.

    `apply(array, missing)` takes the window's array of shape (y, x) and returns the target's, of the same type; where
    `is_copy` both are the same cells.
    """

    window: Window
    apply: Callable[[Array, float], Array]
    is_copy: bool = False


def resampling(source: Grid, target: Grid, method: Alignment) -> Resampling:
    """Plan the alignment of a source grid with a target grid along the same axes.

    Parameters
    ----------
    source, target : Grid
        Of one reference system.
    method : {"nearest", "mode", "bilinear", "average", "sum"}
        "nearest" takes the source cell over the target's centre; "mode" the known code with the largest share (the
        lowest code where shares are equal); "bilinear" and "average" weigh the known cells; "sum" shares counts out by
        overlap, so that none is lost or made. The last three want float64 with NaN.

    Examples
    --------
    >>> fine, coarse = Grid("EPSG:4326", 0.0, 1.0, 1.0, 1.0, 4, 1), Grid("EPSG:4326", 0.0, 1.0, 2.0, 1.0, 2, 1)
    >>> resampling(fine, coarse, "sum").apply(np.array([[1.0, 2.0, 3.0, np.nan]]), np.nan).tolist()
    [[3.0, 3.0]]
    """
    x = target.x_edges()
    if is_geographic(source.crs):
        x = x + turn_towards(source, float(x[0]), float(x[-1]))
    cols = _taps((x - source.west) / source.dx, method)
    rows = _taps((source.north - target.y_edges()) / source.dy, method)
    top, left = int(rows.first.min()), int(cols.first.min())
    window = Window(top, left, rows.stop - top, cols.stop - left)
    rows, cols = rows.moved(top), cols.moved(left)
    is_copy = rows.is_copy and cols.is_copy
    return Resampling(window, lambda array, missing: _apply(array, missing, rows, cols, method), is_copy)


def is_geographic(crs: str) -> bool:
    """Return whether coordinates are longitude and latitude.

    Examples
    --------
    >>> is_geographic("EPSG:4326"), is_geographic("EPSG:32633")
    (True, False)
    """
    return bool(CRS.from_user_input(crs).is_geographic)


def turn_of(grid: Grid) -> int:
    """Return the columns of a full turn where a geographic grid goes round the globe, else 0.

    Examples
    --------
    >>> turn_of(Grid("EPSG:4326", -180.0, 90.0, 0.5, 0.5, 720, 360))
    720
    """
    if grid.width * grid.dx < 350.0 or not is_geographic(grid.crs):
        return 0
    columns = round(360.0 / grid.dx)
    return columns if abs(360.0 / grid.dx - columns) < WRAP_SLACK and grid.width >= columns - 1 else 0


def turn_towards(grid: Grid, west: float, east: float) -> float:
    """Return the whole turn [degrees] that brings a span of longitudes over the grid best; 0 among equals.

    Examples
    --------
    >>> turn_towards(Grid("EPSG:4326", 0.0, 90.0, 1.0, 1.0, 360, 180), -60.0, -50.0)
    360.0
    """
    low, _, high, _ = grid.bounds
    return max((0.0, 360.0, -360.0), key=lambda turn: min(east + turn, high) - max(west + turn, low))


def _apply(array: Array, missing: float, rows: Taps, cols: Taps, method: Alignment) -> Array:
    """Resample one window."""
    if rows.is_copy and cols.is_copy:
        return array
    if method == "nearest":
        return np.asarray(array[rows.first[:, np.newaxis], cols.first])
    if method == "mode":
        return _mode(array, missing, rows, cols)
    return _weighted(array, rows, cols, is_sum=method == "sum")


def _taps(edges: Float, method: Alignment) -> Taps:
    """Return the taps of one axis from the target's edges in source cells."""
    edges = np.rint(edges / STEP) * STEP
    if method == "nearest":
        return Taps(_floor((edges[1:] + edges[:-1]) / 2.0), np.ones((1, edges.size - 1)))
    if method == "bilinear":
        return _bilinear_taps((edges[1:] + edges[:-1]) / 2.0)
    return _overlap_taps(edges)


def _floor(positions: Float) -> Index:
    """Return the cells that positions fall in."""
    return np.asarray(np.floor(positions), dtype=np.intp)


def _bilinear_taps(centres: Float) -> Taps:
    """Return two taps a cell, or one where all centres coincide."""
    first = _floor(centres - 0.5)
    share = centres - 0.5 - first
    weights = np.stack([1.0 - share, share])
    return Taps(first, weights if share.any() else weights[:1])


def _overlap_taps(edges: Float) -> Taps:
    """Return the length that each source cell shares with each target cell."""
    low, high = edges[:-1], edges[1:]
    first = _floor(low)
    count = int((np.ceil(high) - first).max())
    cell = first + np.arange(count)[:, np.newaxis]
    return Taps(first, np.clip(np.minimum(high, cell + 1) - np.maximum(low, cell), 0.0, None))


def _weighted(values: Float, rows: Taps, cols: Taps, *, is_sum: bool) -> Float:
    """Return weighted sums, or means over the known cells."""
    known = np.isfinite(values)
    total = _sweep(np.where(known, values, 0.0), rows, cols)
    weight = _sweep(known.astype(np.float64), rows, cols)
    out = np.full(total.shape, np.nan)
    return np.asarray(np.divide(total, 1.0 if is_sum else weight, out=out, where=weight > 0))


def _sweep(values: Float, rows: Taps, cols: Taps) -> Float:
    """Return weighted sums, tap by tap: no matrix product, so that the order of additions never changes."""
    across = np.zeros((values.shape[0], cols.first.size))
    for tap, weight in enumerate(cols.weights):
        across += values[:, np.minimum(cols.first + tap, values.shape[1] - 1)] * weight
    total = np.zeros((rows.first.size, cols.first.size))
    for tap, weight in enumerate(rows.weights):
        total += across[np.minimum(rows.first + tap, values.shape[0] - 1)] * weight[:, np.newaxis]
    return total


def _mode(codes: Array, missing: float, rows: Taps, cols: Taps) -> Array:
    """Return the known code with the largest share of each target cell, the lowest where shares are equal."""
    best = np.zeros((rows.first.size, cols.first.size))
    out = np.full(best.shape, missing, dtype=codes.dtype)
    for code in np.unique(codes[codes != missing]):
        share = _sweep((codes == code).astype(np.float64), rows, cols)
        wins = share > best
        out[wins], best[wins] = code, share[wins]
    return out
