"""Theil-Sen: the exact median of all pairwise slopes, for many series at once.

Whole 16-bit series are searched together. For a trial slope m, the pairs whose difference is at most floor(m * gap) are
counted in narrow lanes; interpolation moves m until half of the pairs lie below, and the slopes next to m are read off.
Series with gaps, with repeated slopes at the median, or of other types take the median of all slopes one by one.
"""

import numpy as np
from numpy.typing import NDArray

from landbalance.core.types import Array
from landbalance.kernels.compile import kernel
from landbalance.kernels.series import gather_valid, is_missing, sentinel

_LANES = 512
_ROUNDS = 14  # then the rest, which repeats its median slope, goes the other way
_TURNS_BY_DENSITY = 1
_SPREAD = 1.0  # typical distance of neighbouring slopes: range of the values / (mean gap x number of pairs)
_GRAIN = 2.0**-12  # trial slopes are multiples of it, so that m * gap is exact
_WIDEST = 32767
_MOST_YEARS, _MOST_GAP = 256, 1024
# Rows of the state of a lane: the bounds of the median, each followed by its count, then the trial slope and its count
_BELOW, _COUNT_BELOW, _ABOVE, _COUNT_ABOVE, _TRIAL, _COUNT, _REACH, _STATE = range(8)


def theil_sen_slope(
    series: Array, times: NDArray[np.int64], missing: float, wanted: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return the median of the slopes between all pairs of known years.

    Parameters
    ----------
    series : ndarray, shape (year, pixel)
    times : ndarray of int64, shape (year,)
        Time of each row, ascending.
    missing : float
        Stored value that means missing; NaN always does.
    wanted : ndarray of bool, shape (pixel,)
        Cells to compute.

    Returns
    -------
    ndarray of float64, shape (pixel,)
        Stored units per unit of time; NaN where not wanted and with fewer than two known years.
    """
    slope = np.full(series.shape[1], np.nan)
    cells = np.flatnonzero(wanted)
    void = sentinel(series, missing)
    if series.dtype == np.int16 and 1 < len(times) <= _MOST_YEARS and times[-1] - times[0] <= _MOST_GAP:
        cells = cells[_search(series, _pairs(times), void, cells, slope)]
    _one_by_one(series, times.astype(np.float64), void, cells, slope)
    return slope


def _pairs(times: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the rows (first, second, gap) of all pairs, by gap."""
    first, second = np.triu_indices(len(times), 1)
    gap = times[second] - times[first]
    order = np.argsort(gap, kind="stable")
    return np.ascontiguousarray(np.stack([first, second, gap])[:, order].T)


@kernel
def _one_by_one(series: Array, times: Array, missing: float, cells: Array, slope: Array) -> None:
    """Fill the slope of single cells from the sorted list of all slopes."""
    years = series.shape[0]
    places, values = np.empty(years, dtype=np.int64), np.empty(years)
    slopes = np.empty(years * (years - 1) // 2)
    for cell in cells:
        known = gather_valid(series, missing, cell, places, values)
        count = 0
        for first in range(known - 1):
            for second in range(first + 1, known):
                slopes[count] = (values[second] - values[first]) / (times[places[second]] - times[places[first]])
                count += 1
        if count > 0:
            slope[cell] = np.median(slopes[:count])


@kernel
def _search(series: Array, pairs: Array, missing: float, cells: Array, slope: Array) -> Array:
    """Fill the slopes that the search finds; return which of the cells it leaves to the other way."""
    left = np.ones(cells.size, dtype=np.bool_)
    years, gaps = series.shape[0], pairs[-1, 2] + 1
    work, owner = np.empty((years, _LANES), dtype=np.int16), np.empty(_LANES, dtype=np.int64)
    limits = np.empty((gaps, _LANES), dtype=np.int16)
    state, found = np.empty((_STATE, _LANES)), np.empty((2, _LANES))
    place = 0
    while place < cells.size:
        lanes = 0
        while lanes < _LANES and place < cells.size:
            if _load(series, missing, cells[place], work, lanes, state):
                owner[lanes] = place
                lanes += 1
            place += 1
        _start(work, lanes, pairs, state)
        _narrow(work, lanes, pairs, limits, state, owner)
        _read_off(work, lanes, pairs, limits, state, found)
        for lane in range(lanes):
            if state[_COUNT, lane] >= 0:
                slope[cells[owner[lane]]] = _median(found[0, lane], found[1, lane], state[_COUNT, lane], len(pairs))
                left[owner[lane]] = False
    return left


@kernel
def _load(series: Array, missing: float, cell: int, work: Array, lane: int, state: Array) -> bool:
    """Copy one series into a lane; refuse it if a year is missing, nothing varies, or differences overflow."""
    low, high = np.int64(_WIDEST), np.int64(-_WIDEST)
    for year in range(series.shape[0]):
        value = series[year, cell]
        if is_missing(value, missing):
            return False
        work[year, lane] = value
        low, high = min(low, np.int64(value)), max(high, np.int64(value))
    state[_REACH, lane] = high - low
    return bool(0 < high - low <= _WIDEST)


@kernel
def _start(work: Array, lanes: int, pairs: Array, state: Array) -> None:
    """Set the first trial slope, that between the means of the two halves, and the bounds of the search."""
    years = work.shape[0]
    half = years // 2
    scale = (years - 1) / (half * (years - half) * pairs[-1, 2])
    for lane in range(lanes):
        rise = 0.0
        for row in range(half):
            rise += work[years - half + row, lane] - work[row, lane]
        state[_TRIAL, lane] = np.rint(rise * scale / _GRAIN) * _GRAIN
        state[_BELOW, lane], state[_COUNT_BELOW, lane] = -state[_REACH, lane] - 1, 0
        state[_ABOVE, lane], state[_COUNT_ABOVE, lane] = state[_REACH, lane], len(pairs)


@kernel
def _narrow(work: Array, lanes: int, pairs: Array, limits: Array, state: Array, owner: Array) -> None:
    """Move each trial slope to the median; lanes that are there go behind those that are not."""
    fewest, most = len(pairs) // 2, (len(pairs) + 1) // 2
    step = _SPREAD / (pairs[:, 2].mean() * len(pairs))
    count = np.empty(lanes, dtype=np.int16)
    still = lanes
    for turn in range(_ROUNDS):
        if still == 0:
            return
        _set_limits(still, pairs, limits, state)
        _count_below(work, still, pairs, limits, count)
        for lane in range(still - 1, -1, -1):
            state[_COUNT, lane] = count[lane]
            if fewest <= count[lane] <= most:
                still -= 1
                _swap(lane, still, work, state, owner)
            else:
                _move(lane, (fewest + most) / 2, step, turn, state)
    state[_COUNT, :still] = -1


@kernel
def _set_limits(lanes: int, pairs: Array, limits: Array, state: Array) -> None:
    """Set the largest difference that still lies below the trial slope, for every gap."""
    last = -1
    for pair in range(len(pairs)):
        gap = pairs[pair, 2]
        if gap == last:
            continue
        last = gap
        for lane in range(lanes):
            limits[gap, lane] = np.int16(min(max(np.floor(state[_TRIAL, lane] * gap), -_WIDEST - 1.0), _WIDEST))


@kernel
def _count_below(work: Array, lanes: int, pairs: Array, limits: Array, count: Array) -> None:
    """Count the pairs whose slope is at most the trial slope."""
    count[:lanes] = 0
    for pair in range(len(pairs)):
        early, late, limit = work[pairs[pair, 0]], work[pairs[pair, 1]], limits[pairs[pair, 2]]
        for lane in range(lanes):
            count[lane] += np.int16(late[lane] - early[lane]) <= limit[lane]


@kernel
def _move(lane: int, target: float, step: float, turn: int, state: Array) -> None:
    """Choose the next trial slope of a lane: by a typical density at first, then between the bounds."""
    trial, count = state[_TRIAL, lane], state[_COUNT, lane]
    side = _BELOW if count < target else _ABOVE
    state[side, lane], state[side + 1, lane] = trial, count
    below, above = state[_BELOW, lane], state[_ABOVE, lane]
    if turn < _TURNS_BY_DENSITY:
        following = trial + (target - count) * step * state[_REACH, lane]
    else:
        share = (target - state[_COUNT_BELOW, lane]) / (state[_COUNT_ABOVE, lane] - state[_COUNT_BELOW, lane])
        following = below + (above - below) * min(max(share, 0.1), 0.9)
    if not below < following < above:
        following = (below + above) / 2
    state[_TRIAL, lane] = np.rint(following / _GRAIN) * _GRAIN


@kernel
def _swap(one: int, other: int, work: Array, state: Array, owner: Array) -> None:
    """Exchange two lanes."""
    for year in range(work.shape[0]):
        work[year, one], work[year, other] = work[year, other], work[year, one]
    for row in range(_STATE):
        state[row, one], state[row, other] = state[row, other], state[row, one]
    owner[one], owner[other] = owner[other], owner[one]


@kernel
def _read_off(work: Array, lanes: int, pairs: Array, limits: Array, state: Array, found: Array) -> None:
    """Find the largest slope at or below each trial slope and the smallest above it."""
    below, above = np.empty(_LANES, dtype=np.int16), np.empty(_LANES, dtype=np.int16)
    _set_limits(lanes, pairs, limits, state)
    found[0, :lanes], found[1, :lanes] = -np.inf, np.inf
    first = 0
    while first < len(pairs):
        gap, last = pairs[first, 2], first
        below[:], above[:] = -_WIDEST - 1, _WIDEST
        while last < len(pairs) and pairs[last, 2] == gap:
            _nearest(work[pairs[last, 0]], work[pairs[last, 1]], limits[gap], lanes, below, above)
            last += 1
        for lane in range(lanes):
            if below[lane] > -_WIDEST - 1:
                found[0, lane] = max(found[0, lane], below[lane] / gap)
            if above[lane] > limits[gap, lane]:
                found[1, lane] = min(found[1, lane], above[lane] / gap)
        first = last


@kernel
def _nearest(early: Array, late: Array, limit: Array, lanes: int, below: Array, above: Array) -> None:
    """Keep the largest difference at or below the limit and the smallest above it."""
    for lane in range(lanes):
        step = np.int16(late[lane] - early[lane])
        is_below = step <= limit[lane]
        below[lane] = max(below[lane], step) if is_below else below[lane]
        above[lane] = above[lane] if is_below else min(above[lane], step)


@kernel
def _median(below: float, above: float, count: float, pairs: int) -> float:
    """Return the median from its neighbours: one of them for an odd number of pairs, else their mean."""
    if pairs % 2 == 0:
        return (below + above) / 2
    return above if count == pairs // 2 else below
