"""Maps of sites by class as data: what each district or square is coloured by, and what is said of it."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from landbalance.accounting.balance import Balance
from landbalance.accounting.hotspots import Hotspot
from landbalance.core.vocab import Status
from landbalance.planning.result import PlanResult
from landbalance.reporting.maps import NO_DATA_COLOUR, LegendEntry
from landbalance.reporting.words import STATUS_NAMES, Tongue, mark

SHARE_STEPS = (0.05, 0.10, 0.25, 0.50)
NET_STEPS = (-0.05, -0.01, 0.01, 0.05)
DEGRADED = ("#f7eef6", "#e3c6df", "#c690bf", "#9b4f96", "#64206a")
TREATED = ("#edf5e9", "#c6e3bb", "#8fc98a", "#45935a", "#135b33")
NET = ("#762a83", "#c2a5cf", "#f7f7f7", "#a6dba0", "#1b7837")
UNKNOWN = -1  # class of a site without a value
SITE_OF_HOTSPOTS = mark("{known} known, {share} of it degraded, rank {rank}")
SITE_OF_BALANCE = mark("Gains {gains}, losses {losses}, net {net}")
SITE_OF_PLAN = mark("{area} ha under action, {share} of the land, for {cost} USD")


@dataclass(frozen=True)
class Site:
    """One site: its name, its class, and a sentence on it."""

    name: str
    code: int
    text: str


@dataclass(frozen=True)
class PlaceMap:
    """A map of sites by class, with its legend; the table beside it holds every value."""

    id: str
    title: str
    entries: tuple[LegendEntry, ...]
    sites: tuple[Site, ...]


def hotspot_places(rows: Sequence[Hotspot], tongue: Tongue) -> PlaceMap:
    """Return zones by the share of their known land that is degraded."""
    sites = tuple(
        Site(
            row.zone,
            class_of(row.share, SHARE_STEPS),
            tongue.say(
                SITE_OF_HOTSPOTS,
                known=tongue.area(row.known_km2),
                share=tongue.share(row.share),
                rank=tongue.dash if row.rank is None else row.rank,
            ),
        )
        for row in rows
    )
    return _place_map("hotspots", tongue.translate("Degraded share"), sites, DEGRADED, SHARE_STEPS, tongue)


def balance_places(found: Balance, tongue: Tongue) -> PlaceMap:
    """Return domains by gains less losses, as a share of their land."""
    sums: dict[str, list[float]] = {}
    for row in found.rows:
        held = sums.setdefault(row.domain_name, [0.0, 0.0, 0.0])
        for place, value in enumerate((row.gains_km2, row.losses_km2, row.total_km2)):
            held[place] += value
    sites = tuple(
        Site(
            name,
            class_of((gains - losses) / land if land else None, NET_STEPS),
            tongue.say(
                SITE_OF_BALANCE,
                gains=tongue.area(gains),
                losses=tongue.area(losses),
                net=tongue.area(gains - losses),
            ),
        )
        for name, (gains, losses, land) in sums.items()
    )
    return _place_map("net", tongue.translate("Net share"), sites, NET, NET_STEPS, tongue)


def plan_places(result: PlanResult, tongue: Tongue) -> PlaceMap:
    """Return sites by the share of their land that a plan treats."""
    names = {str(number): name for number, name in result.problem.domains.items()}
    whole = result.problem.land.groupby("site")["area_ha"].sum()
    treated: dict[str, list[float]] = {}
    for row in result.plan.rows:
        held = treated.setdefault(row.site, [0.0, 0.0])
        held[0] += row.area_ha
        held[1] += row.cost_usd
    sites = []
    for site, land in zip(map(str, whole.index), whole.tolist(), strict=True):
        area, cost = treated.get(site, (0.0, 0.0))
        share = area / land if land else None
        numbers = {"area": tongue.number(area, 0), "share": tongue.share(share), "cost": tongue.number(cost, 0)}
        text = tongue.say(SITE_OF_PLAN, **numbers)
        sites.append(Site(names.get(site, site), class_of(share, SHARE_STEPS), text))
    title = tongue.translate("Land under action")
    return _place_map("plan", title, tuple(sites), TREATED, SHARE_STEPS, tongue)


def class_of(value: float | None, steps: Sequence[float]) -> int:
    """Return in which class a value lies: the first one whose upper step it does not exceed.

    Examples
    --------
    >>> [class_of(value, SHARE_STEPS) for value in (0.0, 0.05, 0.06, 0.9, None)]
    [0, 0, 1, 4, -1]
    """
    return UNKNOWN if value is None else bisect_left(steps, value)


def _place_map(
    id_: str, title: str, sites: tuple[Site, ...], colours: Sequence[str], steps: Sequence[float], tongue: Tongue
) -> PlaceMap:
    """Return a map with a legend that says how many sites each class has."""
    ends = [tongue.percent(step, 0) for step in steps]
    names = [f"≤ {ends[0]}", *(f"{low} – {high}" for low, high in pairwise(ends)), f"> {ends[-1]}"]
    classes = [*enumerate(zip(colours, names, strict=True))]
    entries = [LegendEntry(code, colour, "", name) for code, (colour, name) in classes]
    entries.append(LegendEntry(UNKNOWN, NO_DATA_COLOUR, "", tongue.translate(STATUS_NAMES[Status.NODATA])))
    counts = {entry.code: sum(site.code == entry.code for site in sites) for entry in entries}
    kept = tuple(
        LegendEntry(entry.code, entry.colour, "", entry.name, tongue.number(counts[entry.code], 0))
        for entry in entries
        if counts[entry.code] or entry.code != UNKNOWN
    )
    return PlaceMap(id_, title, kept, sites)
