"""Uploads are opened by a child process that has nothing to lose: no secrets, no network, little memory, little time.

What it hands back is a file of our own making (a cloud-optimised GeoTIFF, a GeoJSON, or rows) and a report. A file that
breaks the reader breaks the child, and becomes one plain error that names the file.
"""

import functools
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

import orjson

from landbalance.core.errors import InputError, LandbalanceError

COMMAND = (sys.executable, "-I", "-m", "landbalance.io.ingest.child")
REPORT, LOG, TASK = "report.json", "log.txt", "task.json"
LARGEST_REPORT = 64 << 20
LOOK_SECONDS = 0.5
Want = Literal["raster", "vector", "rows", "flows", "any"]
NEEDED_DRIVERS = frozenset({"GTiff", "COG", "MEM", "Memory", "GPKG", "GeoJSON", "ESRI Shapefile"})
ALWAYS_SKIPPED = ("VRT", "WMS", "WCS", "DERIVED", "GTI", "OGR_VRT", "CSV", "WFS", "HTTP", "OAPIF", "GDALG", "WMTS")
MADE = {"raster": ".tif", "vector": ".geojson", "rows": ".json", "flows": ".jsonl"}
ENDINGS = {
    "raster": (".tif", ".tiff", ".nc", ".nc4", ".zip"),
    "vector": (".geojson", ".json", ".gpkg", ".zip"),
    "rows": (".csv", ".tsv", ".xlsx"),
}


@dataclass(frozen=True)
class Limits:
    """What an upload may take.

    Parameters
    ----------
    memory_bytes, file_bytes : int
        Address space of the child, and the largest file it may write.
    seconds : int
        Time, and processor time.
    pixels, bands : int
        Of a raster, all bands of it counted.
    ratio : int
        Times that a raster's numbers may be larger than its file.
    unpacked_bytes : int
        Of a zip, and of a workbook (a tenth of it).
    entries, unpacked_ratio : int
        Of a zip.
    vertices, features, rows : int
        Of polygons and tables.
    """

    memory_bytes: int = 4 << 30
    file_bytes: int = 40 << 30
    seconds: int = 900
    pixels: int = 20_000_000_000
    bands: int = 500
    ratio: int = 1000
    unpacked_bytes: int = 4 << 30
    workbook_bytes: int = 200_000_000
    unpacked_ratio: int = 100
    entries: int = 1000
    vertices: int = 5_000_000
    features: int = 500_000
    rows: int = 1_000_000


@dataclass(frozen=True)
class Ingested:
    """What became of an upload.

    Parameters
    ----------
    kind : {"raster", "vector", "rows", "flows"}
        What it holds.
    path : Path
        The file made from it: a COG (`.tif`), polygons in longitude and latitude (`.geojson`), sheets of rows
        (`.json`), or activities of finance (`.jsonl`).
    name, sha256, size_bytes : str, str, int
        Of the file as it was sent.
    notes : tuple of str
        What was repaired, left out or is doubtful, in words.
    facts : mapping
        Raster: crs, width, height, bands, dtype, nodata, scale, offset, unit, names, bounds, statistics. Vector:
        features, columns, area_km2. Rows: sheets with their names, headers and numbers of rows. Flows: source,
        activities, read, skipped, reasons, rows (notes on rows).
    is_isolated : bool
        Whether the system let the child be cut off from the network.
    """

    kind: str
    path: Path
    name: str
    sha256: str
    size_bytes: int
    notes: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    is_isolated: bool = False

    def features(self) -> list[dict[str, Any]]:
        """Return the GeoJSON features of a vector upload, repaired, in longitude and latitude."""
        return list(orjson.loads(self.path.read_bytes())["features"])

    def sheets(self) -> list[dict[str, Any]]:
        """Return the sheets of an upload of rows: `name`, `header` and `rows`, each a list of plain values."""
        return list(orjson.loads(self.path.read_bytes())["sheets"])


def ingest(
    upload: str | Path,
    folder: str | Path,
    *,
    name: str = "",
    want: Want = "any",
    crs: str = "",
    polygons_only: bool = True,
    options: Mapping[str, str] | None = None,
    limits: Limits | None = None,
    is_wanted: Callable[[], bool] = lambda: True,
) -> Ingested:
    """Turn an upload into a file of our own in `folder`, in a child process.

    Parameters
    ----------
    upload : str or Path
        The file as it was sent; it is only read.
    folder : str or Path
        Where the new file goes; made when missing.
    name : str
        What the sender called it; the file's own name when empty. It is used in messages and for the new name.
    want : {"raster", "vector", "rows", "flows", "any"}
        What it must hold; flows are known by this alone.
    crs : str
        Reference system of a file that names none.
    polygons_only : bool
        Whether points and lines are refused.
    options : mapping of str to str, optional
        For flows: source (empty to guess), currency, today.
    limits : Limits, optional
        What it may take.
    is_wanted : callable
        Asked twice a second whether to go on.

    Raises
    ------
    InputError
        If it is not what is wanted, breaks a limit, is damaged, or breaks the reader; nothing is left behind.
    """
    upload, folder, limits = Path(upload), Path(folder), limits or Limits()
    name = safe_name(name or upload.name)
    folder.mkdir(parents=True, exist_ok=True)
    job = Path(tempfile.mkdtemp(prefix=".ingest-", dir=folder))
    try:
        source = job / ("input" + Path(name).suffix.lower())
        _place(upload, source)
        task = {"source": source.name, "name": name, "want": want, "crs": crs, "polygons_only": polygons_only}
        task["options"] = dict(options or {})
        (job / TASK).write_bytes(orjson.dumps({**task, "limits": asdict(limits)}))
        report = _run(job, name, limits, is_wanted)
        return _taken(report, job, folder, name)
    finally:
        shutil.rmtree(job, ignore_errors=True)


def safe_name(name: str) -> str:
    r"""Return a file name without folders, control characters or anything a shell or another system would mind.

    Examples
    --------
    >>> safe_name("../../etc/pass wd.tif"), safe_name("C:\\x\\sols é.gpkg"), safe_name("..")
    ('pass_wd.tif', 'sols_é.gpkg', 'file')
    """
    last = re.split(r"[/\\]", name.replace("\0", ""))[-1]
    clean = re.sub(r"[^\w.+-]+", "_", last).strip("._")
    stem, dot, ending = clean.rpartition(".")
    return (f"{stem[:80]}{dot}{ending[:10]}" if stem else clean[:80]) or "file"


def environment(job: Path) -> dict[str, str]:
    """Return all variables the child gets: formats that can point elsewhere are off, and nothing of ours is in it."""
    skipped = ",".join(sorted(skipped_drivers()))
    kept = {key: os.environ[key] for key in ("SYSTEMROOT", "LD_LIBRARY_PATH") if key in os.environ}
    return kept | {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "HOME": str(job),
        "TMPDIR": str(job),
        "GDAL_SKIP": skipped,
        "OGR_SKIP": skipped,
        "GDAL_PAM_ENABLED": "NO",
        "GDAL_CACHEMAX": "128",
        "GDAL_NUM_THREADS": "1",
        "CPL_TMPDIR": str(job),
        "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
        "OGR_SQLITE_LOAD_EXTENSIONS": "NO",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }


@functools.cache
def skipped_drivers() -> frozenset[str]:
    """Return every driver of both copies of GDAL that is not needed."""
    import pyogrio
    import rasterio

    with rasterio.Env() as env:
        known = {*env.drivers(), *pyogrio.list_drivers(), *ALWAYS_SKIPPED}
    return frozenset(known - NEEDED_DRIVERS)


def _place(upload: Path, source: Path) -> None:
    """Put the upload alone into the job's folder: nothing that lies beside it can be read with it."""
    try:
        os.link(upload, source)
    except OSError:
        try:
            shutil.copyfile(upload, source)
        except OSError as error:
            raise InputError("{path} cannot be read ({why})", path=upload.name, why=error.strerror) from error


def _run(job: Path, name: str, limits: Limits, is_wanted: Callable[[], bool]) -> dict[str, Any]:
    """Run the child to its end and return its report.

    Raises
    ------
    InputError
        If it refused the file, was killed, or took too long.
    """
    with (job / LOG).open("wb") as log:
        child = subprocess.Popen(  # noqa: S603 - our own interpreter and module, no shell
            COMMAND,
            cwd=job,
            env=environment(job),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            close_fds=True,
            start_new_session=True,
        )
        try:
            code = _wait(child, name, limits, is_wanted)
        finally:
            _end(child)
    report = _report(job)
    if "error" in report:
        fault = report["error"]
        raise InputError(fault["template"], hint=fault["hint"], **fault["fields"])
    if code != 0 or "kind" not in report:
        raise broken(name, code)
    return report


def _wait(child: "subprocess.Popen[bytes]", name: str, limits: Limits, is_wanted: Callable[[], bool]) -> int:
    """Return the exit code of the child.

    Raises
    ------
    InputError
        If it takes too long, or is not wanted any more.
    """
    ends = time.monotonic() + limits.seconds + 5
    while (code := child.poll()) is None:
        if not is_wanted():
            raise InputError("{name} was not read to its end", name=name, hint="send it again")
        if time.monotonic() > ends:
            raise InputError(
                "{name} takes longer than {seconds} s to read",
                name=name,
                seconds=limits.seconds,
                hint="make it smaller or simpler, or register it from a folder of the server",
            )
        with suppress(subprocess.TimeoutExpired):
            child.wait(LOOK_SECONDS)
    return code


def broken(name: str, code: int) -> InputError:
    """Return the error for a file that ended its reader."""
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        why = "it takes too much time or memory"
    elif code == -signal.SIGXFSZ:
        why = "it unpacks to more than is allowed"
    else:
        why = f"the reader ended with {signal.Signals(-code).name if code < 0 else code}"
    return InputError(
        "{name} cannot be read: {why}",
        name=name,
        why=why,
        hint="open it in a GIS and save it again, or make it smaller",
    )


def _end(child: "subprocess.Popen[bytes]") -> None:
    """End the child and all it may have started."""
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
    else:
        child.kill()
    child.wait()


def _report(job: Path) -> dict[str, Any]:
    """Return what the child wrote; empty where it wrote nothing whole."""
    place = job / REPORT
    if place.is_symlink() or not place.is_file() or place.stat().st_size > LARGEST_REPORT:
        return {}
    try:
        found = orjson.loads(place.read_bytes())
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _taken(report: dict[str, Any], job: Path, folder: Path, name: str) -> Ingested:
    """Move the new file out of the job's folder, under a name that is free."""
    made = job / f"output{MADE[report['kind']]}"
    if made.is_symlink() or not made.is_file():
        raise broken(name, 1)
    goal = free_name(folder, Path(name).stem, made.suffix)
    made.replace(goal)
    return Ingested(
        kind=report["kind"],
        path=goal,
        name=name,
        sha256=str(report["sha256"]),
        size_bytes=int(report["size_bytes"]),
        notes=tuple(map(str, report["notes"])),
        facts=report["facts"],
        is_isolated=bool(report["is_isolated"]),
    )


def free_name(folder: Path, stem: str, ending: str) -> Path:
    """Take a name in a folder that nothing has yet, by making an empty file of that name."""
    for number in range(1, 10_000):
        goal = folder / (f"{stem}{ending}" if number == 1 else f"{stem}-{number}{ending}")
        with suppress(FileExistsError):
            goal.touch(exist_ok=False)
            return goal
    raise LandbalanceError("{folder} holds too many files called {stem}", folder=folder, stem=stem)
