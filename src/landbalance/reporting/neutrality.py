"""The balance, the response hierarchy and targets as sections of the chapter on neutrality."""

from collections.abc import Sequence
from typing import Any

from landbalance.accounting.balance import Balance, BalanceRow
from landbalance.accounting.hierarchy import HierarchyRow
from landbalance.core.vocab import Status
from landbalance.planning.targets import TargetProgress
from landbalance.reporting.maps import LegendEntry, MapSpec
from landbalance.reporting.neutrality_charts import balance_chart
from landbalance.reporting.place_maps import balance_places
from landbalance.reporting.plan_section import RESPONSES, yes_or_no
from landbalance.reporting.section import Section
from landbalance.reporting.tables import Cell, Column, Table
from landbalance.reporting.words import CONDITION_NAMES, STATUS_NAMES, Tongue, mark

NEUTRAL = mark("{country} is neutral, like for like: gains make good the losses in every land type.")
NOT_NEUTRAL = mark(
    "{country} is not neutral, like for like: in {failing} of {types} land types losses exceed gains, by {need} in sum."
)
NEUTRAL_WITHIN = mark(
    "{country} is neutral, like for like: gains make good the losses in every land type of every domain."
)
NOT_NEUTRAL_WITHIN = mark(
    "{country} is not neutral, like for like: in {failing} of {types} land types losses exceed gains in some domain, "
    "by {need} in sum."
)
NET_GAIN = mark("All land types together, gains exceed losses by {net}; one land type may not pay for another.")
NET_LOSS = mark("All land types together, losses exceed gains by {net}.")
TWO_NUMBERS = mark(
    "Degraded land changed by {change} since the baseline, while gains less losses are {net}. Both are right: the "
    "first counts land that moved between degraded and not degraded, the second what happened in the period, so that "
    "land that keeps degrading is a loss again."
)
LEFT_OUT = mark("{area} have no status in one of the two periods, and are in neither number.")
LIGHT_NAMES = {
    "achieved": mark("Achieved"),
    "on_track": mark("On track"),
    "slightly_late": mark("Slightly late"),
    "late": mark("Late"),
    "far_off": mark("Far off"),
    "wrong_way": mark("Wrong way"),
    "not_started": mark("Not started"),
    "no_data": mark("No data"),
}


def balance_section(country: str, by_type: Balance, by_domain: Balance | None, tongue: Tongue) -> Section:
    """Return the balance: both numbers with the sentence that explains why they differ."""
    say = tongue.translate
    tables = [balance_table("balance", say("Balance by land type"), by_type, tongue), condition_table(by_type, tongue)]
    if by_domain is not None:
        title = say("Balance by land type and domain")
        tables.insert(1, balance_table("balance-domains", title, by_domain, tongue))
    return Section(
        "balance",
        say("The balance of gains and losses"),
        tuple(balance_sentences(country, by_domain or by_type, tongue)),
        charts=(balance_chart(by_type, tongue),),
        maps=(_gain_map(by_type, tongue),),
        tables=tuple(tables),
        places=() if by_domain is None else (balance_places(by_domain, tongue),),
    )


def balance_sentences(country: str, found: Balance, tongue: Tongue) -> list[str]:
    """Return the balance in words."""
    said, within = [], any(row.domain_name for row in found.rows)
    if found.is_like_for_like:
        said.append(tongue.say(NEUTRAL_WITHIN if within else NEUTRAL, country=tongue.own(country)))
    else:
        failing, types = ({row.land_type for row in rows} for rows in (found.failing, found.rows))
        numbers = {"failing": len(failing), "types": len(types)}
        need = tongue.area(found.need_km2)
        text = NOT_NEUTRAL_WITHIN if within else NOT_NEUTRAL
        said.append(tongue.say(text, country=tongue.own(country), need=need, **numbers))
    said.append(tongue.say(NET_GAIN if found.is_net_area_neutral else NET_LOSS, net=tongue.area(abs(found.net_km2))))
    change = tongue.area(found.headline_change_km2)
    said.append(tongue.say(TWO_NUMBERS, change=change, net=tongue.area(found.net_km2)))
    if found.left_out_km2:
        said.append(tongue.say(LEFT_OUT, area=tongue.area(found.left_out_km2)))
    return said


def balance_table(id_: str, caption: str, found: Balance, tongue: Tongue) -> Table:
    """Return gains, losses and need of each row."""
    say = tongue.translate
    names = [say("Gains"), say("Losses"), say("Persistent losses"), say("Net"), say("Need")]
    columns = (
        *(Column(say("Land type")), Column(say("Domain")), Column(say("Land"), "km2")),
        *(Column(name, "km2") for name in names),
        *(Column(say("Net share"), "1"), Column(say("Neutral")), Column(say("Irreplaceable"))),
    )
    return Table(id_, caption, columns, tuple(_balance_row(row, tongue) for row in found.rows))


def condition_table(found: Balance, tongue: Tongue) -> Table:
    """Return the area of each class of land condition, land type by land type."""
    names = [tongue.translate(text) for code, text in CONDITION_NAMES.items() if code > 0]
    columns = (Column(tongue.translate("Land type")), *(Column(name, "km2") for name in names))
    rows: tuple[tuple[Cell, ...], ...] = tuple((row.name, *row.conditions) for row in found.rows)
    return Table("conditions", tongue.translate("Land condition by land type"), columns, rows)


def hierarchy_section(rows: Sequence[HierarchyRow], tongue: Tongue) -> Section:
    """Return what the land asks for."""
    say = tongue.translate
    columns = (
        Column(say("Zone")),
        *(Column(say(text), "km2") for text in RESPONSES.values()),
        Column(say("Unknown"), "km2"),
    )
    cells = tuple((r.zone, r.avoid_km2, r.reduce_km2, r.reverse_km2, r.unknown_km2) for r in rows)
    table = Table("hierarchy", say("Response hierarchy"), columns, cells)
    totals = [sum(values) for values in zip(*((r.avoid_km2, r.reduce_km2, r.reverse_km2) for r in rows), strict=True)]
    colours = zip(
        (1, 2, 3), ("#1b7837", "#e6a500", "#762a83"), ("dots", "grid", "lines"), RESPONSES.values(), strict=True
    )
    entries = tuple(
        LegendEntry(code, colour, pattern, say(name), tongue.area(area))
        for (code, colour, pattern, name), area in zip(colours, totals, strict=True)
    )
    spec = MapSpec("response", say("Response hierarchy"), entries, say("Response hierarchy"))
    sentence = say(
        "Avoid new degradation first, then reduce it, then reverse what is degraded; only reversing makes gains."
    )
    return Section("hierarchy", say("Response hierarchy"), (sentence,), maps=(spec,), tables=(table,))


def target_section(rows: Sequence[tuple[str, TargetProgress]], tongue: Tongue) -> Section:
    """Return how far targets are: action and outcome side by side, never mixed."""
    say = tongue.translate
    columns = (
        *(Column(say("Target")), Column(say("Year"), "year"), Column(say("Action"), "1"), Column(say("Outcome"), "1")),
        *(Column(say("Expected"), "1"), Column(say("Light")), Column(say("Status to report"))),
        Column(say("Treated but not improved")),
    )
    cells = tuple(_target_row(title, each, tongue) for title, each in rows)
    sentence = say("Action is what was done, outcome what the map shows; the two are never mixed in one number.")
    return Section("targets", say("Targets"), (sentence,), tables=(Table("targets", say("Targets"), columns, cells),))


def _target_row(title: str, found: TargetProgress, tongue: Tongue) -> tuple[Any, ...]:
    """Return one target."""
    sides = [side for side in (found.outcome, found.action) if side is not None]
    expected = sides[0].expected if sides else None
    light = sides[0].light if sides else "no_data"
    name = tongue.translate(LIGHT_NAMES[light])
    if sides and sides[0].is_uncertain:
        name = tongue.say("{light}, uncertain", light=name)
    progress = [None if side is None else side.progress for side in (found.action, found.outcome)]
    status = tongue.translate(PRAIS_NAMES[found.prais])
    lost = yes_or_no(found.is_treated_not_improved, tongue)
    return (title, float(found.year), *progress, expected, name, status, lost)


PRAIS_NAMES = {
    "ongoing": mark("Ongoing"),
    "achieved": mark("Achieved"),
    "partially_achieved": mark("Partially achieved"),
    "not_achieved": mark("Not achieved"),
    "extended_or_postponed": mark("Extended or postponed"),
}


def _balance_row(row: BalanceRow, tongue: Tongue) -> tuple[Any, ...]:
    """Return one row of the balance."""
    amounts = (row.total_km2, row.gains_km2, row.losses_km2, row.persistent_km2, row.net_km2, row.need_km2)
    flags = yes_or_no(row.is_achieved, tongue), yes_or_no(not row.is_tradable, tongue)
    return (row.name, row.domain_name, *amounts, row.share, *flags)


def _gain_map(found: Balance, tongue: Tongue) -> MapSpec:
    """Return the map of gains and losses."""
    say = tongue.translate
    steady = sum(row.total_km2 for row in found.rows) - found.gains_km2 - found.losses_km2
    entries = (
        LegendEntry(-1, "#9b2779", "lines", say("Losses"), tongue.area(found.losses_km2)),
        LegendEntry(0, "#f3f0c4", "", say("Neither"), tongue.area(steady)),
        LegendEntry(1, "#006500", "dots", say("Gains"), tongue.area(found.gains_km2)),
        LegendEntry(-128, "#c9ced3", "", say(STATUS_NAMES[Status.NODATA]), tongue.area(found.left_out_km2)),
    )
    return MapSpec("gains_losses", say("Gains and losses"), entries, say("Gains and losses"))
