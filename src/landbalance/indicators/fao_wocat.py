"""Land productivity dynamics by the method of FAO-WOCAT."""

import numpy as np

from landbalance.core.errors import InputError
from landbalance.core.types import Array, ClassGrid, FloatGrid
from landbalance.core.vocab import Lpd
from landbalance.indicators.productivity_trend import te_limit
from landbalance.indicators.spec import Band, Indicator, Parameter
from landbalance.kernels.compile import kernel
from landbalance.kernels.least_squares import least_squares_slope
from landbalance.kernels.mann_kendall import mann_kendall_score
from landbalance.kernels.percentiles import decile_class, sort_ascending
from landbalance.kernels.series import FEWEST_YEARS, count_valid, flat_series, gather_valid, require_years, sentinel

MODES = ("mk_mtid", "mk")
_EDGE = 1e-6  # biomass or a peak of exactly the limit lies below it
_LAST_SEMI = (8, 14, 21, 30)  # last of the 36 intermediate classes in LPD 1, 2, 3, 4


def fao_wocat_dynamics(
    series: Array,
    peak: FloatGrid,
    *,
    missing: float,
    scale: float,
    n: int,
    low: float,
    high: float,
    desert: float,
    mode: str,
) -> ClassGrid:
    """Classify land productivity dynamics by steadiness, first biomass and its change of class.

    Parameters
    ----------
    series : ndarray, shape (year, ...)
        Annual productivity as stored, 4 to 60 years.
    peak : ndarray of float32, shape (...)
        Highest composite of the period [unit]; NaN unknown.
    missing : float
        Stored value that means missing; NaN always does.
    scale : float
        Physical value of one stored unit.
    n : int
        Years of the first and of the last window.
    low, high : float
        Upper limits of low and of medium biomass [unit].
    desert : float
        Peak up to which a cell is desert, and stable [unit].
    mode : {"mk_mtid", "mk"}
        Steadiness by trend and net change, or by trend alone.

    Returns
    -------
    ndarray of int8, shape (...)
        `Lpd` codes; NODATA with fewer than four known years, an empty window, or (mode "mk") S = 0.

    Raises
    ------
    RuleError
        If the series has fewer than four years.
    InputError
        If the mode is unknown, the windows are longer than the series, or it has more than 60 years.

    References
    ----------
    .. [1] FAO-WOCAT land productivity dynamics, as in Trends.Earth (2026).
    """
    require_years(series, max(n, FEWEST_YEARS))
    if mode not in MODES:
        raise InputError(
            "there is no FAO-WOCAT mode {mode}", mode=mode, hint="use one of {known}", known=", ".join(MODES)
        )
    flat = flat_series(series)
    valid = count_valid(flat, missing)
    score = mann_kendall_score(flat, missing, valid)[0]
    slope = least_squares_slope(flat, np.arange(len(flat)), missing)
    direction = np.where(np.abs(score) >= te_limit("k95", len(flat)), np.sign(slope), 0).astype(np.int8)
    limits = np.array([low, high]) / scale * (1 + _EDGE)
    lpd = np.full(flat.shape[1], Lpd.NODATA, dtype=np.int8)
    _classify(flat, sentinel(series, missing), direction, score, n, mode == "mk_mtid", limits, lpd)
    is_desert = (valid >= FEWEST_YEARS) & (peak.ravel() <= desert * (1 + _EDGE))
    lpd[is_desert] = Lpd.STABLE
    return lpd.reshape(series.shape[1:])


@kernel
def _classify(  # noqa: PLR0917
    series: Array,
    missing: float,
    direction: Array,
    score: Array,
    n: int,
    with_change: bool,
    limits: Array,
    lpd: Array,
) -> None:
    """Fill the classes, cell by cell."""
    years, cells = series.shape
    places, values = np.empty(years, dtype=np.int64), np.empty(years)
    for cell in range(cells):
        count = gather_valid(series, missing, cell, places, values)
        if count < FEWEST_YEARS or places[0] >= n or places[count - 1] < years - n:
            continue
        first, last = _window_mean(places, values, count, 0, n), _window_mean(places, values, count, years - n, years)
        steadiness = _steadiness(direction[cell], score[cell], values, count, last, with_change)
        biomass = 1 if first <= limits[0] else 2 if first <= limits[1] else 3
        sort_ascending(values, count)
        close = 1e-9 * max(abs(first), abs(last))
        moved = decile_class(last, values, count, close) - decile_class(first, values, count, close)
        state = 1 if moved <= -2 else 3 if moved >= 2 else 2
        if steadiness > 0:
            lpd[cell] = _class_of((steadiness - 1) * 9 + (state - 1) * 3 + biomass)


@kernel
def _window_mean(places: Array, values: Array, count: int, start: int, stop: int) -> float:
    """Return the mean of the known years of a window."""
    total, known = 0.0, 0
    for place in range(count):
        if start <= places[place] < stop:
            total += values[place]
            known += 1
    return total / known


@kernel
def _steadiness(direction: int, score: int, values: Array, count: int, last: float, with_change: bool) -> int:
    """Return the steadiness 1 to 4, from trend and net change or from trend alone; 0 where undecided."""
    if with_change:
        net = 0.0
        for place in range(count):
            net += last - values[place]
        is_gain = net > 1e-9 * count * abs(last)
        return direction + 2 + is_gain if direction >= 0 else 1 + is_gain
    if direction != 0:
        return 1 if direction < 0 else 4
    return 0 if score == 0 else 2 if score < 0 else 3


@kernel
def _class_of(semi: int) -> int:
    """Return the class of one of the 36 intermediate classes."""
    lpd = 1
    for last in _LAST_SEMI:
        lpd += semi > last
    return lpd


INDICATOR = Indicator(
    id="fao-wocat-dynamics",
    title="Land productivity dynamics, FAO-WOCAT",
    inputs=(
        Band("series", "stored", layer="productivity", when="series"),
        Band("peak", "1", layer="productivity_peak"),
    ),
    parameters=(
        Parameter("missing", -32768.0),
        Parameter("scale", 1.0),
        Parameter("n", 3, unit="yr", low=1, setting="fw_n"),
        Parameter("low", 0.4, unit="1", low=0.0, setting="fw_low"),
        Parameter("high", 0.7, unit="1", low=0.0, setting="fw_high"),
        Parameter("desert", 0.25, unit="1", low=0.0, setting="fw_desert"),
        Parameter("mode", "mk_mtid", choices=MODES, setting="fw_mode"),
    ),
    output=Lpd,
    kernel=fao_wocat_dynamics,
    references=("trends-earth-2026",),
)
