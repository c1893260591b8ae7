"""The search for the median slope of many series: count the pairs below a trial slope, move it, pack what is left."""

import numpy as np

from landbalance.core.types import Array
from landbalance.kernels.compile import kernel
from landbalance.kernels.slope_lanes import (
    COUNT,
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
    difference,
    set_limits,
)

_ROUNDS = 12  # then the slopes that are left between the bounds are sorted
_FEW = 4  # lanes that are not worth another round
_PACK = 0.6  # share of active lanes from which on they are packed
_HALVING = 6  # round from which on every other step halves the bounds
_LEAP = 2**30


@kernel
def narrow(work: Array, lanes: int, runs: Array, bits: int, state: Array, final: Array) -> None:
    """Move each trial slope to the median; now and then pack the lanes that are not there yet."""
    count = np.empty(LANES, dtype=np.int16)
    limit = np.empty(LANES, dtype=work.dtype)
    source, packed = 0, lanes
    for turn in range(_ROUNDS):
        _count_below(work[source], packed, runs, bits, state, limit, count)
        active = _move(packed, turn, count, state)
        if active <= _FEW:
            break
        if active <= _PACK * packed:
            packed = _pack(work[source], work[1], packed, state, final)
            source = 1
    for lane in range(packed):
        _put_by(lane, state, final)


@kernel
def _count_below(  # noqa: PLR0917
    values: Array, lanes: int, runs: Array, bits: int, state: Array, limit: Array, count: Array
) -> None:
    """Count the pairs whose slope is at most the trial slope: whose difference is at most floor(slope * gap)."""
    count[:lanes] = 0
    last = -1
    for run in range(len(runs)):
        first, second, gap, length = runs[run]
        if gap != last:
            last = gap
            set_limits(lanes, gap, bits, state, limit)
        for pair in range(0, length - 3, 4):
            _add_four(values, (first + pair) * LANES, (second + pair) * LANES, lanes, limit, count)
        for pair in range(length - length % 4, length):
            _add_one(values, (first + pair) * LANES, (second + pair) * LANES, lanes, limit, count)


@kernel
def _add_four(values: Array, first: int, second: int, lanes: int, limit: Array, count: Array) -> None:
    """Count four neighbouring pairs; unsigned places keep the loop free of wrap-around."""
    early, late, row = np.uintp(first), np.uintp(second), np.uintp(LANES)
    for lane in range(np.uintp(lanes)):
        one, other, most = early + lane, late + lane, limit[lane]
        count[lane] += (
            np.int16(difference(values, other, one) <= most)
            + np.int16(difference(values, other + row, one + row) <= most)
            + np.int16(difference(values, other + row + row, one + row + row) <= most)
            + np.int16(difference(values, other + row + row + row, one + row + row + row) <= most)
        )


@kernel
def _add_one(values: Array, first: int, second: int, lanes: int, limit: Array, count: Array) -> None:
    """Count one pair."""
    early, late = np.uintp(first), np.uintp(second)
    for lane in range(np.uintp(lanes)):
        count[lane] += difference(values, late + lane, early + lane) <= limit[lane]


@kernel
def _move(lanes: int, turn: int, count: Array, state: Array) -> int:
    """Choose the next trial slope of each lane; return how many are not yet at the median.

    By the typical distance of slopes while one bound is not yet known, then in proportion between the bounds.
    """
    active = 0
    growth = np.float32(1.0 + 0.5 * turn)
    halve = turn >= _HALVING and turn % 2 == 0
    for lane in range(lanes):
        now = np.int32(count[lane])
        trial, step = state[TRIAL * LANES + lane], state[STEP * LANES + lane]
        fewest, most = state[FEWEST * LANES + lane], state[MOST * LANES + lane]
        is_below, is_above = now < fewest, now > most
        low = trial if is_below else state[LOW * LANES + lane]
        low_count = now if is_below else state[LOW_COUNT * LANES + lane]
        high = trial if is_above else state[HIGH * LANES + lane]
        high_count = now if is_above else state[HIGH_COUNT * LANES + lane]
        middle = np.float32(fewest + most) * np.float32(0.5)
        share = (middle - np.float32(low_count)) / np.float32(max(high_count - low_count, 1))
        share = min(max(share, np.float32(0.1)), np.float32(0.9))
        between = low + np.int32(np.float32(high - low) * share)
        leap = (middle - np.float32(now)) * np.float32(step) * growth
        further = trial + np.int32(min(max(leap, np.float32(-_LEAP)), np.float32(_LEAP)))
        is_open = (low_count == 0) | (high_count == fewest + most)
        following = further if is_open else between
        if halve | (following <= low) | (following >= high):
            following = low + ((high - low) >> 1)
        state[LOW * LANES + lane], state[LOW_COUNT * LANES + lane] = low, low_count
        state[HIGH * LANES + lane], state[HIGH_COUNT * LANES + lane] = high, high_count
        state[COUNT * LANES + lane] = now
        state[TRIAL * LANES + lane] = following if is_below | is_above else trial
        active += is_below | is_above
    return active


@kernel
def _pack(values: Array, target: Array, lanes: int, state: Array, final: Array) -> int:
    """Move the lanes that are not at the median together and put the others by; return how many are left."""
    keep = np.empty(LANES, dtype=np.uintp)
    left = 0
    for lane in range(lanes):
        count = state[COUNT * LANES + lane]
        if state[FEWEST * LANES + lane] <= count <= state[MOST * LANES + lane]:
            _put_by(lane, state, final)
        else:
            keep[left] = lane
            left += 1
    for row in range(values.size // LANES):
        for lane in range(left):
            target[row * LANES + lane] = values[np.uintp(row * LANES) + keep[lane]]
    for row in range(STATE):
        for lane in range(left):
            state[row * LANES + lane] = state[np.uintp(row * LANES) + keep[lane]]
    return left


@kernel
def _put_by(lane: int, state: Array, final: Array) -> None:
    """Keep the state of a lane at the place it came from."""
    origin = state[ORIGIN * LANES + lane]
    for row in range(STATE):
        final[row * LANES + origin] = state[row * LANES + lane]
