"""A country at 100 m on a small computer: the run ends within 2 GB of address space, with every figure."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import shapely
from rasterio import open as open_raster

from journeys.places import make_place
from landbalance.engine.assess import assess
from landbalance.engine.runs import Run, latest_run
from landbalance.io.workspace import load_workspace

LIMIT_BYTES = 2 << 30
MOST_BYTES = 1.5e9
SCRIPT = """
import resource, sys
from landbalance.engine.assess import assess
if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, ({limit}, {limit}))
    assess({folder!r}, threads=2)
    peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))  # getrusage counts the parent
    print(int(peak.split()[1]) * 1024)
"""


def peak_within_limit(folder: Path) -> int:
    """Assess in a process with little address space and return the most memory it had."""
    script = SCRIPT.format(limit=LIMIT_BYTES, folder=str(folder))
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, env=os.environ)
    assert done.returncode == 0, done.stderr[-2000:]
    return int(done.stdout)


def country(folder: Path, side: int) -> Path:
    """Return a country of cells of 100 m with 20 years."""
    size = side * 0.001
    return make_place(
        folder,
        [shapely.box(10, 20 - size, 10 + size, 20)],
        west=10.0,
        north=20.0,
        cell=0.001,
        shape=(side, side),
        years=tuple(range(2001, 2021)),
    )


def sdg(run: Run) -> np.ndarray:
    with open_raster(run.raster("sdg.baseline")[0]) as file:
        return file.read(1)


def test_a_small_country_fits_into_two_gigabytes_and_is_the_same(tmp_path: Path) -> None:
    home = country(tmp_path / "home", 300)

    assert peak_within_limit(home) < MOST_BYTES

    limited = latest_run(load_workspace(home))
    free = assess(home, threads=1, force=True)
    np.testing.assert_array_equal(sdg(limited), sdg(free))
    assert "could not draw the chart" in (limited.folder / "report.html").read_text(encoding="utf-8")
    assert "could not draw the chart" not in (free.folder / "report.html").read_text(encoding="utf-8")


@pytest.mark.deep
def test_a_country_at_100_m_fits_into_two_gigabytes(tmp_path: Path) -> None:
    home = country(tmp_path / "home", 4000)  # 178,000 km2 near the tropic

    assert peak_within_limit(home) < MOST_BYTES

    said = json.loads((latest_run(load_workspace(home)).folder / "summary.json").read_text(encoding="utf-8"))
    assert said
