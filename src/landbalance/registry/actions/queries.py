"""Read actions."""

from typing import TYPE_CHECKING

from django.db.models import QuerySet

from landbalance.registry.actions.models import Action, ActionArea
from landbalance.registry.records import find, shows_place
from landbalance.registry.workspaces.models import Workspace

if TYPE_CHECKING:
    from landbalance.registry.access import Actor


def actions_of(actor: "Actor", workspace: Workspace) -> "QuerySet[Action]":
    """Return the actions of a workspace that a person sees."""
    seen = Action.objects.for_user(actor).in_workspace(workspace).select_related("workspace")
    return seen.prefetch_related("progress", "areas", "targets")


def find_action(actor: "Actor", workspace: Workspace, code: str) -> Action:
    """Return one action a person sees.

    Raises
    ------
    NotFoundError
        If there is none, for this person.
    """
    return find(Action, actor, workspace=workspace, code=code)


def pieces_for(actor: "Actor", action: Action) -> list[ActionArea]:
    """Return the pieces of an action that a person may see on a map; none where its place is kept."""
    return [each for each in action.areas.all() if each.until is None] if shows_place(actor, action) else []
