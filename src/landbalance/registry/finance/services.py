"""Classify, decide, search duplicates, mark the national system, link money to targets: each act checked and kept."""

import logging
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pandas as pd
from django.db import connection, transaction

from landbalance.core.errors import InputError, NotFoundError
from landbalance.finance.duplicates import PAIR_COLUMNS, Clusters, cluster_duplicates
from landbalance.registry.access import require
from landbalance.registry.audit.services import record
from landbalance.registry.finance.models import Decision, DuplicatePair, FlowActivity, LdnLink
from landbalance.registry.records import find
from landbalance.registry.targets.queries import find_target
from landbalance.registry.workspaces.models import Workspace

if TYPE_CHECKING:
    from landbalance.registry.accounts.models import User

log = logging.getLogger(__name__)
VERDICTS = ("same", "different")


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
    _check_reason(reason)
    begin_history(activity)
    activity.edit(**changes)
    found = activity.classified(_decided_share(activity))
    activity.coefficient, activity.method = found.value, found.method
    activity.confidence, activity.conflicts = found.confidence, ",".join(found.conflicts)
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
    _check_reason(reason)
    found = activity.classified(share)  # checks the share
    begin_history(activity)
    decision = Decision.objects.create(
        workspace=activity.workspace, kind=Decision.Kind.CLASSIFICATION, source_id=activity.source_id, share=share,
        reason=reason, suggestion=dict(suggestion or {}), decided_by=actor,
    )  # fmt: skip
    activity.coefficient, activity.method, activity.confidence = found.value, found.method, found.confidence
    activity.save_revision(by=actor, reason=reason)
    record(actor, "finance.classified", activity.source_id, workspace=activity.workspace, share=share)
    return decision


@transaction.atomic
def decide_duplicate(
    actor: "User", workspace: Workspace, first: str, second: str, *, verdict: str, reason: str
) -> Decision:
    """Keep whether two activities are one; the clusters follow.

    Raises
    ------
    AccessError
        If the actor may not review.
    InputError
        If the verdict is neither same nor different, or no reason is given.
    NotFoundError
        If an activity is not there.
    """
    require(actor, "finance.review", workspace)
    _check_reason(reason)
    if verdict not in VERDICTS:
        raise InputError("the verdict {verdict} is none", verdict=verdict, hint="use same or different")
    for key in (first, second):
        if not FlowActivity.objects.filter(workspace=workspace, source_id=key).exists():
            raise NotFoundError("there is no activity {key}", key=key, hint="give identifiers of the source")
    low, high = sorted((first, second))
    decision = Decision.objects.create(
        workspace=workspace, kind=Decision.Kind.DUPLICATE, source_id=low, other_id=high, verdict=verdict,
        reason=reason, decided_by=actor,
    )  # fmt: skip
    record(actor, "finance.paired", f"{low} {high}", workspace=workspace, verdict=verdict)
    return decision


@transaction.atomic
def search_duplicates(actor: "User", workspace: Workspace) -> Clusters:
    """Search activities that several sources tell of; decisions of reviewers go before scores.

    Raises
    ------
    AccessError
        If the actor may not review.
    """
    require(actor, "finance.review", workspace)
    table = activity_frame(workspace)
    decided = decided_pairs(workspace)
    found = cluster_duplicates(table, decided=decided)
    DuplicatePair.objects.filter(workspace=workspace).delete()
    DuplicatePair.objects.bulk_create(
        [
            DuplicatePair(workspace=workspace, **dict(zip(PAIR_COLUMNS, row, strict=True)))
            for row in found.pairs[list(PAIR_COLUMNS)].itertuples(index=False, name=None)
        ],
        batch_size=1000,
    )
    _write_clusters(workspace, found)
    log.info("%s: %d pairs, %d activities in clusters", workspace.slug, len(found.pairs), len(found.members))
    return found


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
    _execute(
        "UPDATE {activities} SET is_inside = %s WHERE workspace_id = %s AND source_id = %s",
        [(inside, workspace.pk, key) for key in wanted],
    )
    record(actor, "finance.system", f"{len(wanted)} activities", workspace=workspace, inside=inside)
    return len(wanted)


@transaction.atomic
def link_target(
    actor: "User", activity: FlowActivity, *, target_code: str, response: str = "", hectares: Decimal | None = None,
    share: Decimal = Decimal(1), project_code: str = "",
) -> LdnLink:  # fmt: skip
    """Say which target an activity pays for; the shares of one activity sum to 1 at most.

    Raises
    ------
    AccessError
        If the actor may not.
    InputError
        If the response is none, or the shares sum to more than 1.
    NotFoundError
        If the country has no such target.
    """
    require(actor, "finance.edit", activity.workspace)
    find_target(actor, activity.workspace, target_code)
    if response and response not in LdnLink.Response.values:
        raise InputError("the response {name} is none", name=response, hint="use avoid, reduce or reverse")
    taken = sum((each.share for each in activity.links.filter(deleted_at=None)), Decimal(0))
    if share <= 0 or taken + share > 1:
        raise InputError(
            "{id} is linked to {taken:.0%} already",
            id=activity.source_id,
            taken=taken,
            hint="the shares sum to 1 at most",
        )
    link = LdnLink(
        workspace=activity.workspace, activity=activity, target_code=target_code, response=response,
        hectares=hectares, share=share, project_code=project_code,
    )  # fmt: skip
    link.save_revision(by=actor)
    record(actor, "finance.linked", f"{activity.source_id} {target_code}", workspace=activity.workspace)
    return link


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
    _execute(
        "UPDATE {activities} SET coefficient = %s, method = 'reviewer', confidence = 1 WHERE workspace_id = %s AND"
        " source_id = %s",
        [(share, workspace.pk, key) for key, share in decided.items()],
    )


def decided_pairs(workspace: Workspace) -> dict[tuple[str, str], str]:
    """Return the last verdict on each pair a reviewer has decided."""
    rows = Decision.objects.filter(workspace=workspace, kind=Decision.Kind.DUPLICATE).order_by("id")
    return {(first, second): verdict for first, second, verdict in rows.values_list("source_id", "other_id", "verdict")}


def activity_frame(workspace: Workspace) -> pd.DataFrame:
    """Return the activities of a workspace as the search for duplicates takes them."""
    names = ("source_id", "source", "reporter", "title", "amount_usd", "start", "recipient", "family", "external_id")
    rows = FlowActivity.objects.filter(workspace=workspace, deleted_at=None).values_list(*names)
    table = pd.DataFrame(rows.iterator(chunk_size=20_000), columns=["id", *names[1:4], "amount", *names[5:]])
    table["amount"] = pd.to_numeric(table["amount"]).astype(float)
    table["start"] = pd.to_datetime(table["start"])
    table["start"] = table["start"].fillna(_first_days(workspace, table))
    return table.assign(year=table["start"].dt.year.astype(float))


def _first_days(workspace: Workspace, table: pd.DataFrame) -> "pd.Series[pd.Timestamp]":
    """Return the day of the first transaction of each activity, for those that state no start."""
    if table["start"].notna().all():
        return table["start"]
    with connection.cursor() as cursor:
        cursor.execute(
            _named(
                "SELECT a.source_id, MIN(t.day) FROM {moves} t JOIN {activities} a ON a.id = t.activity_id"
                " WHERE a.workspace_id = %s GROUP BY a.source_id"
            ),
            [workspace.pk],
        )
        first = dict(cursor.fetchall())
    return pd.Series(pd.to_datetime(table["id"].map(first)))


def _write_clusters(workspace: Workspace, found: Clusters) -> None:
    """Write cluster and primary record of every activity."""
    _execute(
        "UPDATE {activities} SET cluster = NULL, is_primary = %s WHERE workspace_id = %s AND cluster IS NOT NULL",
        [(True, workspace.pk)],
    )
    rows = [
        (int(cluster), bool(primary), workspace.pk, key)
        for key, cluster, primary in found.members.itertuples(index=False, name=None)
    ]
    _execute("UPDATE {activities} SET cluster = %s, is_primary = %s WHERE workspace_id = %s AND source_id = %s", rows)


def _decided_share(activity: FlowActivity) -> float | None:
    """Return the share a reviewer decided last, if any did."""
    last = Decision.objects.filter(
        workspace=activity.workspace, kind=Decision.Kind.CLASSIFICATION, source_id=activity.source_id
    ).first()
    return last.share if last is not None else None


def _execute(statement: str, rows: list[tuple[Any, ...]]) -> None:
    """Run a statement on our own tables for many rows; decisions, imports and searches keep the history of these."""
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(_named(statement), rows)


def _named(statement: str) -> str:
    """Return a statement with the names of our tables."""
    from landbalance.registry.finance.models import FlowTransaction

    quote = connection.ops.quote_name
    return statement.format(activities=quote(FlowActivity._meta.db_table), moves=quote(FlowTransaction._meta.db_table))


def _check_reason(reason: str) -> None:
    """Refuse a decision without a reason."""
    if not reason.strip():
        raise InputError("a decision needs a reason", hint="say why, with the page or document it rests on")
