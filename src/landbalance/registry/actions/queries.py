"""Read actions."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from landbalance.registry.actions.models import Action, ActionArea
from landbalance.registry.records import find, shows_place
from landbalance.registry.targets.models import Target
from landbalance.registry.workspaces.models import Workspace

if TYPE_CHECKING:
    from landbalance.registry.access import Actor


@dataclass(frozen=True)
class PeopleOfGroup:
    """How many people of a group a target promises to reach, and its actions say they reach.

    Parameters
    ----------
    group : str
        Code of the group (reporting D.2).
    promised, in_actions : int or None
        None where no number is given.
    is_least : bool
        Whether an action names the group without a number, so that there are more.
    """

    group: str
    promised: int | None
    in_actions: int | None
    is_least: bool = False


def people_by_group(target: Target, actions: Iterable[Action]) -> list[PeopleOfGroup]:
    """Return the people of a target and of its actions by group; one person can belong to several groups."""
    promised = dict(target.beneficiary_groups)
    said: dict[str, list[int | None]] = {group: [] for group in promised}
    for action in actions:
        for group, people in action.beneficiary_groups:
            said.setdefault(group, []).append(people)
    found = []
    for group, numbers in said.items():
        known = [number for number in numbers if number is not None]
        total = sum(known) if known else None
        found.append(PeopleOfGroup(group, promised.get(group), total, bool(known) and None in numbers))
    return found


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
