"""The table of countries a STAR what-if starts from, as CSV, and values of one's own for a regime."""

import csv
import io
import tomllib
from pathlib import Path
from typing import Any

from landbalance.core.errors import InputError
from landbalance.finance.desk import CountryInput
from landbalance.io.workspace_file import read_text

NEEDED = ("iso3", "group", "performance", "income", "degraded", "dryland", "people")
OPTIONAL = ("drought", "exposed", "biodiversity", "climate")


def read_countries(path: str | Path) -> tuple[CountryInput, ...]:
    """Read the countries of a what-if.

    Raises
    ------
    NotFoundError, InputError
        If there is no such file, a column is missing, or a value is no number; the row is named.
    """
    path = Path(path)
    rows = list(csv.DictReader(io.StringIO(read_text(path))))
    without = [name for name in NEEDED if not rows or name not in rows[0]]
    if without:
        raise InputError(
            "{path} has no column {columns}",
            path=path,
            columns=", ".join(without),
            hint="columns: " + ", ".join(NEEDED),
        )
    return tuple(_country(row, path, number) for number, row in enumerate(rows, 2))


def read_own(path: str | Path | None) -> dict[str, Any] | None:
    """Read values of one's own for a regime, as TOML tables of the package's form.

    Raises
    ------
    InputError
        If the file is no TOML.
    """
    if path is None:
        return None
    try:
        return tomllib.loads(read_text(Path(path)))
    except tomllib.TOMLDecodeError as error:
        raise InputError("{path} is not TOML: {why}", path=path, why=error, hint="mend that line") from error


def _country(row: dict[str, str], path: Path, number: int) -> CountryInput:
    """Return one country."""
    values: dict[str, float | None] = {}
    for name in (*NEEDED[2:], *OPTIONAL):
        text = (row.get(name) or "").strip()
        try:
            values[name] = float(text) if text else None
        except ValueError as error:
            raise InputError(
                "{path}, row {number}: {name} is {text}",
                path=path,
                number=number,
                name=name,
                text=text,
                hint="a number",
            ) from error
        if name in NEEDED and values[name] is None:
            raise InputError(
                "{path}, row {number}: {name} is empty", path=path, number=number, name=name, hint="fill it"
            )
    return CountryInput(
        iso3=row["iso3"].strip(),
        group=row["group"].strip(),
        is_dryland=(row.get("is_dryland") or "").strip().lower() in ("1", "yes", "true"),
        **values,  # type: ignore[arg-type]
    )
