"""Read the year, the date or the span of years that a name carries."""

import datetime
import re
from dataclasses import dataclass

_YEAR = r"(?:19|20|21)\d\d"
_MONTH = r"(?:0[1-9]|1[0-2])"
_DAY = re.compile(rf"(?<!\d)({_YEAR})([-_.]?)({_MONTH})\2(0[1-9]|[12]\d|3[01])(?!\d)")
_DAY_OF_YEAR = re.compile(rf"(?<!\d)({_YEAR})[-_.]?([0-3]\d\d)(?!\d)")
_PART_OF_MONTH = re.compile(rf"(?<!\d)({_YEAR})[-_.]({_MONTH})([abc]?)(?![\da-z])")
_SPAN = re.compile(rf"(?<!\d)({_YEAR})(?:[-_]|_to_)({_YEAR})(?!\d)")
_BARE = re.compile(rf"(?<!\d)({_YEAR})(?!\d)")
_FIRST_DAY = {"": 1, "a": 1, "b": 16, "c": 21}


@dataclass(frozen=True)
class When:
    """What a name says of its time: a year, and an ISO date within it or a span such as "2000-2015" that ends in it."""

    year: int
    date: str = ""
    span: str = ""


def read_when(name: str) -> When | None:
    """Return the time in a band or file name, or None where it carries none or several.

    Examples
    --------
    >>> read_when("ndvi_1981-07b").date, read_when("MOD13Q1.A2001017").date, read_when("gpp_2010").year
    ('1981-07-16', '2001-01-17', 2010)
    >>> read_when("lpd_2000_2015").span, read_when("climate_zone")
    ('2000-2015', None)
    """
    name = name.lower()
    if found := _DAY.search(name):
        return _dated(int(found[1]), int(found[3]), int(found[4]))
    if (found := _SPAN.search(name)) and found[1] <= found[2]:
        return When(int(found[2]), span=f"{found[1]}-{found[2]}")
    if found := _PART_OF_MONTH.search(name):
        return _dated(int(found[1]), int(found[2]), _FIRST_DAY[found[3]])
    if (found := _DAY_OF_YEAR.search(name)) and 1 <= int(found[2]) <= 366:
        date = datetime.date(int(found[1]), 1, 1) + datetime.timedelta(days=int(found[2]) - 1)
        return When(date.year, date.isoformat())
    years = {int(year) for year in _BARE.findall(name)}
    return When(years.pop()) if len(years) == 1 else None


def _dated(year: int, month: int, day: int) -> When | None:
    """Return a calendar date, or None where there is no such day."""
    try:
        return When(year, datetime.date(year, month, day).isoformat())
    except ValueError:
        return None
