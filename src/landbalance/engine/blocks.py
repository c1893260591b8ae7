"""The block engine: tiles stream through the declared kernels, pass by pass, in bounded memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from landbalance.core.crosstab import Crosstab
from landbalance.core.progress import Progress
from landbalance.engine.area import Area
from landbalance.engine.journal import Journal
from landbalance.engine.passes import arrange
from landbalance.engine.plan import Plan
from landbalance.engine.reading import TileReader
from landbalance.engine.runner import Runner
from landbalance.engine.scratch import Scratch
from landbalance.engine.tiles import CHUNK_CELLS, TILE, Sweep, TileResult

BLOCK = 512


@dataclass(frozen=True)
class Counted:
    """What a run over the blocks leaves beside its layers."""

    tables: Mapping[str, Crosstab]
    reductions: Mapping[str, Any]


class Totals:
    """What the tiles of one pass add up to; exact, so that their order does not matter."""

    def __init__(self, sweep: Sweep) -> None:
        self._sweep = sweep
        self._counter = sweep.counter()
        self._partials: dict[str, Any] = {}

    def add(self, result: TileResult) -> None:
        """Add one tile."""
        if self._counter is not None:
            self._counter.add(result.counts)
        for step in self._sweep.work.reductions:
            reduction, name = step.indicator.reduction, step.outputs[0]
            if reduction is not None and name in result.partials:
                part = reduction.load(result.partials[name])
                held = self._partials.get(name)
                self._partials[name] = part if held is None else reduction.merge(held, part)

    def tables(self) -> dict[str, Crosstab]:
        """Return the tables of the pass."""
        return {} if self._counter is None else self._counter.tables(self._sweep.area.quantum_km2)

    def reductions(self) -> dict[str, Any]:
        """Return the finished figures of the whole area, by the first output of their step."""
        found = {}
        for step in self._sweep.work.reductions:
            reduction, name = step.indicator.reduction, step.outputs[0]
            if reduction is not None:
                parameters = {key: step.parameters[key] for key in reduction.parameters}
                found[name] = reduction.finish(self._partials.get(name), **parameters)
        return found


def run_plan(
    plan: Plan,
    area: Area,
    reader: TileReader,
    scratch: Scratch,
    *,
    runner: Runner,
    progress: Progress,
    chunk: int = CHUNK_CELLS,
    reductions: Mapping[str, Any] | None = None,
    journal: Journal | None = None,
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
    scratch : Scratch
        The tiles, and where the layers that are kept grow.
    runner : Runner
        Who does the tiles.
    chunk : int
        Cells a kernel sees at once; like the runner and the size of tiles, it does not change a result.
    progress : Progress
        Is told of every finished tile.
    reductions : mapping or None
        Figures of the whole area that are known already (an earlier run's, for the same fingerprints).
    journal : Journal or None
        Notes every finished tile; tiles that it holds, and whose layers are whole, are not computed again.

    Returns
    -------
    Counted
        Exact tables, and the figures of the whole area by the first output of their step.
    """
    passes = arrange(plan, known=set(reductions or ()))
    found: dict[str, Any] = dict(reductions or {})
    progress.start(len(scratch.tiles) * len(passes), "tiles")
    tables: dict[str, Crosstab] = {}
    for work in passes:
        sweep = Sweep(plan, area, reader, scratch, work, found, chunk)
        totals = Totals(sweep)
        missing = _take_up(sweep, totals, journal, progress)
        _run_tiles(sweep, totals, missing, runner, progress, journal)
        tables |= totals.tables()
        found |= totals.reductions()
    progress.finish()
    return Counted(tables, found)


def _take_up(sweep: Sweep, totals: Totals, journal: Journal | None, progress: Progress) -> list[int]:
    """Add the tiles of the pass that the journal holds, and return those that are still to do."""
    missing = dict.fromkeys(range(len(sweep.scratch.tiles)))
    for record in journal.records() if journal else ():
        if record.head["kind"] != TILE or record.head["level"] != sweep.work.level:
            continue
        result = TileResult.of(record)
        if result.place in missing and sweep.scratch.holds(result.place, result.checksums):
            del missing[result.place]
            totals.add(result)
            sweep.scratch.note(result.place, result.checksums)
            progress.advance(1)
    return list(missing)


def _run_tiles(
    sweep: Sweep, totals: Totals, places: Sequence[int], runner: Runner, progress: Progress, journal: Journal | None
) -> None:
    """Run some tiles of a pass; what each leaves is added up and noted."""

    def take(result: TileResult) -> None:
        totals.add(result)
        sweep.scratch.note(result.place, result.checksums)
        if journal:
            journal.append(*result.record())
        progress.advance(1)

    runner.run(sweep.run_tile, places, take)
