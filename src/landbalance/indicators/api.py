"""The public functions on arrays: numpy or xarray in, the same kind out; what is not given comes from the profile."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from landbalance.core.parameters import DEFAULT_PROFILE
from landbalance.core.types import Array, Value
from landbalance.indicators.answers import MannKendall, ProductivityPerformance, ProductivityTrend, TheilSen
from landbalance.indicators.arrays import apply, class_codes, filled, real_series, run_declared, unknown_like, years_of
from landbalance.indicators.fao_wocat import INDICATOR as FAO_WOCAT
from landbalance.indicators.land_condition import INDICATOR as LAND_CONDITION
from landbalance.indicators.land_cover_status import INDICATOR as LAND_COVER
from landbalance.indicators.one_out_all_out import INDICATOR as ONE_OUT_ALL_OUT
from landbalance.indicators.productivity_dynamics import INDICATOR as DYNAMICS
from landbalance.indicators.productivity_mean import MISSING_MEAN
from landbalance.indicators.productivity_performance import INDICATOR as PERFORMANCE
from landbalance.indicators.productivity_performance import count_means, finish_histogram
from landbalance.indicators.productivity_state import INDICATOR as STATE
from landbalance.indicators.productivity_trend import INDICATOR as TREND
from landbalance.indicators.recode import INDICATOR as RECODE
from landbalance.indicators.soc_status import INDICATOR as SOC_STATUS
from landbalance.indicators.soc_stock import INDICATOR as SOC_STOCK
from landbalance.kernels.mann_kendall import mann_kendall_score, mann_kendall_z, two_sided_p
from landbalance.kernels.series import count_valid, flat_series
from landbalance.kernels.theil_sen import theil_sen_slope


def mann_kendall(series: Any) -> MannKendall:
    """Test series for a monotonic trend.

    Parameters
    ----------
    series : array or DataArray, shape (time, ...)
        Values in the order of time; NaN missing. A DataArray names its time dimension "time" or "year".

    Returns
    -------
    MannKendall
        Normal approximation with tie correction and continuity correction, in float64.

    References
    ----------
    .. [1] Kendall, M.G. (1975), Rank Correlation Methods, 4th edition.

    Examples
    --------
    >>> mann_kendall(np.array([1.0, 2.0, 3.0, 5.0, 4.0])).s
    array(8.)
    """
    return MannKendall(*apply(_mann_kendall, [real_series(series, {})], series=[0], outputs=5))


def theil_sen(series: Any, *, times: Sequence[float] | None = None) -> TheilSen:
    """Return the Theil-Sen slope of series.

    Parameters
    ----------
    series : array or DataArray, shape (time, ...)
        Values in the order of time; NaN missing.
    times : sequence of int, optional
        Time of each row, ascending; 0, 1, 2, ... when not given.

    Returns
    -------
    TheilSen
        Float64; NaN with fewer than two values.

    References
    ----------
    .. [1] Sen, P.K. (1968), Estimates of the regression coefficient based on Kendall's tau, JASA 63, 1379-1389.

    Examples
    --------
    >>> theil_sen(np.array([1.0, 2.0, 3.0, 9.0])).slope
    array(1.83333333)
    """

    def slopes(values: Array) -> Array:
        flat = flat_series(values)
        place = np.arange(len(flat)) if times is None else np.asarray(times, dtype=np.int64)
        return theil_sen_slope(flat, place, np.nan, np.ones(flat.shape[1], dtype=bool)).reshape(values.shape[1:])

    return TheilSen(*apply(slopes, [real_series(series, {})], series=[0]))


def productivity_trend(
    series: Any, *, years: Sequence[int] | None = None, profile: str = DEFAULT_PROFILE, **parameters: Value
) -> ProductivityTrend:
    """Classify the trend of annual productivity.

    Parameters
    ----------
    series : array or DataArray, shape (year, ...)
        Annual productivity; physical unless `scale` is given. NaN, and `missing` if given, are unknown.
    years : sequence of int, optional
        Calendar years; those of the DataArray, else consecutive ones.
    profile : str
        Method profile that fills what is not given.
    **parameters
        Parameters of the indicator `productivity-trend`, by name.

    Returns
    -------
    ProductivityTrend
        See `landbalance.indicators.productivity_trend.productivity_trend`.
    """
    given = parameters | {"years": tuple(years) if years is not None else years_of(series), "missing": np.nan}
    return ProductivityTrend(*run_declared(TREND, [real_series(series, parameters)], given, profile))


def productivity_state(series: Any, *, profile: str = DEFAULT_PROFILE, **parameters: Value) -> Any:
    """Compare the last years of annual productivity with those before.

    Parameters
    ----------
    series : array or DataArray, shape (year, ...)
        Annual productivity; physical unless `scale` is given. NaN, and `missing` if given, are unknown.
    profile : str
        Method profile that fills what is not given.
    **parameters
        Parameters of the indicator `productivity-state`, by name.

    Returns
    -------
    array or DataArray of int8
        `Status` codes.
    """
    given = parameters | {"missing": np.nan}
    return run_declared(STATE, [real_series(series, parameters)], given, profile)[0]


def productivity_performance(
    mean: Any,
    unit: Any,
    fallback: Any = None,
    *,
    resolution: float = 1e-4,
    profile: str = DEFAULT_PROFILE,
    **parameters: Value,
) -> ProductivityPerformance:
    """Compare mean productivity with a high percentile of its unit, over the whole of the arrays.

    Parameters
    ----------
    mean : array or DataArray, shape (...)
        Mean productivity; real numbers are rounded half to even to `resolution`, NaN unknown.
    unit : array or DataArray of integer, shape (...)
        Unit of each cell; negative none.
    fallback : array or DataArray of integer, optional
        Coarser unit for cells whose unit has too few cells.
    resolution : float
        Physical value of one step of the means.
    profile : str
        Method profile that fills what is not given.
    **parameters
        Parameters of the indicator `productivity-performance`, by name.

    Returns
    -------
    ProductivityPerformance
        `Status` codes, and the ratio.
    """
    coarse = unit * 0 - 1 if fallback is None else fallback
    values = filled(PERFORMANCE, parameters, profile)
    steps, units, coarser = (np.asarray(each) for each in (mean, unit, coarse))
    whole = count_means(_steps(steps, resolution), units, coarser, quantile=values["quantile"])
    values["percentiles"] = finish_histogram(whole, quantile=values["quantile"])

    def compare(one: Array, two: Array, three: Array) -> tuple[Array, Array]:
        made: tuple[Array, Array] = PERFORMANCE.kernel(mean=_steps(one, resolution), unit=two, fallback=three, **values)
        return made

    return ProductivityPerformance(*apply(compare, [mean, unit, coarse], outputs=2))


def productivity_dynamics(trend: Any, state: Any, performance: Any) -> Any:
    """Join trend, state and performance into the five classes of land productivity dynamics.

    Parameters
    ----------
    trend, state, performance : array or DataArray of integer, shape (...)
        `Status` codes.

    Returns
    -------
    array or DataArray of int8
        `Lpd` codes.
    """
    return run_declared(
        DYNAMICS, [class_codes(trend), class_codes(state), class_codes(performance)], {}, DEFAULT_PROFILE
    )[0]


def fao_wocat_dynamics(series: Any, peak: Any = None, *, profile: str = DEFAULT_PROFILE, **parameters: Value) -> Any:
    """Classify land productivity dynamics by the method of FAO-WOCAT.

    Parameters
    ----------
    series : array or DataArray, shape (year, ...)
        Annual productivity; physical unless `scale` is given. NaN, and `missing` if given, are unknown.
    peak : array or DataArray, shape (...), optional
        Highest composite of the period, physical.
    profile : str
        Method profile that fills what is not given.
    **parameters
        Parameters of the indicator `fao-wocat-dynamics`, by name.

    Returns
    -------
    array or DataArray of int8
        `Lpd` codes.
    """
    values = real_series(series, parameters)
    highest = unknown_like(values) if peak is None else peak
    return run_declared(FAO_WOCAT, [values, highest], parameters | {"missing": np.nan}, profile)[0]


def land_cover_status(
    initial: Any, final: Any, region: Any = None, *, profile: str = DEFAULT_PROFILE, **parameters: Any
) -> Any:
    """Classify the change between two land-cover maps.

    Parameters
    ----------
    initial, final : array or DataArray of integer, shape (...)
        Position of the class in the legend (its code for the UNCCD legend); anything else is unknown.
    region : array or DataArray of integer, optional
        Which of several matrices the cell takes, from 0.
    profile : str
        Method profile that fills what is not given.
    **parameters
        Parameters of the indicator `land-cover-status`: `matrix`, as (n, n) or (regions, n, n).

    Returns
    -------
    array or DataArray of int8
        `Status` codes.
    """
    start = class_codes(initial)
    if "matrix" in parameters:
        matrix = np.asarray(parameters["matrix"], dtype=np.int8)
        parameters["matrix"] = matrix.reshape(-1, *matrix.shape[-2:])
    where = start * 0 if region is None else class_codes(region)
    return run_declared(LAND_COVER, [start, class_codes(final), where], parameters, profile)[0]


def soc_stock(reference: Any, cover: Any, climate: Any, *, profile: str = DEFAULT_PROFILE, **parameters: Any) -> Any:
    """Follow the stock of soil organic carbon through the changes of land cover.

    Parameters
    ----------
    reference : array or DataArray, shape (...)
        Stock of the reference year [t C ha-1]; NaN unknown.
    cover : array or DataArray of integer, shape (year, ...)
        UNCCD class of each of `cover_years`.
    climate : array or DataArray of integer, shape (...)
        IPCC climate zone.
    profile : str
        Method profile that fills what is not given.
    **parameters
        Parameters of the indicator `soc-stock`; `cover_years` and `at_years` are needed unless a DataArray has years.

    Returns
    -------
    array or DataArray, shape (year, ...)
        Stock in each of `at_years` [t C ha-1].
    """
    years = years_of(cover)
    given = {"cover_years": years, "at_years": years} | parameters
    values = filled(SOC_STOCK, given, profile)
    values["factors"] = np.asarray(values["factors"], dtype=np.float64)

    def stock(one: Array, two: Array, three: Array) -> Array:
        made: Array = SOC_STOCK.kernel(reference=one, cover=two, climate=three, **values)
        return made

    return apply(
        stock, [reference, class_codes(cover), class_codes(climate)], series=[1], out_years=values["at_years"]
    )[0]


def soc_status(baseline: Any, current: Any, *, profile: str = DEFAULT_PROFILE, **parameters: Value) -> Any:
    """Classify the relative change in soil organic carbon stock.

    Parameters
    ----------
    baseline, current : array or DataArray, shape (...)
        Stock [t C ha-1]; NaN unknown.
    profile : str
        Method profile that fills what is not given.
    **parameters
        Parameters of the indicator `soc-status`, by name.

    Returns
    -------
    array or DataArray of int8
        `Status` codes.
    """
    return run_declared(SOC_STATUS, [baseline, current], parameters, profile)[0]


def one_out_all_out(layers: Sequence[Any], *, profile: str = DEFAULT_PROFILE, **parameters: Value) -> Any:
    """Combine the statuses of several layers: one out, all out.

    Parameters
    ----------
    layers : sequence of array or DataArray of integer, or one array of shape (layer, ...)
        `Status` codes.
    profile : str
        Method profile that fills what is not given.
    **parameters
        Parameters of the indicator `one-out-all-out`: `nodata_rule`.

    Returns
    -------
    array or DataArray of int8
        `Status` codes.
    """
    values = filled(ONE_OUT_ALL_OUT, parameters, profile)

    def combine(*pieces: Array) -> Array:
        made: Array = ONE_OUT_ALL_OUT.kernel(layers=np.stack(np.broadcast_arrays(*pieces)), **values)
        return made

    return apply(combine, [class_codes(layer) for layer in layers])[0]


def land_condition_status(baseline: Any, period: Any) -> Any:
    """Compare the assessment of a reporting period with that of the baseline.

    Parameters
    ----------
    baseline, period : array or DataArray of integer, shape (...)
        `Status` codes.

    Returns
    -------
    array or DataArray of int8
        `LandCondition` codes 1 to 7.
    """
    return run_declared(LAND_CONDITION, [class_codes(baseline), class_codes(period)], {}, DEFAULT_PROFILE)[0]


def recode(status: Any, code: Any) -> Any:
    """Replace the classes of an assessment as experts say.

    Parameters
    ----------
    status : array or DataArray of integer, shape (...)
        `Status` codes.
    code : array or DataArray of integer, shape (...)
        Recode 0..63 of each cell; 0 leaves it.

    Returns
    -------
    array or DataArray of int8
        `Status` codes.
    """
    return run_declared(RECODE, [class_codes(status), code], {"applies": True}, DEFAULT_PROFILE)[0]


def _mann_kendall(values: Array) -> tuple[Array, ...]:
    """Return S, its variance, Z, p and the number of values of float64 series."""
    flat = flat_series(values)
    valid = count_valid(flat, np.nan)
    score, ties = mann_kendall_score(flat, np.nan, valid)
    variance, z = mann_kendall_z(score, ties, valid)
    shape = values.shape[1:]
    return tuple(each.astype(np.float64).reshape(shape) for each in (score, variance, z, two_sided_p(z), valid))


def _steps(mean: Array, resolution: float) -> Array:
    """Return means as whole steps of the resolution; whole numbers are steps already."""
    if mean.dtype.kind != "f":
        return mean.astype(np.int32)
    return np.where(np.isnan(mean), MISSING_MEAN, np.rint(mean / resolution)).astype(np.int32)
