"""Write actions, their areas and their progress."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from landbalance.core.errors import InputError
from landbalance.io.shapes import Drawn
from landbalance.registry.access import require
from landbalance.registry.actions.models import Action, ActionArea, ActionProgress
from landbalance.registry.audit.services import record
from landbalance.registry.records import find
from landbalance.registry.space import digest_of
from landbalance.registry.targets.models import Target
from landbalance.registry.workspaces.models import Workspace

if TYPE_CHECKING:
    from landbalance.io.action_rows import ActionRow
    from landbalance.registry.accounts.models import User


@transaction.atomic
def add_action(actor: "User", workspace: Workspace, row: "ActionRow", *, pieces: Sequence[Drawn] = ()) -> Action:
    """Write a new action.

    Raises
    ------
    AccessError
        If the actor may not write actions here.
    InputError
        If the code is taken.
    NotFoundError
        If a target it names does not exist.
    """
    require(actor, "actions.edit", workspace)
    if Action._base_manager.filter(workspace=workspace, code=row.code).exists():
        raise InputError("there is already an action {code}", code=row.code, hint="choose another code")
    action = Action(workspace=workspace, **row.as_values())
    return _save(actor, action, row, pieces, None, "written")


@transaction.atomic
def edit_action(
    actor: "User",
    action: Action,
    row: "ActionRow",
    *,
    pieces: Sequence[Drawn] | None = None,
    expected: int | None = None,
    reason: str = "",
) -> Action:
    """Change an action; `pieces` None leaves its area as it is.

    Raises
    ------
    AccessError
        If the actor may not.
    ConflictError
        If somebody else has saved it meanwhile.
    """
    require(actor, "actions.edit", action.workspace)
    for name, value in row.as_values().items():
        if name != "code":
            setattr(action, name, value)
    return _save(actor, action, row, pieces, expected, reason or "changed")


@transaction.atomic
def report_progress(actor: "User", action: Action, *, day: date, done_ha: float, note: str = "") -> ActionProgress:
    """Keep the area done by a day, in all.

    Raises
    ------
    AccessError
        If the actor may not.
    InputError
        If the area is negative or the day lies ahead.
    """
    require(actor, "actions.edit", action.workspace)
    if not done_ha >= 0:
        raise InputError("an area of {area} ha cannot be done", area=done_ha, hint="give a number of at least 0")
    if day > timezone.localdate():
        raise InputError("{day} lies ahead", day=day, hint="report what has been done until today")
    found = ActionProgress.objects.create(action=action, day=day, done_ha=done_ha, note=note, by=actor)
    record(actor, "actions.progress", action.code, workspace=action.workspace, day=day, done_ha=done_ha)
    return found


def _save(
    actor: "User",
    action: Action,
    row: "ActionRow",
    pieces: Sequence[Drawn] | None,
    expected: int | None,
    reason: str,
) -> Action:
    """Save the action as its next version, with its targets, and its pieces where they changed."""
    linked = [find(Target, actor, workspace=action.workspace, code=code) for code in row.targets]
    digest = action.shape_digest if pieces is None else digest_of(each.geometry for each in pieces)
    is_new_shape, action.shape_digest = digest != action.shape_digest, digest
    is_new = action._state.adding
    action.save_revision(by=actor, reason=reason, expected=expected)
    if is_new_shape:
        for piece in action.areas.filter(until=None):
            piece.until = action.version - 1
            piece.save()
        rows = [
            ActionArea(action=action, since=action.version, **ActionArea.values_of(e.geometry)) for e in pieces or ()
        ]
        ActionArea.objects.bulk_create(rows)
    action.targets.set(linked)
    record(actor, "actions.added" if is_new else "actions.changed", action.code, workspace=action.workspace)
    return action
