"""Business as usual and hotspots as sections of the chapter on neutrality."""

from collections.abc import Mapping, Sequence

from landbalance.accounting.hotspots import Hotspot
from landbalance.planning.outlook import Outlook, ProjectionRow
from landbalance.reporting.place_maps import hotspot_places
from landbalance.reporting.section import Section
from landbalance.reporting.tables import Cell, Column, Table
from landbalance.reporting.words import Tongue, mark

OUTLOOK = mark(
    "If all goes on as before, {projected} are degraded by {year} ({low} to {high}), {shortfall} more than at the "
    "baseline."
)


def outlook_section(
    found: Outlook, year: int, kinds: Mapping[int, str], domains: Mapping[int, str], tongue: Tongue
) -> Section:
    """Return business as usual: a sentence, and a table for each way to divide the country."""
    say = tongue.translate
    p = found.country.projection
    sentence = tongue.say(
        OUTLOOK,
        projected=tongue.area(p.projected_km2),
        low=tongue.area(p.low_km2),
        high=tongue.area(p.high_km2),
        shortfall=tongue.area(p.shortfall_km2),
        year=year,
    )
    groups = (
        ("projection", say("Business as usual: the country"), (found.country,), False),
        ("projection-types", say("Business as usual by land type"), found.types, False),
        ("projection-domains", say("Business as usual by domain"), found.domains, True),
        ("projection-both", say("Business as usual by land type and domain"), found.both, True),
    )
    tables = []
    for id_, caption, rows, by_domain in groups:
        names = [(kinds.get(row.land_type, ""), domains[row.domain] if by_domain else "") for row in rows]
        if rows:
            tables.append(projection_table(id_, caption, rows, names, tongue))
    return Section("projection", say("Business as usual"), (sentence,), tables=tuple(tables))


def projection_table(
    id_: str, caption: str, rows: Sequence[ProjectionRow], names: Sequence[tuple[str, str]], tongue: Tongue
) -> Table:
    """Return business as usual, row by row, with its interval."""
    say = tongue.translate
    titles = (
        *(say("Baseline"), say("Now"), say("Change a year"), say("Projected"), say("Low"), say("High")),
        *(say("Shortfall"), say("New loss")),
    )
    columns = (
        *(Column(say("Land type")), Column(say("Domain"))),
        *(Column(title, "km2") for title in titles),
        Column(say("Risk of loss"), "1"),
    )
    cells: list[tuple[Cell, ...]] = []
    for row, (kind, domain) in zip(rows, names, strict=True):
        p = row.projection
        amounts = (p.baseline_km2, p.now_km2, p.rate_km2, p.projected_km2, p.low_km2, p.high_km2, p.shortfall_km2)
        cells.append((kind, domain, *amounts, p.new_loss_km2, p.risk))
    return Table(id_, caption, columns, tuple(cells))


def hotspot_section(rows: Sequence[Hotspot], tongue: Tongue) -> Section:
    """Return zones by rank."""
    say = tongue.translate
    columns = (
        *(Column(say("Zone")), Column(say("Rank"), "count"), Column(say("Known land"), "km2")),
        *(Column(say("Degraded land"), "km2"), Column(say("Degraded share"), "1")),
    )
    ordered = sorted(rows, key=lambda row: (row.rank is None, row.rank or 0))
    cells = tuple(
        (r.zone, None if r.rank is None else float(r.rank), r.known_km2, r.degraded_km2, r.share) for r in ordered
    )
    lead = say("Zones by the share of their known land that is degraded, the worst first.")
    table = Table("hotspots", say("Hotspots"), columns, cells)
    places = hotspot_places(rows, tongue)
    return Section("hotspots", say("Hotspots"), (lead,), tables=(table,), places=(places,))
