"""Coverage and age of the inputs: how old each layer is when a period ends, and where it is missing."""

from landbalance.reporting.facts import LayerFact, RunFacts, ZoneGroup
from landbalance.reporting.gap_figures import LAYERS
from landbalance.reporting.record import Book
from landbalance.reporting.tables import Cell, Column, Table
from landbalance.reporting.words import Tongue, layer_name, period_title, titled

OFFICIAL_GROUPS = {"land_cover", "land_type"}  # zones that are themselves made from the layers


def coverage_tables(facts: RunFacts, book: Book, tongue: Tongue) -> tuple[Table, ...]:
    """Return the age of every layer, and by zone what its inputs lack and what of the land it covers in the end."""
    groups = [group for group in facts.groups if group.id not in OFFICIAL_GROUPS]
    return _ages(facts, book, tongue), *(_coverage(facts, book, tongue, group) for group in groups)


def _ages(facts: RunFacts, book: Book, tongue: Tongue) -> Table:
    """Return the years of each layer, its newest year within each period, and how many years that is before its end."""
    say = tongue.translate
    missing = {layer: book.find(f"given.{layer}.missing", facts.periods[-1].name) for layer in LAYERS}
    rows = []
    for layer in facts.layers:
        ages = tuple(_age(layer, period.last_year, tongue) for period in facts.periods)
        span = f"{layer.years[0]}–{layer.years[-1]}" if layer.years else tongue.dash
        rows.append((layer.title or layer.role, layer.role, span, *ages, missing.get(layer.role)))
    titles = (say("Layer"), say("Role"), say("Years"))
    ends = [tongue.say("Age at the end: {period}", period=period_title(period, say)) for period in facts.periods]
    columns = (*map(Column, titles), *map(Column, ends), Column(say("Share of the area without input"), "1"))
    note = say("Age: years between the newest value a period can use and the year it reports on. Missing: last period.")
    return Table("ages", say("How old the layers are"), columns, tuple(rows), note=note)


def _age(layer: LayerFact, year: int, tongue: Tongue) -> str:
    """Return how many years before the end of a period the newest value is; a dash for a layer without years."""
    usable = [each for each in layer.years if each <= year]
    if not layer.years:
        return tongue.dash
    if not usable:
        return tongue.say("from {year} only", year=min(layer.years))
    return tongue.number(year - max(usable), 0)


def _coverage(facts: RunFacts, book: Book, tongue: Tongue, group: ZoneGroup) -> Table:
    """Return by zone and layer the share without input and the share of land with a class, in the last period."""
    say, period = tongue.translate, facts.periods[-1]
    names = {layer: layer_name(layer, say) for layer in (*LAYERS, "sdg")}
    known = [f"{layer}.assessment.coverage.mapped_land" for layer in names]
    lacking = [f"given.{layer}.missing" for layer in LAYERS]
    rows: list[tuple[Cell, ...]] = []
    for zone in group.zones:
        place = f"{group.id}/{zone.number}"
        cells = [book.find(measure, period.name, place) for measure in (*lacking, *known)]
        if any(cell is not None and cell.value is not None for cell in cells):
            rows.append((zone.name, *cells))
    heads = [Column(tongue.say("{layer}: input missing", layer=names[layer]), "1") for layer in LAYERS]
    heads += [Column(tongue.say("{layer}: land with a result", layer=name), "1") for name in names.values()]
    caption = titled(say("What each layer covers"), period, say)
    note = say(group.title)
    return Table(f"coverage.{group.id}", caption, (Column(say("Zone")), *heads), tuple(rows), note=note)
