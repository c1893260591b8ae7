"""Bring a source grid onto a target grid, the same way in every tiling.

Positions are counted in source cells and rounded to `STEP`, so that rounding errors of a tile's corner change nothing
and equal lattices are recognised as equal. What lies on a tie goes to the east and to the south.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from landbalance.core.layers import Alignment
from landbalance.core.types import Array
from landbalance.grid.grid import Grid

STEP = 2.0**-20  # of a source cell
Index = NDArray[np.intp]
Float = NDArray[np.float64]


@dataclass(frozen=True)
class Window:
    """Rows and columns of a source grid; it may reach beyond the grid's edges, where nothing is known."""

    row: int
    col: int
    height: int
    width: int


@dataclass(frozen=True)
class Taps:
    """For each target row or column, the first source index and the weights of the source cells from there on."""

    first: Index
    weights: Float  # (tap, target)

    @property
    def start(self) -> int:
        """Return the first source index that is needed."""
        return int(self.first.min())

    @property
    def stop(self) -> int:
        """Return the source index after the last that is needed."""
        return int(self.first.max()) + self.weights.shape[0]

    @property
    def is_copy(self) -> bool:
        """Return whether the target takes consecutive source cells as they are."""
        return bool(self.weights.shape[0] == 1 and (self.weights == 1).all() and (np.diff(self.first) == 1).all())


@dataclass(frozen=True)
class Resampling:
    """How the cells of one source window make the cells of one target grid."""

    window: Window
    is_copy: bool
    apply: Callable[[Array, float], Array]


def resampling(source: Grid, target: Grid, method: Alignment) -> Resampling:
    """Plan the alignment of a source grid with a target grid.

    Parameters
    ----------
    source, target : Grid
        Of any reference systems.
    method : {"nearest", "mode", "bilinear", "average", "sum"}
        "nearest" takes the source cell over the target's centre, "mode" the class with the largest share (the lowest
        code where shares are equal), "bilinear" and "average" weigh the known cells, "sum" shares out counts.

    Returns
    -------
    Resampling
        `window` is what to read; `apply(array, missing)` makes the target array of the same type from it. "bilinear",
        "average" and "sum" want float64 with NaN.
    """
    return _separable(source, target, method)


def _separable(source: Grid, target: Grid, method: Alignment) -> Resampling:
    """Plan rows and columns on their own: both grids lie along the same axes."""
    cols = _taps((target.x_edges() - source.west) / source.dx, method)
    rows = _taps((source.north - target.y_edges()) / source.dy, method)
    window = Window(rows.start, cols.start, rows.stop - rows.start, cols.stop - cols.start)
    rows = Taps(rows.first - rows.start, rows.weights)
    cols = Taps(cols.first - cols.start, cols.weights)
    is_copy = rows.is_copy and cols.is_copy
    return Resampling(window, is_copy, lambda array, missing: _apply(array, missing, rows, cols, method))


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
    return np.asarray(np.floor(positions), dtype=np.intp)


def _bilinear_taps(centres: Float) -> Taps:
    """Return two taps a cell, or one where centres coincide."""
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
    """Return weighted sums, or means over the known cells; tap by tap, so that the order of sums never changes."""
    known = np.isfinite(values)
    total = _sweep(np.where(known, values, 0.0), rows, cols)
    weight = _sweep(known.astype(np.float64), rows, cols)
    out = np.full(total.shape, np.nan)
    return np.divide(total, 1.0 if is_sum else weight, out=out, where=weight > 0)


def _sweep(values: Float, rows: Taps, cols: Taps) -> Float:
    """Return the sum over row taps of the sum over column taps."""
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
