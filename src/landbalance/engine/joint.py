"""Areas by any combination of layers, counted in one pass over the tiles, and the rasters made on the way."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import pandas as pd

from landbalance.core.progress import NoProgress, Progress
from landbalance.core.types import Array
from landbalance.engine.area import Area
from landbalance.engine.runner import Runner, Threads
from landbalance.engine.scratch import Scratch
from landbalance.engine.tiles import Stopped
from landbalance.grid.grid import Grid, Tile
from landbalance.kernels.joint import joint_sums

BLOCK = 512
AMOUNT_UNIT = 2.0**-20  # of a person: what amounts are rounded to, so that their sums are exact
HUNDREDTHS = 100
Column: TypeAlias = Callable[[Tile, Grid], Array]  # a layer on a tile, shape (cell,)
Combination: TypeAlias = tuple[int, ...]


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
    told.start(len(scratch.tiles), "tiles")
    names = ("area_km2", *joint.amounts)
    sums: list[dict[Combination, int]] = [defaultdict(int) for _ in names]

    def work(place: int, is_stopped: Callable[[], bool]) -> _Part:
        if is_stopped():
            raise Stopped
        return _count(area, joint, scratch, place)

    def take(part: _Part) -> None:
        scratch.note(part.place, part.checksums)
        for total, (combinations, added) in zip(sums, part.sums, strict=True):
            for combination, value in zip(combinations.tolist(), added.tolist(), strict=True):
                total[tuple(combination)] += value
        told.advance(1)

    (runner or Threads(1)).run(work, range(len(scratch.tiles)), take)
    told.finish()
    units = (area.quantum_km2 / HUNDREDTHS, *(AMOUNT_UNIT for _ in joint.amounts))
    rows = sorted(sums[0])
    frame = pd.DataFrame(rows, columns=list(joint.counted), dtype=np.int64)
    for name, total, unit in zip(names, sums, units, strict=True):
        frame[name] = np.array([total.get(row, 0) * unit for row in rows], dtype=np.float64)
    return frame


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
