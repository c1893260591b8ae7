"""Forage: what grows in a year, what herds may take of it, and how many animals that feeds."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from landbalance.core.errors import InputError
from landbalance.core.tables import toml_table
from landbalance.core.types import Array

Float = NDArray[np.float64]
CASES = ("low", "middle", "high")


@dataclass(frozen=True)
class Capacity:
    """What a rangeland can carry.

    Parameters
    ----------
    dry, middle, wet : float
        Carrying capacity [tropical livestock units] in the 10th, 50th and 90th percentile year.
    conservative : float
        In the 25th percentile year.
    low, high : float
        Of the middle year, with the low and high of every uncertain factor.
    variation : float
        Coefficient of variation of yearly forage [1].
    is_variable : bool
        Whether a fixed number misleads: variation above the limit.
    """

    dry: float
    middle: float
    wet: float
    conservative: float
    low: float
    high: float
    variation: float
    is_variable: bool


def forage_from_rain(rain_mm: Array, *, rain_use: float, floor_mm: float) -> Array:
    """Return the yearly yield of forage from rain by a straight rain-use curve.

    Parameters
    ----------
    rain_mm : ndarray of float, shape (...)
        Yearly rain [mm]; NaN unknown.
    rain_use : float
        [kg of dry matter ha-1 mm-1].
    floor_mm : float
        Rain that grows nothing [mm].

    Returns
    -------
    ndarray
        [kg of dry matter ha-1 year-1].

    References
    ----------
    .. [1] Le Houerou, H.N. (1984), Rain use efficiency, Journal of Arid Environments 7, 213-247.

    Examples
    --------
    >>> forage_from_rain(np.array([30.0, 300.0]), rain_use=4.0, floor_mm=50.0).tolist()
    [0.0, 1000.0]
    """
    return np.asarray(np.maximum(rain_mm - floor_mm, 0.0) * rain_use)


def forage_from_npp(carbon_g_m2: Array, *, herb_share: ArrayLike, carbon_share: float) -> Array:
    """Return the yearly yield of forage from net primary production above ground.

    Parameters
    ----------
    carbon_g_m2 : ndarray of float, shape (...)
        [g C m-2 year-1]; NaN unknown.
    herb_share : array_like
        Share of herbs, 0 to 1.
    carbon_share : float
        Carbon in dry matter, 0 to 1.

    Returns
    -------
    ndarray
        [kg of dry matter ha-1 year-1].

    Examples
    --------
    >>> forage_from_npp(np.array(90.0), herb_share=0.5, carbon_share=0.45)
    array(1000.)
    """
    return np.asarray(carbon_g_m2 * 10.0 / carbon_share * np.asarray(herb_share))


def access_share(water_km: Array | None, slope_percent: Array | None) -> Array | float:
    """Return the share of forage that animals reach, by distance to water and slope.

    Parameters
    ----------
    water_km, slope_percent : ndarray of float or None
        None, and NaN, take no share away.

    Returns
    -------
    ndarray or float
        0 to 1.

    Examples
    --------
    >>> access_share(np.array([1.0, 2.0, 4.0]), np.array([5.0, 20.0, 5.0])).tolist()
    [1.0, 0.35, 0.0]
    """
    rules = toml_table("rangeland")["access"]
    share: Array | float = 1.0
    for values, name in ((water_km, "water_km"), (slope_percent, "slope_percent")):
        if values is None:
            continue
        steps = np.asarray(rules[name.split("_")[0] + "_share"])
        found = steps[np.searchsorted(rules[name], np.where(np.isnan(values), 0.0, values), side="left")]
        share = share * found
    return share


def carrying_capacity(usable_kg: ArrayLike, *, days: float, intake_kg_day: float) -> Float:
    """Return how many livestock units usable forage feeds.

    Parameters
    ----------
    usable_kg : array_like
        [kg of dry matter].
    days : float
        Length of the season.
    intake_kg_day : float
        Of one tropical livestock unit [kg of dry matter day-1].

    Returns
    -------
    ndarray of float64
        [tropical livestock units].

    Examples
    --------
    >>> carrying_capacity(4000 * 300 * 0.3, days=365, intake_kg_day=6.25).round(1)
    np.float64(157.8)
    """
    return np.asarray(np.asarray(usable_kg, dtype=np.float64) / (days * intake_kg_day))


def capacity_range(
    yearly_kg: Sequence[float] | Float, *, allowable: dict[str, float], rain_use: dict[str, float], days: float,
    intake_kg_day: float,
) -> Capacity:  # fmt: skip
    """Return what a rangeland carries in dry, middle and wet years, with the interval of the middle one.

    Parameters
    ----------
    yearly_kg : sequence of float
        Forage within reach in each year, at the middle of `rain_use` [kg of dry matter]; NaN unknown.
    allowable : dict
        "low", "middle", "high" share that may be eaten.
    rain_use : dict
        "low", "middle", "high" of what the yield is proportional to.
    days, intake_kg_day
        As `carrying_capacity`.

    Returns
    -------
    Capacity

    Raises
    ------
    InputError
        If no year is known.

    Examples
    --------
    >>> same = {"low": 0.3, "middle": 0.3, "high": 0.3}
    >>> found = capacity_range([1.2e6] * 5, allowable=same, rain_use=same, days=180, intake_kg_day=6.25)
    >>> round(found.middle), found.is_variable
    (320, False)
    """
    years = np.asarray(yearly_kg, dtype=np.float64)
    years = years[np.isfinite(years)]
    if years.size == 0:
        raise InputError("no year has a forage figure", hint="register rain or productivity of the rangeland")

    def carried(kg: float, case: str = "middle") -> float:
        usable = kg * allowable[case] * rain_use[case] / rain_use["middle"]
        return float(carrying_capacity(usable, days=days, intake_kg_day=intake_kg_day))

    dry, quarter, middle, wet = np.quantile(years, (0.1, 0.25, 0.5, 0.9))
    mean = float(years.mean())
    variation = float(years.std(ddof=1)) / mean if years.size > 1 and mean > 0 else 0.0
    limit = toml_table("rangeland")["forage"]["variable_cv"]
    return Capacity(
        carried(dry), carried(middle), carried(wet), carried(quarter), carried(middle, "low"), carried(middle, "high"),
        variation, variation > limit,
    )  # fmt: skip
