"""Sections of a chapter as data, and where their numbers come from."""

from dataclasses import dataclass, field
from typing import Protocol

from landbalance.reporting.charts import Chart
from landbalance.reporting.maps import MapSpec
from landbalance.reporting.place_maps import PlaceMap
from landbalance.reporting.tables import Table
from landbalance.reporting.words import Tongue


class Origin(Protocol):
    """What a workbook says of where its numbers come from."""

    @property
    def run_id(self) -> str:
        """Return the id of the run."""

    @property
    def profile(self) -> str:
        """Return the method profile."""

    @property
    def started(self) -> str:
        """Return when the run began."""


@dataclass(frozen=True)
class Section:
    """One section: heading, sentences, charts, maps, tables, and maps of sites for pages that can draw them."""

    id: str
    title: str
    sentences: tuple[str, ...]
    charts: tuple[Chart, ...] = ()
    maps: tuple[MapSpec, ...] = ()
    tables: tuple[Table, ...] = ()
    places: tuple[PlaceMap, ...] = ()


@dataclass(frozen=True)
class Chapter:
    """The chapter: what it is of, and its sections."""

    title: str
    subtitle: str
    sections: tuple[Section, ...]
    is_invented: bool = False
    warnings: tuple[str, ...] = field(default=())

    @property
    def tables(self) -> tuple[Table, ...]:
        """Return all tables."""
        return tuple(table for section in self.sections for table in section.tables)


def subtitle(years: str, tongue: Tongue) -> str:
    """Return what a chapter is of."""
    return tongue.say("Land degradation neutrality, {years}", years=years)
