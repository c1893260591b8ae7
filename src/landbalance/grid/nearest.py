"""The nearest cell that has a value, within a stated distance: for islets that a coarse grid misses."""

import numpy as np
from numpy.typing import NDArray
from pyproj import Transformer
from scipy.spatial import cKDTree

from landbalance.grid.grid import Grid

EARTH_KM = 6371.0088


def nearest_valid(valid: NDArray[np.bool_], wanted: NDArray[np.bool_], grid: Grid, *, reach_km: float) -> tuple[
    NDArray[np.intp], NDArray[np.float64]
]:  # fmt: skip
    """Return, for each wanted cell without a value, the flat index of the nearest valid one.

    Parameters
    ----------
    valid, wanted : ndarray of bool, shape (y, x)
        Cells with a value; cells that need one.
    grid : Grid
    reach_km : float
        Greatest distance between the centres, on a sphere.

    Returns
    -------
    source : ndarray of int, shape (y * x,)
        The cell itself where it is valid; -1 where none is near, or none is wanted.
    distance_km : ndarray of float64, shape (y * x,)
        0 for cells that are valid themselves; NaN where there is none.

    Examples
    --------
    >>> grid = Grid("EPSG:4326", 0.0, 1.0, 0.1, 0.1, 3, 1)
    >>> valid, wanted = np.array([[True, False, False]]), np.array([[True, True, True]])
    >>> nearest_valid(valid, wanted, grid, reach_km=15.0)[0].tolist()
    [0, 0, -1]
    """
    cells = np.arange(valid.size)
    source = np.where(valid.ravel(), cells, -1)
    distance = np.where(valid.ravel(), 0.0, np.nan)
    missing = np.flatnonzero(wanted.ravel() & ~valid.ravel())
    if missing.size == 0 or not valid.any():
        return source, distance
    points = sphere_points(*cell_centres(grid))
    held = np.flatnonzero(valid.ravel())
    chord, near = cKDTree(points[held]).query(points[missing])
    away = 2 * EARTH_KM * np.arcsin(np.clip(chord / 2, 0, 1))
    close = away <= reach_km
    source[missing[close]] = held[near[close]]
    distance[missing[close]] = away[close]
    return source, distance


def nearest_points(
    longitude: NDArray[np.float64], latitude: NDArray[np.float64], wanted: NDArray[np.bool_], grid: Grid, *,
    reach_km: float,
) -> NDArray[np.intp]:  # fmt: skip
    """Return, for each wanted cell, the number of the nearest point within reach.

    Parameters
    ----------
    longitude, latitude : ndarray of float64, shape (point,)
    wanted : ndarray of bool, shape (y, x)
    grid : Grid
    reach_km : float
        Greatest distance from the centre of the cell, on a sphere.

    Returns
    -------
    ndarray of int, shape (y * x,)
        -1 where no point is near, or none is wanted.

    Examples
    --------
    >>> grid = Grid("EPSG:4326", 0.0, 0.1, 0.1, 0.1, 3, 1)
    >>> nearest_points(np.array([0.05]), np.array([0.05]), np.ones((1, 3), dtype=bool), grid, reach_km=15.0).tolist()
    [0, 0, -1]
    """
    found = np.full(wanted.size, -1, dtype=np.intp)
    cells = np.flatnonzero(wanted.ravel())
    if cells.size and len(longitude):
        chord, near = cKDTree(sphere_points(longitude, latitude)).query(sphere_points(*cell_centres(grid))[cells])
        close = 2 * EARTH_KM * np.arcsin(np.clip(chord / 2, 0, 1)) <= reach_km
        found[cells[close]] = near[close]
    return found


def cell_centres(grid: Grid) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return longitude and latitude of all cell centres, each of shape (y * x,)."""
    x, y = grid.x_edges(), grid.y_edges()
    across, down = np.meshgrid((x[:-1] + x[1:]) / 2, (y[:-1] + y[1:]) / 2)
    turn = Transformer.from_crs(grid.crs, "EPSG:4326", always_xy=True)
    east, north = turn.transform(across.ravel(), down.ravel())
    return np.asarray(east), np.asarray(north)


def sphere_points(longitude: NDArray[np.float64], latitude: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return places as points of the unit sphere, shape (point, 3)."""
    east, north = np.radians(longitude), np.radians(latitude)
    return np.stack([np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)], axis=1)
