"""What share of an activity counts for land: the reviewer first, then the marker, the sectors, the budget tag."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from landbalance.core.dated import Dated, dated_values
from landbalance.core.errors import InputError
from landbalance.core.tables import csv_table

METHOD = "land-coefficient/1"
DAC_5_DIGIT = "1"


@dataclass(frozen=True)
class Split:
    """One share of an activity: a code of a vocabulary (sector, country) and its share [0..1]."""

    vocabulary: str
    code: str
    share: float


@dataclass(frozen=True)
class Coefficient:
    """What share of an activity counts [0..1; None unknown], by which rule, how sure, and what contradicts it.

    `method` is "reviewer", "marker", "sector", "budget" or "unknown"; `conflicts` names "marker-0-sector-high",
    "marker-2-sector-none" or "unscreened".
    """

    value: float | None
    method: str
    confidence: float
    conflicts: tuple[str, ...] = ()


def coefficient(
    *,
    marker: int | None = None,
    sectors: Sequence[Split] = (),
    reviewed: float | None = None,
    budget_share: float | None = None,
    parameters: Mapping[str, Dated] | None = None,
    purposes: Mapping[str, float] | None = None,
) -> Coefficient:
    """Return the land coefficient of one activity; a text suggestion is no argument, for it never counts.

    Parameters
    ----------
    marker : int or None
        Significance of the desertification marker, 0 to 3; None where it was not screened, which is not 0.
    sectors : sequence of Split
        Sector split; only DAC five-digit purposes have a land share.
    reviewed : float or None
        Share a reviewer decided [1].
    budget_share : float or None
        Share of a tagged budget line [1].
    parameters, purposes : mapping, optional
        National values; the packaged ones where left out.

    Returns
    -------
    Coefficient

    Raises
    ------
    InputError
        If a share lies outside 0 to 1, or the marker outside 0 to 3.

    References
    ----------
    .. [1] European Commission, tracking by Rio marker; OECD DAC, Rio markers handbook.

    Examples
    --------
    >>> coefficient(sectors=[Split("1", "31130", 0.3), Split("1", "31163", 0.5), Split("1", "11220", 0.2)]).value
    0.35
    """
    known = parameters or dated_values("finance/parameters")
    for name, share in (("reviewed", reviewed), ("budget_share", budget_share)):
        _check_share(name, share)
    lands = land_share(sectors, purposes)
    conflicts = marker_conflicts(marker, lands, known["marker_conflict_share"].value)
    if reviewed is not None:
        return Coefficient(float(reviewed), "reviewer", 1.0, conflicts)
    if marker is not None:
        return Coefficient(marker_share(marker, known), "marker", 0.5 if conflicts else 0.9, conflicts)
    if lands is not None:
        return Coefficient(lands, "sector", 0.5, conflicts)
    if budget_share is not None:
        return Coefficient(float(budget_share), "budget", 0.7, conflicts)
    return Coefficient(None, "unknown", 0.0, conflicts)


def marker_share(significance: int, parameters: Mapping[str, Dated] | None = None) -> float:
    """Return the share a significance stands for; 3 (support of an action programme) is read as 2.

    Raises
    ------
    InputError
        If the significance is none of 0 to 3.

    Examples
    --------
    >>> [marker_share(code) for code in (0, 1, 2, 3)]
    [0.0, 0.4, 1.0, 1.0]
    """
    known = parameters or dated_values("finance/parameters")
    if significance not in (0, 1, 2, 3):
        raise InputError(
            "significance {code} of a Rio marker is unknown", code=significance, hint="use 0, 1, 2 or 3, or leave blank"
        )
    if significance == 0:
        return 0.0
    return known["marker_significant" if significance == 1 else "marker_principal"].value


def land_share(sectors: Sequence[Split], purposes: Mapping[str, float] | None = None) -> float | None:
    """Return the land share of a sector split [1]; None without any DAC five-digit purpose.

    Raises
    ------
    InputError
        If a share lies outside 0 to 1, or the shares of the purposes sum to more than 1.

    Examples
    --------
    >>> land_share([Split("1", "31130", 1.0)]), land_share([Split("7", "15", 1.0)])
    (1.0, None)
    """
    shares = purposes or purpose_shares()
    named = [split for split in sectors if split.vocabulary == DAC_5_DIGIT]
    for split in named:
        _check_share(f"the share of sector {split.code}", split.share)
    total = sum(split.share for split in named)
    if total > 1 + 1e-6:
        raise InputError(
            "the shares of the sectors sum to {total:.4f}", total=total, hint="they must not exceed 1 (100 %)"
        )
    if not named:
        return None
    return round(sum(split.share * shares.get(split.code, 0.0) for split in named), 12)


def sector_amounts(amount: float, sectors: Sequence[Split]) -> tuple[tuple[str, float], ...]:
    """Return the money of an activity by sector; the parts always sum to the whole.

    Shares of DAC purposes go before those of another vocabulary. What the shares leave stands under ""; shares that sum
    to more than 1 are scaled down.

    Examples
    --------
    >>> sector_amounts(100.0, [Split("1", "31130", 0.3), Split("1", "11220", 0.5)])
    (('31130', 30.0), ('11220', 50.0), ('', 20.0))
    """
    first = DAC_5_DIGIT if any(split.vocabulary == DAC_5_DIGIT for split in sectors) else None
    named = [split for split in sectors if split.vocabulary == (first or sectors[0].vocabulary)]
    total = sum(split.share for split in named)
    scale = 1 / total if total > 1 else 1.0
    parts = [(split.code, amount * split.share * scale) for split in named]
    rest = amount - sum(money for _, money in parts)
    if total < 1 - 1e-6 or not parts:
        return (*parts, ("", rest))
    code, money = parts[-1]
    return (*parts[:-1], (code, money + rest))


def marker_conflicts(marker: int | None, lands: float | None, high: float) -> tuple[str, ...]:
    """Return what a reviewer should look at: a marker against the sectors, or no screening.

    Examples
    --------
    >>> marker_conflicts(0, 0.7, 0.5), marker_conflicts(None, 0.1, 0.5)
    (('marker-0-sector-high',), ('unscreened',))
    """
    if marker is None:
        return ("unscreened",)
    if marker == 0 and lands is not None and lands >= high:
        return ("marker-0-sector-high",)
    if marker in (2, 3) and lands == 0:
        return ("marker-2-sector-none",)
    return ()


@cache
def purpose_shares() -> Mapping[str, float]:
    """Return the packaged land share of DAC purposes [1]; a purpose that is not listed has none.

    Examples
    --------
    >>> purpose_shares()["31130"], purpose_shares().get("11220", 0.0)
    (1.0, 0.0)
    """
    return {row["code"]: float(row["share"]) for row in csv_table("finance/land_purposes")}


def _check_share(name: str, share: float | None) -> None:
    """Refuse a share outside 0 to 1."""
    if share is not None and not 0 <= share <= 1:
        raise InputError("{name} is {share}", name=name, share=share, hint="give a share between 0 and 1")
