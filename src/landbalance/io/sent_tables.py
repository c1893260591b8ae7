"""Tables that people send, written anew by us once the quarantine has read them: nothing of theirs is opened again."""

import io
from pathlib import Path

import xlsxwriter

from landbalance.io.files import write_bytes, write_text
from landbalance.io.quarantine import Ingested
from landbalance.io.sheet import sheet_csv
from landbalance.io.so5_workbook import OPTIONS


def as_table(taken: Ingested, folder: Path) -> Path:
    """Write the one sheet of a table as CSV; return its path.

    Parameters
    ----------
    taken : Ingested
        A table that the quarantine has read.
    folder : Path
        Where it is written.
    """
    sheet = taken.sheets()[0]
    path = folder / "table.csv"
    write_text(path, sheet_csv(sheet["header"], sheet["rows"]))
    return path


def as_workbook(taken: Ingested, folder: Path) -> Path:
    """Write all sheets of a workbook as a workbook of values; return its path."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, OPTIONS) as book:
        for sheet in taken.sheets():
            made = book.add_worksheet(sheet["name"][:31])
            for number, row in enumerate([sheet["header"], *sheet["rows"]]):
                for column, cell in enumerate(row):
                    if cell is not None:
                        made.write(number, column, cell)
    path = folder / "workbook.xlsx"
    write_bytes(path, buffer.getvalue())
    return path
