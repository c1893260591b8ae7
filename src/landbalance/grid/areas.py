"""True areas of grid cells on the WGS84 ellipsoid, and the same as integers whose sums are exact."""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pyproj import CRS, Transformer

from landbalance.grid.grid import Grid

SEMI_MAJOR_M = 6378137.0
SEMI_MINOR_M = 6356752.3142
ECCENTRICITY = math.sqrt(1.0 - (SEMI_MINOR_M / SEMI_MAJOR_M) ** 2)
QUANTUM_BITS = 35  # of the largest cell: 2**28 such cells still sum exactly in int64
SAMPLES = 65  # blocks a side, among which the largest cell of a projected grid is looked for


def cell_area_km2(south: ArrayLike, north: ArrayLike, width_degrees: ArrayLike) -> NDArray[np.float64]:
    """Return the area between two parallels over a width in longitude.

    Parameters
    ----------
    south, north : array_like
        Parallels [degrees]; swapped where south is above north.
    width_degrees : array_like
        Width in longitude [degrees].

    Returns
    -------
    ndarray of float64
        Area [km2].

    References
    ----------
    .. [1] Snyder (1987), Map Projections: A Working Manual, USGS Professional Paper 1395, equation 3-12.

    Examples
    --------
    >>> round(float(cell_area_km2(0, 1, 1)), 6)
    12308.463894
    """
    ring = np.abs(_ring_m2(north) - _ring_m2(south))
    return np.asarray(ring * np.asarray(width_degrees, dtype=np.float64) / 360.0 * 1e-6)


def cell_areas_km2(grid: Grid) -> NDArray[np.float64]:
    """Return the true area of each cell: shape (height, 1) on a geographic grid, else (height, width) [km2].

    Examples
    --------
    >>> cell_areas_km2(Grid("EPSG:4326", 0.0, 1.0, 1.0, 1.0, 10, 2)).round(3).tolist()
    [[12308.464], [12308.464]]
    """
    if CRS.from_user_input(grid.crs).is_geographic:
        edges = grid.y_edges()
        return cell_area_km2(edges[1:], edges[:-1], grid.dx)[:, np.newaxis]
    return _projected_areas_km2(grid)


def quantum_for(grid: Grid) -> float:
    """Return the power of two [km2] in which the largest cell of the grid takes at most 35 bits.

    Examples
    --------
    >>> quantum_for(Grid("EPSG:4326", 0.0, 1.0, 1.0, 1.0, 10, 2))
    4.76837158203125e-07
    """
    if CRS.from_user_input(grid.crs).is_geographic:
        largest = float(cell_areas_km2(grid).max())
    else:
        largest = 2.0 * _largest_sampled_km2(grid)  # scale changes slowly, so twice a sample is a bound
    return float(2.0 ** math.ceil(math.log2(largest / 2.0**QUANTUM_BITS)))


def area_quanta(grid: Grid, quantum_km2: float) -> NDArray[np.int64]:
    """Return the cell areas as whole numbers of `quantum_km2`, shaped as `cell_areas_km2` does.

    Integer sums do not depend on the order, hence not on tiles or threads.

    Examples
    --------
    >>> area_quanta(Grid("EPSG:4326", 0.0, 1.0, 1.0, 1.0, 10, 1), 0.5).tolist()
    [[24617]]
    """
    return np.rint(cell_areas_km2(grid) / quantum_km2).astype(np.int64)


def _ring_m2(latitude: ArrayLike) -> NDArray[np.float64]:
    """Return the signed area of the whole ring from the equator to a parallel (methods 0.3)."""
    sine = np.sin(np.radians(np.asarray(latitude, dtype=np.float64)))
    product = ECCENTRICITY * sine
    ring = 2.0 * np.arctanh(product) / (2.0 * ECCENTRICITY) + sine / ((1.0 + product) * (1.0 - product))
    return np.asarray(math.pi * SEMI_MINOR_M**2 * ring)


def _projected_areas_km2(grid: Grid) -> NDArray[np.float64]:
    """Return cell areas by the shoelace formula in the plane (longitude, ring area), which keeps areas."""
    to_degrees = Transformer.from_crs(grid.crs, "EPSG:4326", always_xy=True)
    x, y = np.meshgrid(grid.x_edges(), grid.y_edges())
    longitude, latitude = (np.where(np.isfinite(each), each, np.nan) for each in to_degrees.transform(x, y))
    ring = _ring_m2(latitude) / 360.0
    corners = (np.s_[:-1, :-1], np.s_[1:, :-1], np.s_[1:, 1:], np.s_[:-1, 1:])
    total = np.zeros(grid.shape)
    for first, second in zip(corners, (*corners[1:], corners[0]), strict=True):
        step = np.remainder(longitude[second] - longitude[first] + 180.0, 360.0) - 180.0
        total += step * (ring[second] + ring[first]) / 2.0
    return np.nan_to_num(np.abs(total) * 1e-6)  # a corner off the projection: no area


def _largest_sampled_km2(grid: Grid) -> float:
    """Return the largest mean cell area of a lattice of blocks over the grid."""
    down, across = math.ceil(grid.height / SAMPLES), math.ceil(grid.width / SAMPLES)
    rows, cols = math.ceil(grid.height / down), math.ceil(grid.width / across)
    blocks = Grid(grid.crs, grid.west, grid.north, grid.dx * across, grid.dy * down, cols, rows)
    return float(_projected_areas_km2(blocks).max()) / (down * across)
