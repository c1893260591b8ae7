"""The distinct values of many whole numbers, and how often each occurs."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from landbalance.core.types import Array
from landbalance.kernels.compile import kernel

_MOST_PLACES = 1 << 22  # of a table that is counted in, instead of sorting
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


def pair_counts(
    groups: NDArray[np.int32], values: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return the distinct pairs of group and value, in that order, and how often each occurs.

    Parameters
    ----------
    groups, values : ndarray of int32, shape (n,)
        A group below zero leaves the pair out.

    Returns
    -------
    groups, values, counts : ndarray of int64, shape (k,)

    Examples
    --------
    >>> [part.tolist() for part in pair_counts(np.int32([7, 5, 7, -1]), np.int32([-3, 0, -3, 9]))]
    [[5, 7], [0, -3], [1, 2]]
    """
    first, last, lowest, highest = _bounds(groups, values)
    if first > last:
        return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.int64)
    spread, span = last - first + 1, highest - lowest + 1
    if spread <= _MOST_PLACES:
        rank = np.zeros(spread, dtype=np.int32)
        present = _rank(groups, first, rank)
        if present * span <= _MOST_PLACES:
            table = np.zeros(present * span, dtype=np.int32)
            _add_up(groups, first, rank, values, lowest, span, table)
            pairs = np.empty((3, np.count_nonzero(table)), dtype=np.int64)
            _list(table, np.flatnonzero(rank) + first, span, lowest, pairs)
            return pairs[0], pairs[1], pairs[2]
    inside = groups >= 0
    keys = groups[inside].astype(np.int64) << 32 | (values[inside].astype(np.int64) - lowest)
    keys, counts = distinct_counts(keys)
    return keys >> 32, (keys & 0xFFFFFFFF) + lowest, counts


def merge_runs(
    keys: Sequence[NDArray[np.int64]], counts: Sequence[NDArray[np.int64]]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return several ascending runs of distinct keys as one; the counts of equal keys add up.

    Examples
    --------
    >>> runs = [np.int64([1, 5]), np.int64([5, 7])], [np.int64([1, 1]), np.int64([2, 2])]
    >>> [part.tolist() for part in merge_runs(*runs)]
    [[1, 5, 7], [1, 3, 2]]
    """
    runs = list(zip(keys, counts, strict=True))
    while len(runs) > 1:
        runs.sort(key=lambda run: -run[0].size)
        (left, weights), (right, others) = runs.pop(), runs.pop()
        merged, sums = (np.empty(left.size + right.size, dtype=np.int64) for _ in range(2))
        size = _merge(left, weights, right, others, merged, sums)
        runs.append((merged[:size], sums[:size]))
    return runs[0] if runs else (np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))


@kernel
def _bounds(groups: Array, values: Array) -> tuple[int, int, int, int]:
    """Return the least and largest group and value of the pairs that count."""
    first, last, lowest, highest = 1, 0, 0, 0
    for item in range(groups.size):
        group, value = int(groups[item]), int(values[item])
        if group < 0:
            continue
        if first > last:
            first, last, lowest, highest = group, group, value, value
        first, last = min(first, group), max(last, group)
        lowest, highest = min(lowest, value), max(highest, value)
    return first, last, lowest, highest


@kernel
def _rank(groups: Array, first: int, rank: Array) -> int:
    """Number the groups that occur, from 1, in their order; return how many there are."""
    for group in groups:
        if group >= 0:
            rank[group - first] = 1
    present = 0
    for group in range(rank.size):
        if rank[group]:
            present += 1
            rank[group] = present
    return present


@kernel
def _add_up(  # noqa: PLR0917
    groups: Array, first: int, rank: Array, values: Array, lowest: int, span: int, table: Array
) -> None:
    """Count each pair at its place."""
    for item in range(groups.size):
        if groups[item] >= 0:
            table[(rank[groups[item] - first] - 1) * span + values[item] - lowest] += 1


@kernel
def _list(table: Array, groups: Array, span: int, lowest: int, pairs: Array) -> None:
    """Fill the pairs that occur: group, value, count."""
    found = 0
    for row in range(groups.size):
        for column in range(span):
            count = table[row * span + column]
            if count:
                pairs[0, found], pairs[1, found], pairs[2, found] = groups[row], lowest + column, count
                found += 1


@kernel
def _merge(left: Array, weights: Array, right: Array, others: Array, merged: Array, sums: Array) -> int:
    """Fill two runs as one; return its length."""
    one, other, size = 0, 0, 0
    while one < left.size or other < right.size:
        if other == right.size or (one < left.size and left[one] < right[other]):
            merged[size], sums[size] = left[one], weights[one]
            one += 1
        elif one == left.size or right[other] < left[one]:
            merged[size], sums[size] = right[other], others[other]
            other += 1
        else:
            merged[size], sums[size] = left[one], weights[one] + others[other]
            one += 1
            other += 1
        size += 1
    return size


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
