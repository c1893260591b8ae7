"""Which workspaces a person sees, and who belongs to one."""

from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from landbalance.core.errors import NotFoundError
from landbalance.registry.access import is_administrator, memberships_of, require
from landbalance.registry.workspaces.models import Invitation, Membership, Workspace

if TYPE_CHECKING:
    from landbalance.registry.access import Actor


def workspaces_of(actor: "Actor") -> QuerySet[Workspace]:
    """Return the workspaces a person sees: their own, and those open to everybody."""
    if is_administrator(actor):
        return Workspace.objects.all()
    mine = [each.workspace_id for each in memberships_of(actor)]
    return Workspace.objects.filter(Q(pk__in=mine) | Q(is_public=True))


def find_workspace(actor: "Actor", slug: str) -> Workspace:
    """Return one workspace a person sees.

    Raises
    ------
    NotFoundError
        If there is none, or the person does not see it: both look the same.
    """
    found = workspaces_of(actor).filter(slug=slug).first()
    if found is None:
        raise NotFoundError("there is no workspace {slug}", slug=slug, hint="check its name, or sign in")
    return found


def members_of(actor: "Actor", workspace: Workspace) -> QuerySet[Membership]:
    """Return the members of a workspace.

    Raises
    ------
    AccessError
        If the actor may not see them.
    """
    require(actor, "people.view", workspace)
    return Membership.objects.filter(workspace=workspace).select_related("user").order_by("role", "user__username")


def open_invitations(actor: "Actor", workspace: Workspace) -> QuerySet[Invitation]:
    """Return the invitations of a workspace that nobody has accepted yet.

    Raises
    ------
    AccessError
        If the actor may not invite people.
    """
    require(actor, "people.invite", workspace)
    return Invitation.objects.filter(workspace=workspace, accepted_at=None, withdrawn_at=None)
