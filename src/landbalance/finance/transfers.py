"""Transfers reported from both sides, and what enters and leaves a system of activities."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from landbalance.core.dated import Dated, dated_values
from landbalance.core.errors import InputError

SIDES = {"disbursement": (3, 1), "commitment": (2, 11)}
INCOMING, DISBURSED, SPENT, REPAID = 1, 3, 4, 6


@dataclass(frozen=True)
class Boundary:
    """What crosses the boundary of a system, in the unit of the amounts; `warnings` names what does not add up."""

    entry: float
    final_use: float
    repayments: float
    retained: float
    by_activity: Mapping[str, float]
    warnings: tuple[str, ...]


def match_transfers(
    transactions: pd.DataFrame,
    *,
    measure: str = "disbursement",
    exchange_move: float = 0.0,
    parameters: Mapping[str, Dated] | None = None,
) -> pd.DataFrame:
    """Return the transfers that both sides report, each transaction in one pair at most.

    Parameters
    ----------
    transactions : DataFrame
        Columns id, activity, kind, day, amount, provider_activity, receiver_activity.
    measure : str
        "disbursement" (types 3 and 1) or "commitment" (2 and 11).
    exchange_move : float
        Relative move of the exchange rate in a day [1]; a difference beyond it and the tolerance is flagged.

    Returns
    -------
    DataFrame
        One row a pair: paid, received (ids), paid_amount, received_amount, difference [1], days, is_flagged.

    Raises
    ------
    InputError
        If the measure is unknown or a column is missing.

    Examples
    --------
    >>> frame = pd.DataFrame({"id": ["a", "b"], "activity": ["X", "Y"], "kind": [3, 1], "amount": [10.0, 10.0],
    ...     "day": pd.to_datetime(["2024-01-01", "2024-01-03"]), "provider_activity": ["", "X"],
    ...     "receiver_activity": ["Y", ""]})
    >>> match_transfers(frame)[["paid", "received"]].values.tolist()
    [['a', 'b']]
    """
    need_columns(transactions, ("id", "activity", "kind", "day", "amount", "provider_activity", "receiver_activity"))
    if measure not in SIDES:
        raise InputError("{measure} is no measure of transfers", measure=measure, hint="use disbursement or commitment")
    known = parameters or dated_values("finance/parameters")
    out_kind, in_kind = SIDES[measure]
    paid = transactions[(transactions["kind"] == out_kind) & (transactions["receiver_activity"] != "")]
    got = transactions[(transactions["kind"] == in_kind) & (transactions["provider_activity"] != "")]
    left = paid.rename(columns={"activity": "payer", "receiver_activity": "payee"})[
        ["id", "payer", "payee", "day", "amount"]
    ]
    right = got.rename(columns={"activity": "payee", "provider_activity": "payer"})[
        ["id", "payer", "payee", "day", "amount"]
    ]
    pairs = left.merge(right, on=["payer", "payee"], suffixes=("_paid", "_received"))
    days = (pd.to_datetime(pairs["day_paid"]) - pd.to_datetime(pairs["day_received"])).abs().dt.days
    pairs = pairs.assign(days=days)[days <= known["transfer_days"].value]
    larger = pairs[["amount_paid", "amount_received"]].abs().max(axis=1).replace(0, 1.0)
    pairs = pairs.assign(difference=(pairs["amount_paid"] - pairs["amount_received"]).abs() / larger)
    kept = _one_to_one(pairs)
    allowed = max(known["transfer_tolerance"].value, exchange_move)
    return pd.DataFrame({
        "paid": kept["id_paid"],
        "received": kept["id_received"],
        "paid_amount": kept["amount_paid"],
        "received_amount": kept["amount_received"],
        "difference": kept["difference"],
        "days": kept["days"],
        "is_flagged": kept["difference"] > allowed,
    }).reset_index(drop=True)  # fmt: skip


def boundary_totals(transactions: pd.DataFrame, members: Collection[str]) -> Boundary:
    """Return what enters a system, what it finally uses and what it keeps.

    Parameters
    ----------
    transactions : DataFrame
        Columns activity, kind, amount, provider_activity, receiver_activity.
    members : collection of str
        The activities of the national system.

    Returns
    -------
    Boundary
        Entry: incoming funds from outside or unknown providers. Final use: expenditure, and disbursements to receivers
        outside or not reporting. A retained sum below zero is a warning.

    Examples
    --------
    >>> frame = pd.DataFrame({"activity": ["F", "F"], "kind": [1, 4], "amount": [10.0, 4.0],
    ...     "provider_activity": ["", ""], "receiver_activity": ["", ""]})
    >>> boundary_totals(frame, {"F"}).retained
    6.0
    """
    need_columns(transactions, ("activity", "kind", "amount", "provider_activity", "receiver_activity"))
    inside = list(members)
    own = transactions[transactions["activity"].isin(inside)]
    kind, amount = own["kind"].to_numpy(), own["amount"].to_numpy(dtype=np.float64)
    from_inside = own["provider_activity"].isin(inside).to_numpy()
    to_inside = own["receiver_activity"].isin(inside).to_numpy()
    entry = float(amount[(kind == INCOMING) & ~from_inside].sum())
    use = float(amount[(kind == SPENT) | ((kind == DISBURSED) & ~to_inside)].sum())
    repaid = float(amount[kind == REPAID].sum())
    sign = np.select([kind == INCOMING, np.isin(kind, (DISBURSED, SPENT, REPAID))], [1.0, -1.0], 0.0)
    kept = pd.Series(amount * sign).groupby(own["activity"].to_numpy()).sum()
    return close_boundary(entry, use, repaid, {str(name): float(value) for name, value in kept.items()})


def close_boundary(entry: float, final_use: float, repayments: float, by_activity: Mapping[str, float]) -> Boundary:
    """Return the totals with what is retained and what does not add up; for sums a database has made.

    Examples
    --------
    >>> close_boundary(14.0, 6.5, 0.0, {}).retained
    7.5
    """
    retained = entry - final_use - repayments
    warnings = [f"{name} retains {value:,.2f}" for name, value in by_activity.items() if value < -0.005]
    if retained < -0.005:
        warnings.insert(0, f"more is used than entered: {retained:,.2f}")
    return Boundary(entry, final_use, repayments, retained, dict(by_activity), tuple(warnings))


def need_columns(frame: pd.DataFrame, names: tuple[str, ...]) -> None:
    """Refuse a table without a column.

    Raises
    ------
    InputError
        If one is missing.

    Examples
    --------
    >>> need_columns(pd.DataFrame({"id": []}), ("id",))
    """
    missing = [name for name in names if name not in frame.columns]
    if missing:
        raise InputError(
            "the table has no column {name}", name=missing[0], hint="it needs {known}", known=", ".join(names)
        )


def _one_to_one(pairs: pd.DataFrame) -> pd.DataFrame:
    """Return the closest pairs so that each transaction appears once; ties fall to the smaller id."""
    ranked = pairs.sort_values(["difference", "days", "id_paid", "id_received"], kind="stable")
    taken_paid: set[str] = set()
    taken_received: set[str] = set()
    kept = []
    for place, paid, received in zip(ranked.index, ranked["id_paid"], ranked["id_received"], strict=True):
        if paid not in taken_paid and received not in taken_received:
            taken_paid.add(paid)
            taken_received.add(received)
            kept.append(place)
    return ranked.loc[kept]
