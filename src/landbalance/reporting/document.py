"""The report of a run as data: what it says first, its maps, charts, tables, method, gaps and sources, in order."""

from collections.abc import Iterator
from dataclasses import dataclass

from landbalance.core.periods import Period
from landbalance.core.vocab import Status
from landbalance.reporting.charts import Chart, charts
from landbalance.reporting.checks import Check, closing_checks
from landbalance.reporting.condition_figures import CLASS_OF, SUB_LAYERS
from landbalance.reporting.facts import RunFacts
from landbalance.reporting.gaps import CONFIDENCE_NAMES, Confidence, Note, confidence, gap_notes, layer_list
from landbalance.reporting.maps import MapSpec, lead_map, map_list
from landbalance.reporting.prais import prais_tables
from landbalance.reporting.record import Book
from landbalance.reporting.run_tables import gap_tables, layer_table, parameter_table, zone_tables
from landbalance.reporting.tables import Table
from landbalance.reporting.words import CONDITION_NAMES, STATUS_KEYS, STATUS_NAMES, Tongue, mark, period_title

CHECK_NAMES = {"pass": mark("Passed"), "warn": mark("Look again"), "fail": mark("Failed")}

GOOD_COVERAGE = 0.95
SAME = 0.001  # of the land
OF_LAND = mark("of the land was degraded in {year}: {area} of {land}")
OF_MAPPED_LAND = mark("of the mapped land was degraded in {year}: {area} of {land}")
NO_RESULT = mark("is the share of degraded land in {year}: none of {land} has a result")
GROWTH = mark(
    "Degraded land grew by {area} ({points} points) since the baseline: {newly} became degraded, {healed} recovered."
)
SHRINKAGE = mark(
    "Degraded land shrank by {area} ({points} points) since the baseline: {newly} became degraded, {healed} recovered."
)


@dataclass(frozen=True)
class KeyNumber:
    """One number of the first screen."""

    value: str
    label: str
    note: str = ""


@dataclass(frozen=True)
class Headline:
    """What the first screen says: one sentence, one number with how sure it is, what changed, what is missing."""

    sentence: str
    number: str
    number_label: str
    confidence: str
    confidence_name: str
    reasons: tuple[str, ...]
    change: str
    missing: str
    numbers: tuple[KeyNumber, ...]


@dataclass(frozen=True)
class MatrixCell:
    """One cell of the status matrix: an area and the class it belongs to."""

    condition: str
    code: int
    area: str


@dataclass(frozen=True)
class Matrix:
    """The status matrix of one reporting period: rows baseline, columns period."""

    period: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, tuple[MatrixCell, ...]], ...]


@dataclass(frozen=True)
class Document:
    """A whole report."""

    title: str
    subtitle: str
    date: str
    headline: Headline
    lead_map: MapSpec
    maps: tuple[MapSpec, ...]
    matrices: tuple[Matrix, ...]
    charts: tuple[Chart, ...]
    zones: tuple[Table, ...]
    notes: tuple[Note, ...]
    gaps: tuple[Table, ...]
    parameters: Table
    layers: Table
    checks: tuple[Check, ...]
    confidence: tuple[Confidence, ...]
    tables: tuple[Table, ...]
    citation: str
    limits: tuple[str, ...]


def report_document(facts: RunFacts, book: Book, tongue: Tongue) -> Document:
    """Return the report of a run in one language."""
    periods = f"{facts.periods[0].land_cover[0]}–{facts.periods[-1].last_year}"
    return Document(
        title=place_name(facts),
        subtitle=tongue.say("SDG indicator 15.3.1: proportion of degraded land, {years}", years=periods),
        date=tongue.date(facts.started),
        headline=_headline(facts, book, tongue),
        lead_map=lead_map(facts, book, tongue),
        maps=map_list(facts, book, tongue),
        matrices=tuple(_matrix(book, period, tongue) for period in facts.periods if not period.is_baseline),
        charts=charts(facts, book, tongue),
        zones=zone_tables(facts, book, tongue),
        notes=gap_notes(facts, book, tongue),
        gaps=gap_tables(facts, book, tongue),
        parameters=parameter_table(facts, tongue),
        layers=layer_table(facts, tongue),
        checks=closing_checks(facts, book, tongue),
        confidence=tuple(confidence(facts, book, period, tongue) for period in facts.periods),
        tables=prais_tables(facts, book, tongue.translate),
        citation=_citation(facts, tongue),
        limits=_limits(tongue),
    )


def place_name(facts: RunFacts) -> str:
    """Return what the run is about: the title of its workspace, else the country."""
    return facts.workspace or facts.country_name


def _headline(facts: RunFacts, book: Book, tongue: Tongue) -> Headline:
    """Return the first screen."""
    last = facts.periods[-1]
    sure = confidence(facts, book, last, tongue)
    label = OF_LAND if facts.land_area_km2 else OF_MAPPED_LAND
    share = book.value("sdg.headline.share", last.name)
    area, land = (tongue.area(book.value(f"sdg.headline.{part}", last.name)) for part in ("area", "land"))
    return Headline(
        sentence=_sentence(facts, book, last, tongue),
        number=tongue.translate("Unknown") if share is None else tongue.share(share),
        number_label=tongue.say(NO_RESULT if share is None else label, year=last.last_year, area=area, land=land),
        confidence=sure.level,
        confidence_name=tongue.translate(CONFIDENCE_NAMES[sure.level]),
        reasons=sure.reasons,
        change=_change(book, last, tongue),
        missing=" ".join(_missing(book, last, tongue)),
        numbers=_numbers(facts, book, last, tongue),
    )


def _sentence(facts: RunFacts, book: Book, period: Period, tongue: Tongue) -> str:
    """Say in one sentence where the country stands against its baseline; a change under 0.1 % of land is none."""
    names = {"country": tongue.own(place_name(facts)), "year": facts.periods[0].last_year}
    land, net = book.value("sdg.headline.land", period.name), book.value("sdg.headline.change", period.name)
    if not land:
        return tongue.say("{country} has no land with a result.", **names)
    if book.value("sdg.headline.area", period.name) is None:
        return tongue.say("How much land of {country} is degraded is unknown.", **names)
    if net is None:
        return tongue.say("{country}: the state of the land in {year}, the baseline.", **names)
    if abs(net) < SAME * land:
        return tongue.say("{country} has as much degraded land as in {year}.", **names)
    if net > 0:
        return tongue.say("{country} has more degraded land than in {year}.", **names)
    return tongue.say("{country} has less degraded land than in {year}.", **names)


def _change(book: Book, period: Period, tongue: Tongue) -> str:
    """Say what changed since the baseline."""
    if period.is_baseline:
        return tongue.say("This is the baseline: later periods are compared with it.")
    net, points = (book.value(f"sdg.headline.{part}", period.name) for part in ("change", "points"))
    if net is None:
        return tongue.say("The change since the baseline is unknown.")
    newly, healed = (book.amount(f"sdg.change.{key}", period.name) for key in ("newly_degraded", "recovered"))
    return tongue.say(
        GROWTH if net >= 0 else SHRINKAGE,
        area=tongue.area(abs(net)),
        points=tongue.dash if points is None else tongue.number(abs(points) * 100, 1),
        newly=tongue.area(newly),
        healed=tongue.area(healed),
    )


def _missing(book: Book, period: Period, tongue: Tongue) -> Iterator[str]:
    """Say what has no result, which layers are known nowhere, and what the assessed land alone would say."""
    stem = "sdg.assessment" if period.is_baseline else "sdg.status"
    area, share = (book.value(f"{stem}.nodata{tail}", period.name) for tail in ("", ".share.mapped_land"))
    if not area:
        yield tongue.say("All mapped land has a result.")
        return
    yield tongue.say(
        "{area} ({share}) of mapped land have no result.", area=tongue.area(area), share=tongue.share(share)
    )
    nowhere = [layer for layer in SUB_LAYERS if not book.amount(f"{layer}.assessment.assessed", period.name)]
    if nowhere:
        yield tongue.say("Known nowhere: {layers}.", layers=layer_list(nowhere, tongue))
    assessed = book.value(f"{stem}.degraded.share.assessed", period.name)
    if assessed is not None and book.amount(f"{stem}.coverage.mapped_land", period.name) < GOOD_COVERAGE:
        yield tongue.say("Of the assessed land alone, {share} was degraded.", share=tongue.share(assessed))


def _numbers(facts: RunFacts, book: Book, period: Period, tongue: Tongue) -> tuple[KeyNumber, ...]:
    """Return the numbers beside the headline: the baseline, the improved, the people, the gaps."""
    first, say = facts.periods[0], tongue.translate
    stem = "sdg.assessment" if period.is_baseline else "sdg.status"
    found = []
    share = book.value("sdg.headline.share", first.name)
    if not period.is_baseline and share is not None:
        found.append(
            KeyNumber(tongue.share(share), tongue.say("degraded in the baseline, {year}", year=first.last_year))
        )
    improved = book.value(f"{stem}.improved.share.mapped_land", period.name)
    if improved is not None:
        found.append(KeyNumber(tongue.share(improved), say("of mapped land improved")))
    people = book.value("people.total.degraded", period.name)
    if people is not None:
        women = book.value("people.female.degraded", period.name)
        note = tongue.say("{women} women and girls", women=tongue.number(women, 0)) if women is not None else ""
        found.append(KeyNumber(tongue.number(people, 0), say("people live on degraded land"), note))
    gaps = book.value(f"{stem}.nodata.share.mapped_land", period.name)
    found.append(KeyNumber(tongue.share(gaps), say("of mapped land has no result")))
    return tuple(found)


def _matrix(book: Book, period: Period, tongue: Tongue) -> Matrix:
    """Return the status matrix of one reporting period with its areas."""
    codes = (Status.DEGRADED, Status.STABLE, Status.IMPROVED)
    heads = tuple(tongue.translate(STATUS_NAMES[code]) for code in codes)
    rows = []
    for before in codes:
        cells = []
        for now in codes:
            condition = CLASS_OF[before, now]
            area = book.value(f"sdg.matrix.{STATUS_KEYS[before]}.{STATUS_KEYS[now]}", period.name)
            cells.append(MatrixCell(tongue.translate(CONDITION_NAMES[condition]), int(condition), tongue.area(area)))
        rows.append((tongue.translate(STATUS_NAMES[before]), tuple(cells)))
    return Matrix(period_title(period, tongue.translate), heads, tuple(rows))


def _limits(tongue: Tongue) -> tuple[str, ...]:
    """Return what the method cannot see."""
    return (
        tongue.say("One layer that shows degradation is enough: a cell is degraded although the others improve."),
        tongue.say(
            "Soil carbon is modelled from land cover change; where cover stays the same it always reads stable."
        ),
        tongue.say("A conversion acts on soil carbon for twenty years, so old changes still count in later periods."),
        tongue.say("Grassland turned to cropland counts as improvement unless the country sets its own matrix."),
        tongue.say("Satellite greenness is not land health: bush encroachment looks like gain, harvest like loss."),
        tongue.say(
            "No confidence intervals are computed yet; the confidence shown is a suggestion a person must confirm."
        ),
    )


def _citation(facts: RunFacts, tongue: Tongue) -> str:
    """Return how to cite the run."""
    return tongue.say(
        "{country}: SDG indicator 15.3.1, run {run}, profile {profile}, computed with Landbalance {version} on {date}.",
        country=tongue.own(place_name(facts)),
        run=facts.run_id,
        profile=facts.profile,
        version=facts.versions.get("landbalance", ""),
        date=tongue.date(facts.started),
    )
