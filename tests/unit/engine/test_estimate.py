"""What a run will take: within a quarter of what it takes, and refused in time where it does not fit."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path

import pytest

from landbalance.core.errors import RuleError
from landbalance.engine.calibrate import Calibration, Extent
from landbalance.engine.estimate import Estimate, carried_over, estimate, refuse_too_large
from landbalance.io.demo.make import make_demo

MEASURED = Calibration(
    sample=Extent(1e6, 1.2e6, 4, 1_200_000),
    whole=Extent(1e9, 1.2e9, 4000, 1_500_000_000),
    years=23,
    threads=2,
    seconds={"start": 2.0, "tiles": 10.0, "rasters": 1.0, "products": 5.0},
    layers={"sdg.baseline": 100_000, "trend.baseline": 300_000, "condition.sdg.p1": 100_000},
    scratch=50_000_000,
    journal=40_000,
    package=100_000,
    products=20_000_000,
    memory_start=400_000_000,
    memory_peak=900_000_000,
)


@dataclass
class Used:
    disk: int = 0


@contextmanager
def watched(folder: Path) -> Iterator[Used]:
    """Note the most disk that files of a folder take until the block ends."""
    used, done = Used(), threading.Event()

    def watch() -> None:
        while not done.wait(0.02):
            paths = [Path(place) / name for place, _, names in os.walk(folder) for name in names]
            sizes = []
            for path in paths:
                with suppress(OSError):  # gone by now
                    sizes.append(path.stat().st_blocks * 512)
            used.disk = max(used.disk, sum(sizes))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield used
    finally:
        done.set()
        thread.join()


def assess_alone(home: str) -> int:
    """Assess in a process of its own and return its peak memory."""
    import resource

    from landbalance.engine.assess import assess

    assess(home, threads=2)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


@pytest.mark.parametrize("size", [0.3, 1.1])
def test_disk_and_memory_of_the_demo_are_within_a_quarter(tmp_path: Path, size: float) -> None:
    home = make_demo(tmp_path / "demo", size=size)
    block = 256 if size > 1 else None  # so that only a part of it is run

    found = estimate(home, threads=2, block=block)
    with watched(home / "runs") as used, get_context("spawn").Pool(1) as pool:
        memory = pool.apply(assess_alone, (str(home),))

    assert found.is_measured_whole == (block is None)
    assert found.disk_bytes == pytest.approx(used.disk, rel=0.25)
    assert found.memory_bytes == pytest.approx(memory, rel=0.25)
    assert not list((home / ".cache").glob("estimate-*"))


def test_what_grows_is_carried_over_and_what_does_not_is_not() -> None:
    found = carried_over(MEASURED, "/", free=10**13, memory=10**11)

    assert found.scratch_bytes == 50_000_000 * 1000 + 40_000 * 1000
    assert found.result_bytes == 500_000 * 1000 + 100_000 * 1000 + 20_000_000
    assert found.seconds == pytest.approx(2 + 10 * 1000 + 1000 + 5)
    assert found.fits


def test_more_threads_than_tiles_of_the_sample_share_the_work() -> None:
    found = carried_over(replace(MEASURED, threads=16), "/", free=10**13, memory=10**11)

    assert found.seconds == pytest.approx(2 + (10 * 1000 + 1000) / 4 + 5)


def test_a_disk_too_small_is_refused_with_what_would_fit() -> None:
    def slim(names: tuple[str, ...]) -> Estimate:
        return carried_over(MEASURED, "/", keep=names, free=55_000_000_000, memory=10**11)

    with pytest.raises(RuleError, match=r"of disk, and .* are free") as caught:
        refuse_too_large(slim(()), slim)
    assert "an area of at most" in str(caught.value)
    assert "with 5" in str(caught.value)


def test_a_run_that_fits_with_fewer_maps_says_so() -> None:
    measured = replace(MEASURED, scratch=1_000_000)

    def slim(names: tuple[str, ...]) -> Estimate:
        return carried_over(measured, "/", keep=names, free=1_660_000_000, memory=10**11)

    with pytest.raises(RuleError, match="--keep sdg --keep condition"):
        refuse_too_large(slim(()), slim)


def test_a_memory_too_small_is_refused() -> None:
    with pytest.raises(RuleError, match=r"of memory, and 1\.0 GB are available"):
        refuse_too_large(carried_over(MEASURED, "/", free=10**13, memory=10**9))
