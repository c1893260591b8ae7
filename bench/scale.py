"""What a cell and a year cost, and what follows for whole countries and the world: `python -m bench.scale [CELLS ...]`.

Measured: CPU seconds, and bytes that pass through read and write calls, of a second run in a warm process, on the
reference input with the three periods of the 2026 cycle. All else is arithmetic on these figures, printed as such.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from bench.child import run_assess
from bench.reference import WORKSPACE, YEARS, make_reference
from landbalance.core.parameters import resolve
from landbalance.engine.inputs import gather
from landbalance.engine.passes import arrange
from landbalance.engine.recipe.assemble import assemble
from landbalance.io.workspace import load_workspace

ROOT = Path(__file__).resolve().parent
OUT = ROOT / "out"
BASELINE = """\
[periods.baseline]
land_cover = [2001, 2023]
soc = [2001, 2023]
productivity = [2001, 2023]
"""
CYCLE = """\
[periods.baseline]
land_cover = [2001, 2015]
soc = [2001, 2015]
productivity = [2001, 2015]

[periods.report_1]
land_cover = [2015, 2019]
soc = [2015, 2019]
productivity = [2004, 2019]

[periods.report_2]
land_cover = [2015, 2023]
soc = [2015, 2023]
productivity = [2008, 2023]
"""
COVER_YEARS = {2015: 2001, 2019: 2023}  # the cover of a year between is a copy
WORKERS = (1, 4, 16, 64)
THREADS, EFFICIENCY = 4, 0.9  # of a worker; two threads do 1.8 times the work of one or more
OVERHANG = 1.1  # tiles at the border are read whole
TILE = 512  # cells along a tile


@dataclass(frozen=True)
class Extent:
    """Somebody's task: land [km2] in cells of a size [m]."""

    name: str
    land_km2: float
    cell_m: float

    @property
    def cells(self) -> float:
        """Return the number of cells on land."""
        return self.land_km2 * 1e6 / self.cell_m**2


EXTENTS = (
    Extent("a country of 300,000 km2, 250 m", 3e5, 250),
    Extent("a country of 300,000 km2, 30 m", 3e5, 30),
    Extent("a country of 1,000,000 km2, 30 m", 1e6, 30),
    Extent("the world's land, 250 m", 1.35e8, 250),
    Extent("the world's land, 30 m", 1.35e8, 30),
)


def main() -> None:
    """Measure, then reckon."""
    parser = argparse.ArgumentParser(prog="python -m bench.scale", description="Cost per cell and year, and at scale.")
    parser.add_argument("cells", nargs="*", type=int, default=[1024, 2048], help="sides of the reference input")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--repeats", type=int, default=3, help="runs of each; the least counts")
    chosen = parser.parse_args()
    if chosen.child:
        print(json.dumps(measure(chosen.child, chosen.repeats)))
        return
    rows = {cells: in_own_process(make_cycle(cells), chosen.repeats) for cells in chosen.cells}
    show_measured(rows)
    show_reckoned(rows)


def make_cycle(cells: int) -> Path:
    """Return the reference workspace with the three periods of the cycle."""
    folder = make_reference(OUT / f"cycle-{cells}", cells)
    for year, like in COVER_YEARS.items():
        shutil.copyfile(folder / f"land_cover_{like}.tif", folder / f"land_cover_{year}.tif")
    text = WORKSPACE.replace(BASELINE, CYCLE).replace("years = [2001, 2023]", "years = [2001, 2015, 2019, 2023]")
    (folder / "landbalance.toml").write_text(text)
    return folder


def in_own_process(folder: Path, repeats: int) -> dict[str, float]:
    """Return what a process of its own measured."""
    command = [sys.executable, "-m", "bench.scale", "--child", str(folder), "--repeats", str(repeats)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT.parent)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def measure(folder: Path, repeats: int) -> dict[str, float]:
    """Return CPU seconds (the least) and bytes of an assessment in a warm process, with one thread."""
    shutil.rmtree(folder / "runs", ignore_errors=True)
    run_assess(folder, 1)
    spent = []
    for _ in range(repeats):
        shutil.rmtree(folder / "runs")
        before = traffic()
        figures = run_assess(folder, 1)
        after = traffic()
        spent.append({**figures, "read": after["rchar"] - before["rchar"], "written": after["wchar"] - before["wchar"]})
    best = min(spent, key=lambda each: each["cpu"])
    kept = sum(path.stat().st_size for path in folder.glob("runs/*/layers/*.tif"))
    inputs = sum(path.stat().st_size for path in folder.glob("*.tif"))
    return {**best, "inputs": inputs, "kept": kept, "slices": slices_of(folder)}


def slices_of(folder: Path) -> int:
    """Return how many slices of files the passes of a plan read for one tile."""
    workspace = load_workspace(folder)
    settings = resolve(workspace.profile, workspace.overrides, workspace.stated)
    plan = assemble(gather(workspace, settings), settings).plan()
    return sum(len(plan.sources[name].slices) for work in arrange(plan) for name in work.reads)


def traffic() -> dict[str, int]:
    """Return the bytes this process has read and written."""
    lines = Path(f"/proc/{os.getpid()}/io").read_text().splitlines()
    return {name: int(value) for name, value in (line.split(": ") for line in lines)}


def show_measured(rows: dict[int, dict[str, float]]) -> None:
    """Print what was measured."""
    print("measured: unccd-2026, three periods, all maps and tables; one thread, the least of the repeats")
    print("| side | CPU s | ns a cell and year | reports s | input MB | read MB | written MB | maps MB |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for cells, row in rows.items():
        each = row["cpu"] / (cells * cells * len(YEARS)) * 1e9
        sizes = (row["inputs"], row["read"], row["written"], row["kept"])
        print(
            f"| {cells} | {row['cpu']:.2f} | {each:.1f} | {row['products']:.1f} |",
            " | ".join(f"{size / 1e6:.1f}" for size in sizes),
            "|",
        )


def show_reckoned(rows: dict[int, dict[str, float]]) -> None:
    """Print what follows for larger extents."""
    slopes = {name: slope(rows, name) for name in ("cpu", "products", "inputs", "read", "written", "kept")}
    print(f"\none more cell, from {min(rows)} to {max(rows)}: {slopes['cpu'] * 1e6:.2f} us CPU", end="")
    print(f" ({slopes['cpu'] / len(YEARS) * 1e9:.0f} ns a year), reports {slopes['products'] * 1e6:.2f} us", end=", ")
    print(", ".join(f"{name} {slopes[name]:.1f} B" for name in ("inputs", "read", "written", "kept")))
    slices = max(row["slices"] for row in rows.values())
    print(f"slices read for each tile: {slices:.0f}")
    heads = "".join(f" {workers} workers |" for workers in WORKERS)
    print(f"\nreckoned: workers of {THREADS} threads, {EFFICIENCY:.0%} of the sum of their threads")
    print(f"| extent | cells | CPU hours |{heads} reports | read | requests | maps |")
    print("| --- |" + " ---: |" * (6 + len(WORKERS)))
    for extent in EXTENTS:
        cpu = extent.cells * slopes["cpu"]
        walls = " | ".join(spoken(cpu / (workers * THREADS * EFFICIENCY)) for workers in WORKERS)
        read, written = (extent.cells * slopes[name] for name in ("inputs", "kept"))
        requests = extent.cells * OVERHANG / TILE**2 * slices
        print(
            f"| {extent.name} | {extent.cells / 1e6:,.0f} M | {cpu / 3600:,.1f} | {walls} |",
            f"{spoken(extent.cells * slopes['products'])} |",
            f"{size(read * OVERHANG)} | {requests:,.0f} | {size(written)} |",
        )


def slope(rows: dict[int, dict[str, float]], name: str) -> float:
    """Return what one more cell adds, from the smallest to the largest side."""
    low, high = min(rows), max(rows)
    return (rows[high][name] - rows[low][name]) / (high**2 - low**2)


def spoken(seconds: float) -> str:
    """Return a time a person can grasp."""
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{seconds / length:.1f} {unit}"
    return f"{seconds:.0f} s"


def size(count: float) -> str:
    """Return a number of bytes a person can grasp."""
    for unit, length in (("TB", 1e12), ("GB", 1e9)):
        if count >= length:
            return f"{count / length:,.1f} {unit}"
    return f"{count / 1e6:,.0f} MB"


if __name__ == "__main__":
    main()
