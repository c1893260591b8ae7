"""What one more hectare, or tonne, costs: practices side by side, the cheapest first."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from landbalance.core.errors import InputError

METHOD = "cost-curve/1"
Per = Literal["hectare", "tonne"]


@dataclass(frozen=True)
class Measure:
    """A way to treat land: hectares, what they cost over its life, and tonnes of carbon; None where not known."""

    name: str
    hectares: float
    cost: float
    tonnes: float | None = None

    def amount(self, per: Per) -> float | None:
        """Return hectares or tonnes."""
        return self.hectares if per == "hectare" else self.tonnes


@dataclass(frozen=True)
class CostStep:
    """One step of the curve: cost of a unit, from where to where it goes, and what all up to here cost."""

    name: str
    unit_cost: float
    start: float
    end: float
    total_cost: float


@dataclass(frozen=True)
class CostCurve:
    """The steps, the cheapest first, and what is left out because it brings nothing of what is counted."""

    per: Per
    steps: tuple[CostStep, ...]
    left_out: tuple[str, ...]


def cost_curve(measures: Sequence[Measure], per: Per = "hectare") -> CostCurve:
    """Return measures by what a unit of them costs; those of one name are taken together.

    Raises
    ------
    InputError
        If there is no measure, or hectares or tonnes are below zero.

    Examples
    --------
    >>> found = cost_curve([Measure("bunds", 10, 5000), Measure("grazing", 30, 3000), Measure("bunds", 5, 1000)])
    >>> [(each.name, each.unit_cost, each.end, each.total_cost) for each in found.steps]
    [('grazing', 100.0, 30.0, 3000.0), ('bunds', 400.0, 45.0, 9000.0)]
    """
    if not measures:
        raise InputError("there is nothing to put on a cost curve", hint="give practices with hectares and costs")
    together: dict[str, list[Measure]] = {}
    for each in measures:
        if each.hectares < 0 or (each.tonnes or 0.0) < 0:
            raise InputError("{name} has an amount below zero", name=each.name, hint="give no negative number")
        together.setdefault(each.name, []).append(each)
    found, left_out = [], []
    for name, group in together.items():
        amounts = [each.amount(per) for each in group]
        amount = math.fsum(each for each in amounts if each is not None)
        if amount > 0 and None not in amounts:
            found.append((math.fsum(each.cost for each in group) / amount, name, amount))
        else:
            left_out.append(name)
    steps: list[CostStep] = []
    end = spent = 0.0
    for unit, name, amount in sorted(found):
        steps.append(CostStep(name, unit, end, end + amount, spent + unit * amount))
        end, spent = steps[-1].end, steps[-1].total_cost
    return CostCurve(per, tuple(steps), tuple(sorted(left_out)))
