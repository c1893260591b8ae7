"""From an uploaded table to sheets of plain rows."""

import csv
import math
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import orjson

from landbalance.core.errors import InputError
from landbalance.io.ingest.archive import ZIP, check_workbook

OUTPUT = Path("output.json")
SEPARATORS = ",;\t|"
MOST_COLUMNS = 500


def read_rows(source: Path, name: str, limits: dict[str, int]) -> dict[str, Any]:
    """Write `output.json` and return its facts; the first row of a sheet that holds anything is its header.

    Raises
    ------
    InputError
        If it is damaged, has no header or more rows than allowed, or unpacks to more than is allowed.
    """
    with source.open("rb") as file:
        is_workbook = file.read(4) == ZIP
    if is_workbook:
        check_workbook(source, name, limits)
        sheets, notes = _workbook(source, name, limits), list[str]()
    else:
        table, notes = _text(source, name, limits)
        sheets = [("", table)]
    found = [_sheet(title, rows) for title, rows in sheets if rows]
    if not found:
        raise InputError("{name} holds no rows", name=name, hint="write the names of the columns in the first row")
    OUTPUT.write_bytes(orjson.dumps({"sheets": found}))
    facts = [{"name": each["name"], "header": each["header"], "rows": len(each["rows"])} for each in found]
    return {"facts": {"sheets": facts}, "notes": notes}


def _sheet(title: str, rows: list[list[Any]]) -> dict[str, Any]:
    """Return one sheet; empty rows at its end are left out."""
    header = ["" if value is None else str(value).strip() for value in rows[0]]
    while header and not header[-1]:
        header.pop()
    body = [row[: len(header)] + [None] * (len(header) - len(row)) for row in rows[1:]]
    while body and all(value in (None, "") for value in body[-1]):
        body.pop()
    return {"name": title, "header": header, "rows": body}


def _workbook(source: Path, name: str, limits: dict[str, int]) -> list[tuple[str, list[list[Any]]]]:
    """Return the sheets of a workbook."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(str(source))
        sheets = []
        left = limits["rows"]
        for title in book.sheet_names:
            sheet = book.get_sheet_by_name(title)
            left -= sheet.total_height
            if left < 0 or sheet.total_width > MOST_COLUMNS:
                raise _too_many(name, limits)
            rows = [[_value(value) for value in row] for row in sheet.to_python(skip_empty_area=True)]
            sheets.append((title, rows))
    except (CalamineError, OSError, ValueError) as error:
        raise InputError("{name} cannot be read ({why})", name=name, why=error, hint="save it again") from error
    return sheets


def _text(source: Path, name: str, limits: dict[str, int]) -> tuple[list[list[Any]], list[str]]:
    """Return the rows of a CSV, whatever separates its columns, and notes."""
    content, notes = source.read_bytes(), []
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
        notes.append("the text is not UTF-8: it was read as Windows-1252; look at letters with accents")
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(SEPARATORS, key=first.count)
    csv.field_size_limit(1 << 20)
    rows: list[list[Any]] = []
    try:
        for row in csv.reader(text.splitlines(keepends=True), delimiter=separator):
            if row or rows:
                rows.append([value if value != "" else None for value in row])
            if len(rows) > limits["rows"] + 1 or len(row) > MOST_COLUMNS:
                raise _too_many(name, limits)
    except csv.Error as error:
        raise InputError("{name} cannot be read ({why})", name=name, why=error, hint="save it as CSV again") from error
    return rows, notes


def _too_many(name: str, limits: dict[str, int]) -> InputError:
    """Return the error for a table that is too long or too wide."""
    return InputError(
        "{name} has more than {rows:,} rows or {columns} columns",
        name=name,
        rows=limits["rows"],
        columns=MOST_COLUMNS,
        hint="send it in parts",
    )


def _value(value: Any) -> Any:
    """Return a cell as text, number, truth, ISO date or None."""
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        return int(value) if value.is_integer() and abs(value) < 2**53 else value
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    return None if value == "" else value
