"""The planner: the cheapest set of actions that makes every land type neutral, or the most that a budget can do."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from landbalance.core.errors import InputError
from landbalance.core.vocab import Response
from landbalance.planning.needs import EDGE_HA, Outcomes, TypeOutcome
from landbalance.planning.practices import RESPONSES
from landbalance.planning.problem import Choices, PlanProblem, work_years
from landbalance.planning.program import USD, Program, Vector, make_program, solve
from landbalance.planning.scenario import Horizon, Scenario, scenario

LEAST_AREA_HA = 1e-4


@dataclass(frozen=True)
class PlanRow:
    """One action of a plan.

    Parameters
    ----------
    site, land_type, domain, response : str, int, int, int
        Which land.
    practice : str
        What is done.
    area_ha, cost_usd : float
        How much of it, and what it costs.
    effect_ha : float
        Hectares reversed or avoided by the target year.
    people, carbon_t : float
        Persons on the treated land; carbon stored.
    risk, effectiveness, lag_years, first_year, last_year : float, float, int, int, int
        What the effect is made of.
    reserved : bool
        Whether the land is a pastoral route or reserve.
    """

    site: str
    land_type: int
    domain: int
    response: int
    practice: str
    area_ha: float
    cost_usd: float
    effect_ha: float
    people: float
    carbon_t: float
    risk: float
    effectiveness: float
    lag_years: int
    first_year: int
    last_year: int
    reserved: bool = False


@dataclass(frozen=True)
class Price:
    """What the last hectare costs in a land type [USD]; None where no money buys it, or sites are whole."""

    land_type: int
    name: str
    usd_ha: float | None


@dataclass(frozen=True)
class Plan(Outcomes):
    """A plan: what to do where, what comes of it, and what the last hectare costs.

    Parameters
    ----------
    rows : tuple of PlanRow
        Actions, by land type, domain and practice.
    outcomes : tuple of TypeOutcome
        What comes of each land type.
    prices : tuple of Price
        Shadow price of each land type.
    horizon : Horizon
        The years.
    budget_usd : float or None
        What might be spent.
    """

    rows: tuple[PlanRow, ...]
    outcomes: tuple[TypeOutcome, ...]
    prices: tuple[Price, ...]
    horizon: Horizon
    budget_usd: float | None

    @property
    def cost_usd(self) -> float:
        """Return what the plan costs."""
        return float(sum(row.cost_usd for row in self.rows))

    @property
    def area_ha(self) -> float:
        """Return the land it treats."""
        return float(sum(row.area_ha for row in self.rows))

    @property
    def people(self) -> float:
        """Return the persons on treated land."""
        return float(sum(row.people for row in self.rows))

    @property
    def carbon_t(self) -> float:
        """Return the carbon it stores."""
        return float(sum(row.carbon_t for row in self.rows))

    def treated(self) -> pd.DataFrame:
        """Return the treated land as `scenario` takes it."""
        names = list(PlanRow.__dataclass_fields__)
        return pd.DataFrame([[getattr(row, name) for name in names] for row in self.rows], columns=names)

    def applied(self) -> Scenario:
        """Return the plan as a scenario: the same sums by the other way."""
        return scenario(self.treated(), [each.need for each in self.outcomes], self.horizon)


@dataclass(frozen=True)
class CurvePoint:
    """What a budget buys."""

    budget_usd: float
    cost_usd: float
    shortfall_ha: float
    neutral_types: int


def plan(problem: PlanProblem, *, extra_need: Vector | None = None) -> Plan:
    """Return the best plan: least shortfall to neutrality first, then the objective.

    Parameters
    ----------
    problem : PlanProblem
        Land, practices, needs and settings.
    extra_need : ndarray of float64, optional
        Margin [ha] that each land type is asked for on top.

    Raises
    ------
    RuleError
        If the solver finds no plan.

    Examples
    --------
    >>> from landbalance.planning.needs import TypeNeed
    >>> from landbalance.planning.practices import Practice
    >>> from landbalance.planning.problem import PlanSettings
    >>> land = pd.DataFrame([("north", 1, 1, 3, 50.0, 0.0, 0.0), ("south", 1, 2, 3, 50.0, 0.0, 0.0)],
    ...     columns=["site", "land_type", "domain", "response", "area_ha", "risk", "people_ha"])
    >>> stone = Practice(code="stone", response="reverse", cost_usd_ha=100.0, effectiveness=1.0, lag_years=5)
    >>> settings = PlanSettings(horizon=Horizon(2023, 2030), first_year=2024, local_costs={("stone", 2): 80.0})
    >>> needs = (TypeNeed(1, "grass", gains_ha=0.0, losses_ha=60.0, new_loss_ha=0.0),)
    >>> found = plan(PlanProblem(land, (stone,), needs, {1: "N", 2: "S"}, settings))
    >>> [(row.site, round(row.area_ha)) for row in found.rows], round(found.cost_usd), found.prices[0].usd_ha
    ([('north', 10), ('south', 50)], 5000, 100.0)
    """
    program = make_program(problem, extra_need)
    goals, price_at = _goals(program)
    found = solve(program, goals, price_at=price_at, gap=problem.settings.gap)
    area = np.asarray(program.hectares @ found.columns[: program.shares])
    area = np.minimum(area, problem.land["area_ha"].to_numpy(dtype=float)[program.choices.row])
    rows = _rows(problem, program.choices, area)
    outcomes = _outcomes(problem, rows)
    return Plan(rows, outcomes, _prices(problem, program, found.marginals, outcomes), problem.settings.horizon,
                problem.settings.budget_usd)  # fmt: skip


def cost_curve(problem: PlanProblem, budgets_usd: Sequence[float]) -> tuple[CurvePoint, ...]:
    """Return what each budget buys: shortfall to neutrality and how many land types are neutral."""
    points = []
    for budget in budgets_usd:
        found = plan(replace(problem, settings=replace(problem.settings, budget_usd=budget)))
        neutral = sum(each.is_neutral for each in found.outcomes)
        points.append(CurvePoint(budget, found.cost_usd, found.shortfall_ha, neutral))
    return tuple(points)


def without_action(problem: PlanProblem) -> tuple[TypeOutcome, ...]:
    """Return what each land type comes to if nothing is done."""
    return tuple(TypeOutcome(need) for need in problem.needs)


def ranking_plan(problem: PlanProblem, budget_usd: float) -> Plan:
    """Return what ranking hotspots does with a budget: zones by degraded share, the worst restored first.

    In each zone all degraded land is restored by the practice that restores a hectare for the least money, until the
    money is spent.

    Raises
    ------
    InputError
        If the budget is negative.
    """
    if not budget_usd >= 0:
        raise InputError("the budget is {budget} USD", budget=budget_usd, hint="give a number of at least 0")
    program = make_program(replace(problem, settings=replace(problem.settings, whole_sites=False, equity=0.0)))
    choices, land_ha = program.choices, problem.land["area_ha"].to_numpy(dtype=float)
    area, left = np.zeros(choices.count), budget_usd
    for place in _ranked(problem, choices):
        whole = float(land_ha[choices.row[place]])
        cost = float(choices.cost[place])
        area[place] = whole if cost * whole <= left else left / cost
        left -= area[place] * cost
        if left <= 0:
            break
    rows = _rows(problem, choices, area)
    return Plan(rows, _outcomes(problem, rows), (), problem.settings.horizon, budget_usd)


def _ranked(problem: PlanProblem, choices: Choices) -> list[int]:
    """Return the cheapest restoring choice of each piece of degraded land, the worst zones first."""
    land = problem.land.reset_index(drop=True)
    bad = land[land["response"] == Response.REVERSE].groupby("site")["area_ha"].sum()
    shares = dict((bad / land.groupby("site")["area_ha"].sum()).fillna(0.0).items())
    restores = (land["response"] == Response.REVERSE).to_numpy()
    best: dict[int, int] = {}
    for place in map(int, np.flatnonzero((choices.effect > 0) & restores[choices.row])):
        row = int(choices.row[place])
        price = choices.cost[place] / choices.effect[place]
        if row not in best or price < choices.cost[best[row]] / choices.effect[best[row]]:
            best[row] = place
    sites = land["site"].tolist()
    return sorted(best.values(), key=lambda place: (-shares[sites[choices.row[place]]], choices.row[place]))


def _goals(program: Program) -> tuple[list[Vector], int]:
    """Return the objectives in order, and at which of them the shadow prices are read."""
    settings, choices = program.problem.settings, program.choices
    rules = settings.rules
    responses = np.array([RESPONSES[each.response] for each in program.problem.usable], dtype=int)
    response = responses[choices.practice] if choices.count else np.zeros(0, dtype=int)
    cost = choices.cost * USD
    by_response = [np.where(response == code, choices.effect, 0.0) for code in (Response.REVERSE, Response.REDUCE)]
    goals = [program.shortfall()]
    if settings.objective == "people":
        goals.append(-program.of_choices(choices.people))
    if settings.objective == "carbon":
        goals.append(-program.of_choices(choices.carbon))
    if settings.hierarchy == "lexicographic":
        goals += [program.of_choices(each) for each in by_response]
    factors = {Response.AVOID: rules.avoid_weight, Response.REDUCE: rules.reduce_weight}
    factors[Response.REVERSE] = rules.reverse_weight
    weights = np.array([factors[Response(int(code))] for code in response]) if choices.count else np.zeros(0)
    money = program.of_choices(cost * weights if settings.hierarchy == "weighted" else cost)
    goals.append(money - program.borders() * settings.contiguity_usd_km * USD)
    price_at = len(goals) - 1
    if settings.hierarchy == "cheapest":
        goals += [program.of_choices(by_response[0])]
    return goals, price_at


def _rows(problem: PlanProblem, choices: Choices, area: Vector) -> tuple[PlanRow, ...]:
    """Return the actions that treat any land worth naming."""
    land = problem.land
    sites = land["site"].tolist()
    codes = land[["land_type", "domain", "response"]].to_numpy(dtype=int)
    risk = land["risk"].to_numpy(dtype=float)
    reserved, rows = problem.reserved.to_numpy(), []
    for place in np.flatnonzero(area > LEAST_AREA_HA):
        row, practice = int(choices.row[place]), problem.usable[int(choices.practice[place])]
        land_type, domain, response = map(int, codes[row])
        first, last = work_years(practice, problem.settings)
        hectares = float(area[place])
        rows.append(
            PlanRow(
                site=str(sites[row]),
                land_type=land_type,
                domain=domain,
                response=response,
                practice=practice.code,
                area_ha=hectares,
                cost_usd=float(choices.cost[place]) * hectares,
                effect_ha=float(choices.effect[place]) * hectares,
                people=float(choices.people[place]) * hectares,
                carbon_t=float(choices.carbon[place]) * hectares,
                risk=float(risk[row]),
                effectiveness=practice.effectiveness,
                lag_years=practice.lag_years,
                first_year=first,
                last_year=last,
                reserved=bool(reserved[row]),
            )
        )
    return tuple(sorted(rows, key=lambda row: (row.land_type, row.domain, row.site, row.response, row.practice)))


def _outcomes(problem: PlanProblem, rows: Sequence[PlanRow]) -> tuple[TypeOutcome, ...]:
    """Return what comes of each land type."""
    found = []
    for need in problem.needs:
        mine = [row for row in rows if row.land_type == need.land_type]
        kept = [row for row in mine if row.response != Response.REVERSE]
        found.append(
            TypeOutcome(
                need,
                sum(row.effect_ha for row in mine if row.response == Response.REVERSE),
                min(sum(row.effect_ha for row in kept), need.new_loss_ha),
                sum(row.area_ha * row.effectiveness for row in kept),
            )
        )
    return tuple(found)


def _prices(
    problem: PlanProblem, program: Program, marginals: Vector | None, outcomes: Sequence[TypeOutcome]
) -> tuple[Price, ...]:
    """Return what the last hectare costs in each land type."""
    prices = []
    for place, (need, outcome) in enumerate(zip(problem.needs, outcomes, strict=True)):
        usd = None
        if marginals is not None and outcome.shortfall_ha <= EDGE_HA:
            usd = max(0.0, float(-marginals[program.need_rows[place]]) / USD)
        prices.append(Price(need.land_type, need.name, usd))
    return tuple(prices)
