"""What is known of a target in a year."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class LandTypeNet:
    """Gains less losses of one land type [km2]."""

    land_type: str
    net_km2: float


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """What is known of a target in a year; None where it is not.

    Parameters
    ----------
    year : int
        When it holds.
    value, low, high : float or None
        Latest value of the indicator [unit of the target], and the ends of its band.
    action_km2 : float or None
        Land under the action, each piece once.
    action_year : int or None
        When most of it was treated.
    outcome_km2, outcome_low_km2, outcome_high_km2 : float or None
        Land of the target that improved on the map, and its band.
    degraded_km2, baseline_degraded_km2 : float or None
        Degraded land now and at the baseline, on the common mask.
    expected_loss_km2 : float or None
        New degraded land that was to be expected by now without action.
    nets : tuple of LandTypeNet
        Balance per land type.
    """

    year: int
    value: float | None = None
    low: float | None = None
    high: float | None = None
    action_km2: float | None = None
    action_year: int | None = None
    outcome_km2: float | None = None
    outcome_low_km2: float | None = None
    outcome_high_km2: float | None = None
    degraded_km2: float | None = None
    baseline_degraded_km2: float | None = None
    expected_loss_km2: float | None = None
    nets: tuple[LandTypeNet, ...] = ()


def expected_loss_km2(seen: Sequence[tuple[int, float]]) -> float | None:
    """Return the new degraded land that was to be expected by the last year without action [km2].

    Business as usual is the first change that was seen, carried on at the same pace; where one change alone was seen,
    all of it was to be expected.

    Parameters
    ----------
    seen : sequence of (int, float)
        Year and degraded land [km2], the baseline first.

    Returns
    -------
    float or None
        None where no change was seen; below 0 where land got better at first.

    Examples
    --------
    >>> expected_loss_km2([(2015, 200.0), (2019, 210.0), (2023, 215.0)])
    20.0
    >>> expected_loss_km2([(2015, 200.0), (2023, 215.0)]), expected_loss_km2([(2015, 200.0)])
    (15.0, None)
    """
    if len(seen) < 2:
        return None
    (first, before), (second, after), (last, _) = seen[0], seen[1], seen[-1]
    return (after - before) / (second - first) * (last - first)
