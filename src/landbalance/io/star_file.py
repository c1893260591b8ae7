"""The table of countries a STAR what-if starts from, as CSV."""

import csv
import io
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from landbalance.core.errors import InputError
from landbalance.core.tables import csv_table
from landbalance.core.words import Words
from landbalance.finance.desk import GROUPS
from landbalance.finance.star_table import RATINGS, StarRow
from landbalance.io.workspace_file import read_text

NEEDED = ("iso3", "income", "degraded", "dryland", "people")
NUMBERS = (
    *("performance", *RATINGS), *NEEDED[1:], *("drought", "exposed", "biodiversity", "climate"),
)  # fmt: skip
COLUMNS = ("iso3", "group", *NUMBERS, "is_dryland")
YES, NO = ("1", "yes", "true"), ("0", "no", "false")
SCALE = (1.0, 6.0)  # of ratings, as in the Bank's assessments


def read_countries(path: str | Path) -> tuple[StarRow, ...]:
    """Read the countries of a what-if.

    Raises
    ------
    NotFoundError, InputError
        If there is no such file, a column is missing, or a value makes no sense; the row is named.
    """
    rows, faults = sift_countries(path)
    if faults:
        raise faults[0]
    return rows


def sift_countries(path: str | Path, *, name: str = "") -> tuple[tuple[StarRow, ...], tuple[InputError, ...]]:
    """Read the countries of a what-if; return the rows that can be read, and what is wrong with the others.

    Parameters
    ----------
    name : str
        What the file is called in sentences; its path when empty.

    Raises
    ------
    NotFoundError, InputError
        If there is no such file, it holds no rows, or a column is missing.
    """
    path = Path(path)
    called = name or str(path)
    lines = list(csv.DictReader(io.StringIO(read_text(path))))
    without = [column for column in NEEDED if not lines or column not in lines[0]]
    if without:
        raise InputError(
            "{path} has no column {columns}",
            path=called,
            columns=", ".join(without),
            known=", ".join(NEEDED),
            hint="columns: {known}",
        )
    return _sifted(lines, called)


def example_countries() -> tuple[StarRow, ...]:
    """Return the countries of the example, all invented."""
    rows, _faults = _sifted(csv_table("finance/star_example"), "star_example.csv")
    return rows


def country_cells(rows: Sequence[StarRow]) -> list[list[Any]]:
    """Return rows as cells under `COLUMNS`."""
    words = {None: None, True: "yes", False: "no"}
    return [[words[value] if (value := getattr(row, name)) in (None, True, False) and name == "is_dryland" else value
             for name in COLUMNS] for row in rows]  # fmt: skip


def _sifted(
    lines: Sequence[Mapping[str, str | None]], called: str
) -> tuple[tuple[StarRow, ...], tuple[InputError, ...]]:
    """Return the rows that can be read, and what is wrong with the others."""
    rows: list[StarRow] = []
    faults: list[InputError] = []
    seen: set[str] = set()
    for number, line in enumerate(lines, 2):
        try:
            row = _country(line, called, number)
            if row.iso3 in seen:
                raise _fault(called, number, "iso3", row.iso3, Words("keep one row for each country"))
        except InputError as error:
            faults.append(error)
        else:
            seen.add(row.iso3)
            rows.append(row)
    return tuple(rows), tuple(faults)


def _country(line: Mapping[str, str | None], path: str, number: int) -> StarRow:
    """Return one country."""
    texts = {name: (line.get(name) or "").strip() for name in COLUMNS}
    for name in NEEDED:
        if not texts[name]:
            raise InputError(
                "{path}, row {number}: {name} is empty", path=path, number=number, name=name, hint="fill it"
            )
    iso3, group, dry = texts["iso3"].upper(), texts["group"].lower(), texts["is_dryland"].lower()
    if not (len(iso3) == 3 and iso3.isascii() and iso3.isalpha()):
        raise _fault(path, number, "iso3", iso3, Words("write an ISO alpha-3 code"))
    if group and group not in GROUPS:
        raise _fault(path, number, "group", group, Words("ldc, sids or other"))
    if dry and dry not in YES + NO:
        raise _fault(path, number, "is_dryland", dry, Words("yes or no"))
    values: dict[str, Any] = {name: _number(texts[name], path, number, name) for name in NUMBERS}
    return StarRow(iso3=iso3, group=group, is_dryland=dry in YES if dry else None, **values)


def _number(text: str, path: str, number: int, name: str) -> float | None:
    """Return a number within what its column allows; None for an empty cell."""
    if not text:
        return None
    try:
        value = float(text)
    except ValueError as error:
        raise _fault(path, number, name, text, Words("a number")) from error
    if not math.isfinite(value) or value < 0:
        raise _fault(path, number, name, text, Words("a number, zero or more"))
    if name in ("performance", *RATINGS) and not SCALE[0] <= value <= SCALE[1]:
        raise _fault(path, number, name, text, Words("a rating from 1 to 6"))
    if name == "income" and value == 0:
        raise _fault(path, number, name, text, Words("a number above zero, or leave the country out"))
    if name == "drought" and value > 1:
        raise _fault(path, number, name, text, Words("a ratio from 0 to 1"))
    return value


def _fault(path: str, number: int, name: str, text: str, wanted: Words) -> InputError:
    """Return the error that names a row, its column, its value and what was expected."""
    return InputError(
        "{path}, row {number}: {name} is {text}",
        path=path,
        number=number,
        name=name,
        text=text,
        wanted=wanted,
        hint="{wanted}",
    )
