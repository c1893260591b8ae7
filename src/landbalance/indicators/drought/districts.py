"""Indices of districts: means weighted by land, the share of land below a value, and how cells differ within."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from landbalance.core.errors import InputError
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


def land_quantile(index: Array, weights: Float, *, share: float) -> Float:
    """Return the value that a share of the known land is at or below, shape (step, district); NaN if nothing is known.

    An area rule asks it: at least `share` of the land is at or below x exactly where this value is at most x.

    Raises
    ------
    InputError
        If the share is not above 0 and at most 1.

    Examples
    --------
    >>> land_quantile(np.array([[-1.2, 0.0, np.nan]]), np.array([[1.0, 3.0, 9.0]]), share=0.25).tolist()
    [[-1.2]]
    """
    if not 0 < share <= 1:
        raise InputError("the area share is {share}", share=share, hint="give a number above 0, at most 1")
    out = np.full((len(index), len(weights)), np.nan)
    for place, weight in enumerate(weights):
        own = weight > 0
        values = np.where(np.isfinite(index[:, own]), index[:, own], np.inf).astype(np.float64)
        order = np.argsort(values, axis=1)
        land = np.where(np.isfinite(values), weight[own], 0.0)
        reached = np.cumsum(np.take_along_axis(land, order, axis=1), axis=1)
        whole = land.sum(axis=1)
        first = (reached >= share * whole[:, None] * (1 - 1e-12)).argmax(axis=1) if own.any() else None
        if first is not None:
            found = np.take_along_axis(values, np.take_along_axis(order, first[:, None], axis=1), axis=1)[:, 0]
            out[:, place] = np.where(whole > 0, found, np.nan)
    return out


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
