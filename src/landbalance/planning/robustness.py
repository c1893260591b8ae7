"""How often a plan stays neutral when risk, cost and effect turn out otherwise, and a plan that stays so more often."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from landbalance.core.errors import InputError
from landbalance.core.vocab import Response
from landbalance.planning.needs import EDGE_HA, TypeNeed
from landbalance.planning.plan import Plan, plan
from landbalance.planning.problem import PlannerRules, PlanProblem

STEPS = 8  # halvings in the search for a margin
WIDEST = 4.0  # margin, in standard deviations of the balance of a land type
WIDTH_90 = 2 * 1.645  # standard deviations between the ends of an interval of 90 per cent


@dataclass(frozen=True)
class Draws:
    """Factors by which a draw differs from the plan's numbers.

    Parameters
    ----------
    practices : tuple of str
        Codes, the columns of `cost` and `effect`.
    risk : ndarray of float64, shape (draw, land type)
        On the new loss, in the order of the needs.
    cost, effect : ndarray of float64, shape (draw, practice)
        On unit costs and effectiveness.
    """

    practices: tuple[str, ...]
    risk: NDArray[np.float64]
    cost: NDArray[np.float64]
    effect: NDArray[np.float64]

    @property
    def count(self) -> int:
        """Return the number of draws."""
        return int(self.risk.shape[0])


@dataclass(frozen=True)
class Robustness:
    """How a plan fares over the draws.

    Parameters
    ----------
    neutral_share : float
        Share [1] of draws in which every land type is neutral.
    by_type : tuple of float
        The same, land type by land type, in the order of the needs.
    cost_low_usd, cost_high_usd : float
        Costs that 5 % and 95 % of the draws stay below.
    shortfall_high_ha : float
        Shortfall that 95 % of the draws stay below.
    within_budget_share : float or None
        Share [1] of draws that stay within the budget; None without one.
    draws : int
        How many.
    """

    neutral_share: float
    by_type: tuple[float, ...]
    cost_low_usd: float
    cost_high_usd: float
    shortfall_high_ha: float
    within_budget_share: float | None
    draws: int


def draw_factors(problem: PlanProblem, generator: np.random.Generator, count: int | None = None) -> Draws:
    """Draw factors on risk, cost and effect around 1.

    Parameters
    ----------
    problem : PlanProblem
        Whose land types and practices.
    generator : numpy Generator
        The source of chance; the same one gives the same draws.
    count : int, optional
        How many; the rules' number by default.

    Raises
    ------
    InputError
        If there is not at least one draw.

    Examples
    --------
    >>> from landbalance.planning.needs import TypeNeed
    >>> from landbalance.planning.problem import LAND_COLUMNS, PlanSettings
    >>> from landbalance.planning.scenario import Horizon
    >>> import pandas as pd
    >>> settings = PlanSettings(horizon=Horizon(2023, 2030), first_year=2024)
    >>> problem = PlanProblem(pd.DataFrame(columns=LAND_COLUMNS), (), (TypeNeed(1, "a", 0.0, 1.0, 0.0),), {}, settings)
    >>> draw_factors(problem, np.random.Generator(np.random.PCG64(1)), 5).risk.shape
    (5, 1)
    """
    rules = problem.settings.rules
    number = rules.draws if count is None else count
    if number < 1:
        raise InputError("{count} draws tell nothing", count=number, hint="give at least 1")
    codes = tuple(practice.code for practice in problem.usable)
    spreads = np.array([_risk_spread(need, rules) for need in problem.needs])
    risk = _lognormal(generator, (number, len(problem.needs)), spreads)
    cost = _lognormal(generator, (number, len(codes)), np.full(len(codes), rules.cost_spread))
    effect = _lognormal(generator, (number, len(codes)), np.full(len(codes), rules.effect_spread))
    return Draws(codes, risk, cost, effect)


def robustness(found: Plan, draws: Draws) -> Robustness:
    """Return how a plan fares over draws."""
    shortfall = np.maximum(-_margins(found, draws), 0.0)
    cost = _costs(found, draws)
    budget = found.budget_usd
    return Robustness(
        neutral_share=float((shortfall <= EDGE_HA).all(axis=1).mean()),
        by_type=tuple(float(each) for each in (shortfall <= EDGE_HA).mean(axis=0)),
        cost_low_usd=float(np.quantile(cost, 0.05)),
        cost_high_usd=float(np.quantile(cost, 0.95)),
        shortfall_high_ha=float(np.quantile(shortfall.sum(axis=1), 0.95)),
        within_budget_share=None if budget is None else float((cost <= budget * (1 + 1e-9)).mean()),
        draws=draws.count,
    )


def robust_plan(problem: PlanProblem, draws: Draws, share: float) -> tuple[Plan, Robustness] | None:
    """Return the plan with the least margin that stays neutral in a share of the draws.

    Every land type is asked for a margin of as many standard deviations of its balance as it takes.

    Parameters
    ----------
    problem : PlanProblem
        What is asked.
    draws : Draws
        The draws to stay neutral in.
    share : float
        Share [1] of them.

    Returns
    -------
    (Plan, Robustness) or None
        None where no margin is enough: land, capacity or budget do not reach.

    Raises
    ------
    InputError
        If the share is none.
    """
    if not 0 < share <= 1:
        raise InputError("a plan cannot be neutral in {share} of draws", share=share, hint="give a share up to 1")
    first = plan(problem)
    held = robustness(first, draws)
    if held.neutral_share >= share:
        return first, held
    spread = _margins(first, draws).std(axis=0)
    best, low, high = None, 0.0, WIDEST
    for step in range(STEPS):
        middle = high if step == 0 else (low + high) / 2
        found = plan(problem, extra_need=middle * spread)
        held = robustness(found, draws)
        if held.neutral_share >= share:
            best, high = (found, held), middle
        elif step == 0:
            return None
        else:
            low = middle
    return best


def _margins(found: Plan, draws: Draws) -> NDArray[np.float64]:
    """Return by how much each land type is over its need in each draw [ha], shape (draw, land type)."""
    needs = [outcome.need for outcome in found.outcomes]
    place_of = {need.land_type: place for place, need in enumerate(needs)}
    back, kept = (np.zeros((draws.count, len(needs))) for _ in range(2))
    for row in found.rows:
        place, factor = place_of[row.land_type], _effect(draws, row.practice, row.effectiveness)
        if row.response == Response.REVERSE:
            back[:, place] += row.effect_ha * factor
        else:
            kept[:, place] += row.effect_ha * factor * draws.risk[:, place]
    loss = draws.risk * np.array([need.new_loss_ha for need in needs])
    kept = np.minimum(kept, loss)
    fixed = np.array([need.gains_ha - need.losses_ha for need in needs])
    tradable = np.array([need.is_tradable for need in needs])
    return np.asarray(np.where(tradable, fixed + back + kept - loss, kept - loss))


def _costs(found: Plan, draws: Draws) -> NDArray[np.float64]:
    """Return what the plan costs in each draw [USD]."""
    total = np.zeros(draws.count)
    for row in found.rows:
        total += row.cost_usd * draws.cost[:, draws.practices.index(row.practice)]
    return total


def _effect(draws: Draws, practice: str, effectiveness: float) -> NDArray[np.float64]:
    """Return the factors on the effect of a practice; none works on more than all of the land."""
    most = 1.0 / effectiveness if effectiveness > 0 else 1.0
    return np.minimum(draws.effect[:, draws.practices.index(practice)], most)


def _risk_spread(need: TypeNeed, rules: PlannerRules) -> float:
    """Return the coefficient of variation of a new loss: from its interval, else the rules'."""
    if need.risk_low is None or need.risk_high is None:
        return rules.risk_spread
    return max(0.0, (need.risk_high - need.risk_low) / WIDTH_90)


def _lognormal(
    generator: np.random.Generator, shape: Sequence[int], spread: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return factors of mean 1 with a coefficient of variation per column."""
    sigma = np.sqrt(np.log1p(spread**2))
    return np.asarray(np.exp(generator.standard_normal(tuple(shape)) * sigma - sigma**2 / 2))
