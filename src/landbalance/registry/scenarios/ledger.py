"""The counterbalancing ledger of a country: write losses and gains down, permit a loss once a gain is planned."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from landbalance.accounting.ledger import EDGE_HA, LedgerRow, ledger_rows, open_before
from landbalance.core.errors import InputError, LandbalanceError, RuleError
from landbalance.io.land_type_files import DEFAULT, load_types
from landbalance.registry.access import require
from landbalance.registry.audit.services import record
from landbalance.registry.records import find
from landbalance.registry.scenarios.models import LedgerEntry, Side
from landbalance.registry.scenarios.services import check_open
from landbalance.registry.workspaces.models import Workspace
from landbalance.registry.workspaces.services import folder_of

if TYPE_CHECKING:
    from landbalance.registry.access import Actor
    from landbalance.registry.accounts.models import User

FIELDS = ("code", "side", "title", "land_type", "unit", "area_ha", "effectiveness", "year", "source", "evidence")


def entries_of(actor: "Actor", workspace: Workspace) -> "QuerySet[LedgerEntry]":
    """Return the entries of the ledger a person sees."""
    rows: QuerySet[LedgerEntry] = LedgerEntry.objects.for_user(actor).in_workspace(workspace)
    return rows.select_related("workspace", "updated_by")


def find_entry(actor: "Actor", workspace: Workspace, code: str) -> LedgerEntry:
    """Return one entry a person sees.

    Raises
    ------
    NotFoundError
        If there is none, or the person may not see it.
    """
    return find(LedgerEntry, actor, workspace=workspace, code=code)


def balance_of(actor: "Actor", workspace: Workspace) -> tuple[LedgerRow, ...]:
    """Return the ledger's balance by land type and year, of the entries a person sees."""
    every = list(entries_of(actor, workspace))
    losses = [each.as_loss() for each in every if each.side == Side.LOSS]
    gains = [each.as_gain() for each in every if each.side == Side.GAIN]
    return ledger_rows(losses, gains, irreplaceable=irreplaceable_types(workspace))


def land_types_of(workspace: Workspace) -> tuple[str, ...]:
    """Return the names of the land types of a workspace; none where they were not built."""
    return tuple(each.name for each in _types(workspace))


def irreplaceable_types(workspace: Workspace) -> tuple[str, ...]:
    """Return the names of the land types whose loss no gain pays for."""
    return tuple(each.name for each in _types(workspace) if not each.is_tradable)


@transaction.atomic
def save_entry(
    actor: "User", entry: LedgerEntry, values: Mapping[str, Any], *, reason: str = "", expected: int | None = None
) -> LedgerEntry:
    """Write an entry down, or change it; a loss that is permitted stays as it is.

    Raises
    ------
    AccessError
        If the actor may not.
    RuleError
        If it has been agreed to, or the loss is permitted.
    InputError
        If the code is taken, or a number cannot be.
    ConflictError
        If somebody else has saved it meanwhile.
    """
    require(actor, "balance.plan", entry.workspace)
    check_open(entry)
    if entry.permitted_on is not None:
        raise RuleError("{code} is permitted", code=entry.code, hint="write a further entry")
    for name, value in values.items():
        if name not in FIELDS:
            raise InputError("{name} is no field of the ledger", name=name, hint="see the list of fields")
        setattr(entry, name, value)
    _check_code(entry)
    entry.check_numbers()
    entry.save_revision(by=actor, reason=reason, expected=expected)
    record(actor, "ledger.saved", entry.code, workspace=entry.workspace)
    return entry


@transaction.atomic
def permit_loss(actor: "User", entry: LedgerEntry, day: date) -> LedgerEntry:
    """Permit a loss, once gains on the same kind of land are planned for it.

    Raises
    ------
    AccessError
        If the actor may not.
    RuleError
        If it is no loss, is permitted already, or would not be made good by the time it happens.
    """
    require(actor, "records.approve", entry.workspace)
    if entry.side != Side.LOSS or entry.permitted_on is not None:
        raise RuleError("{code} is no loss that waits to be permitted", code=entry.code)
    every = LedgerEntry.objects.in_workspace(entry.workspace).filter(deleted_at=None)
    before = [each.as_loss() for each in every.filter(side=Side.LOSS, permitted_on__isnull=False)]
    gains = [each.as_gain() for each in every.filter(side=Side.GAIN)]
    left = open_before(entry.as_loss(), before, gains, irreplaceable=irreplaceable_types(entry.workspace))
    if left > EDGE_HA:
        raise RuleError(
            "{area} ha of {land_type} would not be made good by {year}",
            area=round(left, 2),
            land_type=entry.land_type,
            year=entry.year,
            hint="plan a gain on the same land type first",
        )
    entry.permitted_on = day
    entry.save_revision(by=actor, reason="permitted")
    record(actor, "ledger.permitted", entry.code, workspace=entry.workspace)
    return entry


def _check_code(entry: LedgerEntry) -> None:
    """Refuse a code that another entry has."""
    others = LedgerEntry.objects.in_workspace(entry.workspace).filter(code=entry.code).exclude(pk=entry.pk)
    if others.exists():
        raise InputError("the ledger has an entry {code} already", code=entry.code, hint="choose another code")


def _types(workspace: Workspace) -> "tuple[Any, ...]":
    """Return the land types of a workspace."""
    try:
        return load_types(folder_of(workspace, settings.INSTALLATION), DEFAULT).types.types
    except LandbalanceError:
        return ()
