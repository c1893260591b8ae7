"""The public functions on drought: numpy or xarray in (with Dask, block by block), the same kind out."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from landbalance.core.errors import InputError
from landbalance.core.parameters import DEFAULT_PROFILE, resolve
from landbalance.core.types import Array
from landbalance.indicators.arrays import apply
from landbalance.indicators.drought.classes import drought_class as classes_of
from landbalance.indicators.drought.combined import CombinedState, combined_step, no_history
from landbalance.indicators.drought.evapotranspiration import (
    MIDDLE_DAYS,
    MONTH_DAYS,
    hargreaves,
    radiation_above,
    thornthwaite,
)
from landbalance.indicators.drought.index import IndexMethod, drought_index, index_method
from landbalance.indicators.drought.labelled import (
    DEGREES,
    RAIN_UNITS,
    along_time,
    dates_of,
    in_steps,
    is_labelled,
    require_one_calendar,
    require_unit,
)
from landbalance.indicators.drought.steps import StepName, Steps
from landbalance.indicators.drought.vulnerability import Vulnerability, vulnerability

Start = tuple[int, int] | None


def spi(
    rain: Any, *, months: int = 3, start: Start = None, step: StepName | None = None,
    profile: str = DEFAULT_PROFILE, **parameters: Any,
) -> Any:  # fmt: skip
    """Return the standardised precipitation index.

    Parameters
    ----------
    rain : array or DataArray, shape (time, ...)
        Daily, dekadal or monthly rain [mm]; NaN missing. A DataArray has dates and the attribute `units`.
    months : int
        Months that are summed.
    start : (year, month), optional
        First month of a plain array, whose rows are months.
    step : {"month", "dekad"}, optional
        Steps of the result; those of the series, months for daily rain, when not given.
    profile : str
        Method profile that fills what is not given.
    **parameters
        `distribution` ("gamma", "pearson3", "loglogistic"), `fit` ("thom", "ml"), `reference` (first, last year),
        `zero_mode` ("classical", "centre"), `clip`.

    Returns
    -------
    array or DataArray, shape (time, ...)
        [1]; NaN where rain or the fit is unknown. The attributes of a DataArray say how it was made.

    Raises
    ------
    InputError
        If rain is negative or has no unit, a date stands twice, or the reference has fewer than 20 years.

    Examples
    --------
    >>> rain = np.tile(np.arange(30.0)[:, None] + 10, (1, 12)).ravel()
    >>> spi(rain, months=1, start=(1981, 1))[:13].round(2).tolist()[0]
    -1.96
    """
    require_unit(rain, RAIN_UNITS, "rain")
    method = index_method("spi", resolve(profile), months=months, **parameters)
    return _index(method, (rain,), start, step)


def spei(
    rain: Any, pet: Any, *, months: int = 12, start: Start = None, step: StepName | None = None,
    profile: str = DEFAULT_PROFILE, **parameters: Any,
) -> Any:  # fmt: skip
    """Return the standardised precipitation evapotranspiration index.

    Parameters
    ----------
    rain, pet : array or DataArray, shape (time, ...)
        Rain and potential evapotranspiration of the same dates [mm]; NaN missing.
    months, start, step, profile
        As `spi`.
    **parameters
        As `spi`; `distribution` is "loglogistic" or "pearson3".

    Returns
    -------
    array or DataArray, shape (time, ...)
        [1]; NaN where the balance or the fit is unknown.

    Raises
    ------
    InputError
        As `spi`; and if the two series differ in shape or calendar.
    """
    require_unit(rain, RAIN_UNITS, "rain")
    require_unit(pet, RAIN_UNITS, "evapotranspiration")
    require_one_calendar(rain, pet)
    if np.shape(rain) != np.shape(pet):
        raise InputError(
            "rain has shape {rain}, evapotranspiration has {pet}", rain=np.shape(rain), pet=np.shape(pet),
            hint="give both for the same dates and cells",
        )  # fmt: skip
    method = index_method("spei", resolve(profile), months=months, **parameters)
    return _index(method, (rain, pet), start, step)


def pet(
    mean: Any, minimum: Any = None, maximum: Any = None, *, latitude: Any = None, start: Start = None,
    method: str = "",
) -> Any:  # fmt: skip
    """Return monthly potential evapotranspiration.

    Parameters
    ----------
    mean, minimum, maximum : array or DataArray, shape (month, ...)
        Air temperature [degC]; NaN missing.
    latitude : array_like or DataArray, optional
        [degrees north]; the coordinate lat or latitude of a DataArray when not given.
    start : (year, month), optional
        First month of plain arrays.
    method : {"hargreaves", "thornthwaite"}
        Hargreaves where the extremes are given, else Thornthwaite, when empty. For Penman-Monteith see
        `landbalance.indicators.drought.evapotranspiration.penman_monteith`.

    Returns
    -------
    array or DataArray, shape (month, ...)
        [mm month-1].

    Raises
    ------
    InputError
        If the latitude is not known, a layer is missing, or the series is not monthly.

    Examples
    --------
    >>> pet(np.full(12, 20.0), latitude=0.0, start=(2001, 1)).round(1)[5]
    np.float64(73.9)
    """
    for each in (mean, minimum, maximum):
        if each is not None:
            require_unit(each, DEGREES, "temperature")
    chosen = method or ("thornthwaite" if minimum is None or maximum is None else "hargreaves")
    if chosen not in ("hargreaves", "thornthwaite"):
        raise InputError("the method is {method}", method=method, hint="use hargreaves or thornthwaite")
    if chosen == "hargreaves" and (minimum is None or maximum is None):
        raise InputError("Hargreaves needs the minimum and the maximum temperature", hint="or take thornthwaite")
    months = np.array([month - 1 for _, month, _ in dates_of(mean, start)])
    north = _latitude(mean) if latitude is None else latitude
    series = (mean,) if chosen == "thornthwaite" else (mean, minimum, maximum)

    def compute(where: Array, *temperatures: Array) -> Array:
        if chosen == "thornthwaite":
            return thornthwaite(temperatures[0], where, months, MONTH_DAYS[months])
        middle, low, high = temperatures
        shape = (-1,) + (1,) * (temperatures[0].ndim - 1)
        above = radiation_above(where, MIDDLE_DAYS[months].reshape(shape))
        return np.asarray(hargreaves(middle, low, high, above) * MONTH_DAYS[months].reshape(shape))

    if not is_labelled(mean):
        return compute(np.asarray(north), *(np.asarray(each) for each in series))
    import xarray as xr

    made = xr.apply_ufunc(
        lambda where, *given: np.moveaxis(compute(where, *(np.moveaxis(each, -1, 0) for each in given)), 0, -1),
        xr.broadcast(xr.DataArray(north), mean.isel(time=0, drop=True))[0], *series,
        input_core_dims=[[], *[["time"]] * len(series)], output_core_dims=[["time"]], dask="parallelized",
        output_dtypes=[np.float64],
    )  # fmt: skip
    told = {"units": "mm month-1", "long_name": "Potential evapotranspiration", "method": chosen}
    return made.transpose("time", ...).assign_attrs(told)


def drought_class(index: Any, *, profile: str = DEFAULT_PROFILE, edges: str = "") -> Any:
    """Classify a standardised drought index.

    Parameters
    ----------
    index : array or DataArray, shape (...)
        SPI or SPEI; NaN unknown.
    profile : str
        Method profile that fills what is not given.
    edges : {"prais", "te", "wmo"}, optional
        Whether an edge belongs to the worse class (prais), the better one (te), and whether there is a mild class.

    Returns
    -------
    array or DataArray of int8
        `Drought` codes: 0 none, 1 mild, 2 moderate, 3 severe, 4 extreme, -128 unknown.

    Examples
    --------
    >>> drought_class(np.array([0.3, -1.0]), edges="te").tolist()
    [0, 1]
    """
    chosen = edges or resolve(profile).text("drought_edges")
    return apply(lambda values: classes_of(values.astype(np.float64), edges=chosen), [index])[0]


def combined_drought_indicator(spi1: Any, spi3: Any, soil: Any, vegetation: Any) -> Any:
    """Follow the combined drought indicator through time.

    Parameters
    ----------
    spi1, spi3 : array or DataArray, shape (time, ...)
        SPI of one and of three months [1].
    soil, vegetation : array or DataArray, shape (time, ...)
        Standard anomalies of soil moisture and of vegetation [1].

    Returns
    -------
    array or DataArray of int8, shape (time, ...)
        `Combined` codes; 8 where an input is missing.

    Examples
    --------
    >>> one = np.array
    >>> combined_drought_indicator(one([0.2, -1.2]), one([0.1, -1.1]), one([0.3, -0.4]), one([0.2, 0.0])).tolist()
    [0, 1]
    """

    def follow(*given: Array) -> Array:
        state: CombinedState = no_history(given[0].shape[1:])
        classes = []
        for inputs in zip(*given, strict=True):
            state = combined_step(state, *(np.asarray(each, dtype=np.float64) for each in inputs))
            classes.append(state.shown)
        return np.stack(classes)

    given = [spi1, spi3, soil, vegetation]
    if not is_labelled(spi1):
        return follow(*(np.asarray(each) for each in given))
    import xarray as xr

    return xr.apply_ufunc(
        lambda *each: np.moveaxis(follow(*(np.moveaxis(one, -1, 0) for one in each)), 0, -1),
        *given, input_core_dims=[["time"]] * 4, output_core_dims=[["time"]], dask="parallelized",
        output_dtypes=[np.int8],
    ).transpose("time", ...)  # fmt: skip


def drought_vulnerability(
    factors: Mapping[str, Any], *, profile: str = DEFAULT_PROFILE, weights: Mapping[str, float] | None = None
) -> Vulnerability:
    """Return the drought vulnerability index of a country.

    Parameters
    ----------
    factors : mapping of str to array, shape (year, unit)
        Values of each factor by its id; NaN unknown. One unit is the nation; (year,) is allowed for it.
    profile : str
        Method profile, which says what a larger share of agriculture means.
    weights : mapping of str to float, optional
        Of factors within their component.

    Returns
    -------
    Vulnerability
        Index from 0 to 1 (most vulnerable), its components, its tier and its doubts.

    Examples
    --------
    >>> found = drought_vulnerability({"literacy": [60, 78], "poverty": [40, 22], "safe_water": [30, 50]})
    >>> found.index.ravel().tolist(), found.tier
    ([1.0, 0.0], 'tier_1')
    """
    sign = resolve(profile).text("dvi_agriculture_sign")
    return vulnerability(factors, agriculture=sign, weights=weights or {})


def _index(method: IndexMethod, series: tuple[Any, ...], start: Start, step: StepName | None) -> Any:
    """Compute an index of one series, or of the difference of two."""
    dates = dates_of(series[0], start)

    def compute(*arrays: Array) -> tuple[Array, Steps]:
        balance = arrays[0] if len(arrays) == 1 else arrays[0] - arrays[1]
        values, steps = in_steps(balance.astype(np.float64), dates, step)
        return drought_index(values, steps, method)[0], steps

    return along_time(compute, series, _attributes(method))


def _attributes(method: IndexMethod) -> dict[str, Any]:
    """Return CF attributes of an index."""
    what = "precipitation" if method.kind == "spi" else "precipitation evapotranspiration"
    return {
        "units": "1",
        "long_name": f"Standardised {what} index, {method.months} months",
        "cell_methods": f"time: sum (interval: {method.months} months)",
        "method": method.text,
        "reference_period": "{}-{}".format(*method.reference),
    }


def _latitude(array: Any) -> Any:
    """Return the latitude a DataArray carries.

    Raises
    ------
    InputError
        If it carries none.
    """
    if is_labelled(array):
        for name in ("lat", "latitude", "y"):
            if name in array.coords:
                return array[name]
    raise InputError("the latitude is not known", hint="give latitude=")
