"""Every flow counted once: one measure, one perspective, and for each transaction left out the rule that says why."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from landbalance.core.errors import InputError
from landbalance.finance.transfers import match_transfers, need_columns

Claims: TypeAlias = NDArray[Any]
METHOD = "count-once/1"
PERSPECTIVES = ("provider", "recipient", "final-use")
MEASURES = {"disbursement": (1, 3, 4, 8), "commitment": (2, 11)}
RULES = {
    "R1": "another measure: measures are never added",
    "R2": "another perspective",
    "R3": "the other side of a transfer already counted",
    "R4": "another level of the same hierarchy",
    "R5": "core contribution that reappears in another flow",
    "R6": "external money in the domestic budget; it stays with its source",
    "R7": "transfer between levels of government",
    "R8": "guarantee or insurance: exposure, not flow",
    "R9": "interest, repayment, refinancing or debt relief",
    "R10": "pledge or plan",
    "R11": "the same activity in another source",
}
PROVIDER_SIDE, RECIPIENT_SIDE = (1, 2, 3, 8), (1, 3, 4, 6, 8)
GUARANTEE, PLEDGES, DEBT = 10, (12, 13), (5, 6, 7)
GUARANTEE_TYPES, DEBT_RELIEF = (1100, 1199), (610, 639)
CARRIED = 0.99  # children that hold this much of their parent's money carry it all


@dataclass(frozen=True)
class Counted:
    """Transactions with `is_counted` and `rule`, money by rule, and transfers whose two sides differ."""

    transactions: pd.DataFrame
    by_rule: pd.DataFrame
    flagged: pd.DataFrame
    perspective: str
    measure: str

    @property
    def total(self) -> float:
        """Return the money that counts."""
        kept = self.transactions
        return float(kept.loc[kept["is_counted"], "amount"].sum())


def count_once(
    transactions: pd.DataFrame,
    activities: pd.DataFrame,
    *,
    perspective: str,
    measure: str = "disbursement",
    members: Collection[str] = (),
    duplicates: pd.DataFrame | None = None,
    with_private: bool = True,
) -> Counted:
    """Return which transactions count from one perspective, and why others do not.

    Parameters
    ----------
    transactions : DataFrame
        Columns of `frames`, with amount in one currency and price base; optional `is_transfer` (between governments).
    activities : DataFrame
        Columns id, parent.
    perspective : str
        "provider" (what funders gave), "recipient" (what entered the system) or "final-use" (what was spent).
    measure : str
        "disbursement" or "commitment".
    members : collection of str
        Activities of the national system.
    duplicates : DataFrame, optional
        `members` of `cluster_duplicates`; only the primary record of a cluster counts.
    with_private : bool
        Whether private outflows (6) belong to the recipient view.

    Returns
    -------
    Counted

    Raises
    ------
    InputError
        If perspective or measure is unknown.

    Examples
    --------
    >>> moves = pd.DataFrame({"id": ["a"], "activity": ["A"], "source": ["crs"], "kind": [3], "day": ["2020-01-01"],
    ...     "amount": [5.0], "provider_activity": [""], "receiver_activity": [""], "finance_type": ["110"],
    ...     "collaboration": [2], "is_external": [False], "is_domestic": [False]})
    >>> heads = pd.DataFrame({"id": ["A"], "parent": [""]})
    >>> count_once(moves, heads, perspective="recipient").transactions.loc[0, "rule"]
    'R5'
    """
    if perspective not in PERSPECTIVES or measure not in MEASURES:
        raise InputError(
            "no view {measure} by {perspective}",
            measure=measure,
            perspective=perspective,
            hint="use one of {known} and disbursement or commitment",
            known=", ".join(PERSPECTIVES),
        )
    need_columns(transactions, ("id", "activity", "kind", "amount", "finance_type", "collaboration"))
    moves = transactions.reset_index(drop=True)
    pairs = match_transfers(moves, measure=measure)
    rule = _by_nature(moves, measure)
    _mark(rule, _other_level(moves, activities, rule), "R4")
    if duplicates is not None and len(duplicates):
        _mark(rule, moves["activity"].isin(duplicates.loc[~duplicates["is_primary"], "id"]).to_numpy(), "R11")
    _mark(rule, _other_side(moves, pairs, perspective), "R3")
    _mark(rule, _other_collaboration(moves, perspective, with_private), "R5")
    _mark(rule, _is_set(moves, "is_external") & (moves["source"] == "budget").to_numpy(), "R6")
    _mark(rule, _is_set(moves, "is_transfer"), "R7")
    _mark(rule, _other_perspective(moves, members, perspective), "R2")
    counted = moves.assign(rule=rule, is_counted=rule == "")
    by_rule = counted[rule != ""].groupby("rule")["amount"].agg(["count", "sum"]).reset_index()
    by_rule["why"] = by_rule["rule"].map(RULES)
    return Counted(counted, by_rule, pairs[pairs["is_flagged"]].reset_index(drop=True), perspective, measure)


def _mark(rule: Claims, where: Claims, name: str) -> None:
    """Give transactions that no earlier rule left out the name of this one."""
    rule[where & (rule == "")] = name


def _by_nature(moves: pd.DataFrame, measure: str) -> Claims:
    """Return the rules that follow from a transaction by itself: exposure, debt, plans, other measures."""
    kind = moves["kind"].to_numpy()
    finance = pd.to_numeric(moves["finance_type"], errors="coerce").to_numpy(dtype=np.float64)
    rule = np.full(len(moves), "", dtype=object)
    _mark(rule, (kind == GUARANTEE) | ((finance >= GUARANTEE_TYPES[0]) & (finance <= GUARANTEE_TYPES[1])), "R8")
    _mark(rule, np.isin(kind, DEBT) | ((finance >= DEBT_RELIEF[0]) & (finance <= DEBT_RELIEF[1])), "R9")
    _mark(rule, np.isin(kind, PLEDGES), "R10")
    _mark(rule, ~np.isin(kind, MEASURES[measure]), "R1")
    return rule


def _other_level(moves: pd.DataFrame, activities: pd.DataFrame, rule: Claims) -> Claims:
    """Return what another level of the hierarchy holds: the parent if its children carry all, else the children."""
    parents = activities.loc[activities["parent"].fillna("") != "", ["id", "parent"]]
    parents = parents[parents["parent"].isin(activities["id"])]
    if parents.empty:
        return np.zeros(len(moves), dtype=bool)
    sums = moves[rule == ""].groupby(["activity", "kind"])["amount"].sum()
    totals = sums.groupby(level="activity").sum()
    below = parents.assign(amount=parents["id"].map(totals).fillna(0.0)).groupby("parent")["amount"].sum()
    own = totals.reindex(below.index).fillna(0.0)
    carried = below[(below >= CARRIED * own) & (below > 0) & (own > 0)].index
    kept_above = below[(below < CARRIED * own) & (below > 0)].index
    children = parents.loc[parents["parent"].isin(kept_above), "id"]
    return moves["activity"].isin([*carried, *children]).to_numpy()


def _other_side(moves: pd.DataFrame, pairs: pd.DataFrame, perspective: str) -> Claims:
    """Return the side of each matched transfer that is kept as evidence alone."""
    return moves["id"].isin(pairs["received" if perspective == "provider" else "paid"]).to_numpy()


def _other_collaboration(moves: pd.DataFrame, perspective: str, with_private: bool) -> Claims:
    """Return flows whose Bi_Multi belongs to the other view."""
    kept: tuple[int, ...] = PROVIDER_SIDE if perspective == "provider" else RECIPIENT_SIDE
    if perspective != "provider" and not with_private:
        kept = tuple(code for code in kept if code != 6)
    codes = pd.to_numeric(moves["collaboration"], errors="coerce")
    return (codes.notna() & ~codes.isin(kept)).to_numpy()


def _other_perspective(moves: pd.DataFrame, members: Collection[str], perspective: str) -> Claims:
    """Return what the perspective does not see of the graph funder, flow, project.

    The provider view sees what those give who received from nobody, and what came from providers that do not report.
    The recipient view sees what enters the system, final use what leaves the graph.
    """
    inside, reporting = set(members), set(moves["activity"])
    kind = moves["kind"].to_numpy()
    own = moves["activity"].isin(inside).to_numpy()
    incoming = np.isin(kind, (1, 11))
    domestic = _is_set(moves, "is_domestic")
    if perspective == "provider":
        passes_on = moves["activity"].isin(moves.loc[incoming, "activity"]).to_numpy() | own
        from_known = moves["provider_activity"].isin(reporting).to_numpy()
        return np.asarray((~incoming & passes_on & ~domestic) | (incoming & from_known))
    to_known = (kind == 3) & moves["receiver_activity"].isin(reporting).to_numpy()
    if perspective == "recipient":
        from_inside = moves["provider_activity"].isin(inside).to_numpy()
        to_inside = moves["receiver_activity"].isin(inside).to_numpy()
        unseen = (own & ~incoming & ~domestic) | (incoming & (~own | from_inside)) | (~own & to_known & ~to_inside)
        return np.asarray(unseen)
    return np.asarray(incoming | to_known)


def _is_set(moves: pd.DataFrame, name: str) -> Claims:
    """Return a column of claims; a table without it claims nothing."""
    if name not in moves:
        return np.zeros(len(moves), dtype=bool)
    return np.asarray(moves[name].fillna(False), dtype=bool)
