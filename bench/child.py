"""One measured process: `python -m bench.child JOB WORKSPACE [THREADS]` prints its figures as JSON."""

import json
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import psutil
import rasterio

from bench.reference import make_reference
from landbalance.core.periods import Period
from landbalance.core.workspace import Workspace
from landbalance.engine import job
from landbalance.engine.assess import assess
from landbalance.engine.estimate import estimate
from landbalance.engine.runner import Runner
from landbalance.engine.runs import Run, latest_run
from landbalance.engine.scratch import TileStore
from landbalance.grid.grid import Grid, Tile
from landbalance.io.bands import open_bands
from landbalance.io.files import sha256
from landbalance.io.geotiff import TiledWriter
from landbalance.io.workspace import load_workspace

BLOCK, SMALL = 512, 128
PROFILE = Path(__file__).with_name("bench_z.toml")
CLASSES = ("sdg.", "productivity.", "land_cover_status.", "soc_status.")
KEPT = {"z": CLASSES, "z-slope": (*CLASSES, "slope."), "one": (), "three": ()}
THREE = (
    Period("baseline", (2001, 2023), (2001, 2023), (2001, 2015)),
    Period("report_1", (2001, 2023), (2001, 2023), (2004, 2019)),
    Period("report_2", (2001, 2023), (2001, 2023), (2008, 2023)),
)


def run_assess(name: str, folder: Path, threads: int) -> dict[str, float]:
    """Run an assessment; reports and packages, which do not grow with the raster, are timed apart."""
    (folder / ".cache" / "checksums.json").unlink(missing_ok=True)
    products, peak, write_products = [0.0], [0.0], job.write_products

    def timed(*args: object, **options: object) -> object:
        peak[0] = peak_mb()
        begun = time.process_time()
        made = write_products(*args, **options)
        products[0] += time.process_time() - begun
        return made

    job.write_products = timed
    begun, wall = time.process_time(), time.perf_counter()
    assessed(name, folder, threads)
    total, wall = time.process_time() - begun, time.perf_counter() - wall
    job.write_products = write_products
    return {"cpu": total - products[0], "products": products[0], "wall": wall, "peak_mb": peak[0]}


def assessed(name: str, folder: Path, threads: int, runner: Runner | None = None) -> Run:
    """Assess a workspace by the rules of a job."""
    return assess(workspace_for(name, folder), threads=threads, force=True, keep=KEPT[name], runner=runner)


def run_dask(folder: Path, threads: int, *, processes: bool) -> dict[str, float]:
    """Run profile bench-z on one warmed Dask worker, and count the CPU seconds of its process too."""
    from landbalance.engine.dask_engine import dask_runner

    job.write_products = lambda *_args, **_options: ()
    with dask_runner(workers=1, threads=threads, processes=processes) as runner:
        with tempfile.TemporaryDirectory() as small:
            assessed("z", make_reference(Path(small), SMALL), threads, runner)
        (folder / ".cache" / "checksums.json").unlink(missing_ok=True)
        begun, wall = cpu_of_all(), time.perf_counter()
        assessed("z", folder, threads, runner)
        cpu, wall = cpu_of_all() - begun, time.perf_counter() - wall
    return {"cpu": cpu, "products": 0.0, "wall": wall, "peak_mb": peak_mb()}


def cpu_of_all() -> float:
    """Return the CPU seconds of this process and of those that it has started."""
    here = psutil.Process()
    return sum(sum(each.cpu_times()[:2]) for each in (here, *here.children(recursive=True)))


def workspace_for(name: str, folder: Path) -> Workspace:
    """Return the workspace with the profile and periods of a job."""
    workspace = load_workspace(folder, profile=str(PROFILE) if name.startswith("z") else None)
    return replace(workspace, periods=THREE) if name == "three" else workspace


def run_floor(folder: Path) -> dict[str, float]:
    """Read, hash, write, read back and hash what the latest assessment did, and compute nothing."""
    cpu, wall = 0.0, time.perf_counter()
    workspace = load_workspace(folder)
    for path in sorted({piece.path for layer in workspace.layers for piece in layer.slices}):
        begun = time.process_time()
        sha256(path)
        read_all(path)
        cpu += time.process_time() - begun
    run = latest_run(workspace)
    for kept in run.manifest.rasters:
        for path in run.raster(kept.key):
            cpu += write_again(path, folder / "floor")
    return {"cpu": cpu, "products": 0.0, "wall": time.perf_counter() - wall, "peak_mb": peak_mb()}


def read_all(path: str) -> None:
    """Read every block of a raster once."""
    with rasterio.open(path) as dataset:
        for _, window in dataset.block_windows(1):
            dataset.read(window=window)


def write_again(path: Path, folder: Path) -> float:
    """Write an earlier result again as the engine does; return the CPU seconds of writing alone."""
    with rasterio.open(path) as dataset:
        values, tags, nodata = dataset.read(1), dataset.tags(), dataset.nodata
    grid = open_bands(str(path)).grid
    tiles = tiles_of(grid)
    begun = time.process_time()
    store = TileStore(folder / "scratch", tiles)
    for place, tile in enumerate(tiles):
        store.write(place, values[tile.row : tile.row + tile.height, tile.col : tile.col + tile.width].ravel())
    writer = TiledWriter(folder / path.name, grid, values.dtype.name, nodata)
    for place, tile in enumerate(tiles):
        writer.write(tile, store.read(place).reshape(tile.height, tile.width))
    written = writer.finish(tags=tags)
    sha256(written)
    cpu = time.process_time() - begun
    store.close()
    store.path.unlink()
    written.unlink()
    return cpu


def tiles_of(grid: Grid) -> list[Tile]:
    """Return the tiles of a grid, row by row."""
    return [
        Tile(0, row, col, min(BLOCK, grid.height - row), min(BLOCK, grid.width - col))
        for row in range(0, grid.height, BLOCK)
        for col in range(0, grid.width, BLOCK)
    ]


def run_estimate(folder: Path, threads: int) -> dict[str, float]:
    """Estimate the main job, then do it, and return both times by the clock [s]."""
    workspace = workspace_for("three", folder)
    told = estimate(workspace, threads=threads).seconds
    wall = time.perf_counter()
    assess(workspace, threads=threads, force=True)
    return {"estimated": told, "wall": time.perf_counter() - wall}


def first_kernel() -> dict[str, float]:
    """Time how long the first call of a hot kernel takes, its machine code being on disk."""
    import numpy as np

    from landbalance.kernels.mann_kendall import mann_kendall_score
    from landbalance.kernels.series import count_valid

    series = np.arange(4600, dtype=np.int16).reshape(23, 200)
    begun = time.perf_counter()
    mann_kendall_score(series, -32768, count_valid(series, -32768))
    return {"wall": time.perf_counter() - begun}


def warm_up(name: str) -> None:
    """Load kernels and imports by a small run without reports."""
    write_products, job.write_products = job.write_products, lambda *_args, **_options: ()
    with tempfile.TemporaryDirectory() as small:
        assessed(name, make_reference(Path(small), SMALL), 1)
    job.write_products = write_products


def peak_mb() -> float:
    """Return the most memory that this process has had; what its parent held when it was started does not count."""
    told = Path("/proc/self/status").read_text(encoding="ascii")
    return float(told.split("VmHWM:")[1].split()[0]) / 1024


def main() -> None:
    """Measure one job; kernels and imports are loaded by a small run before."""
    name = sys.argv[1]
    if name == "kernel":
        print(json.dumps(first_kernel()))
        return
    folder, threads = Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 2
    if name == "floor":
        print(json.dumps(run_floor(folder)))
        return
    if name == "estimate":
        print(json.dumps(run_estimate(folder, threads)))
        return
    if name.startswith("dask"):
        print(json.dumps(run_dask(folder, threads, processes=name == "dask-process")))
        return
    warm_up(name)
    print(json.dumps(run_assess(name, folder, threads)))


if __name__ == "__main__":
    main()
