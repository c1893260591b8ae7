"""Which jobs a person sees."""

from typing import TYPE_CHECKING
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from landbalance.core.errors import NotFoundError
from landbalance.registry.access import may
from landbalance.registry.jobs.kinds import KINDS
from landbalance.registry.jobs.models import Job
from landbalance.registry.leases import Status
from landbalance.registry.workspaces.models import Workspace

if TYPE_CHECKING:
    from landbalance.registry.access import Actor


def jobs_of(actor: "Actor", workspace: Workspace, *kinds: str) -> QuerySet[Job]:
    """Return the jobs of some kinds a person sees, latest first; of every kind if none is named."""
    seen = [kind for kind in kinds or KINDS if may(actor, KINDS[kind].view, workspace)]
    return Job.objects.filter(workspace=workspace, kind__in=seen).select_related("workspace", "created_by")


def find_job(actor: "Actor", workspace: Workspace, pk: UUID | str, *kinds: str) -> Job:
    """Return one job a person sees.

    Raises
    ------
    NotFoundError
        If there is none, or the person may not see it.
    """
    try:
        return jobs_of(actor, workspace, *kinds).get(pk=pk)
    except (Job.DoesNotExist, ValidationError, ValueError) as error:
        raise NotFoundError("there is no job {job}", job=pk, hint="choose one of the list") from error


def latest_job(actor: "Actor", workspace: Workspace, *kinds: str) -> Job | None:
    """Return the latest finished job of some kinds a person sees."""
    return jobs_of(actor, workspace, *kinds).filter(status=Status.FINISHED).first()
