"""One measured process: `python -m bench.child assess|z|z-slope|floor WORKSPACE [THREADS]` prints its CPU seconds."""

import json
import resource
import sys
import time
from pathlib import Path

import rasterio

from landbalance.engine import job
from landbalance.engine.assess import assess
from landbalance.engine.runs import latest_run
from landbalance.grid.grid import Tile
from landbalance.io.bands import open_bands
from landbalance.io.files import sha256
from landbalance.io.geotiff import TiledWriter
from landbalance.io.workspace import load_workspace

BLOCK = 512
PROFILE = Path(__file__).with_name("bench_z.toml")
CLASSES = ("sdg.", "productivity.", "land_cover_status.", "soc_status.")
KEPT = {"assess": (), "z": CLASSES, "z-slope": (*CLASSES, "slope.")}


def run_assess(folder: Path, threads: int, job_name: str) -> dict[str, float]:
    """Run an assessment; reports and packages, which do not grow with the raster, are timed apart."""
    workspace = load_workspace(folder, profile=None if job_name == "assess" else str(PROFILE))
    (folder / ".cache" / "checksums.json").unlink(missing_ok=True)
    products, write_products = [0.0], job.write_products

    def timed(*args: object, **options: object) -> object:
        begun = time.process_time()
        made = write_products(*args, **options)
        products[0] += time.process_time() - begun
        return made

    job.write_products = timed
    begun, wall = time.process_time(), time.perf_counter()
    assess(workspace, threads=threads, force=True, keep=KEPT[job_name])
    total, wall = time.process_time() - begun, time.perf_counter() - wall
    return {"cpu": total - products[0], "products": products[0], "wall": wall}


def run_floor(folder: Path) -> dict[str, float]:
    """Read, hash, write and read back what an assessment does, and compute nothing."""
    cpu, wall = 0.0, time.perf_counter()
    workspace = load_workspace(folder)
    latest = latest_run(workspace)
    for path in sorted({piece.path for layer in workspace.layers for piece in layer.slices}):
        begun = time.process_time()
        sha256(path)
        read_all(path)
        cpu += time.process_time() - begun
    for kept in latest.manifest.rasters:
        for path in latest.raster(kept.key):
            cpu += write_again(path, folder / "floor")
    return {"cpu": cpu, "products": 0.0, "wall": time.perf_counter() - wall}


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
    begun = time.process_time()
    writer = TiledWriter(folder / path.name, grid, values.dtype.name, nodata)
    for row in range(0, grid.height, BLOCK):
        for col in range(0, grid.width, BLOCK):
            part = values[row : row + BLOCK, col : col + BLOCK]
            writer.write(Tile(0, row, col, *part.shape), part)
    written = writer.finish(tags=tags)
    sha256(written)
    cpu = time.process_time() - begun
    written.unlink()
    return cpu


def main() -> None:
    """Measure one job."""
    job, folder = sys.argv[1], Path(sys.argv[2])
    threads = int(sys.argv[3]) if len(sys.argv) > 3 else 2
    figures = run_floor(folder) if job == "floor" else run_assess(folder, threads, job)
    figures["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
