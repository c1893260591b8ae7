"""Indices of districts: means weighted by land, the share of land below a value, and how cells differ within."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from landbalance.core.types import Array

Float = NDArray[np.float64]


@dataclass(frozen=True)
class DistrictSeries:
    """An index of districts, each array of shape (step, district).

    Parameters
    ----------
    mean : ndarray
        Weighted by land; NaN where nothing is known.
    spread : ndarray
        Standard deviation between the cells of a district, weighted by land.
    known : ndarray
        Share of land where the index is known.
    """

    mean: Float
    spread: Float
    known: Float


def district_series(index: Array, weights: Float) -> DistrictSeries:
    """Return an index of districts.

    Parameters
    ----------
    index : ndarray of float, shape (step, cell)
        NaN unknown.
    weights : ndarray of float64, shape (district, cell)
        Land of each district in each cell [km2].

    Returns
    -------
    DistrictSeries

    Examples
    --------
    >>> found = district_series(np.array([[1.0, 3.0, np.nan]]), np.array([[1.0, 1.0, 2.0]]))
    >>> found.mean.tolist(), found.spread.tolist(), found.known.tolist()
    ([[2.0]], [[1.0]], [[0.5]])
    """
    known = np.isfinite(index)
    values = np.where(known, index, 0.0).astype(np.float64)
    land = known.astype(np.float64) @ weights.T
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(land > 0, values @ weights.T / land, np.nan)
        square = np.where(land > 0, values**2 @ weights.T / land, np.nan)
    whole = np.maximum(weights.sum(axis=1), np.finfo(float).tiny)
    return DistrictSeries(mean, np.sqrt(np.maximum(square - mean**2, 0.0)), land / whole)


def area_share(index: Array, weights: Float, *, at_most: float) -> Float:
    """Return the share of known land at or below a value, shape (step, district); NaN where nothing is known.

    Examples
    --------
    >>> area_share(np.array([[-1.2, 0.0, np.nan]]), np.array([[1.0, 3.0, 9.0]]), at_most=-1.0).tolist()
    [[0.25]]
    """
    known = np.isfinite(index)
    land = known.astype(np.float64) @ weights.T
    below = (known & (np.where(known, index, np.inf) <= at_most)).astype(np.float64) @ weights.T
    return np.asarray(np.where(land > 0, below / np.where(land > 0, land, 1.0), np.nan))
