"""Potential evapotranspiration by Penman-Monteith, Hargreaves and Thornthwaite."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from landbalance.core.errors import InputError
from landbalance.core.types import Array

SOLAR = 0.0820  # MJ m-2 min-1
STEFAN_BOLTZMANN = 4.903e-9  # MJ K-4 m-2 day-1
LATENT = 0.408  # mm of water that 1 MJ m-2 evaporates
MONTH_DAYS = np.array([31, 28.25, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
MIDDLE_DAYS = np.cumsum(MONTH_DAYS) - MONTH_DAYS / 2  # day of the year in the middle of each month
Float = NDArray[np.float64]


def radiation_above(latitude: ArrayLike, day: ArrayLike) -> Float:
    """Return the solar radiation above the atmosphere.

    Parameters
    ----------
    latitude : array_like
        [degrees north], broadcast against `day`.
    day : array_like
        Day of the year, 1 to 366.

    Returns
    -------
    ndarray of float64
        [MJ m-2 day-1].

    References
    ----------
    .. [1] Allen, R.G., et al. (1998), Crop evapotranspiration, FAO Irrigation and Drainage Paper 56, equation 21.

    Examples
    --------
    >>> radiation_above(-20, 246).round(1)
    np.float64(32.2)
    """
    phi, turn = np.radians(np.asarray(latitude, dtype=np.float64)), 2 * np.pi * np.asarray(day) / 365
    tilt = 0.409 * np.sin(turn - 1.39)
    sunset = np.arccos(np.clip(-np.tan(phi) * np.tan(tilt), -1.0, 1.0))
    nearness = 1 + 0.033 * np.cos(turn)
    high = sunset * np.sin(phi) * np.sin(tilt) + np.cos(phi) * np.cos(tilt) * np.sin(sunset)
    return np.asarray(24 * 60 / np.pi * SOLAR * nearness * high)


def daylight_hours(latitude: ArrayLike, day: ArrayLike) -> Float:
    """Return the hours between sunrise and sunset [h]; arguments as `radiation_above`.

    Examples
    --------
    >>> daylight_hours(-20, 246).round(1)
    np.float64(11.7)
    """
    phi = np.radians(np.asarray(latitude, dtype=np.float64))
    tilt = 0.409 * np.sin(2 * np.pi * np.asarray(day) / 365 - 1.39)
    return np.asarray(24 / np.pi * np.arccos(np.clip(-np.tan(phi) * np.tan(tilt), -1.0, 1.0)))


def hargreaves(mean: Array, minimum: Array, maximum: Array, above: Array) -> Array:
    """Return potential evapotranspiration by Hargreaves.

    Parameters
    ----------
    mean, minimum, maximum : ndarray
        Air temperature [degC]; NaN unknown.
    above : ndarray
        Radiation above the atmosphere [MJ m-2 day-1].

    Returns
    -------
    ndarray
        [mm day-1], not below zero.

    References
    ----------
    .. [1] Hargreaves, G.H., Samani, Z.A. (1985), Reference crop evapotranspiration from temperature, Applied
       Engineering in Agriculture 1, 96-99.

    Examples
    --------
    >>> hargreaves(np.array(20.7), np.array(14.8), np.array(26.6), np.array(40.55)).round(1)
    np.float64(5.0)
    """
    refuse_crossed(minimum, maximum)
    width = np.sqrt(np.maximum(maximum - minimum, 0.0))
    return np.asarray(np.maximum(0.0023 * LATENT * above * (mean + 17.8) * width, 0.0))


def thornthwaite(mean: Array, latitude: ArrayLike, months: NDArray[np.intp], days: NDArray[np.float64]) -> Array:
    """Return potential evapotranspiration by Thornthwaite, the heat index taken from the mean year.

    Parameters
    ----------
    mean : ndarray, shape (time, ...)
        Monthly mean air temperature [degC]; NaN unknown.
    latitude : array_like, shape (...)
        [degrees north].
    months : ndarray of int, shape (time,)
        Month of each row, 0 to 11.
    days : ndarray, shape (time,)
        Days of each month.

    Returns
    -------
    ndarray, shape (time, ...)
        [mm month-1].

    References
    ----------
    .. [1] Thornthwaite, C.W. (1948), An approach toward a rational classification of climate, Geographical Review 38,
       55-94.

    Examples
    --------
    >>> thornthwaite(np.full(12, 20.0), 0.0, np.arange(12), MONTH_DAYS).round(1)[5]
    np.float64(73.9)
    """
    warm = np.maximum(mean, 0.0)
    year = np.stack([_mean_known(warm[months == month]) for month in range(12)])
    heat = ((year / 5.0) ** 1.514).sum(axis=0)
    power = 6.75e-7 * heat**3 - 7.71e-5 * heat**2 + 1.792e-2 * heat + 0.49239
    shape = (-1,) + (1,) * (mean.ndim - 1)
    hours = daylight_hours(np.asarray(latitude), MIDDLE_DAYS[months].reshape(shape))
    with np.errstate(divide="ignore", invalid="ignore"):
        cool = 16.0 * (10.0 * warm / heat) ** power
    hot = -415.85 + 32.24 * mean - 0.43 * mean**2
    unadjusted = np.where(heat > 0, np.where(mean > 26.5, hot, cool), 0.0)
    found = unadjusted * hours / 12.0 * days.reshape(shape) / 30.0
    return np.asarray(np.where(np.isnan(mean), np.nan, found))


def penman_monteith(
    minimum: Array, maximum: Array, vapour_kpa: Array, wind_m_s: Array, net_radiation: Array, *,
    elevation_m: ArrayLike = 0.0, soil_heat: ArrayLike = 0.0,
) -> Array:  # fmt: skip
    """Return reference evapotranspiration by the FAO Penman-Monteith equation.

    Parameters
    ----------
    minimum, maximum : ndarray
        Air temperature [degC]; NaN unknown.
    vapour_kpa : ndarray
        Actual vapour pressure [kPa].
    wind_m_s : ndarray
        Wind at 2 m [m s-1].
    net_radiation : ndarray
        [MJ m-2 day-1], see `net_radiation`.
    elevation_m : array_like
        Above the sea [m].
    soil_heat : array_like
        Flux into the soil [MJ m-2 day-1].

    Returns
    -------
    ndarray
        [mm day-1], not below zero.

    References
    ----------
    .. [1] Allen, R.G., et al. (1998), Crop evapotranspiration, FAO Irrigation and Drainage Paper 56, equation 6.

    Examples
    --------
    >>> one = np.array
    >>> penman_monteith(one(25.6), one(34.8), one(2.85), one(2.0), one(14.33), elevation_m=2, soil_heat=0.14).round(2)
    np.float64(5.72)
    """
    refuse_crossed(minimum, maximum)
    mean = (minimum + maximum) / 2
    saturated = (_saturation(minimum) + _saturation(maximum)) / 2
    slope = 4098 * _saturation(mean) / (mean + 237.3) ** 2
    pressure = 101.3 * ((293 - 0.0065 * np.asarray(elevation_m)) / 293) ** 5.26
    psychrometer = 0.665e-3 * pressure
    energy = LATENT * slope * (net_radiation - np.asarray(soil_heat))
    dryness = psychrometer * 900 / (mean + 273) * wind_m_s * (saturated - vapour_kpa)
    return np.asarray(np.maximum((energy + dryness) / (slope + psychrometer * (1 + 0.34 * wind_m_s)), 0.0))


def net_radiation(
    minimum: Array, maximum: Array, vapour_kpa: Array, solar: Array, above: Array, *, elevation_m: ArrayLike = 0.0
) -> Array:
    """Return the net radiation of a grass surface.

    Parameters
    ----------
    minimum, maximum, vapour_kpa, elevation_m
        As `penman_monteith`.
    solar, above : ndarray
        Solar radiation at the ground and above the atmosphere [MJ m-2 day-1].

    Returns
    -------
    ndarray
        [MJ m-2 day-1].

    Examples
    --------
    >>> one = np.array
    >>> net_radiation(one(25.6), one(34.8), one(2.85), one(22.65), one(38.06), elevation_m=2).round(2)
    np.float64(14.33)
    """
    clear = (0.75 + 2e-5 * np.asarray(elevation_m)) * above
    warmth = STEFAN_BOLTZMANN * ((maximum + 273.16) ** 4 + (minimum + 273.16) ** 4) / 2
    cloud = 1.35 * np.minimum(solar / np.where(clear > 0, clear, np.nan), 1.0) - 0.35
    return np.asarray(0.77 * solar - warmth * (0.34 - 0.14 * np.sqrt(vapour_kpa)) * np.where(clear > 0, cloud, 0.0))


def monthly_penman_monteith(
    minimum: Array, maximum: Array, vapour_kpa: Array, wind_m_s: Array, solar: Array, above: Array, *,
    elevation_m: ArrayLike = 0.0,
) -> Array:  # fmt: skip
    """Return reference evapotranspiration of months by FAO Penman-Monteith, with the heat the soil takes up.

    Parameters
    ----------
    minimum, maximum, vapour_kpa, wind_m_s, elevation_m
        As `penman_monteith`; the first axis is months that follow each other.
    solar, above : ndarray
        Solar radiation at the ground and above the atmosphere [MJ m-2 day-1].

    Returns
    -------
    ndarray
        [mm day-1], not below zero.

    References
    ----------
    .. [1] Allen, R.G., et al. (1998), Crop evapotranspiration, FAO Irrigation and Drainage Paper 56, equations 6, 40,
       43 and 44; example 17 (Bangkok, April).

    Examples
    --------
    >>> month = np.array
    >>> found = monthly_penman_monteith(month([23.8, 25.6]), month([34.6, 34.8]), month([2.85, 2.85]),
    ...     month([2.0, 2.0]), month([22.65, 22.65]), month([38.06, 38.06]), elevation_m=2)
    >>> found.round(2)[1]
    np.float64(5.72)
    """
    refuse_crossed(minimum, maximum)
    net = net_radiation(minimum, maximum, vapour_kpa, solar, above, elevation_m=elevation_m)
    return penman_monteith(
        minimum, maximum, vapour_kpa, wind_m_s, net, elevation_m=elevation_m,
        soil_heat=monthly_soil_heat((minimum + maximum) / 2),
    )  # fmt: skip


def monthly_soil_heat(mean: Array) -> Array:
    """Return the heat that soil takes up in months that follow each other [MJ m-2 day-1].

    From the months before and after; at the ends, and where one of them is unknown, from the neighbour that is known;
    0 for a month alone.

    Examples
    --------
    >>> monthly_soil_heat(np.array([14.1, 16.1, 18.8])).round(2).tolist()
    [0.28, 0.33, 0.38]
    """
    before, after = np.full_like(mean, np.nan), np.full_like(mean, np.nan)
    before[1:], after[:-1] = mean[:-1], mean[1:]
    found = 0.07 * (after - before)
    found = np.where(np.isnan(found), 0.14 * (mean - before), found)
    found = np.where(np.isnan(found), 0.14 * (after - mean), found)
    return np.asarray(np.where(np.isnan(found), 0.0, found))


def refuse_crossed(minimum: Array, maximum: Array) -> None:
    """Refuse a minimum temperature above the maximum.

    Raises
    ------
    InputError
        If there is any.
    """
    crossed = np.asarray(minimum > maximum)
    if crossed.any():
        raise InputError(
            "the minimum temperature is above the maximum in {count} places",
            count=int(crossed.sum()),
            hint="check which layer is which",
        )


def _saturation(celsius: Array) -> Array:
    """Return the saturation vapour pressure [kPa]."""
    return np.asarray(0.6108 * np.exp(17.27 * celsius / (celsius + 237.3)))


def _mean_known(rows: Array) -> Array:
    """Return the mean of the known values along the first axis; NaN where there is none."""
    known = np.isfinite(rows)
    count = known.sum(axis=0)
    return np.asarray(np.where(known, rows, 0.0).sum(axis=0) / np.where(count > 0, count, np.nan))
