"""The tables of the UNCCD report that a run fills: CP, SO1-1 to SO1-4 and SO2-3 (methods 8.3, reporting A.1 to A.5)."""

from dataclasses import dataclass

from landbalance.core.periods import Period
from landbalance.core.vocab import NODATA, LandCondition, Lpd, Status
from landbalance.reporting.cover_figures import class_key
from landbalance.reporting.facts import SEXES, RunFacts
from landbalance.reporting.record import Book, Figure
from landbalance.reporting.tables import Cell, Column, Table
from landbalance.reporting.words import (
    CONDITION_NAMES,
    DENOMINATOR_NAMES,
    LPD_NAMES,
    SEX_NAMES,
    STATUS_KEYS,
    STATUS_NAMES,
    Translate,
    identity,
    mark,
    period_title,
    titled,
)

RECODE_STATES = {name: name for name in (mark("proposed"), mark("accepted"), mark("rejected"))}
RECODE_TYPES = {name: name for name in (mark("false negative"), mark("false positive"), mark("other"))}
SIGNS = {-1: "−", 0: "0", 1: "+"}
ORDER = (Status.IMPROVED, Status.STABLE, Status.DEGRADED, Status.NODATA)


@dataclass(frozen=True)
class Form:
    """What the tables are filled from."""

    facts: RunFacts
    book: Book
    translate: Translate = identity

    def title(self, period: Period) -> str:
        """Return the name of a period."""
        return period_title(period, self.translate)

    @property
    def classes(self) -> dict[int, str]:
        """Return the land cover classes by position."""
        return {place: self.translate(row.name) for place, row in enumerate(self.facts.legend.classes, start=1)}


def prais_tables(facts: RunFacts, book: Book, translate: Translate = identity) -> tuple[Table, ...]:
    """Return every PRAIS table that a run can fill, in the order of the forms."""
    form = Form(facts, book, translate)
    tables = [_country_area(form), _country_people(form), _legend(form), *_matrices(form), _extent(form)]
    tables += [_transitions(form, period) for period in facts.periods]
    tables.append(_degradation(form, "SO1-1.T7", "land_cover", translate("Land cover degradation")))
    tables += [_dynamics(form, period) for period in facts.periods]
    tables.append(_degradation(form, "SO1-2.T3", "productivity", translate("Land productivity degradation")))
    tables.append(_stocks(form))
    tables.append(_degradation(form, "SO1-3.T2", "soc", translate("Soil organic carbon degradation")))
    tables += [_status(form, period) for period in facts.periods if not period.is_baseline]
    tables += [_result(form), _recodes(form), _exposed(form)]
    return tuple(table for table in tables if table.rows)


def _country_area(form: Form) -> Table:
    """Return CP-1.T1."""
    say, book = form.translate, form.book
    measures = ("country.land", "country.water", "country.area")
    rows = tuple(
        (str(year), *(book.find(measure, str(year)) for measure in measures))
        for year in form.facts.land_cover_years
        if book.find("country.area", str(year))
    )
    titles = (say("Land area"), say("Water bodies"), say("Country area"))
    note = say("Land area is taken from the country profile where it is given, else from the land cover map.")
    columns = (Column(say("Year")), *(Column(title, "km2") for title in titles))
    return Table("CP-1.T1", say("Area of the country"), columns, rows, note=note)


def _country_people(form: Form) -> Table:
    """Return CP-1.T2, in thousands, from the country profile alone."""
    say = form.translate
    rows = tuple(
        (str(year), *(_thousands(people.get(sex)) for sex in ("female", "male", "total")))
        for year, people in sorted(form.facts.population.items())
    )
    columns = (Column(say("Year")), *(Column(say(SEX_NAMES[sex]), "thousands") for sex in ("female", "male", "total")))
    return Table("CP-1.T2", say("Population"), columns, rows)


def _legend(form: Form) -> Table:
    """Return SO1-1.T2."""
    say = form.translate
    rows = tuple((str(row.code), say(row.name), str(row.unccd)) for row in form.facts.legend.classes)
    columns = (Column(say("Code")), Column(say("Class")), Column(say("UNCCD class")))
    return Table("SO1-1.T2", say("Land cover legend"), columns, rows, note=form.facts.legend.source)


def _matrices(form: Form) -> list[Table]:
    """Return SO1-1.T3: the national matrix, or one for each region."""
    say, names = form.translate, form.classes
    matrices = form.facts.regional_matrices or {"": form.facts.transition_matrix}
    columns = (Column(say("From / to")), *(Column(name) for name in names.values()))
    return [
        Table(
            "SO1-1.T3",
            say("Transition matrix"),
            columns,
            tuple((names[place], *(SIGNS[sign] for sign in row)) for place, row in enumerate(matrix, start=1)),
            part=region,
            note=say("− degradation, 0 stable, + improvement; rows are the first year, columns the last."),
        )
        for region, matrix in matrices.items()
    ]


def _extent(form: Form) -> Table:
    """Return SO1-1.T4."""
    years = [str(year) for year in form.facts.land_cover_years]
    rows = tuple(
        (name, *(form.book.find(f"land_cover.class.{class_key(code)}", year) for year in years))
        for code, name in (form.classes | {NODATA: form.translate("No data")}).items()
    )
    columns = (Column(form.translate("Class")), *(Column(year, "km2") for year in years))
    return Table("SO1-1.T4", form.translate("Land cover area by class"), columns, rows)


def _transitions(form: Form, period: Period) -> Table:
    """Return SO1-1.T5 (baseline) or T6 (reporting): class by class."""
    names = form.classes | {NODATA: form.translate("No data")}
    rows = tuple(
        (
            name,
            *(
                form.book.find(f"land_cover.transition.{class_key(start)}.{class_key(end)}", period.name)
                for end in names
            ),
        )
        for start, name in names.items()
    )
    first, last = period.land_cover
    caption = form.translate("Land cover change {first} to {last}").format(first=first, last=last)
    columns = (Column(form.translate("From / to")), *(Column(name, "km2") for name in names.values()))
    return Table("SO1-1.T5" if period.is_baseline else "SO1-1.T6", caption, columns, rows, part=period.name)


def _degradation(form: Form, identity_: str, layer: str, caption: str) -> Table:
    """Return the areas and shares of a layer by period, with the denominator its form asks for (V09)."""
    official = bool(form.facts.land_area_km2)
    of_country = "country_area" if official else "mapped_area"
    denominator = of_country if layer == "land_cover" else "land_area" if official else "mapped_land"
    stem = "area." if layer == "land_cover" else ""
    columns = [Column(form.translate("Class"))]
    for period in form.facts.periods:
        columns += [Column(form.title(period), "km2"), Column(form.title(period), "1")]
    codes = ORDER if form.book.find(f"{layer}.assessment.not_applicable", "baseline") is None else tuple(STATUS_KEYS)
    rows = []
    for code in codes:
        row: list[Cell] = [form.translate(STATUS_NAMES[code])]
        for period in form.facts.periods:
            key = STATUS_KEYS[code]
            row.append(form.book.find(f"{layer}.assessment.{stem}{key}", period.name))
            row.append(form.book.find(f"{layer}.assessment.{key}.share.{denominator}", period.name))
        rows.append(tuple(row))
    note = form.translate("Shares are of: {denominator}.")
    note = note.format(denominator=form.translate(DENOMINATOR_NAMES[denominator]))
    return Table(identity_, caption, tuple(columns), tuple(rows), note=note)


def _dynamics(form: Form, period: Period) -> Table:
    """Return SO1-2.T1 (baseline) or T2 (reporting): productivity by unchanged and changed land cover."""
    codes = [code for code in Lpd if code != Lpd.NODATA] + [Lpd.NODATA]
    covers = {class_key(code): name for code, name in form.classes.items()}
    covers |= {"changed": form.translate("Changed land cover"), "nodata": form.translate("No data")}
    rows = tuple(
        (name, *(form.book.find(f"lpd_by_cover.{class_key(code)}.{key}", period.name) for code in codes))
        for key, name in covers.items()
        if form.book.find(f"lpd_by_cover.{class_key(Lpd.STABLE)}.{key}", period.name)
    )
    columns = (
        Column(form.translate("Land cover")),
        *(Column(form.translate(LPD_NAMES[code]), "km2") for code in codes),
    )
    name = form.translate("Land productivity dynamics")
    caption = titled(name, period, form.translate)
    return Table("SO1-2.T1" if period.is_baseline else "SO1-2.T2", caption, columns, rows, part=period.name)


def _stocks(form: Form) -> Table:
    """Return SO1-3.T1."""
    years = [str(year) for year in form.facts.soc_years]
    names = {class_key(code): name for code, name in form.classes.items()} | {"all": form.translate("All classes")}
    rows = tuple(
        (name, *(form.book.find(f"soc.mean.{key}", year) for year in years))
        for key, name in names.items()
        if any(form.book.find(f"soc.mean.{key}", year) for year in years)
    )
    columns = (Column(form.translate("Class")), *(Column(year, "t ha-1") for year in years))
    return Table("SO1-3.T1", form.translate("Soil organic carbon stock in the top 30 cm"), columns, rows)


def _status(form: Form, period: Period) -> Table:
    """Return SO1-4.T1: the seven classes of land condition status."""
    rows = tuple(
        (form.translate(CONDITION_NAMES[condition]), _condition(form, condition, period)) for condition in LandCondition
    )
    name = form.translate("Land condition status against the baseline")
    caption = titled(name, period, form.translate)
    return Table(
        "SO1-4.T1",
        caption,
        (Column(form.translate("Status")), Column(form.translate("Area"), "km2")),
        rows,
        period.name,
    )


def _condition(form: Form, condition: LandCondition, period: Period) -> Figure | None:
    """Return the area of one class of status."""
    return form.book.find(f"sdg.condition.{condition.name.lower()}", period.name)


def _result(form: Form) -> Table:
    """Return SO1-4.T2: degraded land, its share and the change against the baseline."""
    say = form.translate
    measures = ("area", "official", "share", "change", "points")
    rows = tuple(
        (
            form.title(period),
            str(period.last_year),
            *(form.book.find(f"sdg.headline.{measure}", period.name) for measure in measures),
        )
        for period in form.facts.periods
    )
    used = "land_area" if form.facts.land_area_km2 else "mapped_land"
    denominator = say(DENOMINATOR_NAMES[used])
    columns = (
        Column(say("Period")),
        Column(say("Year")),
        Column(say("Degraded land"), "km2"),
        Column(say("Official share"), "1"),
        Column(say("Share of {denominator}").format(denominator=denominator), "1"),
        Column(say("Change since the baseline"), "km2"),
        Column(say("Change since the baseline"), "points"),
    )
    note = "" if form.facts.land_area_km2 else say("Without a country profile the official share stays empty.")
    return Table("SO1-4.T2", say("Proportion of land that is degraded over total land area"), columns, rows, note=note)


def _recodes(form: Form) -> Table:
    """Return SO1-4.T3: false positives and false negatives, in the sense of the Convention."""
    say = form.translate
    rows = tuple(
        (
            recode.location,
            say(RECODE_TYPES[recode_type(recode.recode)]),
            recode.process,
            recode.basis,
            ", ".join(form.title(period) for period in form.facts.periods if period.name in recode.periods),
            say(RECODE_STATES.get(recode.state, recode.state)),
            recode.area_km2,
        )
        for recode in form.facts.recodes
    )
    titles = (say("Place"), say("Type"), say("Process"), say("Basis for judgement"), say("Period"), say("State"))
    columns = (*(Column(title) for title in titles), Column(say("Area"), "km2"))
    return Table("SO1-4.T3", say("False positives and false negatives"), columns, rows)


def recode_type(recode: tuple[int | None, int | None, int | None]) -> str:
    """Return the official name of what a recode corrects (methods 5.2, reporting A.5.4).

    Examples
    --------
    >>> recode_type((0, None, None)), recode_type((None, -1, None)), recode_type((-32768, None, None))
    ('false negative', 'false positive', 'other')
    """
    degraded, stable, improved = recode
    if degraded in {0, 1}:
        return "false negative"
    return "false positive" if -1 in {stable, improved} else "other"


def _exposed(form: Form) -> Table:
    """Return SO2-3.T1: people exposed to degradation by sex."""
    say = form.translate
    official = bool(form.facts.population)
    denominator = "population" if official else "population_assessed"
    columns = [Column(say("Period"))]
    for sex in SEXES:
        columns += [Column(say(SEX_NAMES[sex]), "persons"), Column(say(SEX_NAMES[sex]), "1")]
    kind = "people_period" if form.facts.settings.text("population_rule") == "period" else "people"
    rows = []
    for period in form.facts.periods:
        row: list[Cell] = [form.title(period)]
        for sex in SEXES:
            row.append(form.book.find(f"{kind}.{sex}.degraded", period.name))
            row.append(form.book.find(f"{kind}.{sex}.share.{denominator}", period.name))
        if any(row[1:]):
            rows.append(tuple(row))
    note = say("Shares are of: {denominator}.").format(denominator=say(DENOMINATOR_NAMES[denominator]))
    caption = say("Population exposed to land degradation, disaggregated by sex")
    return Table("SO2-3.T1", caption, tuple(columns), tuple(rows), note=note)


def _thousands(persons: float | None) -> float | None:
    """Return people in thousands, the unit of the country profile."""
    return None if persons is None else persons / 1000.0
