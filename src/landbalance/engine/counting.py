"""Exact tables of a run: every cell weighs a whole number, so that sums do not depend on the order of tiles."""

from collections.abc import Mapping

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


class Counter:
    """Counts the tables of a plan; counters of several threads add up exactly, in any order.

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
        self._sums: dict[tuple[str, str], NDArray[np.int64]] = {}
        for tally in tallies:
            cells = int(np.prod([len(axis.codes) for axis in tally.axes], dtype=np.int64))
            for group in tally.groups:
                shape = (cells,) if group == NATION else (sizes[group] + 1, cells)
                self._sums[tally.name, group] = np.zeros(shape, dtype=np.int64)
        self._high = {key: np.zeros_like(sums) for key, sums in self._sums.items()}
        self._low = {key: np.zeros_like(sums) for key, sums in self._sums.items()}

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
        for key, sums in self._sums.items():
            low = self._low[key] + (sums & LOW)
            self._high[key] += (sums >> 32) + (low >> 32)
            self._low[key] = low & LOW
            sums[...] = 0
        self._pending = 0

    def add(self, other: "Counter") -> None:
        """Add all that another counter has counted."""
        other.fold()
        self.fold()
        for key in self._sums:
            low = self._low[key] + other._low[key]
            self._high[key] += other._high[key] + (low >> 32)
            self._low[key] = low & LOW

    def tables(self, quantum_km2: float) -> dict[str, Crosstab]:
        """Return the tables, named "<tally>.<group>", in their units."""
        self.fold()
        made = {}
        for tally in self._tallies:
            unit = quantum_km2 / AREA_HUNDREDTHS if tally.weight is None else 2.0**-AMOUNT_BITS
            for group in tally.groups:
                key = (tally.name, group)
                values = (self._high[key].astype(object) * (1 << 32) + self._low[key].astype(object)) * unit
                zones = (1,) if group == NATION else tuple(range(values.shape[0]))
                axes = (Axis("zone", zones), *(Axis(axis.name, axis.codes) for axis in tally.axes))
                table = values.astype(np.float64).reshape([len(axis.codes) for axis in axes])
                made[f"{tally.name}.{group}"] = Crosstab(f"{tally.name}.{group}", axes, table, tally.unit)
        return made


def _weights(tally: Tally, layers: Mapping[str, Array], area: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the whole-number weight of each cell; an unknown amount weighs nothing."""
    if tally.weight is None:
        if tally.known_only is None:
            return area
        return np.where(np.isfinite(take(tally.known_only, layers)), area, 0)
    amount = np.nan_to_num(take(tally.weight, layers).astype(np.float64), nan=0.0)
    per_cell = amount * layers["cell_ha" if tally.per_ha else "cell_share"]
    return np.rint(per_cell * 2.0**AMOUNT_BITS).astype(np.int64)
