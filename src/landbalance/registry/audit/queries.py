"""Which acts a person may look through."""

from typing import TYPE_CHECKING

from django.db.models import QuerySet

from landbalance.registry.access import require
from landbalance.registry.audit.models import AuditEvent
from landbalance.registry.workspaces.models import Workspace

if TYPE_CHECKING:
    from landbalance.registry.access import Actor


def acts_of(actor: "Actor", workspace: Workspace, *, act: str = "", who: str = "") -> QuerySet[AuditEvent]:
    """Return the acts in a workspace, latest first: all, or those of a kind, or of a person.

    Raises
    ------
    AccessError
        If the actor may not look.
    """
    require(actor, "audit.view", workspace)
    found = AuditEvent.objects.filter(workspace=workspace).order_by("-id")
    found = found.filter(act__startswith=act) if act else found
    return found.filter(actor_name=who) if who else found
