"""Worth of a project: net present value, rates of return, payback, and how much they hang on what is uncertain."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.optimize import brentq

from landbalance.core.errors import InputError
from landbalance.core.types import Array
from landbalance.finance.needs import crf

METHOD = "appraisal/1"
SCAN = np.concatenate([np.linspace(-0.99, 1.0, 400), np.linspace(1.01, 10.0, 300)])
TOLERANCE = 1e-12


@dataclass(frozen=True)
class Irr:
    """Internal rate of return: one root, several, or none; `sign_changes` bounds how many there can be."""

    status: Literal["one", "several", "none"]
    roots: tuple[float, ...]
    sign_changes: int

    @property
    def value(self) -> float | None:
        """Return the rate where there is exactly one."""
        return self.roots[0] if self.status == "one" else None


@dataclass(frozen=True)
class Payback:
    """Years until what was spent has come back, simple and discounted; None where it never does."""

    simple: float | None
    discounted: float | None


@dataclass(frozen=True)
class Switching:
    """By which share benefits, and costs, must change for the net present value to become zero."""

    benefits: float
    costs: float


def npv(flows: Sequence[float] | Array, rate: float) -> float:
    """Return the net present value; the first flow is not discounted.

    Raises
    ------
    InputError
        If the rate is -1 or less, or a flow is no number.

    Examples
    --------
    >>> round(npv([-1000, 300, 400, 500, 200], 0.10), 4)
    115.5659
    """
    flows = _flows(flows)
    return float(np.dot(flows, _factors(rate, len(flows))))


def irr(flows: Sequence[float] | Array) -> Irr:
    """Return the rates at which the net present value is zero, between -99 % and 1000 %.

    Examples
    --------
    >>> irr([-1000, 300, 400, 500, 200]).roots[0].__round__(6)
    0.153221
    >>> irr([-100, 230, -132]).status, irr([100, 50]).status
    ('several', 'none')
    """
    flows = _flows(flows)
    signs = np.sign(flows[flows != 0])
    changes = int(np.count_nonzero(np.diff(signs)))
    if not changes:
        return Irr("none", (), 0)
    scale = np.abs(flows).max()

    def value(rate: float) -> float:
        return float(np.dot(flows / scale, (1 + rate) ** -np.arange(len(flows), dtype=np.float64)))

    values = (1 + SCAN[:, None]) ** -np.arange(len(flows), dtype=np.float64) @ (flows / scale)
    roots = [float(rate) for rate, each in zip(SCAN, values, strict=True) if each == 0]
    turns = np.flatnonzero(values[:-1] * values[1:] < 0)
    roots += [float(brentq(value, SCAN[turn], SCAN[turn + 1], xtol=TOLERANCE, rtol=8.9e-16)) for turn in turns]
    roots.sort()
    return Irr("one" if len(roots) == 1 else "several" if roots else "none", tuple(roots), changes)


def mirr(flows: Sequence[float] | Array, finance_rate: float, reinvest_rate: float) -> float | None:
    """Return the modified internal rate of return; None where nothing is spent or nothing comes back.

    Examples
    --------
    >>> round(mirr([-1000, 300, 400, 500, 200], 0.10, 0.12), 6)
    0.139033
    """
    flows = _flows(flows)
    years = len(flows) - 1
    spent = npv(np.minimum(flows, 0), finance_rate)
    back = npv(np.maximum(flows, 0), reinvest_rate) * (1 + reinvest_rate) ** years
    return (back / -spent) ** (1 / years) - 1 if spent < 0 < back and years else None


def bcr(benefits: Sequence[float] | Array, costs: Sequence[float] | Array, rate: float) -> float | None:
    """Return present benefits over present costs, both gross; None without costs.

    Examples
    --------
    >>> round(bcr([0, 220], [100, 0], 0.10), 9)
    2.0
    """
    spent = npv(costs, rate)
    return npv(benefits, rate) / spent if spent else None


def nbir(benefits: Sequence[float], upkeep: Sequence[float], capital: Sequence[float], rate: float) -> float | None:
    """Return the net benefit for each unit of investment: (benefits - upkeep) over capital, all present values.

    Examples
    --------
    >>> round(nbir([0, 220], [0, 55], [100, 0], 0.10), 9)
    1.5
    """
    invested = npv(capital, rate)
    return (npv(benefits, rate) - npv(upkeep, rate)) / invested if invested else None


def payback(flows: Sequence[float] | Array, rate: float) -> Payback:
    """Return the years until the flows have paid back, straight inside the year of turning.

    Examples
    --------
    >>> payback([-1000, 300, 400, 500, 200], 0.10).simple
    2.6
    """
    flows = _flows(flows)
    return Payback(_turning(flows), _turning(flows * _factors(rate, len(flows))))


def eanb(flows: Sequence[float] | Array, rate: float) -> float:
    """Return the equal yearly amount worth as much as the flows.

    Examples
    --------
    >>> round(eanb([0, 100, 100], 0.10), 6)
    100.0
    """
    return npv(flows, rate) * crf(rate, len(flows) - 1)


def switching(benefits: Sequence[float] | Array, costs: Sequence[float] | Array, rate: float) -> Switching:
    """Return by which share benefits must fall, or costs rise, for the project to be worth nothing.

    Raises
    ------
    InputError
        If there are no benefits or no costs.

    Examples
    --------
    >>> round(switching([0, 220], [100, 0], 0.0).costs, 9)
    1.2
    """
    gained, spent = npv(benefits, rate), npv(costs, rate)
    if not gained or not spent:
        raise InputError(
            "the project has no benefits or no costs", hint="enter both before asking for switching values"
        )
    return Switching(spent / gained - 1, gained / spent - 1)


def degradation_path(value: float, rate: float, years: int) -> Array:
    """Return what land yields if nothing is done: value (1 - rate)^t for t = 0 .. years.

    Parameters
    ----------
    value : float
        Yield of today, in money a year.
    rate : float
        Share lost each year [0 to 1]; the country's own degradation rate where it is known.

    Raises
    ------
    InputError
        If the rate lies outside 0 to 1.

    Examples
    --------
    >>> degradation_path(100.0, 0.1, 2).round(6).tolist()
    [100.0, 90.0, 81.0]
    """
    if not 0 <= rate <= 1:
        raise InputError("the yearly loss is {rate}", rate=rate, hint="give a share from 0 to 1")
    return np.asarray(value * (1 - rate) ** np.arange(years + 1, dtype=np.float64))


def avoided_loss(value: float, rate: float, years: int) -> Array:
    """Return what is saved when the loss is stopped: value (1 - (1 - rate)^t).

    Examples
    --------
    >>> avoided_loss(100.0, 0.1, 2).round(6).tolist()
    [0.0, 10.0, 19.0]
    """
    return value - degradation_path(value, rate, years)


def tornado(
    worth: Callable[[Mapping[str, float]], float], ranges: Mapping[str, tuple[float, float, float]]
) -> list[tuple[str, float, float]]:
    """Return what the worth becomes at the low and the high end of each input, the widest first.

    Parameters
    ----------
    worth : callable
        Takes every input by name.
    ranges : mapping of str to (low, central, high)

    Examples
    --------
    >>> tornado(lambda at: at["a"] + 10 * at["b"], {"a": (0, 1, 2), "b": (0, 1, 2)})
    [('b', 1.0, 21.0), ('a', 10.0, 12.0)]
    """
    middle = {name: central for name, (_, central, _) in ranges.items()}
    bars = [
        (name, float(worth({**middle, name: low})), float(worth({**middle, name: high})))
        for name, (low, _, high) in ranges.items()
    ]
    return sorted(bars, key=lambda bar: (-abs(bar[2] - bar[1]), bar[0]))


def grid(
    worth: Callable[[Mapping[str, float]], float],
    middle: Mapping[str, float],
    across: tuple[str, Sequence[float]],
    down: tuple[str, Sequence[float]],
) -> Array:
    """Return the worth over a grid of two inputs, shape (down, across).

    Examples
    --------
    >>> grid(lambda at: at["a"] * at["b"], {"a": 1, "b": 1}, ("a", [1, 2]), ("b", [3, 4])).tolist()
    [[3.0, 6.0], [4.0, 8.0]]
    """
    return np.array(
        [[float(worth({**middle, across[0]: x, down[0]: y})) for x in across[1]] for y in down[1]], dtype=np.float64
    )


def equity_weights(incomes: Sequence[float], mean: float, eta: float) -> tuple[float, ...]:
    """Return distribution weights (mean / income)^eta.

    Examples
    --------
    >>> equity_weights([500.0, 1000.0], 1000.0, 1.0)
    (2.0, 1.0)
    """
    if min(incomes) <= 0 or mean <= 0:
        raise InputError("an income is {value}", value=min(*incomes, mean), hint="give incomes above zero")
    return tuple((mean / each) ** eta for each in incomes)


def plausibility(ratio: float | None, rate: float | None, *, most_ratio: float, most_rate: float) -> tuple[str, ...]:
    """Return what is hard to believe of a benefit-cost ratio and a rate of return.

    Examples
    --------
    >>> plausibility(45.0, 0.2, most_ratio=30.0, most_rate=0.6)
    ('a benefit-cost ratio of 45.0 is above 30: check benefits for double counting',)
    """
    doubts = []
    if ratio is not None and ratio > most_ratio:
        doubts.append(
            f"a benefit-cost ratio of {ratio:.1f} is above {most_ratio:g}: check benefits for double counting"
        )
    if rate is not None and rate > most_rate:
        doubts.append(f"a rate of return of {rate:.0%} is above {most_rate:.0%}: check costs and timing")
    return tuple(doubts)


def _turning(flows: Array) -> float | None:
    """Return the time at which the running sum turns from below zero for good to zero or more."""
    running = np.cumsum(flows)
    if running[0] >= 0:
        return 0.0
    below = np.flatnonzero(running < 0)
    last = int(below[-1])
    if last == len(running) - 1:
        return None
    return last + float(-running[last] / flows[last + 1])


def _factors(rate: float, count: int) -> Array:
    """Return the discount factors of periods 0 .. count - 1."""
    if rate <= -1 or not math.isfinite(rate):
        raise InputError("the rate is {rate}", rate=rate, hint="give a rate above -1, such as 0.10")
    return np.asarray((1 + rate) ** -np.arange(count, dtype=np.float64))


def _flows(flows: Sequence[float] | Array) -> Array:
    """Return flows as numbers, all known."""
    values = np.asarray(flows, dtype=np.float64)
    if values.ndim != 1 or not len(values) or not np.all(np.isfinite(values)):
        raise InputError("the flows are no row of known numbers", hint="give one number for each year")
    return values
