"""Exact tables of a run: every cell weighs a whole number, so that sums do not depend on the order of tiles."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from landbalance.core.crosstab import Axis, Crosstab
from landbalance.core.errors import RuleError
from landbalance.core.types import Array
from landbalance.engine.plan import Group, Tally, take
from landbalance.kernels.tally import add_tables, carry_over, code_lookup, place_codes

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
        self._layout = _Layout(tallies, groups, self._shapes)
        self._room = np.empty((0, 0)), np.empty((0, 0)), np.empty((0, 0))

    def count(self, layers: Mapping[str, Array], area: NDArray[np.int64]) -> None:
        """Add one chunk of cells.

        Parameters
        ----------
        layers : mapping of str to ndarray
            The layers of the chunk.
        area : ndarray of int64, shape (cell,)
            Area of each cell in hundredths of the quantum.

        Raises
        ------
        RuleError
            If a layer holds a code that its axis does not have.
        """
        if self._pending + area.size > FOLD_CELLS:
            self.fold()
        self._pending += area.size
        layout = self._layout
        if self._room[0].shape[1] != area.size:
            self._room = layout.room(area.size)
        places, zones, weights = self._room
        for row, axis in enumerate(layout.axes):
            layer = np.ascontiguousarray(take(axis.layer, layers), dtype=np.int8)
            if not place_codes(layer.view(np.uint8), layout.lookups[row], places[row]):
                strange = sorted(set(np.unique(layer).tolist()) - set(axis.codes))
                known = list(axis.codes)
                raise RuleError(
                    "a class layer holds {codes}", codes=strange, hint="its table has only {known}", known=known
                )
        for row, name in enumerate(layout.zones, start=1):
            zones[row] = layers[name]
        for row, tally in enumerate(layout.weights):
            weights[row] = _weights(tally, layers, area)
        tables, axes, adds = layout.arrays
        add_tables(tables, axes, adds, places, zones, weights, self._flat)

    def fold(self) -> None:
        """Carry the pending sums over into two words, so that nothing overflows."""
        for tally in self._tallies:
            zoned = [group for group in tally.groups if group != NATION]
            if zoned and NATION in tally.groups:  # every cell is in one zone of each group, be it none of them
                self._sums[tally.name, NATION][:] = self._sums[tally.name, zoned[0]].sum(axis=0)
        carry_over(self._flat, self._high, self._low)
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


class _Layout:
    """What the tables of a plan share: class axes, zones and weights that are worked out once for each chunk."""

    def __init__(
        self, tallies: tuple[Tally, ...], groups: Mapping[str, Group], shapes: Mapping[tuple[str, str], tuple[int, ...]]
    ) -> None:
        axes = {(axis.layer, axis.codes): axis for tally in tallies for axis in tally.axes}
        weights = {_weight_key(tally): tally for tally in tallies}
        zones = {groups[group].layer: None for tally in tallies for group in tally.groups if group != NATION}
        self.axes, self.weights, self.zones = tuple(axes.values()), tuple(weights.values()), tuple(zones)
        self.lookups = [code_lookup(axis.codes) for axis in self.axes]
        ends = np.cumsum([int(np.prod(shape)) for shape in shapes.values()])
        starts = dict(zip(shapes, [0, *ends.tolist()], strict=False))
        tables, folds, adds = [], list[tuple[int, int]](), list[tuple[int, int, int]]()
        for tally in tallies:
            row = [list(weights).index(_weight_key(tally)), len(folds), len(folds) + len(tally.axes), len(adds)]
            folds += [(list(axes).index((axis.layer, axis.codes)), len(axis.codes)) for axis in tally.axes]
            zoned = [group for group in tally.groups if group != NATION] or [NATION]
            rows = [0 if group == NATION else 1 + self.zones.index(groups[group].layer) for group in zoned]
            keys = [(tally.name, group) for group in zoned]
            adds += [(row, starts[key], shapes[key][-1]) for row, key in zip(rows, keys, strict=True)]
            tables.append([*row, len(adds)])
        self.arrays = tuple(
            np.asarray(rows, dtype=np.int64).reshape(-1, width) for rows, width in ((tables, 5), (folds, 2), (adds, 3))
        )

    def room(self, cells: int) -> tuple[Array, Array, Array]:
        """Return room for the places, the zones (those of the nation, 0, come first) and the weights of a chunk."""
        return (
            np.empty((len(self.axes), cells), dtype=np.uint8),
            np.zeros((1 + len(self.zones), cells), dtype=np.int32),
            np.empty((len(self.weights), cells), dtype=np.int64),
        )


def _weight_key(tally: Tally) -> tuple[object, ...]:
    """Return what tells the weights of one table from those of another."""
    return tally.weight, tally.per_ha, tally.known_only


def _weights(tally: Tally, layers: Mapping[str, Array], area: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the whole-number weight of each cell; an unknown amount weighs nothing."""
    if tally.weight is None:
        if tally.known_only is None:
            return area
        return np.where(np.isfinite(take(tally.known_only, layers)), area, 0)
    amount = np.nan_to_num(take(tally.weight, layers).astype(np.float64), nan=0.0)
    per_cell = amount * layers["cell_ha" if tally.per_ha else "cell_share"]
    return np.rint(per_cell * 2.0**AMOUNT_BITS).astype(np.int64)
