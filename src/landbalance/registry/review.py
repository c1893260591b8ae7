"""What every record goes through, whatever its room: review, deletion and return, comparison and return of versions."""

import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from django.apps import apps
from django.db import models, transaction
from django.utils import timezone

from landbalance.core.errors import NotFoundError, RuleError
from landbalance.registry.access import may, require
from landbalance.registry.audit.services import record as record_act
from landbalance.registry.consents.queries import check_free, check_return
from landbalance.registry.records import AGREED, MOVES, State, WorkspaceRecord, find
from landbalance.registry.workspaces.models import Workspace

if TYPE_CHECKING:
    from landbalance.registry.access import Actor
    from landbalance.registry.accounts.models import User

MOVE_ACTS: Mapping[tuple[str, str], str] = {
    (State.DRAFT, State.REVIEW): "records.submit_for_review",
    (State.REVIEW, State.DRAFT): "records.approve",
    (State.REVIEW, State.APPROVED): "records.approve",
    (State.APPROVED, State.DRAFT): "records.approve",
    (State.APPROVED, State.SUBMITTED): "records.submit",
}
NOT_RETURNED = frozenset(
    {"id", "version", "state", "created_at", "created_by", "updated_at", "updated_by", "deleted_at", "workspace"}
    | {"withdrawn_at"}  # what was taken back is not given again by a version
)
Kept = TypeVar("Kept", bound=WorkspaceRecord)


def kinds() -> dict[str, type[WorkspaceRecord]]:
    """Return every kind of record that has pages, by its name in addresses."""
    models_ = (model for model in apps.get_models() if issubclass(model, WorkspaceRecord))
    return {str(model._meta.model_name): model for model in models_ if _has_page(model)}


def _has_page(model: type[WorkspaceRecord]) -> bool:
    """Return whether a kind of record has a page of its own."""
    return model.get_absolute_url is not WorkspaceRecord.get_absolute_url


def find_record(actor: "Actor", workspace: Workspace, kind: str, pk: str) -> WorkspaceRecord:
    """Return a record of any kind that a person may see.

    Raises
    ------
    NotFoundError
        If there is none, for this person.
    """
    model = kinds().get(kind)
    if model is None:
        raise NotFoundError("there is no kind of record {kind}", kind=kind, hint="check the address")
    if not may(actor, model.view_act, workspace):
        raise NotFoundError("there is no {kind} {said}", kind=str(model._meta.verbose_name), said=pk)
    return find(model, actor, workspace=workspace, pk=pk)


def possible_moves(actor: "Actor", record: WorkspaceRecord) -> tuple[str, ...]:
    """Return the review states a person can bring a record to."""
    return tuple(to for to in MOVES[record.state] if may(actor, MOVE_ACTS[record.state, to], record.workspace))


@transaction.atomic
def move_record(actor: "User", record: Kept, to: str, *, reason: str = "", expected: int | None = None) -> Kept:
    """Change the review state of a record.

    Raises
    ------
    AccessError
        If the actor may not.
    RuleError
        If it cannot go there, goes back without a reason, or touches land of a people that has not consented.
    ConflictError
        If somebody else has saved it meanwhile.
    """
    old = record.state
    if (old, to) in MOVE_ACTS:
        require(actor, MOVE_ACTS[old, to], record.workspace)
    if to == State.DRAFT and not reason.strip():
        raise RuleError("a record goes back with a reason", hint="say what is to be changed")
    if to in AGREED:
        check_free(record)
    record.move(to)
    record.save_revision(by=actor, reason=reason or f"{old} > {to}", expected=expected)
    record_act(actor, f"records.{to}", record, workspace=record.workspace, old=old, version=record.version)
    return record


@transaction.atomic
def delete_record(actor: "User", record: WorkspaceRecord, *, reason: str, expected: int | None = None) -> None:
    """Put a record away; it can be brought back.

    Raises
    ------
    AccessError
        If the actor may not.
    RuleError
        If no reason is given, or the record has been submitted.
    """
    require(actor, "records.delete", record.workspace)
    if not reason.strip():
        raise RuleError("a record is put away with a reason", hint="say why")
    if record.state == State.SUBMITTED:
        raise RuleError("{record} has been submitted and stays", record=str(record), hint="revise it instead")
    record.deleted_at = timezone.now()
    record.save_revision(by=actor, reason=reason, expected=expected)
    record_act(actor, "records.deleted", record, workspace=record.workspace, reason=reason)


def deleted_records(actor: "User", workspace: Workspace) -> list[WorkspaceRecord]:
    """Return what was put away, latest first.

    Raises
    ------
    AccessError
        If the actor may not bring records back.
    """
    require(actor, "records.delete", workspace)
    found: list[WorkspaceRecord] = []
    for model in kinds().values():
        found += model._base_manager.filter(workspace=workspace, deleted_at__isnull=False)
    return sorted(found, key=lambda each: each.deleted_at or timezone.now(), reverse=True)


@transaction.atomic
def restore_record(actor: "User", workspace: Workspace, kind: str, pk: str) -> WorkspaceRecord:
    """Bring a record back that was put away.

    Raises
    ------
    AccessError
        If the actor may not.
    NotFoundError
        If it was not put away.
    RuleError
        If it has lost its consent meanwhile.
    """
    found = next((e for e in deleted_records(actor, workspace) if (e._meta.model_name, str(e.pk)) == (kind, pk)), None)
    if found is None:
        raise NotFoundError("{kind} {pk} was not put away", kind=kind, pk=pk, hint="look at the list of records")
    found.deleted_at = None
    check_return(found)
    found.save_revision(by=actor, reason="brought back")
    record_act(actor, "records.restored", found, workspace=workspace)
    return found


def version_of(record: WorkspaceRecord, version: int) -> Any:
    """Return how a record stood in a version.

    Raises
    ------
    NotFoundError
        If it has no such version.
    """
    row = record.history.filter(version=version).order_by("-history_id").first()
    if row is None:
        raise NotFoundError("{record} has no version {version}", record=str(record), version=version)
    return row


def values_of(version: Any, model: type[WorkspaceRecord]) -> dict[str, Any]:
    """Return the values of a version that can be brought back, by field."""
    fields = (field for field in model._meta.concrete_fields if field.name not in NOT_RETURNED)
    return {field.attname: getattr(version, field.attname) for field in fields}


def differences(record: WorkspaceRecord, first: int, second: int) -> list[tuple["models.Field[Any, Any]", Any, Any]]:
    """Return what differs between two versions: field, value in the first, value in the second."""
    one, two = version_of(record, first), version_of(record, second)
    fields = [field for field in record._meta.concrete_fields if field.name not in NOT_RETURNED - {"state"}]
    pairs = [(field, getattr(one, field.attname), getattr(two, field.attname)) for field in fields]
    return [(field, old, new) for field, old, new in pairs if old != new]


@functools.singledispatch
def revert_record(
    record: WorkspaceRecord, actor: "User", version: int, *, reason: str, expected: int | None = None
) -> WorkspaceRecord:
    """Bring a record back to how it stood in a version, as its next version; kinds with rules of their own register.

    Raises
    ------
    AccessError
        If the actor may not.
    NotFoundError
        If it has no such version.
    RuleError
        If the record has been agreed to.
    ConflictError
        If somebody else has saved it meanwhile.
    """
    require(actor, record.edit_act, record.workspace)
    if record.state in AGREED:
        raise RuleError("{record} is {state}", record=str(record), state=record.state, hint="send it back first")
    for name, value in values_of(version_of(record, version), type(record)).items():
        setattr(record, name, value)
    check_return(record)
    record.save_revision(by=actor, reason=f"as in version {version}: {reason}", expected=expected)
    return record
