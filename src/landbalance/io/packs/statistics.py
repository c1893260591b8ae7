"""Statistics of a country as one table: series, year, value, and nothing where the source has no number."""

import csv
import io
import math
from collections.abc import Iterator
from typing import Any

from landbalance.core.errors import SourceError
from landbalance.core.sources import Source, years_of
from landbalance.io.packs.finding import Finder

COLUMNS = ("series", "year", "value", "unit", "nature", "source")
PAGES = 100


def statistics_table(finder: Finder, source: Source) -> tuple[str, list[str]]:
    """Return the table of a source as CSV text, and the addresses it was made from.

    Raises
    ------
    SourceError
        If the interface answers something else.
    """
    rows: list[tuple[object, ...]] = []
    asked: list[str] = []
    read = _world_bank if "worldbank" in source.url else _un_sdg
    for code in source.codes:
        years = years_of(source.years)
        address = source.address(
            iso3_lower=finder.place.iso3.lower(), m49=finder.place.m49, code=code, first=years[0], last=years[-1]
        )
        rows += list(read(finder, source, address, code, asked))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(sorted(rows, key=lambda row: tuple(map(str, row))))
    return out.getvalue(), asked


def _world_bank(
    finder: Finder, source: Source, address: str, code: str, asked: list[str]
) -> Iterator[tuple[object, ...]]:
    """Yield the rows of one indicator, and note what was asked; a fault comes as a message with status 200."""
    page = 1
    while page <= PAGES:
        asked.append(f"{address}&page={page}")
        answer = finder.answer(source, asked[-1])
        if not (isinstance(answer, list) and answer and isinstance(answer[0], dict)):
            raise _odd(address)
        if "message" in answer[0]:
            said = answer[0]["message"][0].get("value", "") if answer[0]["message"] else ""
            raise SourceError("{address} says: {said}", address=address, said=str(said)[:100], retryable=False)
        for row in (answer[1] if len(answer) > 1 else None) or []:
            value = _number(row.get("value"))
            if value is not None:
                yield (code, int(row["date"]), repr(value), str(row.get("unit") or ""), "", source.id)
        if page >= int(answer[0].get("pages") or 1):
            return
        page += 1


def _un_sdg(finder: Finder, source: Source, address: str, code: str, asked: list[str]) -> Iterator[tuple[object, ...]]:
    """Yield the rows of one series, and note what was asked; values are texts and may be no numbers."""
    asked.append(address)
    answer = finder.answer(source, address)
    if not (isinstance(answer, dict) and isinstance(answer.get("data"), list)):
        raise _odd(address)
    for row in answer["data"]:
        value, marks = _number(row.get("value")), row.get("attributes") or {}
        if value is not None:
            year = int(float(row.get("timePeriodStart") or 0))
            yield (code, year, repr(value), str(marks.get("Units") or ""), str(marks.get("Nature") or ""), source.id)


def _number(value: Any) -> float | None:
    """Return a finite number; None for anything else, such as "NaN" or "<5"."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def _odd(address: str) -> SourceError:
    """Return the error for an answer of another shape."""
    return SourceError("{address} answers something else than a table", address=address, retryable=False,
                       hint="see landbalance pack probe")  # fmt: skip
