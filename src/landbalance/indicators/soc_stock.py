"""Soil organic carbon stock of any year, from a reference stock and the land cover since then."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from landbalance.core.errors import InputError, RuleError
from landbalance.core.soc_factors import factor_array
from landbalance.core.types import Array, ClassGrid, FloatGrid
from landbalance.indicators.spec import Band, Indicator, Parameter
from landbalance.kernels.compile import kernel


def soc_stock(
    reference: FloatGrid,
    cover: ClassGrid,
    climate: Array,
    *,
    cover_years: Sequence[int],
    reference_year: int,
    at_years: Sequence[int],
    soc_years: int,
    factors: Array,
    fmg: float,
    fi: float,
    model: str,
) -> FloatGrid:
    """Follow the stock of soil organic carbon through the changes of land cover.

    A change of UNCCD class between two known years a < b is placed at t = a + floor((b - a) / 2). From then on the
    stock moves by the same amount in each of `soc_years` years, towards the stock of year t times the factor of the
    change; a later change starts anew from the stock of its own year. Years after the last map keep its class.

    Parameters
    ----------
    reference : ndarray of float32, shape (...)
        Stock in the top 30 cm in the reference year [t C ha-1]; NaN unknown.
    cover : ndarray of int8, shape (year, ...)
        UNCCD class 1..7 in each of `cover_years`; -128 unknown.
    climate : ndarray of integer, shape (...)
        Climate zone, from 1; any code without factors is no zone.
    cover_years : sequence of int
        Years of `cover`, ascending; they need not be consecutive.
    reference_year : int
        Year of the reference stock.
    at_years : sequence of int
        Years whose stock is wanted, none before the reference year.
    soc_years : int
        Years a change takes to act.
    factors : ndarray of float64, shape (zones + 1, 7, 7)
        Multiplier of the stock over `soc_years`, by zone, initial and final class; NaN where none is known.
    fmg, fi : float
        Management and input factor of every change [1].
    model : {"annual", "two_map"}
        Whether all years of land cover count, or only those of the reference year and of the years wanted (for each the
        latest map up to then, else the first one).

    Returns
    -------
    ndarray of float32, shape (len(at_years), ...)
        Stock [t C ha-1]; NaN where the reference stock, all land cover or the climate zone is unknown, and after a
        change that has no factor.

    Raises
    ------
    InputError
        If the series and its years differ in length, the years do not ascend, or the model is unknown.
    RuleError
        If a year before the reference year is wanted.

    References
    ----------
    .. [1] UNCCD (2021), Good Practice Guidance, SDG Indicator 15.3.1, version 2.
    .. [2] IPCC (2006), Guidelines for National Greenhouse Gas Inventories, volume 4, section 2.3.3.

    Examples
    --------
    Forest becomes cropland in 2005, where crops keep 48 % of the stock: 60 * 0.52 / 20 = 1.56 t C ha-1 are lost a year.

    >>> from landbalance.core.soc_factors import factor_array
    >>> cover = np.int8([[1], [1], [3]])
    >>> soc_stock(
    ...     np.float32([60]), cover, np.int8([11]), cover_years=(2000, 2004, 2005), reference_year=2000,
    ...     at_years=(2004, 2005, 2015), soc_years=20, factors=factor_array("ipcc2006"), fmg=1.0, fi=1.0,
    ...     model="annual",
    ... ).ravel()
    array([60.  , 58.44, 42.84], dtype=float32)
    """
    _check(cover, cover_years, reference_year, at_years)
    rows, dates = _maps(cover_years, reference_year, at_years, model)
    stock = np.full((len(at_years), reference.size), np.nan, dtype=np.float32)
    _follow(
        reference.ravel(),
        cover.reshape(cover.shape[0], -1),
        climate.ravel(),
        rows,
        dates,
        reference_year,
        np.asarray(at_years, dtype=np.int64),
        soc_years,
        np.asarray(factors, dtype=np.float64) * (fmg * fi),
        stock,
    )
    return stock.reshape(len(at_years), *reference.shape)


def _check(cover: ClassGrid, cover_years: Sequence[int], reference_year: int, at_years: Sequence[int]) -> None:
    """Refuse years that cannot be computed."""
    if cover.shape[0] != len(cover_years) or not cover_years or any(np.diff(cover_years) <= 0):
        raise InputError(
            "land cover has {count} maps for the years {years}",
            count=cover.shape[0],
            years=tuple(cover_years),
            hint="give one year per map, ascending",
        )
    if at_years and min(at_years) < reference_year:
        raise RuleError(
            "the stock of {year} is wanted, the reference stock stands for {reference}",
            year=min(at_years),
            reference=reference_year,
            hint="give a reference stock of {year} or earlier, or start the period in {reference} or later",
        )


def _maps(
    cover_years: Sequence[int], reference_year: int, at_years: Sequence[int], model: str
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return which rows of the land cover count, and the year each stands for."""
    known = np.asarray(cover_years, dtype=np.int64)
    if model == "annual":
        return np.arange(known.size), known
    if model != "two_map":
        raise InputError("there is no SOC model {model}", model=model, hint="use annual or two_map")
    dates = np.unique(np.asarray([reference_year, *at_years], dtype=np.int64))
    rows, first = np.unique(np.maximum(np.searchsorted(known, dates, side="right") - 1, 0), return_index=True)
    return rows, dates[first]  # a map that stands for several years stands for the first of them


@kernel
def _changes(cover: Array, rows: Array) -> Array:
    """Return where some map differs from the first; most land never changes, and need not be followed."""
    changes = np.zeros(cover.shape[1], dtype=np.bool_)
    first = cover[rows[0]]
    for row in rows[1:]:
        changes |= cover[row] != first
    return changes


@kernel
def _follow(  # noqa: PLR0917 - compiled code takes no keywords cheaply
    reference: Array,
    cover: Array,
    climate: Array,
    rows: Array,
    dates: Array,
    start: int,
    wanted: Array,
    duration: int,
    factors: Array,
    stock: Array,
) -> None:
    """Fill the stock of every wanted year, pixel by pixel."""
    changes = _changes(cover, rows)
    for cell in range(reference.size):
        zone = np.int64(climate[cell])
        if not 1 <= zone < factors.shape[0]:
            continue
        begin, yearly, since = np.float64(reference[cell]), 0.0, start
        before, known_at = np.int64(-1), np.int64(0)  # class and year of the last known map
        for place in range(wanted.size):
            stock[place, cell] = begin
        for step in range(rows.size if changes[cell] else 1):
            after = np.int64(cover[rows[step], cell])
            if not 1 <= after <= 7:
                continue
            middle = (known_at + dates[step]) >> 1  # rounded down: a + floor((b - a) / 2)
            if before > 0 and after != before and middle >= start:
                begin -= yearly * min(duration, middle - since)
                yearly = begin * (1.0 - factors[zone, before - 1, after - 1]) / duration
                since = middle
                for place in range(wanted.size):
                    if wanted[place] > since:
                        stock[place, cell] = begin - yearly * min(duration, wanted[place] - since)
            before, known_at = after, dates[step]
        if before < 0:
            stock[:, cell] = np.nan


INDICATOR = Indicator(
    id="soc-stock",
    title="Soil organic carbon stock",
    inputs=(
        Band("reference", "t C ha-1", layer="soc"),
        Band("cover", layer="land_cover", when="series"),
        Band("climate", layer="climate_zone"),
    ),
    parameters=(
        Parameter("cover_years", (), unit="yr"),
        Parameter("reference_year", 2000, unit="yr", low=1900, high=2100, setting="soc_reference_year"),
        Parameter("at_years", (), unit="yr"),
        Parameter("soc_years", 20, unit="yr", low=1, high=100, setting="soc_years"),
        Parameter("factors", tuple(tuple(map(tuple, zone)) for zone in factor_array("ipcc2006").tolist()), unit="1"),
        Parameter("fmg", 1.0, unit="1", low=0.0, high=10.0, setting="fmg"),
        Parameter("fi", 1.0, unit="1", low=0.0, high=10.0, setting="fi"),
        Parameter("model", "annual", choices=("annual", "two_map"), setting="soc_model"),
    ),
    output=Band("soc_stock", "t C ha-1"),
    kernel=soc_stock,
    references=("unccd-gpg-2021", "ipcc-2006", "ipcc-2019"),
)
