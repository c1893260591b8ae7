"""The corrections of a run as tables: who says what on which evidence, what it moved, what it does to the indicator."""

from landbalance.core.periods import Period
from landbalance.core.vocab import Status
from landbalance.reporting.facts import RecodeFact, RunFacts
from landbalance.reporting.prais import RECODE_STATES
from landbalance.reporting.record import Book
from landbalance.reporting.tables import Cell, Column, Table
from landbalance.reporting.words import STATUS_KEYS, STATUS_NAMES, Tongue, period_title

CODES = (Status.DEGRADED, Status.STABLE, Status.IMPROVED, Status.NODATA)


def recode_tables(facts: RunFacts, book: Book, tongue: Tongue) -> tuple[Table, ...]:
    """Return the difference table (methods 5.4) and the list of every correction; no rows where there is none."""
    return _differences(facts, book, tongue), _list(facts, tongue)


def _differences(facts: RunFacts, book: Book, tongue: Tongue) -> Table:
    """Return what each correction moved by period, and its effect; one that is not accepted has none."""
    say = tongue.translate
    rows: list[tuple[Cell, ...]] = []
    for recode in facts.recodes:
        for period in facts.periods:
            head = (recode.location, say(RECODE_STATES[recode.state]), period_title(period, say))
            if recode.state == "accepted":
                rows += [(*head, *cells) for cells in _accepted(book, recode, period, tongue)]
            elif period.name in recode.periods:
                rows.append((*head, say("not applied"), None, None, None))
    columns = [Column(title) for title in (say("Place"), say("State"), say("Period"), say("Change of class"))]
    columns += [Column(say("Area"), "km2"), Column(say("Effect on degraded land"), "km2")]
    columns.append(Column(say("Effect on the degraded share"), "points"))
    note = say(
        "Areas are those of the period's own assessment. The effect is on the indicator: in reporting periods on the "
        "status against the baseline."
    )
    return Table("recodes", say("What the corrections changed"), tuple(columns), tuple(rows), note=note)


def _accepted(book: Book, recode: RecodeFact, period: Period, tongue: Tongue) -> list[tuple[Cell, ...]]:
    """Return one row for each pair of classes, the effect of the correction on the first of them."""
    stem, say = f"recode.{recode.number}", tongue.translate
    effect: tuple[Cell, Cell] = (book.find(f"{stem}.effect", period.name), book.find(f"{stem}.points", period.name))
    rows: list[tuple[Cell, ...]] = []
    for old in CODES:
        for new in CODES:
            moved = book.find(f"{stem}.{STATUS_KEYS[old]}.{STATUS_KEYS[new]}", period.name)
            if moved is not None:
                pair = f"{say(STATUS_NAMES[old])} → {say(STATUS_NAMES[new])}"
                rows.append((pair, moved, *(effect if not rows else (None, None))))
    return rows or ([(say("none"), 0.0, *effect)] if any(effect) else [])


def _list(facts: RunFacts, tongue: Tongue) -> Table:
    """Return every correction with its reason, evidence, author and date."""
    say = tongue.translate
    titles = (say("Place"), say("State"), say("Process"), say("Basis for judgement"), say("Evidence"))
    columns = (*(Column(title) for title in (*titles, say("Author"), say("Date"))), Column(say("Area"), "km2"))
    rows = tuple(
        (
            recode.location,
            say(RECODE_STATES[recode.state]),
            recode.process,
            recode.basis,
            ", ".join(recode.evidence) or tongue.dash,
            recode.author or tongue.dash,
            recode.date or tongue.dash,
            recode.area_km2,
        )
        for recode in facts.recodes
    )
    return Table("recodes.evidence", say("Who says so, and on what evidence"), columns, rows)
