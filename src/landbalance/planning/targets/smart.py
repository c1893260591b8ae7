"""Whether a target is specific, measurable, achievable, relevant and bound in time (reporting B.10)."""

from dataclasses import dataclass

from landbalance.planning.targets.claim import TargetClaim

UNMEASURED_TYPES = ("policy_milestone",)
HAS_START = ("area_action", "area_outcome", "capacity", "finance", "policy_milestone", "neutrality", "net_gain")


@dataclass(frozen=True)
class SmartScore:
    """One point for each letter, and what is missing for the others.

    Parameters
    ----------
    specific, measurable, achievable, relevant, time_bound : bool
        The five letters.
    missing : tuple of str
        Names of what is missing, in the order of the letters.
    """

    specific: bool
    measurable: bool
    achievable: bool
    relevant: bool
    time_bound: bool
    missing: tuple[str, ...]

    @property
    def points(self) -> int:
        """Return the score, 0 to 5."""
        return sum((self.specific, self.measurable, self.achievable, self.relevant, self.time_bound))


def smart_score(claim: TargetClaim) -> SmartScore:
    """Return the SMART score of a target.

    Specific needs place, land type and action; measurable a number, its unit and its start; achievable a lead, finance
    and a check against business as usual; relevant a driver and a hotspot; time-bound a year.

    Examples
    --------
    >>> score = smart_score(TargetClaim(target_id="t", target_type="area_action", target_year=2030,
    ...     declared_area_km2=10.0, spatial_mode="polygon", land_types=("dry grass",), actions=("grazing plan",)))
    >>> score.points, score.missing
    (3, ('lead', 'finance', 'check against business as usual', 'driver', 'hotspot'))
    """
    needs = _needs(claim)
    missing = tuple(name for letter in needs for name, given in letter if not given)
    specific, measurable, achievable, relevant, time_bound = (all(given for _, given in letter) for letter in needs)
    return SmartScore(specific, measurable, achievable, relevant, time_bound, missing)


def _needs(claim: TargetClaim) -> tuple[tuple[tuple[str, bool], ...], ...]:
    """Return what each letter asks for and whether it is given."""
    nationwide = claim.scope == "national"
    has_area = claim.promised_km2 is not None
    has_number = has_area or claim.target_value is not None or claim.target_type in ("neutrality", "halt", "keep")
    needs_land = claim.target_type not in ("policy_milestone", "capacity", "finance")
    return (
        (
            ("place", nationwide or claim.spatial_mode not in ("none", "declared_area") or not needs_land),
            ("land type", nationwide or bool(claim.land_types or claim.parts) or not needs_land),
            ("action", bool(claim.actions)),
        ),
        (
            ("number", has_number or claim.target_type in UNMEASURED_TYPES),
            ("unit", has_area or bool(claim.unit) or claim.target_type in UNMEASURED_TYPES),
            ("start value", claim.target_type in HAS_START or claim.start_value is not None),
        ),
        (
            ("lead", bool(claim.lead)),
            ("finance", claim.need_usd is not None),
            ("check against business as usual", claim.has_bau_check),
        ),
        (("driver", bool(claim.drivers)), ("hotspot", bool(claim.hotspots))),
        (("target year", claim.target_year is not None),),
    )
