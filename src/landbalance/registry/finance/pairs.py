"""Pairs of activities that may be one: those to review, with both sides, counted by verdict."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, QuerySet

from landbalance.registry.access import require
from landbalance.registry.finance.models import Decision, DuplicatePair, FlowActivity
from landbalance.registry.finance.services import WITHDRAWN
from landbalance.registry.workspaces.models import Workspace

if TYPE_CHECKING:
    from landbalance.registry.access import Actor


def pairs_to_review(actor: "Actor", workspace: Workspace, *, all_pairs: bool = False) -> QuerySet[DuplicatePair]:
    """Return pairs that may be one activity.

    Raises
    ------
    AccessError
        If the actor may not see finance.
    """
    require(actor, "finance.view", workspace)
    found = DuplicatePair.objects.filter(workspace=workspace)
    return found if all_pairs else found.filter(verdict="review")


@dataclass(frozen=True)
class Sides:
    """A pair with both of its activities; None where one is gone, or not shown to this person."""

    pair: DuplicatePair
    first: FlowActivity | None
    second: FlowActivity | None
    is_decided: bool


def pairs_with_sides(actor: "Actor", workspace: Workspace, verdict: str, most: int) -> list[Sides]:
    """Return pairs of one verdict with both activities, the most alike first.

    Raises
    ------
    AccessError
        If the actor may not see finance.
    """
    pairs = list(pairs_to_review(actor, workspace, all_pairs=True).filter(verdict=verdict)[:most])
    keys = {key for pair in pairs for key in (pair.first, pair.second)}
    seen = FlowActivity.objects.for_user(actor).filter(workspace=workspace, source_id__in=keys)
    by_key = {each.source_id: each for each in seen.select_related("workspace")}
    decided = _decided_keys(workspace, keys)
    return [
        Sides(pair, by_key.get(pair.first), by_key.get(pair.second), (pair.first, pair.second) in decided)
        for pair in pairs
    ]


def pair_counts(actor: "Actor", workspace: Workspace) -> dict[str, int]:
    """Return how many pairs there are of each verdict.

    Raises
    ------
    AccessError
        If the actor may not see finance.
    """
    found = pairs_to_review(actor, workspace, all_pairs=True).order_by().values_list("verdict")
    return dict(found.annotate(count=Count("id")))


def _decided_keys(workspace: Workspace, keys: set[str]) -> set[tuple[str, str]]:
    """Return the pairs a reviewer has decided, among some activities."""
    rows = Decision.objects.filter(workspace=workspace, kind=Decision.Kind.DUPLICATE, source_id__in=keys).order_by("id")
    last = {(first, second): verdict for first, second, verdict in rows.values_list("source_id", "other_id", "verdict")}
    return {pair for pair, verdict in last.items() if verdict != WITHDRAWN}
