"""Edit, classify and mark what the ledger holds: each act checked and kept."""

import logging
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from landbalance.core.errors import InputError, NotFoundError, RuleError
from landbalance.registry.access import require
from landbalance.registry.audit.services import record
from landbalance.registry.bulk import MANY, count_anew
from landbalance.registry.finance.models import Decision, DuplicatePair, FlowActivity, FlowTransaction
from landbalance.registry.records import find
from landbalance.registry.workspaces.models import Workspace

if TYPE_CHECKING:
    from landbalance.registry.accounts.models import User

log = logging.getLogger(__name__)
WITHDRAWN = "withdrawn"  # the verdict of a decision that takes back the one before it


@transaction.atomic
def edit_activity(actor: "User", activity: FlowActivity, *, reason: str, **changes: Any) -> FlowActivity:
    """Change an activity by hand; its row history starts with what the import brought.

    Raises
    ------
    AccessError
        If the actor may not.
    InputError
        If no reason is given.
    RuleError
        If a field comes from the source alone.
    """
    require(actor, "finance.edit", activity.workspace)
    check_reason(reason)
    begin_history(activity)
    activity.edit(**changes)
    activity.take_class(_decided_share(activity))
    activity.save_revision(by=actor, reason=reason)
    record(actor, "finance.edited", activity.source_id, workspace=activity.workspace, fields=", ".join(sorted(changes)))
    return activity


@transaction.atomic
def decide_classification(
    actor: "User", activity: FlowActivity, *, share: float, reason: str, suggestion: Mapping[str, object] | None = None
) -> Decision:
    """Keep what share of an activity a reviewer counts for land; earlier decisions stay, and training sees both.

    Raises
    ------
    AccessError
        If the actor may not review.
    InputError
        If the share lies outside 0 to 1, or no reason is given.
    """
    require(actor, "finance.review", activity.workspace)
    check_reason(reason)
    activity.classified(share)  # checks the share
    begin_history(activity)
    decision = Decision.objects.create(
        workspace=activity.workspace, kind=Decision.Kind.CLASSIFICATION, source_id=activity.source_id, share=share,
        reason=reason, suggestion=dict(suggestion or {}), decided_by=actor,
    )  # fmt: skip
    activity.take_class(share)
    activity.save_revision(by=actor, reason=reason)
    record(actor, "finance.classified", activity.source_id, workspace=activity.workspace, share=share)
    return decision


@transaction.atomic
def withdraw_classification(actor: "User", activity: FlowActivity, *, reason: str) -> Decision:
    """Take back what a reviewer decided of an activity; marker, sectors or budget tag count again.

    Raises
    ------
    AccessError
        If the actor may not review.
    InputError
        If no reason is given.
    RuleError
        If nothing is decided.
    """
    require(actor, "finance.review", activity.workspace)
    check_reason(reason)
    if _decided_share(activity) is None:
        raise RuleError("nothing is decided of {id}", id=activity.source_id, hint="decide on it first")
    decision = Decision.objects.create(
        workspace=activity.workspace, kind=Decision.Kind.CLASSIFICATION, source_id=activity.source_id,
        verdict=WITHDRAWN, reason=reason, decided_by=actor,
    )  # fmt: skip
    activity.take_class(None)
    activity.save_revision(by=actor, reason=reason)
    record(actor, "finance.unclassified", activity.source_id, workspace=activity.workspace)
    return decision


@transaction.atomic
def mark_inside(actor: "User", workspace: Workspace, keys: Iterable[str], *, inside: bool = True) -> int:
    """Say which activities belong to the national system; return how many there were.

    Raises
    ------
    AccessError
        If the actor may not.
    """
    require(actor, "finance.edit", workspace)
    wanted = sorted(set(keys))
    known: set[str] = set()
    for place in range(0, len(wanted), 500):
        part = wanted[place : place + 500]
        rows = FlowActivity.objects.filter(workspace=workspace, source_id__in=part)
        known.update(rows.values_list("source_id", flat=True))
    if missing := sorted(set(wanted) - known):
        raise NotFoundError("there is no activity {key}", key=missing[0], hint="give identifiers of the source")
    for place in range(0, len(wanted), 500):
        part = wanted[place : place + 500]
        holes = ", ".join(["%s"] * len(part))
        statement = f"UPDATE {{activities}} SET is_inside = %s WHERE workspace_id = %s AND source_id IN ({holes})"  # noqa: S608
        run_many(statement, [(inside, workspace.pk, *part)])
    if len(wanted) >= MANY:
        count_anew(FlowActivity)
    record(actor, "finance.system", f"{len(wanted)} activities", workspace=workspace, inside=inside)
    return len(wanted)


def find_activity(actor: "User", workspace: Workspace, source_id: str) -> FlowActivity:
    """Return one activity a person may see.

    Raises
    ------
    AccessError, NotFoundError
        If the actor may not see finance, or there is no such activity.
    """
    require(actor, "finance.view", workspace)
    return find(FlowActivity, actor, workspace=workspace, source_id=source_id)


def begin_history(activity: FlowActivity) -> None:
    """Write what stands now as the first version, where there is none."""
    if not activity.history.exists():
        stands = FlowActivity.objects.get(pk=activity.pk)
        FlowActivity.history.bulk_history_create([stands], default_change_reason="as imported")


def apply_decisions(workspace: Workspace) -> None:
    """Give activities the share reviewers decided last, after an import has written them anew."""
    rows = Decision.objects.filter(workspace=workspace, kind=Decision.Kind.CLASSIFICATION).order_by("id")
    decided = dict(rows.values_list("source_id", "share"))  # later rows go before earlier ones
    run_many(
        "UPDATE {activities} SET coefficient = %s, method = 'reviewer', confidence = 1 WHERE workspace_id = %s AND"
        " source_id = %s",
        [(share, workspace.pk, key) for key, share in decided.items() if share is not None],
    )


def _decided_share(activity: FlowActivity) -> float | None:
    """Return the share a reviewer decided last, if any did."""
    last = Decision.objects.filter(
        workspace=activity.workspace, kind=Decision.Kind.CLASSIFICATION, source_id=activity.source_id
    ).first()
    return last.share if last is not None else None


def run_many(statement: str, rows: list[tuple[Any, ...]]) -> None:
    """Run a statement on our own tables for many rows; decisions, imports and searches keep the history of these."""
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(named(statement), rows)


def named(statement: str) -> str:
    """Return a statement with the names of our tables."""
    quote = connection.ops.quote_name
    tables = {"activities": FlowActivity, "moves": FlowTransaction, "pairs": DuplicatePair}
    return statement.format(**{name: quote(model._meta.db_table) for name, model in tables.items()})


def check_reason(reason: str) -> None:
    """Refuse a decision without a reason."""
    if not reason.strip():
        raise InputError("a decision needs a reason", hint="say why, with the page or document it rests on")
