"""Budget lines tagged for land: classes of relevance, weighted spending, and how much was carried out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from landbalance.core.dated import Dated, dated_values
from landbalance.core.errors import InputError

CLASSES = ("high", "medium", "low", "marginal")


@dataclass(frozen=True)
class BudgetTotals:
    """A set of budget lines: all of it, the part for land, that part as a share, and executed over approved."""

    total: float
    weighted: float
    share: float | None
    execution_rate: float | None
    by_class: Mapping[str, float]


def budget_class(share: float, parameters: Mapping[str, Dated] | None = None) -> str:
    """Return the class of relevance of a budget line.

    Raises
    ------
    InputError
        If the share lies outside 0 to 1.

    References
    ----------
    .. [1] Climate public expenditure and institutional review, classes of relevance.

    Examples
    --------
    >>> [budget_class(share) for share in (0.9, 0.6, 0.3, 0.1)]
    ['high', 'medium', 'low', 'marginal']
    """
    known = parameters or dated_values("finance/parameters")
    if not 0 <= share <= 1:
        raise InputError("a budget line has share {share}", share=share, hint="give a share between 0 and 1")
    for name in CLASSES[:-1]:
        if share >= known[f"budget_{name}"].value:
            return name
    return "marginal"


def class_share(name: str, parameters: Mapping[str, Dated] | None = None) -> float:
    """Return the share a class stands for where no exact one is given.

    Raises
    ------
    InputError
        If there is no such class.

    Examples
    --------
    >>> class_share("medium")
    0.62
    """
    known = parameters or dated_values("finance/parameters")
    if name not in CLASSES:
        raise InputError(
            "{name} is no class of relevance", name=name, hint="use one of {known}", known=", ".join(CLASSES)
        )
    return known[f"budget_share_{name}"].value


def budget_totals(
    amounts: Sequence[float], shares: Sequence[float], approved: Sequence[float] | None = None
) -> BudgetTotals:
    """Return what tagged lines sum to.

    Parameters
    ----------
    amounts : sequence of float
        Executed, in one currency and price base.
    shares : sequence of float
        Share for land of each line [1].
    approved : sequence of float, optional
        Approved amounts, for the execution rate.

    Examples
    --------
    >>> budget_totals([100, 50, 80, 40], [0.9, 0.6, 0.3, 0.1]).weighted
    148.0
    """
    total = float(sum(amounts))
    weighted = [amount * share for amount, share in zip(amounts, shares, strict=True)]
    by_class = dict.fromkeys(CLASSES, 0.0)
    for part, share in zip(weighted, shares, strict=True):
        by_class[budget_class(share)] += part
    planned = float(sum(approved)) if approved is not None else 0.0
    return BudgetTotals(
        total=total,
        weighted=float(sum(weighted)),
        share=sum(weighted) / total if total else None,
        execution_rate=total / planned if planned else None,
        by_class=by_class,
    )
