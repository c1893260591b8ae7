"""Areas by any combination of layers, counted in one pass over the tiles, and the rasters made on the way."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import pandas as pd

from landbalance.core.progress import NoProgress, Progress
from landbalance.core.types import Array
from landbalance.engine.area import HUNDREDTHS, Area
from landbalance.engine.runner import Runner, Threads
from landbalance.engine.scratch import Scratch
from landbalance.engine.tiles import Stopped
from landbalance.grid.grid import Grid, Tile
from landbalance.kernels.joint import joint_sums

BLOCK = 512
AMOUNT_UNIT = 2.0**-20  # of a person: what amounts are rounded to, so that their sums are exact
LOW = 0xFFFFFFFF
FOLD_ROWS = 1 << 18  # pending before they are merged
Column: TypeAlias = Callable[[Tile, Grid], Array]  # a layer on a tile, shape (cell,)


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
        Further columns, made from the others; counted as they are.
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

    def work(place: int, is_stopped: Callable[[], bool]) -> _Part:
        if is_stopped():
            raise Stopped
        return _count(area, joint, scratch, place)

    def take(part: _Part) -> None:
        scratch.note(part.place, part.checksums)
        for total, (combinations, sums) in zip(totals, part.sums, strict=True):
            total.add(combinations, sums)
        told.advance(1)

    (runner or Threads(1)).run(work, chosen, take)
    told.finish()
    units = (area.unit_km2, *(AMOUNT_UNIT for _ in joint.amounts))
    rows, areas = totals[0].result()
    frame = pd.DataFrame(rows, columns=list(joint.counted))
    for name, total, unit in zip(names, totals, units, strict=True):
        found = areas if total is totals[0] else total.along(rows)
        frame[name] = np.array([value * unit for value in found], dtype=np.float64)
    return frame


class _Total:
    """Sums by combination over all tiles, in two words so that nothing overflows; exact, whatever the order."""

    def __init__(self, layers: int) -> None:
        self._rows = np.zeros((0, layers), dtype=np.int64)
        self._words = np.zeros((0, 2), dtype=np.int64)
        self._pending: list[tuple[Array, Array]] = []
        self._size = 0

    def add(self, combinations: Array, sums: Array) -> None:
        """Add what a tile has counted."""
        if sums.size:
            self._pending.append((combinations, np.stack([sums >> 32, sums & LOW], axis=1)))
            self._size += sums.size
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


def _count(area: Area, joint: Joint, scratch: Scratch, place: int) -> _Part:
    """Read, count and draw one tile."""
    tile = scratch.tiles[place]
    weights = area.weights(tile).reshape(-1).astype(np.int64)
    if not weights.any():
        return _Part(
            place,
            tuple(
                (np.zeros((0, 0), dtype=np.int64), np.zeros(0, dtype=np.int64)) for _ in range(1 + len(joint.amounts))
            ),
            {},
        )
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


def _draw(drawn: Drawn, columns: Mapping[str, Array], inside: Array, scratch: Scratch, where: tuple[str, int]) -> int:
    """Keep one raster on a tile, no data outside the area; return its checksum."""
    values = drawn.make(columns).astype(drawn.dtype)
    missing = np.nan if values.dtype.kind == "f" else -128 if values.dtype == np.int8 else np.iinfo(values.dtype).min
    name, place = where
    return scratch.layer(name).write(place, np.where(inside, values, values.dtype.type(missing)))
