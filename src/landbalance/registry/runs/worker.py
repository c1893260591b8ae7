"""The loop of a worker: take work, do it in a child process, keep the lease alive, take up what others have lost."""

import logging
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings
from django.db import OperationalError, close_old_connections, connection

from landbalance.core.errors import LandbalanceError
from landbalance.engine.child import ANSWER, PROGRESS, TASK
from landbalance.registry.layers.models import Upload
from landbalance.registry.layers.services import take_in
from landbalance.registry.leases import (
    BEAT_SECONDS,
    BUSY,
    TRIES,
    Status,
    beat,
    claim,
    free_of_the_dead,
    give_back,
    is_wanted,
    see,
)
from landbalance.registry.runs.models import Run
from landbalance.registry.runs.services import clear_leftovers, index_runs
from landbalance.registry.workspaces.models import Workspace

log = logging.getLogger(__name__)
POLL_SECONDS = 0.5
IDLE_SECONDS = 1.0
INDEX_SECONDS = 60.0
BEGUN = "begun"  # in the folder of a job whose assessment has been begun
CHILD = (sys.executable, "-m", "landbalance.engine.child")
PROBE = (sys.executable, "-m", "landbalance.io.probe")


def worker_name() -> str:
    """Return a name no other worker has."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"[:120]


def work(stop: threading.Event, *, name: str = "", once: bool = False) -> int:
    """Do what waits until told to stop, or until nothing waits; return how many pieces of work were done.

    A database that cannot be reached for a while is waited for.
    """
    name, done = name or worker_name(), 0
    seen = indexed = -INDEX_SECONDS
    while not stop.is_set():
        now = time.monotonic()
        try:
            if now - seen >= BEAT_SECONDS:
                see(name)
                for model in (Run, Upload):
                    free_of_the_dead(model, socket.gethostname())
                seen = now
            if now - indexed >= INDEX_SECONDS:
                _index()
                indexed = now
            upload = claim(Upload, name)
            if upload is not None:
                _read_upload(upload, stop)
            run = None if upload is not None else claim(Run, name)
            if run is not None:
                _do(run, stop)
            if run is not None or upload is not None:
                done += 1
                continue
        except OperationalError as error:
            log.warning("the database does not answer (%s)", error)
            close_old_connections()
            connection.close()
        if once:
            break
        stop.wait(IDLE_SECONDS)
    return done


def _index() -> None:
    """Make the runs known that the command line has made."""
    for workspace in Workspace.objects.filter(kind=Workspace.Kind.COUNTRY):
        with suppress(OSError, LandbalanceError):
            index_runs(workspace)


def _read_upload(upload: Upload, stop: threading.Event) -> None:
    """Let the quarantined child read an upload, with a heartbeat."""
    last = -BEAT_SECONDS

    def is_still_wanted() -> bool:
        nonlocal last
        if time.monotonic() - last < BEAT_SECONDS:
            return not stop.is_set()
        last = time.monotonic()
        see(upload.worker)
        return not stop.is_set() and beat(upload, {})

    if upload.tries > TRIES:
        upload.set_fault(LandbalanceError("{name} could not be read in {tries} tries", name=upload.name, tries=TRIES))
        upload.end(Status.FAILED)
        upload.save()
    else:
        take_in(upload, is_still_wanted)


def _do(run: Run, stop: threading.Event) -> None:
    """Do one piece of work, or find that it is not to be done."""
    if run.cancel_asked_at:
        _cancelled(run)
    elif run.tries > TRIES:
        _failed(run, _poison(run))
    else:
        log.info("run %s: %s, try %s", run.pk, run.stage, run.tries)
        code = _attend(run, stop)
        _settle(run, code, stopped=stop.is_set())


def _attend(run: Run, stop: threading.Event) -> int | None:
    """Start the child and stay with it; return its exit code, None where it was ended because nobody wants it."""
    job = run.job
    job.mkdir(parents=True, exist_ok=True)
    for name in (ANSWER, PROGRESS):
        (job / name).unlink(missing_ok=True)
    (job / TASK).write_bytes(orjson.dumps(_task(run)))
    if run.stage == Run.Stage.ASSESS:
        (job / BEGUN).touch()
    with (job / "log.txt").open("ab") as told:
        child = subprocess.Popen(  # noqa: S603 - our own interpreter and module, no shell
            [*CHILD, str(job / TASK)], cwd=run.home, stdin=subprocess.DEVNULL, stdout=told, stderr=told,
            close_fds=True, start_new_session=True, env=_environment(),
        )  # fmt: skip
    try:
        return _watch(run, child, stop)
    finally:
        end_group(child)


def _watch(run: Run, child: "subprocess.Popen[bytes]", stop: threading.Event) -> int | None:
    """Wait for the child, with a heartbeat; return None when it is not wanted any more."""
    last = 0.0
    told: dict[str, Any] = {}
    while (code := child.poll()) is None:
        if stop.is_set():
            return None
        now, progress = time.monotonic(), read_progress(run.job)
        is_due = now - last >= BEAT_SECONDS or progress.get("label") != told.get("label")
        if not (beat(run, progress) if is_due else is_wanted(run)):
            return None
        if is_due:
            last, told = now, progress
            see(run.worker)
        with suppress(subprocess.TimeoutExpired):
            child.wait(POLL_SECONDS)
    return code


def _settle(run: Run, code: int | None, *, stopped: bool) -> None:
    """Write down how it ended."""
    mine = run.worker
    run.refresh_from_db()
    if run.worker != mine:  # somebody else has it by now
        return
    if run.cancel_asked_at:
        _cancelled(run)
    elif stopped:
        give_back(run, counts=False)
    else:
        _take_answer(run, code)


def _take_answer(run: Run, code: int | None) -> None:
    """Take what the child has answered; without an answer it is tried again, but not for ever."""
    answer = read_answer(run.job)
    if answer.get("is_busy"):
        give_back(run, wait=BUSY, counts=False)
    elif "error" in answer:
        fault = answer["error"]
        error = LandbalanceError(fault["template"], hint=fault["hint"], **fault["fields"])
        if answer.get("is_worth_another_try") and run.tries < TRIES:
            give_back(run, wait=BUSY)
        else:
            _failed(run, error)
    elif "run_id" in answer:
        run.run_id, run.is_new, run.progress = answer["run_id"], answer["is_new"], {}
        run.end(Status.FINISHED)
        run.save()
        log.info("run %s: finished as %s", run.pk, run.run_id)
    elif "findings" in answer:
        _prepared(run, answer)
    elif run.tries < TRIES:
        log.warning("run %s: the child ended with %s", run.pk, code)
        give_back(run)
    else:
        _failed(run, _poison(run, code))


def _prepared(run: Run, answer: dict[str, Any]) -> None:
    """Keep what the check and the estimate say; go on where a person wanted that and nothing stands against it."""
    run.findings, run.estimate, run.progress = answer["findings"], answer["estimate"], {}
    run.worker, run.lease_until, run.tries = "", None, 0
    goes_on = run.starts_itself and run.worst_finding != "error" and run.estimate.get("fits", False)
    run.stage = Run.Stage.ASSESS if goes_on else run.stage
    run.status = Status.QUEUED if goes_on else Status.READY
    run.save()


def _cancelled(run: Run) -> None:
    """End a run nobody wants, and leave nothing of it."""
    clear_leftovers(run)
    run.progress = {}
    run.end(Status.CANCELLED)
    run.save()
    log.info("run %s: cancelled", run.pk)


def _failed(run: Run, error: LandbalanceError) -> None:
    """Give a run up."""
    run.set_fault(error)
    run.end(Status.FAILED)
    run.save()
    log.warning("run %s: failed, %s", run.pk, error)


def _poison(run: Run, code: int | None = None) -> LandbalanceError:
    """Return the error for a run whose child died each time; the file that kills its reader is named, if one does."""
    name = signal.Signals(-code).name if code is not None and code < 0 else str(code)
    culprit = find_culprit(run.home)
    if culprit:
        return LandbalanceError(
            "{path} breaks its reader: the run was tried {tries} times",
            path=culprit, tries=TRIES, hint="save it again in a GIS and register it anew",
        )  # fmt: skip
    return LandbalanceError(
        "the run ended by itself {tries} times ({name})",
        tries=TRIES, name=name, hint="look at its log; often the memory is too small",
    )  # fmt: skip


def find_culprit(home: Path) -> str:
    """Return the file of a workspace that kills a process which reads it; empty if there is none."""
    probe = subprocess.run(  # noqa: S603 - our own interpreter and module, no shell
        [*PROBE, str(home)],
        capture_output=True, stdin=subprocess.DEVNULL, timeout=600, check=False, env=_environment(),
    )  # fmt: skip
    if probe.returncode >= 0:
        return ""
    lines = probe.stdout.decode("utf-8", errors="replace").splitlines()
    return lines[-1] if lines else ""


def read_progress(job: Path) -> dict[str, Any]:
    """Return how far a child says it is."""
    return _read(job / PROGRESS)


def read_answer(job: Path) -> dict[str, Any]:
    """Return what a child has answered; empty where it died before."""
    return _read(job / ANSWER)


def end_group(child: "subprocess.Popen[bytes]") -> None:
    """End a child and whatever it has started."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def _task(run: Run) -> dict[str, Any]:
    """Return what the child is told."""
    workers = max(settings.INSTALLATION.table.workers, 1)
    return {
        "stage": run.stage,
        "folder": str(run.home),
        "profile": run.profile or None,
        "language": run.language,
        "is_anew": run.is_anew and not (run.job / BEGUN).exists(),  # a second try goes on from the first
        "threads": max(1, (os.cpu_count() or 1) // workers),
        "scheduler": settings.INSTALLATION.table.scheduler,
        "parent": os.getpid(),
    }


def _environment() -> dict[str, str]:
    """Return the variables of a child: ours, without what opens the database or signs sessions."""
    hidden = ("LANDBALANCE_TOKEN", "LANDBALANCE_DATABASE", "PGPASSWORD", "DJANGO_SETTINGS_MODULE")
    return {key: value for key, value in os.environ.items() if key not in hidden}


def _read(path: Path) -> dict[str, Any]:
    """Return a small JSON file; empty where it is not there or not whole."""
    try:
        found = orjson.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
