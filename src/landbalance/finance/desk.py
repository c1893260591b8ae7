"""The STAR desk: a regime, the countries as one knows them, variants, and how far each weight moves money."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from landbalance.core.errors import InputError, NotFoundError
from landbalance.core.tables import toml_table
from landbalance.core.types import Array
from landbalance.finance.star import (
    CLOSE,
    Allocation,
    Normaliser,
    Pin,
    Variant,
    aggregate_floor,
    allocate,
    drought_variant,
    gbi_ld,
    score,
)
from landbalance.finance.star_moves import flexibility, most_to_move
from landbalance.finance.star_shift import Comparison, compare, gini, lorenz

GROUPS = ("ldc", "sids", "other")
COMPONENTS = ("degraded", "dryland", "people")
OTHER_AREAS = ("biodiversity", "climate")
NEEDED_TABLES = ("exponents", "benefits_weights", "envelope", "ceiling_share")
VARIANTS: Mapping[str, Variant] = {
    "drought-additive": "additive",
    "drought-unexposed": "additive_unexposed",
    "drought-multiplicative": "multiplicative",
    "drought-factor": "factor",
}


@dataclass(frozen=True)
class Regime:
    """One replenishment's rules; what is not known is named in `missing` and stops an allocation.

    Parameters
    ----------
    exponents : tuple of float
        Of performance, benefits and income.
    floors : tuple of float
        Of least developed countries, small islands, others, in land degradation alone [USD million].
    aggregate_floors : tuple of float
        Of the same groups, on the sum of all focal areas [USD million].
    area_floors : tuple of float
        In whose proportion a shortfall is filled: land degradation, biodiversity, climate.
    flexibility : mapping or None
        Up to which total all may be moved between areas (none named: always), else what may; None where not known.
    unverified : tuple of str
        Names of values nobody has checked against the rules themselves.
    """

    id: str
    title: str
    exponents: tuple[float, float, float]
    weights: Mapping[str, float]
    normaliser: Normaliser
    envelope: float
    ceiling_share: float
    floors: tuple[float, float, float]
    aggregate_floors: tuple[float, float, float] = (0.0, 0.0, 0.0)
    area_floors: tuple[float, float, float] = (1.0, 1.0, 1.0)
    flexibility: Mapping[str, Any] | None = None
    unverified: tuple[str, ...] = ()
    gpi_weights: tuple[float, float, float] | None = None
    valid: tuple[int, int] | None = None


@dataclass(frozen=True)
class CountryInput:
    """What is assumed of one country: performance, income, components, drought, exposed people, its other areas.

    Parameters
    ----------
    is_island : bool
        Whether it is a small island State, also where it counts as least developed for its floor.
    is_assumed : bool
        Whether its performance is the assumption made for all that give none.
    """

    iso3: str
    group: str
    performance: float
    income: float
    degraded: float
    dryland: float
    people: float
    drought: float | None = None
    exposed: float | None = None
    is_dryland: bool = False
    biodiversity: float | None = None
    climate: float | None = None
    is_island: bool = False
    is_assumed: bool = False


@dataclass(frozen=True)
class Result:
    """An allocation with the indices behind it; always a what-if, since the true inputs are not public.

    Parameters
    ----------
    totals : tuple of float or None
        Of all focal areas, after their floors [USD million]; None where the other areas are not given.
    """

    regime: Regime
    variant: str
    countries: tuple[CountryInput, ...]
    benefits: tuple[float, ...]
    scores: tuple[float, ...]
    allocation: Allocation
    totals: tuple[float, ...] | None = None

    @property
    def is_without_floors(self) -> bool:
        """Return whether the regime has floors on all areas together that could not be applied."""
        return self.totals is None and any(self.regime.aggregate_floors)

    @property
    def at_floor(self) -> int:
        """Return how many countries stand at a floor."""
        return self.allocation.pins.count("floor")

    @property
    def groups(self) -> dict[str, list[bool]]:
        """Return which countries belong to each group."""
        found = {"ldc": [row.group == "ldc" for row in self.countries]}
        found["sids"] = [row.group == "sids" or row.is_island for row in self.countries]
        found["dryland"] = [row.is_dryland for row in self.countries]
        return {name: members for name, members in found.items() if any(members)}


@dataclass(frozen=True)
class Evenness:
    """How equal an allocation is: Gini, what the smaller half of the countries gets [1], the Lorenz curve."""

    gini: float
    smaller_half: float
    lorenz: tuple[tuple[float, float], ...]


def regime(id: str, own: Mapping[str, Any] | None = None) -> Regime:  # noqa: A002 - what people call it
    """Return a regime of the package, completed with values of one's own.

    Parameters
    ----------
    own : mapping or None
        Tables as in the package file; they win.

    Raises
    ------
    NotFoundError
        If there is no such regime.
    InputError
        If a value an allocation needs is neither in the package nor given.

    Examples
    --------
    >>> regime("gef-6").envelope
    346.0
    """
    table = toml_table("finance/star_regimes")
    if id not in table or id == "variants" or not isinstance(table[id], dict):
        known = ", ".join(name for name, _title in regime_names())
        raise NotFoundError("there is no regime {id}", id=id, hint="use one of {known}", known=known)
    row = {**table[id], **(own or {})}
    missing = [name for name in NEEDED_TABLES if name not in row]
    if missing:
        raise InputError(
            "{title} leaves {missing} open",
            title=row["title"],
            missing=", ".join(missing),
            hint="give them in --own FILE",
        )
    exponents = row["exponents"]
    doubtful = [name for name, value in row.items() if isinstance(value, dict) and value.get("tag") not in ("S", "K")]
    return Regime(
        id=id,
        title=row["title"],
        exponents=(exponents["performance"], exponents["benefits"], exponents["income"]),
        weights={name: row["benefits_weights"][name] for name in COMPONENTS},
        normaliser=row.get("normaliser", {"value": "world_share"})["value"],
        envelope=float(row["envelope"]["value"]),
        ceiling_share=float(row["ceiling_share"]["value"]),
        floors=_by_group(row.get("floors")),
        aggregate_floors=_by_group(row.get("aggregate_floors")),
        area_floors=_area_floors(row.get("area_floors")),
        flexibility=row.get("flexibility"),
        unverified=tuple(sorted(doubtful)),
        gpi_weights=_gpi_weights(row.get("gpi_weights")),
        valid=tuple(row["valid"]) if "valid" in row else None,
    )


def share_out(
    rules: Regime, countries: Sequence[CountryInput], variant: str = "", weight: float | None = None
) -> Result:
    """Share out a regime's envelope; floors on all areas together hold where the other areas are given.

    Parameters
    ----------
    variant : str
        Empty for the rules as they are, or one of `VARIANTS`.
    weight : float or None
        Of drought; the package's default for the variant when None.

    Raises
    ------
    InputError
        If there are no countries, a group or variant is unknown, or drought, or the other areas, are not given for all.
    RuleError
        If floors and ceilings cannot be kept.

    Examples
    --------
    >>> rows = [CountryInput("AAA", "ldc", 3.0, 500, 1, 1, 1), CountryInput("BBB", "other", 3.0, 900, 1, 1, 1)]
    >>> rules = replace(regime("gef-6"), ceiling_share=0.6)
    >>> round(share_out(rules, rows).allocation.total, 6)
    346.0
    """
    if not countries:
        raise InputError("there are no countries to share out among", hint="give one row for each")
    benefits = gbi_ld(
        {name: np.array([getattr(row, name) for row in countries]) for name in COMPONENTS},
        rules.weights,
        rules.normaliser,
    )
    factor: Array = np.ones(len(countries))
    if variant:
        varied = _varied(countries, benefits, variant, weight, rules.normaliser)
        benefits, factor = (benefits, varied) if VARIANTS[variant] == "factor" else (varied, factor)
    performance, income = (np.array([getattr(row, name) for row in countries]) for name in ("performance", "income"))
    scores = score(performance, benefits, income, exponents=rules.exponents) * factor
    floors = np.array([_floor(row, rules.floors) for row in countries])
    ceilings = np.full(len(countries), rules.ceiling_share * rules.envelope)
    found = allocate(scores, rules.envelope, floors, ceilings)
    found, totals = _raised(rules, countries, found)
    return Result(rules, variant, tuple(countries), tuple(benefits.tolist()), tuple(scores.tolist()), found, totals)


def drought_weight(variant: str) -> float:
    """Return the weight of drought that a variant has unless told otherwise.

    Examples
    --------
    >>> drought_weight("drought-multiplicative")
    0.5
    """
    return float(toml_table("finance/star_regimes")["variants"][VARIANTS[variant]]["weight"])


def regime_names() -> tuple[tuple[str, str], ...]:
    """Return id and title of each regime of the package, in their order.

    Examples
    --------
    >>> regime_names()[-1]
    ('gef-9', 'GEF-9, 2026–2030')
    """
    rows = toml_table("finance/star_regimes").items()
    return tuple((name, row["title"]) for name, row in rows if isinstance(row, dict) and "title" in row)


def evenness(found: Result) -> Evenness:
    """Return how equal an allocation is."""
    amounts = np.array(found.allocation.amounts)
    curve = lorenz(amounts)
    places, shares = np.array(curve).T
    smaller = float(np.interp(0.5, places, shares))
    return Evenness(gini(amounts), smaller, curve)


def may_move(rules: Regime, total: float, request: float) -> tuple[bool, float] | None:
    """Return whether a country may move an amount between its focal areas, and the most it may; None where not known.

    Examples
    --------
    >>> may_move(regime("gef-7"), 20.0, 2.3), may_move(regime("gef-7"), 12.0, 2.3)
    ((True, 2.6), (False, 2.0))
    >>> may_move(regime("gef-6"), 7.0, 3.0), may_move(regime("gef-7"), 7.0, 3.0)
    ((False, 2.0), (True, 7.0))
    """
    table = rules.flexibility
    if table is None:
        return None
    full, marginal = table.get("full_below"), (table.get("fixed", 0.0), table.get("share", 0.0))
    limits: dict[str, Any] = {
        "full_below": full,
        "marginal": marginal,
        "includes_limit": bool(table.get("includes_limit", False)),
    }
    return flexibility(total, request, **limits), most_to_move(total, **limits)


def beside(base: Result, other: Result) -> Comparison:
    """Return who gains and who loses between two results."""
    return compare(base.allocation, other.allocation, base.groups)


def _varied(
    countries: Sequence[CountryInput], benefits: Array, variant: str, weight: float | None, normaliser: Normaliser
) -> Array:
    """Return benefits with drought in them, or the fourth factor."""
    if variant not in VARIANTS:
        raise InputError(
            "there is no variant {variant}", variant=variant, hint="use one of {known}", known=", ".join(VARIANTS)
        )
    without = [row.iso3 for row in countries if row.drought is None or row.exposed is None]
    if without:
        raise InputError(
            "drought or exposed is not given for {countries}", countries=", ".join(without), hint="fill both columns"
        )
    kind, chosen = VARIANTS[variant], drought_weight(variant) if weight is None else weight
    drought = np.array([row.drought for row in countries], dtype=np.float64)
    exposed = np.array([row.exposed for row in countries], dtype=np.float64)
    return drought_variant(kind, benefits, drought, exposed, weight=float(chosen), normaliser=normaliser)


def _raised(
    rules: Regime, countries: Sequence[CountryInput], found: Allocation
) -> tuple[Allocation, tuple[float, ...] | None]:
    """Return the allocation with the floors on all areas together, and those sums; None without the other areas."""
    given = [[getattr(row, name) for name in OTHER_AREAS] for row in countries]
    without = [row.iso3 for row, values in zip(countries, given, strict=True) if None in values]
    if all(value is None for values in given for value in values):
        return found, None
    if without:
        raise InputError(
            "biodiversity or climate is not given for {countries}",
            countries=", ".join(without),
            hint="fill both columns for all, or leave both out",
        )
    areas = np.column_stack([found.amounts, np.array(given, dtype=np.float64)])
    if not np.all(areas >= 0):
        raise InputError("an amount of biodiversity or climate is below zero", hint="give USD million, zero or more")
    floors = np.array([_floor(row, rules.aggregate_floors) for row in countries])
    if not floors.any():
        return found, tuple(areas.sum(axis=1).tolist())
    raised = aggregate_floor(areas, np.array(rules.area_floors), floors)
    sums = raised.sum(axis=1)
    at_floor = (floors > 0) & (sums <= floors * (1 + CLOSE) + CLOSE)
    moved = ~np.isclose(raised[:, 0], found.amounts, rtol=CLOSE)
    pins: tuple[Pin, ...] = tuple(
        "floor" if low else "" if gone else pin for low, gone, pin in zip(at_floor, moved, found.pins, strict=True)
    )
    return replace(found, amounts=tuple(raised[:, 0].tolist()), pins=pins), tuple(sums.tolist())


def _gpi_weights(table: Mapping[str, float] | None) -> tuple[float, float, float] | None:
    """Return the weights of the ratings that performance is made of; None where a regime names none."""
    return None if table is None else (table["portfolio"], table["policy"], table["broad"])


def _by_group(table: Mapping[str, float] | None) -> tuple[float, float, float]:
    """Return the floors of the groups; zero where a regime has none."""
    return (0.0, 0.0, 0.0) if table is None else (table["ldc"], table["sids"], table["other"])


def _area_floors(table: Mapping[str, float] | None) -> tuple[float, float, float]:
    """Return the floors of the areas a shortfall is split by; alike where a regime names none."""
    return (1.0, 1.0, 1.0) if table is None else (table["land"], table["biodiversity"], table["climate"])


def _floor(row: CountryInput, floors: tuple[float, float, float]) -> float:
    """Return the floor of a country's group."""
    if row.group not in GROUPS:
        raise InputError("{iso3} is of group {group}", iso3=row.iso3, group=row.group, hint="ldc, sids or other")
    return floors[GROUPS.index(row.group)]
