"""Tables about the run itself: zones, gaps and rules, parameters with their origin, layers with their licence."""

from landbalance.core.periods import Period
from landbalance.core.types import Value
from landbalance.core.vocab import Status
from landbalance.reporting.facts import LayerFact, RunFacts, ZoneGroup
from landbalance.reporting.gap_figures import FLOOR_RULES, NODATA_RULES, known_layers, known_table
from landbalance.reporting.gap_tables import coverage_tables
from landbalance.reporting.recode_tables import recode_tables
from landbalance.reporting.record import Book
from landbalance.reporting.tables import Cell, Column, Table
from landbalance.reporting.words import (
    STATUS_KEYS,
    STATUS_NAMES,
    Tongue,
    layer_name,
    mark,
    period_title,
    titled,
)

ORIGINS = {"profile": mark("profile"), "default": mark("default, not stated"), "national": mark("national")}
ORDER = (Status.DEGRADED, Status.STABLE, Status.IMPROVED, Status.NODATA)


def zone_tables(facts: RunFacts, book: Book, tongue: Tongue) -> tuple[Table, ...]:
    """Return a table for every group of zones and period."""
    return tuple(
        _zone_table(facts, book, tongue, group, period)
        for group in facts.groups
        if group.id != "nation"
        for period in reversed(facts.periods)
    )


def _zone_table(facts: RunFacts, book: Book, tongue: Tongue, group: ZoneGroup, period: Period) -> Table:
    """Return the condition of every zone of a group in one period."""
    say = tongue.translate
    stem = "sdg.assessment" if period.is_baseline else "sdg.status"
    measures = ["sdg.headline.land", f"{stem}.degraded", "sdg.headline.share", f"{stem}.stable", f"{stem}.improved"]
    measures += [f"{stem}.nodata", f"{stem}.coverage.mapped_land"]
    titles = [
        (mark("Mapped land"), "km2"),
        (mark("Degraded"), "km2"),
        (mark("Degraded share"), "1"),
        (mark("Stable"), "km2"),
        (mark("Improved"), "km2"),
    ]
    titles += [(mark("No data"), "km2"), (mark("Coverage"), "1")]
    if not period.is_baseline:
        measures.append("sdg.headline.change")
        titles.append((mark("Change since the baseline"), "km2"))
    rows: list[tuple[Cell, ...]] = []
    for number, name in [(zone.number, zone.name) for zone in group.zones] + [(0, say("In no zone"))]:
        cells = tuple(book.find(measure, period.name, f"{group.id}/{number}") for measure in measures)
        if cells[0] is not None and cells[0].value:
            rows.append((say(name) if group.id == "land_cover" else name, *cells))
    caption = titled(say(group.title), period, say)
    columns = (Column(say("Zone")), *(Column(say(title), unit) for title, unit in titles))
    return Table(f"zones.{group.id}", caption, columns, tuple(rows), part=period.name)


def gap_tables(facts: RunFacts, book: Book, tongue: Tongue) -> tuple[Table, ...]:
    """Return which layers are known where, and degraded land under the other rules."""
    tables = [
        _known_table(facts, book, tongue),
        _variant_table(facts, book, tongue),
        _change_table(facts, book, tongue),
    ]
    tables += [*recode_tables(facts, book, tongue), *coverage_tables(facts, book, tongue)]
    return tuple(table for table in tables if table.rows)


def _known_table(facts: RunFacts, book: Book, tongue: Tongue) -> Table:
    """Return the table of known layers: one row for each combination (ruling 2)."""
    say = tongue.translate
    table = known_table(facts, f"{facts.periods[0].name}.nation")
    layers = known_layers(table) if table is not None else ()
    rows: list[tuple[Cell, ...]] = []
    for number in reversed(range(2 ** len(layers))):
        flags = f"{number:0{len(layers)}b}" if layers else ""
        cells = tuple(book.find(f"known.{flags}", period.name) for period in facts.periods)
        if layers:
            words = tuple(say("known") if flag == "1" else say("missing") for flag in flags)
            rows.append((*words, *cells))
    columns = [Column(layer_name(layer, say)) for layer in layers]
    columns += [Column(period_title(period, say), "km2") for period in facts.periods]
    return Table("known", say("Which layers are known where"), tuple(columns), tuple(rows))


def _variant_table(facts: RunFacts, book: Book, tongue: Tongue) -> Table:
    """Return the indicator under every rule for gaps and for the SOC floor."""
    say = tongue.translate
    rules = [("nodata_rule", rule) for rule in NODATA_RULES] + [("soc_floor_rule", rule) for rule in FLOOR_RULES]
    rows: list[tuple[Cell, ...]] = []
    for parameter, rule in rules:
        for period in facts.periods:
            stem = f"variant.{parameter}.{rule}"
            cells = tuple(book.find(f"{stem}.{STATUS_KEYS[code]}", period.name) for code in ORDER)
            if any(cells):
                own = say("this run") if facts.settings.text(parameter) == rule else ""
                rows.append((f"{parameter} = {rule}", own, period_title(period, say), *cells))
    words = (Column(say("Rule")), Column(say("In use")), Column(say("Period")))
    columns = (*words, *(Column(say(STATUS_NAMES[code]), "km2") for code in ORDER))
    caption = say("The indicator under the other rules, before corrections")
    return Table("variants", caption, columns, tuple(rows))


def _change_table(facts: RunFacts, book: Book, tongue: Tongue) -> Table:
    """Return the change on the common mask, and what the two masks do not share."""
    say = tongue.translate
    keys = ["common", "baseline_degraded", "newly_degraded", "recovered", "net"]
    keys += ["only_baseline", "only_baseline_degraded", "only_period", "only_period_degraded"]
    periods = [period for period in facts.periods if not period.is_baseline]
    rows = []
    for key in keys:
        cells = tuple(book.find(f"sdg.change.{key}", period.name) for period in periods)
        label = next((cell.label for cell in cells if cell is not None), "")
        if label:
            rows.append((label.split(": ", 1)[-1], *cells))
    columns = (Column(say("Change")), *(Column(period_title(period, say), "km2") for period in periods))
    return Table("change", say("Change on land assessed in both periods"), columns, tuple(rows))


def parameter_table(facts: RunFacts, tongue: Tongue) -> Table:
    """Return every parameter with its value, unit, origin, source and reason."""
    say = tongue.translate
    rows = []
    for name in facts.settings:
        setting = facts.settings.of(name)
        origin = say(ORIGINS[setting.origin])
        why = setting.reason or setting.source
        rows.append((say(setting.title), name, value_text(setting.value, tongue), setting.unit, origin, why))
    titles = (say("Parameter"), say("Name"), say("Value"), say("Unit"), say("Origin"), say("Source or reason"))
    return Table("parameters", say("Parameters"), tuple(Column(title) for title in titles), tuple(rows))


def layer_table(facts: RunFacts, tongue: Tongue) -> Table:
    """Return every input layer with its years, resolution, source, licence and citation."""
    say = tongue.translate
    titles = [say("Layer"), say("Role"), say("Years"), say("Resolution"), say("Missing"), say("Source")]
    titles += [say("Licence"), say("Citation")]
    rows = tuple(_layer_row(layer, tongue) for layer in facts.layers)
    return Table("layers", say("Input data"), tuple(Column(title) for title in titles), rows)


def _layer_row(layer: LayerFact, tongue: Tongue) -> tuple[Cell, ...]:
    """Return one input layer."""
    years = year_span(layer.years) or tongue.dash
    return (
        layer.title or layer.role,
        layer.role,
        years,
        f"{layer.cell_size}, {layer.crs}",
        tongue.share(layer.missing_share),
        layer.source or tongue.dash,
        layer.licence or tongue.translate("not stated"),
        layer.citation or tongue.dash,
    )


def year_span(years: tuple[int, ...]) -> str:
    """Return years as runs.

    Examples
    --------
    >>> year_span((2001, 2002, 2003, 2005))
    '2001–2003, 2005'
    """
    runs: list[list[int]] = []
    for year in sorted(years):
        if runs and year == runs[-1][-1] + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)


def value_text(value: Value, tongue: Tongue) -> str:
    """Return a parameter's value as people read it."""
    if isinstance(value, bool):
        return tongue.translate("yes") if value else tongue.translate("no")
    if isinstance(value, tuple):
        return ", ".join(str(part) for part in value) or tongue.dash
    return str(value)
