"""Theil-Sen: the exact median of all pairwise slopes, for many series at once.

Series of 16 bits are searched together. For a trial slope m, the pairs whose difference is at most floor(m * gap) are
counted in narrow lanes; interpolation moves m until half of the pairs lie below, and the slopes next to m are read off.
Where slopes repeat at the median, those between the last bounds are sorted. Series with gaps do the same in lanes of
real numbers, where what is missing never counts. Other types take the median of all slopes one by one.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from landbalance.core.types import Array
from landbalance.kernels.compile import kernel
from landbalance.kernels.series import gather_valid, sentinel
from landbalance.kernels.slope_lanes import (
    FEWEST,
    HIGH,
    HIGH_COUNT,
    LANES,
    LOW,
    LOW_COUNT,
    MOST,
    ORIGIN,
    STATE,
    STEP,
    TRIAL,
    WIDEST,
)
from landbalance.kernels.slope_neighbours import read_off, take_medians
from landbalance.kernels.slope_search import narrow

_DENSITY = np.pi  # distance of the middle slopes: pi x mean step between years / sum of all gaps, for normal noise
_MOST_YEARS, _MOST_GAP = 256, 1024


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
    if not cells.size:
        return slope
    if series.dtype == np.int16 and 1 < len(times) <= _MOST_YEARS and times[-1] - times[0] <= _MOST_GAP:
        runs = _runs(tuple(times.tolist()))
        bits = 16 - int(runs[-1, 2]).bit_length()  # range * 2**bits * gap fits 32 bits
        for kind in (np.int16, np.float32):
            work = np.empty((2, len(times) * LANES), dtype=kind)
            cells = cells[_search(series, times, runs, bits, void, cells, work, kind == np.float32, slope)]
    _one_by_one(series, times.astype(np.float64), void, cells, slope)
    return slope


@lru_cache(maxsize=16)
def _runs(years: tuple[int, ...]) -> NDArray[np.int64]:
    """Return all pairs of rows as runs (first, second, gap, length) of neighbouring pairs with one gap, by gap."""
    times = np.asarray(years)
    first, second = np.triu_indices(len(times), 1)
    gap = times[second] - times[first]
    order = np.lexsort((first, second - first, gap))
    pairs = np.stack([first, second, gap])[:, order]
    starts = np.flatnonzero((np.diff(pairs, axis=1, prepend=-9) != [[1], [1], [0]]).any(axis=0))
    lengths = np.diff(starts, append=pairs.shape[1])
    return np.ascontiguousarray(np.vstack([pairs[:, starts], lengths]).T)


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
def _search(  # noqa: PLR0917
    series: Array,
    times: Array,
    runs: Array,
    bits: int,
    missing: float,
    cells: Array,
    work: Array,
    has_gaps: bool,
    slope: Array,
) -> Array:
    """Fill the slopes that the search finds; return which of the cells it leaves to the next way."""
    left = np.zeros(cells.size, dtype=np.bool_)
    state, final = np.empty(STATE * LANES, dtype=np.int32), np.empty(STATE * LANES, dtype=np.int32)
    known, reach, found = np.empty(LANES, dtype=np.int32), np.empty(LANES, dtype=np.int32), np.empty(4 * LANES)
    for start in range(0, cells.size, LANES):
        own = cells[start : start + LANES]
        if has_gaps:
            _load_gappy(series, missing, own, work, known, reach)
            _start(work[1], times, runs, bits, own.size, known, reach, state)
        else:
            _load_whole(series, missing, own, work[0], known, reach)
            _start(work[0], times, runs, bits, own.size, known, reach, state)
        narrow(work, own.size, runs, bits, state, final)
        read_off(work[0], own.size, runs, bits, final, found)
        take_medians(work[0], own.size, runs, bits, final, found)
        for lane in range(own.size):
            left[start + lane] = known[lane] == 0
            if known[lane] > 0:
                slope[own[lane]] = found[lane]
    return left


@kernel
def _load_whole(series: Array, missing: float, cells: Array, values: Array, known: Array, reach: Array) -> None:
    """Copy series into lanes; those with a missing year or too wide a range count as unknown."""
    lanes, years = cells.size, series.shape[0]
    seen = np.empty(3 * LANES, dtype=np.int16)
    seen[:LANES], seen[LANES : 2 * LANES], seen[2 * LANES :] = WIDEST, -WIDEST - 1, 0
    together = cells[-1] - cells[0] == lanes - 1
    for year in range(years):
        row = values[year * LANES : year * LANES + lanes]
        if together:
            _copy(series[year, cells[0] : cells[0] + lanes], row)
        else:
            for lane in range(lanes):
                row[lane] = series[year, cells[lane]]
        _watch(row, missing, seen)
    for lane in range(lanes):
        reach[lane] = np.int32(seen[LANES + lane]) - np.int32(seen[lane])
        known[lane] = years if seen[2 * LANES + lane] == 0 and reach[lane] < WIDEST else 0


@kernel
def _copy(source: Array, target: Array) -> None:
    """Copy neighbouring cells of one year."""
    for lane in range(target.size):
        target[lane] = source[lane]


@kernel
def _watch(row: Array, missing: float, seen: Array) -> None:
    """Keep the least and the largest value of each lane, and how many are missing."""
    for lane in range(row.size):
        value, low, high = row[lane], seen[lane], seen[LANES + lane]
        seen[lane] = value if value < low else low
        seen[LANES + lane] = value if value > high else high
        seen[2 * LANES + lane] += value == missing


@kernel
def _load_gappy(series: Array, missing: float, cells: Array, work: Array, known: Array, reach: Array) -> None:
    """Copy series into lanes of real numbers, NaN where missing, and once more with the gaps filled."""
    for lane in range(cells.size):
        count, low, high, last = 0, WIDEST, -WIDEST - 1, 0
        for year in range(series.shape[0]):
            value, place = int(series[year, cells[lane]]), year * LANES + lane
            if value == missing:
                work[0, place], work[1, place] = np.nan, last
                continue
            count, low, high, last = count + 1, min(low, value), max(high, value), value
            work[0, place], work[1, place] = value, value
        reach[lane] = high - low
        known[lane] = count if count > 1 and reach[lane] < WIDEST else 0


@kernel
def _start(  # noqa: PLR0917
    values: Array, times: Array, runs: Array, bits: int, lanes: int, known: Array, reach: Array, state: Array
) -> None:
    """Set the bounds of each lane, its first trial slope (least squares) and the typical distance of slopes."""
    years = times.size
    centre = times.mean()
    spread = ((times - centre) ** 2).sum()
    density = _DENSITY / (years - 1) / (runs[:, 2] * runs[:, 3]).sum()
    trial, step = np.zeros(LANES, dtype=np.float32), np.zeros(LANES, dtype=np.float32)
    for year in range(years):
        weight = np.float32((times[year] - centre) / spread * 2**bits)
        before = max(year - 1, 0) * LANES
        for lane in range(lanes):
            value = np.float32(values[year * LANES + lane])
            trial[lane] += weight * value
            step[lane] += abs(value - np.float32(values[before + lane]))
    scale = np.float32(density * 2**bits)
    for lane in range(lanes):
        pairs = known[lane] * (known[lane] - 1) // 2
        bound = reach[lane] << bits
        state[LOW * LANES + lane], state[LOW_COUNT * LANES + lane] = -bound - 1, 0
        state[HIGH * LANES + lane], state[HIGH_COUNT * LANES + lane] = bound, pairs
        state[TRIAL * LANES + lane] = min(max(np.int32(trial[lane]), -bound), bound)
        state[STEP * LANES + lane] = np.int32(step[lane] * scale)
        state[FEWEST * LANES + lane] = pairs // 2
        state[MOST * LANES + lane] = (pairs + 1) // 2 if pairs > 0 else 2 * WIDEST
        state[ORIGIN * LANES + lane] = lane
