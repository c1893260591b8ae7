"""The workbook of strategic objective 5: sheets in the columns of the Convention, written and read back."""

import io
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

from landbalance.core.errors import InputError
from landbalance.finance.so5 import SHEETS, MethodNote, So5Report, allowed_values, columns_of
from landbalance.io.table_rows import Cell, decimal_cell, heading_rows, text_cell

OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
METHOD_SHEET, SUMMARY_SHEET, CHECKED_ROWS = "SO5-METH", "Summary", 2000
NUMBERS = ("year", "amount_usd", "amount_local", "amount_private_usd", "financial_need_usd", "secured_usd")


def so5_workbook(report: So5Report) -> bytes:
    """Return the workbook: a sheet for each table, the yearly summary with trends, and the note on method.

    Closed lists are offered as choices in the cells; every value is a value, never a formula.
    """
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, OPTIONS) as book:
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        money = book.add_format({"num_format": "#,##0.00"})
        for name in SHEETS:
            _sheet(book.add_worksheet(name), name, report.sheets[name], (head, money))
        _summary(book.add_worksheet(SUMMARY_SHEET), report, (head, money))
        method = book.add_worksheet(METHOD_SHEET)
        method.set_column(0, 0, 24)
        method.set_column(1, 1, 110)
        for row, (key, text) in enumerate(asdict(report.method).items()):
            method.write_string(row, 0, key, head)
            method.write_string(row, 1, text)
    return buffer.getvalue()


def read_so5(path: Path) -> tuple[dict[str, pd.DataFrame], MethodNote]:
    """Read a workbook back: its sheets, and the note on method.

    Raises
    ------
    InputError
        If it cannot be read, a sheet or a column is missing, or an amount is no number.
    """
    sheets = {}
    for name in SHEETS:
        columns = columns_of(name)
        rows = [_row(name, number, cells) for number, cells in _rows(path, name, columns)]
        sheets[name] = pd.DataFrame(rows, columns=list(columns)).astype(object)
    return sheets, _method(path)


def _rows(path: Path, name: str, columns: tuple[str, ...]) -> list[tuple[int, dict[str, Cell]]]:
    """Return the rows of one sheet, all its columns there."""
    return list(heading_rows(path, dict.fromkeys(columns, ()), columns, sheet=name))


def _row(sheet: str, number: int, cells: Mapping[str, Cell]) -> dict[str, Any]:
    """Return one row with numbers as numbers; blanks stay unknown."""
    found: dict[str, Any] = {}
    for column, cell in cells.items():
        if column not in NUMBERS:
            found[column] = text_cell(cell) or None
            continue
        try:
            value = decimal_cell(cell)
        except ValueError as error:
            raise InputError(
                "{sheet} row {row}: {column}: {why}",
                sheet=sheet,
                row=number,
                column=column,
                why=error,
                hint="correct it",
            ) from error
        found[column] = None if value is None else int(value) if column == "year" else float(value)
    return found


def _method(path: Path) -> MethodNote:
    """Return the note on method."""
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(str(path))
    if METHOD_SHEET not in book.sheet_names:
        raise InputError("{path} has no sheet {sheet}", path=path.name, sheet=METHOD_SHEET, hint="keep it when editing")
    pairs = {str(row[0]): str(row[1]) for row in book.get_sheet_by_name(METHOD_SHEET).to_python() if len(row) > 1}
    return MethodNote(**{name: pairs.get(name, "") for name in MethodNote.__dataclass_fields__})


def _sheet(sheet: Any, name: str, rows: pd.DataFrame, formats: tuple[Any, Any]) -> None:
    """Write one table with its choices."""
    head, money = formats
    columns = columns_of(name)
    sheet.freeze_panes(1, 1)
    for place, column in enumerate(columns):
        sheet.write_string(0, place, column, head)
        sheet.set_column(place, place, max(12, min(len(column) + 2, 40)))
        if choices := allowed_values(name, column):
            rule = {"validate": "list", "source": list(choices), "ignore_blank": True}
            sheet.data_validation(1, place, CHECKED_ROWS, place, rule)
    for number, row in enumerate(rows.itertuples(index=False, name=None), start=1):
        for place, (column, value) in enumerate(zip(columns, row, strict=True)):
            if value is None or (isinstance(value, float) and value != value) or value == "":
                continue
            if column == "year":
                sheet.write_number(number, place, int(value))
            elif column in NUMBERS:
                sheet.write_number(number, place, float(value), money)
            else:
                sheet.write_string(number, place, str(value))


def _summary(sheet: Any, report: So5Report, formats: tuple[Any, Any]) -> None:
    """Write money by year and heading, and the trend of each."""
    head, money = formats
    sheet.set_column(0, 0, 26)
    for place, text in enumerate(("heading", *map(str, report.years), "trend")):
        sheet.write_string(0, place, text, head)
    for number, heading in enumerate(report.summary.columns, start=1):
        sheet.write_string(number, 0, str(heading))
        for place in range(1, len(report.years) + 1):
            sheet.write_number(number, place, float(report.summary[heading].to_numpy()[place - 1]), money)
        sheet.write_string(number, len(report.years) + 1, report.trends[str(heading)])
