"""Exact tables of a run: every cell weighs a whole number, so that sums do not depend on the order of tiles."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from landbalance.core.crosstab import Axis, Crosstab
from landbalance.core.types import Array
from landbalance.engine.plan import Group, Tally, take
from landbalance.kernels.tally import add_by_zone, add_to_nation, flat_index

NATION = "nation"
AMOUNT_BITS = 20  # amounts (people, tonnes) are counted in 2**-20
AREA_HUNDREDTHS = 100  # areas are counted in hundredths of the quantum, as border cells may belong in part
FOLD_CELLS = 1 << 20  # a 35-bit area in hundredths times this many cells still fits 63 bits
LOW = np.int64((1 << 32) - 1)


class Counts(NamedTuple):
    """What was counted on some cells: places in all tables laid end to end, and the two words of each sum."""

    place: NDArray[np.int64]
    high: NDArray[np.int64]
    low: NDArray[np.int64]


NOTHING = Counts(*(np.empty(0, dtype=np.int64) for _ in range(3)))


class Counter:
    """Counts the tables of a plan; what several counters counted adds up exactly, in any order.

    Parameters
    ----------
    tallies : tuple of Tally
        The tables.
    groups : mapping of str to Group
        The zone layers they are counted by.
    sizes : mapping of str to int
        Number of zones of each group.
    """

    def __init__(self, tallies: tuple[Tally, ...], groups: Mapping[str, Group], sizes: Mapping[str, int]) -> None:
        self._tallies = tallies
        self._groups = groups
        self._pending = 0
        self._shapes: dict[tuple[str, str], tuple[int, ...]] = {}
        for tally in tallies:
            cells = int(np.prod([len(axis.codes) for axis in tally.axes], dtype=np.int64))
            for group in tally.groups:
                self._shapes[tally.name, group] = (cells,) if group == NATION else (sizes[group] + 1, cells)
        whole = sum(int(np.prod(shape)) for shape in self._shapes.values())
        self._flat, self._high, self._low = (np.zeros(whole, dtype=np.int64) for _ in range(3))
        self._sums = self._views(self._flat)

    def count(self, layers: Mapping[str, Array], area: NDArray[np.int64]) -> None:
        """Add one chunk of cells.

        Parameters
        ----------
        layers : mapping of str to ndarray
            The layers of the chunk.
        area : ndarray of int64, shape (cell,)
            Area of each cell in hundredths of the quantum.
        """
        if self._pending + area.size > FOLD_CELLS:
            self.fold()
        self._pending += area.size
        for tally in self._tallies:
            index = flat_index([take(axis.layer, layers) for axis in tally.axes], [axis.codes for axis in tally.axes])
            weights = _weights(tally, layers, area)
            for group in tally.groups:
                sums = self._sums[tally.name, group]
                if group == NATION:
                    add_to_nation(sums, index, weights)
                else:
                    add_by_zone(sums, layers[self._groups[group].layer], index, weights)

    def fold(self) -> None:
        """Carry the pending sums over into two words, so that nothing overflows."""
        low = self._low + (self._flat & LOW)
        self._high += (self._flat >> 32) + (low >> 32)
        self._low = low & LOW
        self._flat[...] = 0
        self._pending = 0

    def counts(self) -> Counts:
        """Return all that was counted: only the places of the tables that hold something."""
        self.fold()
        place = np.flatnonzero(self._high | self._low)
        return Counts(place, self._high[place], self._low[place])

    def add(self, counts: Counts) -> None:
        """Add what another counter of the same tables has counted."""
        low = self._low[counts.place] + counts.low
        self._high[counts.place] += counts.high + (low >> 32)
        self._low[counts.place] = low & LOW

    def tables(self, quantum_km2: float) -> dict[str, Crosstab]:
        """Return the tables, named "<tally>.<group>", in their units."""
        self.fold()
        made = {}
        highs, lows = self._views(self._high), self._views(self._low)
        for tally in self._tallies:
            unit = quantum_km2 / AREA_HUNDREDTHS if tally.weight is None else 2.0**-AMOUNT_BITS
            for group in tally.groups:
                key = (tally.name, group)
                values = (highs[key].astype(object) * (1 << 32) + lows[key].astype(object)) * unit
                zones = (1,) if group == NATION else tuple(range(values.shape[0]))
                axes = (Axis("zone", zones), *(Axis(axis.name, axis.codes) for axis in tally.axes))
                table = values.astype(np.float64).reshape([len(axis.codes) for axis in axes])
                made[f"{tally.name}.{group}"] = Crosstab(f"{tally.name}.{group}", axes, table, tally.unit)
        return made

    def _views(self, flat: NDArray[np.int64]) -> dict[tuple[str, str], NDArray[np.int64]]:
        """Return the part of a flat array that belongs to each table, in its shape."""
        ends = np.cumsum([int(np.prod(shape)) for shape in self._shapes.values()]).tolist()
        parts = np.split(flat, ends[:-1]) if ends else []
        return {key: part.reshape(shape) for (key, shape), part in zip(self._shapes.items(), parts, strict=True)}


def _weights(tally: Tally, layers: Mapping[str, Array], area: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the whole-number weight of each cell; an unknown amount weighs nothing."""
    if tally.weight is None:
        if tally.known_only is None:
            return area
        return np.where(np.isfinite(take(tally.known_only, layers)), area, 0)
    amount = np.nan_to_num(take(tally.weight, layers).astype(np.float64), nan=0.0)
    per_cell = amount * layers["cell_ha" if tally.per_ha else "cell_share"]
    return np.rint(per_cell * 2.0**AMOUNT_BITS).astype(np.int64)
