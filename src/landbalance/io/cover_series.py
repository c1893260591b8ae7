"""Series that index cover is priced on: the season table of the country's drought results, gauges, and past losses."""

import math
import re
from pathlib import Path

from landbalance.core.errors import InputError
from landbalance.finance.year_series import IndexRow, IndexTable, YearSeries, year_series
from landbalance.io.drought_tables import number, read_rows

INDEX_COLUMN = re.compile(r"^(SPI|SPEI)-\d+$")


def read_index_table(path: Path, *, least_known: float = 0.0) -> IndexTable:
    """Read indices by district and season.

    Three forms are read: the table of `landbalance drought season`; that of `landbalance drought index --stations`
    (station, date, one column for each index); and any CSV with `year` and `value`, with or without `district`,
    `month` and `index`. An empty cell is an unknown value.

    Parameters
    ----------
    least_known : float
        Share of land with a known index below which a value counts as unknown.

    Raises
    ------
    NotFoundError, InputError
        If the file is missing or a row does not fit.
    """
    rows = read_rows(path, ())
    names = list(rows[0])
    indices = [name for name in names if INDEX_COLUMN.match(name)]
    if "date" in names and indices:
        found = [_of_station(row, name, path, line) for line, row in enumerate(rows, 2) for name in indices]
    elif "year" in names and "value" in names:
        found = [_of_season(row, path, line, least_known) for line, row in enumerate(rows, 2)]
    else:
        raise InputError(
            "{path} has the columns {names}", path=path, names=", ".join(names),
            hint="give the table of landbalance drought season, or the columns year and value",
        )  # fmt: skip
    return IndexTable(tuple(found), path.name)


def read_losses(path: Path, district: str = "") -> YearSeries:
    """Read past losses: year, loss, and where it has one, of one district; an empty cell is an unknown loss.

    Raises
    ------
    NotFoundError, InputError
        If the file is missing, a row does not fit, the district is not in it, or a year stands twice.
    """
    rows = list(enumerate(read_rows(path, ("year", "loss")), 2))
    if "district" in rows[0][1]:
        known = dict.fromkeys(row["district"] for _, row in rows)
        if district not in known:
            raise InputError(
                "{path} has no losses of district {name}", path=path, name=district or "-",
                hint="its districts are {names}", names=", ".join(known),
            )  # fmt: skip
        rows = [(line, row) for line, row in rows if row["district"] == district]
    losses: dict[int, float | None] = {}
    for line, row in rows:
        year = _whole(row, "year", path, line)
        loss = number(row, "loss", path, line) if row["loss"] else None
        if year in losses or (loss is not None and loss < 0):
            raise InputError(
                "{path} line {line}: loss {loss} of {year}", path=path, line=line, loss=row["loss"], year=year,
                hint="give each year once, and a loss of 0 or more",
            )  # fmt: skip
        losses[year] = loss
    return year_series(losses, name="losses", origin=path.name)


def _of_season(row: dict[str, str], path: Path, line: int, least_known: float) -> IndexRow:
    """Return one row of a table by year."""
    known = number(row, "known_share", path, line) if row.get("known_share") else 1.0
    event = row.get("event", "")
    return IndexRow(
        row.get("district", ""),
        _whole(row, "year", path, line),
        _whole(row, "month", path, line) if row.get("month") else 0,
        row.get("index", "") or "index",
        number(row, "value", path, line) if row["value"] and known >= least_known else math.nan,
        bool(number(row, "event", path, line)) if event else None,
    )


def _of_station(row: dict[str, str], name: str, path: Path, line: int) -> IndexRow:
    """Return one index of a gauge in one month."""
    year, dash, month = row["date"].partition("-")
    if not (dash and year.isdigit() and month.isdigit()):
        raise InputError(
            "{path} line {line}: date {date}", path=path, line=line, date=row["date"], hint="write 2002-09"
        )
    value = number(row, name, path, line) if row[name] else math.nan
    return IndexRow(row.get("station", ""), int(year), int(month), name, value)


def _whole(row: dict[str, str], name: str, path: Path, line: int) -> int:
    """Return a cell as a whole number."""
    value = number(row, name, path, line)
    if value != int(value):
        raise InputError("{path} line {line}: {name} is {value}", path=path, line=line, name=name, value=row[name],
                         hint="write a whole number")  # fmt: skip
    return int(value)
