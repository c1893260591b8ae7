"""Which losses reserves, contingent credit and insurance should bear: by how often they come, by what is cheapest."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from landbalance.core.errors import InputError
from landbalance.core.types import Array


@dataclass(frozen=True)
class Costs:
    """What each way to pay for a loss costs beyond the loss itself.

    Parameters
    ----------
    reserve : float
        Earnings given up a year on money kept ready [1].
    credit_fee, credit : float
        Fee a year on credit not drawn, and present interest on credit drawn [1].
    multiple : float
        Premium over the expected payout.
    """

    reserve: float
    credit_fee: float
    credit: float
    multiple: float


@dataclass(frozen=True)
class RiskLayer:
    """Losses between two levels: return period of the lower one, yearly mean, the way advised, the cheapest, costs."""

    low: float
    high: float
    return_period: float
    expected: float
    advised: str
    cheapest: str
    costs: tuple[tuple[str, float], ...]


def layers(
    payout_by_return: Sequence[tuple[float, float]], *, reserve_below: float, credit_below: float
) -> dict[str, float]:
    """Return which part of the expected payouts reserves, contingent credit and insurance should bear.

    Parameters
    ----------
    payout_by_return : sequence of (return period [years], expected payout a year)
    reserve_below, credit_below : float
        Return periods up to which reserves, then credit, are advised.

    Examples
    --------
    >>> layers([(3, 5.0), (7, 3.0), (20, 2.0)], reserve_below=5, credit_below=10)
    {'reserves': 5.0, 'credit': 3.0, 'insurance': 2.0}
    """
    parts = {"reserves": 0.0, "credit": 0.0, "insurance": 0.0}
    for period, amount in payout_by_return:
        parts[_advised(period, reserve_below, credit_below)] += amount
    return parts


def loss_layers(losses: Array, costs: Costs, *, reserve_below: float, credit_below: float) -> tuple[RiskLayer, ...]:
    """Return past losses cut where reserves, then credit, end, with what each way to bear a layer costs a year.

    Raises
    ------
    InputError
        If return periods do not rise from above one.

    Examples
    --------
    >>> costs = Costs(reserve=0.08, credit_fee=0.005, credit=0.15, multiple=1.6)
    >>> [layer.expected for layer in loss_layers(np.arange(20.0), costs, reserve_below=5, credit_below=10)]
    [9.0, 0.35, 0.15]
    """
    if not 1 < reserve_below < credit_below:
        raise InputError(
            "reserves end at 1 in {first}, credit at 1 in {second} years", first=reserve_below, second=credit_below,
            hint="both lie above 1, the second above the first",
        )  # fmt: skip
    cuts = np.quantile(losses, [1 - 1 / reserve_below, 1 - 1 / credit_below], method="inverted_cdf")
    levels = [0.0, *(float(cut) for cut in cuts), float(losses.max())]
    periods = (1.0, reserve_below, credit_below)
    found = []
    for low, high, period in zip(levels, levels[1:], periods, strict=False):
        if high > low:
            mean = float(np.clip(losses - low, 0, high - low).mean())
            ways = _costs(high - low, mean, costs)
            cheapest = min(ways, key=lambda name: ways[name])
            advised = _advised(period, reserve_below, credit_below)
            found.append(RiskLayer(low, high, period, mean, advised, cheapest, tuple(ways.items())))
    return tuple(found)


def _costs(height: float, mean: float, costs: Costs) -> dict[str, float]:
    """Return what bearing a layer costs a year beyond its losses, by way."""
    return {
        "reserves": height * costs.reserve,
        "credit": height * costs.credit_fee + mean * costs.credit,
        "insurance": mean * (costs.multiple - 1),
    }


def _advised(period: float, reserve_below: float, credit_below: float) -> str:
    """Return the way advised for losses that come once in so many years."""
    return "reserves" if period < reserve_below else "credit" if period < credit_below else "insurance"
