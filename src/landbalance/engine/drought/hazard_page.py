"""SO3 as tables, figures and a page."""

from collections.abc import Sequence

from landbalance.core.vocab import Drought
from landbalance.core.workspace import Workspace
from landbalance.engine.drought.hazard import Hazard
from landbalance.engine.drought.products import place_of
from landbalance.indicators.drought.exposure import ByClass
from landbalance.indicators.drought.vulnerability import TIER_NAMES
from landbalance.reporting import drought_words as words
from landbalance.reporting.document import KeyNumber
from landbalance.reporting.drought_page import Page, Section, class_chart, number_of
from landbalance.reporting.maps import LegendEntry, MapSpec
from landbalance.reporting.record import Figure, Stamp
from landbalance.reporting.tables import Cell, Column, Table
from landbalance.reporting.words import Tongue

SEX_WORDS = {"total": words.TOTAL, "female": words.FEMALE, "male": words.MALE}
SEX_TABLES = {"total": "SO3-2.T1", "female": "SO3-2.T2", "male": "SO3-2.T3"}
CLASSES = (Drought.MILD, Drought.MODERATE, Drought.SEVERE, Drought.EXTREME, Drought.NONE)


def hazard_tables(hazard: Hazard, tongue: Tongue) -> list[Table]:
    """Return SO3-1.T1 and T2, SO3-2.T1 to T3, SO3-3.T1, and the windows."""
    say = tongue.translate
    heads = tuple(Column(say(words.DROUGHT_NAMES[code]), "km2") for code in CLASSES)
    first = Column(say(words.YEAR))
    land: list[tuple[Cell, ...]] = [(str(each.year), *_cells(each.land), each.land.unknown) for each in hazard.years]
    tables = [
        Table("SO3-1.T1", say(words.HAZARD_LAND), (first, *heads, Column(say(words.UNKNOWN), "km2")), tuple(land)),
        Table(
            "SO3-1.T2",
            say(words.ANY_SHARE),
            (first, Column(say(words.ANY_SHARE), "1"), Column(say(words.WORSE_SHARE), "1")),
            tuple(
                (str(each.year), each.land.any_drought / hazard.land_km2, each.land.moderate_or_worse / hazard.land_km2)
                for each in hazard.years
            ),
        ),
    ]
    tables += [
        _people_table(hazard, sex, tongue) for sex in SEX_TABLES if hazard.years and sex in hazard.years[0].people
    ]
    windows: list[tuple[Cell, ...]] = [
        (f"{each.first}–{each.last}", *_cells(each.land), each.land.unknown) for each in hazard.windows
    ]
    caption = tongue.say(words.HAZARD_MAP, years=say(words.YEARS))
    tables.append(
        Table(
            "SO3-1.maps", caption, (Column(say(words.YEARS)), *heads, Column(say(words.UNKNOWN), "km2")), tuple(windows)
        )
    )
    if hazard.vulnerability:
        tables.append(_vulnerability_table(hazard, tongue))
    return tables


def hazard_figures(hazard: Hazard) -> list[Figure]:
    """Return every figure of SO3 with its record."""
    figures: list[Figure] = []
    quality = ("nearest_cell",) if hazard.filled_km2 > 0 else ()
    by_share = any("national share" in flag for flag in hazard.flags)
    for each in hazard.years:
        stamp = Stamp(str(each.year), method=hazard.method, quality=quality, inputs=("SO3-1.T1",))
        figures += _figures(stamp, "drought.land", each.land, "km2", hazard.land_km2, "mapped_land")
        for sex, people in each.people.items():
            doubts = (*quality, "national_share_of_sex") if by_share and sex != "total" else quality
            stamp = Stamp(str(each.year), method=hazard.method, quality=doubts, inputs=(SEX_TABLES[sex],))
            whole = hazard.national[each.people_year or 0, sex]
            figures += _figures(stamp, f"drought.people.{sex}", people, "persons", whole, "population")
    for sex, found in hazard.vulnerability.items():
        for row, year in enumerate(hazard.vulnerability_years):
            for column, unit in enumerate(hazard.vulnerability_units):
                value = float(found.index[row, column])
                stamp = Stamp(
                    str(year), zone=f"units/{column + 1}", method=TIER_NAMES[found.tier], inputs=("SO3-3.T1",)
                )
                figures.append(
                    stamp.figure(
                        f"drought.vulnerability.{sex}", f"{unit}: {sex}", None if value != value else value, "1"
                    )
                )
    return figures


def hazard_maps(hazard: Hazard, tongue: Tongue) -> list[MapSpec]:
    """Return the maps of the windows."""
    maps = []
    for each in hazard.windows:
        title = tongue.say(words.HAZARD_MAP, years=f"{each.first}–{each.last}")
        entries = tuple(
            LegendEntry(
                int(code),
                words.DROUGHT_COLOURS[code],
                words.DROUGHT_PATTERNS.get(code, ""),
                tongue.translate(words.DROUGHT_NAMES[code]),
                tongue.area(each.land.amounts[code]),
            )
            for code in (Drought.NONE, Drought.MILD, Drought.MODERATE, Drought.SEVERE, Drought.EXTREME)
        )
        alt = f"{title}: " + ", ".join(f"{entry.name} {entry.area}" for entry in entries)
        maps.append(MapSpec(f"worst.{each.first}", title, entries, alt))
    return maps


def hazard_page(workspace: Workspace, hazard: Hazard, tongue: Tongue, date: str) -> Page:
    """Return the page."""
    say, last = tongue.translate, hazard.years[-1]
    worst = max(hazard.years, key=lambda each: each.land.moderate_or_worse)
    numbers = [_worst_number(worst.year, worst.land, hazard, tongue)]
    if worst.people:
        people = worst.people.get("total") or next(iter(worst.people.values()))
        label = tongue.say(words.PEOPLE_EXPOSED, year=worst.year)
        numbers.append(KeyNumber(number_of(people.any_drought, tongue), label))
    if "total" in hazard.vulnerability:
        value = float(hazard.vulnerability["total"].index[-1].mean())
        label = tongue.say(words.MOST_VULNERABLE, year=hazard.vulnerability_years[-1])
        numbers.append(
            KeyNumber(number_of(value, tongue, 2), label, hazard.vulnerability["total"].tier.replace("_", " "))
        )
    tables = hazard_tables(hazard, tongue)
    names = [say(words.DROUGHT_NAMES[code]) for code in sorted(CLASSES)]
    shares = [[amount / hazard.land_km2 for amount in each.land.amounts] for each in hazard.years]
    chart = class_chart([each.year for each in hazard.years], shares, names, say(words.HAZARD_LAND))
    sections = [
        Section(say(words.HAZARD_LAND), (say(words.HALF_MILD),), (), (chart,), tuple(tables[:2])),
        Section(tables[-1 - bool(hazard.vulnerability)].caption, (), tuple(hazard_maps(hazard, tongue))),
    ]
    exposed = [table for table in tables if table.id.startswith("SO3-2")]
    if exposed:
        sections.append(Section(tongue.say(words.HAZARD_PEOPLE, sex=say(words.TOTAL)), tables=tuple(exposed)))
    if hazard.vulnerability:
        sections.append(Section(say(words.VULNERABILITY), (say(words.OWN_HISTORY),), tables=(tables[-1],)))
    sentence = tongue.say(
        words.HAZARD_SENTENCE,
        year=last.year,
        share=tongue.percent(last.land.any_drought / hazard.land_km2, 1),
        worse=tongue.percent(last.land.moderate_or_worse / hazard.land_km2, 1),
    )
    return Page(
        say(words.HAZARD_TITLE),
        place_of(workspace),
        tongue.date(date),
        say(words.INVENTED) if workspace.is_invented else "",
        sentence,
        tuple(numbers),
        tuple(sections),
        tuple(map(tongue.note, hazard.flags)),
        (tongue.note(hazard.method), f"drought_edges = {hazard.edges}"),
    )


def _worst_number(year: int, land: ByClass, hazard: Hazard, tongue: Tongue) -> KeyNumber:
    """Return the worst year."""
    share = tongue.percent(land.moderate_or_worse / hazard.land_km2, 0)
    return KeyNumber(share, f"{tongue.translate(words.WORSE_SHARE)}, {year}")


def _people_table(hazard: Hazard, sex: str, tongue: Tongue) -> Table:
    """Return exposed people of one sex by year: shares of the nation and a count."""
    say = tongue.translate
    rows: list[tuple[Cell, ...]] = []
    for each in hazard.years:
        people, whole = each.people.get(sex), hazard.national.get((each.people_year or 0, sex))
        if people is None or not whole:
            rows.append((str(each.year), *(None for _ in range(6))))
            continue
        shares = [people.amounts[code] / whole for code in CLASSES[:4]]
        rows.append((str(each.year), *shares, people.any_drought / whole, people.any_drought))
    heads: Sequence[Column] = [Column(say(words.DROUGHT_NAMES[code]), "1") for code in CLASSES[:4]]
    columns = (
        Column(say(words.YEAR)),
        *heads,
        Column(say(words.EXPOSED_SHARE), "1"),
        Column(say(words.ANY_DROUGHT), "persons"),
    )
    return Table(SEX_TABLES[sex], tongue.say(words.HAZARD_PEOPLE, sex=say(SEX_WORDS[sex])), columns, tuple(rows))


def _vulnerability_table(hazard: Hazard, tongue: Tongue) -> Table:
    """Return the index by year, unit and sex."""
    sexes = [sex for sex in SEX_WORDS if sex in hazard.vulnerability]
    rows: list[tuple[Cell, ...]] = []
    for row, year in enumerate(hazard.vulnerability_years):
        for column, unit in enumerate(hazard.vulnerability_units):
            label = str(year) if len(hazard.vulnerability_units) == 1 else f"{year} {unit}"
            values = [float(hazard.vulnerability[sex].index[row, column]) for sex in sexes]
            rows.append((label, *(None if value != value else value for value in values)))
    columns = (
        Column(tongue.translate(words.YEAR)),
        *(Column(tongue.translate(SEX_WORDS[sex]), "index") for sex in sexes),
    )
    note = "; ".join(dict.fromkeys(TIER_NAMES[each.tier] for each in hazard.vulnerability.values()))
    return Table("SO3-3.T1", tongue.translate(words.VULNERABILITY), columns, tuple(rows), note=note)


def _cells(amounts: ByClass) -> tuple[float, ...]:
    """Return mild to extreme, then none, as PRAIS lists them."""
    return tuple(amounts.amounts[code] for code in CLASSES)


def _figures(stamp: Stamp, measure: str, found: ByClass, unit: str, whole: float, denominator: str) -> list[Figure]:
    """Return amounts and shares of one year."""
    parts = {code.name.lower(): found.amounts[code] for code in CLASSES}
    parts |= {"any": found.any_drought, "moderate_or_worse": found.moderate_or_worse, "unknown": found.unknown}
    figures = []
    for name, amount in parts.items():
        figures.append(stamp.figure(f"{measure}.{name}", name.replace("_", " "), amount, unit, mask="land"))
        share = amount / whole if whole else None
        figures.append(stamp.figure(f"{measure}.{name}.share", name, share, "1", mask="land", denominator=denominator))
    return figures
