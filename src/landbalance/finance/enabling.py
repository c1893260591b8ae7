"""Grants that enable: GEF enabling activities, the target setting programme, and what came of them (finance 9.5)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

PROGRAMMES = ("gef-ea", "tsp-2")
Scope = Literal["baseline", "monitoring", "target_setting", "reporting"]
Status = Literal["planned", "submitted", "approved", "running", "closed"]
Thing = Literal["target", "run", "document"]


@dataclass(frozen=True)
class Output:
    """What a grant brought: its title, the kind of thing, and its code in the register (of a run its id)."""

    title: str
    kind: Thing = "document"
    code: str = ""


@dataclass(frozen=True)
class Enabling:
    """One grant: where, by whom, for what, how much [currency], how far, and what came of it; None where not stated."""

    id: str
    programme: str
    country: str
    agency: str
    scope: tuple[Scope, ...]
    status: Status
    amount: float | None = None
    currency: str = "USD"
    start: int | None = None
    end: int | None = None
    outputs: tuple[Output, ...] = ()


@dataclass(frozen=True)
class Coverage:
    """How far grants reach: the sum by currency, scopes that no grant has, outputs whose record is not there."""

    total: dict[str, float]
    without: tuple[Scope, ...]
    dangling: tuple[tuple[str, Output], ...]


def coverage(grants: Sequence[Enabling], *, targets: Collection[str] | None, runs: Collection[str] | None) -> Coverage:
    """Return how far grants reach.

    Parameters
    ----------
    targets, runs : collection of str or None
        Codes of targets and ids of runs that exist; outputs of a kind are not checked where it is None.

    Examples
    --------
    >>> made = (Output("Map", "run", "r9"),)
    >>> grant = Enabling("a", "gef-ea", "MRT", "UNEP", ("baseline",), "closed", 1e5, outputs=made)
    >>> found = coverage([grant], targets=None, runs=["r1"])
    >>> found.without, found.dangling[0][1].code
    (('monitoring', 'target_setting', 'reporting'), 'r9')
    """
    total: dict[str, float] = {}
    for each in grants:
        if each.amount is not None:
            total[each.currency] = total.get(each.currency, 0.0) + each.amount
    scopes: tuple[Scope, ...] = ("baseline", "monitoring", "target_setting", "reporting")
    reached = {scope for each in grants for scope in each.scope}
    there: dict[str, Collection[str] | None] = {"target": targets, "run": runs, "document": None}
    dangling = tuple(
        (each.id, output)
        for each in grants
        for output in each.outputs
        if output.code and (known := there[output.kind]) is not None and output.code not in known
    )
    return Coverage(total, tuple(scope for scope in scopes if scope not in reached), dangling)
