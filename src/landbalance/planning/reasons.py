"""Why a plan is not neutral, in words: which land type falls short, by how much, and what holds it back."""

from dataclasses import dataclass, replace

from landbalance.core.vocab import Response
from landbalance.planning.needs import EDGE_HA, TypeOutcome
from landbalance.planning.plan import Plan, plan
from landbalance.planning.problem import Choices, PlanProblem, choices_of

BUDGET, LAND, LAG, CAPACITY, IRREPLACEABLE, NO_PRACTICE = (
    *("budget", "land", "lag", "capacity", "irreplaceable", "no_practice"),
)
SENTENCES = {
    BUDGET: "{name}: {missing} ha are missing to neutrality; the budget does not reach.",
    LAND: "{name}: {missing} ha are missing to neutrality even if all land that a practice fits were treated.",
    LAG: "{name}: {missing} ha are missing to neutrality; no restoration begun in {first} shows by {target}.",
    CAPACITY: "{name}: {missing} ha are missing to neutrality; capacity, equity or exclusions hold the rest back.",
    IRREPLACEABLE: "{name} is irreplaceable: {missing} ha of new loss cannot be avoided, and no gain pays for them.",
    NO_PRACTICE: "{name}: {missing} ha are missing to neutrality, and no practice fits its land.",
}


@dataclass(frozen=True)
class Reason:
    """Why one land type is not neutral: a code, and the sentence's fields.

    `sentence` is a template; edges translate it and fill it with `name`, `missing`, `first` and `target`.
    """

    land_type: int
    name: str
    code: str
    missing_ha: float
    first_year: int
    target_year: int

    @property
    def sentence(self) -> str:
        """Return the template of the sentence."""
        return SENTENCES[self.code]

    def __str__(self) -> str:
        return self.sentence.format(
            name=self.name, missing=f"{self.missing_ha:,.0f}", first=self.first_year, target=self.target_year
        )


def reasons(problem: PlanProblem, found: Plan) -> tuple[Reason, ...]:
    """Return why each land type that is not neutral is not, the greatest shortfall first.

    Examples
    --------
    >>> import pandas as pd
    >>> from landbalance.planning.needs import TypeNeed
    >>> from landbalance.planning.problem import LAND_COLUMNS, PlanSettings
    >>> from landbalance.planning.scenario import Horizon
    >>> settings = PlanSettings(horizon=Horizon(2023, 2030), first_year=2024)
    >>> needs = (TypeNeed(1, "dry grass", 0.0, 12.0, 0.0),)
    >>> problem = PlanProblem(pd.DataFrame(columns=LAND_COLUMNS), (), needs, {}, settings)
    >>> str(reasons(problem, plan(problem))[0])
    'dry grass: 12 ha are missing to neutrality, and no practice fits its land.'
    """
    failing = [outcome for outcome in found.outcomes if not outcome.is_neutral]
    if not failing:
        return ()
    settings = problem.settings
    free = replace(problem, settings=replace(settings, budget_usd=None, objective="cost"))
    rich = {each.need.land_type: each for each in (found if settings.budget_usd is None else plan(free)).outcomes}
    choices = choices_of(problem)
    rows = [
        Reason(
            *(each.need.land_type, each.need.name, _code(problem, choices, each, rich[each.need.land_type])),
            *(each.shortfall_ha, settings.first_year, settings.horizon.target_year),
        )
        for each in failing
    ]
    return tuple(sorted(rows, key=lambda row: -row.missing_ha))


def _code(problem: PlanProblem, choices: Choices, outcome: TypeOutcome, rich: TypeOutcome) -> str:
    """Return what holds a land type back: money first, then time, land, and the rest."""
    if not outcome.need.is_tradable and not rich.is_neutral:
        return IRREPLACEABLE
    if rich.shortfall_ha <= outcome.shortfall_ha * 0.999 - EDGE_HA or rich.is_neutral:
        return BUDGET
    kinds = problem.land["land_type"].to_numpy()[choices.row]
    mine = kinds == outcome.need.land_type
    if not mine.any():
        return NO_PRACTICE
    restores = problem.land["response"].to_numpy()[choices.row] == Response.REVERSE
    if (mine & restores).any() and not choices.effect[mine & restores].any():
        return LAG
    return LAND if rich.shortfall_ha <= _least_shortfall(problem, choices, outcome) + 1.0 else CAPACITY


def _least_shortfall(problem: PlanProblem, choices: Choices, outcome: TypeOutcome) -> float:
    """Return the shortfall [ha] if all land of a type were treated by what works best on it."""
    best: dict[int, float] = {}
    kinds = problem.land["land_type"].to_numpy()
    area = problem.land["area_ha"].to_numpy(dtype=float)
    response = problem.land["response"].to_numpy()
    for row, effect in zip(choices.row, choices.effect, strict=True):
        if kinds[row] == outcome.need.land_type:
            best[int(row)] = max(best.get(int(row), 0.0), float(effect) * float(area[row]))
    back = sum(effect for row, effect in best.items() if response[row] == Response.REVERSE)
    kept = sum(effect for row, effect in best.items() if response[row] != Response.REVERSE)
    return TypeOutcome(outcome.need, back, min(kept, outcome.need.new_loss_ha)).shortfall_ha
