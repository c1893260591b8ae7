"""Ask for a job, end it, try it again."""

import hashlib
import logging
from collections.abc import Mapping
from shutil import rmtree
from typing import TYPE_CHECKING, Any

import orjson
from django.db import transaction

from landbalance._version import __version__
from landbalance.core.errors import RuleError
from landbalance.registry.access import require
from landbalance.registry.audit.services import record
from landbalance.registry.jobs.kinds import KINDS
from landbalance.registry.jobs.models import Job
from landbalance.registry.leases import Status, ask_to_cancel
from landbalance.registry.workspaces.models import Workspace

if TYPE_CHECKING:
    from landbalance.registry.accounts.models import User

log = logging.getLogger(__name__)
MOST_FINISHED = 50  # of one kind in a workspace; older ones go, unless a record keeps them


@transaction.atomic
def ask_for_job(
    actor: "User",
    workspace: Workspace,
    kind: str,
    options: Mapping[str, Any],
    *,
    title: str = "",
    is_anew: bool = False,
) -> Job:
    """Put a job into the queue; the same question again gives the job that stands, unless wanted anew.

    Parameters
    ----------
    actor : User
    workspace : Workspace
    kind : str
        A kind of `KINDS`.
    options : mapping
        What is asked, as JSON; with the name of the run it is about, so that a new run is a new question.
    title : str
        What people call it; the title of its kind if empty.
    is_anew : bool
        Whether to do again what was done.

    Raises
    ------
    AccessError
        If the actor may not ask for such work.
    RuleError
        If the workspace is no country.
    """
    require(actor, KINDS[kind].ask, workspace)
    if workspace.kind != Workspace.Kind.COUNTRY:
        raise RuleError("{workspace} is no country: it has no analyses of its own", workspace=workspace.title)
    digest = _digest(kind, options)
    if not is_anew and (standing := _standing(workspace, digest)):
        return standing
    _forget_old(workspace, kind)
    job = Job.objects.create(
        workspace=workspace,
        created_by=actor,
        kind=kind,
        options=dict(options),
        title=title[:200],
        digest=digest,
    )
    record(actor, "jobs.asked", job.pk, workspace=workspace, kind=kind)
    return job


@transaction.atomic
def try_again(actor: "User", job: Job) -> Job:
    """Let a job that failed or was cancelled begin again.

    Raises
    ------
    AccessError
        If the actor may not ask for such work.
    RuleError
        If it is on its way, or finished.
    """
    require(actor, job.rule.ask, job.workspace)
    row = Job.objects.select_for_update().get(pk=job.pk)
    if row.status not in (Status.FAILED, Status.CANCELLED):
        raise RuleError("this job is {status}", status=row.status, hint="ask for a new one")
    row.begin_anew()
    row.save()
    record(actor, "jobs.again", row.pk, workspace=row.workspace)
    return row


@transaction.atomic
def cancel_job(actor: "User", job: Job) -> None:
    """End a job; nothing of it is kept.

    Raises
    ------
    AccessError
        If the actor may not ask for such work.
    """
    require(actor, job.rule.ask, job.workspace)
    ask_to_cancel(job, actor)
    record(actor, "jobs.cancelled", job.pk, workspace=job.workspace)


def _standing(workspace: Workspace, digest: str) -> Job | None:
    """Return the job that was asked the same, if it is under way or its answer is still there."""
    rows = Job.objects.filter(workspace=workspace, digest=digest)
    found = rows.filter(status__in=(Status.QUEUED, Status.RUNNING, Status.FINISHED)).first()
    is_whole = found and (not found.is_finished or all((found.out / name).is_file() for name in found.products))
    return found if is_whole else None


def _digest(kind: str, options: Mapping[str, Any]) -> str:
    """Return what tells one question from another; a new version of the code is a new question."""
    asked = [kind, dict(options), __version__]
    return hashlib.sha256(orjson.dumps(asked, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _forget_old(workspace: Workspace, kind: str) -> None:
    """Remove the oldest finished jobs of a kind that no record keeps."""
    over = Job.objects.filter(workspace=workspace, kind=kind, is_kept=False, ended_at__isnull=False)
    for job in over.order_by("-created_at")[MOST_FINISHED:]:
        rmtree(job.job, ignore_errors=True)
        job.delete()
