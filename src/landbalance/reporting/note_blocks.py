"""What a note is built from: paragraphs, lists, tables and maps, each fact with where its figures come from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from landbalance.reporting.tables import Column, Table

NUMBER = " "  # unit of a column whose numbers are written out


@dataclass(frozen=True)
class Origin:
    """Where a figure comes from: the thing it was taken from, the method behind it, and the day it stands for."""

    source: str
    method: str
    date: str


@dataclass(frozen=True)
class Swatch:
    """One class in the legend of a map: a small picture of its colour and pattern, its name and its area."""

    png: bytes
    name: str
    area: str


@dataclass(frozen=True)
class MapPicture:
    """A drawn map: the picture, its title, its legend, a scale bar (share of the width), and what it shows in words."""

    png: bytes
    title: str
    alt: str
    legend: tuple[Swatch, ...]
    bar_share: float
    bar: str


@dataclass(frozen=True)
class Bullets:
    """A list."""

    items: tuple[str, ...]


Block: TypeAlias = str | Bullets | Table | MapPicture


@dataclass(frozen=True)
class Fact:
    """One thing that is known: what is said of it, and where its figures come from; nobody's figures need no origin."""

    blocks: tuple[Block, ...]
    origins: tuple[Origin, ...] = ()

    def __add__(self, other: "Fact") -> "Fact":
        """Return both, one after the other."""
        return Fact(self.blocks + other.blocks, tuple(dict.fromkeys(self.origins + other.origins)))


Facts: TypeAlias = Mapping[str, Fact]


def texts(given: Mapping[str, str | None]) -> dict[str, Fact]:
    """Return what people wrote, by key; what is empty is not there.

    Examples
    --------
    >>> sorted(texts({"problem": "Yields fall.", "drivers": " "}))
    ['problem']
    """
    return {key: Fact((text.strip(),)) for key, text in given.items() if text and text.strip()}


def joined(parts: Iterable[Facts]) -> dict[str, Fact]:
    """Return the facts of several sources together; of one key, those that come first stand first.

    Examples
    --------
    >>> both = joined([texts({"problem": "Yields fall."}), texts({"problem": "Rain fails."})])
    >>> both["problem"].blocks
    ('Yields fall.', 'Rain fails.')
    """
    found: dict[str, Fact] = {}
    for part in parts:
        for key, fact in part.items():
            found[key] = found[key] + fact if key in found else fact
    return found


def table(id_: str, caption: str, heads: Iterable[str | Column], rows: Iterable[Iterable[object]]) -> Table:
    """Return a table of a note; a heading is a text, or a column with its unit."""
    columns = tuple(each if isinstance(each, Column) else Column(each) for each in heads)
    return Table(id_, caption, columns, tuple(tuple(row) for row in rows))  # type: ignore[arg-type]
