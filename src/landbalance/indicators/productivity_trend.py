"""Trend of land productivity over a period, the first metric of its status."""

from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from landbalance.core.errors import InputError
from landbalance.core.tables import toml_table
from landbalance.core.types import Array, StatusGrid
from landbalance.core.vocab import Status
from landbalance.indicators.spec import Band, Indicator, Parameter
from landbalance.kernels.least_squares import least_squares_slope
from landbalance.kernels.mann_kendall import mann_kendall_score, mann_kendall_z
from landbalance.kernels.series import count_valid, enough_years, flat_series, require_years
from landbalance.kernels.theil_sen import theil_sen_slope

TESTS = ("mk_two_sided", "mk_te", "z_gpg2")
SLOPES = ("theil_sen", "ols")
SIGNS = ("s", "slope")
_EDGE = 1e-6  # a slope of exactly the limit does not count; float noise must not decide it


def productivity_trend(
    series: Array,
    *,
    years: tuple[int, ...],
    missing: float,
    scale: float,
    test: str,
    alpha: float,
    max_z: float,
    slope_method: str,
    class_sign: str,
    min_abs_slope: float,
    min_years: int,
    max_missing_share: float,
    with_slope: bool,
) -> tuple[StatusGrid, Array, Array]:
    """Classify the trend of annual productivity by Mann-Kendall and its slope.

    Parameters
    ----------
    series : ndarray, shape (year, ...)
        Annual productivity as stored.
    years : tuple of int
        Calendar years, ascending; they may have gaps.
    missing : float
        Stored value that means missing; NaN always does.
    scale : float
        Physical value of one stored unit.
    test : {"mk_two_sided", "mk_te", "z_gpg2"}
        What makes a trend significant: p <= `alpha` by the normal approximation with ties; |S| against the Kendall
        table of Trends.Earth for the number of years of the series; |Z| > `max_z`.
    alpha, max_z : float
        Two-sided level [1], and limit of |Z| [1].
    slope_method : {"theil_sen", "ols"}
        Median of the pairwise slopes, or least squares.
    class_sign : {"s", "slope"}
        What gives a significant trend its sign.
    min_abs_slope : float
        Slopes up to this size are stable [unit per year]; 0 is off.
    min_years : int
        Fewest years of a series.
    max_missing_share : float
        Largest share of unknown years of a cell [1]; at least four must be known.
    with_slope : bool
        Whether to give the slope of all cells, also where no class needs it.

    Returns
    -------
    trend : ndarray of int8, shape (...)
        `Status` codes.
    slope : ndarray of float32, shape (...)
        Physical units per year; NaN where unknown, or not needed. A series of float64 gives float64, as for `z`.
    z : ndarray of float32, shape (...)
        Mann-Kendall Z; NaN where unknown.

    Raises
    ------
    RuleError
        If the series is too short.
    InputError
        If years and series differ in length, or a method is unknown.

    References
    ----------
    .. [1] Mann, H.B. (1945), Nonparametric tests against trend, Econometrica 13, 245-259.
    .. [2] Sen, P.K. (1968), Estimates of the regression coefficient based on Kendall's tau, JASA 63, 1379-1389.
    .. [3] UNCCD (2021), Good Practice Guidance, SDG Indicator 15.3.1, version 2.
    """
    require_years(series, min_years)
    times = _times(series, years)
    flat = flat_series(series)
    valid = count_valid(flat, missing)
    known = enough_years(valid, len(times), max_missing_share)
    score, ties = mann_kendall_score(flat, missing, valid)
    z = mann_kendall_z(score, ties, valid)[1]
    significant = known & _is_significant(test, score, z, len(times), alpha=alpha, max_z=max_z)
    needed = known if with_slope else significant & _needs_slope(class_sign, min_abs_slope)
    slope = _slopes(slope_method, flat, times, missing, needed)
    counts = significant & ~(np.abs(slope) * scale <= min_abs_slope * (1 + _EDGE)) if min_abs_slope > 0 else significant
    sign = np.sign(_choice("class_sign", class_sign, {"s": score, "slope": slope}))
    trend = np.where(known, Status.STABLE, Status.NODATA).astype(np.int8)
    trend[counts] = sign[counts]
    shape, kind = series.shape[1:], np.float64 if series.dtype == np.float64 else np.float32
    z = np.where(known, z, np.nan)
    return trend.reshape(shape), (slope * scale).astype(kind).reshape(shape), z.astype(kind).reshape(shape)


def kendall_limits(level: str) -> dict[int, int]:
    """Return the limits of |S| that Trends.Earth uses: number of years -> limit, for "k90", "k95" or "k99"."""
    table = toml_table("kendall_te")
    return dict(enumerate(table[level], start=table["first"]))


def te_limit(level: str, years: int) -> int:
    """Return the limit of |S| that Trends.Earth uses for a number of years.

    Raises
    ------
    InputError
        If its table has no such number.
    """
    limits = kendall_limits(level)
    if years not in limits:
        raise InputError(
            "the Kendall table of Trends.Earth has no {years} years",
            years=years,
            hint="it runs from {known} to {choices}: use test mk_two_sided",
            known=min(limits),
            choices=max(limits),
        )
    return limits[years]


def _times(series: Array, years: tuple[int, ...]) -> NDArray[np.int64]:
    """Return the calendar years, checked against the series."""
    times = np.asarray(years, dtype=np.int64)
    if len(times) != series.shape[0] or (np.diff(times) <= 0).any():
        raise InputError(
            "a series of {rows} rows has the years {years}",
            rows=series.shape[0],
            years=years,
            hint="give one ascending year for each row",
        )
    return times


def _is_significant(
    test: str, score: NDArray[np.int32], z: NDArray[np.float64], years: int, *, alpha: float, max_z: float
) -> NDArray[np.bool_]:
    """Return where the test sees a trend."""
    if test == "mk_te":
        size = np.abs(score)
        return (size > te_limit("k90", years)) & (size >= te_limit("k95", years))
    if test == "mk_two_sided":
        return np.abs(z) >= NormalDist().inv_cdf(1 - alpha / 2)
    if test == "z_gpg2":
        return np.abs(z) > max_z
    raise InputError("there is no trend test {test}", test=test, hint="use one of {known}", known=", ".join(TESTS))


def _needs_slope(class_sign: str, min_abs_slope: float) -> bool:
    """Return whether the class depends on the slope."""
    return class_sign == "slope" or min_abs_slope > 0


def _slopes(
    method: str, series: Array, times: NDArray[np.int64], missing: float, needed: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return the slopes of the cells that need one [stored units per year], NaN elsewhere."""
    if method == "theil_sen":
        return theil_sen_slope(series, times, missing, needed)
    if method == "ols":
        return np.where(needed, least_squares_slope(series, times, missing), np.nan)
    raise InputError(
        "there is no slope method {method}", method=method, hint="use one of {known}", known=", ".join(SLOPES)
    )


def _choice(name: str, value: str, options: dict[str, Array]) -> Array:
    """Return the option that a parameter names."""
    if value not in options:
        raise InputError(
            "{name} is {value}", name=name, value=value, hint="use one of {known}", known=", ".join(options)
        )
    return options[value]


INDICATOR = Indicator(
    id="productivity-trend",
    title="Trend of land productivity",
    inputs=(Band("series", "stored", layer="productivity", when="series"),),
    parameters=(
        Parameter("years", (), unit="yr"),
        Parameter("missing", -32768.0),
        Parameter("scale", 1.0),
        Parameter("test", "mk_two_sided", choices=TESTS, setting="trend_test"),
        Parameter("alpha", 0.05, unit="1", low=0.0001, high=0.5, setting="trend_alpha"),
        Parameter("max_z", 1.96, unit="1", low=0.5, high=5.0, setting="trend_max_z"),
        Parameter("slope_method", "theil_sen", choices=SLOPES, setting="slope_method"),
        Parameter("class_sign", "s", choices=SIGNS, setting="class_sign"),
        Parameter("min_abs_slope", 0.001, unit="1/yr", low=0.0, setting="min_abs_slope"),
        Parameter("min_years", 4, unit="yr", low=4, setting="min_years"),
        Parameter("max_missing_share", 0.2, unit="1", low=0.0, high=1.0, setting="max_missing_share"),
        Parameter("with_slope", True),
    ),
    output=(Band("trend"), Band("slope", "1/yr"), Band("z", "1")),
    kernel=productivity_trend,
    references=("mann-1945", "sen-1968", "unccd-gpg-2021"),
)
