"""State of land productivity: the last years of a period against those before."""

import numpy as np

from landbalance.core.errors import InputError, RuleError
from landbalance.core.types import Array, StatusGrid
from landbalance.core.vocab import Status
from landbalance.indicators.spec import Band, Indicator, Parameter
from landbalance.kernels.compile import kernel
from landbalance.kernels.percentiles import extended_class
from landbalance.kernels.series import count_valid, enough_years, flat_series, gather_valid, sentinel

METHODS = ("te_deciles", "z_gpg2")
_LANES = 1024  # cells whose means are taken together
_EDGE = 1e-6  # a difference of exactly the limit does not count (relative; whole numbers are thus decided exactly)


def productivity_state(
    series: Array,
    *,
    missing: float,
    scale: float,
    target_years: int,
    method: str,
    extension: float,
    class_shift: int,
    min_diff: float,
    max_z: float,
    max_missing_share: float,
) -> StatusGrid:
    """Compare the mean of the last years with the years before.

    Parameters
    ----------
    series : ndarray, shape (year, ...)
        Annual productivity as stored.
    missing : float
        Stored value that means missing; NaN always does.
    scale : float
        Physical value of one stored unit.
    target_years : int
        Years of the recent window; the years before it are the reference.
    method : {"te_deciles", "z_gpg2"}
        Shift between the decile classes of the reference years; or Z of the recent mean.
    extension : float
        Share of the range of the reference years that is added at both ends before the deciles [1].
    class_shift : int
        Shift in classes that leaves "stable".
    min_diff : float
        Difference of the two means up to which nothing changes [unit].
    max_z : float
        Limit of |Z| [1].
    max_missing_share : float
        Largest share of unknown years [1]; four years and one in each window must be known.

    Returns
    -------
    ndarray of int8, shape (...)
        `Status` codes.

    Raises
    ------
    RuleError
        If the series is not longer than the recent window.
    InputError
        If the method is unknown.

    References
    ----------
    .. [1] UNCCD (2021), Good Practice Guidance, SDG Indicator 15.3.1, version 2.

    Examples
    --------
    >>> series = np.int16([[50, 52, 49, 51, 53, 40, 40, 40]]).T
    >>> rule = dict(extension=0.05, class_shift=2, min_diff=0.01, max_z=1.96, max_missing_share=0.2)
    >>> productivity_state(series, missing=-1, scale=0.01, target_years=3, method="te_deciles", **rule)
    array([-1], dtype=int8)
    """
    if method not in METHODS:
        raise InputError(
            "there is no state method {method}", method=method, hint="use one of {known}", known=", ".join(METHODS)
        )
    if not 0 < target_years < series.shape[0]:
        raise RuleError(
            "the series has {years} years",
            years=series.shape[0],
            hint="the state needs years before the last {target_years}",
            target_years=target_years,
        )
    flat = flat_series(series)
    valid = count_valid(flat, missing)
    known = enough_years(valid, series.shape[0], max_missing_share)
    state = np.full(flat.shape[1], Status.NODATA, dtype=np.int8)
    void, split = sentinel(series, missing), series.shape[0] - target_years
    if method == "te_deciles":
        limit = min_diff / scale * (1 + _EDGE)
        edge = 1e-6 if series.dtype == np.float32 else 1e-9
        _by_deciles(flat, void, known, valid, split, extension, class_shift, limit, edge, state)
    else:
        _by_z(flat, void, known, valid, split, max_z, state)
    return state.reshape(series.shape[1:])


@kernel
def _by_deciles(  # noqa: PLR0917
    series: Array,
    missing: float,
    known: Array,
    valid: Array,
    split: int,
    extension: float,
    shift: int,
    limit: float,
    edge: float,
    state: Array,
) -> None:
    """Fill the state by the shift of decile classes; most whole series end with their means, taken side by side."""
    years, cells = series.shape
    places, values, means = np.empty(years, dtype=np.int64), np.empty(years), np.empty((2, _LANES))
    for cell in range(cells):
        lane = cell % _LANES
        if lane == 0:
            _average(series, 0, split, cell, means[0])
            _average(series, split, years, cell, means[1])
        if not known[cell]:
            continue
        old, new, before = means[0, lane], means[1, lane], split
        if valid[cell] == years and abs(new - old) <= limit:
            state[cell] = 0
            continue
        count = gather_valid(series, missing, cell, places, values)
        if valid[cell] < years:
            before = _count_before(places, count, split)
            if before in (0, count):
                continue
            old, new = _mean(values, 0, before), _mean(values, before, count)
        state[cell] = 0
        if abs(new - old) > limit:
            moved = _shift(old, new, values, before, extension, edge * max(abs(old), abs(new)))
            if abs(moved) >= shift:
                state[cell] = 1 if moved > 0 else -1


@kernel
def _by_z(  # noqa: PLR0917
    series: Array, missing: float, known: Array, valid: Array, split: int, max_z: float, state: Array
) -> None:
    """Fill the state by the Z of the recent mean; where the reference never varies, any difference counts."""
    years, cells = series.shape
    places, values, means = np.empty(years, dtype=np.int64), np.empty(years), np.empty((2, _LANES))
    squares = np.empty(_LANES)
    for cell in range(cells):
        lane = cell % _LANES
        if lane == 0:
            _average(series, 0, split, cell, means[0])
            _average(series, split, years, cell, means[1])
            _add_squares(series, split, cell, means[0], squares)
        if not known[cell]:
            continue
        old, new, spread, before, count = means[0, lane], means[1, lane], squares[lane], split, years
        if valid[cell] < years:
            count = gather_valid(series, missing, cell, places, values)
            before = _count_before(places, count, split)
            if before in (0, count):
                continue
            old, new = _mean(values, 0, before), _mean(values, before, count)
            spread = 0.0
            for place in range(before):
                spread += (values[place] - old) ** 2
        error = np.sqrt(spread / before / (count - before))
        if abs(new - old) > max_z * error:
            state[cell] = 1 if new > old else -1
        else:
            state[cell] = 0


@kernel
def _average(series: Array, first: int, last: int, start: int, mean: Array) -> None:
    """Fill the means of whole series over some years, side by side."""
    mean[:] = 0.0
    for year in range(first, last):
        row = series[year, start : start + _LANES]
        for lane in range(row.size):
            mean[lane] += row[lane]
    for lane in range(mean.size):
        mean[lane] /= last - first


@kernel
def _add_squares(series: Array, split: int, start: int, mean: Array, squares: Array) -> None:
    """Fill the sums of squares about the mean of whole series, side by side."""
    squares[:] = 0.0
    for year in range(split):
        row = series[year, start : start + _LANES]
        for lane in range(row.size):
            squares[lane] += (row[lane] - mean[lane]) ** 2


@kernel
def _shift(old: float, new: float, values: Array, before: int, extension: float, close: float) -> int:
    """Return by how many decile classes of the reference years, their range extended, the mean moves."""
    low, high = values[0], values[0]
    for place in range(before):
        low, high = min(low, values[place]), max(high, values[place])
    reach = extension * (high - low)
    low, high = low - reach, high + reach
    return extended_class(new - close, values, before, low, high) - extended_class(
        old - close, values, before, low, high
    )


@kernel
def _count_before(places: Array, count: int, split: int) -> int:
    """Return how many of the known years lie before the recent window."""
    before = 0
    while before < count and places[before] < split:
        before += 1
    return before


@kernel
def _mean(values: Array, start: int, stop: int) -> float:
    """Return the mean of a stretch of values."""
    total = 0.0
    for place in range(start, stop):
        total += values[place]
    return total / (stop - start)


INDICATOR = Indicator(
    id="productivity-state",
    title="State of land productivity",
    inputs=(Band("series", "stored", layer="productivity", when="series"),),
    parameters=(
        Parameter("missing", -32768.0),
        Parameter("scale", 1.0),
        Parameter("target_years", 3, unit="yr", low=1, setting="state_target_years"),
        Parameter("method", "te_deciles", choices=METHODS, setting="state_method"),
        Parameter("extension", 0.05, unit="1", low=0.0, high=1.0, setting="state_extension"),
        Parameter("class_shift", 2, unit="classes", low=1, high=9, setting="state_class_shift"),
        Parameter("min_diff", 0.01, unit="1", low=0.0, setting="state_min_diff"),
        Parameter("max_z", 1.96, unit="1", low=0.5, high=5.0, setting="state_max_z"),
        Parameter("max_missing_share", 0.2, unit="1", low=0.0, high=1.0, setting="max_missing_share"),
    ),
    output=Status,
    kernel=productivity_state,
    references=("unccd-gpg-2021", "unccd-prais-2026"),
)
