"""The block engine: tiles stream through the declared kernels, pass by pass, in bounded memory."""

import threading
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from landbalance.core.crosstab import Crosstab
from landbalance.core.progress import Progress
from landbalance.core.types import Array
from landbalance.core.vocab import NODATA
from landbalance.engine.area import Area
from landbalance.engine.counting import NATION, Counter
from landbalance.engine.plan import Output, Plan, Step, bind, names_of, take
from landbalance.engine.reading import TileReader
from landbalance.grid.grid import Tile

BLOCK = 512
CHUNK_CELLS = 8192  # cells a kernel sees at once: 23 years of int16 fit the second-level cache


class Sink(Protocol):
    """Takes the tiles of one kept raster."""

    def write(self, tile: Tile, array: Array) -> None:
        """Keep one tile, shape (y, x)."""


@dataclass(frozen=True)
class Counted:
    """What a run over the blocks leaves beside its rasters."""

    tables: Mapping[str, Crosstab]
    reductions: Mapping[str, Any]


@dataclass
class _Pass:
    """What one sweep over the tiles reads, computes, keeps and counts."""

    level: int
    steps: list[Step] = field(default_factory=list)
    reductions: list[Step] = field(default_factory=list)
    outputs: list[Output] = field(default_factory=list)
    counts: bool = False
    reads: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    saves: list[str] = field(default_factory=list)


@dataclass
class _Worker:
    """What one thread gathers during a pass."""

    counter: Counter | None
    partials: dict[str, Any] = field(default_factory=dict)


def run_plan(
    plan: Plan,
    area: Area,
    reader: TileReader,
    sinks: Mapping[str, Sink],
    *,
    threads: int,
    progress: Progress,
    block: int = BLOCK,
    chunk: int = CHUNK_CELLS,
    reductions: Mapping[str, Any] | None = None,
) -> Counted:
    """Run every pass of a plan over every tile.

    Parameters
    ----------
    plan : Plan
        What to compute.
    area : Area
        On which cells.
    reader : TileReader
        Where the sources come from.
    sinks : mapping of str to Sink
        Where each output goes, by its key.
    threads, block, chunk : int
        Workers, cells along a tile's side, cells a kernel sees at once; none of them changes a result.
    progress : Progress
        Is told of every finished tile.
    reductions : mapping or None
        Figures of the whole area that are known already (an earlier run's, for the same fingerprints).

    Returns
    -------
    Counted
        Exact tables, and the figures of the whole area by the first output of their step.
    """
    passes = arrange(plan, known=set(reductions or ()))
    found: dict[str, Any] = dict(reductions or {})
    carry = _Carry(area)
    tiles = area.tiles(block)
    progress.start(len(tiles) * len(passes), "tiles")
    tables: dict[str, Crosstab] = {}
    for sweep in passes:
        workers = _sweep(_Sweep(plan, area, reader, sinks, sweep, found, carry, chunk), tiles, threads, progress)
        _finish_reductions(sweep, workers, found)
        counters = [worker.counter for worker in workers if worker.counter is not None]
        if counters:
            for other in counters[1:]:
                counters[0].add(other.counts())
            tables = counters[0].tables(area.quantum_km2)
    progress.finish()
    return Counted(tables, found)


def arrange(plan: Plan, known: set[str] = frozenset()) -> list[_Pass]:  # type: ignore[assignment]
    """Return the passes of a plan; reductions in `known` need none."""
    level = plan.passes()
    open_reductions = [step for step in plan.steps if step.indicator.reduction and step.outputs[0] not in known]
    last = max([*level.values(), 0])
    passes = [_Pass(number) for number in range(last + 1)]
    for step in plan.steps:
        passes[level[step.outputs[0]]].steps.append(step)
    for step in open_reductions:
        passes[max(level[step.outputs[0]] - 1, 0)].reductions.append(step)
    for output in plan.outputs:
        passes[max((level.get(name, last) for name in names_of(output.layer)), default=last)].outputs.append(output)
    passes[last].counts = bool(plan.tallies)
    for sweep in passes:
        _place_layers(plan, sweep, level)
    for sweep in passes:
        later = {name for other in passes[sweep.level + 1 :] for name in other.loads}
        sweep.saves = [name for name in later if level.get(name) == sweep.level]
    return [sweep for sweep in passes if sweep.steps or sweep.reductions or sweep.outputs or sweep.counts]


def _place_layers(plan: Plan, sweep: _Pass, level: Mapping[str, int]) -> None:
    """Fill in what a pass reads anew and what it takes over from earlier passes."""
    needed = {name for step in sweep.steps for name in step.needs}
    for step in sweep.reductions:
        wanted = step.indicator.reduction.inputs if step.indicator.reduction else ()
        needed.update(name for key in wanted for name in names_of(step.inputs[key]))
    needed.update(name for output in sweep.outputs for name in names_of(output.layer))
    if sweep.counts:
        needed.update(name for tally in plan.tallies for name in tally.needs)
        needed.update(plan.groups[g].layer for tally in plan.tallies for g in tally.groups if g != NATION)
    sweep.reads = sorted(name for name in needed if name in plan.sources)
    sweep.loads = sorted(name for name in needed if name in level and level[name] < sweep.level)


@dataclass(frozen=True)
class _Sweep:
    """Everything the threads of one pass share."""

    plan: Plan
    area: Area
    reader: TileReader
    sinks: Mapping[str, Sink]
    sweep: _Pass
    reductions: Mapping[str, Any]
    carry: "_Carry"
    chunk: int

    def worker(self) -> _Worker:
        """Return an empty worker."""
        if not self.sweep.counts:
            return _Worker(None)
        used = {name for tally in self.plan.tallies for name in tally.groups}
        groups = [group for group in self.plan.groups.values() if group.id in used]
        sizes = {g.id: len(self.reductions[g.layer]) if g.size is None else g.size for g in groups}
        return _Worker(Counter(self.plan.tallies, self.plan.groups, sizes))

    def run_tile(self, worker: _Worker, tile: Tile) -> None:
        """Read, compute, count and keep one tile."""
        weights = self.area.weights(tile).reshape(-1)
        cells = np.flatnonzero(weights)
        kept = dict.fromkeys(self.sweep.saves)
        for output in self.sweep.outputs:
            kept.update(dict.fromkeys(names_of(output.layer)))
        whole: dict[str, Array] = {}
        if cells.size:
            full = cells.size == tile.size
            layers = {name: self._read(name, tile, cells, full) for name in self.sweep.reads}
            layers |= {name: self.carry.load(name, tile, cells) for name in self.sweep.loads}
            layers |= self._measures(tile, weights, cells)
            for start in range(0, cells.size, self.chunk):
                stop = min(start + self.chunk, cells.size)
                part = {name: np.ascontiguousarray(array[..., start:stop]) for name, array in layers.items()}
                self._run_chunk(worker, part)
                for name in kept:
                    if name not in whole:
                        whole[name] = _blank(part[name], tile.size)
                    whole[name][..., cells[start:stop]] = part[name]
        self._keep(tile, whole)

    def _measures(self, tile: Tile, weights: NDArray[np.uint8], cells: NDArray[np.intp]) -> dict[str, Array]:
        """Return the area of each cell in whole hundredths of the quantum, in hectares, and its share inside."""
        if not self.sweep.counts:
            return {}
        share = weights[cells].astype(np.int64)
        area = self.area.quanta(tile).reshape(-1)[cells] * share
        cell_ha = area * self.area.quantum_km2  # hundredths of a quantum in km2 are quanta in ha
        return {"cell_area": area, "cell_ha": cell_ha, "cell_share": share / 100}

    def _read(self, name: str, tile: Tile, cells: NDArray[np.intp], full: bool) -> Array:
        """Return a source on the cells inside the area."""
        array = self.reader.read(name, tile)
        return array if full else np.take(array, cells, axis=-1)

    def _run_chunk(self, worker: _Worker, layers: dict[str, Array]) -> None:
        """Send one chunk through the kernels of the pass, then count it."""
        for step in self.sweep.steps:
            run_step(step, layers, self.reductions)
        for step in self.sweep.reductions:
            partial = reduce_chunk(step, layers)
            held = worker.partials.get(step.outputs[0])
            merge = step.indicator.reduction.merge if step.indicator.reduction else None
            worker.partials[step.outputs[0]] = partial if held is None or merge is None else merge(held, partial)
        if worker.counter is not None:
            worker.counter.count(layers, layers["cell_area"])

    def _keep(self, tile: Tile, whole: Mapping[str, Array]) -> None:
        """Write the outputs of the pass and put by what later passes need."""
        for output in self.sweep.outputs:
            sink = self.sinks[output.key]
            sink.write(tile, _shaped(output, whole, tile))
        for name in self.sweep.saves:
            if name in whole:
                self.carry.save(name, tile, whole[name])


def run_step(step: Step, layers: dict[str, Array], reductions: Mapping[str, Any]) -> None:
    """Run one kernel on a chunk and add its outputs to the layers."""
    inputs = {key: bind(binding, layers) for key, binding in step.inputs.items()}
    parameters = dict(step.parameters)
    if step.indicator.reduction is not None:
        parameters[step.indicator.reduction.fills] = reductions[step.outputs[0]]
    result = step.indicator.kernel(**inputs, **parameters)
    made = result if len(step.outputs) > 1 else (result,)
    layers.update(zip(step.outputs, made, strict=True))


def reduce_chunk(step: Step, layers: Mapping[str, Array]) -> Any:
    """Return the share of one chunk in a figure of the whole area."""
    reduction = step.indicator.reduction
    if reduction is None:
        return None
    inputs = {key: bind(step.inputs[key], layers) for key in reduction.inputs}
    return reduction.chunk(**inputs, **{key: step.parameters[key] for key in reduction.parameters})


class _Carry:
    """Layers of an earlier pass that a later one needs, whole grid, in memory or on disk as the system pages them."""

    def __init__(self, area: Area) -> None:
        self._area = area
        self._arrays: dict[tuple[str, int], Array] = {}
        self._lock = threading.Lock()

    def save(self, name: str, tile: Tile, flat: Array) -> None:
        """Put one tile by."""
        key = (name, tile.piece)
        with self._lock:
            if key not in self._arrays:
                self._arrays[key] = np.empty(flat.shape[:-1] + self._area.pieces[tile.piece].shape, dtype=flat.dtype)
        rows, cols = slice(tile.row, tile.row + tile.height), slice(tile.col, tile.col + tile.width)
        self._arrays[key][..., rows, cols] = flat.reshape(*flat.shape[:-1], tile.height, tile.width)

    def load(self, name: str, tile: Tile, cells: NDArray[np.intp]) -> Array:
        """Return the cells of one tile."""
        rows, cols = slice(tile.row, tile.row + tile.height), slice(tile.col, tile.col + tile.width)
        block = self._arrays[name, tile.piece][..., rows, cols]
        return np.take(block.reshape(*block.shape[:-2], -1), cells, axis=-1)


def _sweep(shared: _Sweep, tiles: Iterable[Tile], threads: int, progress: Progress) -> list[_Worker]:
    """Run one pass over all tiles with some threads; an error in one stops the others at their next tile."""
    queue = iter(tiles)
    lock, stop = threading.Lock(), threading.Event()

    def work() -> _Worker:
        worker = shared.worker()
        while not stop.is_set():
            with lock:
                tile = next(queue, None)
            if tile is None:
                break
            try:
                shared.run_tile(worker, tile)
            except BaseException:
                stop.set()
                raise
            with lock:
                progress.advance(1)
        return worker

    if threads == 1:
        return [work()]
    with ThreadPoolExecutor(threads, thread_name_prefix="tiles") as pool:
        futures = [pool.submit(work) for _ in range(threads)]
        try:
            return [future.result() for future in futures]
        except BaseException:
            stop.set()
            raise


def _finish_reductions(sweep: _Pass, workers: list[_Worker], found: dict[str, Any]) -> None:
    """Merge what the threads gathered and finish each figure of the whole area."""
    for step in sweep.reductions:
        reduction, name = step.indicator.reduction, step.outputs[0]
        if reduction is None:
            continue
        whole: Any = None
        for worker in workers:
            part = worker.partials.get(name)
            if part is not None:
                whole = part if whole is None else reduction.merge(whole, part)
        found[name] = reduction.finish(whole, **{key: step.parameters[key] for key in reduction.parameters})


def _blank(like: Array, cells: int) -> Array:
    """Return an array of no data for all cells of a tile."""
    kind = like.dtype
    missing = np.nan if kind.kind == "f" else NODATA if kind == np.int8 else np.iinfo(kind).min
    return np.full((*like.shape[:-1], cells), missing, dtype=kind)


def _shaped(output: Output, whole: Mapping[str, Array], tile: Tile) -> Array:
    """Return one output as (y, x), all no data where the tile has no cell of the area."""
    names = tuple(names_of(output.layer))
    if names[0] not in whole:
        blank = _blank(np.empty(0, dtype=output.dtype), tile.size)
        return blank.reshape(tile.height, tile.width)
    flat = take(output.layer, whole)
    return flat.astype(output.dtype, copy=False).reshape(tile.height, tile.width)
