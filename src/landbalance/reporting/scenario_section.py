"""A scenario as a section of the chapter on neutrality: each land type before and after, and each polygon by itself."""

from typing import Any

from landbalance.planning.needs import TypeOutcome
from landbalance.planning.scenario import Comparison, Scenario
from landbalance.reporting.charts import Chart
from landbalance.reporting.neutrality_charts import MOST_BARS, specification
from landbalance.reporting.plan_section import RESPONSES, outcome_table, yes_or_no
from landbalance.reporting.section import Section
from landbalance.reporting.tables import Cell, Column, Table
from landbalance.reporting.words import Tongue, mark

BEFORE, AFTER = "#8a939c", "#2f6f8f"
ANY = mark("What the land asks for")
SCENARIO = mark("The scenario reverses {back} ha and avoids the loss of {kept} ha by {year}; {missing} ha are missing.")
AGAINST = mark(
    "If all goes on as before, {projected} ha are degraded by {year}, {baseline} ha at the baseline; with the scenario "
    "{left} ha, which closes {share} of the gap."
)


def scenario_section(found: Scenario, year: int, tongue: Tongue, against: Comparison | None = None) -> Section:
    """Return what drawn polygons bring."""
    say = tongue.translate
    numbers = {"back": found.reversed_ha, "kept": found.avoided_ha, "missing": found.shortfall_ha}
    sentences = [tongue.say(SCENARIO, year=year, **{name: tongue.number(value, 0) for name, value in numbers.items()})]
    if against is not None:
        areas = {"projected": against.projected_ha, "baseline": against.baseline_ha, "left": against.scenario_ha}
        told = {name: tongue.number(value, 0) for name, value in areas.items()}
        sentences.append(tongue.say(AGAINST, year=year, share=tongue.share(against.gap_closed), **told))
    moves = moves_table(found, tongue)
    return Section(
        "scenario",
        say("Scenario"),
        tuple(sentences),
        charts=(moves_chart(found, moves, tongue),) if found.outcomes else (),
        tables=(moves, outcome_table(found, tongue), polygon_table(found, tongue)),
    )


def moves_table(found: Scenario, tongue: Tongue) -> Table:
    """Return each land type without and with the scenario, those that move most first."""
    say = tongue.translate
    columns = (
        Column(say("Land type")),
        *(Column(say("Net without action"), "ha"), Column(say("Reversed"), "ha"), Column(say("Avoided"), "ha")),
        *(Column(say("Net with the scenario"), "ha"), Column(say("Missing without action"), "ha")),
        Column(say("Missing with the scenario"), "ha"),
        *(Column(say("Neutral without action")), Column(say("Neutral with the scenario"))),
    )
    rows: list[tuple[Cell, ...]] = []
    for each in _by_move(found):
        idle = TypeOutcome(each.need)
        amounts = idle.net_ha, each.reversed_ha, each.avoided_ha, each.net_ha, idle.shortfall_ha, each.shortfall_ha
        flags = (yes_or_no(outcome.is_neutral, tongue) for outcome in (idle, each))
        rows.append((each.need.name, *amounts, *flags))
    return Table("moves", say("The balance without and with the scenario"), columns, tuple(rows))


def moves_chart(found: Scenario, table: Table, tongue: Tongue) -> Chart:
    """Return the net of each land type without and with the scenario, side by side."""
    say = tongue.translate
    without, within = say("Without action"), say("With the scenario")
    data: list[dict[str, Any]] = []
    shown = _by_move(found)[:MOST_BARS]
    for each in shown:
        for kind, outcome in ((without, TypeOutcome(each.need)), (within, each)):
            data.append({"type": each.need.name, "kind": kind, "area": outcome.net_ha})
    order = [without, within]
    colour = {"field": "kind", "type": "nominal", "scale": {"domain": order, "range": [BEFORE, AFTER]}}
    colour["legend"] = {"title": None, "orient": "bottom", "symbolType": "square"}
    body = {
        "mark": {"type": "bar"},
        "encoding": {
            "y": {"field": "type", "type": "nominal", "sort": None, "axis": {"title": None, "labelPadding": 8}},
            "yOffset": {"field": "kind", "sort": order},
            "x": {"field": "area", "type": "quantitative", "axis": {"title": f"{say('Net')} [ha]", "format": "~s"}},
            "color": colour,
        },
        "height": {"step": 16},
    }
    title = say("Net by land type, without and with the scenario")
    names = ", ".join(each.need.name for each in shown[:5])
    alt = tongue.say("{title}. Bars for: {names}. The table below holds every value.", title=title, names=names)
    return Chart("moves", title, alt, specification(data, body), table)


def polygon_table(found: Scenario, tongue: Tongue) -> Table:
    """Return what each polygon brings by itself."""
    say = tongue.translate
    columns = (
        *(Column(say("Polygon")), Column(say("Response")), Column(say("Land"), "ha")),
        *(Column(say("Area treated"), "ha"), Column(say("Reversed"), "ha"), Column(say("Avoided"), "ha")),
    )
    rows = tuple(
        (
            *(row.id, say(RESPONSES.get(row.intervention, ANY)), row.area_ha, row.treated_ha),
            *(row.reversed_ha, row.avoided_ha),
        )
        for row in found.polygons
    )
    note = say("Polygons overlap: their rows sum to more than the scenario, which counts each hectare once.")
    return Table("polygons", say("Polygons"), columns, rows, note=note)


def _by_move(found: Scenario) -> list[TypeOutcome]:
    """Return the land types, those that the scenario moves most first."""
    return sorted(found.outcomes, key=lambda each: -(each.reversed_ha + each.avoided_ha))
