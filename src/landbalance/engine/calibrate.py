"""A run in small: the real plan and the real products on a few tiles, to measure what a whole run takes."""

import os
import resource
import shutil
import tempfile
import time
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import shapely

from landbalance._version import __version__
from landbalance.core.errors import LandbalanceError
from landbalance.core.parameters import resolve
from landbalance.core.progress import NoProgress
from landbalance.core.workspace import Workspace
from landbalance.engine.area import Area
from landbalance.engine.assess import ground_of, tile_side
from landbalance.engine.blocks import run_plan
from landbalance.engine.inputs import Inputs, gather
from landbalance.engine.job import Earlier, Job
from landbalance.engine.part import JOURNAL, Part
from landbalance.engine.plan import Plan
from landbalance.engine.reading import TileReader
from landbalance.engine.recipe.assemble import assemble
from landbalance.engine.recipe.builder import Recipe
from landbalance.engine.runner import Threads
from landbalance.engine.scratch import Scratch
from landbalance.grid.grid import Grid, Tile

SAMPLE_SIDE = 2  # tiles along the side of the sample
SAMPLES = 3  # places to try, where the first has no data
WEIGHED_TILES = 2000  # of more tiles only every so many are weighed
WARM_CELLS = 64  # along the side of what is computed first, so that kernels are loaded
DISK_BLOCK = 512  # bytes, of what a file system says a file takes
NOTHING = Earlier({}, {}, {})


@dataclass(frozen=True)
class Extent:
    """How large an area is.

    Parameters
    ----------
    inside : float
        Cells of the area of interest.
    filled : float
        Cells of all tiles that have one of them.
    tiles : float
        Such tiles.
    grid : int
        Cells of the grids.
    """

    inside: float
    filled: float
    tiles: float
    grid: int


@dataclass(frozen=True)
class Calibration:
    """What a run on a sample took, and how large the sample and the whole are.

    Parameters
    ----------
    sample, whole : Extent
        The two areas.
    years : int
        Slices of the longest series.
    threads : int
        How many worked.
    seconds : mapping of str to float
        By stage: "start", "tiles", "rasters", "products".
    layers : mapping of str to int
        Bytes of each kept raster.
    scratch, journal, package, products : int
        Bytes of what is put by on the way, of its journal, of the package, and of all else that is handed out.
    memory_start, memory_peak : int
        Bytes of memory before the first tile, and at most.
    """

    sample: Extent
    whole: Extent
    years: int
    threads: int
    seconds: Mapping[str, float]
    layers: Mapping[str, int]
    scratch: int
    journal: int
    package: int
    products: int
    memory_start: int
    memory_peak: int

    @property
    def is_whole(self) -> bool:
        """Return whether the sample is all there is."""
        return self.sample == self.whole


def calibrate(workspace: Workspace, *, profile: str | None, threads: int, block: int | None) -> Calibration:
    """Run the plan of a workspace on a sample of its tiles, in a process of its own, and return what it took.

    Raises
    ------
    LandbalanceError
        If an input cannot be used.
    """
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_measure, workspace, profile, threads, block).result()


def _measure(workspace: Workspace, profile: str | None, threads: int, block: int | None) -> Calibration:
    """Try one sample after another until one has data."""
    inputs = gather(workspace, resolve(profile or workspace.profile, workspace.overrides, workspace.stated))
    recipe = assemble(inputs, resolve(profile or workspace.profile, workspace.overrides, workspace.stated))
    plan = recipe.plan()
    side = block or tile_side(plan)
    whole, weighed = _weigh(inputs.area, side)
    samples = _samples(inputs.area, side, weighed)
    for last, pieces in zip([*[False] * (len(samples) - 1), True], samples, strict=True):
        try:
            return _run(_on(inputs, pieces), recipe, plan, whole, threads, side)
        except LandbalanceError:
            if last:
                raise
    raise AssertionError  # there is a last sample


def _run(inputs: Inputs, recipe: Recipe, plan: Plan, whole: Extent, threads: int, side: int) -> Calibration:
    """Run the plan and make the products on a sample, in a folder that is removed again."""
    home = Path(inputs.workspace.path) / ".cache"
    home.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="estimate-", dir=home))
    clock = Clock()
    try:
        started = time.perf_counter()
        _warm_up(inputs, plan, folder / "warm")
        clock.seconds["start"] = time.perf_counter() - started
        memory = _memory_now()
        part = Part(folder / "run", "estimate", "estimate", "1970-01-01T00:00:00+00:00")
        part.folder.mkdir()
        prints = plan.fingerprints(ground=ground_of(inputs), version=__version__)
        job = Job(inputs, recipe, plan, prints, part, "en")
        started = time.perf_counter()
        job.run(NOTHING, Threads(threads), side, clock)
        clock.seconds["products"] = time.perf_counter() - started - clock.seconds["tiles"] - clock.seconds["rasters"]
        sizes = {str(path.relative_to(part.folder)): path.stat().st_blocks * DISK_BLOCK for path in _files(part.folder)}
        scratch = {name: size for name, size in sizes.items() if name.startswith(part.scratch.name)}
        journal = scratch.pop(f"{part.scratch.name}/{JOURNAL}", 0)
        layers = {
            Path(name).name.removesuffix(".tif"): size
            for name, size in sizes.items()
            if name.startswith("layers/") and name.endswith(".tif")
        }
        package = sum(size for name, size in sizes.items() if name.startswith("package/"))
        return Calibration(
            sample=_weigh(inputs.area, side)[0],
            whole=whole,
            years=max((len(source.slices) for source in plan.sources.values() if source.is_series), default=1),
            threads=threads,
            seconds=clock.seconds,
            layers=layers,
            scratch=sum(scratch.values()),
            journal=journal,
            package=package,
            products=sum(sizes.values()) - sum(scratch.values()) - journal - sum(layers.values()) - package,
            memory_start=memory,
            memory_peak=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@dataclass
class Clock:
    """A progress that only measures how long each stage takes [s]."""

    seconds: dict[str, float] = field(default_factory=lambda: {"tiles": 0.0, "rasters": 0.0})
    _stage: str = ""
    _began: float = 0.0

    def start(self, total: int, label: str) -> None:
        """Begin a stage."""
        del total
        self._stage, self._began = label, time.perf_counter()

    def advance(self, count: int) -> None:
        """Go on."""

    def finish(self) -> None:
        """End the stage."""
        self.seconds[self._stage] = self.seconds.get(self._stage, 0.0) + time.perf_counter() - self._began


def _warm_up(inputs: Inputs, plan: Plan, folder: Path) -> None:
    """Compute a few cells, so that what happens once is not taken for what happens on every tile."""
    piece = inputs.area.pieces[0]
    height, width = min(WARM_CELLS, piece.height), min(WARM_CELLS, piece.width)
    middle = Tile(0, (piece.height - height) // 2, (piece.width - width) // 2, height, width)
    area = replace(inputs.area, pieces=(piece.part(middle),))
    reader = TileReader(plan.sources.values(), area, inputs.polygons())
    scratch = Scratch(folder, area.tiles(WARM_CELLS))
    run_plan(plan, area, reader, scratch, runner=Threads(1), progress=NoProgress())
    scratch.close()


def _weigh(area: Area, side: int) -> tuple[Extent, list[tuple[Tile, int]]]:
    """Return how large an area is, and the tiles weighed, each with its cells inside."""
    tiles = area.tiles(side)
    step = -(-len(tiles) // WEIGHED_TILES)
    weighed = [(tile, int(np.count_nonzero(area.weights(tile)))) for tile in tiles[::step]]
    filled = [(tile, cells) for tile, cells in weighed if cells]
    share = len(tiles) / max(len(weighed), 1)
    grid = sum(piece.width * piece.height for piece in area.pieces)
    inside, cells = sum(cells for _, cells in filled), sum(tile.size for tile, _ in filled)
    return Extent(inside * share, cells * share, len(filled) * share, grid), filled


def _samples(area: Area, side: int, filled: list[tuple[Tile, int]]) -> list[tuple[Grid, ...]]:
    """Return places to run a sample on: the whole where it is small, else windows from the middle of the area on."""
    if len(area.tiles(side)) <= SAMPLE_SIDE**2 or not filled:
        return [area.pieces]
    return [(_window(area, side, filled[len(filled) * place // (SAMPLES + 1)][0]),) for place in (2, 1, 3)]


def _window(area: Area, side: int, tile: Tile) -> Grid:
    """Return the grid of a few tiles from one on."""
    piece = area.pieces[tile.piece]
    row = max(0, min(tile.row, (piece.height // side - SAMPLE_SIDE) * side))
    col = max(0, min(tile.col, (piece.width // side - SAMPLE_SIDE) * side))
    height, width = (min(SAMPLE_SIDE * side, size) for size in (piece.height - row, piece.width - col))
    return piece.part(Tile(tile.piece, row, col, height, width))


def _on(inputs: Inputs, pieces: tuple[Grid, ...]) -> Inputs:
    """Return the inputs with their area cut to some grids."""
    if pieces == inputs.area.pieces:
        return inputs
    frame = shapely.union_all([shapely.box(*piece.bounds) for piece in pieces])
    inside = shapely.intersection(shapely.union_all(list(inputs.boundary.geometries)), frame)
    names, codes = inputs.boundary.names[:1], inputs.boundary.codes[:1]
    boundary = replace(inputs.boundary, geometries=(inside,), names=names, codes=codes)
    return replace(inputs, boundary=boundary, area=replace(inputs.area, pieces=pieces, boundary=boundary))


def _files(folder: Path) -> list[Path]:
    """Return all files under a folder."""
    return [path for path in folder.rglob("*") if path.is_file()]


def _memory_now() -> int:
    """Return the bytes of memory this process holds."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
