"""The same activity in several sources: searched, decided by reviewers, and taken back."""

import logging
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from django.db import connection, transaction

from landbalance.core.errors import InputError, NotFoundError, RuleError
from landbalance.finance.duplicates import PAIR_COLUMNS, Clusters, cluster_duplicates, settle_pairs
from landbalance.registry.access import require
from landbalance.registry.audit.services import record
from landbalance.registry.finance.models import Decision, DuplicatePair, FlowActivity
from landbalance.registry.finance.services import WITHDRAWN, check_reason, named, run_many
from landbalance.registry.workspaces.models import Workspace

if TYPE_CHECKING:
    from landbalance.registry.accounts.models import User

log = logging.getLogger(__name__)
SAME, DIFFERENT = "same", "different"
BY_HAND = "none"  # the scored verdict of a pair that only a reviewer has found


@transaction.atomic
def search_duplicates(actor: "User", workspace: Workspace) -> Clusters:
    """Search activities that several sources tell of; decisions of reviewers go before scores.

    Raises
    ------
    AccessError
        If the actor may not review.
    """
    require(actor, "finance.review", workspace)
    found = cluster_duplicates(activity_frame(workspace))
    DuplicatePair.objects.filter(workspace=workspace).delete()
    _keep_pairs(workspace, found.pairs, scored=found.pairs["verdict"].tolist())
    settled = settle(workspace)
    record(actor, "finance.searched", f"{len(settled.pairs)} pairs", workspace=workspace)
    log.info("%s: %d pairs, %d activities in clusters", workspace.slug, len(settled.pairs), len(settled.members))
    return settled


@transaction.atomic
def decide_duplicate(
    actor: "User", workspace: Workspace, first: str, second: str, *, verdict: str, reason: str, counts: str = ""
) -> Decision:
    """Keep whether two activities are one; the clusters follow.

    Parameters
    ----------
    verdict : str
        "same" or "different".
    counts : str
        Of activities that are one, the one that counts; by the order of sources when empty.

    Raises
    ------
    AccessError
        If the actor may not review.
    InputError
        If the verdict is neither same nor different, no reason is given, or what counts is neither of the two.
    NotFoundError
        If an activity is not there.
    """
    require(actor, "finance.review", workspace)
    check_reason(reason)
    if verdict not in (SAME, DIFFERENT):
        raise InputError("the verdict {verdict} is none", verdict=verdict, hint="use same or different")
    if counts and (verdict != SAME or counts not in (first, second)):
        raise InputError("{id} cannot be the one that counts", id=counts, hint="choose one of the two, if they are one")
    for key in (first, second):
        if not FlowActivity.objects.filter(workspace=workspace, source_id=key, deleted_at=None).exists():
            raise NotFoundError("there is no activity {key}", key=key, hint="give identifiers of the source")
    decision = _decide(actor, workspace, first, second, verdict=verdict, reason=reason, counts=counts)
    record(actor, "finance.paired", f"{decision.source_id} {decision.other_id}", workspace=workspace, verdict=verdict)
    return decision


@transaction.atomic
def withdraw_duplicate(actor: "User", workspace: Workspace, first: str, second: str, *, reason: str) -> Decision:
    """Take back what was decided of a pair; the scores decide again.

    Raises
    ------
    AccessError
        If the actor may not review.
    InputError
        If no reason is given.
    RuleError
        If nothing is decided of it.
    """
    require(actor, "finance.review", workspace)
    check_reason(reason)
    low, high = sorted((first, second))
    if (low, high) not in decided_pairs(workspace):
        raise RuleError("nothing is decided of {first} and {second}", first=low, second=high, hint="decide on it first")
    decision = _decide(actor, workspace, low, high, verdict=WITHDRAWN, reason=reason)
    record(actor, "finance.unpaired", f"{low} {high}", workspace=workspace)
    return decision


def settle(workspace: Workspace) -> Clusters:
    """Form the clusters anew from the scores that are kept and from what reviewers decided."""
    rows = DuplicatePair.objects.filter(workspace=workspace).exclude(scored=BY_HAND)
    pairs = pd.DataFrame(rows.values_list(*PAIR_COLUMNS[:-1], "scored"), columns=list(PAIR_COLUMNS))
    decided = decided_pairs(workspace)
    keys = {*pairs["first"], *pairs["second"], *(key for pair in decided for key in pair)}
    found = settle_pairs(_sources(workspace, keys), pairs, decided, counts=_chosen(workspace))
    known = set(zip(pairs["first"], pairs["second"], strict=True))
    DuplicatePair.objects.filter(workspace=workspace, scored=BY_HAND).delete()
    is_new = [pair not in known for pair in zip(found.pairs["first"], found.pairs["second"], strict=True)]
    added = found.pairs[np.array(is_new, dtype=bool)]
    _keep_pairs(workspace, added, scored=[BY_HAND] * len(added))
    _write_verdicts(workspace, decided)
    _write_clusters(workspace, found)
    return found


def decided_pairs(workspace: Workspace) -> dict[tuple[str, str], str]:
    """Return the last verdict on each pair a reviewer has decided, save those taken back."""
    rows = Decision.objects.filter(workspace=workspace, kind=Decision.Kind.DUPLICATE).order_by("id")
    last = {(first, second): verdict for first, second, verdict in rows.values_list("source_id", "other_id", "verdict")}
    return {pair: verdict for pair, verdict in last.items() if verdict != WITHDRAWN}


def activity_frame(workspace: Workspace) -> pd.DataFrame:
    """Return the activities of a workspace as the search for duplicates takes them."""
    names = ("source_id", "source", "reporter", "title", "amount_usd", "start", "recipient", "family", "external_id")
    rows = FlowActivity.objects.filter(workspace=workspace, deleted_at=None).values_list(*names)
    table = pd.DataFrame(rows.iterator(chunk_size=20_000), columns=["id", *names[1:4], "amount", *names[5:]])
    table["amount"] = pd.to_numeric(table["amount"]).astype(float)
    table["start"] = pd.to_datetime(table["start"])
    table["start"] = table["start"].fillna(_first_days(workspace, table))
    return table.assign(year=table["start"].dt.year.astype(float))


def _decide(
    actor: "User", workspace: Workspace, first: str, second: str, *, verdict: str, reason: str, counts: str = ""
) -> Decision:
    """Keep a decision and let the clusters follow."""
    low, high = sorted((first, second))
    decision = Decision.objects.create(
        workspace=workspace, kind=Decision.Kind.DUPLICATE, source_id=low, other_id=high, verdict=verdict,
        reason=reason, suggestion={"counts": counts} if counts else {}, decided_by=actor,
    )  # fmt: skip
    settle(workspace)
    return decision


def _chosen(workspace: Workspace) -> list[str]:
    """Return the activities that reviewers want to count."""
    rows = Decision.objects.filter(workspace=workspace, kind=Decision.Kind.DUPLICATE).order_by("id")
    last = {
        (first, second): said.get("counts", "")
        for first, second, said in rows.values_list("source_id", "other_id", "suggestion")
    }
    return [key for key in last.values() if key]


def _sources(workspace: Workspace, keys: set[str]) -> pd.DataFrame:
    """Return the source of some activities."""
    found: list[tuple[str, str]] = []
    ordered = sorted(keys)
    for place in range(0, len(ordered), 500):
        rows = FlowActivity.objects.filter(workspace=workspace, source_id__in=ordered[place : place + 500])
        found += rows.values_list("source_id", "source")
    return pd.DataFrame(found, columns=["id", "source"])


def _keep_pairs(workspace: Workspace, pairs: pd.DataFrame, *, scored: list[str]) -> None:
    """Write pairs with their evidence."""
    rows = zip(pairs[list(PAIR_COLUMNS)].itertuples(index=False, name=None), scored, strict=True)
    DuplicatePair.objects.bulk_create(
        [
            DuplicatePair(workspace=workspace, scored=verdict, **dict(zip(PAIR_COLUMNS, row, strict=True)))
            for row, verdict in rows
        ],
        batch_size=1000,
    )


def _write_verdicts(workspace: Workspace, decided: dict[tuple[str, str], str]) -> None:
    """Write the verdict that stands of every pair: a reviewer's, else that of the scores."""
    table = DuplicatePair.objects.filter(workspace=workspace).exclude(scored=BY_HAND)
    rows = table.values_list("id", "first", "second", "scored", "verdict")
    settled = [(decided.get((first, second), scored), verdict, pk) for pk, first, second, scored, verdict in rows]
    changed = [(verdict, pk) for verdict, stands, pk in settled if verdict != stands]
    run_many("UPDATE {pairs} SET verdict = %s WHERE id = %s", changed)


def _first_days(workspace: Workspace, table: pd.DataFrame) -> "pd.Series[pd.Timestamp]":
    """Return the day of the first transaction of each activity, for those that state no start."""
    if table["start"].notna().all():
        return table["start"]
    with connection.cursor() as cursor:
        cursor.execute(
            named(
                "SELECT a.source_id, MIN(t.day) FROM {moves} t JOIN {activities} a ON a.id = t.activity_id"
                " WHERE a.workspace_id = %s GROUP BY a.source_id"
            ),
            [workspace.pk],
        )
        first = dict(cursor.fetchall())
    return pd.Series(pd.to_datetime(table["id"].map(first)))


def _write_clusters(workspace: Workspace, found: Clusters) -> None:
    """Write cluster and primary record of every activity."""
    run_many(
        "UPDATE {activities} SET cluster = NULL, is_primary = %s WHERE workspace_id = %s AND cluster IS NOT NULL",
        [(True, workspace.pk)],
    )
    rows = [
        (int(cluster), bool(primary), workspace.pk, key)
        for key, cluster, primary in found.members.itertuples(index=False, name=None)
    ]
    run_many("UPDATE {activities} SET cluster = %s, is_primary = %s WHERE workspace_id = %s AND source_id = %s", rows)
