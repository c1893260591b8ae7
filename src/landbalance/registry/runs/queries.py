"""Which runs a person sees."""

from typing import TYPE_CHECKING
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from landbalance.core.errors import NotFoundError
from landbalance.registry.access import is_administrator, roles_of
from landbalance.registry.leases import Status
from landbalance.registry.runs.models import Run
from landbalance.registry.workspaces.models import Role, Workspace

if TYPE_CHECKING:
    from landbalance.registry.access import Actor


def runs_of(actor: "Actor", workspace: Workspace) -> QuerySet[Run]:
    """Return the runs a person sees, latest first: members all of them, everybody else those that are shown."""
    rows = Run.objects.filter(workspace=workspace).select_related("workspace", "created_by")
    is_member = is_administrator(actor) or bool(roles_of(actor, workspace) - {Role.PUBLIC})
    return rows if is_member else rows.filter(is_shown=True, status=Status.FINISHED)


def find_run(actor: "Actor", workspace: Workspace, pk: UUID | str) -> Run:
    """Return one run a person sees.

    Raises
    ------
    NotFoundError
        If there is none, or the person may not see it.
    """
    try:
        return runs_of(actor, workspace).get(pk=pk)
    except (Run.DoesNotExist, ValidationError, ValueError) as error:
        raise NotFoundError("there is no run {run}", run=pk, hint="choose one of the list") from error


def finished_of(actor: "Actor", workspace: Workspace) -> list[Run]:
    """Return the runs with a result a person sees, latest first, each result once."""
    found: dict[str, Run] = {}
    for run in runs_of(actor, workspace).filter(status=Status.FINISHED):
        if run.run_id not in found and run.has_result:
            found[run.run_id] = run
    return list(found.values())


def latest_of(actor: "Actor", workspace: Workspace) -> Run | None:
    """Return the latest run with a result a person sees."""
    return next(iter(finished_of(actor, workspace)), None)
