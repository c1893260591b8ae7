"""A batch: many workspaces, or many polygons of one, assessed one after another; one that fails stops no other."""

import hashlib
import json
import logging
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

from landbalance.core.errors import LandbalanceError
from landbalance.core.parameters import Override
from landbalance.core.progress import Progress
from landbalance.core.workspace import Workspace
from landbalance.engine.assess import assess
from landbalance.engine.runs import Run
from landbalance.engine.summary import nation_rows
from landbalance.engine.zone_workspace import cut_workspace
from landbalance.io.apart import EndedError, apart, refuse_fatal
from landbalance.io.batch_file import RunTable, folders_of, read_batch_file
from landbalance.io.checks import rasters_of
from landbalance.io.files import write_text
from landbalance.io.layer_entries import expand_path
from landbalance.io.sheet import sheet_csv
from landbalance.io.summary import json_text
from landbalance.io.vector import Polygons, read_polygons
from landbalance.io.workspace import load_workspace, read_profile
from landbalance.reporting.words import LAYER_NAMES

log = logging.getLogger(__name__)
SUMMARY, SHEET = "batch.json", "batch.csv"
State = Literal["waiting", "finished", "unchanged", "skipped", "failed"]
STANDING = ("finished", "unchanged", "skipped")
HEADLINE = ("degraded_km2", "stable_km2", "improved_km2", "no_result_km2", "degraded_share", "denominator")


@dataclass(frozen=True)
class Entry:
    """One assessment of a batch.

    Parameters
    ----------
    id : str
        Unique in the batch; the folder of a polygon's run.
    asked : RunTable
        What the run file says.
    workspace : Path
        The folder that is meant.
    zone : Polygons or None
        The one polygon it is cut to.
    fault : str
        Why it cannot even begin.
    """

    id: str
    asked: RunTable
    workspace: Path
    zone: Polygons | None = None
    fault: str = ""

    def digest(self) -> str:
        """Return what changes when something else is asked for."""
        shape = self.zone.geometries[0].wkb if self.zone else b""
        asked = f"{self.workspace}\x1f{self.asked.model_dump_json()}".encode()
        return hashlib.sha256(asked + shape).hexdigest()


@dataclass(frozen=True)
class Outcome:
    """What became of one entry; `figures` holds the headline of each period."""

    id: str
    workspace: str
    zone: str
    profile: str
    status: State
    digest: str
    error: str = ""
    seconds: float = 0.0
    run: str = ""
    folder: str = ""
    figures: Mapping[str, Mapping[str, Any]] | None = None


@dataclass(frozen=True)
class Batch:
    """All entries of a run file, and the folder of their summary."""

    home: Path
    out: Path
    entries: tuple[Entry, ...]


def read_batch(path: str | Path, out: str | Path | None = None) -> Batch:
    """Read a run file and list what it asks for: patterns and polygons one by one.

    Parameters
    ----------
    path : str or Path
        The run file.
    out : str, Path or None
        Folder of the summary; the one the file names, else one called like the file, beside it.

    Raises
    ------
    NotFoundError, InputError
        If the file cannot be used. A workspace or a file of polygons that cannot is an entry that fails.
    """
    path = Path(path).absolute()
    file = read_batch_file(path)
    place = Path(out).absolute() if out else Path(expand_path(file.out or path.stem, path.parent))
    return Batch(path.parent, place, tuple(_named(each for table in file.run for each in _entries(table, path.parent))))


def run_batch(
    batch: Batch,
    *,
    threads: int | None = None,
    go_on: bool = False,
    force: bool = False,
    progress: Progress | None = None,
    spoken: Callable[[Exception], str] = str,
    tell: Callable[[Outcome], None] = lambda _: None,
) -> tuple[Outcome, ...]:
    """Assess every entry of a batch, in a process of its own; the summary is written anew after each.

    An entry that ends the process, such as a raster that its reader does not survive, fails as any other does.

    Parameters
    ----------
    batch : Batch
        What to assess.
    threads : int or None
        Threads of each assessment.
    go_on : bool
        Leave out, unread, what an earlier call finished and nothing else is asked for. Otherwise an entry is looked at,
        and an assessment whose inputs have not changed since is taken as it stands.
    force : bool
        Compute everything anew.
    progress : Progress or None
        Is told of the tiles of each assessment.
    spoken : callable
        Puts an error into one line.
    tell : callable
        Is told of every entry that is done.

    Returns
    -------
    tuple of Outcome
        In the order of the entries.
    """
    earlier = _earlier(batch.out) if go_on and not force else {}
    outcomes = [_outcome(entry, "waiting") for entry in batch.entries]

    def take(place: int, outcome: Outcome) -> None:
        outcomes[place] = outcome
        _write(outcomes, batch.out)
        tell(outcome)

    waiting = []
    for place, entry in enumerate(batch.entries):
        held = earlier.get(entry.digest())
        if held is None:
            waiting.append(place)
        else:
            take(place, replace(held, id=entry.id, status="skipped"))
    options = _Options(threads, force, progress, spoken)
    while waiting:
        try:
            for place, outcome in apart(_assess_each, batch, tuple(waiting), options):
                take(place, outcome)
                waiting.remove(place)
        except EndedError as error:
            place = waiting.pop(0)
            take(place, _fatal(batch.entries[place], error, spoken))
    return tuple(outcomes)


@dataclass(frozen=True)
class _Options:
    """How each entry is assessed."""

    threads: int | None
    force: bool
    progress: Progress | None
    spoken: Callable[[Exception], str]


def _entries(table: RunTable, home: Path) -> Iterator[Entry]:
    """Yield the entries of one table; what cannot be opened is one entry that fails."""
    try:
        folders = folders_of(table.workspace, home)
        zones = _zones(table, home)
        yield from (Entry("", table, folder, zone) for folder in folders for zone in zones)
    except LandbalanceError as error:
        yield Entry("", table, Path(table.workspace), fault=str(error))


def _zones(table: RunTable, home: Path) -> tuple[Polygons | None, ...]:
    """Return the polygons of a table one by one; None alone where the workspace is taken whole."""
    if not table.area:
        return (None,)
    polygons = read_polygons(expand_path(table.area, home), name_field=table.name_field or None)
    named = zip(polygons.geometries, polygons.names, polygons.codes, strict=True)
    return tuple(Polygons((shape,), (name,), (code,), polygons.crs) for shape, name, code in named)


def _named(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Give every entry an id of its own, made of its workspace, its polygon and its profile."""
    taken: set[str] = set()
    for entry in entries:
        words = (entry.workspace.name, entry.zone.names[0] if entry.zone else "", Path(entry.asked.profile).stem)
        stem = re.sub(r"[^\w.]+", "-", " ".join(filter(None, words)).casefold()).strip("-.")[:80] or "run"
        number = 1
        while (name := stem if number == 1 else f"{stem}-{number}") in taken:
            number += 1
        taken.add(name)
        yield replace(entry, id=name)


def _assess_each(batch: Batch, places: Iterable[int], options: _Options) -> Iterator[tuple[int, Outcome]]:
    """Yield what becomes of some entries, one after another."""
    for place in places:
        yield place, _assessed(batch.entries[place], batch, options)


def _fatal(entry: Entry, ended: EndedError, spoken: Callable[[Exception], str]) -> Outcome:
    """Return the outcome of an entry that ended its process: it names the file that does, where one does."""
    error: LandbalanceError = ended
    try:
        refuse_fatal(rasters_of(entry.workspace))
    except LandbalanceError as found:
        error = found
    return _outcome(entry, "failed", error=spoken(error))


def _assessed(entry: Entry, batch: Batch, options: _Options) -> Outcome:
    """Assess one entry, whatever becomes of it."""
    begun = time.monotonic()
    try:
        if entry.fault:
            return _outcome(entry, "failed", error=entry.fault)
        run = assess(
            _workspace(entry, batch),
            threads=options.threads,
            progress=options.progress,
            force=options.force,
            language=entry.asked.language,
        )
        seconds = round(time.monotonic() - begun, 2)
        status: State = "finished" if run.is_new else "unchanged"
        return _outcome(
            entry,
            status,
            seconds=seconds,
            run=run.id,
            folder=str(run.folder),
            profile=run.manifest.profile,
            figures=_headline(run),
        )
    except Exception as error:  # whatever breaks one country must not stop the others
        log.info("entry %s failed", entry.id, exc_info=True)
        return _outcome(entry, "failed", error=options.spoken(error), seconds=round(time.monotonic() - begun, 2))


def _workspace(entry: Entry, batch: Batch) -> Workspace:
    """Return the workspace of an entry with its profile, its parameters and its polygon."""
    workspace = load_workspace(entry.workspace)
    if entry.asked.profile:
        profile, stated = read_profile(entry.asked.profile, batch.home)
        workspace = replace(workspace, profile=profile, stated=stated)
    given = {
        name: Override(tuple(each.value) if isinstance(each.value, list) else each.value, each.reason)
        for name, each in entry.asked.parameters.items()
    }
    workspace = replace(workspace, overrides={**workspace.overrides, **given})
    return cut_workspace(workspace, entry.zone, batch.out / entry.id) if entry.zone else workspace


def _headline(run: Run) -> dict[str, dict[str, Any]]:
    """Return the indicator's areas and share in each period."""
    rows = [row for row in nation_rows(run) if row.layer == LAYER_NAMES["sdg"]]
    return {row.period: {name: getattr(row, name) for name in HEADLINE} for row in rows}


def _outcome(entry: Entry, status: State, **found: Any) -> Outcome:
    """Return an outcome of an entry."""
    asked = {"profile": entry.asked.profile, **found}
    zone = entry.zone.names[0] if entry.zone else ""
    return Outcome(entry.id, str(entry.workspace), zone, status=status, digest=entry.digest(), **asked)


def _earlier(out: Path) -> dict[str, Outcome]:
    """Return what an earlier call finished and still stands, by what was asked for."""
    path = out / SUMMARY
    if not path.is_file():
        return {}
    rows = (Outcome(**row) for row in json.loads(path.read_text(encoding="utf-8"))["entries"])
    return {row.digest: row for row in rows if row.status in STANDING and Path(row.folder).is_dir()}


def _write(outcomes: list[Outcome], out: Path) -> None:
    """Write the summary, for machines and as a sheet with one row an entry."""
    write_text(out / SUMMARY, json_text({"format": 1, "entries": [asdict(each) for each in outcomes]}))
    periods = list(dict.fromkeys(period for each in outcomes for period in each.figures or {}))
    plain = ("id", "workspace", "zone", "profile", "status", "error", "seconds", "run", "folder")
    columns = [*plain, *(f"{name}.{period}" for period in periods for name in HEADLINE)]
    rows = []
    for each in outcomes:
        figures = each.figures or {}
        cells = [figures.get(period, {}).get(name) for period in periods for name in HEADLINE]
        rows.append([*(getattr(each, name) for name in plain), *cells])
    write_text(out / SHEET, sheet_csv(columns, rows))
