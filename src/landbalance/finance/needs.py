"""What the targets cost by year, what is there, and the gap."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from landbalance.core.errors import InputError, NotFoundError
from landbalance.core.tables import csv_table

METHOD = "needs-gap/1"
LEVELS = ("low", "central", "high")


@dataclass(frozen=True)
class UnitCost:
    """Cost of a practice [USD/ha]: establishment low, central, high (None unknown), and upkeep a year.

    `group` is the group of practices of WOCAT that it stands for, where it stands for one.
    """

    practice: str
    low: float | None
    central: float | None
    high: float | None
    maintenance: float | None
    price_year: int | None
    tag: str
    source: str
    checked_on: str
    group: str = ""

    def level(self, name: str) -> float | None:
        """Return the cost of one level; where only the central one is known it stands for the others."""
        stated = {"low": self.low, "central": self.central, "high": self.high}[name]
        return self.central if stated is None else stated


@dataclass(frozen=True)
class CostedAction:
    """One action of the plan: hectares under one practice that serve one target, over its years."""

    id: str
    target: str
    practice: str
    hectares: float
    start: int
    end: int
    capex_usd_ha: float
    maintenance_usd_ha_year: float = 0.0
    curve: str = "linear"
    district: str = ""
    response: str = ""


@dataclass(frozen=True)
class Overheads:
    """What is added to the works: shares of their cost [1] and fixed sums by year [USD]."""

    enabling: float = 0.0
    monitoring: float = 0.0
    contingency: float = 0.0
    inflation: float = 0.0
    fixed_usd: Mapping[int, float] | None = None


@dataclass(frozen=True)
class Need:
    """Cost of actions by year [USD]: of each action, works apart from overheads, and all together."""

    years: tuple[int, ...]
    by_action: Mapping[str, tuple[float, ...]]
    total: tuple[float, ...]
    price_base: str

    @property
    def sum(self) -> float:
        """Return the whole need."""
        return math.fsum(self.total)


@dataclass(frozen=True)
class Gap:
    """Need against finance by year [USD]: gap never below zero, signed gap, and finance over need."""

    years: tuple[int, ...]
    need: tuple[float, ...]
    baseline: tuple[float, ...]
    gap: tuple[float, ...]
    signed: tuple[float, ...]
    coverage: tuple[float | None, ...]

    @property
    def total(self) -> float:
        """Return the sum of the yearly gaps."""
        return math.fsum(self.gap)

    @property
    def share_of_need(self) -> float | None:
        """Return the gap as a share of the need, None without a need."""
        need = math.fsum(self.need)
        return self.total / need if need else None


def crf(rate: float, years: int) -> float:
    """Return the capital recovery factor: the yearly payment that repays 1 over the years.

    Raises
    ------
    InputError
        If there is no year, or the rate is -1 or less.

    References
    ----------
    .. [1] CRF = r (1 + r)^n / ((1 + r)^n - 1); 1 / n at a rate of zero.

    Examples
    --------
    >>> round(crf(0.08, 10), 8), crf(0, 4)
    (0.14902949, 0.25)
    """
    if years < 1 or rate <= -1:
        raise InputError("no annuity over {years} years at {rate}", years=years, rate=rate, hint="give years above 0")
    if abs(rate) < 1e-12:
        return 1 / years
    return rate / -math.expm1(-years * math.log1p(rate))


def annualise(hectares: float, capex_usd_ha: float, maintenance_usd_ha: float, rate: float, years: int) -> float:
    """Return the yearly cost of land under a practice [USD/a], establishment spread over its life.

    Examples
    --------
    >>> round(annualise(10_000, 1200, 80, 0.08, 10), 2)
    2588353.86
    """
    return hectares * (capex_usd_ha * crf(rate, years) + maintenance_usd_ha)


def rollout(
    hectares: float, start: int, end: int, *, curve: str = "linear", steepness: float = 1.0
) -> dict[int, float]:
    """Return the hectares newly under a practice in each year.

    Parameters
    ----------
    hectares : float
        At the end of the last year.
    curve : str
        "linear", or "logistic" around the middle year, rescaled to 0 before the start and all at the end.
    steepness : float
        Of the logistic curve [1/year].

    Raises
    ------
    InputError
        If the years run backwards, the area is negative or the curve unknown.

    Examples
    --------
    >>> rollout(10_000, 2026, 2030)[2027]
    2000.0
    """
    if end < start or hectares < 0:
        raise InputError(
            "{hectares} ha over {start}-{end}", hectares=hectares, start=start, end=end, hint="check area and years"
        )
    steps = end - start + 1
    if curve == "linear":
        return dict.fromkeys(range(start, end + 1), hectares / steps)
    if curve != "logistic" or steepness <= 0:
        raise InputError("no roll-out curve is called {curve}", curve=curve, hint="use linear or logistic")
    times = np.arange(steps + 1, dtype=np.float64)
    level = 1 / (1 + np.exp(-steepness * (times - steps / 2)))
    grown = hectares * (level - level[0]) / (level[-1] - level[0])
    return {start + place: float(new) for place, new in enumerate(np.diff(grown))}


def cost_schedule(actions: Sequence[CostedAction], years: Sequence[int], overheads: Overheads | None = None) -> Need:
    """Return the need by year: establishment of new hectares, upkeep of those of the years before, and overheads.

    Parameters
    ----------
    actions : sequence of CostedAction
    years : sequence of int
        Consecutive years of the plan; the first is the price year.
    overheads : Overheads, optional
        Nothing is added without.

    Returns
    -------
    Need
        Real without inflation, else nominal.

    Raises
    ------
    InputError
        If the years are not consecutive or two actions share an id.

    References
    ----------
    .. [1] Biodiversity Finance Initiative, finance needs assessment; finance 4.3.

    Examples
    --------
    >>> plan = [CostedAction("a", "T1", "terraces", 10_000, 2026, 2030, 1200, 80)]
    >>> [round(cost / 1e6, 2) for cost in cost_schedule(plan, range(2026, 2031)).total]
    [2.4, 2.56, 2.72, 2.88, 3.04]
    """
    rule, span = overheads or Overheads(), tuple(years)
    if not span or span != tuple(range(span[0], span[0] + len(span))):
        raise InputError("the years {years} are not consecutive", years=span, hint="give a first and a last year")
    if len({action.id for action in actions}) < len(actions):
        raise InputError("two actions share an id", hint="give every action its own id")
    extra = 1 + rule.enabling + rule.monitoring + rule.contingency
    index = [(1 + rule.inflation) ** (year - span[0]) for year in span]
    by_action = {
        action.id: tuple(cost * step * extra for cost, step in zip(_works(action, span), index, strict=True))
        for action in actions
    }
    fixed = rule.fixed_usd or {}
    total = tuple(
        math.fsum(costs[place] for costs in by_action.values()) + fixed.get(year, 0.0)
        for place, year in enumerate(span)
    )
    return Need(span, by_action, total, f"constant:{span[0]}" if rule.inflation == 0 else "current")


def project_baseline(
    last: float, growth: float, years: Sequence[int], pipeline: Mapping[int, float] | None = None
) -> tuple[float, ...]:
    """Return finance expected by year: the first year's level growing, and what is committed beyond it.

    Parameters
    ----------
    last : float
        In the first year [USD].
    growth : float
        A year [1]; 0 for the no-growth variant.
    pipeline : mapping of int to float, optional
        Planned disbursements by year that replace the level where they are larger.

    Examples
    --------
    >>> project_baseline(1.0, 0.05, [2026, 2027])
    (1.0, 1.05)
    """
    planned = pipeline or {}
    return tuple(max(last * (1 + growth) ** place, planned.get(year, 0.0)) for place, year in enumerate(years))


def gap(years: Sequence[int], need: Sequence[float], baseline: Sequence[float]) -> Gap:
    """Return the gap between need and finance.

    Raises
    ------
    InputError
        If the series differ in length.

    Examples
    --------
    >>> gap([2026], [2.4], [1.0]).gap
    (1.4,)
    """
    if not len(years) == len(need) == len(baseline):
        raise InputError(
            "{years} years, {need} needs and {baseline} baselines",
            years=len(years),
            need=len(need),
            baseline=len(baseline),
            hint="give one value for each year",
        )
    signed = tuple(cost - money for cost, money in zip(need, baseline, strict=True))
    coverage = tuple(money / cost if cost else None for cost, money in zip(need, baseline, strict=True))
    short = tuple(max(0.0, each) for each in signed)
    return Gap(tuple(years), tuple(need), tuple(baseline), short, signed, coverage)


@cache
def unit_costs() -> Mapping[str, UnitCost]:
    """Return the packaged unit costs by practice; national ones go first where a country has them.

    Examples
    --------
    >>> unit_costs()["agroforestry"].central
    2390.0
    """
    return {row["practice"]: _unit_cost(row) for row in csv_table("finance/unit_costs")}


def group_cost(group: str) -> UnitCost | None:
    """Return the packaged unit cost that stands for a group of practices; None where none does.

    Examples
    --------
    >>> group_cost("irrigation_management").central
    2886.0
    """
    return next((each for each in unit_costs().values() if each.group and each.group == group), None)


def unit_cost(practice: str, national: Mapping[str, UnitCost] | None = None) -> UnitCost:
    """Return the unit cost of a practice, the national one first.

    Raises
    ------
    NotFoundError
        If neither table has it.
    """
    found = (national or {}).get(practice) or unit_costs().get(practice)
    if found is None:
        raise NotFoundError(
            "no unit cost of {practice}", practice=practice, hint="add a national one (columns of unit_costs.csv)"
        )
    return found


def transfer_value(
    cost_usd_ha: float, gdp_ratio: float, *, labour_share: float, elasticity: float, price_index: float = 1.0
) -> float:
    """Return a unit cost carried to another country: labour follows income, the rest does not.

    Parameters
    ----------
    gdp_ratio : float
        GDP per head of the country over that of the reference [1].
    labour_share, elasticity, price_index : float
        Share of labour in the cost [1], its elasticity to income [1], prices then over now [1].

    Examples
    --------
    >>> round(transfer_value(1000, 0.25, labour_share=0.6, elasticity=0.5), 2)
    700.0
    """
    if gdp_ratio <= 0 or not 0 <= labour_share <= 1:
        raise InputError("income ratio {ratio}, labour share {share}", ratio=gdp_ratio, share=labour_share)
    return float(cost_usd_ha * (labour_share * gdp_ratio**elasticity + 1 - labour_share) * price_index)


def _works(action: CostedAction, years: tuple[int, ...]) -> list[float]:
    """Return establishment and upkeep of one action by year, before prices and overheads."""
    new = rollout(action.hectares, action.start, action.end, curve=action.curve)
    costs = []
    for year in years:
        kept = math.fsum(area for when, area in new.items() if when < year)
        costs.append(new.get(year, 0.0) * action.capex_usd_ha + kept * action.maintenance_usd_ha_year)
    return costs


def _unit_cost(row: Mapping[str, str]) -> UnitCost:
    """Return one row of the table."""
    low, central, high, upkeep = (
        float(row[name]) if row[name] else None
        for name in ("low_usd_ha", "central_usd_ha", "high_usd_ha", "maintenance_usd_ha_year")
    )
    year = int(row["price_year"]) if row["price_year"] else None
    return UnitCost(
        row["practice"], low, central, high, upkeep, year, row["tag"], row["source"], row["checked_on"], row["group"]
    )
