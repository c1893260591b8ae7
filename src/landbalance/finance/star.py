"""Allocation of resources among countries as in the GEF's STAR: scores, floors and ceilings, drought variants.

Inputs that are not public are assumptions, and what is computed from them is a what-if, never "the" allocation.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from landbalance.core.errors import InputError, RuleError
from landbalance.core.types import Array

METHOD = "star/1"
CLOSE = 1e-9
ROUNDS = 1000
Normaliser = Literal["world_share", "max_ratio", "minmax", "log1p_share", "sqrt_share"]
Variant = Literal["additive", "additive_unexposed", "multiplicative", "factor"]
Pin = Literal["floor", "ceiling", ""]


@dataclass(frozen=True)
class Allocation:
    """What each country gets [same unit as the envelope], the factor of the scores, and who stands at a bound."""

    amounts: tuple[float, ...]
    theta: float
    pins: tuple[Pin, ...]

    @property
    def total(self) -> float:
        """Return the sum of all allocations."""
        return float(np.sum(self.amounts))


@dataclass(frozen=True)
class Swing:
    """How far allocations move when one weight or exponent goes from low to high: sum of absolute changes / 2."""

    name: str
    low: float
    high: float
    moved_low: float
    moved_high: float


def gpi(ppi: float, cepia: float, bfi: float, *, weights: tuple[float, float, float]) -> float:
    """Return the performance index of a country.

    Parameters
    ----------
    ppi, cepia, bfi : float
        Portfolio performance, environmental policies and institutions, broad framework [1 to 6].
    weights : tuple of float
        Of the three, summing to 1.

    Raises
    ------
    InputError
        If the weights do not sum to 1.

    References
    ----------
    .. [1] GEF, System for Transparent Allocation of Resources: GPI = w1 PPI + w2 CEPIA + w3 BFI.

    Examples
    --------
    >>> round(gpi(4.0, 3.5, 3.0, weights=(0.20, 0.65, 0.15)), 3)
    3.525
    """
    _check_weights(weights)
    return float(np.dot(weights, (ppi, cepia, bfi)))


def gbi_ld(components: Mapping[str, Array], weights: Mapping[str, float], normaliser: Normaliser) -> Array:
    """Return the benefits index of land degradation for each country.

    Parameters
    ----------
    components : mapping of str to ndarray, shape (country,)
        Degraded area, dryland area, rural people in drylands, each in its own unit.
    weights : mapping of str to float
        Of the components, summing to 1.
    normaliser : str
        How a component is made comparable.

    Raises
    ------
    InputError
        If weights and components do not name the same things, the weights do not sum to 1, or a value is negative.

    Examples
    --------
    >>> gbi_ld({"dry": np.array([40.0, 60.0])}, {"dry": 1.0}, "world_share").tolist()
    [0.4, 0.6]
    """
    if set(components) != set(weights):
        raise InputError(
            "components {have} do not match weights {want}",
            have=", ".join(sorted(components)),
            want=", ".join(sorted(weights)),
            hint="give one weight for each component",
        )
    _check_weights(tuple(weights.values()))
    return np.asarray(np.sum([weights[name] * normalise(components[name], normaliser) for name in components], axis=0))


def normalise(values: Array, normaliser: Normaliser) -> Array:
    """Return values made comparable between countries.

    Raises
    ------
    InputError
        If a value is negative or unknown, or all are zero.

    Examples
    --------
    >>> normalise(np.array([0.0, 1.0, 4.0]), "sqrt_share").round(3).tolist()
    [0.0, 0.333, 0.667]
    """
    values = _amounts("component", values)
    if normaliser == "max_ratio":
        return np.asarray(values / values.max())
    if normaliser == "minmax":
        spread = np.ptp(values)
        return np.asarray((values - values.min()) / spread) if spread else np.zeros_like(values)
    scaled = {"world_share": values, "log1p_share": np.log1p(values), "sqrt_share": np.sqrt(values)}[normaliser]
    return np.asarray(scaled / scaled.sum())


def score(performance: Array, benefits: Array, income: Array, *, exponents: tuple[float, float, float]) -> Array:
    """Return the country score GPI^a GBI^b GDPI^g.

    Parameters
    ----------
    performance, benefits, income : ndarray, shape (country,)
        GPI, GBI and income per head; a common factor on any of them changes no share.
    exponents : tuple of float
        a, b, g.

    Raises
    ------
    InputError
        If a performance or income is not above zero, or a benefit is negative.

    Examples
    --------
    >>> score(np.array([3.2]), np.array([0.08]), np.array([1200.0]), exponents=(1.0, 0.8, -0.08)).round(6).tolist()
    [0.240595]
    """
    for name, values in (("performance", performance), ("income", income)):
        if not np.all(np.asarray(values) > 0):
            raise InputError(
                "{name} of country {place} is {value}",
                name=name,
                place=int(np.argmin(values)) + 1,
                value=float(np.min(values)),
                hint="give a number above zero, or leave the country out",
            )
    _amounts("benefits", benefits)
    a, b, g = exponents
    return np.asarray(performance**a * benefits**b * income**g)


def allocate(scores: Array, envelope: float, floors: Array, ceilings: Array) -> Allocation:
    """Share out an envelope by scores, within floors and ceilings: the one solution of sum clip(theta s, f, k) = E.

    Parameters
    ----------
    scores, floors, ceilings : ndarray, shape (country,)
        Ceilings and floors in the unit of the envelope.
    envelope : float

    Raises
    ------
    RuleError
        If the floors alone exceed the envelope, or the ceilings alone do not reach it; the shortfall is named.
    InputError
        If a floor lies above its ceiling, or no score is above zero.

    Notes
    -----
    The sum grows with theta in straight pieces between the points where a country leaves its floor or reaches its
    ceiling; the piece that holds E is solved exactly.

    Examples
    --------
    >>> allocate(np.array([1.0, 3.0]), 8.0, np.zeros(2), np.array([8.0, 5.0])).amounts
    (3.0, 5.0)
    """
    scores, floors, ceilings = (np.asarray(each, dtype=np.float64) for each in (scores, floors, ceilings))
    _check_bounds(scores, envelope, floors, ceilings)
    moving = scores > 0
    points = np.unique(np.concatenate([floors[moving] / scores[moving], ceilings[moving] / scores[moving]]))
    sums = np.clip(points[:, None] * scores, floors, ceilings).sum(axis=1)
    place = int(np.searchsorted(sums, envelope * (1 - CLOSE)))
    high = points[min(place, len(points) - 1)]
    low = points[place - 1] if place else 0.0
    middle = (low + high) / 2
    free = moving & (middle * scores > floors) & (middle * scores < ceilings)
    fixed = np.clip(middle * scores, floors, ceilings)[~free].sum()
    theta = float((envelope - fixed) / scores[free].sum()) if free.any() else float(high)
    amounts = np.clip(theta * scores, floors, ceilings)
    return Allocation(tuple(amounts.tolist()), theta, _pins(theta * scores, floors, ceilings))


def aggregate_floor(allocations: Array, area_floors: Array, totals: Array) -> Array:
    """Raise countries to a floor on the sum of their focal areas, at the cost of the others in each area.

    Parameters
    ----------
    allocations : ndarray, shape (country, area)
    area_floors : ndarray, shape (area,)
        In whose proportion a shortfall is filled.
    totals : ndarray, shape (country,)
        Floor on the sum of each country.

    Returns
    -------
    ndarray, shape (country, area)

    Raises
    ------
    RuleError
        If the floors together exceed what there is.

    Examples
    --------
    >>> aggregate_floor(np.array([[1.4, 2.2, 1.2], [9, 9, 9]]), np.array([3, 2, 1]), np.array([6, 6])).round(4).tolist()
    [[2.0, 2.6, 1.4], [8.4, 8.6, 8.8]]
    """
    found = np.array(allocations, dtype=np.float64)
    floors, shares = np.asarray(totals, dtype=np.float64), np.asarray(area_floors) / np.sum(area_floors)
    pinned = np.zeros(len(found), dtype=bool)
    for _ in range(ROUNDS):
        short = np.maximum(floors - found.sum(axis=1), 0.0)
        if short.max() <= CLOSE * max(1.0, floors.max()):
            return found
        pinned |= short > 0
        payers = found * ~pinned[:, None]
        due = short.sum() * shares
        if np.any(payers.sum(axis=0) < due):
            break
        found += short[:, None] * shares
        found -= payers * np.divide(due, payers.sum(axis=0), out=np.zeros_like(due), where=due > 0)
    raise RuleError(
        "the floors of the countries come to {floors:,.2f}, and there is {total:,.2f}",
        floors=float(floors.sum()),
        total=float(np.sum(allocations)),
        hint="lower the aggregate floors",
    )


def drought_variant(
    kind: Variant,
    benefits: Array,
    drought: Array,
    exposed: Array,
    *,
    weight: float,
    normaliser: Normaliser = "world_share",
) -> Array:
    """Return the benefits index with drought vulnerability in it; for "factor", what the score is multiplied with.

    Parameters
    ----------
    kind : str
        "additive" adds the exposed vulnerable as a component, "additive_unexposed" vulnerability alone,
        "multiplicative" scales benefits around their weighted mean, "factor" is a fourth factor of the score.
    benefits, drought, exposed : ndarray, shape (country,)
        Benefits index; drought vulnerability [0 to 1]; exposed rural people or land.
    weight : float
        w_D of the additive kinds, lambda of the multiplicative, h of the factor.

    Raises
    ------
    InputError
        If a vulnerability lies outside 0 to 1, or the weight outside what its kind allows.

    Examples
    --------
    >>> drought_variant("multiplicative", np.array([0.5, 0.5]), np.array([0.2, 0.8]), np.ones(2), weight=0.5).tolist()
    [0.425, 0.575]
    """
    benefits, drought = np.asarray(benefits, dtype=np.float64), np.asarray(drought, dtype=np.float64)
    if not np.all((drought >= 0) & (drought <= 1)):
        raise InputError("drought vulnerability lies outside 0 to 1", hint="give the DVI as a ratio")
    if not 0 <= weight <= 1:
        raise InputError("the weight of drought is {weight}", weight=weight, hint="give a number from 0 to 1")
    if kind == "additive":
        return (1 - weight) * benefits + weight * normalise(drought * _amounts("exposed", exposed), normaliser)
    if kind == "additive_unexposed":
        return (1 - weight) * benefits + weight * normalise(drought, normaliser)
    if kind == "multiplicative":
        mean = np.dot(benefits, drought) / benefits.sum()
        return np.asarray(benefits * (1 + weight * (drought - mean)))
    return np.asarray(np.maximum(drought, 0.01) ** weight)


def _pins(wanted: Array, floors: Array, ceilings: Array) -> tuple[Pin, ...]:
    """Return who stands at a bound."""
    at_floor, at_ceiling = wanted <= floors * (1 + CLOSE), wanted >= ceilings * (1 - CLOSE)
    return tuple("floor" if low else "ceiling" if high else "" for low, high in zip(at_floor, at_ceiling, strict=True))


def _check_bounds(scores: Array, envelope: float, floors: Array, ceilings: Array) -> None:
    """Refuse bounds that no allocation can keep."""
    if np.any(floors > ceilings):
        place = int(np.argmax(floors > ceilings))
        raise InputError(
            "country {place} has floor {floor} above ceiling {ceiling}",
            place=place + 1,
            floor=float(floors[place]),
            ceiling=float(ceilings[place]),
            hint="lower the floor or raise the ceiling",
        )
    if not np.any(scores > 0) or np.any(scores < 0):
        raise InputError("the scores have no country above zero, or one below", hint="check the inputs of the scores")
    slack = CLOSE * max(abs(envelope), 1.0)
    low, high = float(floors.sum()), float(np.where(scores > 0, ceilings, floors).sum())
    if low > envelope + slack or high < envelope - slack:
        what, bound = ("floors", low) if low > envelope else ("ceilings", high)
        raise RuleError(
            "the {what} come to {bound:,.4g} and the envelope is {envelope:,.4g}: {short:,.4g} apart",
            what=what,
            bound=bound,
            envelope=envelope,
            short=abs(bound - envelope),
            hint="change the envelope or the bounds",
        )


def _check_weights(weights: Sequence[float]) -> None:
    """Refuse weights that do not sum to 1."""
    if abs(sum(weights) - 1) > CLOSE or min(weights) < 0:
        raise InputError(
            "the weights {weights} sum to {sum:g}",
            weights=", ".join(f"{each:g}" for each in weights),
            sum=sum(weights),
            hint="give weights of zero or more that sum to 1",
        )


def _amounts(name: str, values: Array) -> Array:
    """Return amounts that are known and not negative, with at least one above zero."""
    values = np.asarray(values, dtype=np.float64)
    if not np.all(np.isfinite(values)) or values.min() < 0 or values.max() <= 0:
        raise InputError(
            "{name}: a value is unknown or negative, or all are zero",
            name=name,
            hint="give one number for each country",
        )
    return values
