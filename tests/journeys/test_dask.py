"""The engine on a Dask cluster: the same bytes as in threads, also when a worker dies, and little that travels."""

import json
import os
import pickle
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from landbalance.cli.app import app
from landbalance.core.errors import LandbalanceError
from landbalance.engine.assess import assess
from landbalance.engine.dask_engine import DaskRunner, dask_runner
from landbalance.engine.runner import Item, Result, Work
from landbalance.engine.runs import Run, latest_run
from landbalance.io.demo import make_demo
from landbalance.io.workspace import load_workspace

BLOCK = 64
BYTES_A_CELL = 2 * 2 * 8 * 3  # at worst: a key and a count in two histograms of three periods

pytestmark = pytest.mark.filterwarnings("default")  # the cluster's own


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small demo country."""
    return make_demo(tmp_path_factory.mktemp("dask") / "demoland", size=0.25)


@pytest.fixture(scope="module")
def plain(country: Path) -> Run:
    """Return its assessment in threads."""
    return assess(country, threads=2, block=BLOCK)


@pytest.fixture(scope="module")
def runner() -> Iterator[DaskRunner]:
    """Return a runner on two processes."""
    with dask_runner(workers=2, threads=1) as runner:
        yield runner


@dataclass
class Watched:
    """A runner that notes how much comes back, and does something after the first result."""

    runner: DaskRunner
    then: Callable[[], None] = lambda: None
    sizes: list[int] = field(default_factory=list)

    def run(self, work: Work[Item, Result], items: Sequence[Item], take: Callable[[Result], None]) -> None:
        def noted(result: Result) -> None:
            self.sizes.append(len(pickle.dumps(result)))
            take(result)
            if len(self.sizes) == 1:
                self.then()

        self.runner.run(work, items, noted)


def copy_of(country: Path, folder: Path) -> Path:
    """Return a workspace like another, without its runs."""
    return Path(shutil.copytree(country, folder / "copy", ignore=shutil.ignore_patterns("runs", ".cache")))


def assert_same_bytes(found: Run, expected: Run) -> None:
    assert {kept.key: kept.files[0][1] for kept in found.manifest.rasters} == {
        kept.key: kept.files[0][1] for kept in expected.manifest.rasters
    }
    with np.load(found.folder / "state/tables.npz") as mine, np.load(expected.folder / "state/tables.npz") as theirs:
        assert mine.files == theirs.files
        for name in mine.files:
            np.testing.assert_array_equal(mine[name], theirs[name], err_msg=name)
    assert facts_of(found) == facts_of(expected)


def facts_of(run: Run) -> dict[str, Any]:
    """Return what summary.json says but for which run it is and when."""
    said = json.loads((run.folder / "summary.json").read_text(encoding="utf-8"))
    return {key: value for key, value in said.items() if key != "run"}


def test_workers_give_the_bytes_of_threads_and_only_little_travels(
    country: Path, plain: Run, runner: DaskRunner, tmp_path: Path
) -> None:
    watched = Watched(runner)

    found = assess(copy_of(country, tmp_path), runner=watched, block=BLOCK)

    assert_same_bytes(found, plain)
    cells = sum(row["width"] * row["height"] for row in found.manifest.grid)
    bytes_of_maps = cells * sum(np.dtype(kept.dtype).itemsize for kept in found.manifest.rasters)
    assert len(watched.sizes) > 20
    assert max(watched.sizes) < BYTES_A_CELL * BLOCK * BLOCK
    assert sum(watched.sizes) < bytes_of_maps


@pytest.mark.deep
def test_a_worker_that_is_killed_changes_no_byte(country: Path, plain: Run, tmp_path: Path) -> None:
    with dask_runner(workers=2, threads=1) as runner:
        killed = next(iter(runner.client.run(os.getpid).values()))
        watched = Watched(runner, then=lambda: os.kill(killed, signal.SIGKILL))

        found = assess(copy_of(country, tmp_path), runner=watched, block=BLOCK)

    assert_same_bytes(found, plain)


def test_threads_take_up_what_workers_began(country: Path, plain: Run, runner: DaskRunner, tmp_path: Path) -> None:
    workspace = copy_of(country, tmp_path)

    def stop() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        assess(workspace, runner=Watched(runner, then=stop), block=BLOCK)
    found = assess(workspace, threads=1, resume=True)

    assert_same_bytes(found, plain)


def test_an_error_on_a_worker_is_the_error_of_the_run(country: Path, runner: DaskRunner, tmp_path: Path) -> None:
    workspace = copy_of(country, tmp_path)
    first = next((workspace / "data").glob("*ndvi*.tif"))
    content = first.read_bytes()
    first.write_bytes(content[: len(content) // 2])

    with pytest.raises(LandbalanceError, match="ndvi"):
        assess(workspace, runner=runner, block=BLOCK)


def test_the_command_takes_the_address_of_a_scheduler(country: Path, plain: Run, tmp_path: Path) -> None:
    workspace = copy_of(country, tmp_path)
    with dask_runner(workers=1, threads=2, processes=False) as runner:
        words = ["assess", str(workspace), "--engine", "dask", "--scheduler", runner.client.scheduler.address]

        result = CliRunner().invoke(app, [*words, "--block", str(BLOCK), "--quiet"])

    assert result.exit_code == 0, result.output
    assert_same_bytes(latest_run(load_workspace(workspace)), plain)


@pytest.mark.deep
def test_the_command_starts_workers_of_its_own(country: Path, plain: Run, tmp_path: Path) -> None:
    workspace = copy_of(country, tmp_path)
    words = [sys.executable, "-m", "landbalance", "assess", str(workspace), "--engine", "dask", "--workers", "2"]

    done = subprocess.run([*words, "--threads", "2", "-q"], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert_same_bytes(latest_run(load_workspace(workspace)), plain)


def test_an_address_without_a_scheduler_is_told(country: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("landbalance.engine.dask_engine.ANSWER_SECONDS", 0.5)

    result = CliRunner().invoke(app, ["assess", str(country), "--engine", "dask", "--scheduler", "tcp://127.0.0.1:9"])

    assert result.exit_code == 1
    assert result.stderr.startswith("error: no Dask scheduler answers at tcp://127.0.0.1:9")


@pytest.mark.parametrize("words", [["--scheduler", "tcp://127.0.0.1:9"], ["--workers", "2"]])
def test_options_of_dask_need_dask(country: Path, words: list[str]) -> None:
    assert CliRunner().invoke(app, ["assess", str(country), *words]).exit_code == 2
