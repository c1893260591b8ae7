"""The linear or mixed-integer program of a plan, and its solution by HiGHS, objective after objective."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import coo_array, csr_array, diags_array, vstack

from landbalance.core.errors import RuleError
from landbalance.planning.needs import TypeNeed
from landbalance.planning.problem import Choices, PlanProblem, choices_of, work_years

Vector = NDArray[np.float64]
USD = 1e-3  # the program counts in thousands of USD: its numbers stay near one another
SLACK, LEAST = 1e-9, 1e-7  # by which a later objective may worsen an earlier one, relative and absolute
WIDENINGS = (1.0, 100.0, 10_000.0)  # of the slack, where rounding in the solver leaves no room


@dataclass(frozen=True)
class Program:
    """Rows and columns: shares of choices, then avoided loss, then shortfall per land type, then treated borders.

    Parameters
    ----------
    problem, choices : PlanProblem, Choices
        What it is made from.
    hectares : sparse array, shape (choice, column)
        Hectares of each choice per unit of a column: 1, or all land of a whole site.
    matrix, limits : sparse array and ndarray
        `matrix @ columns <= limits`.
    upper : ndarray
        Upper bounds of the columns; lower ones are 0.
    need_rows : ndarray of int
        Row of each land type's need.
    whole : int
        Number of leading columns that are 0 or 1; none where sites may be treated in part.
    """

    problem: PlanProblem
    choices: Choices
    hectares: csr_array
    matrix: csr_array
    limits: Vector
    upper: Vector
    need_rows: NDArray[np.intp]
    budget_row: int
    whole: int

    @property
    def shares(self) -> int:
        """Return how many columns choose land."""
        return int(self.hectares.shape[1])

    def shortfall(self) -> Vector:
        """Return the objective that sums what is missing to neutrality."""
        goal = np.zeros(self.upper.size)
        kinds = len(self.problem.needs)
        goal[self.shares + kinds : self.shares + 2 * kinds] = 1.0
        return goal

    def of_choices(self, per_hectare: Vector) -> Vector:
        """Return the objective that sums an amount per hectare over all choices."""
        goal = np.zeros(self.upper.size)
        goal[: self.shares] = per_hectare @ self.hectares
        return goal

    def borders(self) -> Vector:
        """Return the objective that sums the length [km] of borders between treated sites."""
        goal = np.zeros(self.upper.size)
        start = self.shares + 2 * len(self.problem.needs)
        goal[start:] = list(self.problem.settings.borders.values()) if self.upper.size > start else []
        return goal


@dataclass(frozen=True)
class Solution:
    """Columns of the last objective; marginal values of the rows at the objective that was asked for."""

    columns: Vector
    marginals: Vector | None


def make_program(problem: PlanProblem, extra_need: Vector | None = None) -> Program:
    """Return the program of a problem; `extra_need` [ha] is asked of each land type on top."""
    choices = choices_of(problem)
    hectares = _hectares(problem, choices)
    blocks = [_land_rows(problem, choices), _need_rows(problem, choices, extra_need)]
    blocks += [_capacity_rows(problem, choices), _equity_rows(problem, choices)]
    kinds = len(problem.needs)
    borders = problem.settings.borders if problem.settings.contiguity_usd_km else {}
    wide = [_widened(block, hectares, kinds, len(borders)) for block in blocks]
    wide.append(_border_rows(problem, choices, hectares, tuple(borders)))
    budget = problem.settings.budget_usd
    money = choices.cost[None, :] * USD if budget is not None else np.zeros((0, choices.count))
    limit = np.array([budget * USD] if budget is not None else [])
    wide.append(_widened((csr_array(money), csr_array((len(limit), 2 * kinds)), limit), hectares, kinds, len(borders)))
    matrix = vstack([block for block, _ in wide], format="csr")
    limits = np.concatenate([limit for _, limit in wide])
    land_rows = wide[0][0].shape[0]
    losses = np.array([need.new_loss_ha for need in problem.needs])
    parts = _upper(problem, choices, hectares), losses, np.full(kinds, np.inf), np.ones(len(borders))
    upper = np.concatenate(parts)
    return Program(
        *(problem, choices, hectares, matrix, limits, upper),
        need_rows=land_rows + kinds + np.arange(kinds),
        budget_row=matrix.shape[0] - 1 if budget is not None else -1,
        whole=hectares.shape[1] if problem.settings.whole_sites else 0,
    )


def solve(program: Program, goals: Sequence[Vector], *, price_at: int = 0, gap: float = 0.0) -> Solution:
    """Minimise one objective after another, each without worsening the earlier ones.

    Parameters
    ----------
    program : Program
        Rows and columns.
    goals : sequence of ndarray
        Objectives, the first the most important.
    price_at : int
        At which of them the marginal values are taken.
    gap : float
        Share [1] of the optimum that a solution with whole columns may miss.

    Raises
    ------
    RuleError
        If the solver finds no solution.
    """
    held: list[tuple[Vector, float]] = []  # earlier objectives, scaled, and what they reached
    columns, marginals = np.zeros(program.upper.size), None
    for place, goal in enumerate(goals):
        found = next(filter(None, (_minimise(goal, program, held, wide, gap) for wide in WIDENINGS)), None)
        if found is None:
            raise RuleError("the solver found no plan", hint="loosen equity or exclusions")
        columns = found.x
        if place == price_at and not program.whole:
            marginals = np.asarray(found.ineqlin.marginals)[: program.limits.size] * _scale(goal)
        held.append((goal / _scale(goal), float(goal @ columns) / _scale(goal)))
    return Solution(np.clip(columns, 0.0, program.upper), marginals)


def _scale(goal: Vector) -> float:
    """Return the largest number of an objective: divided by it, all objectives are of one size."""
    return float(np.abs(goal).max()) or 1.0


def _minimise(
    goal: Vector, program: Program, held: Sequence[tuple[Vector, float]], wide: float, gap: float
) -> Any | None:
    """Return the optimum of one objective, earlier ones held; None where the solver finds none."""
    rows = [csr_array(each[None, :]) for each, _ in held]
    edges = [reached + wide * (abs(reached) * SLACK + LEAST) for _, reached in held]
    integrality = np.zeros(program.upper.size)
    integrality[: program.whole] = 1
    found = linprog(
        goal / _scale(goal),
        A_ub=vstack([program.matrix, *rows], format="csr"),
        b_ub=np.concatenate([program.limits, edges]),
        bounds=np.column_stack([np.zeros(program.upper.size), program.upper]),
        integrality=integrality if program.whole else None,
        method="highs",
        options={"mip_rel_gap": gap} if program.whole else {},
    )
    return found if found.x is not None else None


Block = tuple[csr_array, csr_array, Vector]  # over choices, over avoided loss and shortfall, limits


def _hectares(problem: PlanProblem, choices: Choices) -> csr_array:
    """Return hectares of each choice per unit of a column."""
    if not problem.settings.whole_sites:
        return diags_array(np.ones(choices.count), format="csr")
    land = problem.land.reset_index(drop=True)
    site = land["site"].astype("category").cat.codes.to_numpy()[choices.row].astype(np.int64)
    keys = site * (len(problem.usable) + 1) + choices.practice
    _, column = np.unique(keys, return_inverse=True)
    area = land["area_ha"].to_numpy(dtype=float)[choices.row]
    shape = (choices.count, int(column.max(initial=-1)) + 1)
    return csr_array(coo_array((area, (np.arange(choices.count), column)), shape=shape))


def _upper(problem: PlanProblem, choices: Choices, hectares: csr_array) -> Vector:
    """Return the upper bounds of the columns that choose land."""
    if problem.settings.whole_sites:
        return np.ones(hectares.shape[1])
    return np.asarray(problem.land["area_ha"].to_numpy(dtype=float)[choices.row])


def _land_rows(problem: PlanProblem, choices: Choices) -> Block:
    """No land is treated twice."""
    rows, place = np.unique(choices.row, return_inverse=True)
    ones = coo_array((np.ones(choices.count), (place, np.arange(choices.count))), shape=(rows.size, choices.count))
    limits = problem.land["area_ha"].to_numpy(dtype=float)[rows]
    return csr_array(ones), csr_array((rows.size, 2 * len(problem.needs))), limits * (1 + 1e-12)


def _need_rows(problem: PlanProblem, choices: Choices, extra_need: Vector | None) -> Block:
    """Avoided loss is what practices avoid; reversed land, avoided loss and shortfall cover the need."""
    needs = problem.needs
    kinds = len(needs)
    place_of = {need.land_type: place for place, need in enumerate(needs)}
    kind = problem.land["land_type"].map(place_of).to_numpy(dtype=np.int64)[choices.row]
    restores = np.array([practice.response == "reverse" for practice in problem.usable], dtype=bool)
    back = restores[choices.practice] if choices.count else np.zeros(0, dtype=bool)
    tradable = np.array([need.is_tradable for need in needs], dtype=bool)
    counts = np.where(back, np.where(tradable[kind], choices.effect, 0.0), 0.0)
    kept = np.where(back, 0.0, choices.effect)
    columns = np.arange(choices.count)
    over = [csr_array(coo_array((-each, (kind, columns)), shape=(kinds, choices.count))) for each in (kept, counts)]
    one = diags_array(np.ones(kinds), format="csr")
    none = csr_array((kinds, kinds))
    extra = np.zeros(kinds) if extra_need is None else extra_need
    wanted = np.array([_asked(need, more) for need, more in zip(needs, extra, strict=True)])
    beside = vstack([_beside(one, none), _beside(-one, -one)], format="csr")
    return vstack(over, format="csr"), beside, np.concatenate([np.zeros(kinds), -wanted])


def _asked(need: TypeNeed, extra: float) -> float:
    """Return what a land type needs [ha], with a margin; below 0 where it has gains to spare."""
    if not need.is_tradable:
        return min(need.new_loss_ha + extra, need.new_loss_ha)
    return need.losses_ha + need.new_loss_ha - need.gains_ha + extra


def _beside(left: csr_array, right: csr_array) -> csr_array:
    """Return two blocks side by side."""
    return csr_array(vstack([left.T, right.T]).T)


def _capacity_rows(problem: PlanProblem, choices: Choices) -> Block:
    """No practice does more than its capacity in the years in which it still shows."""
    limited = [place for place, each in enumerate(problem.usable) if each.capacity_ha_year is not None]
    rows = np.zeros((len(limited), choices.count))
    for row, place in enumerate(limited):
        rows[row] = choices.practice == place
    limits = []
    for place in limited:
        first, last = work_years(problem.usable[place], problem.settings)
        limits.append((problem.usable[place].capacity_ha_year or 0.0) * (last - first + 1))
    return csr_array(rows), csr_array((len(limited), 2 * len(problem.needs))), np.array(limits, dtype=float)


def _equity_rows(problem: PlanProblem, choices: Choices) -> Block:
    """Every domain gets at least its floor: equity x its share of the treatable land x all money."""
    equity, kinds = problem.settings.equity, len(problem.needs)
    if not equity or not choices.count:
        return csr_array((0, choices.count)), csr_array((0, 2 * kinds)), np.zeros(0)
    land = problem.land.reset_index(drop=True)
    treatable = land.loc[np.unique(choices.row)].groupby("domain")["area_ha"].sum()
    domain = land["domain"].to_numpy()[choices.row]
    cost = choices.cost * USD
    rows = [
        equity * area / treatable.sum() * cost - np.where(domain == number, cost, 0.0)
        for number, area in treatable.items()
    ]
    return csr_array(np.array(rows)), csr_array((len(rows), 2 * kinds)), np.zeros(len(rows))


def _border_rows(
    problem: PlanProblem, choices: Choices, hectares: csr_array, pairs: Sequence[tuple[str, str]]
) -> tuple[csr_array, Vector]:
    """A border counts as far as both its sites are treated."""
    kinds, width = len(problem.needs), hectares.shape[1]
    whole = width + 2 * kinds + len(pairs)
    if not pairs:
        return csr_array((0, whole)), np.zeros(0)
    land = problem.land.reset_index(drop=True)
    names = land["site"].to_numpy()[choices.row]
    total = land.groupby("site")["area_ha"].sum()
    sites = list(dict.fromkeys(name for pair in pairs for name in pair))
    place_of = {name: place for place, name in enumerate(sites)}
    known = np.array([place_of.get(name, -1) for name in names])
    mine = known >= 0
    weights = 1.0 / total.reindex(names[mine]).to_numpy(dtype=float)
    shape = (len(sites), choices.count)
    treated = csr_array(coo_array((weights, (known[mine], np.flatnonzero(mine))), shape=shape)) @ hectares
    ends = np.array([place_of[name] for pair in pairs for name in pair])
    border = np.repeat(np.arange(len(pairs)), 2)
    ones = coo_array((np.ones(ends.size), (np.arange(ends.size), border)), shape=(ends.size, len(pairs)))
    left = _beside(csr_array(-treated[ends]), csr_array((ends.size, 2 * kinds)))
    return _beside(left, csr_array(ones)), np.zeros(ends.size)


def _widened(block: Block, hectares: csr_array, kinds: int, borders: int) -> tuple[csr_array, Vector]:
    """Return rows over choices as rows over all columns."""
    over, beside, limits = block
    left = _beside(csr_array(over @ hectares), beside)
    return (_beside(left, csr_array((left.shape[0], borders))) if borders else left), limits
