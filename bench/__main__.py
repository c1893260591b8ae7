"""Print the figures: `python -m bench [CELLS ...] [--repeats N] [--keep]`."""

import argparse
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

from bench.peers import Ratio, trend_ratios, zonal_ratios
from bench.reference import YEARS, make_reference

ROOT = Path(__file__).resolve().parent
OUT = ROOT / "out"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        prog="./dev bench", description="CPU seconds over the I/O floor, memory, and peers."
    )
    parser.add_argument("cells", nargs="*", type=int, default=[2048, 4096], help="sides of the reference input")
    parser.add_argument("--repeats", type=int, default=3, help="runs of each; the least counts")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--keep", action="store_true", help="leave the input in bench/out")
    chosen = parser.parse_args()
    show_help_time()
    show_runs(chosen.cells, chosen.repeats, chosen.threads, keep=chosen.keep)
    show_ratios([*trend_ratios(), *zonal_ratios()])


def show_help_time() -> None:
    """Print how long `landbalance --help` takes."""
    command = [Path(sys.executable).with_name("landbalance"), "--help"]
    spent = []
    for _ in range(5):
        begun = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        spent.append(time.perf_counter() - begun)
    print(f"landbalance --help: {min(spent):.2f} s (goal 0.5 s)\n")


def show_runs(sides: list[int], repeats: int, threads: int, *, keep: bool) -> None:
    """Print the assessment against its I/O floor, for each size."""
    print("unccd-2026, one period of 23 years, all layers; CPU seconds, the least of", repeats)
    heads = ("side", "run", "floor", "ratio", "wall", "reports", "peak MB", "Mpx yr/CPU s", "packed")
    print(" ".join(f"{head:>8}" for head in heads))
    for cells in sides:
        folder = make_reference(OUT / str(cells), cells)
        measured("assess", folder, threads)  # compiles what is not yet in the cache
        run = least(measured("assess", folder, threads) for _ in range(repeats))
        floor = least(measured("floor", folder, threads) for _ in range(repeats))
        rate = cells * cells * len(YEARS) / 1e6 / run["cpu"]
        size = sum(path.stat().st_size for path in folder.glob("ndvi_*.tif"))
        packed = cells * cells * len(YEARS) * 2 / size
        ratio = run["cpu"] / floor["cpu"]
        row = (cells, run["cpu"], floor["cpu"], ratio, run["wall"], run["products"], run["peak_mb"], rate, packed)
        print(" ".join(f"{value:>8}" if isinstance(value, int) else f"{value:>8.2f}" for value in row), flush=True)
        if not keep:
            shutil.rmtree(folder)
    print()


def show_ratios(ratios: list[Ratio]) -> None:
    """Print kernels against peers."""
    print(f"{'what':<26} {'ours ns':>9} {'peer':<28} {'peer ns':>11} {'ratio':>8}  agreement")
    for each in ratios:
        row = f"{each.what:<26} {each.ours_ns:>9.1f} {each.peer:<28} {each.peer_ns:>11.0f} {each.times:>7.0f}x"
        print(f"{row}  {each.agreement}")


def measured(job: str, folder: Path, threads: int) -> dict[str, float]:
    """Run one job in a process of its own and return what it measured."""
    if job == "assess":
        shutil.rmtree(folder / "runs", ignore_errors=True)
    command = [sys.executable, "-m", "bench.child", job, str(folder), str(threads)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT.parent)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def least(figures: object) -> dict[str, float]:
    """Return the measurement with the least CPU time."""
    return min(figures, key=lambda each: each["cpu"])


if __name__ == "__main__":
    main()
