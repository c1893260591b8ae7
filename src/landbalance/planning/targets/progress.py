"""Progress of a target against what was to be expected by now (reporting B.4)."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from landbalance.core.codelists import code_list
from landbalance.planning.targets.claim import TargetClaim
from landbalance.planning.targets.measured import Measurement
from landbalance.planning.targets.rules import TargetRules, target_rules

EDGE = 1e-9  # float noise must not decide whether a promise was kept
LIGHTS = ("wrong_way", "far_off", "late", "slightly_late", "on_track", "achieved")  # the worse first


@dataclass(frozen=True)
class Reading:
    """How far one side of a target is: what was done, or what came of it.

    Parameters
    ----------
    progress : float or None
        Share [1] of the way, not clipped; None where it cannot be told.
    expected : float or None
        Share [1] expected by the year.
    index : float or None
        Progress over expected progress.
    light : str
        One of `LIGHTS`, "not_started" or "no_data".
    achieved : bool
        Whether the test of success holds.
    is_uncertain : bool
        Whether the ends of the band show different lights; the worse one is given.
    """

    progress: float | None
    expected: float | None
    index: float | None
    light: str
    achieved: bool
    is_uncertain: bool = False


@dataclass(frozen=True)
class TargetProgress:
    """Progress of a target: action and outcome side by side, never mixed.

    Parameters
    ----------
    target_id : str
        The target.
    version, year : int
        Version of the target, and year of the measurement.
    action, outcome : Reading or None
        What was done, and what came of it; None where nothing is known of it.
    is_treated_not_improved : bool
        Action was delivered, and after the lag the map shows little of it.
    is_strictly_neutral : bool or None
        For neutrality: whether every land type is; None without balances.
    failing_land_types : tuple of str
        Land types whose losses are greater than their gains.
    prais : str
        Proposed status in the report, for a person to confirm.
    """

    target_id: str
    version: int
    year: int
    action: Reading | None
    outcome: Reading | None
    is_treated_not_improved: bool
    is_strictly_neutral: bool | None
    failing_land_types: tuple[str, ...]
    prais: str


def target_progress(
    claim: TargetClaim, measured: Measurement, *, rules: TargetRules | None = None, deadline_moved: bool = False
) -> TargetProgress:
    """Return how far a target is, in action and in outcome.

    Parameters
    ----------
    claim : TargetClaim
        What was promised.
    measured : Measurement
        What is known in a year.
    rules : TargetRules, optional
        Thresholds; those of the package by default.
    deadline_moved : bool
        Whether this version moved the target year.

    Examples
    --------
    >>> claim = TargetClaim(target_id="t", target_type="indicator_change", start_value=100.0, start_year=2016,
    ...     target_value=500.0, target_year=2030)
    >>> reading = target_progress(claim, Measurement(year=2023, value=300.0)).outcome
    >>> reading.progress, reading.expected, reading.index, reading.light
    (0.5, 0.5, 1.0, 'on_track')
    """
    rules = rules or target_rules()
    is_outcome = code_list("target_types").item(claim.target_type).column("measured") == "outcome"
    by_value = _judged(claim, measured, rules) if claim.target_type not in AREA_TYPES else None
    action = _area_reading(claim, measured.year, (measured.action_km2,), rules)
    band = (measured.outcome_km2, measured.outcome_low_km2, measured.outcome_high_km2)
    outcome = _area_reading(claim, measured.year, band, rules)
    action, outcome = (action, by_value or outcome) if is_outcome else (by_value or action, outcome)
    failing = tuple(net.land_type for net in measured.nets if net.net_km2 < -EDGE)
    return TargetProgress(
        *(claim.target_id, claim.version, measured.year, action, outcome),
        is_treated_not_improved=_is_lost(claim, measured, action, outcome, rules),
        is_strictly_neutral=not failing if measured.nets else None,
        failing_land_types=failing,
        prais=prais_status(
            claim, outcome if is_outcome else action, measured.year, rules=rules, deadline_moved=deadline_moved
        ),
    )


def expected_progress(claim: TargetClaim, year: float) -> float | None:
    """Return the share [1] of the way expected by a year: linear, or through the milestones.

    Parameters
    ----------
    claim : TargetClaim
        With start and target year; milestones are values on the way from the start value to the goal.
    year : float
        Before the start it is 0, after the target year 1.

    Returns
    -------
    float or None
        None where a year is missing.

    Examples
    --------
    >>> claim = TargetClaim(target_id="t", target_type="area_action", start_year=2020, target_year=2030,
    ...     declared_area_km2=100.0, unit="km2", milestones=((2025, 20.0),))
    >>> expected_progress(claim, 2025), expected_progress(claim, 2030)
    (0.2, 1.0)
    """
    if claim.start_year is None or claim.target_year is None:
        return None
    start, goal = _ends(claim)
    years, shares = [float(claim.start_year)], [0.0]
    if start is not None and goal is not None and start != goal:
        before = [(when, value) for when, value in claim.milestones if when != claim.target_year]
        years += [float(when) for when, _ in before]
        shares += [(value - start) / (goal - start) for _, value in before]
    return float(np.interp(year, [*years, float(claim.target_year)], [*shares, 1.0]))


def traffic_light(
    progress: float | None, expected: float | None, *, achieved: bool = False, rules: TargetRules | None = None
) -> str:
    """Return the light of a progress [1] against the expected one [1].

    Examples
    --------
    >>> [traffic_light(progress, 0.5) for progress in (0.5, 0.4, 0.2, 0.1, -0.1, None)]
    ['on_track', 'slightly_late', 'late', 'far_off', 'wrong_way', 'no_data']
    """
    rules = rules or target_rules()
    if progress is None or expected is None:
        return "achieved" if achieved else "no_data"
    if achieved:
        return "achieved"
    if progress < -EDGE:
        return "wrong_way"
    if expected <= 0:
        return "not_started"
    index = progress / expected + EDGE
    edges = ((rules.on_track, "on_track"), (rules.slightly_late, "slightly_late"), (rules.late, "late"))
    return next((light for edge, light in edges if index >= edge), "far_off")


def prais_status(
    claim: TargetClaim,
    reading: Reading | None,
    year: int,
    *,
    rules: TargetRules | None = None,
    deadline_moved: bool = False,
) -> str:
    """Return the status to propose for the report; a person confirms it.

    Parameters
    ----------
    claim : TargetClaim
        What was promised.
    reading : Reading or None
        The side of the target that decides: outcome for outcome types, action for the others.
    year : int
        Year of the measurement.
    rules : TargetRules, optional
        Thresholds; those of the package by default.
    deadline_moved : bool
        Whether this version moved the target year.

    Returns
    -------
    str
        A code of the list `prais_target_status`.

    Examples
    --------
    >>> claim = TargetClaim(target_id="t", target_type="area_action", start_year=2016, target_year=2022)
    >>> prais_status(claim, Reading(0.6, 1.0, 0.6, "late", False), 2023)
    'partially_achieved'
    """
    rules = rules or target_rules()
    if reading is not None and reading.achieved:
        return "achieved"
    if deadline_moved:
        return "extended_or_postponed"
    if claim.target_year is None or year <= claim.target_year or reading is None or reading.progress is None:
        return "ongoing"
    return "partially_achieved" if reading.progress >= rules.partial_share - EDGE else "not_achieved"


def _ends(claim: TargetClaim) -> tuple[float | None, float | None]:
    """Return the value at the start and the value to reach, in the unit of the target."""
    if claim.target_type in AREA_TYPES:
        promised = claim.promised_km2
        return 0.0, None if promised is None else promised * (100.0 if claim.unit == "ha" else 1.0)
    if claim.target_type in COUNT_TYPES:
        return claim.start_value or 0.0, claim.goal
    return claim.start_value, claim.goal


def _judged(claim: TargetClaim, measured: Measurement, rules: TargetRules) -> Reading | None:
    """Return the reading of a target that is measured by a value, with the ends of its band."""
    formula = FORMULAS[claim.target_type]
    ends = [value for value in (measured.low, measured.high) if value is not None]
    progress, achieved = formula(claim, measured, measured.value, rules)
    if progress is None and not achieved:
        return None
    others = [formula(claim, measured, value, rules) for value in ends]
    return _reading(claim, measured.year, [(progress, achieved), *others], rules)


def _area_reading(claim: TargetClaim, year: int, areas: tuple[float | None, ...], rules: TargetRules) -> Reading | None:
    """Return the reading of an area treated or improved against the area promised."""
    promised = claim.promised_km2
    if areas[0] is None or not promised:
        return None
    found = [(area / promised, area >= promised * (1 - EDGE)) for area in areas if area is not None]
    return _reading(claim, year, [*found], rules)


def _reading(claim: TargetClaim, year: int, found: list[tuple[float | None, bool]], rules: TargetRules) -> Reading:
    """Return a reading: the middle, and the worst light of the band."""
    expected = expected_progress(claim, year)
    lights = [traffic_light(progress, expected, achieved=achieved, rules=rules) for progress, achieved in found]
    ranked = [light for light in lights if light in LIGHTS]
    worst = min(ranked, key=LIGHTS.index) if ranked else lights[0]
    progress, achieved = found[0]
    index = progress / expected if progress is not None and expected else None
    is_uncertain = len(set(lights)) > 1
    return Reading(progress, expected, index, worst if is_uncertain else lights[0], achieved, is_uncertain)


def _is_lost(
    claim: TargetClaim, measured: Measurement, action: Reading | None, outcome: Reading | None, rules: TargetRules
) -> bool:
    """Return whether treated land has not improved although its time has come."""
    if action is None or outcome is None or measured.action_year is None:
        return False
    if action.progress is None or outcome.progress is None:
        return False
    lagged = measured.year - measured.action_year >= rules.lag_years(claim.main_response)
    return lagged and action.progress >= rules.treated_share and outcome.progress <= rules.improved_share


Judgement = tuple[float | None, bool]


def _neutrality(claim: TargetClaim, measured: Measurement, value: float | None, rules: TargetRules) -> Judgement:
    """Judge "no net loss": degraded land against the baseline, and what was to be expected."""
    start = measured.baseline_degraded_km2 if claim.start_value is None else claim.start_value
    now = measured.degraded_km2 if value is None else value
    if start is None or now is None:
        return None, False
    if now <= start + EDGE:
        return 1.0, True
    lost = now - start
    usual = lost if measured.expected_loss_km2 is None else measured.expected_loss_km2
    return 1.0 - lost / max(usual, rules.least_loss_share * start, EDGE), False


def _net_gain(claim: TargetClaim, measured: Measurement, value: float | None, rules: TargetRules) -> Judgement:
    """Judge "degraded area lower by X"."""
    start = measured.baseline_degraded_km2 if claim.start_value is None else claim.start_value
    now, gain = measured.degraded_km2 if value is None else value, claim.promised_km2
    if start is None or now is None or not gain:
        return None, False
    return (start - now) / gain, start - now >= gain * (1 - EDGE)


def _towards(claim: TargetClaim, measured: Measurement, value: float | None, rules: TargetRules) -> Judgement:
    """Judge an indicator, coverage, people or money on the way from start to goal."""
    start, goal = _ends(claim)
    if value is None or goal is None:
        return None, False
    slack = EDGE * max(abs(goal), 1.0)
    downward = claim.direction in ("decrease", "at_most") or (start is not None and goal < start)
    achieved = value <= goal + slack if downward else value >= goal - slack
    if start is None or start == goal:
        return (1.0 if achieved else None), achieved
    return (value - start) / (goal - start), achieved


def _keep(claim: TargetClaim, measured: Measurement, value: float | None, rules: TargetRules) -> Judgement:
    """Judge "hold at or above the start value"."""
    start = claim.start_value
    if value is None or start is None:
        return None, False
    tolerance = abs(start) * rules.keep_tolerance if claim.tolerance is None else claim.tolerance
    failure = abs(start) * rules.keep_failure if claim.failure is None else claim.failure
    fall = value - start if claim.direction == "at_most" else start - value
    if fall <= tolerance + EDGE:
        return 1.0, True
    return (1.0 - fall / failure if failure > 0 else None), False


def _rate_reduction(claim: TargetClaim, measured: Measurement, value: float | None, rules: TargetRules) -> Judgement:
    """Judge "yearly loss lower by q per cent": the target value is q."""
    start, cut = claim.start_value, claim.target_value
    if value is None or not start or not cut:
        return None, False
    progress = (start - value) / (cut / 100.0 * start)
    return progress, progress >= 1 - EDGE


def _halt(claim: TargetClaim, measured: Measurement, value: float | None, rules: TargetRules) -> Judgement:
    """Judge "yearly loss to zero"."""
    if value is None or not claim.start_value:
        return None, False
    tolerance = rules.halt_tolerance if claim.tolerance is None else claim.tolerance
    return 1.0 - value / claim.start_value, value <= tolerance + EDGE


AREA_TYPES = ("area_action", "area_outcome")
COUNT_TYPES = ("policy_milestone", "capacity", "finance")
Formula = Callable[[TargetClaim, Measurement, float | None, TargetRules], Judgement]
FORMULAS: dict[str, Formula] = {
    "neutrality": _neutrality,
    "net_gain": _net_gain,
    "indicator_change": _towards,
    "keep": _keep,
    "coverage": _towards,
    "rate_reduction": _rate_reduction,
    "halt": _halt,
    "policy_milestone": _towards,
    "capacity": _towards,
    "finance": _towards,
}
