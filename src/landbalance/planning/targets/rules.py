"""How progress is judged: dated thresholds that a country may change as data."""

from dataclasses import dataclass, fields
from functools import cache

from landbalance.core.tables import toml_table


@dataclass(frozen=True)
class TargetRules:
    """Thresholds of the judgement of targets; `core/data/planning/target_rules.toml` says what each means.

    Parameters
    ----------
    lag_years_reverse, lag_years_reduce : int
        Years from a measure to its effect on the map.
    treated_share, improved_share : float
        Progress [1] of action from which, and of outcome to which, land counts as treated but not improved.
    partial_share : float
        Progress [1] from which a target is partially achieved after its year.
    keep_tolerance, keep_failure : float
        Share [1] of the start value that still counts as held; fall at which progress of "keep" is zero.
    halt_tolerance : float
        Yearly rate that counts as zero.
    on_track, slightly_late, late : float
        Lower edges [1] of the traffic lights, in progress over expected progress.
    least_loss_share : float
        Share [1] of the degraded land of the baseline that is the least loss to be expected: what business as usual
        brings is never taken as less.
    response_mix : float
        Share [1] of degraded land that does not fit the response.
    sliver_km2 : float
        Pieces of an overlay below it are merged into a neighbour.
    smart_pass : int
        Points of 5 that a target needs to be validated.
    milestones_after_years : int
        A longer target needs milestones.
    """

    lag_years_reverse: int
    lag_years_reduce: int
    treated_share: float
    improved_share: float
    partial_share: float
    keep_tolerance: float
    keep_failure: float
    halt_tolerance: float
    on_track: float
    slightly_late: float
    late: float
    least_loss_share: float
    response_mix: float
    sliver_km2: float
    smart_pass: int
    milestones_after_years: int

    def lag_years(self, response: str) -> int:
        """Return the lag of a response; land that is only kept shows at once."""
        return {"reverse": self.lag_years_reverse, "reduce": self.lag_years_reduce}.get(response, 0)


@cache
def target_rules() -> TargetRules:
    """Return the rules of the package.

    Examples
    --------
    >>> target_rules().lag_years("reverse")
    5
    """
    table = toml_table("planning/target_rules")
    return TargetRules(**{field.name: table[field.name] for field in fields(TargetRules)})
