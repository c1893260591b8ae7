"""Which files a person sees."""

from typing import TYPE_CHECKING

from landbalance.registry.evidence.models import Evidence
from landbalance.registry.records import RecordQuerySet, WorkspaceRecord
from landbalance.registry.workspaces.models import Workspace

if TYPE_CHECKING:
    from landbalance.registry.access import Actor


def evidence_of(actor: "Actor", workspace: Workspace, subject: WorkspaceRecord | None = None) -> RecordQuerySet:
    """Return the files of a workspace, or of one of its records, that a person sees."""
    found = Evidence.objects.for_user(actor).in_workspace(workspace).select_related("workspace")
    return found if subject is None else found.filter(subject=subject.pk)
