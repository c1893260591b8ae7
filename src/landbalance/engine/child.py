"""One piece of work in a process of its own: told by a file what to do, and telling in files how it goes.

Run as `python -m landbalance.engine.child TASK`, by a worker. The task names the function that does it ("does"), which
gets the task and where to tell how far it is, and returns its answer. In the folder of the task `progress.json` is
written as it goes and `answer.json` at the end. The process ends by itself when the worker is gone, so that the next
one can take up the work.
"""

import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

import orjson

from landbalance.core.errors import InputError, LandbalanceError
from landbalance.core.words import plain_error, plain_words
from landbalance.engine.assess import assess, is_worth_another_try
from landbalance.engine.estimate import estimate
from landbalance.engine.part import BusyError
from landbalance.io.checks import check_workspace
from landbalance.io.files import write_bytes
from landbalance.io.ingest.child import limit_memory
from landbalance.io.layer_checks import Finding, finding_of
from landbalance.io.workspace import load_workspace

log = logging.getLogger(__name__)
OURS = "landbalance."
TASK, PROGRESS, ANSWER = "task.json", "progress.json", "answer.json"
TELL_SECONDS = 0.5
WATCH_SECONDS = 1.0
NICENESS = 5  # pages come before computations
ORPHANED = 4


class Told:
    """Progress that is written into a file, not more often than anybody looks."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / PROGRESS
        self._lock = threading.Lock()
        self._said: dict[str, Any] = {}
        self._last = 0.0

    def start(self, total: int, label: str) -> None:
        """Begin a step."""
        log.info("%s: %s", label, total)
        self._said = {"label": label, "done": 0, "total": total, "begun": time.time()}
        self._tell(at_once=True)

    def advance(self, count: int) -> None:
        """Go on."""
        with self._lock:
            self._said["done"] = self._said.get("done", 0) + count
        self._tell()

    def finish(self) -> None:
        """End a step."""
        self._tell(at_once=True)

    def _tell(self, *, at_once: bool = False) -> None:
        now = time.monotonic()
        if at_once or now - self._last >= TELL_SECONDS:
            self._last = now
            part = self._path.with_suffix(f".{threading.get_ident()}.part")
            part.write_bytes(orjson.dumps(self._said))
            part.replace(self._path)


def prepare(task: Mapping[str, Any], told: Told) -> dict[str, Any]:
    """Check the layers, then estimate what a run takes; what is wrong with the layers is a finding, not an error."""
    findings = [_told(finding) for finding in check_workspace(task["folder"], progress=told)]
    told.start(0, "estimating")
    try:
        found = estimate(load_workspace(task["folder"], profile=task["profile"]), threads=task["threads"])
    except LandbalanceError as error:
        if not any(finding["level"] == "error" for finding in findings):
            findings.append(_told(finding_of(error, "estimate")))
        return {"findings": findings, "estimate": {}}
    return {"findings": findings, "estimate": {**asdict(found), "disk_bytes": found.disk_bytes, "fits": found.fits}}


def compute(task: Mapping[str, Any], told: Told) -> dict[str, Any]:
    """Assess the workspace; a run that was interrupted is taken up."""
    workspace = load_workspace(task["folder"], profile=task["profile"])
    with _runner(task) as runner:
        run = assess(
            workspace,
            threads=task["threads"],
            runner=runner,
            progress=told,
            force=task["is_anew"],
            language=task["language"],
        )
    return {"run_id": run.id, "is_new": run.is_new}


def main(place: Path) -> int:
    """Do what the task says; return the exit code."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    os.nice(NICENESS)
    task = orjson.loads(place.read_bytes())
    threading.Thread(target=end_with, args=(task["parent"],), daemon=True).start()
    folder = place.parent
    if most := task.get("memory_bytes"):
        limit_memory(most)
    try:
        answer = function_of(task["does"])(task, Told(folder))
    except LandbalanceError as error:
        log.warning("%s", error)
        answer = {
            "error": plain_error(error),
            "is_busy": isinstance(error, BusyError),
            "is_worth_another_try": is_worth_another_try(error),
        }
    write_bytes(folder / ANSWER, orjson.dumps(answer, option=orjson.OPT_SERIALIZE_NUMPY))
    return 0


def function_of(name: str) -> Callable[[Mapping[str, Any], Told], dict[str, Any]]:
    """Return the function of the project that a task names, as `module:function`.

    Raises
    ------
    InputError
        If there is none.
    """
    if not name.startswith(OURS):
        raise InputError("{name} is no work of ours", name=name, hint="give a function below {ours}", ours=OURS)
    try:
        return resolve_name(name)  # type: ignore[no-any-return]
    except (ImportError, AttributeError, ValueError) as error:
        raise InputError("there is no function {name}", name=name, hint="see the table of kinds of work") from error


def end_with(parent: int) -> None:
    """End this process as soon as its parent is gone."""
    while os.getppid() == parent:
        time.sleep(WATCH_SECONDS)
    os._exit(ORPHANED)


def _runner(task: Mapping[str, Any]) -> Any:
    """Return who does the tiles: a Dask cluster where one is named, else threads of this process."""
    if not task.get("scheduler"):
        return nullcontext()
    from landbalance.engine.dask_engine import dask_runner

    return dask_runner(task["scheduler"])


def _told(finding: Finding) -> dict[str, Any]:
    """Return a finding as it can be written."""
    return {name: plain_words(value) for name, value in asdict(finding).items()}


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
