"""The workbook of a run: values, never formulas; one sheet per PRAIS table, then zones, gaps, parameters, checks."""

import io
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import xlsxwriter

from landbalance.reporting.checks import Check
from landbalance.reporting.document import CHECK_NAMES, Document
from landbalance.reporting.facts import RunFacts
from landbalance.reporting.section import Origin
from landbalance.reporting.tables import Cell, Column, Table, cell_value
from landbalance.reporting.words import Tongue, mark

NUMBER_FORMATS = {
    "km2": "#,##0.00",
    "1": "0.00%",
    "points": '+0.00" pp";-0.00" pp";0.00" pp"',
    "persons": "#,##0",
    "thousands": "#,##0.000",
    "t ha-1": "#,##0.00",
    "t": "#,##0",
    "ha": "#,##0",
    "usd": "#,##0",
    "year": "0",
    "count": "0",
    "ratio": "0.00",
}
UNIT_NAMES = {
    "km2": mark("km²"),
    "1": mark("%"),
    "points": mark("percentage points"),
    "persons": mark("people"),
    "thousands": mark("thousands"),
    "t ha-1": mark("t C/ha"),
    "t": mark("t"),
    "ha": "ha",
    "usd": "USD",
    "year": "",
    "count": "",
    "ratio": "",
}
HEAD_ROW = 4


def workbook(facts: RunFacts, document: Document, tongue: Tongue) -> bytes:
    """Return the workbook; equal facts give equal bytes."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(buffer, options)
    started = datetime.fromisoformat(facts.started).replace(tzinfo=None)
    book.set_properties({"title": document.title, "subject": document.subtitle, "created": started})
    formats = _formats(book)
    _summary_sheet(book, formats, document, tongue)
    names = {"summary"}
    for table in (*document.tables, *document.zones, *document.gaps, document.parameters, document.layers):
        _table_sheet(book, formats, table, names, (facts, tongue))
    _table_sheet(book, formats, check_table(document.checks, tongue), names, (facts, tongue))
    book.close()
    return buffer.getvalue()


def tables_workbook(tables: Sequence[Table], origin: Origin, tongue: Tongue) -> bytes:
    """Return tables as a workbook, one sheet each; equal tables give equal bytes."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(buffer, options)
    book.set_properties({"created": datetime.fromisoformat(origin.started).replace(tzinfo=None)})
    formats, names = _formats(book), set[str]()
    for table in tables:
        _table_sheet(book, formats, table, names, (origin, tongue))
    book.close()
    return buffer.getvalue()


def check_table(checks: tuple[Check, ...], tongue: Tongue) -> Table:
    """Return the checks as a table."""
    say = tongue.translate
    titles = (say("Check"), say("Title"), say("Period"), say("Outcome"), say("Finding"))
    rows = tuple((c.id, c.title, c.period, say(CHECK_NAMES[c.outcome]), c.sentence) for c in checks)
    return Table("checks", say("Checks"), tuple(Column(title) for title in titles), rows)


def unit_name(unit: str, tongue: Tongue) -> str:
    """Return a unit as people read it."""
    return tongue.translate(UNIT_NAMES[unit]) if unit in UNIT_NAMES else unit


def _formats(book: Any) -> dict[str, Any]:
    """Return the cell formats by unit and role."""
    formats = {unit: book.add_format({"num_format": code}) for unit, code in NUMBER_FORMATS.items()}
    formats["title"] = book.add_format({"bold": True, "font_size": 14})
    formats["note"] = book.add_format({"italic": True, "font_color": "#5b6470"})
    formats["head"] = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    formats["text"] = book.add_format({"text_wrap": True, "valign": "top"})
    return formats


def _summary_sheet(book: Any, formats: dict[str, Any], document: Document, tongue: Tongue) -> None:
    """Write the first screen of the report as rows."""
    sheet = book.add_worksheet(tongue.translate("Summary")[:31])
    _set_direction(sheet, tongue)
    sheet.set_column(0, 0, 46)
    sheet.set_column(1, 1, 90)
    head = document.headline
    rows = [
        (document.title, document.subtitle),
        (tongue.translate("Result"), head.sentence),
        (tongue.translate("Degraded share"), f"{head.number} {head.number_label}"),
        (tongue.translate("Confidence (suggested)"), f"{head.confidence_name}: {'; '.join(head.reasons)}"),
        (tongue.translate("What changed"), head.change),
        (tongue.translate("What is missing"), head.missing),
        *((number.label, f"{number.value} {number.note}".strip()) for number in head.numbers),
        *((tongue.translate("Gaps and doubts"), note.text) for note in document.notes),
        (tongue.translate("How to cite"), document.citation),
    ]
    for place, (name, text) in enumerate(rows):
        sheet.write_string(place, 0, name, formats["title" if place == 0 else "text"])
        sheet.write_string(place, 1, text, formats["text"])


def _table_sheet(
    book: Any, formats: dict[str, Any], table: Table, names: set[str], context: tuple[Origin, Tongue]
) -> None:
    """Write one table on a sheet of its own: caption, note, run, heading, rows."""
    facts, tongue = context
    sheet = book.add_worksheet(sheet_name(table.name, names))
    _set_direction(sheet, tongue)
    sheet.write_string(0, 0, table.caption, formats["title"])
    sheet.write_string(1, 0, table.note, formats["note"])
    origin = tongue.say("Run {run}, profile {profile}", run=facts.run_id, profile=facts.profile)
    sheet.write_string(2, 0, origin, formats["note"])
    for place, column in enumerate(table.columns):
        unit = f" [{unit_name(column.unit, tongue)}]" if column.unit else ""
        sheet.write_string(HEAD_ROW, place, column.title + unit, formats["head"])
        sheet.set_column(place, place, _width(table, place))
    for line, row in enumerate(table.rows, start=HEAD_ROW + 1):
        for place, (cell, column) in enumerate(zip(row, table.columns, strict=True)):
            _write(sheet, (line, place), cell, column, formats)
    sheet.freeze_panes(HEAD_ROW + 1, 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _write(sheet: Any, place: tuple[int, int], cell: Cell, column: Column, formats: dict[str, Any]) -> None:
    """Write one value with the format of its unit; an unknown value stays blank."""
    value = cell_value(cell)
    if isinstance(value, str):
        sheet.write_string(*place, value, formats["text"])
    elif value is not None:
        sheet.write_number(*place, float(f"{value:.12g}"), formats.get(column.unit))


def _width(table: Table, place: int) -> float:
    """Return a column width that shows its words and numbers."""
    texts = [value for row in table.rows if isinstance(value := cell_value(row[place]), str)]
    longest = max((len(text) for text in texts), default=12)
    return float(min(max(longest + 2, 16), 60))


def _set_direction(sheet: Any, tongue: Tongue) -> None:
    """Turn a sheet for languages that are written from right to left."""
    if tongue.is_rtl:
        sheet.right_to_left()


def sheet_name(name: str, taken: set[str]) -> str:
    """Return a name that Excel accepts and that no other sheet has, and remember it."""
    plain = re.sub(r"[\[\]:*?/\\']", " ", name)[:31]
    number = 2
    unique = plain
    while unique.lower() in taken:
        unique = f"{plain[:27]} {number}"
        number += 1
    taken.add(unique.lower())
    return unique
