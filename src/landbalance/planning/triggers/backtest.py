"""Back-test a trigger: choose its threshold without the year it is tried on, with intervals and baselines beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from landbalance.core.errors import InputError, RuleError
from landbalance.core.types import Array
from landbalance.planning.triggers.skill import Skill, always, climatology, return_period

Float = NDArray[np.float64]
Interval = tuple[float, float]
_LEVEL = (0.025, 0.975)
_LEAST_YEARS = 10


@dataclass(frozen=True)
class Backtest:
    """What a back-test found.

    Parameters
    ----------
    threshold : float
        Chosen on all years: the best critical success index within the limit of false alarms.
    skill : Skill
        Each year tried with the threshold of the other years.
    hindsight : Skill
        The chosen threshold on all years: what a careless test would report.
    intervals : mapping of str to (float, float)
        95 % of "pod", "far", "csi" and "threshold", from resampled years.
    constant, climatology : Skill
        Calling always, and calling at random as often as events come.
    return_period : float
        Years between two firings of a unit.
    within_limit : bool
        Whether any threshold kept the limit of false alarms; if not, the one with the fewest was taken.
    fold_thresholds : ndarray of float64, shape (year,)
        Threshold each year was tried with.
    called, came : ndarray of int8, shape (year, unit)
        1 called and came, 0 not, -1 no call and unknown.
    thresholds, curve_pod, curve_far, curve_csi : ndarray of float64, shape (threshold,)
        Skill of every threshold on all years.
    """

    threshold: float
    skill: Skill
    hindsight: Skill
    intervals: Mapping[str, Interval]
    constant: Skill
    climatology: Skill
    return_period: float
    within_limit: bool
    fold_thresholds: Float
    called: NDArray[np.int8]
    came: NDArray[np.int8]
    thresholds: Float
    curve_pod: Float
    curve_far: Float
    curve_csi: Float

    def by_year(self) -> NDArray[np.int64]:
        """Return hits, misses, false alarms and cases without a call of each year, shape (year, 4)."""
        known = self.came >= 0
        called, came = self.called == 1, self.came == 1
        counted = (called & came, ~called & came, called & ~came)
        columns = [(each & known).sum(axis=1) for each in counted] + [(~known).sum(axis=1)]
        return np.stack(columns, axis=1).astype(np.int64)


@dataclass(frozen=True)
class _Counts:
    """Hits, false alarms and events by year and threshold."""

    hits: Float  # (year, threshold)
    false: Float
    events: Float  # (year,)


def backtest(
    index: Array, events: Array, *, rng: np.random.Generator, thresholds: Sequence[float] | None = None,
    most_false: float = 0.5, resamples: int = 200,
) -> Backtest:  # fmt: skip
    """Back-test the trigger "index at or below a threshold" against events.

    Parameters
    ----------
    index : ndarray of float, shape (year, unit) or (year,)
        What is known when the call is made; NaN gives no call.
    events : ndarray of float or bool, shape as `index`
        1 where the event came, 0 where not, NaN unknown.
    rng : numpy.random.Generator
        For resampling years.
    thresholds : sequence of float, optional
        Tried values; -2.5 to 0 in steps of 0.05 when not given.
    most_false : float
        Largest false alarm ratio, 0 to 1.
    resamples : int
        Resampled sets of years.

    Returns
    -------
    Backtest

    Raises
    ------
    InputError
        If the shapes differ or there are too few years.
    RuleError
        If there is no event, or no threshold ever fires, or every one always does.

    References
    ----------
    .. [1] Wilks, D.S. (2011), Statistical methods in the atmospheric sciences, 3rd edition, chapter 8.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> rain = rng.standard_normal((60, 4))
    >>> found = backtest(rain, rain + 0.4 * rng.standard_normal((60, 4)) < -1, rng=rng, resamples=50)
    >>> found.skill.csi > found.climatology.csi, found.skill.csi <= found.hindsight.csi
    (True, True)
    """
    values, came, known = _checked(index, events)
    tried = np.sort(np.arange(-2.5, 0.001, 0.05) if thresholds is None else np.asarray(thresholds, dtype=np.float64))
    counts = _count(values, came, known, tried)
    _refuse_idle(counts, known)
    ones = np.ones((1, len(values)))
    best, within = _choose(counts, ones.sum(axis=0), most_false)
    folds = _folds(counts, ones, most_false)[0]
    called = values <= tried[folds][:, None]
    whole = _skill_of(counts, np.full(len(values), best), ones, known)[0]
    tested = _skill_of(counts, folds, ones, known)[0]
    cases = float(known.sum())
    share = float(counts.events.sum()) / cases
    total = counts.hits.sum(axis=0), counts.false.sum(axis=0), counts.events.sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        curves = total[0] / total[2], total[1] / (total[0] + total[1]), total[0] / (total[2] + total[1])
    return Backtest(
        threshold=float(tried[best]),
        skill=tested,
        hindsight=whole,
        intervals=_intervals(counts, known, tried, most_false, _weights(rng, len(values), resamples)),
        constant=always(share, cases),
        climatology=climatology(share, cases),
        return_period=return_period(values <= tried[best], known),
        within_limit=within,
        fold_thresholds=tried[folds],
        called=np.where(np.isnan(values), -1, called).astype(np.int8),
        came=np.where(known, came, -1).astype(np.int8),
        thresholds=tried,
        curve_pod=curves[0],
        curve_far=curves[1],
        curve_csi=curves[2],
    )


def _checked(index: Array, events: Array) -> tuple[Float, NDArray[np.bool_], NDArray[np.bool_]]:
    """Return index, events and where both are known, as (year, unit)."""
    values, outcome = np.asarray(index, dtype=np.float64), np.asarray(events, dtype=np.float64)
    if values.shape != outcome.shape:
        raise InputError(
            "the index has shape {index}, the events have {events}", index=values.shape, events=outcome.shape,
            hint="give both for the same years and units",
        )  # fmt: skip
    if values.ndim == 1:
        values, outcome = values[:, None], outcome[:, None]
    known = np.isfinite(values) & np.isfinite(outcome)
    years = int(known.any(axis=1).sum())
    if years < _LEAST_YEARS:
        raise InputError(
            "a back-test of {years} years says nothing",
            years=years,
            hint="give at least {least_years} years",
            least_years=_LEAST_YEARS,
        )
    return values, known & (outcome > 0.5), known


def _count(values: Float, came: NDArray[np.bool_], known: NDArray[np.bool_], tried: Float) -> _Counts:
    """Return hits and false alarms of every year at every threshold."""
    place = np.searchsorted(tried, np.where(known, values, np.inf), side="left")  # fires from this threshold on
    years = np.broadcast_to(np.arange(len(values))[:, None], values.shape)
    size = len(tried) + 1
    flat = years * size + place

    def summed(where: NDArray[np.bool_]) -> Float:
        found = np.bincount(flat[where], minlength=len(values) * size).reshape(len(values), size)
        return np.cumsum(found, axis=1)[:, :-1].astype(np.float64)

    return _Counts(summed(came), summed(known & ~came), came.sum(axis=1).astype(np.float64))


def _refuse_idle(counts: _Counts, known: NDArray[np.bool_]) -> None:
    """Refuse a trigger that tells nothing apart."""
    if counts.events.sum() == 0:
        raise RuleError("no event is among the known years", hint="check the events, or lower what counts as one")
    if counts.events.sum() == known.sum():
        raise RuleError("every known case is an event", hint="raise what counts as one")
    fired = counts.hits.sum(axis=0) + counts.false.sum(axis=0)
    if fired[-1] == 0:
        raise RuleError("the trigger never fires at any of the thresholds", hint="try higher thresholds")
    if fired[0] == known.sum():
        raise RuleError("the trigger always fires, at every threshold", hint="try lower thresholds")


def _choose(counts: _Counts, weights: Float, most_false: float) -> tuple[int, bool]:
    """Return the best threshold on weighted years, and whether it keeps the limit."""
    hits, false, events = weights @ counts.hits, weights @ counts.false, weights @ counts.events
    best, kept = _best(hits[None], false[None], np.atleast_1d(events)[:, None], most_false)
    return int(best[0]), bool(kept[0])


def _best(hits: Float, false: Float, events: Float, most_false: float) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Return the threshold of each row with the best critical success index within the limit; else the fewest false."""
    fired = hits + false
    csi = hits / np.maximum(events + false, 1e-12)
    ratio = np.where(fired > 0, false / np.maximum(fired, 1e-12), 1.0)
    allowed = (ratio <= most_false + 1e-12) & (fired > 0)
    score = np.where(allowed, csi, -1.0)
    kept = allowed.any(axis=-1)
    fallback = np.argmin(ratio - 1e-9 * csi, axis=-1)
    return np.where(kept, score.argmax(axis=-1), fallback), np.asarray(kept)


def _folds(counts: _Counts, weights: Float, most_false: float) -> NDArray[np.intp]:
    """Return, for each set of weights and each year, the threshold chosen without that year, shape (set, year)."""
    chosen = np.empty(weights.shape, dtype=np.intp)
    for row, weight in enumerate(weights):
        own = weight[:, None]
        hits = weight @ counts.hits - own * counts.hits
        false = weight @ counts.false - own * counts.false
        events = (weight @ counts.events - weight * counts.events)[:, None]
        chosen[row] = _best(hits, false, events, most_false)[0]
    return chosen


def _skill_of(counts: _Counts, folds: NDArray[np.intp], weights: Float, known: NDArray[np.bool_]) -> list[Skill]:
    """Return the skill of each set of weighted years, each year with its own threshold."""
    chosen = np.broadcast_to(folds, weights.shape)
    years = np.arange(weights.shape[1])
    cases, missing = known.sum(axis=1), (~known).sum(axis=1)
    found = []
    for weight, places in zip(weights, chosen, strict=True):
        hits, false = weight @ counts.hits[years, places], weight @ counts.false[years, places]
        events = weight @ counts.events
        quiet = weight @ cases - events - false
        found.append(Skill(float(hits), float(events - hits), float(false), float(quiet), float(weight @ missing)))
    return found


def _weights(rng: np.random.Generator, years: int, resamples: int) -> Float:
    """Return how often each year stands in each resampled set."""
    drawn = rng.integers(0, years, size=(resamples, years))
    return np.stack([np.bincount(row, minlength=years) for row in drawn]).astype(np.float64)


def _intervals(
    counts: _Counts, known: NDArray[np.bool_], tried: Float, most_false: float, weights: Float
) -> dict[str, Interval]:
    """Return 95 % intervals from resampled years, the threshold chosen anew in each."""
    skills = _skill_of_sets(counts, known, most_false, weights)
    best = np.array([tried[_choose(counts, weight, most_false)[0]] for weight in weights])
    values = {name: np.array([getattr(each, name) for each in skills]) for name in ("pod", "far", "csi")}
    values["threshold"] = best
    return {name: _quantiles(each) for name, each in values.items()}


def _skill_of_sets(counts: _Counts, known: NDArray[np.bool_], most_false: float, weights: Float) -> list[Skill]:
    """Return the left-one-out skill of each resampled set."""
    return _skill_of(counts, _folds(counts, weights, most_false), weights, known)


def _quantiles(values: Float) -> Interval:
    """Return the ends of the interval, over the sets where the figure exists."""
    known = values[np.isfinite(values)]
    if known.size == 0:
        return float("nan"), float("nan")
    low, high = np.quantile(known, _LEVEL)
    return float(low), float(high)
