"""Percentiles of short sorted arrays, linear between order statistics (type 7), and classes between the deciles."""

from landbalance.core.types import Array
from landbalance.kernels.compile import kernel


@kernel
def sort_ascending(values: Array, count: int) -> None:
    """Sort the first `count` values, in place; meant for the few years of a series."""
    for place in range(1, count):
        value = values[place]
        before = place - 1
        while before >= 0 and values[before] > value:
            values[before + 1] = values[before]
            before -= 1
        values[before + 1] = value


@kernel
def percentile(ordered: Array, count: int, tenths: int) -> float:
    """Return the `tenths` x 10th percentile of the first `count` values, which ascend."""
    rank = (count - 1) * tenths
    below = rank // 10
    if below >= count - 1:
        return float(ordered[count - 1])
    step = ordered[below + 1] - ordered[below]
    return float(ordered[below] + step * (rank - 10 * below) / 10)


@kernel
def decile_class(value: float, ordered: Array, count: int, edge: float) -> int:
    """Return 1 plus the number of deciles below a value; one within `edge` of it does not count as below."""
    above = 1
    for tenths in range(1, 10):
        above += percentile(ordered, count, tenths) < value - edge
    return above


@kernel
def extended_class(bound: float, values: Array, count: int, low: float, high: float) -> int:
    """Return 1 plus the number of deciles below a bound, of unsorted values with one more at each end.

    Between order statistics that both lie below, or both do not, a decile does the same; only those between the largest
    value below and the smallest other are worked out.
    """
    smaller = int(low < bound) + int(high < bound)
    under, over = low, high
    for place in range(count):
        value = values[place]
        is_smaller = value < bound
        smaller += is_smaller
        under = value if is_smaller & (value > under) else under
        over = over if is_smaller | (value > over) else value
    if smaller == 0:
        return 1
    steps = count + 1
    sure = min((10 * (smaller - 1) - 1) // steps, 9) if smaller > 1 else 0
    tenths, above = sure + 1, sure + 1
    while tenths < 10 and steps * tenths < 10 * smaller:
        above += under + (over - under) * (steps * tenths - 10 * (smaller - 1)) / 10 < bound
        tenths += 1
    return above
