"""The slopes next to a trial slope, and the median they make."""

import numpy as np

from landbalance.core.types import Array
from landbalance.kernels.compile import kernel
from landbalance.kernels.percentiles import sort_ascending
from landbalance.kernels.slope_lanes import (
    COUNT,
    FEWEST,
    HIGH,
    LANES,
    LOW,
    LOW_COUNT,
    MOST,
    WIDEST,
    difference,
    set_limits,
)

_SHORT = 32  # up to here insertion sorts faster


@kernel
def read_off(values: Array, lanes: int, runs: Array, bits: int, final: Array, found: Array) -> None:
    """Find the largest slope at or below each trial slope and the smallest above it, each with its gap."""
    edges = np.empty(3 * LANES, dtype=values.dtype)
    found[:LANES], found[LANES : 2 * LANES] = -np.inf, np.inf
    run = 0
    while run < len(runs):
        gap = runs[run, 2]
        set_limits(lanes, gap, bits, final, edges)
        edges[LANES : 2 * LANES], edges[2 * LANES :] = -WIDEST - 1, WIDEST
        while run < len(runs) and runs[run, 2] == gap:
            first, second, length = runs[run, 0] * LANES, runs[run, 1] * LANES, runs[run, 3]
            for pair in range(0, length - 1, 2):
                _nearest_two(values, first + pair * LANES, second + pair * LANES, lanes, edges)
            if length % 2:
                _nearest(values, first + (length - 1) * LANES, second + (length - 1) * LANES, lanes, edges)
            run += 1
        _keep_nearest(lanes, gap, edges, found)


@kernel
def _nearest(values: Array, first: int, second: int, lanes: int, edges: Array) -> None:
    """Keep the largest difference at or below the limit and the smallest above it."""
    early, late, under, over = np.uintp(first), np.uintp(second), np.uintp(LANES), np.uintp(2 * LANES)
    for lane in range(np.uintp(lanes)):
        step = difference(values, late + lane, early + lane)
        most, low, high = edges[lane], edges[under + lane], edges[over + lane]
        edges[under + lane] = step if (step <= most) & (step > low) else low
        edges[over + lane] = step if (step > most) & (step < high) else high


@kernel
def _nearest_two(values: Array, first: int, second: int, lanes: int, edges: Array) -> None:
    """Do the same for two neighbouring pairs."""
    early, late, under, over = np.uintp(first), np.uintp(second), np.uintp(LANES), np.uintp(2 * LANES)
    for lane in range(np.uintp(lanes)):
        one, two = (
            difference(values, late + lane, early + lane),
            difference(values, late + under + lane, early + under + lane),
        )
        most, low, high = edges[lane], edges[under + lane], edges[over + lane]
        low = one if (one <= most) & (one > low) else low
        high = one if (one > most) & (one < high) else high
        edges[under + lane] = two if (two <= most) & (two > low) else low
        edges[over + lane] = two if (two > most) & (two < high) else high


@kernel
def _keep_nearest(lanes: int, gap: int, edges: Array, found: Array) -> None:
    """Keep the slopes next to the trial slope over all gaps so far; to compare them a product will do."""
    inverse, width = 1.0 / gap, np.float64(gap)
    for lane in range(lanes):
        low, high = edges[LANES + lane], edges[2 * LANES + lane]
        below = low * inverse if low > -WIDEST - 1 else -np.inf
        above = high * inverse if high < WIDEST else np.inf
        best_below, best_above = found[lane], found[LANES + lane]
        gap_below, gap_above = found[2 * LANES + lane], found[3 * LANES + lane]
        found[lane] = max(below, best_below)
        found[LANES + lane] = min(above, best_above)
        found[2 * LANES + lane] = width if below > best_below else gap_below
        found[3 * LANES + lane] = width if above < best_above else gap_above


@kernel
def take_medians(values: Array, lanes: int, runs: Array, bits: int, final: Array, found: Array) -> None:
    """Put the medians first: from the neighbours of the trial, or where slopes repeat from those between the bounds."""
    for lane in range(lanes):
        fewest, most = final[FEWEST * LANES + lane], final[MOST * LANES + lane]
        gap_below, gap_above = found[2 * LANES + lane], found[3 * LANES + lane]
        below, above = (
            np.rint(found[lane] * gap_below) / gap_below,
            np.rint(found[LANES + lane] * gap_above) / gap_above,
        )
        nearest = above if final[COUNT * LANES + lane] == fewest else below
        found[lane] = (below + above) / 2 if fewest == most else nearest
    for lane in range(lanes):
        fewest, most = final[FEWEST * LANES + lane], final[MOST * LANES + lane]
        if not fewest <= final[COUNT * LANES + lane] <= most:
            found[lane] = _median_between(lane, values, runs, bits, final)


@kernel
def _median_between(lane: int, values: Array, runs: Array, bits: int, final: Array) -> float:
    """Return the median from the sorted slopes between the bounds."""
    pairs = final[FEWEST * LANES + lane] + final[MOST * LANES + lane]
    low, high = np.int64(final[LOW * LANES + lane]), np.int64(final[HIGH * LANES + lane])
    slopes, count = np.empty(pairs), 0
    for run in range(len(runs)):
        first, second, gap, length = runs[run]
        least, most = low * gap >> bits, high * gap >> bits
        for pair in range(length):
            step = values[(second + pair) * LANES + lane] - np.float64(values[(first + pair) * LANES + lane])
            if least < step <= most:
                slopes[count] = step / gap
                count += 1
    ordered, middle = slopes[:count], pairs // 2 - final[LOW_COUNT * LANES + lane]
    if count > _SHORT:
        ordered = np.sort(ordered)
    else:
        sort_ascending(ordered, count)
    return float(ordered[middle] if pairs % 2 else (ordered[middle - 1] + ordered[middle]) / 2)
