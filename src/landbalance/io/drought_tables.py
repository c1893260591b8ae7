"""Tables a country fills for drought and rangelands: vulnerability factors, herds, events, growth rates, stations."""

import csv
import io
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from landbalance.core.errors import InputError, NotFoundError
from landbalance.indicators.drought.vulnerability import vulnerability_factors
from landbalance.indicators.forest_carbon import Growth
from landbalance.planning.triggers.rule import TriggerRule, rules_from

SEXES = ("total", "female", "male")
RULES_FILE = "drought_triggers.toml"


@dataclass(frozen=True)
class FactorTable:
    """Vulnerability factors as a country gives them.

    Parameters
    ----------
    years : tuple of int
    units : tuple of str
        Sub-national units; one for the nation.
    factors : mapping of str to mapping of str to ndarray, shape (year, unit)
        By sex, then by factor.
    """

    years: tuple[int, ...]
    units: tuple[str, ...]
    factors: Mapping[str, Mapping[str, NDArray[np.float64]]]


@dataclass(frozen=True)
class Station:
    """One rain gauge: name, place, dates and depths [mm]."""

    name: str
    longitude: float
    latitude: float
    dates: tuple[tuple[int, int, int], ...]
    rain: NDArray[np.float64]


def read_factors(path: Path) -> FactorTable:
    """Read vulnerability factors: unit, year, sex, and one column for each factor.

    Raises
    ------
    NotFoundError, InputError
        If the file is missing, has an unknown column, or a cell is no number.
    """
    rows = read_rows(path, ("unit", "year"))
    known = vulnerability_factors("worse")
    names = [name for name in rows[0] if name not in ("unit", "year", "sex")]
    for name in names:
        if name not in known:
            raise InputError("{path} has a column {name}", path=path, name=name, hint="use the columns of the template")
    years = tuple(sorted({int(number(row, "year", path, line)) for line, row in enumerate(rows, 2)}))
    units = tuple(dict.fromkeys(row["unit"] for row in rows))
    factors: dict[str, dict[str, NDArray[np.float64]]] = {}
    seen = set()
    for line, row in enumerate(rows, 2):
        sex = row.get("sex") or "total"
        if sex not in SEXES:
            raise InputError(
                "{path} line {line}: sex is {sex}",
                path=path,
                line=line,
                sex=sex,
                hint="use {known}",
                known=", ".join(SEXES),
            )
        place = (sex, row["unit"], int(float(row["year"])))
        if place in seen:
            raise InputError("{path} line {line} repeats {place}", path=path, line=line, place=place, hint="keep one")
        seen.add(place)
        for name in names:
            if row[name].strip():
                table = factors.setdefault(sex, {}).setdefault(name, np.full((len(years), len(units)), np.nan))
                table[years.index(place[2]), units.index(row["unit"])] = number(row, name, path, line)
    return FactorTable(years, units, factors)


def factor_template() -> str:
    """Return the CSV template of vulnerability factors, with one empty row for each sex."""
    names = ",".join(vulnerability_factors("worse"))
    return f"unit,year,sex,{names}\n" + "".join(f"nation,2023,{sex}\n" for sex in SEXES)


def read_herds(path: Path) -> dict[str, dict[str, float]]:
    """Read herds: district, species, heads; return heads by district and species.

    Raises
    ------
    NotFoundError, InputError
        If the file is missing or a row does not fit.
    """
    herds: dict[str, dict[str, float]] = {}
    for line, row in enumerate(read_rows(path, ("district", "species", "heads")), 2):
        heads = number(row, "heads", path, line)
        if heads < 0:
            raise InputError(
                "{path} line {line}: {heads} heads", path=path, line=line, heads=heads, hint="give 0 or more"
            )
        herd = herds.setdefault(row["district"], {})
        herd[row["species"]] = herd.get(row["species"], 0.0) + heads
    return herds


def read_events(path: Path) -> list[tuple[str, int, int]]:
    """Read drought events: district, year, month in which it was felt.

    Raises
    ------
    NotFoundError, InputError
        If the file is missing or a row does not fit.
    """
    events = []
    for line, row in enumerate(read_rows(path, ("district", "year")), 2):
        month = int(number(row, "month", path, line)) if row.get("month") else 12
        events.append((row["district"], int(number(row, "year", path, line)), month))
    return events


def read_growth(path: Path) -> dict[str, dict[str, Growth]]:
    """Read growth rates: district, measure, first, second [t CO2 ha-1 year-1].

    Raises
    ------
    NotFoundError, InputError
        If the file is missing or a row does not fit.
    """
    growth: dict[str, dict[str, Growth]] = {}
    for line, row in enumerate(read_rows(path, ("district", "measure", "first", "second")), 2):
        rates = Growth(number(row, "first", path, line), number(row, "second", path, line))
        growth.setdefault(row["district"], {})[row["measure"]] = rates
    return growth


def read_stations(path: Path) -> list[Station]:
    """Read rain gauges: station, longitude, latitude, date (YYYY-MM or YYYY-MM-DD), rain_mm; an empty cell is missing.

    Raises
    ------
    NotFoundError, InputError
        If the file is missing or a row does not fit.
    """
    found: dict[str, list[tuple[float, float, tuple[int, int, int], float]]] = {}
    for line, row in enumerate(read_rows(path, ("station", "longitude", "latitude", "date", "rain_mm")), 2):
        parts = row["date"].split("-")
        if not 2 <= len(parts) <= 3 or not all(part.isdigit() for part in parts):
            raise InputError(
                "{path} line {line}: date {date}", path=path, line=line, date=row["date"], hint="write 2002-09"
            )
        date = int(parts[0]), int(parts[1]), int(parts[2]) if len(parts) == 3 else 1
        rain = number(row, "rain_mm", path, line) if row["rain_mm"].strip() else float("nan")
        place = number(row, "longitude", path, line), number(row, "latitude", path, line)
        found.setdefault(row["station"], []).append((*place, date, rain))
    return [
        Station(name, rows[0][0], rows[0][1], tuple(row[2] for row in rows), np.array([row[3] for row in rows]))
        for name, rows in found.items()
    ]


def read_rules(path: Path) -> tuple[TriggerRule, ...]:
    """Read trigger rules from a TOML file.

    Raises
    ------
    NotFoundError, InputError
        If the file is missing, no TOML, or a rule does not fit.
    """
    try:
        table: dict[str, Any] = tomllib.loads(_text(path))
    except tomllib.TOMLDecodeError as error:
        raise InputError("{path} is no TOML ({why})", path=path, why=error, hint="correct the line") from error
    if not table.get("rule"):
        raise InputError("{path} has no [[rule]]", path=path, hint="write one with landbalance drought trigger design")
    return rules_from(table["rule"])


def read_rows(path: Path, needed: Sequence[str]) -> list[dict[str, str]]:
    """Return the rows of a CSV file as text.

    Raises
    ------
    NotFoundError, InputError
        If the file is missing, empty, or lacks a column.
    """
    rows = [
        {str(key).strip(): (value or "").strip() for key, value in row.items() if key is not None}
        for row in csv.DictReader(io.StringIO(_text(path)))
    ]
    if not rows:
        raise InputError("{path} has no rows", path=path, hint="columns: {known}", known=", ".join(needed))
    for name in needed:
        if name not in rows[0]:
            raise InputError(
                "{path} has no column {name}", path=path, name=name, hint="columns: {known}", known=", ".join(needed)
            )
    return rows


def number(row: Mapping[str, str], name: str, path: Path, line: int) -> float:
    """Return one cell as a number.

    Raises
    ------
    InputError
        If it is none.
    """
    try:
        value = float(row[name])
    except ValueError as error:
        raise InputError(
            "{path} line {line}: {name} is {value!r}", path=path, line=line, name=name, value=row[name],
            hint="write a number with a decimal point, or leave the cell empty",
        ) from error  # fmt: skip
    if not np.isfinite(value):
        raise InputError("{path} line {line}: {name} is {value}", path=path, line=line, name=name, value=value)
    return value


def _text(path: Path) -> str:
    """Return the text of a file."""
    if not path.is_file():
        raise NotFoundError("there is no file {path}", path=path, hint="check the path")
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("{path} cannot be read ({why})", path=path, why=error, hint="save it as UTF-8 text") from error
