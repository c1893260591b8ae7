"""Rangelands as tables and a page."""

import numpy as np

from landbalance.core.vocab import LandCover
from landbalance.core.workspace import Workspace
from landbalance.engine.drought.products import place_of
from landbalance.engine.drought.rangeland import Extents, Forage, Stocking
from landbalance.engine.drought.rangeland_condition import Condition
from landbalance.reporting import drought_words as words
from landbalance.reporting.drought_page import Page, Section, stocking_chart
from landbalance.reporting.tables import Cell, Column, Table
from landbalance.reporting.words import Tongue


def extent_table(found: Extents, tongue: Tongue) -> Table:
    """Return rangeland under each definition."""
    say = tongue.translate
    rows: list[tuple[Cell, ...]] = []
    for each in found.all:
        last = float(each.last.sum())
        rows.append(
            (
                f"{each.definition.id}: {say(each.definition.title)}",
                float(each.first.sum()),
                last,
                last / found.land_km2,
                each.lost[LandCover.CROPLAND],
                each.lost[LandCover.ARTIFICIAL],
                each.reserved,
            )
        )
    columns = (
        Column(say(words.DEFINITION)),
        Column(str(found.years[0]), "km2"),
        Column(str(found.years[1]), "km2"),
        Column(say(words.LAND_SHARE), "1"),
        Column(say(words.LOST_CROPS), "km2"),
        Column(say(words.LOST_TOWNS), "km2"),
        Column(say(words.RESERVED), "km2"),
    )
    return Table("rangeland-extent", say(words.EXTENT), columns, tuple(rows))


def district_extent_table(found: Extents, tongue: Tongue) -> Table:
    """Return rangeland of the last year by district, under each definition."""
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (name, *(float(each.last[place + 1]) for each in found.all)) for place, name in enumerate(found.districts)
    )
    columns = (Column(tongue.translate(words.DISTRICT)), *(Column(each.definition.id, "km2") for each in found.all))
    title = f"{tongue.translate(words.EXTENT)} ({tongue.translate(words.DISTRICTS)})"
    return Table("rangeland-districts", title, columns, rows)


def forage_table(found: Forage, tongue: Tongue) -> Table:
    """Return forage within reach by year and district [t of dry matter]."""
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (str(year), *(None if value != value else float(value) / 1000 for value in row))
        for year, row in zip(found.years, found.yearly_kg, strict=True)
    )
    columns = (Column(tongue.translate(words.YEAR)), *(Column(name, "t DM") for name in found.districts))
    return Table("forage", tongue.translate(words.RANGELAND_TITLE), columns, rows)


def stocking_table(rows: list[Stocking], tongue: Tongue) -> Table:
    """Return herds against capacity."""
    say = tongue.translate
    cells: list[tuple[Cell, ...]] = []
    for each in rows:
        carried = each.capacity
        interval = f"{tongue.number(carried.low, 0)} – {tongue.number(carried.high, 0)}"
        cells.append(
            (
                each.district,
                each.units,
                carried.dry,
                carried.middle,
                carried.wet,
                carried.conservative,
                interval,
                _known(each.pressure),
                _known(each.pressure_dry),
                say(words.PRESSURE_NAMES[each.pressure_class]),
            )
        )
    columns = (
        Column(say(words.DISTRICT)),
        Column(say(words.UNITS), "TLU"),
        Column(say(words.DRY_YEAR), "TLU"),
        Column(say(words.MIDDLE_YEAR), "TLU"),
        Column(say(words.WET_YEAR), "TLU"),
        Column(say(words.CAREFUL), "TLU"),
        Column(say(words.RANGE)),
        Column(say(words.PRESSURE), "1"),
        Column(say(words.PRESSURE_DRY), "1"),
        Column(say(words.PRESSURE_CLASS)),
    )
    return Table("stocking", say(words.STOCKING), columns, tuple(cells))


def condition_table(rows: list[Condition], tongue: Tongue) -> Table:
    """Return what trends say, by district."""
    say = tongue.translate
    cells: list[tuple[Cell, ...]] = []
    for each in rows:
        loss = each.loss
        cells.append(
            (
                each.district,
                say(words.LOSS_NAMES[loss.statement]) if loss else tongue.dash,
                f"{loss.raw.slope:+.5f} (p {loss.raw.p:.3f})" if loss else tongue.dash,
                f"{loss.corrected.slope:+.5f} (p {loss.corrected.p:.3f})" if loss else tongue.dash,
                ", ".join(map(str, loss.dry_years)) if loss else tongue.dash,
                tongue.note(loss.rule) if loss else tongue.dash,
                each.bare_share,
                f"{each.bare_ground.slope:+.4f} (p {each.bare_ground.p:.3f})" if each.bare_ground else tongue.dash,
                tongue.dash if each.cover_alarm is None else say(words.YES if each.cover_alarm else words.NO),
                say(words.WOODY_NAMES[each.woody]) if each.woody else tongue.dash,
            )
        )
    columns = (
        Column(say(words.DISTRICT)),
        Column(say(words.STATEMENT)),
        Column(say(words.SLOPE)),
        Column(say(words.SLOPE_LEFT)),
        Column(say(words.DRY_YEARS)),
        Column(say(words.RULE)),
        Column(say(words.BARE), "1"),
        Column(say(words.BARE_SLOPE)),
        Column(say(words.COVER_ALARM)),
        Column(say(words.WOODY)),
    )
    return Table("condition", say(words.CONDITION), columns, tuple(cells))


def rangeland_page(
    workspace: Workspace,
    extents: Extents,
    found: Forage,
    tongue: Tongue,
    *,
    herds: list[Stocking],
    states: list[Condition],
    date: str,
) -> Page:
    """Return the page on rangelands and herds."""
    say = tongue.translate
    shares = [float(each.last.sum()) / extents.land_km2 for each in extents.all]
    sentence = tongue.say(
        words.RANGELAND_SENTENCE, low=tongue.percent(min(shares), 0), high=tongue.percent(max(shares), 0)
    )
    sections = [
        Section(say(words.EXTENT), tables=(extent_table(extents, tongue), district_extent_table(extents, tongue)))
    ]
    if herds:
        carried = [(each.capacity.dry, each.capacity.middle, each.capacity.wet) for each in herds]
        chart = stocking_chart(
            [each.district for each in herds],
            [each.units for each in herds],
            carried,
            (say(words.STOCKING), say(words.UNITS), f"{say(words.DRY_YEAR)} – {say(words.WET_YEAR)}"),
        )
        text = (say(words.VARIABLE),) if any(each.capacity.is_variable for each in herds) else ()
        sections.append(Section(say(words.STOCKING), text, charts=(chart,), tables=(stocking_table(herds, tongue),)))
    if states:
        sections.append(Section(say(words.CONDITION), tables=(condition_table(states, tongue),)))
    return Page(
        say(words.RANGELAND_TITLE),
        place_of(workspace),
        tongue.date(date),
        say(words.INVENTED) if workspace.is_invented else "",
        sentence,
        (),
        tuple(sections),
        tuple(map(tongue.note, found.flags)),
        (f"{found.years[0]}–{found.years[-1]}",),
    )


def _known(value: float) -> float | None:
    """Return a number, None where it is unknown."""
    return float(value) if np.isfinite(value) else None
