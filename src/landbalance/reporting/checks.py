"""The closing checks of a run: do its tables add up, what must be asked (ruling 11, reporting A.0.5)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from landbalance.core.crosstab import Crosstab
from landbalance.core.errors import RuleError
from landbalance.core.periods import Period
from landbalance.core.vocab import NODATA, LandCondition, Status
from landbalance.reporting.condition_figures import STATUS_LAYERS
from landbalance.reporting.counting_desk import nearest_year
from landbalance.reporting.cover_figures import water_classes
from landbalance.reporting.facts import RunFacts
from landbalance.reporting.gap_figures import LAYERS, cells, one_out_all_out_code
from landbalance.reporting.record import Book
from landbalance.reporting.words import Tongue, layer_name, period_title

Outcome = Literal["pass", "warn", "fail"]
EXACT = 1e-9  # relative
ROUNDING = 1e-3
WRONG = 1e-2
TALLIES = ("components", "sdg", "sdg_raw", "sdg_national", "known", "lpd", "lpd_cover", "transition", "national")


@dataclass(frozen=True)
class Check:
    """One check: what was compared, with which result, in one sentence.

    Parameters
    ----------
    id : str
        Rule it stands for, such as "11a" or "V07".
    outcome : {"pass", "warn", "fail"}
        A failed 11a stops the run before any product is written.
    """

    id: str
    title: str
    outcome: Outcome
    sentence: str
    period: str = ""
    numbers: Mapping[str, float] = field(default_factory=dict)


def closing_checks(facts: RunFacts, book: Book, tongue: Tongue | None = None) -> tuple[Check, ...]:
    """Return every check of a run.

    Raises
    ------
    RuleError
        If the classes of a table do not add up to the area of interest (ruling 11a).
    """
    tongue = tongue or Tongue()
    checks: list[Check] = []
    for period in facts.periods:
        checks += _area_closes(facts, tongue, period)
        checks += _known_rows(facts, book, tongue, period)
        checks += _zones_close(facts, tongue, period)
        checks += _transitions_close(facts, tongue, period)
        checks += _sexes_close(book, tongue, period, facts)
        checks += _status_closes(book, tongue, period)
        checks += _land_agrees(facts, book, tongue, period)
        checks += _water_changes(facts, book, tongue, period)
        checks.append(_gaps_small(book, tongue, period))
    checks += _regions_close(facts, tongue)
    return tuple(checks)


def _regions_close(facts: RunFacts, tongue: Tongue) -> Iterator[Check]:
    """Say which regions have a transition matrix of their own (V08): a run whose regions miss the land stops before."""
    if not facts.regional_matrices:
        return
    sentence = tongue.say(
        "{number} regions have a matrix of their own: {names}. Together they make up the country within 1 %.",
        number=tongue.number(len(facts.regional_matrices), 0),
        names=", ".join(facts.regional_matrices),
    )
    yield Check("V08", tongue.say("Regions add up to the country"), "pass", sentence)


def _area_closes(facts: RunFacts, tongue: Tongue, period: Period) -> Iterator[Check]:
    """Check ruling 11a and V06: the classes of every table add up to the area of interest."""
    components = facts.tables.get(f"components.{period.name}.nation")
    if components is None:
        return
    whole = components.total()
    for name, table in _tallies(facts, period):
        if not close(table.total(), whole, EXACT):
            raise RuleError(
                "table {table} adds up to {found} km2, the area of interest is {whole} km2",
                table=name,
                found=table.total(),
                whole=whole,
                hint="this is a fault of the program, not of the data: please report it with the run's manifest",
            )
    sentence = tongue.say("Every table of the period adds up to {area}.", area=tongue.area(whole))
    title = tongue.say("Classes add up to the area of interest")
    yield Check("11a", title, "pass", sentence, period.name, {"area_km2": whole})


def _tallies(facts: RunFacts, period: Period) -> Iterator[tuple[str, Crosstab]]:
    """Yield the tables of a period that must cover the whole area."""
    for name, table in sorted(facts.tables.items()):
        parts = name.split(".")
        if table.unit == "km2" and parts[-1] == "nation" and period.name in parts and parts[0] in (*TALLIES, "status"):
            yield name, table
    for year in period.land_cover:
        name = f"land_cover.{year}.nation"
        if name in facts.tables:
            yield name, facts.tables[name]


def _known_rows(facts: RunFacts, book: Book, tongue: Tongue, period: Period) -> Iterator[Check]:
    """Check ruling 11b and 11c: gaps explain the areas, and one-out-all-out degrades no less than each layer."""
    components = facts.tables.get(f"components.{period.name}.nation")
    if components is None or facts.settings.text("nodata_rule") != "any":
        return
    rows = [(codes[1:4], area) for codes, area in cells(components, 1) if codes[3] != Status.NOT_APPLICABLE]
    joined = sum(area for codes, area in rows if NODATA not in codes)
    degraded = sum(a for codes, a in rows if one_out_all_out_code(codes, "any") == Status.DEGRADED)
    for place, layer in enumerate(LAYERS):
        assessed = sum(area for codes, area in rows if codes[place] != NODATA)
        gaps = sum(area for codes, area in rows if codes[place] != NODATA and NODATA in codes)
        outcome: Outcome = "pass" if close(assessed, joined + gaps, EXACT) else "fail"
        sentence = tongue.say(
            "{layer}: {assessed} assessed, of which {gaps} fall out of the indicator because another layer is missing.",
            layer=layer_name(layer, tongue.translate),
            assessed=tongue.area(assessed),
            gaps=tongue.area(gaps),
        )
        numbers = {"assessed_km2": assessed, "joined_km2": joined, "gaps_km2": gaps}
        yield Check("11b", tongue.say("Gaps explain the areas"), outcome, sentence, period.name, numbers)
        own = sum(a for codes, a in rows if NODATA not in codes and codes[place] == Status.DEGRADED)
        outcome = "pass" if degraded >= own * (1 - EXACT) else "fail"
        sentence = tongue.say(
            "On common land the indicator has {degraded} degraded, {layer} alone {own}.",
            degraded=tongue.area(degraded),
            layer=layer_name(layer, tongue.translate),
            own=tongue.area(own),
        )
        title = tongue.say("One out, all out degrades no less than each layer")
        yield Check("11c", title, outcome, sentence, period.name, {"sdg_km2": degraded, "layer_km2": own})
    yield from _rows_agree(facts, book, tongue, period, joined)


def _rows_agree(facts: RunFacts, book: Book, tongue: Tongue, period: Period, joined: float) -> Iterator[Check]:
    """Check that the assessed indicator before recodes is the land where all three layers are known."""
    table = facts.tables.get(f"sdg_raw.{period.name}.nation") or facts.tables.get(f"sdg.{period.name}.nation")
    if table is None or book.amount("soc.assessment.area.not_applicable", period.name):
        return
    found = table.total() - table.total(sdg=NODATA)
    sentence = tongue.say(
        "All layers are known on {joined}; the indicator is assessed on {found}.",
        joined=tongue.area(joined),
        found=tongue.area(found),
    )
    outcome: Outcome = "pass" if close(found, joined, EXACT) else "fail"
    numbers = {"joined_km2": joined, "assessed_km2": found}
    yield Check("11b", tongue.say("Gaps explain the areas"), outcome, sentence, period.name, numbers)


def _zones_close(facts: RunFacts, tongue: Tongue, period: Period) -> Iterator[Check]:
    """Check ruling 11d: zones and what lies outside them add up to the nation."""
    nation = facts.tables.get(f"sdg.{period.name}.nation")
    for group in facts.groups:
        table = facts.tables.get(f"sdg.{period.name}.{group.id}")
        if group.id == "nation" or group.overlaps or table is None or nation is None:
            continue
        parts, whole = table.keep("sdg").values, nation.keep("sdg").values
        good = all(close(float(part), float(total), EXACT) for part, total in zip(parts, whole, strict=True))
        outside = table.total(zone=0)
        sentence = tongue.say(
            "{group}: {number} zones; {outside} lie in none of them.",
            group=tongue.translate(group.title),
            number=tongue.number(len(group.zones), 0),
            outside=tongue.area(outside),
        )
        title = tongue.say("Zones add up to the country")
        yield Check("11d", title, "pass" if good else "fail", sentence, period.name, {"outside_km2": outside})


def _transitions_close(facts: RunFacts, tongue: Tongue, period: Period) -> Iterator[Check]:
    """Check V07: rows of the transition table are the opening areas, columns the closing areas."""
    table = facts.tables.get(f"transition.{period.name}.nation")
    years = [facts.tables.get(f"land_cover.{year}.nation") for year in period.land_cover]
    if table is None:
        return
    worst = 0.0
    for axis, areas in zip(("start", "end"), years, strict=True):
        if areas is None:
            continue
        cover = areas.keep("class")
        sums = table.keep(axis)
        for code, area in zip(cover.axes[0].codes, cover.values.tolist(), strict=True):
            found = sums.total(**{axis: code})
            worst = max(worst, abs(found - area) / max(area, found, 1e-12))
    outcome: Outcome = "pass" if worst <= ROUNDING else "warn" if worst <= WRONG else "fail"
    sentence = tongue.say(
        "Transitions and class areas differ by {share} at most.", share=tongue.percent(round(worst, 6), 2)
    )
    title = tongue.say("Transitions agree with class areas")
    yield Check("V07", title, outcome, sentence, period.name, {"largest_difference": worst})


def _sexes_close(book: Book, tongue: Tongue, period: Period, facts: RunFacts) -> Iterator[Check]:
    """Check V10: women and men add up to the total, and the grid agrees with the country profile."""
    total, female, male = (book.value(f"people.{sex}.counted", period.name) for sex in ("total", "female", "male"))
    if total is None or female is None or male is None:
        return
    outcome: Outcome = "pass" if close(female + male, total, ROUNDING) else "warn"
    sentence = tongue.say(
        "{female} women and men are counted together, {total} people in all.",
        female=tongue.number(female + male, 0),
        total=tongue.number(total, 0),
    )
    title = tongue.say("Women and men add up to the total")
    yield Check("V10", title, outcome, sentence, period.name, {"female": female, "male": male, "total": total})
    year = nearest_year(period.last_year, facts.population)
    if year is None or not facts.population[year].get("total"):
        return
    profile = facts.population[year]["total"]
    outcome = "pass" if close(total, profile, 0.02) else "warn"
    sentence = tongue.say(
        "The population grid holds {total} people, the country profile {profile}.",
        total=tongue.number(total, 0),
        profile=tongue.number(profile, 0),
    )
    title = tongue.say("Population agrees with the country profile")
    yield Check("V10", title, outcome, sentence, period.name, {"grid": total, "profile": profile})


def _status_closes(book: Book, tongue: Tongue, period: Period) -> Iterator[Check]:
    """Check V13 and the identity of 4.4: the seven classes add up, and the change is new minus recovered land."""
    for layer in STATUS_LAYERS if not period.is_baseline else ():
        classes = sum(book.amount(f"{layer}.condition.{code.name.lower()}", period.name) for code in LandCondition)
        if not classes:
            continue
        parts = ("degraded", "stable", "improved", "nodata")
        status = sum(book.amount(f"{layer}.status.{part}", period.name) for part in parts)
        moved = book.amount(f"{layer}.status.degraded", period.name)
        moved -= book.amount(f"{layer}.change.baseline_degraded", period.name)
        net = book.amount(f"{layer}.change.net", period.name)
        good = close(classes, status, EXACT) and abs(moved - net) <= EXACT * max(classes, 1.0)
        sentence = tongue.say(
            "{layer}: the seven classes add up, and the change of {net} is new minus recovered land.",
            layer=layer_name(layer, tongue.translate),
            net=tongue.area(net),
        )
        title = tongue.say("Status and change agree")
        numbers = {"classes_km2": classes, "net_km2": net, "moved_km2": moved}
        yield Check("V13", title, "pass" if good else "fail", sentence, period.name, numbers)


def _land_agrees(facts: RunFacts, book: Book, tongue: Tongue, period: Period) -> Iterator[Check]:
    """Check ruling 11e: mapped land against the land area of the country profile."""
    year = nearest_year(period.last_year, facts.land_area_km2)
    if year is None:
        return
    mapped, profile = book.amount("surface.mapped_land", period.name), facts.land_area_km2[year]
    outcome: Outcome = "pass" if close(mapped, profile, ROUNDING) else "warn"
    sentence = tongue.say(
        "Mapped land is {mapped}, the country profile says {profile}.",
        mapped=tongue.area(mapped),
        profile=tongue.area(profile),
    )
    title = tongue.say("Mapped land agrees with the country profile")
    yield Check("11e", title, outcome, sentence, period.name, {"mapped_km2": mapped, "profile_km2": profile})


def _water_changes(facts: RunFacts, book: Book, tongue: Tongue, period: Period) -> Iterator[Check]:
    """Check V18: a water body change over 1 % asks whether the land area should differ by year."""
    water = water_classes(facts.legend)
    first, last = (
        sum(book.amount(f"land_cover.class.{place}", str(year)) for place in water) for year in period.land_cover
    )
    if period.is_baseline or not first:
        return
    change = (last - first) / first
    outcome: Outcome = "pass" if abs(change) <= WRONG else "warn"
    sentence = tongue.say(
        "Water bodies changed by {share}; above 1 % the land area should be stated year by year.",
        share=tongue.percent(change, 1),
    )
    yield Check("V18", tongue.say("Water bodies"), outcome, sentence, period.name, {"change": change})


def _gaps_small(book: Book, tongue: Tongue, period: Period) -> Check:
    """Check V19: a no-data share over 5 % asks for an explanation, over 20 % it is a red flag."""
    stem = "sdg.assessment" if period.is_baseline else "sdg.status"
    share = book.amount(f"{stem}.nodata.share.mapped_land", period.name)
    outcome: Outcome = "pass" if share <= 0.05 else "warn" if share <= 0.2 else "fail"
    sentence = tongue.say(
        "{period}: {share} of the land has no result.",
        period=period_title(period, tongue.translate),
        share=tongue.share(share),
    )
    return Check("V19", tongue.say("Land without a result"), outcome, sentence, period.name, {"share": share})


def close(left: float, right: float, tolerance: float) -> bool:
    """Return whether two amounts agree within a relative tolerance."""
    return abs(left - right) <= tolerance * max(abs(left), abs(right), 1e-12)
