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
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
from django.db import OperationalError, close_old_connections, connection

from landbalance.core.errors import LandbalanceError
from landbalance.engine.child import ANSWER, PROGRESS, TASK
from landbalance.registry.child_work import LOG, ChildWork
from landbalance.registry.jobs.models import Job
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
from landbalance.registry.runs.services import index_runs
from landbalance.registry.workspaces.models import Workspace

log = logging.getLogger(__name__)
POLL_SECONDS = 0.5
IDLE_SECONDS = 1.0
INDEX_SECONDS = 60.0
TOKENS = ("LANDBALANCE_TOKEN",)
HIDDEN = (*TOKENS, "LANDBALANCE_DATABASE", "PGPASSWORD", "DJANGO_SETTINGS_MODULE")
CHILD = (sys.executable, "-m", "landbalance.engine.child")
DATABASE_CHILD = (sys.executable, "-m", "landbalance.registry.jobs.child")
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
                for model in (Run, Job, Upload):
                    free_of_the_dead(model, socket.gethostname())
                seen = now
            if now - indexed >= INDEX_SECONDS:
                _index()
                indexed = now
            upload = claim(Upload, name)
            if upload is not None:
                _read_upload(upload, stop)
            taken = None if upload is not None else claim(Run, name) or claim(Job, name)
            if taken is not None:
                _do(taken, stop)
            if taken is not None or upload is not None:
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


def _do(work: ChildWork, stop: threading.Event) -> None:
    """Do one piece of work, or find that it is not to be done."""
    if work.cancel_asked_at:
        _cancelled(work)
    elif work.tries > TRIES:
        _failed(work, _poison(work))
    else:
        log.info("%s: try %s", _named(work), work.tries)
        code = _attend(work, stop)
        _settle(work, code, stopped=stop.is_set())


def _attend(work: ChildWork, stop: threading.Event) -> int | None:
    """Start the child and stay with it; return its exit code, None where it was ended because nobody wants it."""
    job = work.job
    job.mkdir(parents=True, exist_ok=True)
    for name in (ANSWER, PROGRESS):
        (job / name).unlink(missing_ok=True)
    (job / TASK).write_bytes(orjson.dumps(work.task()))
    work.before_child()
    command, hidden = (DATABASE_CHILD, TOKENS) if work.has_database else (CHILD, HIDDEN)
    with (job / LOG).open("ab") as told:
        child = subprocess.Popen(  # noqa: S603 - our own interpreter and module, no shell
            [*command, str(job / TASK)], cwd=work.home, stdin=subprocess.DEVNULL, stdout=told, stderr=told,
            close_fds=True, start_new_session=True, env=_environment(hidden),
        )  # fmt: skip
    try:
        return _watch(work, child, stop)
    finally:
        end_group(child)


def _watch(work: ChildWork, child: "subprocess.Popen[bytes]", stop: threading.Event) -> int | None:
    """Wait for the child, with a heartbeat; return None when it is not wanted any more."""
    last = 0.0
    told: dict[str, Any] = {}
    while (code := child.poll()) is None:
        if stop.is_set():
            return None
        now, progress = time.monotonic(), read_progress(work.job)
        is_due = now - last >= BEAT_SECONDS or progress.get("label") != told.get("label")
        if not _is_ours(work, progress, is_due=is_due):
            return None
        if is_due:
            last, told = now, progress
            see(work.worker)
        with suppress(subprocess.TimeoutExpired):
            child.wait(POLL_SECONDS)
    return code


def _is_ours(work: ChildWork, progress: dict[str, Any], *, is_due: bool) -> bool:
    """Return whether to stay with a child; a database busy, often with the child's own writing, ends nothing."""
    try:
        return beat(work, progress) if is_due else is_wanted(work)
    except OperationalError as error:
        log.warning("%s: the database does not answer (%s)", _named(work), error)
        connection.close()
        return True


def _settle(work: ChildWork, code: int | None, *, stopped: bool) -> None:
    """Write down how it ended."""
    mine = work.worker
    work.refresh_from_db()
    if work.worker != mine:  # somebody else has it by now
        return
    if work.cancel_asked_at:
        _cancelled(work)
    elif stopped:
        give_back(work, counts=False)
    else:
        _take_answer(work, code)


def _take_answer(work: ChildWork, code: int | None) -> None:
    """Take what the child has answered; without an answer it is tried again, but not for ever."""
    answer = read_answer(work.job)
    if answer.get("is_busy"):
        give_back(work, wait=timedelta(seconds=answer.get("wait_s", BUSY.total_seconds())), counts=False)
    elif "error" in answer:
        fault = answer["error"]
        error = LandbalanceError(fault["template"], hint=fault["hint"], **fault["fields"])
        if answer.get("is_worth_another_try") and work.tries < TRIES:
            give_back(work, wait=BUSY)
        else:
            _failed(work, error)
    elif work.take_answer(answer):
        log.info("%s: %s", _named(work), work.status)
    elif work.tries < TRIES:
        log.warning("%s: the child ended with %s", _named(work), code)
        give_back(work)
    else:
        _failed(work, _poison(work, code))


def _cancelled(work: ChildWork) -> None:
    """End work nobody wants, and leave nothing of it."""
    work.leave_nothing()
    work.progress = {}
    work.end(Status.CANCELLED)
    work.save()
    log.info("%s: cancelled", _named(work))


def _failed(work: ChildWork, error: LandbalanceError) -> None:
    """Give work up."""
    work.set_fault(error)
    work.end(Status.FAILED)
    work.save()
    log.warning("%s: failed, %s", _named(work), error)


def _poison(work: ChildWork, code: int | None = None) -> LandbalanceError:
    """Return the error for work whose child died each time; the file that kills its reader is named, if one does."""
    name = signal.Signals(-code).name if code is not None and code < 0 else str(code)
    culprit = find_culprit(work.home)
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


def _environment(hidden: Sequence[str] = HIDDEN) -> dict[str, str]:
    """Return the variables of a child: ours, without what it must not know."""
    return {key: value for key, value in os.environ.items() if key not in hidden}


def _named(work: ChildWork) -> str:
    """Return a piece of work as the log names it."""
    return f"{work._meta.model_name} {work.pk}"


def _read(path: Path) -> dict[str, Any]:
    """Return a small JSON file; empty where it is not there or not whole."""
    try:
        found = orjson.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
