"""Rows of CSV files and workbooks under known headings, whatever stands above them."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

from landbalance.core.errors import InputError
from landbalance.core.words import Words

MOST_CELL = 1_000_000
MOST_BYTES = 500_000_000
HEAD_ROWS = 20
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
Cell = str | float | int | bool | None


def is_formula(text: str) -> bool:
    """Return whether a spreadsheet would take a text for a formula.

    Examples
    --------
    >>> is_formula("=cmd|' /C calc'!A0"), is_formula("-3.5"), is_formula("Zaï")
    (True, False, False)
    """
    if not text.startswith(FORMULA_SIGNS):
        return False
    try:
        float(text.replace(",", "."))
    except ValueError:
        return True
    return False


def heading_rows(
    path: Path, aliases: Mapping[str, Sequence[str]], needed: Sequence[str], *, sheet: str | None = None
) -> Iterator[tuple[int, dict[str, Cell]]]:
    """Read the rows below the headings of a table.

    Parameters
    ----------
    path : Path
        CSV or a workbook (xlsx, xls, ods).
    aliases : mapping of str to sequence of str
        Names a column goes by; the heading row is the one among the first twenty that knows most of them.
    needed : sequence of str
        Columns without which nothing is read.
    sheet : str or None
        Sheet of a workbook; the first when None.

    Yields
    ------
    (int, dict)
        Row number in the file, and cells by column.

    Raises
    ------
    InputError
        If the file cannot be read, no heading row is found, a column that is needed is missing or a cell is too large.
    """
    rows = _cells(path, sheet)
    known = {_plain(name): column for column, names in aliases.items() for name in (column, *names)}
    start, places = _heading(rows[:HEAD_ROWS], known)
    missing = [column for column in needed if column not in places]
    if missing:
        raise InputError(
            "{path} has no column {name}",
            path=path.name,
            name=missing[0],
            hint="name it one of: {known}",
            known=", ".join((missing[0], *aliases[missing[0]])),
        )
    for number, row in enumerate(rows[start + 1 :], start=start + 2):
        cells = {column: row[place] if place < len(row) else None for column, place in places.items()}
        if any(cell not in (None, "") for cell in cells.values()):
            yield number, cells


def decimal_cell(cell: Cell) -> Decimal | None:
    """Return a cell as an amount, None where it is blank.

    Raises
    ------
    ValueError
        If it is no number.

    Examples
    --------
    >>> decimal_cell("1 234,50"), decimal_cell("1,234.50"), decimal_cell(None)
    (Decimal('1234.50'), Decimal('1234.50'), None)
    """
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    text = str(cell).strip().replace("\u00a0", "").replace("\u202f", "").replace(" ", "")
    if "," in text and "." in text:
        text = text.replace(",", "") if text.rfind(".") > text.rfind(",") else text.replace(".", "").replace(",", ".")
    elif text.count(",") == 1 and len(text.split(",")[1]) != 3:
        text = text.replace(",", ".")
    else:
        text = text.replace(",", "")
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise ValueError(Words("{cell} is no number", cell=str(cell)[:30])) from None
    if not value.is_finite():
        raise ValueError(Words("{cell} is no number", cell=str(cell)[:30]))
    return value


def text_cell(cell: Cell) -> str:
    """Return a cell as text; whole numbers lose the decimals a spreadsheet gave them.

    Examples
    --------
    >>> text_cell(2024.0), text_cell(None)
    ('2024', '')
    """
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _heading(rows: Sequence[Sequence[Cell]], known: Mapping[str, str]) -> tuple[int, dict[str, int]]:
    """Return the heading row and where each column is; merged rows above it know fewer names."""
    best: tuple[int, dict[str, int]] = (-1, {})
    for number, row in enumerate(rows):
        places: dict[str, int] = {}
        for place, cell in enumerate(row):
            column = known.get(_plain(text_cell(cell)))
            if column is not None:
                places.setdefault(column, place)
        if len(places) > len(best[1]):
            best = (number, places)
    if len(best[1]) < 2:
        raise InputError(
            "no row of headings is found among the first {count}",
            count=HEAD_ROWS,
            hint="name the columns as in the guide, in one row",
        )
    return best


def _cells(path: Path, sheet: str | None) -> list[list[Cell]]:
    """Return all cells of a file."""
    if not path.is_file():
        raise InputError("{path} is no file", path=path, hint="check the path")
    if path.stat().st_size > MOST_BYTES:
        raise InputError("{path} is larger than {most} MB", path=path.name, most=MOST_BYTES // 10**6, hint="split it")
    rows = _csv_cells(path) if path.suffix.lower() in (".csv", ".txt", ".tsv") else _sheet_cells(path, sheet)
    if not rows:
        raise InputError("{path} is empty", path=path.name, hint="give a table with a heading row")
    return rows


def _csv_cells(path: Path) -> list[list[Cell]]:
    """Return the cells of a text file in UTF-8, UTF-16 or Latin-1."""
    raw = path.read_bytes()
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    first = next((line for line in text.splitlines() if line.strip()), "")
    csv.field_size_limit(MOST_CELL)
    try:
        return [list(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t|", key=first.count))]
    except csv.Error as error:
        raise InputError(
            "{path} cannot be read ({why})", path=path.name, why=error, hint="a cell is too large or a quote is open"
        ) from error


def _sheet_cells(path: Path, sheet: str | None) -> list[list[Cell]]:
    """Return the cells of a workbook: values, never formulas."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(str(path))
        name = sheet or book.sheet_names[0]
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except (CalamineError, OSError, IndexError, ValueError) as error:
        raise InputError(
            "{path} cannot be read as a workbook ({why})", path=path.name, why=error, hint="save it as xlsx or CSV"
        ) from error
    found: list[list[Cell]] = []
    for number, row in enumerate(rows, start=1):
        found.append([_sheet_cell(cell, path, number) for cell in row])
    return found


def _sheet_cell(cell: object, path: Path, number: int) -> Cell:
    """Return one cell of a workbook as plain value."""
    if cell == "" or cell is None:
        return None
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10]
    if isinstance(cell, str) and len(cell) > MOST_CELL:
        raise InputError("{path}: a cell of row {row} is too large", path=path.name, row=number, hint="shorten it")
    return cell if isinstance(cell, str | float | int | bool) else str(cell)


def _plain(text: str) -> str:
    """Return a heading without case, accents, units in brackets and signs."""
    import unicodedata

    bare = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    bare = bare.split("(")[0].split("[")[0]
    return " ".join(bare.replace("_", " ").replace("-", " ").replace(".", " ").split())
