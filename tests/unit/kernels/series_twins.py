"""Plain numpy twins of the trend kernels, and the series they are compared on."""

import numpy as np
from numpy.typing import NDArray

from landbalance.core.types import Array

VOID = -32768


def random_series(cells: int, years: int, *, seed: int, spread: float = 150.0, gaps: float = 0.05) -> NDArray[np.int16]:
    """Return stored series (year, pixel) with trends, equal values and missing years."""
    rng = np.random.default_rng(seed)
    slope = rng.normal(0, 20, cells) * np.arange(years)[:, None]
    series = (
        rng.integers(500, 8000, cells) + slope + rng.normal(0, 1, (years, cells)) * rng.choice([0, 3, spread], cells)
    )
    return np.where(rng.random((years, cells)) < gaps * (rng.random(cells) < 0.3), VOID, series).astype(np.int16)


def physical(series: Array) -> NDArray[np.float64]:
    """Return stored series as float64, NaN where missing."""
    return np.where(series == VOID, np.nan, series).astype(np.float64)


def score_twin(series: NDArray[np.float64]) -> tuple[Array, Array, Array, Array]:
    """Return S, its variance, Z and the number of values by all pairs at once."""
    first, second = np.triu_indices(series.shape[0], 1)
    steps = np.sign(series[second] - series[first])
    score, n = np.nansum(steps, axis=0), np.isfinite(series).sum(axis=0)
    equal = (series[:, None] == series[None]).sum(axis=1) - 1.0
    ties = np.where(np.isfinite(series), equal * (2 * equal + 7), 0).sum(axis=0)
    variance = (n * (n - 1) * (2 * n + 5) - ties) / 18
    z = np.divide(score - np.sign(score), np.sqrt(variance), out=np.zeros_like(score), where=variance > 0)
    return score, variance, z, n


def slope_twin(series: NDArray[np.float64], times: Array) -> NDArray[np.float64]:
    """Return the median of all pairwise slopes."""
    first, second = np.triu_indices(series.shape[0], 1)
    slopes = (series[second] - series[first]) / (times[second] - times[first])[:, None]
    known = np.isfinite(slopes).any(axis=0)
    return np.where(known, np.nanmedian(np.where(known, slopes, 0), axis=0), np.nan)
