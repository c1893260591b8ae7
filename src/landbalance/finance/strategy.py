"""A strategy to raise money: actions with their chances, what they bring by year, and what stays open."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from landbalance.core.errors import InputError

SOURCES = ("domestic_public", "domestic_private", "international_public", "international_private", "innovative")
LOANS = ("loan", "credit_line", "green_bond", "blended")
SCORES = {"amount": 0.35, "readiness": 0.2, "equity": 0.15, "capital_cost": 0.15, "time": 0.15}


@dataclass(frozen=True)
class FinanceAction:
    """One action of the strategy: amounts a year [USD], how likely, from when, and its marks [0..1]."""

    id: str
    source: str
    instrument: str
    central: float
    probability: float
    start: int = 0
    low: float | None = None
    high: float | None = None
    ramp_years: int = 1
    subsidy_id: str = ""
    has_debt_assessment: bool = False
    marks: Mapping[str, float] | None = None


@dataclass(frozen=True)
class Finding:
    """What a check found: rule, action, sentence."""

    rule: str
    action: str
    sentence: str


def expected(actions: Iterable[FinanceAction], year: int | None = None, level: str = "central") -> float:
    """Return what actions bring on average in a year [USD]; all of them at full size without a year.

    Parameters
    ----------
    year : int or None
        Before its start an action brings nothing; over its ramp years it grows in equal steps.
    level : str
        "low", "central" or "high"; the central amount stands where another is not stated.

    Raises
    ------
    InputError
        If a probability lies outside 0 to 1, a source or level is unknown.

    Examples
    --------
    >>> plan = [FinanceAction("a", "domestic_public", "tax", 40, 0.8), FinanceAction("b", "innovative", "pes", 30, 0.2)]
    >>> expected(plan)
    38.0
    """
    return math.fsum(_amount(action, level) * action.probability * _reach(action, year) for action in actions)


def residual(years: Sequence[int], gap: Sequence[float], actions: Sequence[FinanceAction]) -> tuple[float, ...]:
    """Return the gap that stays open each year after what actions are expected to bring; below zero is surplus.

    Examples
    --------
    >>> residual([2027], [100.0], [FinanceAction("a", "domestic_public", "tax", 40, 0.8)])
    (68.0,)
    """
    if len(years) != len(gap):
        raise InputError(
            "{years} years and {gaps} gaps", years=len(years), gaps=len(gap), hint="give one for each year"
        )
    return tuple(short - expected(actions, year) for year, short in zip(years, gap, strict=True))


def checks(actions: Sequence[FinanceAction], released_subsidies: Mapping[str, float]) -> tuple[Finding, ...]:
    """Return what is wrong with a strategy: releases counted twice, loans taken as revenue.

    Parameters
    ----------
    released_subsidies : mapping of str to float
        Money that reforms release a year, by subsidy.

    Examples
    --------
    >>> [found.rule for found in checks([FinanceAction("a", "innovative", "loan", 10, 0.5)], {})]
    ['loan-without-debt-assessment']
    """
    found = []
    taken: dict[str, float] = {}
    for action in actions:
        if action.subsidy_id:
            taken[action.subsidy_id] = taken.get(action.subsidy_id, 0.0) + action.central
            allowed = released_subsidies.get(action.subsidy_id, 0.0)
            if taken[action.subsidy_id] > allowed + 0.01:
                sentence = f"{taken[action.subsidy_id]:,.2f} is drawn from a release of {allowed:,.2f}"
                found.append(Finding("subsidy-release-counted-twice", action.id, sentence))
        if action.instrument in LOANS and not action.has_debt_assessment:
            sentence = "borrowed money is no revenue: add the debt sustainability assessment"
            found.append(Finding("loan-without-debt-assessment", action.id, sentence))
    return tuple(found)


def own_source_ratio(actions: Sequence[FinanceAction]) -> float | None:
    """Return the domestic part of the expected money [1]; None when nothing is expected.

    Examples
    --------
    >>> own_source_ratio([FinanceAction("a", "domestic_public", "tax", 40, 0.5)])
    1.0
    """
    total = expected(actions)
    own = expected([action for action in actions if action.source.startswith("domestic")])
    return own / total if total else None


def prioritise(
    actions: Sequence[FinanceAction], weights: Mapping[str, float] | None = None
) -> tuple[tuple[str, float], ...]:
    """Return actions by score, best first; amount is relative to the largest, the other marks are stated.

    Examples
    --------
    >>> prioritise([FinanceAction("a", "domestic_public", "tax", 40, 0.8)])
    (('a', 0.35),)
    """
    share = weights or SCORES
    largest = max((action.central * action.probability for action in actions), default=0.0) or 1.0
    scored = []
    for action in actions:
        marks = {**(action.marks or {}), "amount": action.central * action.probability / largest}
        scored.append((action.id, sum(weight * marks.get(name, 0.0) for name, weight in share.items())))
    return tuple(sorted(scored, key=lambda pair: (-pair[1], pair[0])))


def _amount(action: FinanceAction, level: str) -> float:
    """Return the yearly amount of one level, after its checks."""
    if not 0 <= action.probability <= 1:
        raise InputError("{id} has probability {p}", id=action.id, p=action.probability, hint="give 0 to 1")
    if action.source not in SOURCES:
        raise InputError(
            "{id} has source {source}",
            id=action.id,
            source=action.source,
            hint="one of {known}",
            known=", ".join(SOURCES),
        )
    if level not in ("low", "central", "high"):
        raise InputError("no level is called {level}", level=level, hint="use low, central or high")
    stated: float | None = getattr(action, level)
    return action.central if stated is None else stated


def _reach(action: FinanceAction, year: int | None) -> float:
    """Return how much of an action is in place in a year [0..1]."""
    if year is None or not action.start:
        return 1.0
    return min(1.0, max(0, year - action.start + 1) / max(1, action.ramp_years))
