"""What a run will take before it is begun: time, disk and memory, measured on a sample, carried over to the whole."""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from landbalance.core.errors import RuleError
from landbalance.core.workspace import Workspace
from landbalance.engine.calibrate import Calibration, calibrate
from landbalance.io.geotiff import MEMORY_BYTES
from landbalance.io.workspace import load_workspace

SPARE = 0.9  # of what is free that a run may fill
COPIES = 2  # of a raster in memory while it is written: itself and its overviews
LARGEST_CELL = 4  # bytes
CGROUP = Path("/sys/fs/cgroup/memory.max")


@dataclass(frozen=True)
class Estimate:
    """What a run takes.

    Parameters
    ----------
    seconds : float
        Time with these threads, on an idle machine.
    nanoseconds_per_pixel_year : float
        Processor time of the tiles.
    scratch_bytes, result_bytes : int
        Disk that is freed when the run is finished, and that stays.
    memory_bytes : int
        Memory at most.
    free_bytes, available_bytes : int
        Disk and memory that there is now.
    """

    workspace: str
    cells: int
    years: int
    threads: int
    is_measured_whole: bool
    seconds: float
    nanoseconds_per_pixel_year: float
    scratch_bytes: int
    result_bytes: int
    memory_bytes: int
    free_bytes: int
    available_bytes: int
    keep: tuple[str, ...] = ()

    @property
    def disk_bytes(self) -> int:
        """Return the disk it takes at most."""
        return self.scratch_bytes + self.result_bytes

    @property
    def fits(self) -> bool:
        """Return whether disk and memory are enough."""
        return self.disk_bytes <= SPARE * self.free_bytes and self.memory_bytes <= SPARE * self.available_bytes


def estimate(
    workspace: str | Path | Workspace,
    *,
    profile: str | None = None,
    threads: int | None = None,
    block: int | None = None,
    keep: tuple[str, ...] = (),
) -> Estimate:
    """Estimate what an assessment takes, by running it on a few tiles.

    Parameters
    ----------
    workspace, profile, threads, block, keep
        As `landbalance.engine.assess.assess` takes them.

    Returns
    -------
    Estimate
        For a run that can take nothing over from earlier ones.

    Raises
    ------
    LandbalanceError
        If an input cannot be used.
    """
    if not isinstance(workspace, Workspace):
        workspace = load_workspace(workspace)
    workers = threads or os.cpu_count() or 1
    measured = calibrate(workspace, profile=profile, threads=workers, block=block)
    return carried_over(measured, workspace.path, keep=keep)


def carried_over(
    measured: Calibration,
    folder: str,
    *,
    keep: tuple[str, ...] = (),
    free: int | None = None,
    memory: int | None = None,
) -> Estimate:
    """Return what a whole run takes, from what a sample took.

    What is computed and kept grows with the cells inside the area; what is put by on the way with the cells of the
    tiles; the report and its tables do not grow.
    """
    sample, whole = measured.sample, measured.whole
    inside, filled = whole.inside / sample.inside, whole.filled / sample.filled
    rounds = 1 if measured.is_whole else measured.threads / min(measured.threads, sample.tiles)
    seconds = measured.seconds
    layers = sum(size for name, size in measured.layers.items() if not keep or name.startswith(keep))
    share = layers / max(sum(measured.layers.values()), 1)
    return Estimate(
        workspace=folder,
        cells=round(whole.inside),
        years=measured.years,
        threads=measured.threads,
        is_measured_whole=measured.is_whole,
        seconds=seconds["start"]
        + seconds["tiles"] * inside / rounds
        + seconds["rasters"] * share * filled / rounds
        + seconds["products"],
        nanoseconds_per_pixel_year=1e9
        * seconds["tiles"]
        * min(measured.threads, sample.tiles)
        / sample.inside
        / measured.years,
        scratch_bytes=round(measured.scratch * filled + measured.journal * whole.tiles / sample.tiles),
        result_bytes=round(layers * inside + measured.package * inside * share + measured.products),
        memory_bytes=round(_memory(measured, inside)),
        free_bytes=shutil.disk_usage(folder).free if free is None else free,
        available_bytes=available_memory() if memory is None else memory,
        keep=keep,
    )


def refuse_too_large(found: Estimate, other: Callable[[tuple[str, ...]], Estimate] | None = None) -> None:
    """Refuse a run that does not fit, and say what would.

    Parameters
    ----------
    found : Estimate
        What it takes.
    other : callable or None
        Estimates the run with fewer kept layers.

    Raises
    ------
    RuleError
        If the disk or the memory is too small.
    """
    if found.memory_bytes > SPARE * found.available_bytes:
        raise RuleError(
            "the run needs {need} of memory, and {have} are available",
            need=spoken_bytes(found.memory_bytes),
            have=spoken_bytes(found.available_bytes),
            hint="use --threads 1 and a smaller --block, or a computer with more memory",
        )
    if found.disk_bytes > SPARE * found.free_bytes:
        hints = [f"an area of at most {SPARE * found.free_bytes / found.disk_bytes:.0%} of it"]
        slim = other(("sdg", "condition")) if other and not found.keep else None
        if slim is not None and slim.fits:
            hints.append(f"only some maps (--keep sdg --keep condition: {spoken_bytes(slim.disk_bytes)})")
        hints.append(f"a workspace on a disk with {spoken_bytes(found.disk_bytes / SPARE)} free")
        raise RuleError(
            "the run needs {need} of disk, and {have} are free in {folder}",
            need=spoken_bytes(found.disk_bytes),
            have=spoken_bytes(found.free_bytes),
            folder=found.workspace,
            hint="what fits: {known}",
            known=", or ".join(hints),
        )


def available_memory() -> int:
    """Return the bytes of memory that can be had now, within the limit of a container."""
    lines = Path("/proc/meminfo").read_text().splitlines()
    sizes = {line.split(":")[0]: int(line.split()[1]) * 1024 for line in lines}
    limit = CGROUP.read_text().strip() if CGROUP.is_file() else "max"
    return min(sizes["MemAvailable"], int(limit)) if limit.isdigit() else sizes["MemAvailable"]


def spoken_bytes(size: float) -> str:
    """Return a size as a person would say it.

    Examples
    --------
    >>> spoken_bytes(1_500_000), spoken_bytes(2.5e9)
    ('2 MB', '2.5 GB')
    """
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB"


def _memory(measured: Calibration, inside: float) -> float:
    """Return the memory of a whole run: that of the sample, with larger rasters being written and a larger package."""
    sample, whole = (min(MEMORY_BYTES, extent.grid * LARGEST_CELL) for extent in (measured.sample, measured.whole))
    rasters = measured.threads * COPIES * (whole - sample)
    return measured.memory_peak + max(rasters, measured.package * (inside - 1) * COPIES, 0)
