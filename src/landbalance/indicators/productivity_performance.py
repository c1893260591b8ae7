"""Performance of land productivity: a cell against the best of its unit."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from landbalance.core.errors import InputError
from landbalance.core.types import Array, FloatGrid, StatusGrid, UnitGrid
from landbalance.core.vocab import Status
from landbalance.indicators.productivity_mean import MISSING_MEAN
from landbalance.indicators.spec import Band, Indicator, Parameter, Reduction
from landbalance.kernels.compile import kernel
from landbalance.kernels.distinct import merge_runs, pair_counts

UNIT, FALLBACK = 0, 1  # the two levels of units, in the first column of the percentiles
MOST_UNITS = 2**30
_EDGE = 1e-6  # a ratio of exactly the limit must not be decided by float noise
_PENDING = 2**20


@dataclass(frozen=True)
class Histogram:
    """How often each mean occurs in each unit: keys in ascending runs, and their counts."""

    keys: tuple[NDArray[np.int64], ...]
    counts: tuple[NDArray[np.int64], ...]


def productivity_performance(
    mean: UnitGrid,
    unit: UnitGrid,
    fallback: UnitGrid,
    *,
    percentiles: NDArray[np.float64],
    quantile: float,
    ratio: float,
    inclusive: bool,
    min_pixels: int,
) -> tuple[StatusGrid, FloatGrid]:
    """Compare the mean productivity of each cell with a high percentile of its unit.

    Parameters
    ----------
    mean : ndarray of int32, shape (...)
        Mean of the period, in whole units of the resolution; -2147483648 unknown, and 0 takes no part.
    unit, fallback : ndarray of int32, shape (...)
        Unit of the cell, and the coarser unit it takes where the first has too few cells; negative none.
    percentiles : ndarray of float64, shape (k, 4)
        Rows of (level, unit, cells, percentile) over the whole area, as `finish_histogram` gives them.
    quantile : float
        Quantile of the percentiles [1].
    ratio : float
        Share of the percentile [1] below which a cell is degraded.
    inclusive : bool
        Whether a cell at exactly that share is degraded.
    min_pixels : int
        Fewest cells of a unit.

    Returns
    -------
    performance : ndarray of int8, shape (...)
        `Status` codes: degraded, stable or nodata.
    relative : ndarray of float32, shape (...)
        Mean over percentile [1]; NaN where unknown.

    References
    ----------
    .. [1] UNCCD (2021), Good Practice Guidance, SDG Indicator 15.3.1, version 2.
    """
    fine = _percentiles(percentiles, UNIT, min_pixels)
    coarse = _percentiles(percentiles, FALLBACK, min_pixels)
    limit = ratio * (1 + _EDGE if inclusive else 1 - _EDGE)
    performance, relative = np.empty(mean.shape, dtype=np.int8), np.empty(mean.shape, dtype=np.float32)
    _compare(mean.ravel(), unit.ravel(), fallback.ravel(), fine, coarse, limit, performance.ravel(), relative.ravel())
    return performance, relative


def count_means(mean: UnitGrid, unit: UnitGrid, fallback: UnitGrid, *, quantile: float) -> Histogram:
    """Count the means of one chunk in both levels of units; the quantile is taken at the end.

    Raises
    ------
    InputError
        If a unit is too large.
    """
    known = (mean != MISSING_MEAN) & (mean != 0)
    pairs = [_counted(mean, units, known, level) for level, units in enumerate((unit, fallback))]
    keys, counts = (np.concatenate(parts) for parts in zip(*pairs, strict=True))
    return Histogram((keys,), (counts,))


def merge_histograms(left: Histogram, right: Histogram) -> Histogram:
    """Add two histograms; runs are joined when those that wait outgrow the largest."""
    keys, counts = left.keys + right.keys, left.counts + right.counts
    sizes = [run.size for run in keys]
    if sum(sizes) - max(sizes) <= max(_PENDING, *sizes):
        return Histogram(keys, counts)
    return _joined(Histogram(keys, counts))


def finish_histogram(whole: Histogram | None, *, quantile: float) -> NDArray[np.float64]:
    """Return the percentile of each unit, linear between order statistics (type 7).

    Returns
    -------
    ndarray of float64, shape (k, 4)
        Rows of (level, unit, cells, percentile), in the order of level and unit.
    """
    if whole is None:
        return np.empty((0, 4))
    one = _joined(whole)
    keys, counts = one.keys[0], one.counts[0]
    units = keys >> 32
    starts = np.flatnonzero(np.diff(units, prepend=-1))
    rows = []
    for start, stop in zip(starts, np.append(starts, units.size)[1:], strict=True):
        values = (keys[start:stop] & 0xFFFFFFFF) + MISSING_MEAN
        level, unit = divmod(int(units[start]), MOST_UNITS)
        rows.append((level, unit, counts[start:stop].sum(), _percentile(values, counts[start:stop], quantile)))
    return np.array(rows, dtype=np.float64).reshape(-1, 4)


def _counted(
    mean: UnitGrid, unit: UnitGrid, known: NDArray[np.bool_], level: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return one whole number for level, unit and mean, ascending in that order, and how often each occurs."""
    if unit.size and unit.max() >= MOST_UNITS:
        raise InputError(
            "a unit has the code {code}",
            code=int(unit.max()),
            hint="codes stay below {most_units}",
            most_units=MOST_UNITS,
        )
    units, values, counts = pair_counts(np.where(known, unit, np.int32(-1)), mean)
    return (units + level * MOST_UNITS) << 32 | (values - MISSING_MEAN), counts


def _joined(histogram: Histogram) -> Histogram:
    """Return the same histogram in one run."""
    keys, counts = merge_runs(histogram.keys, histogram.counts)
    return Histogram((keys,), (counts,))


def _dumped(histogram: Histogram) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return a histogram as two arrays."""
    one = _joined(histogram)
    return one.keys[0], one.counts[0]


def _loaded(arrays: tuple[NDArray[np.int64], ...]) -> Histogram:
    """Return the histogram that two arrays hold."""
    keys, counts = arrays
    return Histogram((keys,), (counts,))


def _percentile(values: NDArray[np.int64], counts: NDArray[np.int64], quantile: float) -> float:
    """Return a percentile of counted values, which ascend."""
    reached = np.cumsum(counts)
    rank = quantile * (reached[-1] - 1)
    below = int(np.floor(rank))
    low = values[np.searchsorted(reached, below, side="right")]
    high = values[np.searchsorted(reached, min(below + 1, reached[-1] - 1), side="right")]
    return float(low + (rank - below) * (high - low))


def _percentiles(percentiles: NDArray[np.float64], level: int, min_pixels: int) -> NDArray[np.float64]:
    """Return the units of one level that have enough cells, and their percentiles, in two rows."""
    rows = percentiles[(percentiles[:, 0] == level) & (percentiles[:, 2] >= min_pixels)]
    return np.ascontiguousarray(rows[:, [1, 3]].T)


@kernel
def _compare(  # noqa: PLR0917
    mean: Array,
    unit: Array,
    fallback: Array,
    fine: Array,
    coarse: Array,
    limit: float,
    performance: Array,
    relative: Array,
) -> None:
    """Fill performance and relative mean; cells of one unit tend to lie together."""
    own, spare, best = unit[0] if unit.size else 0, fallback[0] if unit.size else 0, np.nan
    for cell in range(mean.size):
        if cell == 0 or unit[cell] != own or fallback[cell] != spare:
            own, spare = unit[cell], fallback[cell]
            best = _percentile_of(own, fine)
            if np.isnan(best):
                best = _percentile_of(spare, coarse)
        if mean[cell] == MISSING_MEAN or mean[cell] == 0 or not best > 0:
            performance[cell], relative[cell] = Status.NODATA, np.nan
        else:
            share = mean[cell] / best
            performance[cell] = Status.DEGRADED if share <= limit else Status.STABLE
            relative[cell] = share


@kernel
def _percentile_of(unit: int, rows: Array) -> float:
    """Return the percentile of a unit; NaN where it has none."""
    place = np.searchsorted(rows[0], unit)
    if place < rows.shape[1] and rows[0, place] == unit:
        return float(rows[1, place])
    return np.nan


INDICATOR = Indicator(
    id="productivity-performance",
    title="Performance of land productivity",
    inputs=(Band("mean", "resolution", layer="productivity_mean"), Band("unit"), Band("fallback")),
    parameters=(
        Parameter("quantile", 0.9, unit="1", low=0.5, high=1.0, setting="perf_quantile"),
        Parameter("ratio", 0.5, unit="1", low=0.0, high=1.0, setting="perf_ratio"),
        Parameter("inclusive", True, setting="perf_inclusive"),
        Parameter("min_pixels", 30, unit="cells", low=1, setting="perf_min_pixels"),
    ),
    output=(Band("performance"), Band("relative", "1")),
    kernel=productivity_performance,
    references=("unccd-gpg-2021", "unccd-prais-2026"),
    reduction=Reduction(
        fills="percentiles",
        inputs=("mean", "unit", "fallback"),
        chunk=count_means,
        merge=merge_histograms,
        finish=finish_histogram,
        parameters=("quantile",),
        dump=_dumped,
        load=_loaded,
    ),
)
