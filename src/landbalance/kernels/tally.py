"""Exact counting: class codes to places along an axis, and integer weights summed by zone and class."""

import numpy as np
from numpy.typing import NDArray

from landbalance.core.types import Array
from landbalance.kernels.compile import kernel

STRANGE = 255  # place of a code that its axis does not have
_BLOCK = 1024  # cells whose places in a table stay in the first-level cache


def code_lookup(codes: tuple[int, ...]) -> NDArray[np.uint8]:
    """Return a table of 256 places: code, as an unsigned byte -> position among `codes`, or STRANGE.

    Examples
    --------
    >>> code_lookup((-1, 0, 1, -128))[[255, 0, 1, 128, 2]].tolist()
    [0, 1, 2, 3, 255]
    """
    table = np.full(256, STRANGE, dtype=np.uint8)
    table[np.asarray(codes, dtype=np.int8).view(np.uint8)] = np.arange(len(codes))
    return table


@kernel
def place_codes(codes: Array, lookup: Array, places: Array) -> bool:
    """Fill the place of each code; return whether all have one.

    Parameters
    ----------
    codes : ndarray of uint8, shape (pixel,)
        Class codes, as unsigned bytes.
    lookup : ndarray of uint8, shape (256,)
        As `code_lookup` gives it.
    places : ndarray of uint8, shape (pixel,)
    """
    largest = np.uint8(0)
    for cell in range(codes.size):
        place = lookup[codes[cell]]
        places[cell] = place
        largest = max(largest, place)
    return bool(largest != STRANGE)


@kernel
def add_tables(  # noqa: PLR0917
    tables: Array, axes: Array, adds: Array, places: Array, zones: Array, weights: Array, totals: Array
) -> None:
    """Add integer weights to several tables, in place.

    Parameters
    ----------
    tables : ndarray of int64, shape (table, 5)
        Row of the weights; first and last row + 1 of its axes; first and last row + 1 of its sums.
    axes : ndarray of int64, shape (axis, 2)
        Row of the places, and number of codes.
    adds : ndarray of int64, shape (sum, 3)
        Row of the zones, where the sums of zone 0 begin in `totals`, and how many each zone has.
    places, zones, weights : ndarray of integer, shape (row, pixel)
    totals : ndarray of int64, shape (all sums,)
    """
    index = np.empty(_BLOCK, dtype=np.int32)
    for start in range(0, places.shape[1], _BLOCK):
        stop = min(start + _BLOCK, places.shape[1])
        for table in range(len(tables)):
            row, first_axis, last_axis, first_add, last_add = tables[table]
            index[:] = 0
            for axis in range(first_axis, last_axis):
                _fold(index, places[axes[axis, 0], start:stop], axes[axis, 1])
            weight = weights[row, start:stop]
            for add in range(first_add, last_add - 1, 2):
                one, other = adds[add], adds[add + 1]
                _add_two(totals, index, weight, zones[one[0], start:stop], one, zones[other[0], start:stop], other)
            if (last_add - first_add) % 2:
                one = adds[last_add - 1]
                _add_one(totals, index, weight, zones[one[0], start:stop], one)


@kernel
def _fold(index: Array, places: Array, size: int) -> None:
    """Append one axis to the place in the table, row-major."""
    codes = np.int32(size)
    for cell in range(places.size):
        index[cell] = index[cell] * codes + places[cell]


@kernel
def _add_one(totals: Array, index: Array, weight: Array, zone: Array, add: Array) -> None:
    """Add the weights by one zone layer."""
    start, size = np.uintp(add[1]), np.uintp(add[2])
    for cell in range(weight.size):
        totals[start + np.uintp(zone[cell]) * size + np.uintp(index[cell])] += weight[cell]


@kernel
def _add_two(  # noqa: PLR0917
    totals: Array, index: Array, weight: Array, zone: Array, add: Array, zone_two: Array, add_two: Array
) -> None:
    """Add the weights by two zone layers: the sums of one do not wait for those of the other."""
    start, size, start_two, size_two = np.uintp(add[1]), np.uintp(add[2]), np.uintp(add_two[1]), np.uintp(add_two[2])
    for cell in range(weight.size):
        place = np.uintp(index[cell])
        totals[start + np.uintp(zone[cell]) * size + place] += weight[cell]
        totals[start_two + np.uintp(zone_two[cell]) * size_two + place] += weight[cell]


@kernel
def carry_over(sums: Array, high: Array, low: Array) -> None:
    """Add sums to numbers of two words, `high` in units of 2**32, and clear them."""
    for place in range(sums.size):
        if sums[place] != 0:
            word = low[place] + (sums[place] & 0xFFFFFFFF)
            high[place] += (sums[place] >> 32) + (word >> 32)
            low[place] = word & 0xFFFFFFFF
            sums[place] = 0
