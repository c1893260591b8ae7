"""Cycles of national reports to the Convention, and when their forms are due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from landbalance.core.tables import toml_table


@dataclass(frozen=True)
class Due:
    """Something that is to be submitted by the end of a month."""

    report_year: int
    form: str
    title: str
    on: date
    is_tentative: bool


def dues() -> tuple[Due, ...]:
    """Return everything that is due in the cycles of the package table, earliest first.

    Examples
    --------
    >>> [(due.form, due.on.isoformat()) for due in dues()]
    [('SO1', '2026-11-30'), ('all', '2027-02-28')]
    """
    found = [
        Due(cycle["report_year"], row["form"], row["title"], month_end(row["month"]), row["tentative"])
        for cycle in toml_table("reporting_cycles")["cycle"]
        for row in cycle.get("due", ())
    ]
    return tuple(sorted(found, key=lambda due: due.on))


def coming(all_dues: Sequence[Due], today: date) -> tuple[Due, ...]:
    """Return what is still to come on a day, earliest first.

    Examples
    --------
    >>> [due.form for due in coming(dues(), date(2026, 12, 1))]
    ['all']
    """
    return tuple(due for due in all_dues if due.on >= today)


def month_end(month: str) -> date:
    """Return the last day of a month such as "2027-02".

    Examples
    --------
    >>> month_end("2028-02")
    datetime.date(2028, 2, 29)
    """
    year, number = (int(part) for part in month.split("-"))
    following = date(year + number // 12, number % 12 + 1, 1)
    return date.fromordinal(following.toordinal() - 1)
