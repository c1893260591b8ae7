"""Totals of the Rio markers: each convention by itself, and the money all of them share counted once."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from landbalance.core.dated import Dated
from landbalance.core.errors import InputError
from landbalance.finance.classify import marker_share

CONVENTIONS = ("desertification", "mitigation", "adaptation", "biodiversity")
METHOD = "rio-totals/1"


@dataclass(frozen=True)
class RioTotal:
    """Money under one marker: scaled by its coefficients, unscaled by significance, and how much was screened."""

    scaled: float
    principal: float
    significant: float
    unscreened: float
    coverage: float | None


@dataclass(frozen=True)
class RioTotals:
    """All conventions, the unique total, and climate money without double counting; conventions are never added."""

    conventions: Mapping[str, RioTotal]
    unique: float
    climate: Mapping[str, float]
    total: float


def rio_totals(flows: pd.DataFrame, parameters: Mapping[str, Dated] | None = None) -> RioTotals:
    """Return the totals under the four Rio markers.

    Parameters
    ----------
    flows : DataFrame
        Columns `amount` and the four of `CONVENTIONS` with significance 0 to 3; missing is "not screened".

    Returns
    -------
    RioTotals
        In the unit of `amount`; climate money is split into mitigation, adaptation and cross-cutting.

    Raises
    ------
    InputError
        If a column is missing or a significance unknown.

    Examples
    --------
    >>> frame = pd.DataFrame({"amount": [10.0, 5.0], "desertification": [2, 1], "mitigation": [1, 1],
    ...                       "adaptation": [0, 1], "biodiversity": [0, 2]})
    >>> rio_totals(frame).unique
    15.0
    """
    amount, shares = _shares(flows, parameters)
    total = float(amount.sum())
    found = {}
    for name in CONVENTIONS:
        codes = flows[name].to_numpy(dtype=float, na_value=np.nan)
        unscreened = float(amount[np.isnan(codes)].sum())
        found[name] = RioTotal(
            scaled=float((amount * shares[name]).sum()),
            principal=float(amount[np.isin(codes, (2, 3))].sum()),
            significant=float(amount[codes == 1].sum()),
            unscreened=unscreened,
            coverage=(total - unscreened) / total if total else None,
        )
    unique = float((amount * np.maximum.reduce([shares[name] for name in CONVENTIONS])).sum())
    return RioTotals(found, unique, _climate(amount, shares), total)


def overlap_matrix(flows: pd.DataFrame, parameters: Mapping[str, Dated] | None = None) -> pd.DataFrame:
    """Return the money each pair of conventions shares: the sum of amount times the smaller coefficient.

    Examples
    --------
    >>> frame = pd.DataFrame({"amount": [5.0], "desertification": [1], "mitigation": [0], "adaptation": [2],
    ...                       "biodiversity": [None]})
    >>> float(overlap_matrix(frame).loc["desertification", "adaptation"])
    2.0
    """
    amount, shares = _shares(flows, parameters)
    rows = [
        [float((amount * np.minimum(shares[one], shares[other])).sum()) for other in CONVENTIONS] for one in CONVENTIONS
    ]
    return pd.DataFrame(rows, index=list(CONVENTIONS), columns=list(CONVENTIONS))


def _shares(
    flows: pd.DataFrame, parameters: Mapping[str, Dated] | None
) -> tuple[NDArray[np.float64], dict[str, NDArray[np.float64]]]:
    """Return the amounts and the coefficient of each marker; what was not screened counts nothing."""
    missing = [name for name in ("amount", *CONVENTIONS) if name not in flows]
    if missing:
        raise InputError("the flows have no column {name}", name=missing[0], hint="name the four Rio markers")
    by_code = {code: marker_share(code, parameters) for code in (0, 1, 2, 3)}
    shares = {}
    for name in CONVENTIONS:
        codes = flows[name].to_numpy(dtype=float, na_value=np.nan)
        strange = codes[~np.isnan(codes) & ~np.isin(codes, tuple(by_code))]
        if len(strange):
            marker_share(int(strange[0]) if strange[0] == int(strange[0]) else -1)
        found = np.zeros(len(codes))
        for code, share in by_code.items():
            found[codes == code] = share
        shares[name] = found
    return flows["amount"].to_numpy(dtype=np.float64), shares


def _climate(amount: NDArray[np.float64], shares: Mapping[str, NDArray[np.float64]]) -> dict[str, float]:
    """Return climate money counted once: equal markers are cross-cutting, else the higher takes the amount."""
    first, second = shares["mitigation"], shares["adaptation"]
    return {
        "cross_cutting": float((amount * first)[(first == second) & (first > 0)].sum()),
        "mitigation": float((amount * first)[first > second].sum()),
        "adaptation": float((amount * second)[second > first].sum()),
    }
