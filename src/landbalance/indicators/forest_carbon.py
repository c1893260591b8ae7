"""Carbon in forest and its loss, and what restoration could bind (methods 9.1, 9.2)."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from landbalance.core.errors import InputError
from landbalance.core.types import Array

CARBON_SHARE = 0.5  # of biomass
CO2_PER_CARBON = 3.67  # 44/12 as the method rounds it
FIRST_LOSS_YEAR = 2000  # loss-year number 1 is 2001
FIRST_STAGE, LAST_STAGE = 20, 60  # years
NO_FOREST, WATER, UNKNOWN = -1, -2, -32768
_NATURAL = ("natural_regeneration", "agroforestry", "mangrove_shrub", "mangrove_tree")
PLANTATIONS = ("teak", "eucalyptus", "oak", "other_broadleaf", "pine", "conifer")
MEASURES = (*_NATURAL, *PLANTATIONS)


@dataclass(frozen=True)
class Growth:
    """Growth of one measure [t CO2 ha-1 year-1], in years 0 to 20 and 20 to 60."""

    first: float
    second: float = 0.0


def root_biomass(above_t_ha: Array) -> Array:
    """Return the biomass of roots from that above ground.

    Parameters
    ----------
    above_t_ha : ndarray of float
        Biomass above ground [t ha-1]; NaN unknown.

    Returns
    -------
    ndarray
        [t ha-1].

    References
    ----------
    .. [1] Mokany, K., Raison, R.J., Prokushkin, A.S. (2006), Critical analysis of root:shoot ratios in terrestrial
       biomes, Global Change Biology 12, 84-96.

    Examples
    --------
    >>> root_biomass(np.array(120.0)).round(4)
    np.float64(34.6561)
    """
    return np.asarray(0.489 * np.asarray(above_t_ha) ** 0.89)


def total_carbon(above_t_ha: Array) -> Array:
    """Return the carbon of trees above and below ground.

    Parameters
    ----------
    above_t_ha : ndarray of float
        Biomass above ground [t ha-1]; NaN unknown.

    Returns
    -------
    ndarray
        [t C ha-1].

    Examples
    --------
    >>> total_carbon(np.array(120.0)).round(4)
    np.float64(77.3281)
    """
    return np.asarray((np.asarray(above_t_ha) + root_biomass(above_t_ha)) * CARBON_SHARE)


def forest_code(
    tree_cover: Array, loss_year: Array, water: Array | None, *, threshold: float, first: int, last: int
) -> NDArray[np.int16]:
    """Return what became of the forest between two years.

    Parameters
    ----------
    tree_cover : ndarray of float, shape (...)
        Tree cover of 2000, 0 to 100 [per cent]; NaN unknown.
    loss_year : ndarray of int, shape (...)
        Year of loss less 2000; 0 none.
    water : ndarray of float, shape (...), or None
        Water occurrence, 0 to 100 [per cent].
    threshold : float
        Tree cover from which land is forest [per cent].
    first, last : int
        Years; forest of the first is followed to the last.

    Returns
    -------
    ndarray of int16, shape (...)
        0 kept; the loss-year number of a loss after `first` up to `last`; -1 no forest; -2 water; -32768 unknown.

    Raises
    ------
    InputError
        If the years are before 2000 or in the wrong order.

    Examples
    --------
    >>> cover, loss = np.array([80.0, 80.0, 80.0, 10.0]), np.array([0, 5, 12, 0])
    >>> forest_code(cover, loss, None, threshold=30, first=2005, last=2015).tolist()
    [0, -1, 12, -1]
    """
    if not FIRST_LOSS_YEAR <= first < last:
        raise InputError("forest from {first} to {last}", first=first, last=last, hint="give two years from 2000 on")
    start, end = first - FIRST_LOSS_YEAR, last - FIRST_LOSS_YEAR
    was_forest = (tree_cover >= threshold) & ~((loss_year > 0) & (loss_year <= start))
    code = np.where(was_forest & (loss_year > start) & (loss_year <= end), loss_year, 0)
    code = np.where(was_forest, code, NO_FOREST)
    if water is not None:
        code = np.where(water >= 50, WATER, code)
    return np.where(np.isnan(tree_cover), UNKNOWN, code).astype(np.int16)


def emissions(code: Array, carbon_t_ha: Array, area_ha: Array) -> dict[int, tuple[float, float, float]]:
    """Return loss by year: area [ha], carbon [t C] and emission [t CO2].

    Parameters
    ----------
    code : ndarray of int16, shape (...)
        Of `forest_code`.
    carbon_t_ha : ndarray of float, shape (...)
        Of `total_carbon`; where NaN, the area counts and the carbon does not.
    area_ha : ndarray of float64, shape (...)
        Of each cell [ha].

    Returns
    -------
    dict of int to (float, float, float)
        By year of loss.

    Examples
    --------
    >>> found = emissions(np.array([3, 0]), total_carbon(np.array([120.0, 120.0])), np.array([10.0, 10.0]))
    >>> {year: [round(each, 2) for each in row] for year, row in found.items()}
    {2003: [10.0, 773.28, 2837.94]}
    """
    found = {}
    for number in np.unique(code[code > 0]).tolist():
        lost = code == number
        carbon = float(np.nansum(carbon_t_ha[lost] * area_ha[lost], dtype=np.float64))
        found[FIRST_LOSS_YEAR + number] = float(area_ha[lost].sum()), carbon, carbon * CO2_PER_CARBON
    return found


def restoration_gain(above_t_ha: Array, growth: Mapping[str, Growth], *, years: float) -> dict[str, Array]:
    """Return what each measure of restoration would bind beyond what stands there.

    Parameters
    ----------
    above_t_ha : ndarray of float, shape (...)
        Biomass above ground now [t ha-1]; NaN unknown.
    growth : mapping of str to Growth
        By measure, among `MEASURES`.
    years : float
        From planting on, 1 to 60.

    Returns
    -------
    dict of str to ndarray
        [t CO2 ha-1]; natural regeneration, agroforestry and mangroves are not below zero, plantations may be.

    Raises
    ------
    InputError
        If a measure is unknown or the years are out of range.

    Examples
    --------
    >>> grown = restoration_gain(np.array([0.0, 120.0]), {"natural_regeneration": Growth(11.0, 3.0)}, years=30)
    >>> grown["natural_regeneration"].round(1).tolist()
    [250.0, 0.0]
    """
    if not 0 < years <= LAST_STAGE:
        raise InputError(
            "restoration over {years} years", years=years, hint="give 1 to {last_stage} years", last_stage=LAST_STAGE
        )
    stands = total_carbon(np.asarray(above_t_ha)) * CO2_PER_CARBON
    found = {}
    for measure, rate in growth.items():
        if measure not in MEASURES:
            raise InputError(
                "no measure is called {name}", name=measure, hint="use one of {known}", known=", ".join(MEASURES)
            )
        grown = rate.first * min(years, FIRST_STAGE)
        if measure in _NATURAL:
            found[measure] = np.maximum(grown + rate.second * max(years - FIRST_STAGE, 0) - stands, 0.0)
        else:
            found[measure] = grown - stands
    return found
