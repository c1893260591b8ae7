"""The planner's question as data: land that can be treated, practices, needs, and the rules of the choice."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from math import isfinite
from typing import Literal

import numpy as np
import pandas as pd

from landbalance.core.errors import InputError
from landbalance.core.tables import toml_table
from landbalance.planning.needs import TypeNeed
from landbalance.planning.phasing import arrived_share, last_useful_year, protected_share
from landbalance.planning.practices import RESPONSES, Practice, check_costs
from landbalance.planning.scenario import Horizon

Objective = Literal["cost", "people", "carbon"]
Hierarchy = Literal["cheapest", "weighted", "lexicographic"]
OBJECTIVES = ("cost", "people", "carbon")
HIERARCHIES = ("cheapest", "weighted", "lexicographic")
RESERVED = "reserved"
LAND_COLUMNS = ("site", "land_type", "domain", "response", "area_ha", "risk", "people_ha")


@dataclass(frozen=True)
class PlannerRules:
    """Weights and spreads; `core/data/planning/planner.toml` says what each means."""

    gap: float
    avoid_weight: float
    reduce_weight: float
    reverse_weight: float
    cost_spread: float
    effect_spread: float
    risk_spread: float
    draws: int
    robust_share: float


@cache
def planner_rules() -> PlannerRules:
    """Return the rules of the package."""
    table = toml_table("planning/planner")
    return PlannerRules(**{name: table[name] for name in PlannerRules.__dataclass_fields__})


@dataclass(frozen=True, kw_only=True)
class PlanSettings:
    """How to choose.

    Parameters
    ----------
    horizon : Horizon
        When the state of the land is known, and the target year.
    first_year : int
        When work can begin.
    budget_usd : float or None
        What may be spent [USD]; None for whatever neutrality costs.
    objective : {"cost", "people", "carbon"}
        What else counts once as much land as possible is neutral: the least cost, or, under a budget, the most people
        on treated land, or the most carbon.
    hierarchy : {"cheapest", "weighted", "lexicographic"}
        Avoid before reduce before reverse: among plans of equal cost; by weights on the cost; or before the cost.
    equity : float
        Share [1] of its fair part of the money that each domain gets at least; fair is by treatable land.
    whole_sites : bool
        Whether all land of a site that a practice fits is treated, or none.
    contiguity_usd_km : float
        What a kilometre of border between two treated sites is worth in the choice [USD].
    borders : mapping of (str, str) to float
        Length [km] of the borders between sites.
    excluded_sites, excluded_practices : frozenset of str
        What must not be used.
    local_costs : mapping of (str, int) to float
        Cost of a hectare [USD] by practice and domain, where it differs.
    keeps_reserves : bool
        Whether pastoral routes and reserves are kept open: there only practices that herds can live with are chosen.
    gap : float
        Share [1] of the optimum that a plan of whole sites may miss.
    rules : PlannerRules
        Weights.
    """

    horizon: Horizon
    first_year: int
    budget_usd: float | None = None
    objective: Objective = "cost"
    hierarchy: Hierarchy = "cheapest"
    equity: float = 0.0
    whole_sites: bool = False
    contiguity_usd_km: float = 0.0
    borders: Mapping[tuple[str, str], float] = field(default_factory=dict)
    excluded_sites: frozenset[str] = frozenset()
    excluded_practices: frozenset[str] = frozenset()
    local_costs: Mapping[tuple[str, int], float] = field(default_factory=dict)
    keeps_reserves: bool = True
    gap: float = field(default_factory=lambda: planner_rules().gap)
    rules: PlannerRules = field(default_factory=planner_rules)

    def __post_init__(self) -> None:
        if self.budget_usd is not None and not (isfinite(self.budget_usd) and self.budget_usd >= 0):
            raise InputError("the budget is {budget} USD", budget=self.budget_usd, hint="give a number of at least 0")
        if self.horizon.target_year <= self.horizon.now_year:
            raise InputError(
                "the target year is {target}, the last period is of {now}",
                target=self.horizon.target_year,
                now=self.horizon.now_year,
                hint="give a target year after the last period",
            )
        if not self.horizon.now_year <= self.first_year <= self.horizon.target_year:
            raise InputError(
                "work begins in {first}, but the plan runs from {now} to {target}",
                first=self.first_year,
                now=self.horizon.now_year,
                target=self.horizon.target_year,
                hint="give a year within",
            )
        if self.objective not in OBJECTIVES or self.hierarchy not in HIERARCHIES:
            raise InputError(
                "objective {objective!r} with hierarchy {hierarchy!r}",
                objective=self.objective,
                hierarchy=self.hierarchy,
                hint="use one of {known}, and one of {choices}",
                known=", ".join(OBJECTIVES),
                choices=", ".join(HIERARCHIES),
            )
        if self.objective != "cost" and self.budget_usd is None:
            hint = "give a budget"
            raise InputError("the most {what} has no end without a budget", what=self.objective, hint=hint)
        if not 0 <= self.equity <= 1:
            raise InputError("equity is {equity}", equity=self.equity, hint="give a share from 0 to 1")


@dataclass(frozen=True)
class PlanProblem:
    """Land, practices, needs and settings, checked.

    Parameters
    ----------
    land : DataFrame
        Columns site, land_type, domain, response (`Response`), area_ha, risk [1], people_ha (persons per ha), and
        where known `reserved` (whether it lies in a pastoral route or reserve); each row is land that can be treated
        once.
    practices : tuple of Practice
        What can be done.
    needs : tuple of TypeNeed
        What neutrality asks of each land type.
    domains : mapping of int to str
        Names of the domains.
    settings : PlanSettings
        How to choose.

    Raises
    ------
    InputError
        If a column or a cost is missing, a number is impossible, or land is of an unknown type.
    """

    land: pd.DataFrame
    practices: tuple[Practice, ...]
    needs: tuple[TypeNeed, ...]
    domains: Mapping[int, str]
    settings: PlanSettings

    def __post_init__(self) -> None:
        missing = set(LAND_COLUMNS) - set(self.land.columns)
        if missing:
            raise InputError("the land has no column {names}", names=", ".join(sorted(missing)), hint="add it")
        check_costs(self.usable, self.settings.local_costs, self.domains)
        numbers = self.land[["area_ha", "risk", "people_ha"]].to_numpy(dtype=float)
        if not np.isfinite(numbers).all() or (numbers < 0).any() or (self.land["risk"] > 1).any():
            hint = "areas and people must be at least 0, risks from 0 to 1"
            raise InputError("the land holds a number that cannot be", hint=hint)
        strange = set(self.land["land_type"]) - {need.land_type for need in self.needs}
        if strange:
            hint = "build the land types again"
            raise InputError("there is land of unknown types {numbers}", numbers=sorted(map(int, strange)), hint=hint)

    @property
    def reserved(self) -> pd.Series:
        """Return which land is kept open to herds."""
        if RESERVED not in self.land.columns or not self.settings.keeps_reserves:
            return pd.Series(False, index=self.land.index)
        return self.land[RESERVED].astype(bool)

    @property
    def reserved_ha(self) -> float:
        """Return how much land is kept open to herds."""
        return float(self.land.loc[self.reserved, "area_ha"].sum())

    @property
    def usable(self) -> tuple[Practice, ...]:
        """Return the practices that may be used."""
        return tuple(each for each in self.practices if each.code not in self.settings.excluded_practices)


@dataclass(frozen=True)
class Choices:
    """Every way to treat a piece of land: the columns of the program, one entry each.

    Parameters
    ----------
    row, practice : ndarray of int
        Row of the land, and place of the practice.
    cost, effect, people, carbon : ndarray of float
        Per hectare: USD, hectares reversed or avoided by the target year, persons, t C.
    """

    row: np.ndarray
    practice: np.ndarray
    cost: np.ndarray
    effect: np.ndarray
    people: np.ndarray
    carbon: np.ndarray

    @property
    def count(self) -> int:
        """Return how many there are."""
        return int(self.row.size)


def choices_of(problem: PlanProblem) -> Choices:
    """Return every way to treat the land that is not excluded, with what a hectare costs and brings."""
    land, settings = problem.land.reset_index(drop=True), problem.settings
    names = {need.land_type: need.name for need in problem.needs}
    reserved = problem.reserved.reset_index(drop=True)
    open_land = (land["area_ha"] > 0) & ~land["site"].isin(settings.excluded_sites)
    parts = []
    for place, practice in enumerate(problem.usable):
        fits = open_land & (land["response"] == RESPONSES[practice.response])
        if not practice.open_to_herds:
            fits &= ~reserved
        if practice.land_types:
            fits &= land["land_type"].map(names).isin(practice.land_types)
        rows = np.flatnonzero(fits.to_numpy())
        domains = land["domain"].to_numpy()[rows]
        cost = [settings.local_costs.get((practice.code, int(each)), practice.cost_usd_ha) for each in domains]
        risk = land["risk"].to_numpy(dtype=float)[rows]
        parts.append(
            (
                rows,
                np.full(rows.size, place),
                np.array(cost, dtype=float),
                effect_share(practice, settings) * (np.ones(rows.size) if practice.response == "reverse" else risk),
                land["people_ha"].to_numpy(dtype=float)[rows],
                np.full(rows.size, practice.carbon_t_ha),
            )
        )
    if not parts:
        return Choices(*(np.zeros(0, dtype=kind) for kind in (int, int, float, float, float, float)))
    return Choices(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def work_years(practice: Practice, settings: PlanSettings) -> tuple[int, int]:
    """Return the first and last year of the work: as long as it still shows by the target year."""
    last = last_useful_year(settings.first_year, practice.lag_years, settings.horizon.target_year)
    return settings.first_year, last


def effect_share(practice: Practice, settings: PlanSettings) -> float:
    """Return on what share [1] of the treated land a practice works, and shows by the target year."""
    years, horizon = work_years(practice, settings), settings.horizon
    if practice.response == "reverse":
        return practice.effectiveness * arrived_share(*years, practice.lag_years, horizon.target_year)
    shown = protected_share(*years, practice.lag_years, horizon.now_year, horizon.target_year)
    return practice.effectiveness * shown
