"""What workers do for finance: read a file of flows apart, take it over, search doubles, count a large ledger."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from landbalance.core.errors import RuleError
from landbalance.core.progress import Progress
from landbalance.registry.accounts.models import User
from landbalance.registry.finance import doubles, staging
from landbalance.registry.finance.picture import take_picture
from landbalance.registry.finance.report import question_of, write_chapter
from landbalance.registry.jobs.models import Job
from landbalance.registry.workspaces.models import Workspace


def check(task: Mapping[str, Any], told: Progress) -> dict[str, Any]:
    """Read a file apart and say what taking it over would do. Options: "staged"."""
    actor, workspace = _asker(task)
    staged = staging.find_staged(actor, workspace, task["options"]["staged"])
    return staging.check_staged(actor, staged, Path(task["out"]), told)


def take(task: Mapping[str, Any], told: Progress) -> dict[str, Any]:
    """Take a file over. Options: "staged", and "stamp" of the ledger when it was looked at."""
    actor, workspace = _asker(task)
    staged = staging.find_staged(actor, workspace, task["options"]["staged"])
    batch = staging.take_over(actor, staged, task["options"]["stamp"], told)
    counts = {name: getattr(batch, name) for name in ("added", "changed", "unchanged", "rows_read", "rows_skipped")}
    return {"batch": batch.pk, "name": batch.file_name, **counts}


def search(task: Mapping[str, Any], told: Progress) -> dict[str, Any]:
    """Search activities that several sources tell of."""
    actor, workspace = _asker(task)
    told.start(0, "comparing activities")
    found = doubles.search_duplicates(actor, workspace)
    verdicts = found.pairs["verdict"].value_counts()
    return {
        "pairs": len(found.pairs),
        "same": int(verdicts.get("same", 0)),
        "review": int(verdicts.get("review", 0)),
        "clusters": int(found.members["cluster"].nunique()),
    }


def count(task: Mapping[str, Any], told: Progress) -> dict[str, Any]:
    """Count a large ledger. Options: those of `Question`, and the stamp of the ledger."""
    actor, workspace = _asker(task)
    told.start(0, "counting")
    question = question_of(task["options"]["question"])
    return {"picture": take_picture(actor, workspace, question).as_plain()}


def chapter(task: Mapping[str, Any], told: Progress) -> dict[str, Any]:
    """Write the chapter on finance. Options: "question", "language", and the stamp of the ledger."""
    actor, workspace = _asker(task)
    told.start(0, "counting")
    options, out = task["options"], Path(task["out"])
    out.mkdir(parents=True, exist_ok=True)
    name = f"finance-{options['language']}.html"
    write_chapter(actor, workspace, out / name, question=question_of(options["question"]), language=options["language"])
    return {"products": [name]}


def _asker(task: Mapping[str, Any]) -> tuple[User, Workspace]:
    """Return who asked, and the workspace it is about: what they may do is asked anew."""
    job = Job.objects.select_related("created_by", "workspace").get(pk=Path(task["out"]).parent.name)
    if job.created_by is None:
        raise RuleError("who asked for this is not here any more", hint="ask for it again")
    return job.created_by, job.workspace
