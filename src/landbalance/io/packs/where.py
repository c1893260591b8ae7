"""Where the cells of a source file go in the file of a pack: by whole cells on one lattice, else cell by cell."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pyproj import Transformer

from landbalance.core.errors import SourceError
from landbalance.core.sources import Source
from landbalance.core.types import Array
from landbalance.grid.extents import Extent, homolosine_boxes, sinusoidal_boxes, snapped
from landbalance.grid.grid import Bounds, Grid, Tile
from landbalance.grid.tilings import SIN_NORTH, SIN_WEST

DEGREE_M = 111_319.49
OFF = 0.02  # of a cell: more than a header rounds
ROWS = 256


@dataclass(frozen=True)
class Patch:
    """A window of a source file and the rectangle of the frame that it fills."""

    row: int
    col: int
    tile: Tile


@dataclass(frozen=True)
class Frame:
    """The grid of a pack's file, and the boxes of it that are filled [unit of the source's CRS].

    Parameters
    ----------
    grid : Grid
    boxes : tuple of Bounds
    is_warped : bool
        Whether the source's cells are taken cell by cell, because its map is torn along 180 degrees.
    """

    grid: Grid
    boxes: tuple[Bounds, ...]
    is_warped: bool = False


def frame_of(source: Source, extent: Extent, lattice: Grid) -> Frame:
    """Return the frame of a source's layers.

    Parameters
    ----------
    source : Source
    extent : Extent
        Where the country lies.
    lattice : Grid
        Grid of any file of the source, or of its mosaic.

    Raises
    ------
    SourceError
        If the source does not cover the country.
    """
    if _is_geographic(source):
        return _geographic(source, extent, lattice)
    boxes = homolosine_boxes(extent, source.crs) if "igh" in source.crs else sinusoidal_boxes(extent)
    if extent.crosses_180:
        step = 1.0 / round(DEGREE_M / lattice.dx)
        return Frame(snapped(extent.bounds, -180.0, 90.0, step, "EPSG:4326"), boxes, is_warped=True)
    corner = (SIN_WEST, SIN_NORTH) if "sinu" in source.crs else (lattice.west, lattice.north)
    sides = np.array(boxes)
    whole = (*sides[:, :2].min(axis=0).tolist(), *sides[:, 2:].max(axis=0).tolist())
    return Frame(snapped(whole, *corner, lattice.dx, lattice.crs), boxes)


def patches(frame: Frame, file: Grid, turn: float, name: str) -> list[Patch]:
    """Return the windows of a file that a frame on its lattice takes.

    Raises
    ------
    SourceError
        If the file does not lie on the lattice.
    """
    grid = frame.grid
    across, down = (file.west + turn - grid.west) / grid.dx, (grid.north - file.north) / grid.dy
    col, row = round(across), round(down)
    if abs(across - col) > OFF or abs(down - row) > OFF or abs(file.dx / grid.dx - 1) * file.width > OFF:
        raise SourceError("{name} lies beside the grid of the others", name=name, retryable=False,
                          hint="see landbalance pack probe")  # fmt: skip
    found = []
    for box in frame.boxes:
        top, bottom, left, right = _window(box, grid)
        top, left = max(top, row), max(left, col)
        bottom, right = min(bottom, row + file.height), min(right, col + file.width)
        if bottom > top and right > left:
            found.append(Patch(top - row, left - col, Tile(0, top, left, bottom - top, right - left)))
    return list(dict.fromkeys(found))


def samples(frame: Frame, file: Grid, crs: str) -> Iterator[tuple[Tile, NDArray[np.intp], NDArray[np.intp]]]:
    """Yield strips of a frame with the row and column of the file under each cell's centre; -1 outside."""
    to_file = Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    grid = frame.grid
    lon = grid.west + (np.arange(grid.width) + 0.5) * grid.dx
    lon = (lon + 180.0) % 360.0 - 180.0
    for top in range(0, grid.height, ROWS):
        height = min(ROWS, grid.height - top)
        lat = grid.north - (top + np.arange(height) + 0.5) * grid.dy
        x, y = to_file.transform(*np.meshgrid(lon, lat))
        col, row = np.floor((x - file.west) / file.dx), np.floor((file.north - y) / file.dy)
        inside = (col >= 0) & (col < file.width) & (row >= 0) & (row < file.height)
        if inside.any():
            yield (
                Tile(0, top, 0, height, grid.width),
                np.where(inside, row, -1).astype(np.intp),
                np.where(inside, col, -1).astype(np.intp),
            )


def sampled(array: Array, row: NDArray[np.intp], col: NDArray[np.intp], missing: float) -> Array:
    """Return the cells of an array at rows and columns; missing where these are -1."""
    taken = array[np.maximum(row, 0), np.maximum(col, 0)]
    return np.where(row >= 0, taken, np.asarray(missing).astype(array.dtype))


def _geographic(source: Source, extent: Extent, lattice: Grid) -> Frame:
    """Return the frame of a source in degrees, within what it covers."""
    west, south, east, north = extent.bounds
    if source.coverage:
        south, north = max(south, source.coverage[1]), min(north, source.coverage[3])
    if source.by_country:
        low, bottom, high, top = lattice.bounds
        west, south, east, north = max(west, low), max(south, bottom), min(east, high), min(north, top)
    if north <= south or east <= west:
        raise SourceError("{source} does not reach this country", source=source.id, retryable=False)
    grid = snapped((west, south, east, north), lattice.west, lattice.north, lattice.dx, "EPSG:4326")
    return Frame(grid, extent.boxes)


def _window(box: Bounds, grid: Grid) -> tuple[int, int, int, int]:
    """Return first and last row and column of a box in a grid, within it."""
    slack = 1e-6
    top, bottom = (grid.north - box[3]) / grid.dy, (grid.north - box[1]) / grid.dy
    left, right = (box[0] - grid.west) / grid.dx, (box[2] - grid.west) / grid.dx
    return (
        max(int(np.floor(top + slack)), 0), min(int(np.ceil(bottom - slack)), grid.height),
        max(int(np.floor(left + slack)), 0), min(int(np.ceil(right - slack)), grid.width),
    )  # fmt: skip


def _is_geographic(source: Source) -> bool:
    """Return whether a source is in degrees."""
    return source.crs == "EPSG:4326"
