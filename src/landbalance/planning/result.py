"""A plan with all that is told of it: reasons, cost curve, robustness, and ranking hotspots for the same money."""

from dataclasses import dataclass, replace

import numpy as np

from landbalance.planning.plan import CurvePoint, Plan, cost_curve, plan, ranking_plan
from landbalance.planning.problem import PlanProblem
from landbalance.planning.reasons import Reason, reasons
from landbalance.planning.robustness import Robustness, draw_factors, robust_plan, robustness

CURVE_STEPS = 9


@dataclass(frozen=True)
class PlanResult:
    """A plan with all that is told of it.

    Parameters
    ----------
    problem, plan : PlanProblem, Plan
        What was asked, and the answer.
    reasons : tuple of Reason
        Why land types are not neutral.
    curve : tuple of CurvePoint
        What budgets buy.
    ranking : Plan
        Ranking hotspots for the same money.
    robust : Robustness
        How often the plan stays neutral.
    robust_share : float or None
        Share [1] of draws that was asked for.
    variant : (Plan, Robustness) or None
        The plan that stays neutral in that share, where there is one.
    """

    problem: PlanProblem
    plan: Plan
    reasons: tuple[Reason, ...]
    curve: tuple[CurvePoint, ...]
    ranking: Plan
    robust: Robustness
    robust_share: float | None = None
    variant: tuple[Plan, Robustness] | None = None


def plan_result(
    problem: PlanProblem, generator: np.random.Generator, *, robust_share: float | None = None
) -> PlanResult:
    """Return the plan and all that is told of it.

    Parameters
    ----------
    problem : PlanProblem
        What is asked.
    generator : numpy Generator
        The source of chance for the draws.
    robust_share : float, optional
        Share [1] of draws in which a second plan is to stay neutral.
    """
    found = plan(problem)
    budget = problem.settings.budget_usd
    money = found.cost_usd if budget is None else budget
    free = replace(problem, settings=replace(problem.settings, whole_sites=False, objective="cost", borders={}))
    most = money * (1.0 if budget is None else 2.0)
    draws = draw_factors(problem, generator)
    return PlanResult(
        *(problem, found, reasons(problem, found)),
        curve=cost_curve(free, np.linspace(0.0, most, CURVE_STEPS).tolist()) if most > 0 else (),
        ranking=ranking_plan(problem, money),
        robust=robustness(found, draws),
        robust_share=robust_share,
        variant=None if robust_share is None else robust_plan(problem, draws, robust_share),
    )
