"""Bring a source grid onto a target grid of another reference system, the same way in every tiling.

Corners of cells are transformed exactly; points inside a cell lie evenly between its corners. Nothing is estimated from
the tile at hand, so a cell gets the same value whatever is computed beside it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS, Transformer

from landbalance.core.layers import Alignment
from landbalance.core.types import Array
from landbalance.grid.align import STEP, Float, Index, Resampling, Window, is_geographic, resampling, turn_towards
from landbalance.grid.grid import Grid, Tile

DEGREE_M = 111_320.0
POINTS = (2, 16)  # a side of a target cell, for averages and modes: least and most
COUNT_POINTS = 4  # a side of the finer cell, for counts
BULGE = 0.02  # of a cell: more than an edge between two corners can be bent
ROWS = 64  # worked at a time
Positions: TypeAlias = Iterator[tuple[Float, Float]]


@dataclass(frozen=True)
class Places:
    """Corners of cells in cells of another grid, shape (y + 1, x + 1); NaN where the projection ends."""

    row: Float
    col: Float

    def inner(self, points: int) -> Positions:
        """Yield the rows and columns of points x points positions in each cell."""
        for down in range(points):
            for across in range(points):
                at = (down + 0.5) / points, (across + 0.5) / points
                yield _between(self.row, *at), _between(self.col, *at)

    def window(self, margin: int) -> Window:
        """Return the window that holds all corners; empty where there are none."""
        if not (np.isfinite(self.row) & np.isfinite(self.col)).any():
            return Window(0, 0, 0, 0)
        top, left = (int(np.floor(np.nanmin(each))) - margin for each in (self.row, self.col))
        bottom, right = (int(np.floor(np.nanmax(each))) + 1 + margin for each in (self.row, self.col))
        return Window(top, left, bottom - top, right - left)


def alignment(source: Grid, target: Grid, method: Alignment) -> Resampling:
    """Plan the alignment of a source grid with a target grid, of any reference systems.

    In one reference system rows and columns are planned on their own (`align.resampling`). In two, "nearest" and
    "bilinear" are taken at the target's centre; "mode" and "average" from points spread over the target cell, close
    enough to meet every source cell up to 8 times finer; "sum" spreads each source cell over points and gives each to
    the target cell it falls in, so that the total stays.

    Examples
    --------
    >>> cell = Grid("EPSG:4326", 0.0, 1.0, 1.0, 1.0, 1, 1)
    >>> plan = alignment(cell, Grid("EPSG:3857", 1000.0, 50000.0, 100.0, 100.0, 1, 1), "nearest")
    >>> plan.apply(np.full((plan.window.height, plan.window.width), 7), -1).tolist()
    [[7]]
    """
    if is_same_crs(source.crs, target.crs):
        return resampling(source, target, method)
    places = _places(target, source)
    coarseness = _coarseness(target, source)
    if method == "sum":
        window = _within(places.window(2 + int(BULGE * coarseness)), source)
        return Resampling(window, lambda array, _: _spread(array, window, source, target))
    points = 1 if method in ("nearest", "bilinear") else int(np.clip(np.ceil(2 * coarseness), *POINTS))
    window = places.window(1)
    at = Places(places.row - window.row, places.col - window.col)
    return Resampling(window, lambda array, missing: _sample(array, missing, at, method, points))


def is_same_crs(first: str, second: str) -> bool:
    """Return whether two reference systems are one, whatever the order of their axes.

    Examples
    --------
    >>> is_same_crs("EPSG:4326", "OGC:CRS84")
    True
    """
    return first == second or CRS.from_user_input(first).equals(CRS.from_user_input(second), ignore_axis_order=True)


def _places(grid: Grid, other: Grid) -> Places:
    """Return the corners of the cells of `grid` in cells of `other`."""
    transformer = Transformer.from_crs(grid.crs, other.crs, always_xy=True)
    x, y = transformer.transform(*np.meshgrid(grid.x_edges(), grid.y_edges()))
    known = np.isfinite(x) & np.isfinite(y)
    x, y = np.where(known, x, np.nan), np.where(known, y, np.nan)
    if known.any() and is_geographic(other.crs):
        centre = x[known][known.sum() // 2]
        x = centre + np.remainder(x - centre + 180.0, 360.0) - 180.0
        x += turn_towards(other, float(np.nanmin(x)), float(np.nanmax(x)))
    west, north, row, col = other.anchor or (other.west, other.north, 0, 0)
    return Places((north - y) / other.dy - row, (x - west) / other.dx - col)


def _between(corners: Float, down: float, across: float | Float) -> Float:
    """Return a position inside each cell, rounded to `STEP`."""
    top = corners[:-1, :-1] * (1 - across) + corners[:-1, 1:] * across
    bottom = corners[1:, :-1] * (1 - across) + corners[1:, 1:] * across
    return np.asarray(np.rint((top * (1 - down) + bottom * down) / STEP) * STEP)


def _coarseness(grid: Grid, other: Grid) -> float:
    """Return how many cells of `other` a cell of `grid` is wide or high, near the equator."""
    scale = _metres(grid) / _metres(other)
    return max(grid.dx / other.dx, grid.dy / other.dy) * scale


def _metres(grid: Grid) -> float:
    """Return the metres of one unit of a grid's coordinates, at the equator."""
    crs = CRS.from_user_input(grid.crs)
    return DEGREE_M if crs.is_geographic else float(crs.axis_info[0].unit_conversion_factor)


def _within(window: Window, grid: Grid) -> Window:
    """Return the window without the rows and columns that no grid has."""
    top, bottom = np.clip([window.row, window.row + window.height], 0, grid.height).tolist()
    left, right = np.clip([window.col, window.col + window.width], 0, grid.width).tolist()
    return Window(top, left, bottom - top, right - left)


def _sample(array: Array, missing: float, places: Places, method: Alignment, points: int) -> Array:
    """Return the target cells from points inside them, some rows at a time."""
    take = {"nearest": _only, "mode": _most_frequent, "bilinear": _weighted(_four), "average": _weighted(_one)}[method]
    rows = range(0, places.row.shape[0] - 1, ROWS)
    strips = (Places(places.row[row : row + ROWS + 1], places.col[row : row + ROWS + 1]) for row in rows)
    return np.concatenate([take(array, missing, strip.inner(points)) for strip in strips])


def _only(array: Array, missing: float, positions: Positions) -> Array:
    """Return the cell that one position falls in."""
    return _nearest(array, missing, *next(positions))


def _most_frequent(array: Array, missing: float, positions: Positions) -> Array:
    """Return the most frequent known code, the lowest where several are."""
    drawn = np.stack([_nearest(array, missing, *each) for each in positions])
    best = np.zeros(drawn.shape[1:], dtype=np.int64)
    out = np.full(best.shape, missing, dtype=drawn.dtype)
    for code in np.unique(drawn[drawn != missing]):
        count = (drawn == code).sum(axis=0)
        wins = count > best
        out[wins], best[wins] = code, count[wins]
    return out


def _weighted(around: Callable[[Float, Float, Float], Iterator[tuple[Float, Float]]]) -> Callable[..., Array]:
    """Return a function that takes the mean of the known cells around all positions."""

    def mean(array: Array, _: float, positions: Positions) -> Array:
        pairs = (pair for row, col in positions for pair in around(array, row, col))
        total: Float | float = 0.0
        weight: Float | float = 0.0
        for value, share in pairs:
            known = np.isfinite(value)
            total = total + np.where(known, value * share, 0.0)
            weight = weight + np.where(known, share, 0.0)
        out = np.full(np.shape(total), np.nan)
        return np.asarray(np.divide(total, weight, out=out, where=np.asarray(weight) > 0))

    return mean


def _nearest(array: Array, missing: float, row: Float, col: Float) -> Array:
    """Return the cells that positions fall in; `missing` outside."""
    with np.errstate(invalid="ignore"):
        inside = (row >= 0) & (row < array.shape[0]) & (col >= 0) & (col < array.shape[1])
    rows, cols = (np.floor(np.where(inside, each, 0.0)).astype(np.intp) for each in (row, col))
    return np.asarray(np.where(inside, array[rows, cols], array.dtype.type(missing)))


def _one(array: Float, row: Float, col: Float) -> Iterator[tuple[Float, Float]]:
    """Yield the cell a position falls in, at full weight."""
    yield _nearest(array, np.nan, row, col), np.ones(row.shape)


def _four(array: Float, row: Float, col: Float) -> Iterator[tuple[Float, Float]]:
    """Yield the four cells around a position and their weights."""
    top, left = np.floor(row - 0.5), np.floor(col - 0.5)
    down, across = row - 0.5 - top, col - 0.5 - left
    for below in (0, 1):
        for beside in (0, 1):
            share = (down if below else 1 - down) * (across if beside else 1 - across)
            yield np.where(share > 0, _nearest(array, np.nan, top + below + 0.5, left + beside + 0.5), np.nan), share


def _spread(counts: Float, window: Window, source: Grid, target: Grid) -> Float:
    """Share the counts of source cells out over the target cells that their points fall in."""
    points = COUNT_POINTS * int(np.ceil(max(1.0, _coarseness(source, target))))
    total = np.zeros(target.width * target.height)
    known = np.zeros(total.size, dtype=bool)
    for start in range(window.row - window.row % ROWS, window.row + window.height, ROWS):
        tile = Tile(0, max(start, window.row), window.col, 0, window.width)
        tile = replace(tile, height=min(start + ROWS, window.row + window.height) - tile.row)
        share = counts[tile.row - window.row :][: tile.height, :, np.newaxis] / points**2
        for index, inside in _targets(_places(source.part(tile), target), target, points):
            given = inside & np.isfinite(share)
            np.add.at(total, index[given], np.broadcast_to(share, given.shape)[given])
            known[index[given]] = True
    return np.where(known, total, np.nan).reshape(target.shape)


def _targets(places: Places, target: Grid, points: int) -> Iterator[tuple[Index, NDArray[np.bool_]]]:
    """Yield the target cells of rows of points in each source cell, and whether they exist."""
    across = (np.arange(points) + 0.5) / points
    turn = 360.0 / target.dx if is_geographic(target.crs) else np.inf
    for down in across:
        row, col = (_between(each[..., np.newaxis], down, across) for each in (places.row, places.col))
        col = col - turn * np.floor(col / turn) if np.isfinite(turn) else col
        with np.errstate(invalid="ignore"):
            inside = (row >= 0) & (row < target.height) & (col >= 0) & (col < target.width)
        cell = np.floor(np.where(inside, row, 0.0)) * target.width + np.floor(np.where(inside, col, 0.0))
        yield cell.astype(np.intp), inside
