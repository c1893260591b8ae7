"""A national target shared out to provinces, to the last hectare (reporting B.7; methods 6.8)."""

import math
from collections.abc import Mapping

from landbalance.core.errors import InputError, RuleError

STEP_KM2 = 0.01  # a hectare


def share_out(
    total_km2: float,
    weights: Mapping[str, float],
    *,
    limits: Mapping[str, float] | None = None,
    step_km2: float = STEP_KM2,
) -> dict[str, float]:
    """Share an area out in proportion to weights, so that the parts add up to it exactly.

    Whole steps are given by largest remainder; a place that reaches its limit passes the rest on to the others.

    Parameters
    ----------
    total_km2 : float
        What is shared [km2], rounded to whole steps.
    weights : mapping of str to float
        Per place, such as its degraded land; at least 0, not all 0.
    limits : mapping of str to float, optional
        The most [km2] that a place can take.
    step_km2 : float
        The smallest share [km2].

    Returns
    -------
    dict of str to float
        Area [km2] per place, in the order of the weights.

    Raises
    ------
    InputError
        If the total or a weight is negative or none is positive.
    RuleError
        If the limits leave no room for the total.

    Examples
    --------
    >>> share_out(10.0, {"north": 1, "south": 1, "east": 1})
    {'north': 3.34, 'south': 3.33, 'east': 3.33}
    """
    _check(total_km2, weights)
    steps = round(total_km2 / step_km2)
    room = {place: _most(limits, place, step_km2, steps) for place in weights}
    given = dict.fromkeys(weights, 0)
    while (left := steps - sum(given.values())) > 0:
        open_places = {place: weight for place, weight in weights.items() if weight > 0 and given[place] < room[place]}
        if not open_places:
            raise RuleError(
                "{left:,.2f} km2 of {total:,.2f} km2 find no room",
                left=left * step_km2,
                total=total_km2,
                hint="raise the limits, weigh more places, or lower the target",
            )
        for place, more in _largest_remainder(left, open_places).items():
            given[place] = min(room[place], given[place] + more)
    return {place: round(count * step_km2, 9) for place, count in given.items()}


def parts_add_up(total_km2: float, parts: Mapping[str, float], *, tolerance_km2: float = STEP_KM2 / 2) -> float:
    """Return what the parts of provinces have over the national target [km2]; 0.0 where they add up.

    Examples
    --------
    >>> parts_add_up(100.0, {"north": 60.0, "south": 39.0})
    -1.0
    """
    excess = math.fsum(parts.values()) - total_km2
    return 0.0 if abs(excess) <= tolerance_km2 else excess


def _largest_remainder(count: int, weights: Mapping[str, float]) -> dict[str, int]:
    """Return whole shares of a count; equal remainders go to the earlier place."""
    total = math.fsum(weights.values())
    exact = {place: count * weight / total for place, weight in weights.items()}
    whole = {place: math.floor(share) for place, share in exact.items()}
    left = count - sum(whole.values())
    for place in sorted(weights, key=lambda place: whole[place] - exact[place])[:left]:
        whole[place] += 1
    return whole


def _most(limits: Mapping[str, float] | None, place: str, step_km2: float, steps: int) -> int:
    """Return how many steps a place can take."""
    if limits is None or place not in limits:
        return steps
    return max(0, math.floor(limits[place] / step_km2 + 1e-6))


def _check(total_km2: float, weights: Mapping[str, float]) -> None:
    """Refuse what cannot be shared."""
    if not (total_km2 >= 0 and math.isfinite(total_km2)):
        raise InputError("{total} km2 cannot be shared out", total=total_km2, hint="give an area of at least 0")
    wrong = {place: weight for place, weight in weights.items() if not (weight >= 0 and math.isfinite(weight))}
    if wrong or not any(weights.values()):
        raise InputError(
            "these weights cannot share anything: {wrong}",
            wrong=wrong or dict(weights),
            hint="give at least one positive weight and none below 0",
        )
