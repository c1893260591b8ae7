"""How far the money of an allocation moves when exponents and weights are a little off."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from landbalance.finance.desk import COMPONENTS, CountryInput, Regime, drought_weight, share_out
from landbalance.finance.star import Swing


def sensitivity(
    rules: Regime,
    countries: Sequence[CountryInput],
    step: float = 0.2,
    *,
    variant: str = "",
    weight: float | None = None,
) -> tuple[Swing, ...]:
    """Return how far money moves when exponents and weights go up and down by a share, the widest first.

    Parameters
    ----------
    variant, weight
        As in `share_out`; with a variant the weight of drought is moved too.

    Examples
    --------
    >>> from landbalance.finance.desk import regime
    >>> rows = [CountryInput("AAA", "ldc", 3.0, 500, 9, 1, 1), CountryInput("BBB", "other", 3.5, 900, 1, 5, 1)]
    >>> sensitivity(replace(regime("gef-6"), ceiling_share=1.0), rows)[0].name
    'weight of dryland'
    """
    drought = drought_weight(variant) if variant and weight is None else weight
    base = np.array(share_out(rules, countries, variant, drought).allocation.amounts)
    ends = [(name, (low, drought), (high, drought)) for name, low, high in _nudged(rules, step)]
    if variant and drought is not None:
        ends.append(("weight of drought", (rules, drought * (1 - step)), (rules, min(1.0, drought * (1 + step)))))
    swings = []
    for name, *both in ends:
        found = [np.array(share_out(each, countries, variant, at).allocation.amounts) for each, at in both]
        moved = [float(np.abs(end - base).sum() / 2) for end in found]
        swings.append(Swing(name, 1 - step, 1 + step, moved[0], moved[1]))
    return tuple(sorted(swings, key=lambda swing: -max(swing.moved_low, swing.moved_high)))


def _nudged(rules: Regime, step: float) -> list[tuple[str, Regime, Regime]]:
    """Return the regime with each exponent and weight lower and higher; weights keep their sum."""
    found = []
    for place, name in enumerate(("performance", "benefits", "income")):
        ends = []
        for factor in (1 - step, 1 + step):
            values = list(rules.exponents)
            values[place] *= factor
            ends.append(replace(rules, exponents=(values[0], values[1], values[2])))
        found.append((f"exponent of {name}", ends[0], ends[1]))
    for name in COMPONENTS:
        ends = []
        for factor in (1 - step, 1 + step):
            weights = {**rules.weights, name: rules.weights[name] * factor}
            total = sum(weights.values())
            ends.append(replace(rules, weights={each: weight / total for each, weight in weights.items()}))
        found.append((f"weight of {name}", ends[0], ends[1]))
    return found
