"""Equal steps of time: months or dekads made of whatever dates a series has, gaps kept as gaps."""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from landbalance.core.errors import InputError
from landbalance.core.types import Array

StepName = Literal["month", "dekad"]
STEPS_PER_YEAR = {"month": 12, "dekad": 36}
_DAILY, _DEKADAL = 2.0, 12.0  # most days between neighbours
_LONGEST_MONTH = 31.5


@dataclass(frozen=True)
class Steps:
    """The steps of a series.

    Parameters
    ----------
    name : {"month", "dekad"}
        Length of a step.
    first : tuple of int
        Year, and step of the year from 0, of the first row.
    rows : int
        Number of steps.
    """

    name: StepName
    first: tuple[int, int]
    rows: int

    @property
    def per_year(self) -> int:
        """Return the number of steps in a year."""
        return STEPS_PER_YEAR[self.name]

    @property
    def per_month(self) -> int:
        """Return the number of steps in a month."""
        return self.per_year // 12

    def month(self, row: int) -> int:
        """Return the month (1 to 12) of a row."""
        return self.when(row)[1] // self.per_month + 1

    @property
    def years(self) -> tuple[int, int]:
        """Return the first and the last year."""
        return self.first[0], self.first[0] + (self.first[1] + self.rows - 1) // self.per_year

    def when(self, row: int) -> tuple[int, int]:
        """Return year and step of the year (from 0) of a row."""
        place = self.first[1] + row
        return self.first[0] + place // self.per_year, place % self.per_year

    def label(self, row: int) -> str:
        """Return a row as "2002-09", or "2002-09-d2" for the second dekad.

        Examples
        --------
        >>> Steps("month", (2002, 0), 12).label(8), Steps("dekad", (2002, 0), 36).label(4)
        ('2002-09', '2002-02-d2')
        """
        year, step = self.when(row)
        if self.name == "month":
            return f"{year}-{step + 1:02d}"
        return f"{year}-{step // 3 + 1:02d}-d{step % 3 + 1}"

    def row(self, year: int, step: int) -> int:
        """Return the row of a year and step of the year, which may lie outside the series."""
        return (year - self.first[0]) * self.per_year + step - self.first[1]

    @property
    def labels(self) -> tuple[str, ...]:
        """Return the labels of all rows."""
        return tuple(self.label(row) for row in range(self.rows))


def regular(
    values: Array, dates: Sequence[tuple[int, int, int]], *, step: StepName | None = None, adds: bool = True
) -> tuple[NDArray[np.floating[Any]], Steps]:
    """Return a series in months or dekads without a hole in time.

    Daily values become months, or dekads if asked for, by sum (rain) or mean; a step with a missing day is missing.
    Dekads become months the same way. A step nobody wrote down is missing.

    Parameters
    ----------
    values : ndarray of float, shape (time, ...)
        In the order of time or not; NaN missing.
    dates : sequence of (year, month, day)
        Of each row.
    step : {"month", "dekad"}, optional
        What is wanted; the length of the series' own steps, months for daily ones, when None.
    adds : bool
        Whether values of parts add up; otherwise they are averaged.

    Raises
    ------
    InputError
        If dates repeat, or their spacing is neither daily, dekadal nor monthly.

    Examples
    --------
    >>> regular(np.array([5.0, 6.0, 7.0]), [(2001, 1, 1), (2001, 2, 1), (2001, 4, 1)])[0].tolist()
    [5.0, 6.0, nan, 7.0]
    """
    if len(dates) != len(values):
        raise InputError("{dates} dates for {rows} rows", dates=len(dates), rows=len(values), hint="give one for each")
    order = sorted(range(len(dates)), key=lambda row: dates[row])
    for before, after in pairwise(order):
        if dates[before] == dates[after]:
            raise InputError(
                "the date {date} stands twice", date="-".join(map(str, dates[after])), hint="keep one row for each date"
            )
    spacing = _spacing([dates[row] for row in order])
    native: StepName = "dekad" if _DAILY < spacing <= _DEKADAL else "month"
    wanted = step or native
    if spacing > _DEKADAL and wanted == "dekad":
        raise InputError("the series is monthly, dekads were asked for", hint="take --step month")
    per_year = STEPS_PER_YEAR[wanted]
    places = np.array([_place(dates[row], wanted) for row in order])
    start = int(places[0])
    counts = np.bincount(places - start)
    full = np.zeros((len(counts), *values.shape[1:]), dtype=values.dtype if values.dtype.kind == "f" else np.float64)
    np.add.at(full, places - start, values[order])
    longest = max(day for _, _, day in dates)
    parts = np.array([_parts(start + row, wanted, spacing, longest) for row in range(len(counts))])
    full[counts < parts] = np.nan
    if not adds:
        full /= np.maximum(counts, 1).reshape(-1, *(1,) * (values.ndim - 1))
    return full, Steps(wanted, (start // per_year, start % per_year), len(full))


def monthly_dates(first: tuple[int, int], rows: int) -> list[tuple[int, int, int]]:
    """Return the first days of consecutive months from (year, month) on."""
    start = first[0] * 12 + first[1] - 1
    return [(place // 12, place % 12 + 1, 1) for place in range(start, start + rows)]


def _spacing(dates: Sequence[tuple[int, int, int]]) -> float:
    """Return the usual number of days between neighbours."""
    if len(dates) < 2:
        raise InputError("the series has {rows} dates", rows=len(dates), hint="give at least twenty years of months")
    days = np.array([year * 365.25 + (month - 1) * 30.4375 + day for year, month, day in dates])
    found = float(np.quantile(np.diff(days), 0.1, method="lower"))
    if found > _LONGEST_MONTH:
        raise InputError(
            "the dates lie {days:.0f} days apart", days=found, hint="give daily, dekadal or monthly values"
        )
    return found


def _place(date: tuple[int, int, int], step: StepName) -> int:
    """Return the step a date falls into, counted from the year 0."""
    year, month, day = date
    if step == "month":
        return year * 12 + month - 1
    return year * 36 + (month - 1) * 3 + min((day - 1) // 10, 2)


def _parts(place: int, step: StepName, spacing: float, longest: int) -> int:
    """Return how many rows a whole step needs; a February without its 29th is whole, as in calendars without leap days.

    `longest` is the greatest day of any month: 30 in a calendar of 360 days.
    """
    if spacing > _DEKADAL:
        return 1
    if spacing > _DAILY:
        return 3 if step == "month" else 1
    month = place % 12 if step == "month" else place % 36 // 3
    days = 30 if longest <= 30 else (28 if month == 1 else calendar.monthrange(2001, month + 1)[1])
    if step == "month":
        return days
    return days - 20 if place % 3 == 2 else 10
