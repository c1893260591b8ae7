"""Balance against reading its rasters, and the planner against the clock: `python -m bench.neutrality [SIDE]`."""

import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import rasterio
import shapely
from rasterio.transform import from_origin

from landbalance.core.layers import Layer, Slice
from landbalance.engine.area import Area
from landbalance.engine.columns import STATUS_SHIFT, class_column, raster_column
from landbalance.engine.joint import WIDE, Joint, joint_areas
from landbalance.engine.scratch import Scratch
from landbalance.grid.areas import quantum_for
from landbalance.grid.grid import Grid
from landbalance.io.vector import Polygons
from landbalance.planning.needs import TypeNeed
from landbalance.planning.plan import plan
from landbalance.planning.practices import default_practices
from landbalance.planning.problem import LAND_COLUMNS, PlanProblem, PlanSettings
from landbalance.planning.scenario import Horizon

CELL = 1 / 1000
PATCH = 5  # cells along a patch of one class: rasters are packed about as much as real maps of classes
UNITS, TYPES = 5000, 20


def main() -> None:
    """Measure and print."""
    side = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    show_balance(side)
    show_planner()


def show_balance(side: int) -> None:
    """Print the balance of three land-type layers and two maps of status over the time GDAL reads them in."""
    with tempfile.TemporaryDirectory() as folder:
        paths = make_rasters(Path(folder), side)
        floors, runs = [], []
        for _ in range(2):  # in turn, so that a busy machine strikes both
            floors.append(timed(lambda: read_all(paths)))
            runs.append(timed(lambda: count(paths, side, Path(folder))))
    floor, run = min(floors), min(runs)
    print(
        f"balance of {side**2 / 1e6:,.0f} million cells, 3 land-type layers: {run:.2f} CPU s, GDAL reads {floor:.2f} s"
    )
    print(f"  ratio {run / floor:.2f} (goal 2)")


def show_planner() -> None:
    """Print how long 5,000 units with 6 practices take, in part and whole, to a gap of 1 per cent."""
    for whole in (False, True):
        problem = make_problem(whole_sites=whole)
        begun, used = time.perf_counter(), time.process_time()
        found = plan(problem)
        wall, cpu = time.perf_counter() - begun, time.process_time() - used
        what = "whole units" if whole else "units in part"
        print(f"planner, {UNITS:,} units x 6 practices, {what}: {wall:.1f} s, {cpu:.1f} CPU s (goal 60 s)")
        print(f"  {found.cost_usd / 1e6:,.1f} M USD, {found.shortfall_ha:,.0f} ha missing")


def make_rasters(folder: Path, side: int) -> list[Path]:
    """Write three layers of classes and two of status, in patches, as tiled and compressed GeoTIFFs."""
    generator, paths = np.random.default_rng(1), []
    for number, codes in enumerate((range(1, 13), range(1, 21), range(1, 8), (-1, 0, 1), (-1, 0, 1))):
        small = -(-side // PATCH)
        patches = generator.choice(np.array(codes, dtype=np.int8), (small, small))
        cells = np.repeat(np.repeat(patches, PATCH, 0), PATCH, 1)[:side, :side]
        path = folder / f"{number}.tif"
        profile = {"driver": "GTiff", "crs": "EPSG:4326", "transform": from_origin(0, side * CELL, CELL, CELL)}
        profile |= {"tiled": True, "blockxsize": 512, "blockysize": 512, "compress": "DEFLATE", "nodata": -128}
        with rasterio.open(path, "w", width=side, height=side, count=1, dtype="int8", **profile) as file:
            file.write(cells, 1)
        paths.append(path)
    return paths


def read_all(paths: list[Path]) -> None:
    """Read every raster as GDAL does, block by block."""
    for path in paths:
        with rasterio.open(path) as file:
            for _, window in file.block_windows(1):
                file.read(1, window=window)


def count(paths: list[Path], side: int, folder: Path) -> None:
    """Count areas by land type and status."""
    grid = Grid("EPSG:4326", 0.0, side * CELL, CELL, CELL, side, side)
    box = Polygons((shapely.box(*grid.bounds),), ("all",), ("1",), "EPSG:4326")
    area = Area((grid,), box, "centre", quantum_for(grid))
    layers = [Layer(path.stem, "class", "class", (Slice(str(path), 1),)) for path in paths[:3]]
    columns = {layer.role: class_column(layer) for layer in layers}
    columns |= {path.stem: raster_column([path], STATUS_SHIFT) for path in paths[3:]}
    frame = joint_areas(area, Joint(columns), Scratch(folder / "scratch", area.tiles(WIDE)))
    assert len(frame) > 1000


def make_problem(*, whole_sites: bool) -> PlanProblem:
    """Return 5,000 units, each with degraded, stressed and good land of one of twenty land types."""
    generator = np.random.default_rng(2)
    rows = []
    for unit in range(UNITS):
        kind = int(generator.integers(1, TYPES + 1))
        for response in (1, 2, 3):
            area, risk = generator.uniform(50, 2000), generator.uniform(0.02, 0.3) if response < 3 else 0.0
            rows.append((f"u{unit}", kind, unit % 30 + 1, response, area, risk, generator.uniform(0, 1)))
    land = pd.DataFrame(rows, columns=LAND_COLUMNS)
    lost = (land["area_ha"] * land["risk"]).groupby(land["land_type"]).sum()
    bad = land[land["response"] == 3].groupby("land_type")["area_ha"].sum()
    needs = tuple(TypeNeed(k, f"type {k}", 0.0, 0.3 * float(bad[k]), float(lost[k])) for k in range(1, TYPES + 1))
    settings = PlanSettings(horizon=Horizon(2023, 2030), first_year=2024, whole_sites=whole_sites)
    return PlanProblem(land, default_practices(), needs, {k: f"d{k}" for k in range(1, 31)}, settings)


def timed(work: object) -> float:
    """Return the CPU seconds that work takes."""
    begun = time.process_time()
    work()  # type: ignore[operator]
    return time.process_time() - begun


if __name__ == "__main__":
    main()
