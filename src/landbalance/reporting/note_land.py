"""What a note says of the land: hectares by status with the unknown, districts, people, drought, what is lost."""

from collections.abc import Mapping
from dataclasses import dataclass

from landbalance.reporting.gaps import CONFIDENCE_NAMES
from landbalance.reporting.note_blocks import Block, Fact, MapPicture, Origin, table
from landbalance.reporting.tables import Column, Table
from landbalance.reporting.words import Tongue

HA_PER_KM2 = 100.0
MOST_ZONES = 12
METHOD = "SDG 15.3.1"


@dataclass(frozen=True)
class LandRow:
    """Land of one period or zone by status [km2]; None where it cannot be stated."""

    name: str
    degraded: float | None
    improved: float | None
    stable: float | None
    unknown: float | None


@dataclass(frozen=True)
class People:
    """People of the last period: on degraded land, women and girls among them, on all counted land; None if unknown."""

    degraded: float | None
    women: float | None
    counted: float | None


@dataclass(frozen=True)
class LandFacts:
    """What a run says that a note takes over.

    Parameters
    ----------
    date : str
        When the run was made, ISO 8601.
    periods : tuple of LandRow
        The baseline first, by their titles in the language of the note.
    confidence, reasons : str, tuple of str
        "high", "medium", "low" of the last period, and why, in the language of the note.
    zones : tuple of LandRow
        Of the last period.
    intervals : mapping of str to (float, float)
        Confidence intervals of degraded land by title of the period, where the run has computed them [km2].
    """

    run_id: str
    place: str
    profile: str
    date: str
    periods: tuple[LandRow, ...]
    confidence: str = ""
    reasons: tuple[str, ...] = ()
    zone_title: str = ""
    zones: tuple[LandRow, ...] = ()
    people: People | None = None
    picture: MapPicture | None = None
    is_invented: bool = False
    intervals: Mapping[str, tuple[float, float]] | None = None


@dataclass(frozen=True)
class DroughtYear:
    """One year: share of the land, and people, in drought of moderate strength or worse."""

    year: int
    land_share: float | None
    people: float | None


@dataclass(frozen=True)
class DroughtFacts:
    """What the drought report of a country says that a note takes over."""

    index: str
    date: str
    years: tuple[DroughtYear, ...]


def land_facts(found: LandFacts, tongue: Tongue) -> dict[str, Fact]:
    """Return the facts of a run: hectares, map, districts, people; none where no land has a result.

    Examples
    --------
    >>> row = LandRow("2016-2023", 120.0, 3.0, 800.0, 77.0)
    >>> facts = land_facts(LandFacts("r1", "Assaba", "unccd-2026", "2026-11-25", (row,)), Tongue())
    >>> facts["land"].blocks[0]
    'In the last period 12,000 ha were degraded and 300 ha improved; 7,700 ha have no result.'
    """
    if not found.periods:
        return {}
    origin = (origin_of(found, tongue),)
    facts = {"land": Fact(_land_blocks(found, tongue), origin)}
    if found.picture is not None:
        facts["map"] = Fact((found.picture,), origin)
    if found.zones:
        caption = tongue.say("Land by {zones}, last period", zones=found.zone_title)
        facts["districts"] = Fact((_land_table("districts", caption, _worst(found.zones), tongue),), origin)
    if found.people is not None and found.people.degraded is not None:
        facts["people_on_land"] = Fact((_people_sentence(found.people, tongue),), origin)
    return facts


def drought_facts(found: DroughtFacts, tongue: Tongue) -> dict[str, Fact]:
    """Return the facts of a drought report: how often, and the worst years.

    Examples
    --------
    >>> years = (DroughtYear(2020, 0.1, 500.0), DroughtYear(2021, 0.9, None))
    >>> drought_facts(DroughtFacts("SPI-12", "2026-11-25", years), Tongue())["drought"].blocks[0]
    'A fifth of the land or more was in moderate or worse drought in 1 of 2 years (SPI-12).'
    """
    known = [each for each in found.years if each.land_share is not None]
    if not known:
        return {}
    bad = sum((each.land_share or 0.0) >= 0.2 for each in known)
    said = tongue.say(
        "A fifth of the land or more was in moderate or worse drought in {bad} of {all} years ({index}).",
        bad=bad, all=len(known), index=tongue.own(found.index.split(",")[0]),
    )  # fmt: skip
    worst = sorted(known, key=lambda each: -(each.land_share or 0.0))[:3]
    heads = (
        tongue.translate("Year"),
        Column(tongue.translate("Land in drought"), "1"),
        Column(tongue.translate("People in drought"), "persons"),
    )
    caption = tongue.say("The three worst years from {first} to {last}", first=known[0].year, last=known[-1].year)
    rows = [(str(each.year), each.land_share, each.people) for each in worst]
    origin = Origin(tongue.translate("Drought report"), found.index, tongue.date(found.date))
    return {"drought": Fact((said, table("drought", caption, heads, rows)), (origin,))}


def loss_fact(share: float, found: LandFacts, tongue: Tongue) -> dict[str, Fact]:
    """Return what happens without the project, by the yearly loss that a run shows."""
    said = tongue.say(
        "Without the project {share} of the land that is still good degrades each year, all going on as before; land "
        "that degrades is taken to give nothing.",
        share=tongue.share(share, 2),
    )
    return {"counterfactual": Fact((said,), (origin_of(found, tongue),))}


def origin_of(found: LandFacts, tongue: Tongue) -> Origin:
    """Return where the figures of a run come from."""
    source = tongue.say("Run {run}, {place}", run=found.run_id, place=tongue.own(found.place))
    return Origin(source, f"{METHOD}, {found.profile}", tongue.date(found.date))


def _land_blocks(found: LandFacts, tongue: Tongue) -> tuple[Block, ...]:
    """Return one sentence, how sure it is, and the table by period."""
    last = found.periods[-1]
    said = tongue.say(
        "In the last period {degraded} were degraded and {improved} improved; {unknown} have no result.",
        degraded=_ha(last.degraded, tongue), improved=_ha(last.improved, tongue), unknown=_ha(last.unknown, tongue),
    )  # fmt: skip
    blocks: list[Block] = [said]
    if found.confidence:
        level = tongue.translate(CONFIDENCE_NAMES[found.confidence])
        told = tongue.say("Confidence: {level}.", level=level)
        blocks.append(f"{told} {'; '.join(found.reasons)}." if found.reasons else told)
    caption = tongue.translate("Land by status and period")
    return (*blocks, _land_table("land", caption, found.periods, tongue, found.intervals))


def _land_table(
    id_: str, caption: str, rows: tuple[LandRow, ...], tongue: Tongue,
    intervals: Mapping[str, tuple[float, float]] | None = None,
) -> Table:  # fmt: skip
    """Return hectares by status, and the most that may be degraded where land has no result."""
    say = tongue.translate
    titles = [say("Degraded"), say("Improved"), say("Stable"), say("No result"), say("Degraded at most")]
    heads = [Column(""), *(Column(title, "ha") for title in titles)]
    cells: list[tuple[object, ...]] = []
    for row in rows:
        _, high = (intervals or {}).get(row.name, (None, None))
        at_most = high if high is not None else _sum(row.degraded, row.unknown)
        values = (row.degraded, row.improved, row.stable, row.unknown, at_most)
        cells.append((row.name, *(None if value is None else value * HA_PER_KM2 for value in values)))
    return table(id_, caption, heads, cells)


def _worst(zones: tuple[LandRow, ...]) -> tuple[LandRow, ...]:
    """Return the zones with most degraded land, at most a dozen."""
    return tuple(sorted(zones, key=lambda row: -(row.degraded or 0.0))[:MOST_ZONES])


def _people_sentence(people: People, tongue: Tongue) -> str:
    """Return how many people live on degraded land."""
    said = tongue.say(
        "{degraded} people live on degraded land, of {counted} counted.",
        degraded=tongue.number(people.degraded or 0.0, 0),
        counted=tongue.dash if people.counted is None else tongue.number(people.counted, 0),
    )
    if people.women is None:
        return said
    return f"{said} {tongue.say('{women} of them are women and girls.', women=tongue.number(people.women, 0))}"


def _ha(km2: float | None, tongue: Tongue) -> str:
    """Return an area in hectares."""
    return tongue.dash if km2 is None else tongue.say("{number} ha", number=tongue.number(km2 * HA_PER_KM2, 0))


def _sum(*values: float | None) -> float | None:
    """Return a sum; unknown where a part is."""
    return None if None in values else float(sum(value for value in values if value is not None))
