"""Phases of districts: rules over readings, step by step, with hysteresis, recovery, and no call on poor data."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from landbalance.core.tables import toml_table
from landbalance.core.types import Array
from landbalance.planning.triggers.rule import LEVELS, Condition, TriggerRule


class Phase(IntEnum):
    """Phases of a drought plan; NO_CALL is not normal: the data did not suffice."""

    NO_CALL = -1
    NORMAL = 0
    WATCH = 1
    WARNING = 2
    ALERT = 3
    EMERGENCY = 4
    RECOVERY = 5


@dataclass(frozen=True)
class Reading:
    """What a condition sees in each unit and step.

    Parameters
    ----------
    value : ndarray of float64, shape (step, unit)
        Share of the known land at or below the value, or mean index; NaN where nothing is known.
    known : ndarray of float64, shape (step, unit)
        Share of the land where the index is known.
    """

    value: NDArray[np.float64]
    known: NDArray[np.float64]


Read = Callable[[Condition], Reading]


def reading(index: Array, weights: NDArray[np.float64], condition: Condition) -> Reading:
    """Return what a condition sees of an index on cells.

    Parameters
    ----------
    index : ndarray of float, shape (step, cell)
        NaN unknown.
    weights : ndarray of float64, shape (unit, cell)
        Land of each unit in each cell [km2].
    condition : Condition

    Returns
    -------
    Reading

    Examples
    --------
    >>> weights = np.array([[1.0, 1.0, 2.0]])
    >>> found = reading(np.array([[-1.2, 0.0, np.nan]]), weights, Condition("spi-3", -1.0, 0.2))
    >>> found.value.tolist(), found.known.tolist()
    ([[0.5]], [[0.5]])
    """
    known = np.isfinite(index)
    land = known @ weights.T
    whole = np.maximum(weights.sum(axis=1), np.finfo(float).tiny)
    counted = (index <= condition.at_most) if condition.area_share is not None else np.where(known, index, 0.0)
    with np.errstate(invalid="ignore"):
        value = np.where(land > 0, (np.where(known, counted, 0.0) @ weights.T) / np.where(land > 0, land, 1.0), np.nan)
    return Reading(value, land / whole)


def phases(
    rules: Sequence[TriggerRule], read: Read, months: Sequence[int], units: int, *, per_month: int = 1
) -> NDArray[np.int8]:
    """Return the phase of every unit in every step.

    A phase rises at once and falls only after the steps that `core/data/drought.toml` states; when it falls to none it
    is recovery for one step. An alert that lasts becomes an emergency.

    Parameters
    ----------
    rules : sequence of TriggerRule
    read : callable
        Gives the `Reading` of a condition.
    months : sequence of int
        Month (1 to 12) of each step.
    units : int
        Number of units.
    per_month : int
        Steps in a month: 3 for dekads.

    Returns
    -------
    ndarray of int8, shape (step, unit)
        `Phase` codes.

    Examples
    --------
    >>> from landbalance.planning.triggers.rule import rules_from
    >>> rule = {"id": "w", "name": "w", "phase": "watch", "action": "a", "body": "b", "budget_line": "c"}
    >>> rules = rules_from([rule | {"any": [{"indicator": "spi-3", "at_most": -1.0}]}])
    >>> spi = np.array([[0.2], [-1.3], [0.1], [0.4], [0.5], [np.nan]])
    >>> seen = Reading(spi, np.isfinite(spi).astype(float))
    >>> [Phase(code).name for code in phases(rules, lambda _: seen, [1, 2, 3, 4, 5, 6], 1)[:, 0]]
    ['NORMAL', 'WATCH', 'WATCH', 'RECOVERY', 'NORMAL', 'NO_CALL']
    """
    raw = levels(rules, read, months, units)
    out = np.empty(raw.shape, dtype=np.int8)
    for unit in range(units):
        out[:, unit] = _follow(raw[:, unit], per_month)
    return out


def levels(rules: Sequence[TriggerRule], read: Read, months: Sequence[int], units: int) -> NDArray[np.int8]:
    """Return the highest phase that a rule calls in every step, before hysteresis; -1 where the data do not suffice."""
    shape = len(months), units
    fired = {phase: np.zeros(shape, dtype=bool) for phase in LEVELS}
    poor = np.zeros(shape, dtype=bool)
    for rule in sorted(rules, key=lambda rule: LEVELS[rule.phase]):
        met, enough = meets(rule, read, months, shape)
        if rule.needs:
            met &= fired[rule.needs]
            enough |= ~fired[rule.needs]  # what is not asked need not be known
        fired[rule.phase] |= met
        poor |= ~enough
    level = np.zeros(shape, dtype=np.int8)
    for phase, code in LEVELS.items():
        level[fired[phase]] = code
    return np.where(poor & (level == 0), np.int8(Phase.NO_CALL), level)


def meets(
    rule: TriggerRule, read: Read, months: Sequence[int], shape: tuple[int, int]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return where one rule holds by itself, and where its data suffice, each of shape (step, unit)."""
    met, enough = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
    for condition in rule.any:
        seen = read(condition)
        usable = seen.known >= rule.least_known
        met |= usable & _holds(condition, seen.value, rule.margin)
        enough |= usable
    if rule.within > 1:
        padded = np.vstack([np.zeros((rule.within - 1, shape[1]), dtype=np.int64), met])
        counts = np.lib.stride_tricks.sliding_window_view(padded, rule.within, axis=0).sum(axis=-1)
        met = counts >= rule.hold
    if rule.months:
        met &= np.isin(np.asarray(months), rule.months)[:, None]
    return met, enough


def _holds(condition: Condition, value: NDArray[np.float64], margin: float) -> NDArray[np.bool_]:
    """Return where a condition holds; with a margin, what held goes on a little longer."""
    if condition.area_share is None:
        return np.asarray(value <= condition.at_most)
    on = value >= condition.area_share - 1e-12
    if margin <= 0:
        return np.asarray(on)
    still = value >= condition.area_share - margin
    held = on.copy()
    for step in range(1, len(on)):
        held[step] |= held[step - 1] & still[step]
    return np.asarray(held)


def _follow(raw: NDArray[np.int8], per_month: int) -> NDArray[np.int8]:
    """Return the phases of one unit from what its rules call."""
    table = toml_table("drought")["recovery"]
    patience, long = table["steps"], table["emergency_months"] * per_month
    out = np.empty(raw.shape, dtype=np.int8)
    phase, below, alerts = 0, 0, 0
    for step, level in enumerate(raw):
        if level == Phase.NO_CALL:
            out[step] = Phase.NO_CALL
            continue
        if phase == Phase.RECOVERY:
            phase = Phase.NORMAL
        standing = min(phase, Phase.ALERT)
        below = below + 1 if level < standing else 0
        if level >= standing:
            phase = max(int(level), phase if level == standing else 0)
        elif below >= patience:
            phase, below = (int(level) if level > 0 else Phase.RECOVERY), 0
        alerts = alerts + 1 if phase in (Phase.ALERT, Phase.EMERGENCY) else 0
        if phase == Phase.ALERT and alerts >= long:
            phase = Phase.EMERGENCY
        out[step] = phase
    return out
