"""What the ledger says: flows counted once, the boundary, what waits for review, originals, money by target."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
from django.db import connection
from django.db.models import Count, F, FloatField, Q, QuerySet, Sum
from django.db.models.functions import Cast

from landbalance.core.errors import InputError, NotFoundError
from landbalance.finance.classify import Split, marker_share, sector_amounts
from landbalance.finance.counting import Counted, count_once
from landbalance.finance.ledger import donor_names, purpose_names
from landbalance.finance.prices import BASE, Rates
from landbalance.finance.suggest import Suggestion, suggest_from_text
from landbalance.finance.transfers import Boundary, close_boundary
from landbalance.registry.access import require
from landbalance.registry.finance.models import (
    Decision,
    FlowActivity,
    FlowTransaction,
    ImportBatch,
    KeptRows,
)
from landbalance.registry.finance.services import named
from landbalance.registry.records import Visibility
from landbalance.registry.workspaces.models import Workspace

if TYPE_CHECKING:
    from landbalance.registry.access import Actor

GROUPS = ("source", "year", "marker", "recipient", "family", "sector", "method", "finance_type", "activity")
MARKER_NAMES = {0: "not targeted", 1: "significant", 2: "principal", 3: "principal"}
UNSCREENED = "not screened"
BOUNDARY = """
SELECT SUM(CASE WHEN t.kind = 1 AND NOT (t.provider_activity <> '' AND t.provider_activity IN
        (SELECT source_id FROM {activities} WHERE workspace_id = %s AND is_inside)) THEN t.value_usd ELSE 0 END),
    SUM(CASE WHEN t.kind = 4 OR (t.kind = 3 AND NOT (t.receiver_activity <> '' AND t.receiver_activity IN
        (SELECT source_id FROM {activities} WHERE workspace_id = %s AND is_inside))) THEN t.value_usd ELSE 0 END),
    SUM(CASE WHEN t.kind = 6 THEN t.value_usd ELSE 0 END)
FROM {moves} t JOIN {activities} a ON a.id = t.activity_id
WHERE a.workspace_id = %s AND a.is_inside AND a.deleted_at IS NULL AND t.kind IN (1, 3, 4, 6)
    AND t.year BETWEEN %s AND %s
"""


@dataclass(frozen=True)
class Flows:
    """Flows by group: all money, land money scaled by coefficients, how much is screened; and what was left out."""

    table: pd.DataFrame
    counted: Counted
    coverage: float | None
    without_rate: int
    price_base: str

    def between(self) -> pd.DataFrame:
        """Return what counts from funder over source to use: purpose, function or receiver, whichever is known.

        Who pays is the provider of the transaction, else the funder of its activity; empty where neither is stated.
        """
        rows = self.counted.transactions
        kept = rows[rows["is_counted"]]
        use = kept["sector"].where(kept["sector"] != "", kept["receiver"])
        funder = kept["provider"].where(kept["provider"] != "", kept["family"])
        funder, use = funder.map(donor_names()).fillna(funder), use.map(purpose_names()).fillna(use)
        return pd.DataFrame({"funder": funder, "source": kept["source"], "use": use, "amount": kept["amount"]})


def flows(
    actor: "Actor",
    workspace: Workspace,
    *,
    by: Sequence[str] = ("source", "year"),
    perspective: str = "recipient",
    measure: str = "disbursement",
    years: tuple[int, int] | None = None,
    constant_usd: int | None = None,
    rates: Rates | None = None,
) -> Flows:
    """Return flows counted once, by source, year, marker ...

    Parameters
    ----------
    by : sequence of str
        Of `GROUPS`.
    constant_usd : int or None
        Base year of constant US dollars; current dollars when None.

    Raises
    ------
    AccessError
        If the actor may not see finance.
    InputError
        If a group, perspective or measure is unknown, or a deflator is missing.
    """
    require(actor, "finance.view", workspace)
    strange = [name for name in by if name not in GROUPS]
    if strange:
        raise InputError(
            "{name} is no group of flows", name=strange[0], hint="use one of {known}", known=", ".join(GROUPS)
        )
    moves, heads = ledger_frames(workspace, years)
    without_rate = int(moves["amount"].isna().sum())
    moves = moves[moves["amount"].notna()].reset_index(drop=True)
    if constant_usd is not None:
        moves = _deflated(moves, constant_usd, rates)
    duplicates = heads.loc[heads["cluster"].notna(), ["id", "is_primary"]]
    inside = heads.loc[heads["is_inside"], "id"]
    moves["family"] = moves["activity"].map(dict(zip(heads["id"], heads["family"], strict=True))).fillna("")
    counted = count_once(
        moves, heads, perspective=perspective, measure=measure, members=set(inside), duplicates=duplicates
    )
    kept = counted.transactions[counted.transactions["is_counted"]].copy()
    if "sector" in by:
        kept = _by_sector(kept, workspace)
    table, coverage = _grouped(kept, heads, list(by))
    base = "current USD" if constant_usd is None else f"constant USD of {constant_usd}"
    return Flows(table, counted, coverage, without_rate, base)


def ledger_frames(workspace: Workspace, years: tuple[int, int] | None = None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the transactions and activities of a workspace as the pure floor takes them, custodians' own left out."""
    base = Q(activity__workspace=workspace, activity__deleted_at=None) & ~Q(activity__visibility=Visibility.CUSTODIAN)
    if years is not None:
        base &= Q(year__range=years)
    names = {
        "id": "id", "activity": "activity__source_id", "source": "activity__source", "kind": "kind", "day": "day",
        "year": "year", "amount": "value_usd", "provider": "provider", "provider_activity": "provider_activity",
        "receiver": "receiver", "receiver_activity": "receiver_activity", "sector": "sector",
        "finance_type": "finance_type", "collaboration": "activity__collaboration",
        "is_external": "activity__is_external", "is_domestic": "activity__is_domestic",
    }  # fmt: skip
    rows = FlowTransaction.objects.filter(base).values_list(*names.values()).iterator(chunk_size=20_000)
    moves = pd.DataFrame(rows, columns=list(names))
    moves["amount"] = pd.to_numeric(moves["amount"]).astype(float)
    moves["id"] = moves["id"].astype(str)
    fields = {
        "id": "source_id", "parent": "parent", "source": "source", "title": "title", "recipient": "recipient",
        "family": "family", "marker": "desertification", "coefficient": "coefficient", "method": "method",
        "cluster": "cluster", "is_primary": "is_primary", "is_inside": "is_inside", "tags": "tags",
    }  # fmt: skip
    found = FlowActivity.objects.filter(workspace=workspace, deleted_at=None).exclude(visibility=Visibility.CUSTODIAN)
    heads = pd.DataFrame(found.values_list(*fields.values()).iterator(chunk_size=20_000), columns=list(fields))
    transfers = set(heads.loc[[bool(tags.get("is_transfer")) for tags in heads["tags"]], "id"]) if len(heads) else set()
    moves["is_transfer"] = moves["activity"].isin(transfers)
    return moves, heads.drop(columns="tags")


def boundary(actor: "Actor", workspace: Workspace, years: tuple[int, int] | None = None) -> Boundary:
    """Return what enters the national system and what it finally uses, summed by the database.

    Raises
    ------
    AccessError
        If the actor may not see finance.
    """
    require(actor, "finance.view", workspace)
    span = years or (0, 9999)
    with connection.cursor() as cursor:
        cursor.execute(named(BOUNDARY), [workspace.pk, workspace.pk, workspace.pk, *span])
        entry, use, repaid = (float(value or 0) for value in cursor.fetchone())
    return close_boundary(entry, use, repaid, {})


def review_queue(actor: "Actor", workspace: Workspace, most: int = 50) -> list[tuple[FlowActivity, Suggestion]]:
    """Return activities that need a reviewer, largest first: unscreened, contradictory or unknown; with a suggestion.

    Raises
    ------
    AccessError
        If the actor may not see finance.
    """
    require(actor, "finance.view", workspace)
    waiting = (
        FlowActivity.objects.for_user(actor)
        .filter(workspace=workspace)
        .select_related("workspace")
        .filter(~Q(conflicts="") | Q(coefficient=None))
        .exclude(method="reviewer")
        .order_by(F("amount_usd").desc(nulls_last=True), "source_id")[:most]
    )
    return [(each, suggestion_for(each)) for each in waiting]


def activities_of(
    actor: "Actor", workspace: Workspace, *, q: str = "", source: str = "", method: str = ""
) -> QuerySet[FlowActivity]:
    """Return the activities a person sees, most money first.

    Raises
    ------
    AccessError
        If the actor may not see finance.
    """
    require(actor, "finance.view", workspace)
    found = FlowActivity.objects.for_user(actor).filter(workspace=workspace).select_related("workspace")
    if q:
        found = found.filter(Q(title__icontains=q) | Q(source_id__icontains=q) | Q(reporter_name__icontains=q))
    for name, value in (("source", source), ("method", method)):
        found = found.filter(**{name: value}) if value else found
    return found.order_by(F("amount_usd").desc(nulls_last=True), "source_id")


def proposed_share(words: Suggestion) -> float:
    """Return the share a suggestion stands for; it counts nothing until a reviewer says so."""
    return marker_share(words.significance)


def decisions_on(activity: FlowActivity) -> list[Decision]:
    """Return what reviewers decided of an activity, latest first."""
    rows = Decision.objects.filter(
        workspace=activity.workspace, kind=Decision.Kind.CLASSIFICATION, source_id=activity.source_id
    )
    return list(rows.select_related("decided_by"))


def twins_of(actor: "Actor", activity: FlowActivity) -> list[FlowActivity]:
    """Return the other records of the same activity."""
    if activity.cluster is None:
        return []
    seen = FlowActivity.objects.for_user(actor).filter(workspace=activity.workspace, cluster=activity.cluster)
    return list(seen.exclude(pk=activity.pk).select_related("workspace"))


def original_of(activity: FlowActivity) -> str:
    """Return the row an activity came with, as the file had it; empty where none was kept."""
    if activity.batch is None:
        return ""
    try:
        return original_row(activity.batch, activity.row)
    except NotFoundError:
        return ""


def suggestion_for(activity: FlowActivity) -> Suggestion:
    """Return what the words of an activity suggest; it counts nothing by itself."""
    text = f"{activity.title}. {activity.description[:5000]}"
    return suggest_from_text(text)


def batches(actor: "Actor", workspace: Workspace) -> QuerySet[ImportBatch]:
    """Return the imports of a workspace, latest first.

    Raises
    ------
    AccessError
        If the actor may not see finance.
    """
    require(actor, "finance.view", workspace)
    return ImportBatch.objects.filter(workspace=workspace)


def original_row(batch: ImportBatch, number: int) -> str:
    """Return a row as the file had it.

    Raises
    ------
    NotFoundError
        If the import kept no such row.
    """
    kept = KeptRows.objects.filter(batch=batch, first__lte=number, last__gte=number).first()
    if kept is not None:
        head = f"{number}\t".encode()
        for line in zlib.decompress(bytes(kept.packed)).split(b"\n"):
            if line.startswith(head):
                return line[len(head) :].replace(b"\r", b"\n").decode(errors="replace")
    raise NotFoundError("import {batch} kept no row {row}", batch=batch.pk, row=number, hint="see its report")


def by_method(actor: "Actor", workspace: Workspace) -> list[tuple[str, int, float, float]]:
    """Return activities, money and land money by how they were classified.

    Raises
    ------
    AccessError
        If the actor may not see finance.
    """
    require(actor, "finance.view", workspace)
    rows = FlowActivity.objects.filter(workspace=workspace, deleted_at=None).exclude(visibility=Visibility.CUSTODIAN)
    found = (
        rows.values_list("method")
        .annotate(
            count=Count("id"), money=Sum("amount_usd"), land=Sum(Cast("amount_usd", FloatField()) * F("coefficient"))
        )
        .order_by("method")
    )
    return [(method, count, float(money or 0), float(land or 0)) for method, count, money, land in found]


def screening(workspace: Workspace) -> float | None:
    """Return the screened share of all money [1], None without money."""
    rows = FlowActivity.objects.filter(workspace=workspace, deleted_at=None)
    total = rows.aggregate(money=Sum("amount_usd"))["money"]
    if not total:
        return None
    return float(rows.exclude(desertification=None).aggregate(money=Sum("amount_usd"))["money"] or 0) / float(total)


def _deflated(moves: pd.DataFrame, base: int, rates: Rates | None) -> pd.DataFrame:
    """Return amounts in constant dollars, by the deflator of the dollar."""
    from landbalance.io.rates import packaged_rates

    table = rates or packaged_rates()
    factor = {
        int(year): float(table.index(BASE, base) / table.index(BASE, int(year))) for year in moves["year"].unique()
    }
    return moves.assign(amount=moves["amount"] * moves["year"].map(factor))


def _by_sector(kept: pd.DataFrame, workspace: Workspace) -> pd.DataFrame:
    """Return transactions that name no sector as parts, by the sectors of their activity; sums stay what they were."""
    bare = (kept["sector"] == "").to_numpy()
    rows = FlowActivity.objects.filter(workspace=workspace, deleted_at=None).exclude(sectors=[])
    splits = {key: [Split(*each) for each in said] for key, said in rows.values_list("source_id", "sectors").iterator()}
    parts = [
        (place, code, money)
        for place, activity, amount in kept.loc[bare, ["activity", "amount"]].itertuples(name=None)
        for code, money in sector_amounts(amount, splits.get(activity, ()))
    ]
    found = pd.DataFrame(parts, columns=["place", "sector", "amount"]).set_index("place")
    apart = kept.drop(columns=["sector", "amount"]).join(found, how="inner")
    return pd.concat([kept[~bare], apart], ignore_index=True)


def _grouped(kept: pd.DataFrame, heads: pd.DataFrame, by: list[str]) -> tuple[pd.DataFrame, float | None]:
    """Return money by group, unscaled and scaled, and the screened share."""
    facts = heads.drop_duplicates("id").set_index("id")
    for name in ("marker", "coefficient", "recipient", "family", "method"):
        kept[name] = kept["activity"].map(facts[name]) if len(facts) else None
    screened = kept["marker"].notna()
    total = float(kept["amount"].sum())
    coverage = float(kept.loc[screened, "amount"].sum()) / total if total else None
    codes = pd.to_numeric(kept["marker"])
    kept["principal"] = kept["amount"].where(codes.isin((2, 3)), 0.0)
    kept["significant"] = kept["amount"].where(codes == 1, 0.0)
    kept["scaled"] = kept["amount"] * pd.to_numeric(kept["coefficient"]).astype(float).fillna(0.0)
    kept["marker"] = [MARKER_NAMES.get(int(code), UNSCREENED) if code == code else UNSCREENED for code in codes]
    sums = kept.groupby(by, dropna=False)[["amount", "principal", "significant", "scaled"]].sum().reset_index()
    return sums, coverage
