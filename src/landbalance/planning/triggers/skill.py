"""How well a trigger would have done: hits, misses and false alarms, lead time, return period."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Skill:
    """Counts of calls against events.

    Parameters
    ----------
    hits, misses, false_alarms, quiet : float
        Called and came; came uncalled; called in vain; neither.
    no_calls : float
        Cases without data, which count as nothing.
    """

    hits: float
    misses: float
    false_alarms: float
    quiet: float
    no_calls: float = 0.0

    @property
    def pod(self) -> float:
        """Return the probability of detection, H / (H + M); NaN without events."""
        return _ratio(self.hits, self.hits + self.misses)

    @property
    def far(self) -> float:
        """Return the false alarm ratio, F / (H + F); NaN without calls."""
        return _ratio(self.false_alarms, self.hits + self.false_alarms)

    @property
    def csi(self) -> float:
        """Return the critical success index, H / (H + M + F)."""
        return _ratio(self.hits, self.hits + self.misses + self.false_alarms)


def skill(called: Flags, came: Flags, known: Flags) -> Skill:
    """Count calls against events.

    Parameters
    ----------
    called, came, known : ndarray of bool, of one shape
        Whether the trigger fired, the event came, and both are known.

    Returns
    -------
    Skill

    Examples
    --------
    >>> flags = [np.array(row, dtype=bool) for row in ([1, 1, 0, 0], [1, 0, 1, 0], [1, 1, 1, 1])]
    >>> found = skill(*flags)
    >>> found.pod, found.far, round(found.csi, 3)
    (0.5, 0.5, 0.333)
    """
    hits, misses = (called & came & known).sum(), (~called & came & known).sum()
    false, quiet = (called & ~came & known).sum(), (~called & ~came & known).sum()
    return Skill(float(hits), float(misses), float(false), float(quiet), float((~known).sum()))


def always(share: float, cases: float) -> Skill:
    """Return the skill of calling every time, where this share of cases are events.

    Examples
    --------
    >>> always(0.25, 100).csi
    0.25
    """
    return Skill(share * cases, 0.0, (1 - share) * cases, 0.0)


def climatology(share: float, cases: float) -> Skill:
    """Return the expected skill of calling at random as often as events come.

    Examples
    --------
    >>> round(climatology(0.25, 100).csi, 4)
    0.1429
    """
    both = share * share * cases
    return Skill(both, share * cases - both, share * cases - both, cases - 2 * share * cases + both)


def lead_steps(called: Flags, onsets: Flags, *, longest: int) -> tuple[Skill, float]:
    """Match calls in time with the onsets of events.

    An event is hit by the first call of a run of calls that begins at most `longest` steps before its onset, or at the
    onset; a run of calls without such an onset is one false alarm.

    Parameters
    ----------
    called, onsets : ndarray of bool, shape (step, unit)
        Steps in which the trigger is on; steps in which an event begins.
    longest : int
        Steps a call may come early.

    Returns
    -------
    Skill, float
        Counts over all units, and the mean lead [steps] of the hits; NaN without any.

    Examples
    --------
    >>> called, onsets = np.zeros((2, 8, 1), dtype=bool)
    >>> called[1:4], called[6], onsets[3] = True, True, True
    >>> found, lead = lead_steps(called, onsets, longest=3)
    >>> found.hits, found.false_alarms, lead
    (1.0, 1.0, 2.0)
    """
    before = np.vstack([np.zeros((1, called.shape[1]), dtype=bool), called[:-1]])
    starts = called & ~before
    leads, used = [], np.zeros(called.shape, dtype=bool)
    for step, unit in zip(*np.nonzero(onsets), strict=True):
        first = max(step - longest, 0)
        found = np.flatnonzero(starts[first : step + 1, unit] & ~used[first : step + 1, unit])
        running = called[first, unit] and not starts[first, unit]
        if found.size or running:
            start = first + int(found[0]) if found.size else first
            used[start, unit] = True
            leads.append(int(step) - start)
    hits, events, false = len(leads), int(onsets.sum()), float((starts & ~used).sum())
    quiet = float((~called & ~onsets).sum())
    return Skill(float(hits), float(events - hits), false, quiet), float(np.mean(leads)) if leads else float("nan")


def return_period(fired: Flags, known: Flags) -> float:
    """Return how many years lie between two firings on average, over the known years; infinite where it never fires.

    Examples
    --------
    >>> return_period(np.array([True, False, False, False]), np.ones(4, dtype=bool))
    4.0
    """
    fires = int((fired & known).sum())
    return float(known.sum()) / fires if fires else float("inf")


def _ratio(part: float, whole: float) -> float:
    """Return a ratio, NaN over nothing."""
    return part / whole if whole else float("nan")
