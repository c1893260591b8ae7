"""Who sees a record: chosen by who may change it, or by its custodian alone once it has one."""

from typing import TYPE_CHECKING, TypeVar

from django.db import transaction

from landbalance.core.errors import AccessError, InputError, RuleError
from landbalance.registry.access import may, require
from landbalance.registry.audit.services import record as record_act
from landbalance.registry.records import AGREED, CLOSED, Sensitivity, Visibility, WorkspaceRecord
from landbalance.registry.workspaces.custodians import speaks_for
from landbalance.registry.workspaces.models import Custodian, Workspace

if TYPE_CHECKING:
    from landbalance.registry.access import Actor
    from landbalance.registry.accounts.models import User

Shared = TypeVar("Shared", bound=WorkspaceRecord)


def may_share(actor: "Actor", record: WorkspaceRecord) -> bool:
    """Return whether a person chooses who sees a record."""
    if record.custodian_id is not None:
        return speaks_for(actor, record.custodian)
    acts = [record.edit_act, *(["records.approve"] if record.state in AGREED else [])]
    return all(may(actor, act, record.workspace) for act in acts)


def is_seen(actor: "Actor", record: WorkspaceRecord) -> bool:
    """Return whether a person sees a record."""
    return bool(type(record).objects.for_user(actor).filter(pk=record.pk).exists())


def custodians_for(workspace: Workspace) -> list[tuple[int, str]]:
    """Return the custodians that can keep a record of a workspace."""
    return [*Custodian.objects.filter(workspace=workspace).values_list("pk", "name")]


@transaction.atomic
def share_record(
    actor: "User",
    record: Shared,
    *,
    visibility: str,
    sensitivity: str,
    custodian: int | None = None,
    reason: str = "",
    expected: int | None = None,
) -> Shared:
    """Choose who sees a record, how sensitive it is and who keeps it.

    Parameters
    ----------
    custodian : int or None
        The key of a custodian of the workspace, who alone decides from then on.

    Raises
    ------
    AccessError
        If the actor may not, or the record is kept by a custodian that the actor does not speak for.
    InputError
        If a word is none, or the custodian is of another workspace.
    RuleError
        If nobody would be left who sees it.
    ConflictError
        If somebody else has saved it meanwhile.
    """
    require(actor, "records.comment", record.workspace)
    if not may_share(actor, record):
        raise AccessError("{actor} may not choose who sees this", actor=actor.username, hint="its custodian decides")
    if visibility not in Visibility.values or sensitivity not in Sensitivity.values:
        raise InputError("{word} is none", word=f"{visibility}, {sensitivity}", hint="choose one of the list")
    keeper = _custodian(record.workspace, custodian)
    is_closed = visibility == Visibility.CUSTODIAN or sensitivity in CLOSED
    if is_closed and (keeper is None or not keeper.is_spoken_for()):
        raise RuleError("nobody would see {record}", record=str(record), hint="choose a custodian that has a steward")
    record.visibility, record.sensitivity, record.custodian = visibility, sensitivity, keeper
    record.save_revision(by=actor, reason=reason or "shared", expected=expected)
    words = {"visibility": visibility, "sensitivity": sensitivity, "custodian": keeper.pk if keeper else 0}
    record_act(actor, "records.shared", record, workspace=record.workspace, **words)
    return record


def _custodian(workspace: Workspace, pk: int | None) -> Custodian | None:
    """Return a custodian of a workspace."""
    if pk is None:
        return None
    found = Custodian.objects.filter(workspace=workspace, pk=pk).first()
    if found is None:
        raise InputError("there is no custodian {pk}", pk=pk, hint="choose one of the list")
    return found
