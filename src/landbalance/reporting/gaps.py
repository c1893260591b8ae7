"""What gaps, hyper-arid land, the SOC floor and short series do to the figures, in plain sentences."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from landbalance.core.periods import Period
from landbalance.core.vocab import LandCover
from landbalance.reporting.facts import RunFacts
from landbalance.reporting.gap_figures import FLOOR_RULES, NODATA_RULES
from landbalance.reporting.record import Book
from landbalance.reporting.words import Tongue, layer_name, mark, period_title

Level = Literal["high", "medium", "low"]
CONFIDENCE_NAMES = {"high": mark("High"), "medium": mark("Medium"), "low": mark("Low")}
FEW_CELLS = 10_000
MANY_EDGES = 0.1  # of the cells
MUCH = 0.2  # of the land
SINGLE_GAPS = {"011": "productivity", "101": "land_cover", "110": "soc"}


@dataclass(frozen=True)
class Confidence:
    """How sure the figure of a period is, and why: a suggestion that a person confirms."""

    period: str
    level: Level
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Note:
    """One sentence for the reader: `level` is "note", "warning" or "serious"."""

    level: str
    text: str
    period: str = ""


def gap_notes(facts: RunFacts, book: Book, tongue: Tongue) -> tuple[Note, ...]:
    """Return every sentence on gaps and doubts, the serious ones first."""
    notes = [
        Note(flag.level, _sentence(tongue.say(flag.text, **flag.fields)), flag.period)
        for flag in facts.flags
        if flag.code != "short_series"  # said below, with what it does to the figure
    ]
    if not facts.land_area_km2:
        text = tongue.say(
            "There is no country profile: shares are of mapped land, and the official share is not stated."
        )
        notes.append(Note("warning", text))
    for period in facts.periods:
        notes += _series_notes(facts, tongue, period)
        notes += _missing_notes(book, tongue, period)
        notes += _rule_notes(facts, book, tongue, period)
        notes += _land_notes(facts, book, tongue, period)
    notes += _zone_notes(facts, book, tongue)
    notes += _boundary_notes(facts, book, tongue)
    notes += _border_notes(facts, book, tongue)
    order = {"serious": 0, "warning": 1, "note": 2}
    return tuple(sorted(dict.fromkeys(notes), key=lambda note: order.get(note.level, 2)))


def confidence(facts: RunFacts, book: Book, period: Period, tongue: Tongue) -> Confidence:
    """Suggest the confidence box of SO1-4: what a careful reader would say, with the reasons; a person decides.

    Land that is bare, hyper-arid or below the SOC floor is never judged with high confidence (reporting I.2).
    """
    stem = "sdg.assessment" if period.is_baseline else "sdg.status"
    coverage = book.amount(f"{stem}.coverage.mapped_land", period.name)
    land = book.amount("surface.mapped_land", period.name)
    poor = max(book.amount("soc.below_floor", period.name), book.amount("hyperarid.area", period.name))
    dry = min(max(poor, bare_area(facts, book, period)) / (land or 1.0), 1.0)
    changed = book.amount("soc.assessment.degraded", period.name) + book.amount("soc.assessment.improved", period.name)
    short = {period.name, "baseline"} & set(facts.short_periods)
    serious = [flag for flag in facts.flags if flag.level == "serious"]
    low = {
        tongue.say("the productivity series is short"): bool(short),
        tongue.say("only {share} of the land is assessed", share=tongue.share(coverage)): coverage < 0.8,
        tongue.say("{share} of the land is bare, hyper-arid or poor in carbon", share=tongue.share(dry)): dry > 0.2,
        tongue.say("the input data have serious gaps"): bool(serious),
    }
    medium = {
        tongue.say("{share} of the land is assessed", share=tongue.share(coverage)): 0.8 <= coverage < 0.95,
        tongue.say("soil carbon follows land cover and is not measured"): changed < 0.05 * land,
        tongue.say("the input data have gaps"): not serious and any(flag.level == "warning" for flag in facts.flags),
    }
    if any(low.values()):
        return Confidence(period.name, "low", tuple(reason for reason, holds in {**low, **medium}.items() if holds))
    if any(medium.values()):
        return Confidence(period.name, "medium", tuple(reason for reason, holds in medium.items() if holds))
    return Confidence(period.name, "high", (tongue.say("coverage is high and the series is long"),))


def bare_area(facts: RunFacts, book: Book, period: Period) -> float:
    """Return the area of the class "other land", bare soil and rock, at the start of a period."""
    bare = (place for place, row in enumerate(facts.legend.classes, 1) if row.unccd == LandCover.OTHER_LAND)
    return sum(book.amount(f"land_cover.class.{place}", str(period.land_cover[0])) for place in bare)


def layer_list(layers: Iterable[str], tongue: Tongue) -> str:
    """Return the names of layers in one line."""
    return ", ".join(layer_name(layer, tongue.translate) for layer in layers)


def _sentence(text: str) -> str:
    """Return a text with a capital and a full stop."""
    return text[:1].upper() + text[1:] + ("" if text[-1:] in ".。" else ".")


def _series_notes(facts: RunFacts, tongue: Tongue, period: Period) -> Iterator[Note]:
    """Say that a series is short."""
    if period.name not in facts.short_periods:
        return
    text = tongue.say(
        "{period}: the productivity series has {years} annual values. Below {minimum} a trend is seldom significant, "
        "so degradation and improvement are both likely to be understated, and figures stay out of the PRAIS package.",
        period=period_title(period, tongue.translate),
        years=tongue.number(len(facts.series_years.get(period.name, ())), 0),
        minimum=tongue.number(facts.settings.integer("report_min_years"), 0),
    )
    yield Note("serious", text, period.name)


def _missing_notes(book: Book, tongue: Tongue, period: Period) -> Iterator[Note]:
    """Say how much land has no result, and which layer is to blame."""
    land = book.amount("surface.mapped_land", period.name)
    empty = book.amount("sdg.assessment.nodata", period.name)
    if not land or not empty:
        return
    blame = {layer: book.amount(f"known.{key}.land", period.name) for key, layer in SINGLE_GAPS.items()}
    worst = max(blame, key=lambda layer: blame[layer])
    share = empty / land
    text = tongue.say(
        "{period}: {area} of land ({share}) have no result; where one layer alone is missing, mostly: {layer}.",
        period=period_title(period, tongue.translate),
        area=tongue.area(empty),
        share=tongue.share(share),
        layer=layer_name(worst, tongue.translate),
    )
    yield Note("serious" if share > 0.2 else "warning" if share > 0.05 else "note", text, period.name)


def _rule_notes(facts: RunFacts, book: Book, tongue: Tongue, period: Period) -> Iterator[Note]:
    """Say what the other rules for gaps and for the SOC floor would make of degraded land."""
    areas = {rule: book.value(f"variant.nodata_rule.{rule}.degraded", period.name) for rule in NODATA_RULES}
    own = areas.get(facts.settings.text("nodata_rule"))
    if own is None:
        return
    others = [area for area in areas.values() if area is not None]
    if max(others) - min(others) > 1e-6 * max(*others, 1.0):
        text = tongue.say(
            "{period}: before corrections {own} are degraded; the other rules for gaps give {low} to {high}.",
            period=period_title(period, tongue.translate),
            own=tongue.area(own),
            low=tongue.area(min(others)),
            high=tongue.area(max(others)),
        )
        yield Note("note", text, period.name)
    below = book.amount("soc.below_floor", period.name)
    if not below:
        return
    flagged, left = (book.amount(f"variant.soc_floor_rule.{rule}.degraded", period.name) for rule in FLOOR_RULES)
    text = tongue.say(
        "{period}: {area} hold less than {floor} t of soil carbon per hectare. Degraded land is {flagged} when they "
        "count as stable and {left} when soil carbon is not applicable there.",
        period=period_title(period, tongue.translate),
        area=tongue.area(below),
        floor=tongue.number(facts.settings.number("soc_floor"), 0),
        flagged=tongue.area(flagged),
        left=tongue.area(left),
    )
    yield Note("note", text, period.name)


def _land_notes(facts: RunFacts, book: Book, tongue: Tongue, period: Period) -> Iterator[Note]:
    """Say what hyper-arid land, new water and unchanged land cover mean."""
    dry = book.amount("hyperarid.area", period.name)
    if dry:
        text = tongue.say(
            "{period}: {area} are hyper-arid, outside the affected areas of the Convention; sparse growth makes "
            "productivity there uncertain (rule: {rule}).",
            period=period_title(period, tongue.translate),
            area=tongue.area(dry),
            rule=facts.settings.text("hyperarid_policy"),
        )
        yield Note("note", text, period.name)
    turned = book.amount("surface.turned_water", period.name)
    if turned:
        text = tongue.say(
            "{period}: {area} turned into water; they stay in the land total of the period.",
            period=period_title(period, tongue.translate),
            area=tongue.area(turned),
        )
        yield Note("note", text, period.name)


def _zone_notes(facts: RunFacts, book: Book, tongue: Tongue) -> Iterator[Note]:
    """Say in how many zones of a group much land has no result, and which is the worst."""
    period = facts.periods[-1]
    for group in facts.groups:
        if group.id in {"nation", "land_cover", "land_type", "affected"}:
            continue
        stem = "sdg.assessment.nodata.share.mapped_land"
        found = {zone.name: book.value(stem, period.name, f"{group.id}/{zone.number}") for zone in group.zones}
        gaps = {name: share for name, share in found.items() if share is not None and share > MUCH}
        if gaps:
            worst = max(gaps, key=lambda name: gaps[name])
            text = tongue.say(
                "{group}: in {number} of {all} zones over a fifth of the land has no result, most of all in {zone} "
                "({share}). Their figures speak for the assessed land alone.",
                group=tongue.translate(group.title),
                number=tongue.number(len(gaps), 0),
                all=tongue.number(len(group.zones), 0),
                zone=worst,
                share=tongue.share(gaps[worst]),
            )
            yield Note("warning", text, period.name)


def _border_notes(facts: RunFacts, book: Book, tongue: Tongue) -> Iterator[Note]:
    """Say what the border cells of a small area do to it (reporting I.1)."""
    first = facts.periods[0].name
    cells, edge = book.amount("border.cells", first), book.amount("border.edge_cells", first)
    if cells and (cells < FEW_CELLS or edge > MANY_EDGES * cells):
        text = tongue.say(
            "The area has {cells} cells, about {edge} of them on its border: cells of {size} are coarse for it. By the "
            "border alone its area is uncertain by about {error}, estimated from the length of the border; finer "
            "layers would help.",
            cells=tongue.number(cells, 0),
            edge=tongue.number(edge, 0),
            size=facts.cell_size,
            error=tongue.area(book.value("border.error", first)),
        )
        yield Note("warning", text)


def _boundary_notes(facts: RunFacts, book: Book, tongue: Tongue) -> Iterator[Note]:
    """Say that cells and polygon differ a little, and why."""
    cells = book.amount("surface.area", facts.periods[0].name)
    if facts.boundary_km2 and cells:
        text = tongue.say(
            "The boundary polygon measures {polygon}, the cells inside it {cells}: cells on the border count whole or "
            "not at all, or by their share, so a small difference is normal.",
            polygon=tongue.area(facts.boundary_km2),
            cells=tongue.area(cells),
        )
        yield Note("note", text)
