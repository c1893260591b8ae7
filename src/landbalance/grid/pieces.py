"""From the boundary of a country to the grids a run is computed on."""

import math

import shapely
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from landbalance.core.errors import InputError
from landbalance.grid.grid import Bounds, Grid

SNAP = 1e-6  # of a cell: closer than this is on the line
SPLIT = 2.0  # methods 0.2: two pieces where their boxes together are at most half of the whole box
WEST, EAST = shapely.box(-180, -90, 0, 90), shapely.box(0, -90, 180, 90)


def snap(bounds: Bounds, grid: Grid) -> Grid | None:
    """Return the part of a grid that holds the bounds, snapped outwards to whole cells; None where they do not meet.

    Parameters
    ----------
    bounds : tuple of float
        West, south, east, north [unit of the grid's CRS].
    grid : Grid
        Reference lattice; the result never reaches beyond it.

    Examples
    --------
    >>> snap((0.2, 0.2, 1.8, 0.9), Grid("EPSG:4326", 0.0, 2.0, 0.5, 0.5, 10, 4)).shape
    (2, 4)
    """
    west, south, east, north = bounds
    left = max(math.floor((west - grid.west) / grid.dx + SNAP), 0)
    right = min(math.ceil((east - grid.west) / grid.dx - SNAP), grid.width)
    top = max(math.floor((grid.north - north) / grid.dy + SNAP), 0)
    bottom = min(math.ceil((grid.north - south) / grid.dy - SNAP), grid.height)
    if right <= left or bottom <= top:
        return None
    corner = grid.west + left * grid.dx, grid.north - top * grid.dy
    return Grid(grid.crs, *corner, grid.dx, grid.dy, right - left, bottom - top)


def analysis_grids(boundary: BaseGeometry, grid: Grid) -> tuple[Grid, ...]:
    """Return the grids that cover a boundary: one, or two where it crosses the antimeridian.

    Parameters
    ----------
    boundary : shapely geometry
        Area of interest, in the CRS of the grid.
    grid : Grid
        Reference lattice, of the layer that sets the resolution.

    Returns
    -------
    tuple of Grid
        East piece first where there are two.

    Raises
    ------
    InputError
        If the boundary does not meet the grid.

    Examples
    --------
    >>> world = Grid("EPSG:4326", -180.0, 90.0, 1.0, 1.0, 360, 180)
    >>> islands = shapely.union(shapely.box(177, -19, 180, -16), shapely.box(-180, -19, -178, -16))
    >>> [piece.bounds for piece in analysis_grids(islands, world)]
    [(177.0, -19.0, 180.0, -16.0), (-180.0, -19.0, -178.0, -16.0)]
    """
    found = [snap(part, grid) for part in _boxes(boundary, grid)]
    pieces = tuple(piece for piece in found if piece is not None)
    if not pieces:
        raise InputError(
            "the boundary lies at {boundary}, the layers at {layers}",
            boundary=tuple(round(edge, 3) for edge in boundary.bounds),
            layers=tuple(round(edge, 3) for edge in grid.bounds),
            hint="check that both are of the same country and that their reference systems are right",
        )
    return pieces


def _boxes(boundary: BaseGeometry, grid: Grid) -> list[Bounds]:
    """Return the boxes to cover, in the longitudes that the grid uses."""
    if not CRS.from_user_input(grid.crs).is_geographic:
        return [boundary.bounds]
    halves = [half for half in (boundary.intersection(EAST), boundary.intersection(WEST)) if half.area > 0]
    whole = shapely.box(*boundary.bounds).area
    if len(halves) < 2 or whole < SPLIT * sum(shapely.box(*half.bounds).area for half in halves):
        return [_turned(boundary.bounds, grid)]
    return [_turned(half.bounds, grid) for half in halves]


def _turned(bounds: Bounds, grid: Grid) -> Bounds:
    """Return the bounds moved by whole turns to where they meet the grid best (0 to 360, beyond 180)."""
    west, south, east, north = bounds
    low, _, high, _ = grid.bounds
    turn = max((0.0, 360.0, -360.0), key=lambda turn: min(east + turn, high) - max(west + turn, low))
    return (west + turn, south, east + turn, north)
