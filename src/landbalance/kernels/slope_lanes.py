"""Lanes in which the median slopes of many series are searched together: how they lie in memory."""

import numpy as np

from landbalance.core.types import Array
from landbalance.kernels.compile import kernel

Place = int | np.uintp
LANES = 512  # a compile-time stride, so that neighbouring rows are known not to overlap
WIDEST = 32767  # differences stay below it
# Rows of the state of a lane: bounds of the median in 2**-bits, their counts, trial slope, counts wanted, typical step
LOW, LOW_COUNT, HIGH, HIGH_COUNT, TRIAL, FEWEST, MOST, STEP, COUNT, ORIGIN, STATE = range(11)


@kernel
def set_limits(lanes: int, gap: int, bits: int, state: Array, limit: Array) -> None:
    """Set the largest difference that does not exceed the trial slope, for one gap."""
    factor, shift = np.int32(gap), np.int32(bits)
    for lane in range(lanes):
        most = np.int32(np.int32(state[TRIAL * LANES + lane] * factor) >> shift)
        limit[lane] = min(max(most, np.int32(-WIDEST - 1)), np.int32(WIDEST))


@kernel
def difference(values: Array, late: Place, early: Place) -> float:
    """Return a difference in the type of the values, so that lanes stay narrow."""
    return values.dtype.type(values[late] - values[early])  # type: ignore[no-any-return]
