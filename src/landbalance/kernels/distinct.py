"""The distinct values of many whole numbers, and how often each occurs."""

import numpy as np
from numpy.typing import NDArray

from landbalance.core.types import Array
from landbalance.kernels.compile import kernel

_DIGIT = 11  # bits sorted at once: their counts fit the first-level cache
_BITS = 63


def distinct_counts(values: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the distinct values in ascending order and their counts.

    Sorts by digits and passes over those that all values share, which few bits of a composed key are not.

    Parameters
    ----------
    values : ndarray of int64, shape (n,)
        None below zero.

    Returns
    -------
    distinct, counts : ndarray of int64, shape (k,)

    Examples
    --------
    >>> [part.tolist() for part in distinct_counts(np.int64([7, 1 << 40, 7]))]
    [[7, 1099511627776], [2, 1]]
    """
    ordered, spare = values.copy(), np.empty_like(values)
    counts = np.empty(values.size, dtype=np.int64)
    found = _count(_sort(ordered, spare), counts) if values.size else 0
    return ordered[:found].copy(), counts[:found].copy()


@kernel
def _sort(values: Array, spare: Array) -> Array:
    """Sort in place; return the values."""
    differ, start = np.int64(0), values[0]
    for value in values:
        differ |= value ^ start
    places = np.empty(1 << _DIGIT, dtype=np.int64)
    mask, shift = np.int64((1 << _DIGIT) - 1), 0
    while shift < _BITS and differ >> shift:
        if (differ >> shift) & 1 == 0:
            shift += 1
            continue
        places[:] = 0
        for value in values:
            places[(value >> shift) & mask] += 1
        total = 0
        for digit in range(places.size):
            total, places[digit] = total + places[digit], total
        for value in values:
            digit = (value >> shift) & mask
            spare[places[digit]] = value
            places[digit] += 1
        values[:] = spare
        shift += _DIGIT
    return values


@kernel
def _count(ordered: Array, counts: Array) -> int:
    """Move the distinct values to the front, in place, and count them."""
    found = 0
    for value in ordered:
        if found and ordered[found - 1] == value:
            counts[found - 1] += 1
        else:
            ordered[found], counts[found] = value, 1
            found += 1
    return found
