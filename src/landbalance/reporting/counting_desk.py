"""What every family of figures needs: tables by name, classes on land, the doubts of a period, records with an id."""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from landbalance.core.crosstab import Crosstab
from landbalance.core.periods import BASELINE, Period
from landbalance.core.vocab import Status, Surface
from landbalance.reporting.facts import RunFacts, ZoneGroup
from landbalance.reporting.record import NATION, Stamp
from landbalance.reporting.words import Translate

LAND = (Surface.LAND, Surface.TURNED_WATER, Surface.UNKNOWN)
ASSESSED = (Status.DEGRADED, Status.STABLE, Status.IMPROVED)
GAPS = (Status.NODATA, Status.NOT_APPLICABLE)
Key = TypeVar("Key")


@dataclass(frozen=True)
class Place:
    """Where figures are counted: a period, a group of zones and one of its zones."""

    period: Period
    group: ZoneGroup
    number: int

    @property
    def zone(self) -> str:
        """Return the zone as figures name it."""
        return f"{self.group.id}/{self.number}"

    @property
    def is_nation(self) -> bool:
        """Return whether this is the whole area."""
        return self.zone == NATION


@dataclass(frozen=True)
class Desk:
    """The counted tables of a run and the words for its figures."""

    facts: RunFacts
    translate: Translate

    def table(self, name: str) -> Crosstab | None:
        """Return a counted table, or None where the run has none."""
        return self.facts.tables.get(name)

    def places(self) -> Iterator[Place]:
        """Yield every period, group and zone, with zone 0 for what lies in no zone of a group."""
        for period in self.facts.periods:
            for group in self.facts.groups:
                numbers = [zone.number for zone in group.zones]
                outside = [] if group.id == "nation" else [0]
                yield from (Place(period, group, number) for number in outside + numbers)

    def doubts(self, layer: str, period: str, *, with_baseline: bool = False) -> tuple[str, ...]:
        """Return the doubts that a layer's series in a period, and in the baseline, puts on a figure (ruling 7)."""
        if layer in {"land_cover", "soc"}:
            return ()
        used = {period, BASELINE} if with_baseline else {period}
        return ("short_series",) if used & set(self.facts.short_periods) else ()

    def stamp(self, place: Place, layer: str, method: str, table: str, *, with_baseline: bool = False) -> Stamp:
        """Return what the figures of a layer at a place share."""
        quality = self.doubts(layer, place.period.name, with_baseline=with_baseline)
        return Stamp(place.period.name, place.zone, method, quality, (table,))


def by_class(table: Crosstab, axis: str, number: int, *, land: bool) -> dict[int, float]:
    """Return the amounts along one axis in one zone, on land alone or everywhere."""
    cut = table.select(zone=number)
    if land:
        cut = cut.select(surface=_on(cut, LAND))
    kept = cut.keep(axis)
    return {code: float(value) for code, value in zip(kept.axis(axis).codes, kept.values, strict=True)}


def pairs(table: Crosstab, first: str, second: str, number: int, *, land: bool) -> dict[tuple[int, int], float]:
    """Return the amounts over two axes in one zone, on land alone or everywhere."""
    cut = table.select(zone=number)
    if land:
        cut = cut.select(surface=_on(cut, LAND))
    return pairs_of(cut, first, second)


def pairs_of(table: Crosstab, first: str, second: str) -> dict[tuple[int, int], float]:
    """Return the amounts over two axes of a table."""
    kept = table.keep(first, second)
    return {
        (left, right): float(kept.values[row, column])
        for row, left in enumerate(kept.axis(first).codes)
        for column, right in enumerate(kept.axis(second).codes)
    }


def stated(amounts: Mapping[Key, float], gaps: Container[object] = GAPS) -> dict[Key, float | None]:
    """Return the amounts of classes that may be stated: where all is a gap, no class is known to be empty.

    Examples
    --------
    >>> stated({-1: 0.0, 0: 0.0, 1: 0.0, -128: 12.0})
    {-1: None, 0: None, 1: None, -128: 12.0}
    >>> stated({-1: 0.0, 0: 3.0, 1: 0.0, -128: 12.0})
    {-1: 0.0, 0: 3.0, 1: 0.0, -128: 12.0}
    """
    is_known = any(amount for key, amount in amounts.items() if key not in gaps) or not any(amounts.values())
    return {key: amount if is_known or key in gaps else None for key, amount in amounts.items()}


def ratio(part: float | None, whole: float | None) -> float | None:
    """Return part over whole; None where one of them is unknown, or the whole is 0."""
    return part / whole if whole and part is not None else None


def nearest_year(wanted: int, years: Iterable[int]) -> int | None:
    """Return the year nearest to the one wanted, the earlier of two; None where there is none.

    Examples
    --------
    >>> nearest_year(2019, {2015: 1.0, 2020: 2.0})
    2020
    """
    known = sorted(years)
    return min(known, key=lambda year: (abs(year - wanted), year)) if known else None


def _on(table: Crosstab, surfaces: tuple[Surface, ...]) -> tuple[int, ...]:
    """Return those of the surfaces that the table has."""
    codes = table.axis("surface").codes
    return tuple(int(code) for code in surfaces if code in codes)
