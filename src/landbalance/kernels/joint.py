"""Sums over combinations of codes: any number of class layers counted together in one pass."""

import numpy as np
from numpy.typing import NDArray

from landbalance.core.errors import RuleError
from landbalance.core.types import Array
from landbalance.kernels.compile import kernel

KEY_BITS = 62
_FIRST_SLOTS = 1 << 10
_EMPTY = np.int64(-1)
_MIX = np.uint64(0x9E3779B97F4A7C15)


def joint_sums(
    codes: tuple[NDArray[np.int32], ...], weights: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the combinations that occur with any weight, and the sum of the weights of each, in any order exact.

    Parameters
    ----------
    codes : tuple of ndarray of int32, shape (pixel,)
        Codes from 0 of each layer.
    weights : ndarray of int64, shape (pixel,)
        From 0; cells of weight 0 are left out.

    Returns
    -------
    combinations : ndarray of int64, shape (k, layer)
        Sorted.
    sums : ndarray of int64, shape (k,)

    Raises
    ------
    RuleError
        If a code is negative, or the codes of all layers together need more than 62 bits.

    Examples
    --------
    >>> found = joint_sums((np.int32([1, 0, 1]), np.int32([5, 5, 5])), np.int64([2, 3, 4]))
    >>> [part.tolist() for part in found]
    [[[0, 5], [1, 5]], [3, 6]]
    """
    bits = [max(1, int(layer.max(initial=0)).bit_length()) for layer in codes]
    if sum(bits) > KEY_BITS or any(int(layer.min(initial=0)) < 0 for layer in codes):
        raise RuleError("{count} layers cannot be counted together", count=len(codes), hint="combine fewer layers")
    keys = np.zeros(weights.size, dtype=np.int64)
    for layer, width in zip(codes, bits, strict=True):
        _append(keys, np.ascontiguousarray(layer), width)
    table, sums = _empty(_FIRST_SLOTS)
    done = 0
    while (done := _add(keys, weights, table, sums, done)) < keys.size:
        table, sums = _grown(table, sums)
    held = np.flatnonzero(table != _EMPTY)
    order = held[np.argsort(table[held])]
    return _split(table[order], bits), sums[order]


def _empty(slots: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return an empty table of so many slots."""
    return np.full(slots, _EMPTY, dtype=np.int64), np.zeros(slots, dtype=np.int64)


def _grown(table: NDArray[np.int64], sums: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the same sums in a table four times as large."""
    wider, wider_sums = _empty(4 * table.size)
    held = table != _EMPTY
    _add(table[held], sums[held], wider, wider_sums, 0)
    return wider, wider_sums


def _split(keys: NDArray[np.int64], bits: list[int]) -> NDArray[np.int64]:
    """Return keys as the codes they are made of, shape (key, layer)."""
    columns, shift = [], 0
    for width in reversed(bits):
        columns.append(keys >> shift & ((1 << width) - 1))
        shift += width
    return np.stack(columns[::-1], axis=1) if columns else np.zeros((keys.size, 0), dtype=np.int64)


@kernel
def _append(keys: Array, codes: Array, width: int) -> None:
    """Append the codes of one layer to the keys."""
    for cell in range(keys.size):
        keys[cell] = keys[cell] << width | codes[cell]


@kernel
def _add(keys: Array, weights: Array, table: Array, sums: Array, start: int) -> int:
    """Add weights by key from a cell on; return the cell at which the table is too full, else the number of cells."""
    mask = np.uint64(table.size - 1)
    held = np.int64(0)
    for slot in range(table.size):
        held += table[slot] != -1
    last, place = np.int64(-1), np.uint64(0)
    for cell in range(start, keys.size):
        if weights[cell] == 0:
            continue
        key = keys[cell]
        if key != last:
            place = (np.uint64(key) * _MIX >> np.uint64(20)) & mask
            while table[place] != -1 and table[place] != key:
                place = (place + np.uint64(1)) & mask
            if table[place] == -1:
                if 2 * held >= table.size:
                    return cell
                table[place] = key
                held += 1
            last = key
        sums[place] += weights[cell]
    return int(keys.size)
