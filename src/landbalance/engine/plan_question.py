"""What a person asks the planner, and the answer: the same for the command line and the platform."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from landbalance.core.progress import Progress
from landbalance.engine.ground import Ground
from landbalance.engine.neutrality import plan_problem
from landbalance.engine.risk import with_risk
from landbalance.planning.practices import Practice, chosen_practices, default_practices
from landbalance.planning.problem import Hierarchy, Objective, PlanSettings
from landbalance.planning.result import PlanResult, plan_result
from landbalance.planning.scenario import Horizon

SEED = 20150715  # of the draws, unless another is given: the same plan then has the same robustness


@dataclass(frozen=True, kw_only=True)
class PlanQuestion:
    """What a plan is to do.

    Parameters
    ----------
    target_year, first_year : int, int or None
        By when land is to be neutral, and when work begins: the year after the last period when None.
    budget_usd : float or None
        What may be spent [USD]; what neutrality costs when None.
    objective, hierarchy, equity, whole_sites, contiguity_usd_km
        As `PlanSettings` takes them.
    grid_km : float or None
        Side [km] of the squares that are planned by; the domains when None.
    practices : tuple of Practice
        What can be done; the package's global medians when empty.
    use : tuple of str
        Codes of the practices to use; all when empty.
    excluded : frozenset of str
        Sites and practices to leave out.
    keeps_reserves : bool
        Whether pastoral routes and reserves are kept open to herds.
    local_costs : mapping of (str, int) to float
        Cost of a hectare [USD] by practice and domain, where it differs.
    robust_share : float or None
        Share [1] of draws in which a second plan is to stay neutral.
    seed : int
        Of the draws.
    risk : str
        "trained" for the risk of loss from a trained map; a path of a raster; empty for the rate of each land type.
    """

    target_year: int
    first_year: int | None = None
    budget_usd: float | None = None
    objective: Objective = "cost"
    hierarchy: Hierarchy = "cheapest"
    equity: float = 0.0
    grid_km: float | None = None
    whole_sites: bool = False
    contiguity_usd_km: float = 0.0
    practices: tuple[Practice, ...] = ()
    use: tuple[str, ...] = ()
    excluded: frozenset[str] = frozenset()
    keeps_reserves: bool = True
    local_costs: Mapping[tuple[str, int], float] = field(default_factory=dict)
    robust_share: float | None = None
    seed: int = SEED
    risk: str = ""


def answer_plan(
    ground: Ground, asked: PlanQuestion, *, progress: Progress | None = None
) -> tuple[PlanResult, tuple[str, ...]]:
    """Return the plan with all that is told of it, and the doubts that came up.

    Raises
    ------
    InputError, NotFoundError
        If the question cannot be answered as it is asked: it says why.
    """
    looked = with_risk(ground, asked.risk, asked.target_year)
    now = ground.second.last_year
    offered = asked.practices or default_practices()
    codes = {each.code for each in offered}
    settings = PlanSettings(
        horizon=Horizon(now, asked.target_year),
        first_year=asked.first_year or now + 1,
        budget_usd=asked.budget_usd,
        objective=asked.objective,
        hierarchy=asked.hierarchy,
        equity=asked.equity,
        whole_sites=asked.whole_sites,
        contiguity_usd_km=asked.contiguity_usd_km,
        excluded_practices=asked.excluded & codes,
        excluded_sites=asked.excluded - codes,
        keeps_reserves=asked.keeps_reserves,
        local_costs=asked.local_costs,
    )
    chosen = chosen_practices(offered, asked.use)
    problem = plan_problem(looked, chosen, settings, grid_km=asked.grid_km, progress=progress)
    found = plan_result(problem, np.random.default_rng(asked.seed), robust_share=asked.robust_share)
    return found, looked.warnings[len(ground.warnings) :]


def plan_figures(found: PlanResult) -> dict[str, Any]:
    """Return the figures of a plan as they are handed out, its rows aside."""
    answer = found.plan
    return {
        "neutral": answer.is_neutral,
        "cost_usd": answer.cost_usd,
        "area_ha": answer.area_ha,
        "shortfall_ha": answer.shortfall_ha,
        "reserved_ha": found.problem.reserved_ha,
        "neutral_types": sum(each.is_neutral for each in answer.outcomes),
        "types": len(answer.outcomes),
        "ranking_shortfall_ha": found.ranking.shortfall_ha,
        "robustness": asdict(found.robust),
        "prices": [asdict(each) for each in answer.prices],
        "reasons": [str(each) for each in found.reasons],
        "curve": [asdict(each) for each in found.curve],
    }
