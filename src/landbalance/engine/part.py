"""The folder of a run that is not finished: made, found again, removed, and held by one process at a time."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from landbalance.core.errors import LandbalanceError, RuleError
from landbalance.engine.journal import Journal, read_records
from landbalance.engine.manifest import RUNS
from landbalance.io.files import unwritable, write_text

SCRATCH = ".scratch"  # inside the folder of a run: its journal and the layers that grow
JOURNAL = "journal"
LOCK, TRIES = ".cache/lock", ".cache/tries"
RUN = "run"


class BusyError(RuleError):
    """Another process holds the runs of the workspace; the same request may succeed later."""


@dataclass(frozen=True)
class Part:
    """A run that is not finished; its id and its start stay the same however often it is taken up.

    Parameters
    ----------
    folder : Path
        Where it is; hidden, so that nothing takes it for a run.
    identity : str
        Digest of everything that decides the result.
    started : str
        When it was begun, ISO 8601, UTC.
    """

    folder: Path
    run_id: str
    identity: str
    started: str

    @property
    def scratch(self) -> Path:
        """Return the folder of what is gone when the run is finished."""
        return self.folder / SCRATCH

    def journal(self) -> Journal:
        """Open the journal of the run, begun when there is none."""
        journal = Journal(self.scratch / JOURNAL)
        if next(journal.records(), None) is None:
            journal.append({"kind": RUN, "id": self.run_id, "identity": self.identity, "started": self.started})
        return journal

    def tidy(self) -> None:
        """Remove the temporary files that a killed process left."""
        for path in self.folder.rglob(".*.part*"):
            path.unlink(missing_ok=True)

    def finish(self) -> Path:
        """Give the run its name and return its folder."""
        folder = self.folder.with_name(self.run_id)
        self.folder.rename(folder)
        forget_scratch(folder)
        return folder

    def remove(self) -> None:
        """Leave nothing of the run."""
        shutil.rmtree(self.folder, ignore_errors=True)


def open_part(workspace: Path, identity: str, profile: str, *, anew: bool, must_exist: bool) -> Part:
    """Return the interrupted run of this identity, or a new one.

    Parameters
    ----------
    workspace : Path
        Folder of the workspace.
    identity, profile : str
        What the run computes.
    anew : bool
        Remove an interrupted run of this identity and begin again.
    must_exist : bool
        Refuse when there is nothing to take up.

    Raises
    ------
    RuleError
        If there is nothing to take up.
    DiskError
        If the folder cannot be written.
    """
    same = [part for part in parts(workspace) if part.identity == identity]
    if same and not anew:
        same[0].tidy()
        return same[0]
    if must_exist:
        raise RuleError(
            "{workspace} has no interrupted run of these inputs and parameters",
            workspace=workspace,
            hint="leave --resume out to begin a run",
        )
    for part in same:
        part.remove()
    started = datetime.now(UTC).replace(microsecond=0)
    run_id = _free_id(workspace, started, profile)
    part = Part(workspace / RUNS / f".{run_id}.part", run_id, identity, started.isoformat())
    _make(part.folder)
    return part


def parts(workspace: Path) -> list[Part]:
    """Return the interrupted runs of a workspace that can be taken up, latest first."""
    found = []
    for folder in sorted((workspace / RUNS).glob(".*.part"), reverse=True):
        first = next(read_records(folder / SCRATCH / JOURNAL), None)
        if first is not None and first.head["kind"] == RUN:
            found.append(Part(folder, first.head["id"], first.head["identity"], first.head["started"]))
    return found


def remove_older(workspace: Path, started: str) -> None:
    """Remove interrupted runs begun before a finished one, and folders that nothing can take up."""
    begun = {part.folder: part.started for part in parts(workspace)}
    for folder in (workspace / RUNS).glob(".*.part"):
        if begun.get(folder, "") <= started:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def counted_try(workspace: Path) -> Iterator[int]:
    """Note that a workspace is being assessed; hand out how many tries in a row ended without a word before this one.

    A try that ends in good order, with or without a result, begins the count anew.
    """
    path = workspace / TRIES
    silent = len(path.read_text(encoding="ascii")) if path.is_file() else 0
    with suppress(LandbalanceError):  # a full disk, or a folder only to be read, says so itself
        write_text(path, "x" * (silent + 1))
    try:
        yield silent
    finally:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def forget_scratch(folder: Path) -> None:
    """Remove what a finished run no longer needs."""
    shutil.rmtree(folder / SCRATCH, ignore_errors=True)


@contextmanager
def only_one(workspace: Path) -> Iterator[None]:
    """Hold the runs of a workspace for this process; the system lets go when the process ends, however it ends.

    Raises
    ------
    BusyError
        If another process holds them.
    """
    path = workspace / LOCK
    _make(path.parent)
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise unwritable(path, error) from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            owner = path.read_text(encoding="ascii", errors="replace").strip() or "unknown"
            raise BusyError(
                "{workspace} is being assessed by another process (number {owner})",
                workspace=workspace,
                owner=owner,
                hint="wait until it has ended, or end it; what it has computed is kept",
            ) from error
        with suppress(OSError):  # the number only helps whoever waits
            os.ftruncate(handle, 0)
            os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(handle)


def _free_id(workspace: Path, started: datetime, profile: str) -> str:
    """Return an id for a run that no other has."""
    stem = f"{started:%Y%m%dT%H%M%SZ}-{profile}"
    taken = {folder.name for folder in (workspace / RUNS).glob("*")}
    number = 1
    while {name := stem if number == 1 else f"{stem}-{number}", f".{name}.part"} & taken:
        number += 1
    return name


def _make(folder: Path) -> None:
    """Make a folder.

    Raises
    ------
    DiskError
        If the place cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(folder, error) from error
