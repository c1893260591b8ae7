"""What stands for a missing value in an annual series, and how many years of it each cell has."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from landbalance.core.errors import InputError, RuleError
from landbalance.core.types import Array
from landbalance.kernels.compile import kernel

FEWEST_YEARS = 4  # fewer annual values say nothing of a trend (methods 2.1)
_SHARE_EDGE = 1e-9


def sentinel(series: Array, missing: float) -> Any:
    """Return the missing value in the type of the series, so that comparing it stays narrow.

    Raises
    ------
    InputError
        If the type cannot hold it.
    """
    if series.dtype.kind == "f":
        return np.asarray(missing, dtype=series.dtype)[()]
    limits = np.iinfo(series.dtype)
    if not limits.min <= missing <= limits.max or missing != int(missing):
        raise InputError(
            "{missing} cannot mean missing in a series of {type}",
            missing=missing,
            type=series.dtype,
            hint="name a stored value, or give the series as real numbers",
        )
    return np.asarray(int(missing), dtype=series.dtype)[()]


def flat_series(series: Array) -> Array:
    """Return a series of any trailing shape as (year, pixel)."""
    return np.ascontiguousarray(series).reshape(series.shape[0], -1)


def count_valid(series: Array, missing: float) -> NDArray[np.int32]:
    """Return how many years each cell has.

    Parameters
    ----------
    series : ndarray, shape (year, pixel)
    missing : float
        Stored value that means missing; NaN always does.

    Returns
    -------
    ndarray of int32, shape (pixel,)
    """
    valid = np.zeros(series.shape[1], dtype=np.int32)
    _count(series, sentinel(series, missing), valid)
    return valid


def enough_years(valid: NDArray[np.int32], years: int, max_missing_share: float) -> NDArray[np.bool_]:
    """Return where at least four years are known and no more than the share is missing."""
    return valid >= max(FEWEST_YEARS, years - most_missing(years, max_missing_share))


def most_missing(years: int, share: float) -> int:
    """Return how many of some years may be missing."""
    return math.floor(share * years + _SHARE_EDGE)


def require_years(series: Array, fewest: int) -> None:
    """Refuse a series that is shorter than the method needs.

    Raises
    ------
    RuleError
        If it has fewer years.
    """
    fewest = max(fewest, FEWEST_YEARS)
    if series.shape[0] < fewest:
        raise RuleError(
            "the series has {years} years",
            years=series.shape[0],
            hint="the method needs at least {fewest}",
            fewest=fewest,
        )


@kernel
def is_missing(value: float, missing: float) -> bool:
    """Return whether one stored value is missing."""
    return bool(value == missing or value != value)


@kernel
def _count(series: Array, missing: float, valid: Array) -> None:
    """Count the known values of every cell, in place."""
    years, cells = series.shape
    for year in range(years):
        for cell in range(cells):
            valid[cell] += not is_missing(series[year, cell], missing)


@kernel
def gather_valid(series: Array, missing: float, cell: int, places: Array, values: Array) -> int:
    """Copy the known values of one cell and their rows into two buffers; return how many there are."""
    count = 0
    for year in range(series.shape[0]):
        value = series[year, cell]
        if not is_missing(value, missing):
            places[count] = year
            values[count] = value
            count += 1
    return count
