"""A plain sheet of rows: CSV text or an Excel workbook with values, never formulas."""

import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter

from landbalance.io.summary import csv_text


def sheet_csv(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Return rows as CSV; an unknown value is an empty cell."""
    return csv_text([list(columns), *(["" if cell is None else cell for cell in row] for row in rows)])


def sheet_xlsx(title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    """Return rows as a workbook with one sheet; an unknown value is an empty cell."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        sheet = book.add_worksheet(title[:31])
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, list(columns), book.add_format({"bold": True}))
        for number, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                if cell is not None:
                    sheet.write(number, column, cell)
        sheet.autofit()
    return buffer.getvalue()
