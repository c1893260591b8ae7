"""Killed, cancelled or out of disk: a run goes on from there and ends with the bytes of an unbroken one."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import shapely

from journeys.places import make_place
from journeys.stops import Few
from landbalance.core.errors import DiskError, RuleError
from landbalance.engine.assess import assess
from landbalance.engine.part import Part, only_one, parts
from landbalance.engine.runs import Run, latest_run
from landbalance.io.files import sha256
from landbalance.io.workspace import load_workspace

ASSESS = "from landbalance.engine.assess import assess; assess({folder!r}, threads=2, block=32)"
CANCEL_SECONDS = 5.0


def place(folder: Path, side: int = 230) -> Path:
    """Return a workspace with many tiles of 32 x 32 cells, and some that lie outside."""
    border = shapely.Polygon([(10.03, 17.8), (12.2, 17.75), (12.25, 19.9), (11.1, 19.2), (10.1, 19.95)])
    return make_place(folder, [border], west=10.0, north=20.0, cell=0.01, shape=(side, side))


@pytest.fixture
def country(tmp_path: Path) -> Path:
    """Return a workspace without runs."""
    return place(tmp_path / "country")


def start(country: Path) -> "subprocess.Popen[bytes]":
    """Begin to assess in another process."""
    return subprocess.Popen([sys.executable, "-c", ASSESS.format(folder=str(country))], stderr=subprocess.DEVNULL)


def kill_at(country: Path, moments: list[float]) -> int:
    """Assess, killed once at each of some moments; return how many processes were killed before the end."""
    killed = 0
    for moment in moments:
        process = start(country)
        try:
            process.wait(moment)
        except subprocess.TimeoutExpired:
            process.kill()
            killed += 1
        process.wait()
    return killed


def unbroken(country: Path, run: Run) -> Run:
    """Return the same run without a break: in the same workspace, with the same id and start."""
    (country / "runs").rename(country / f"runs-{time.monotonic_ns()}")
    part = Part(country / "runs" / f".{run.id}.part", run.id, run.manifest.identity, run.manifest.started)
    part.journal().close()
    return assess(country, threads=1)


def content(run: Run) -> dict[str, str]:
    """Return the checksum of every file of a run but its manifest, which tells when it ended."""
    files = (path for path in run.folder.rglob("*") if path.is_file() and path.name != "manifest.json")
    return {str(path.relative_to(run.folder)): sha256(path) for path in files}


def finished(country: Path) -> list[Path]:
    """Return what looks like a whole run."""
    return list((country / "runs").glob("[!.]*"))


def seconds_to_end(country: Path) -> float:
    """Return how long an unbroken run takes in a process of its own, and remove the run."""
    begun = time.monotonic()
    assert start(country).wait() == 0
    (country / "runs").rename(country / "runs-timed")
    return time.monotonic() - begun


def check_kills(country: Path, count: int, seed: int) -> None:
    """Kill runs at random moments and compare what comes out with an unbroken run."""
    whole, dice = seconds_to_end(country), random.Random(seed)
    kill_at(country, [dice.uniform(0.2, 1.0) * whole for _ in range(count)])

    run = assess(country, threads=2)

    assert content(run) == content(unbroken(country, run))
    assert [entry.name for entry in run.folder.parent.iterdir()] == [run.id]


def test_three_kills_change_no_byte(country: Path) -> None:
    check_kills(country, 3, seed=3)


@pytest.mark.deep
@pytest.mark.parametrize("seed", range(10))
def test_fifty_kills_change_no_byte(country: Path, seed: int) -> None:
    check_kills(country, 5, seed=seed)


@pytest.mark.parametrize(("label", "pieces"), [("tiles", 3), ("tiles", 90), ("rasters", 2)])
def test_a_cancelled_run_leaves_nothing_that_looks_whole_and_goes_on(country: Path, label: str, pieces: int) -> None:
    cancel = Few(label, pieces)
    with pytest.raises(KeyboardInterrupt):
        assess(country, threads=2, block=32, progress=cancel)
    assert time.monotonic() - cancel.cancelled < CANCEL_SECONDS
    assert [entry.name[0] for entry in (country / "runs").iterdir()] == ["."]
    begun = parts(country)[0]

    run = assess(country, resume=True)

    assert (run.id, run.manifest.started) == (begun.run_id, begun.started)
    assert content(run) == content(unbroken(country, run))


def test_ctrl_c_ends_the_process_in_time(country: Path) -> None:
    process = start(country)
    while not parts(country):
        assert process.poll() is None
        time.sleep(0.01)

    process.send_signal(signal.SIGINT)

    code = process.wait(CANCEL_SECONDS)
    assert bool(finished(country)) == (code == 0)  # the country is small: the run may have ended before the signal
    for _ in finished(country):
        run = latest_run(load_workspace(country))
        assert content(run) == content(unbroken(country, run))


def test_there_must_be_something_to_resume(country: Path) -> None:
    with pytest.raises(RuleError, match="no interrupted run of these inputs and parameters"):
        assess(country, resume=True)


def test_another_identity_is_left_alone_until_a_later_run_ends(country: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        assess(country, block=32, progress=Few("tiles", 3))
    other = parts(country)[0]

    with pytest.raises(KeyboardInterrupt):
        assess(country, language="fr", block=32, progress=Few("tiles", 3))
    assert other in parts(country)

    run = assess(country, language="fr")
    assert run.id != other.run_id
    assert not parts(country)


def test_to_force_begins_anew(country: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        assess(country, block=32, progress=Few("tiles", 3))
    stale = parts(country)[0].folder / "stale"
    stale.write_text("")

    run = assess(country, force=True)

    assert not (run.folder / "stale").exists()
    assert not parts(country)


def test_two_processes_do_not_assess_one_workspace_at_once(country: Path) -> None:
    with only_one(country), pytest.raises(RuleError, match=f"another process \\(number {os.getpid()}\\)"):
        assess(country)

    assert assess(country).is_new


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Return a folder on a disk of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(folder)], check=False).returncode:
        pytest.skip("only root can mount a small disk")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def resize(disk: Path, used: int, free: int) -> None:
    """Give a disk so many free bytes."""
    subprocess.run(["mount", "-o", f"remount,size={used + free}", str(disk)], check=True)


def error_of(country: Path) -> DiskError | None:
    """Assess, and return the error of a full disk."""
    try:
        assess(country, threads=2, block=32)
    except DiskError as error:
        return error
    return None


@pytest.mark.deep
def test_a_full_disk_at_any_moment_is_one_error_and_the_run_goes_on(small_disk: Path) -> None:
    country = place(small_disk / "country")
    assess(country, block=32)
    used = sum(path.stat().st_blocks * 512 for path in country.rglob("*") if "runs" not in path.parts)
    need = sum(path.stat().st_blocks * 512 for path in (country / "runs").rglob("*"))
    shutil.rmtree(country / "runs")
    failures = set()

    for free in range(0, 4 * need, max(need // 20, 1)):
        resize(small_disk, used + 65536, free)
        error = error_of(country)
        if error is None:
            break
        assert str(small_disk) in str(error)
        assert "free" in str(error)
        assert not finished(country)
        failures.add(Path(str(error.fields["path"])).suffix)

    assert error is None
    assert len(failures) > 1
    resize(small_disk, used, 1 << 27)
    run = latest_run(load_workspace(country))
    assert content(run) == content(unbroken(country, run))
