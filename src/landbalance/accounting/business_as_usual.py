"""What happens if all goes on as before: degraded land to a target year, with an interval (methods 6.5)."""

from dataclasses import dataclass
from functools import cache
from math import sqrt
from statistics import NormalDist

from landbalance.core.errors import InputError
from landbalance.core.tables import toml_table

FEWEST_PIECES = 1e-6  # below, nothing is known of a rate


@dataclass(frozen=True)
class ProjectionRules:
    """How sure a rate is: land that moves together [km2], and the level [1] of the interval."""

    patch_km2: float
    level: float


@cache
def projection_rules() -> ProjectionRules:
    """Return the rules of the package."""
    table = toml_table("planning/projection")
    return ProjectionRules(table["patch_km2"], table["level"])


@dataclass(frozen=True)
class Projection:
    """Degraded land [km2] to a target year, all going on as before.

    Parameters
    ----------
    baseline_km2, now_km2, total_km2 : float
        Degraded at the baseline and now, and all land, on the common mask.
    rate_km2 : float
        Change a year.
    projected_km2, low_km2, high_km2 : float
        At the target year, and its interval; never below 0 or above all land.
    shortfall_km2 : float
        What the target year has over the baseline.
    new_loss_km2 : float
        Land not degraded now that will degrade by the target year, in gross.
    risk, risk_low, risk_high : float
        Share [1] of the land not degraded now that will degrade by the target year.
    """

    baseline_km2: float
    now_km2: float
    total_km2: float
    rate_km2: float
    projected_km2: float
    low_km2: float
    high_km2: float
    shortfall_km2: float
    new_loss_km2: float
    risk: float
    risk_low: float
    risk_high: float


def business_as_usual(
    *,
    baseline_km2: float,
    now_km2: float,
    total_km2: float,
    baseline_year: int,
    now_year: int,
    target_year: int,
    newly_km2: float | None = None,
    rules: ProjectionRules | None = None,
) -> Projection:
    """Project degraded land in a straight line, and new losses as a share of the land that is left.

    Parameters
    ----------
    baseline_km2, now_km2 : float
        Degraded land at the baseline and now, on the common mask.
    total_km2 : float
        All land of the common mask.
    baseline_year, now_year, target_year : int
        When each holds; the years of the states, not the first and last year of the baseline period.
    newly_km2 : float, optional
        Land that was not degraded at the baseline and is now; the net growth when not given.
    rules : ProjectionRules, optional
        How sure the rate is; those of the package by default.

    Raises
    ------
    InputError
        If the years do not follow one another, or an area is impossible.

    Notes
    -----
    The straight line is `now + rate (target - now)`. The risk is `1 - (1 - q)^(years ahead / years seen)`, q being the
    share of good land that degraded in the years seen. The interval takes the rate as a share of `total / patch`
    independent pieces: the Wilson interval for the risk, and the same for the net rate.

    Examples
    --------
    >>> found = business_as_usual(baseline_km2=100, now_km2=116, total_km2=1000, baseline_year=2015, now_year=2023,
    ...     target_year=2030)
    >>> found.rate_km2, found.projected_km2, found.shortfall_km2
    (2.0, 130.0, 30.0)
    """
    _check(baseline_km2, now_km2, total_km2, (baseline_year, now_year, target_year))
    rules = rules or projection_rules()
    seen, ahead = now_year - baseline_year, target_year - now_year
    rate = (now_km2 - baseline_km2) / seen
    projected = min(max(now_km2 + rate * ahead, 0.0), total_km2)
    newly = max(0.0, now_km2 - baseline_km2) if newly_km2 is None else newly_km2
    healed = newly - (now_km2 - baseline_km2)
    good = max(total_km2 - baseline_km2, 0.0)
    share = min(newly / good, 1.0) if good > 0 else 0.0
    low, high = _wilson(share, good / rules.patch_km2, rules.level)
    mended = min(max(healed / baseline_km2, 0.0), 1.0) if baseline_km2 > 0 else 0.0
    healing = _wilson(mended, baseline_km2 / rules.patch_km2, rules.level)
    spread = [(low * good - healing[1] * baseline_km2) / seen, (high * good - healing[0] * baseline_km2) / seen]
    ends = [min(max(now_km2 + each * ahead, 0.0), total_km2) for each in spread]
    risks = [1.0 - (1.0 - each) ** (ahead / seen) for each in (share, low, high)]
    left = max(total_km2 - now_km2, 0.0)
    return Projection(
        *(baseline_km2, now_km2, total_km2, rate, projected, min(*ends, projected), max(*ends, projected)),
        *(max(0.0, projected - baseline_km2), risks[0] * left, *risks),
    )


def _wilson(share: float, pieces: float, level: float) -> tuple[float, float]:
    """Return the Wilson interval of a share seen in so many independent pieces; all that is possible without any."""
    if pieces < FEWEST_PIECES:
        return 0.0, 1.0
    z = NormalDist().inv_cdf(0.5 + level / 2)
    whole = 1 + z * z / pieces
    centre = (share + z * z / (2 * pieces)) / whole
    half = z * sqrt(share * (1 - share) / pieces + z * z / (4 * pieces * pieces)) / whole
    return max(0.0, min(centre - half, share)), min(1.0, max(centre + half, share))


def _check(baseline_km2: float, now_km2: float, total_km2: float, years: tuple[int, int, int]) -> None:
    """Refuse years out of order and areas that cannot be."""
    if not years[0] < years[1] < years[2]:
        raise InputError(
            "the baseline holds for {first}, the last period for {now}, the target for {target}",
            first=years[0],
            now=years[1],
            target=years[2],
            hint="give a target year after the last period",
        )
    most = total_km2 * (1 + 1e-9) + 1e-9
    if not (0 <= baseline_km2 <= most and 0 <= now_km2 <= most):
        raise InputError(
            "{baseline} and {now} km2 are degraded of {total} km2",
            baseline=baseline_km2,
            now=now_km2,
            total=total_km2,
            hint="count both on the common mask",
        )
