"""One value a year with its name and origin; a year that is not known stays in its place."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from landbalance.core.errors import InputError, LandbalanceError, NotFoundError
from landbalance.core.types import Array


@dataclass(frozen=True)
class YearSeries:
    """Values of consecutive years, NaN where unknown.

    Parameters
    ----------
    name : str
        What it is, such as the district and its season.
    origin : str
        Where it is from: file, or workspace and method.
    """

    years: tuple[int, ...]
    values: tuple[float, ...]
    name: str = ""
    origin: str = ""

    @property
    def missing(self) -> tuple[int, ...]:
        """Return the years without a value."""
        return tuple(year for year, value in zip(self.years, self.values, strict=True) if math.isnan(value))

    def at(self, years: Sequence[int]) -> Array:
        """Return the values of some years, NaN where there are none.

        Examples
        --------
        >>> year_series({2001: -1.0, 2003: 0.5}).at([2000, 2001, 2002]).tolist()
        [nan, -1.0, nan]
        """
        own = dict(zip(self.years, self.values, strict=True))
        return np.array([own.get(year, math.nan) for year in years], dtype=np.float64)


def year_series(
    values: Mapping[int, float | None], *, name: str = "", origin: str = "", first: int | None = None,
    last: int | None = None,
) -> YearSeries:  # fmt: skip
    """Return a series without holes in its years.

    Parameters
    ----------
    values : mapping of int to float
        By year; None or NaN where unknown.
    first, last : int or None
        Years to keep; all from the first to the last known one when None.

    Raises
    ------
    InputError
        If no year is left.

    Examples
    --------
    >>> found = year_series({2001: -1.0, 2003: 0.5})
    >>> found.years, found.missing
    ((2001, 2002, 2003), (2002,))
    """
    known = {year: math.nan if value is None else float(value) for year, value in values.items()}
    begin, end = (min(known, default=1) if first is None else first), (max(known, default=0) if last is None else last)
    if begin > end or not any(begin <= year <= end for year in known):
        raise InputError(
            "{name} has no year from {first} to {last}", name=name or "the series", first=begin, last=end,
            hint="check the years that are asked for",
        )  # fmt: skip
    years = tuple(range(begin, end + 1))
    return YearSeries(years, tuple(known.get(year, math.nan) for year in years), name, origin)


@dataclass(frozen=True)
class IndexRow:
    """One value of an index: district, year, month in which the season ends (0 unknown), index, value, event."""

    district: str
    year: int
    month: int
    index: str
    value: float
    event: bool | None = None


@dataclass(frozen=True)
class IndexTable:
    """Indices of districts and seasons, as `landbalance drought season` writes them."""

    rows: tuple[IndexRow, ...]
    origin: str = ""

    def districts(self) -> tuple[str, ...]:
        """Return the districts in their order."""
        return tuple(dict.fromkeys(row.district for row in self.rows))

    def only(self, kind: str, lengths: Sequence[int], ends: Sequence[int]) -> "IndexTable":
        """Return the rows of some seasons; an empty choice keeps all.

        Examples
        --------
        >>> table = IndexTable((IndexRow("A", 2001, 9, "SPI-4", -1.0), IndexRow("A", 2001, 9, "SPI-12", 0.5)))
        >>> len(table.only("spi", [4], []).rows)
        1
        """
        kept = [
            row
            for row in self.rows
            if row.index.lower().startswith(kind.lower())
            and (not lengths or any(row.index.endswith(f"-{length}") for length in lengths))
            and (not ends or row.month in ends)
        ]
        return IndexTable(tuple(kept), self.origin)

    def seasons(self, district: str) -> tuple[tuple[str, int], ...]:
        """Return the indices and months of a district."""
        return tuple(dict.fromkeys((row.index, row.month) for row in self.rows if row.district == district))

    def pick(self, district: str = "", *, kind: str = "", months: int | None = None, month: int = 0) -> list[IndexRow]:
        """Return the rows of one district and season; what is left out must be unique.

        Parameters
        ----------
        kind, months, month
            Of the index, such as spi, 4 and 9 for SPI-4 of September.

        Raises
        ------
        NotFoundError
            If there is no such district or season.
        InputError
            If several fit, or a year stands twice.

        Examples
        --------
        >>> table = IndexTable((IndexRow("A", 2001, 9, "SPI-4", -1.0), IndexRow("B", 2001, 9, "SPI-4", 0.5)))
        >>> table.pick("B")[0].value
        0.5
        """
        own = self._district(district)
        chosen = self.only(kind, [] if months is None else [months], [month] if month else [])
        fits = chosen.seasons(own)
        if len(fits) != 1:
            asked = " ".join(filter(None, (kind, str(months or ""), season_name("", month).strip())))
            raise _no_season(own, self.seasons(own), fits, asked)
        rows = [row for row in self.rows if row.district == own and (row.index, row.month) == fits[0]]
        years = [row.year for row in rows]
        double = next((year for year in years if years.count(year) > 1), None)
        if double is not None:
            raise InputError(
                "{district} has {year} twice in {origin}",
                district=own,
                year=double,
                origin=self.origin,
                hint="keep one row",
            )
        return rows

    def _district(self, district: str) -> str:
        """Return the district asked for, or the only one."""
        known = self.districts()
        if district in known:
            return district
        if not district and len(known) == 1:
            return known[0]
        names = ", ".join(known[:12]) + (" ..." if len(known) > 12 else "")
        if district:
            raise NotFoundError(
                "{origin} has no district {name}", origin=self.origin, name=district,
                hint="use one of {names}", names=names,
            )  # fmt: skip
        raise InputError(
            "{origin} has {count} districts", origin=self.origin, count=len(known),
            hint="name one of {names}", names=names,
        )  # fmt: skip


def season_name(index: str, month: int) -> str:
    """Return what a season is called.

    Examples
    --------
    >>> season_name("SPI-4", 9), season_name("NDVI", 0)
    ('SPI-4 of month 9', 'NDVI')
    """
    return f"{index} of month {month}" if month else index


def index_series(
    rows: Sequence[IndexRow], origin: str, *, first: int | None = None, last: int | None = None
) -> YearSeries:
    """Return the rows of one district and season as a series.

    Examples
    --------
    >>> index_series([IndexRow("A", 2001, 9, "SPI-4", -1.0)], "x.csv").name
    'A, SPI-4 of month 9'
    """
    one = rows[0]
    name = ", ".join(filter(None, (one.district, season_name(one.index, one.month))))
    return year_series({row.year: row.value for row in rows}, name=name, origin=origin, first=first, last=last)


def event_losses(rows: Sequence[IndexRow], loss: float) -> YearSeries:
    """Return a loss for each year with a drought event, none for the others, unknown where nothing was said.

    Examples
    --------
    >>> event_losses([IndexRow("A", 2001, 9, "SPI-4", -1.0, event=True)], 50.0).values
    (50.0,)
    """
    return year_series(
        {row.year: None if row.event is None else loss * row.event for row in rows}, name="drought events"
    )


def _no_season(district: str, known: Sequence[tuple[str, int]], fits: Sequence[object], asked: str) -> LandbalanceError:
    """Return the error of a season that is unknown, or not the only one."""
    names = ", ".join(season_name(*each) for each in known)
    if fits:
        return InputError("{count} seasons of {district} fit", count=len(fits), district=district or "the table",
                          hint="name one by kind, months and season: {names}", names=names)  # fmt: skip
    return NotFoundError("{district} has no season {asked}", district=district or "the table", asked=asked,
                         hint="there are {names}", names=names)  # fmt: skip
