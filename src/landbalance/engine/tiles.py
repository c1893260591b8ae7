"""One tile of one pass: read, compute, keep and count it; what comes back is small and adds up in any order."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from landbalance.core.types import Array
from landbalance.core.vocab import NODATA
from landbalance.engine.area import Area
from landbalance.engine.counting import NOTHING, Counter, Counts
from landbalance.engine.journal import Record
from landbalance.engine.passes import Pass
from landbalance.engine.plan import Plan, Step, bind, names_of
from landbalance.engine.reading import TileReader
from landbalance.engine.scratch import Scratch
from landbalance.grid.grid import Tile

CHUNK_CELLS = 16384  # cells a kernel sees at once: 23 years of int16 fit the second-level cache
TILE = "tile"


class Stopped(Exception):  # noqa: N818 - no error: the run is being ended
    """The run is being ended: the tile is left as it is."""


@dataclass(frozen=True)
class TileResult:
    """What one tile adds to a run.

    Parameters
    ----------
    level, place : int
        Which pass, and which of the run's tiles.
    checksums : mapping of str to int
        Of the tile in each layer that was kept; empty where the tile has no cell of the area.
    counts : Counts
        Its share in the tables.
    partials : mapping of str to tuple of ndarray
        Its share in the figures of the whole area, by the first output of their step.
    """

    level: int
    place: int
    checksums: Mapping[str, int]
    counts: Counts
    partials: Mapping[str, tuple[Array, ...]]

    def record(self) -> Record:
        """Return the result as an entry of a journal."""
        head = {
            "kind": TILE,
            "level": self.level,
            "place": self.place,
            "checksums": dict(self.checksums),
            "partials": [[name, len(arrays)] for name, arrays in self.partials.items()],
        }
        return Record(head, (*self.counts, *(array for arrays in self.partials.values() for array in arrays)))

    @classmethod
    def of(cls, record: Record) -> "TileResult":
        """Return the result that an entry of a journal holds."""
        head, arrays = record
        start, partials = len(Counts._fields), {}
        for name, count in head["partials"]:
            partials[name] = arrays[start : start + count]
            start += count
        counts = Counts(*arrays[: len(Counts._fields)])
        return cls(head["level"], head["place"], head["checksums"], counts, partials)


@dataclass(frozen=True)
class Sweep:
    """Everything that the tiles of one pass share.

    Parameters
    ----------
    plan, area, reader : Plan, Area, TileReader
        What to compute, on which cells, from where.
    scratch : Scratch
        Where layers are kept, and taken over from earlier passes.
    work : Pass
        Which part of the plan.
    reductions : mapping of str to any
        Figures of the whole area that earlier passes found.
    chunk : int
        Cells a kernel sees at once.
    """

    plan: Plan
    area: Area
    reader: TileReader
    scratch: Scratch
    work: Pass
    reductions: Mapping[str, Any] = field(default_factory=dict)
    chunk: int = CHUNK_CELLS

    def counter(self) -> Counter | None:
        """Return an empty counter; None in a pass that counts nothing."""
        if not self.work.counts:
            return None
        used = {name for tally in self.plan.tallies for name in tally.groups}
        groups = [group for group in self.plan.groups.values() if group.id in used]
        sizes = {g.id: len(self.reductions[g.layer]) if g.size is None else g.size for g in groups}
        return Counter(self.plan.tallies, self.plan.groups, sizes)

    def run_tile(self, place: int, is_stopped: Callable[[], bool] = bool) -> TileResult:
        """Read, compute, keep and count one tile.

        Parameters
        ----------
        place : int
            Number of the tile among those of the scratch folder.
        is_stopped : callable
            Asked before every chunk and every read whether to give up.

        Raises
        ------
        Stopped
            If it was told to give up.
        """
        tile = self.scratch.tiles[place]
        weights = self.area.weights(tile).reshape(-1)
        cells = np.flatnonzero(weights)
        if not cells.size:
            return TileResult(self.work.level, place, {}, NOTHING, {})
        layers: dict[str, Array] = {}
        for name in self.work.reads:
            _go_on(is_stopped)
            layers[name] = _inside(self.reader.read(name, tile), cells)
        layers |= {name: _inside(self.scratch.layer(name).read(place), cells) for name in self.work.loads}
        layers |= self._measures(tile, weights, cells)
        counter, computed = self.counter(), dict[str, Array]()
        wanted = {*self.work.keeps, *self._reduced()} - layers.keys()
        for start in range(0, cells.size, self.chunk):
            _go_on(is_stopped)
            stop = min(start + self.chunk, cells.size)
            part = {name: np.ascontiguousarray(array[..., start:stop]) for name, array in layers.items()}
            self._run_chunk(part, counter)
            for name in wanted:
                if name not in computed:
                    computed[name] = np.empty((*part[name].shape[:-1], cells.size), dtype=part[name].dtype)
                computed[name][..., start:stop] = part[name]
        layers |= computed
        checksums = {name: self._keep(name, place, layers[name], cells) for name in self.work.keeps}
        counts = NOTHING if counter is None else counter.counts()
        return TileResult(self.work.level, place, checksums, counts, self._partials(layers))

    def _keep(self, name: str, place: int, inside: Array, cells: NDArray[np.intp]) -> int:
        """Keep a layer on a tile, without data outside the area, and return its checksum."""
        size = self.scratch.tiles[place].size
        if cells.size == size:
            return self.scratch.layer(name).write(place, inside)
        whole = blank(inside.dtype, (*inside.shape[:-1], size))
        whole[..., cells] = inside
        return self.scratch.layer(name).write(place, whole)

    def _measures(self, tile: Tile, weights: NDArray[np.uint8], cells: NDArray[np.intp]) -> dict[str, Array]:
        """Return the area of each cell in whole hundredths of the quantum, in hectares, and its share inside."""
        if not self.work.counts:
            return {}
        share = weights[cells].astype(np.int64)
        area = self.area.quanta(tile).reshape(-1)[cells] * share
        cell_ha = area * self.area.quantum_km2  # hundredths of a quantum in km2 are quanta in ha
        return {"cell_area": area, "cell_ha": cell_ha, "cell_share": share / 100}

    def _run_chunk(self, layers: dict[str, Array], counter: Counter | None) -> None:
        """Send one chunk through the kernels of the pass, then count it."""
        for step in self.work.steps:
            run_step(step, layers, self.reductions)
        if counter is not None:
            counter.count(layers, layers["cell_area"])

    def _reduced(self) -> set[str]:
        """Return the layers that the figures of the whole area are made of."""
        return {
            name
            for step in self.work.reductions
            if step.indicator.reduction is not None
            for key in step.indicator.reduction.inputs
            for name in names_of(step.inputs[key])
        }

    def _partials(self, layers: Mapping[str, Array]) -> dict[str, tuple[Array, ...]]:
        """Return the shares of the tile in the figures of the whole area, as arrays."""
        found = {}
        for step in self.work.reductions:
            if step.indicator.reduction is not None:
                found[step.outputs[0]] = step.indicator.reduction.dump(reduce_cells(step, layers))
        return found


def run_step(step: Step, layers: dict[str, Array], reductions: Mapping[str, Any]) -> None:
    """Run one kernel on a chunk and add its outputs to the layers."""
    inputs = {key: bind(binding, layers) for key, binding in step.inputs.items()}
    parameters = dict(step.parameters)
    if step.indicator.reduction is not None:
        parameters[step.indicator.reduction.fills] = reductions[step.outputs[0]]
    result = step.indicator.kernel(**inputs, **parameters)
    made = result if len(step.outputs) > 1 else (result,)
    layers.update(zip(step.outputs, made, strict=True))


def reduce_cells(step: Step, layers: Mapping[str, Array]) -> Any:
    """Return the share of some cells in a figure of the whole area."""
    reduction = step.indicator.reduction
    if reduction is None:
        return None
    inputs = {key: bind(step.inputs[key], layers) for key in reduction.inputs}
    return reduction.chunk(**inputs, **{key: step.parameters[key] for key in reduction.parameters})


def blank(dtype: np.dtype[Any], shape: tuple[int, ...]) -> Array:
    """Return an array of no data."""
    missing = np.nan if dtype.kind == "f" else NODATA if dtype == np.int8 else np.iinfo(dtype).min
    return np.full(shape, missing, dtype=dtype)


def _inside(array: Array, cells: NDArray[np.intp]) -> Array:
    """Return the cells inside the area."""
    return array if cells.size == array.shape[-1] else np.take(array, cells, axis=-1)


def _go_on(is_stopped: Callable[[], bool]) -> None:
    """Give up when told so."""
    if is_stopped():
        raise Stopped
