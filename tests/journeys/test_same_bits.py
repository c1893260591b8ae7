"""The same answer: for any tile, any number of threads, either engine, and wherever the layers lie."""

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from itertools import product
from pathlib import Path

import pytest
import rasterio
import shapely

from journeys.places import make_place
from journeys.web_server import serving
from landbalance.engine.assess import assess
from landbalance.engine.dask_engine import dask_runner
from landbalance.engine.runs import Run, open_run
from landbalance.io.files import sha256

BLOCKS, THREADS = (64, 256, 512, 1000, 1024, 2048), (1, 2, 4)
LAYERS = ("ndvi.tif", "cover.tif", "soc.tif", "zone.tif")
BORDER = shapely.Polygon([(10.1, 8.3), (21.8, 8.1), (21.9, 19.9), (13.0, 18.7), (10.2, 19.8)])
SHAPE = (1200, 1200)
CANCEL_SECONDS = 5.0
ROOT = Path(__file__).resolve().parents[2]
OTHER = """
import json, sys
from journeys.test_same_bits import cells
from landbalance.engine.assess import assess
print(json.dumps(cells(assess(sys.argv[1], threads=1, block=512, force=True))))
"""
pytestmark = [pytest.mark.deep, pytest.mark.filterwarnings("default")]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a country of many tiles."""
    folder = tmp_path_factory.mktemp("same") / "home"
    return make_place(folder, [BORDER], west=10, north=20, cell=0.01, shape=SHAPE)


@pytest.fixture(scope="module")
def plain(home: Path) -> dict[str, str]:
    """Return what a plain run gives."""
    return digests(assess(home, threads=1, block=512, force=True))


def digests(run: Run) -> dict[str, str]:
    """Return the checksum of every map."""
    return {kept.key: kept.files[0][1] for kept in run.manifest.rasters}


@pytest.mark.parametrize(("block", "threads"), product(BLOCKS, THREADS))
def test_tiles_and_threads_change_no_byte(home: Path, plain: dict[str, str], block: int, threads: int) -> None:
    assert digests(assess(home, threads=threads, block=block, force=True)) == plain


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("block", [64, 1000])
def test_processes_change_no_byte(home: Path, plain: dict[str, str], workers: int, block: int) -> None:
    with dask_runner(workers=workers, threads=2) as runner:
        assert digests(assess(home, runner=runner, block=block, force=True)) == plain


@pytest.mark.parametrize("block", [256, 1000])
def test_a_web_server_changes_no_pixel(home: Path, tmp_path: Path, block: int) -> None:
    text = (home / "landbalance.toml").read_text()
    with serving(home) as web:
        for name in LAYERS:
            text = text.replace(f'"{name}"', f'"{web.url(name)}"')
        (tmp_path / "landbalance.toml").write_text(text)
        (tmp_path / "boundary.geojson").write_bytes((home / "boundary.geojson").read_bytes())
        far = assess(tmp_path, threads=4, block=block)

    near = assess(home, threads=1, force=True)
    for kept in near.manifest.rasters:
        assert pixels(near, kept.key) == pixels(far, kept.key), kept.key


def pixels(run: Run, key: str) -> bytes:
    """Return the numbers of a map; its metadata name the run's inputs."""
    import rasterio

    with rasterio.open(run.raster(key)[0]) as file:
        return bytes(file.read().tobytes())


@pytest.mark.parametrize("seed", range(10))
def test_a_run_cancelled_at_any_moment_ends_in_time_and_only_what_is_whole_looks_whole(
    home: Path, plain: dict[str, str], seed: int
) -> None:
    runs = home / "runs"
    before = set(runs.glob("[!.]*")) if runs.is_dir() else set()
    script = f"from landbalance.engine.assess import assess; assess({str(home)!r}, threads=2, block=64, force=True)"
    process = subprocess.Popen([sys.executable, "-c", script], stderr=subprocess.DEVNULL, env=dict(os.environ))
    time.sleep(random.Random(seed).uniform(1.0, 12.0))

    process.send_signal(signal.SIGINT)
    begun = time.monotonic()
    code = process.wait(60)

    assert time.monotonic() - begun < CANCEL_SECONDS
    assert code == 0 or len(set(runs.glob("[!.]*")) - before) <= 1
    for fresh in set(runs.glob("[!.]*")) - before:  # it had ended before the signal came
        run = open_run(fresh)
        assert digests(run) == plain
        assert {kept.key: sha256(run.raster(kept.key)[0]) for kept in run.manifest.rasters} == plain
        assert (fresh / "report.html").exists()


def cells(run: Run) -> dict[str, str]:
    """Return the checksum of the cells of every map; another GDAL may pack the same cells otherwise."""
    found = {}
    for kept in run.manifest.rasters:
        with rasterio.open(run.folder / kept.files[0][0]) as dataset:
            found[kept.key] = hashlib.sha256(dataset.read(1).tobytes()).hexdigest()
    return found


def test_another_python_changes_no_cell(home: Path, tmp_path: Path) -> None:  # F14
    python = other_python()
    if python is None:
        pytest.skip("there is no other Python on this machine")
    uv, there = Path(sys.executable).with_name("uv"), tmp_path / "venv"
    subprocess.run([uv, "venv", "-q", "-p", python, there], check=True)
    install = [uv, "pip", "install", "-q", "-p", there, "--require-hashes", "-r", ROOT / "requirements.lock"]
    subprocess.run(install, check=True)
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT / 'tests'}"}

    done = subprocess.run(
        [there / "bin/python", "-c", OTHER, home], check=True, capture_output=True, text=True, env=environment
    )

    here = assess(home, threads=1, block=512, force=True)
    assert json.loads(done.stdout.splitlines()[-1]) == cells(here)


def other_python() -> str | None:
    """Return a Python that is supported and is not this one."""
    for minor in (12, 13, 11):
        uv = Path(sys.executable).with_name("uv")
        found = subprocess.run(
            [uv, "python", "find", "--no-python-downloads", f"3.{minor}"], capture_output=True, text=True, check=False
        )
        if found.returncode == 0 and minor != sys.version_info.minor:
            return found.stdout.strip()
    return None
