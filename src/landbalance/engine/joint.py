"""Areas by any combination of layers, counted in one pass over the tiles, and the rasters made on the way."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias, runtime_checkable

import numpy as np
import pandas as pd

from landbalance.core.progress import NoProgress, Progress
from landbalance.core.types import Array
from landbalance.engine.area import HUNDREDTHS, Area
from landbalance.engine.dense import DenseTable, Stored
from landbalance.engine.runner import Runner, Threads
from landbalance.engine.scratch import Scratch
from landbalance.engine.tiles import Stopped
from landbalance.grid.grid import Grid, Tile
from landbalance.kernels.dense import LOW
from landbalance.kernels.joint import joint_sums

BLOCK = 512
WIDE = 2048  # cells along a tile that is only counted: fewer, larger reads
AMOUNT_UNIT = 2.0**-20  # of a person: what amounts are rounded to, so that their sums are exact
FOLD_ROWS = 1 << 18  # pending before they are merged
Column: TypeAlias = Callable[[Tile, Grid], Array]  # a layer on a tile, shape (cell,)


@runtime_checkable
class HasStored(Protocol):
    """A column that can hand out a tile as its file has it."""

    def stored(self, tile: Tile, grid: Grid) -> Stored | None:
        """Return the tile as it is stored; None where its codes must be made."""


@dataclass(frozen=True)
class Drawn:
    """A raster made from columns while they are counted: its element type, and how."""

    dtype: str
    make: Callable[[Mapping[str, Array]], Array]


@dataclass(frozen=True)
class Joint:
    """What to count together.

    Parameters
    ----------
    columns : mapping of str to Column
        Layers of codes from 0; 0 is unknown.
    derived : mapping of str to callable
        Further columns, made from the others cell by cell; counted as they are.
    amounts : mapping of str to Column
        Amounts per cell (persons), summed beside the area.
    drawn : mapping of str to Drawn
        Rasters to keep.
    uncounted : frozenset of str
        Columns that are read for the others, but not counted by.
    """

    columns: Mapping[str, Column]
    derived: Mapping[str, Callable[[Mapping[str, Array]], Array]] = field(default_factory=dict)
    amounts: Mapping[str, Column] = field(default_factory=dict)
    drawn: Mapping[str, Drawn] = field(default_factory=dict)
    uncounted: frozenset[str] = frozenset()

    @property
    def is_plain(self) -> bool:
        """Return whether areas alone are counted, so that a tile is looked at no more than once."""
        return not self.amounts and not self.drawn

    @property
    def counted(self) -> tuple[str, ...]:
        """Return the columns that areas are counted by."""
        return tuple(name for name in (*self.columns, *self.derived) if name not in self.uncounted)


@dataclass(frozen=True)
class _Part:
    """What one tile adds: sums by combination, and the checksums of its rasters."""

    place: int
    sums: tuple[tuple[Array, Array], ...]
    checksums: Mapping[str, int]


def joint_areas(
    area: Area,
    joint: Joint,
    scratch: Scratch,
    *,
    places: Sequence[int] | None = None,
    runner: Runner | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Count areas and amounts by the combinations that occur; neither tiles nor threads change the result.

    Parameters
    ----------
    area : Area
        On which cells.
    joint : Joint
        What to count together.
    scratch : Scratch
        The tiles, and where rasters grow.
    places : sequence of int, optional
        The tiles to count, by place; all of them by default.
    runner : Runner, optional
        Who does the tiles; one thread by default.
    progress : Progress, optional
        Is told of every tile.

    Returns
    -------
    DataFrame
        One row per combination, sorted: its codes, `area_km2`, and the amounts.
    """
    told = progress or NoProgress()
    chosen = range(len(scratch.tiles)) if places is None else places
    told.start(len(chosen), "tiles")
    names = ("area_km2", *joint.amounts)
    totals = [_Total(len(joint.counted)) for _ in names]
    tables = _Tables(joint)

    def work(place: int, is_stopped: Callable[[], bool]) -> _Part:
        if is_stopped():
            raise Stopped
        return tables.count(area, scratch, place) if joint.is_plain else _count(area, joint, scratch, place)

    def take(part: _Part) -> None:
        scratch.note(part.place, part.checksums)
        for total, (combinations, sums) in zip(totals, part.sums, strict=True):
            total.add(combinations, _words(sums))
        told.advance(1)

    (runner or Threads(1)).run(work, chosen, take)
    for combinations, words in tables.results():
        totals[0].add(combinations, words)
    told.finish()
    units = (area.unit_km2, *(AMOUNT_UNIT for _ in joint.amounts))
    rows, areas = totals[0].result()
    frame = pd.DataFrame(rows, columns=list(joint.counted))
    for name, total, unit in zip(names, totals, units, strict=True):
        found = areas if total is totals[0] else total.along(rows)
        frame[name] = np.array([value * unit for value in found], dtype=np.float64)
    return frame


class _Tables:
    """Flat tables that the threads count in, one each; what is made of columns is made of their combinations."""

    def __init__(self, joint: Joint) -> None:
        self._joint = joint
        self._free: list[DenseTable] = []
        self._all: list[DenseTable] = []
        self._lock = threading.Lock()

    def count(self, area: Area, scratch: Scratch, place: int) -> _Part:
        """Count one tile; what finds no room in a flat table is handed on."""
        tile, empty = scratch.tiles[place], _nothing(len(self._joint.counted))
        weights = area.weights(tile)
        if not weights.any():
            return _Part(place, (empty,), {})
        grid, quanta = area.part(tile), area.quanta(tile)
        layers = [_stored(read, tile, grid) for read in self._joint.columns.values()]
        table = self._take()
        done = table.add(layers, weights, quanta)
        with self._lock:
            self._free.append(table)
        if done == weights.size:
            return _Part(place, (empty,), {})
        weights.reshape(-1)[:done] = 0
        return _count(area, self._joint, scratch, place, weights)

    def results(self) -> Iterator[tuple[Array, Array]]:
        """Yield combinations of the counted columns with their sums in two words; one may come several times."""
        for table in self._all:
            rows, high, low = table.result()
            columns: dict[str, Array] = dict(zip(self._joint.columns, rows.T, strict=True))
            for name, make in self._joint.derived.items():
                columns[name] = make(columns)
            counted = [np.asarray(columns[name], dtype=np.int64) for name in self._joint.counted]
            yield _stacked(counted, high.size), np.stack([high, low], axis=1)

    def _take(self) -> DenseTable:
        """Return a table that no other thread has."""
        with self._lock:
            if not self._free:
                self._free.append(DenseTable(len(self._joint.columns)))
                self._all.append(self._free[-1])
            return self._free.pop()


class _Total:
    """Sums by combination over all tiles, in two words so that nothing overflows; exact, whatever the order."""

    def __init__(self, layers: int) -> None:
        self._rows = np.zeros((0, layers), dtype=np.int64)
        self._words = np.zeros((0, 2), dtype=np.int64)
        self._pending: list[tuple[Array, Array]] = []
        self._size = 0

    def add(self, combinations: Array, words: Array) -> None:
        """Add sums in two words."""
        if len(words):
            self._pending.append((combinations, words))
            self._size += len(words)
        if self._size > FOLD_ROWS + 2 * len(self._rows):
            self._fold()

    def result(self) -> tuple[Array, list[int]]:
        """Return the combinations, sorted, and their sums as whole numbers."""
        self._fold()
        return self._rows, [(high << 32) + low for high, low in self._words.tolist()]

    def along(self, rows: Array) -> list[int]:
        """Return the sums of given combinations, 0 for one that has none."""
        held, sums = self.result()
        known = dict(zip(map(tuple, held.tolist()), sums, strict=True))
        return [known.get(tuple(row), 0) for row in rows.tolist()]

    def _fold(self) -> None:
        """Merge what is pending."""
        if not self._pending:
            return
        rows = np.concatenate([self._rows, *(rows for rows, _ in self._pending)])
        words = np.concatenate([self._words, *(words for _, words in self._pending)])
        order = np.lexsort(rows.T[::-1]) if rows.shape[1] else np.arange(len(rows))
        rows, words = rows[order], words[order]
        first = np.ones(len(rows), dtype=bool)
        first[1:] = (rows[1:] != rows[:-1]).any(axis=1)
        self._rows, self._words = rows[first], np.add.reduceat(words, np.flatnonzero(first))
        self._words[:, 0] += self._words[:, 1] >> 32
        self._words[:, 1] &= LOW
        self._pending, self._size = [], 0


def _count(area: Area, joint: Joint, scratch: Scratch, place: int, left: Array | None = None) -> _Part:
    """Read, count and draw one tile; of its weights those that are left, where they are given."""
    tile = scratch.tiles[place]
    weights = (area.weights(tile) if left is None else left).reshape(-1).astype(np.int64)
    if not weights.any():
        return _Part(place, (_nothing(len(joint.counted)),) * (1 + len(joint.amounts)), {})
    grid = area.part(tile)
    columns = {name: read(tile, grid) for name, read in joint.columns.items()}
    for name, make in joint.derived.items():
        columns[name] = make(columns)
    codes = tuple(np.ascontiguousarray(columns[name], dtype=np.int32) for name in joint.counted)
    sums = [joint_sums(codes, area.quanta(tile).reshape(-1) * weights)]
    for read in joint.amounts.values():
        amount = np.nan_to_num(read(tile, grid).astype(np.float64)) * (weights / HUNDREDTHS)
        sums.append(joint_sums(codes, np.rint(np.maximum(amount, 0.0) / AMOUNT_UNIT).astype(np.int64)))
    inside = weights > 0
    return _Part(
        place,
        tuple(sums),
        {name: _draw(each, columns, inside, scratch, (name, place)) for name, each in joint.drawn.items()},
    )


def _stored(read: Column, tile: Tile, grid: Grid) -> Stored:
    """Return a column on a tile as it is stored, else its codes."""
    found = read.stored(tile, grid) if isinstance(read, HasStored) else None
    if found is not None:
        return found
    return Stored(np.ascontiguousarray(read(tile, grid), dtype=np.int32).reshape(grid.shape))


def _words(sums: Array) -> Array:
    """Return sums in two words."""
    return np.stack([sums >> 32, sums & LOW], axis=1)


def _nothing(layers: int) -> tuple[Array, Array]:
    """Return no combination."""
    return np.zeros((0, layers), dtype=np.int64), np.zeros(0, dtype=np.int64)


def _stacked(columns: Sequence[Array], length: int) -> Array:
    """Return columns side by side."""
    return np.stack(columns, axis=1) if columns else np.zeros((length, 0), dtype=np.int64)


def _draw(drawn: Drawn, columns: Mapping[str, Array], inside: Array, scratch: Scratch, where: tuple[str, int]) -> int:
    """Keep one raster on a tile, no data outside the area; return its checksum."""
    values = drawn.make(columns).astype(drawn.dtype)
    missing = np.nan if values.dtype.kind == "f" else -128 if values.dtype == np.int8 else np.iinfo(values.dtype).min
    name, place = where
    return scratch.layer(name).write(place, np.where(inside, values, values.dtype.type(missing)))
