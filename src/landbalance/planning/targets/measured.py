"""What is known of a target in a year."""

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
