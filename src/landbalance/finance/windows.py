"""Funding windows: the catalogue as data with dates, what a project seeks, bundles without double funding."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from landbalance.core.errors import InputError, NotFoundError
from landbalance.core.tables import toml_table

MONTHS = 12


@dataclass(frozen=True)
class Window:
    """One window of a fund; amounts in USD million, None where not stated; `tags` tells how sure each value is."""

    id: str
    fund: str
    title: str
    themes: frozenset[str]
    instruments: frozenset[str]
    groups: frozenset[str] = frozenset()
    priority_groups: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()
    least: float | None = None
    most: float | None = None
    country_cap: float | None = None
    currency: str = "USD"
    needs_entity: bool = False
    letter: str = ""
    risk_limit: str = ""
    excluded: frozenset[str] = frozenset()
    required_readiness: float = 0.0
    months: int | None = None
    deadline: date | None = None
    is_open: bool = True
    language: str = "en"
    template: str = ""
    source: str = ""
    checked_on: date | None = None
    tag: str = "M"

    def age_months(self, today: date) -> int | None:
        """Return the whole months since the record was checked; None where it never was.

        Examples
        --------
        >>> w = Window("w", "F", "W", frozenset({"ld"}), frozenset({"loan"}), checked_on=date(2025, 11, 22))
        >>> w.age_months(date(2026, 11, 21)), w.age_months(date(2026, 11, 22))
        (11, 12)
        """
        then = self.checked_on
        if then is None:
            return None
        return (today.year - then.year) * MONTHS + today.month - then.month - (today.day < then.day)

    def is_stale(self, today: date, months: int | None = None) -> bool:
        """Return whether nobody has checked the record for so many months; those of the package when None."""
        age = self.age_months(today)
        return age is None or age >= (stale_after_months() if months is None else months)


@dataclass(frozen=True)
class Ask:
    """What a project seeks: amount [USD million], what it is about, for whom, and how ready it is [0 to 1]."""

    id: str
    amount: float
    themes: frozenset[str]
    instruments: frozenset[str]
    country: str
    groups: frozenset[str] = frozenset()
    readiness: float = 0.0
    risk: str = ""
    sectors: frozenset[str] = frozenset()
    entities: frozenset[str] = frozenset()
    used: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Part:
    """The share of a programme that one window pays: output and amount."""

    window: str
    output: str
    amount: float


@dataclass(frozen=True)
class Bundle:
    """A programme over several windows.

    Parameters
    ----------
    asks : mapping of str to float
        What each window pays [USD million].
    cofinance : mapping of str to float
        Other money over the ask, by window.
    double_funded : tuple of str
        Outputs that more than one window would pay for.
    beyond : tuple of str
        Windows whose share lies below their least or above their most.
    """

    parts: tuple[Part, ...]
    total: float
    asks: Mapping[str, float]
    cofinance: Mapping[str, float]
    double_funded: tuple[str, ...]
    beyond: tuple[str, ...] = ()


def stale_after_months() -> int:
    """Return after how many months a record of the package is old."""
    return int(toml_table("finance/matching")["stale_after_months"])


@cache
def windows() -> tuple[Window, ...]:
    """Return the windows of the package catalogue, by fund and title."""
    rows = toml_table("finance/windows")["window"]
    return tuple(sorted((window_of(row) for row in rows), key=lambda each: (each.fund, each.title)))


def window_of(row: Mapping[str, Any]) -> Window:
    """Return a window from a row of a catalogue.

    Raises
    ------
    InputError
        If it has an amount and no currency, a least above its most, or no id.
    """
    if not row.get("id"):
        raise InputError("a window has no id", hint="give it one, such as fund-window")
    if any(row.get(name) for name in ("least", "most", "country_cap")) and not row.get("currency"):
        raise InputError(
            "window {id} has amounts and no currency", id=row["id"], hint='state it, such as currency = "USD"'
        )
    if (row.get("most") or float("inf")) < (row.get("least") or 0.0):
        raise InputError(
            "window {id} gives at least {least} and at most {most}", id=row["id"], least=row["least"],
            most=row["most"], hint="let the least be the smaller",
        )  # fmt: skip
    sets = {"themes", "instruments", "groups", "priority_groups", "countries", "excluded"}
    values: dict[str, Any] = {name: frozenset(value) if name in sets else value for name, value in row.items()}
    try:
        return Window(**values)
    except TypeError as error:
        raise InputError(
            "window {id}: {why}", id=row["id"], why=error, hint="see the catalogue for the keys"
        ) from error


def find_window(code: str, catalogue: Iterable[Window] | None = None) -> Window:
    """Return a window of a catalogue; of the package's where none is given.

    Raises
    ------
    NotFoundError
        If there is none with this id.
    """
    for each in windows() if catalogue is None else catalogue:
        if each.id == code:
            return each
    raise NotFoundError("there is no window {id}", id=code, hint="landbalance finance windows list shows them")


def bundle(parts: Sequence[Part], catalogue: Iterable[Window] | None = None) -> Bundle:
    """Return a programme over several windows, and each output that two windows would pay for.

    Parameters
    ----------
    catalogue : iterable of Window or None
        Where the windows stand, so that their limits are looked at; none are when None.

    Raises
    ------
    InputError
        If a part has no amount.
    NotFoundError
        If a part names a window the catalogue does not have.

    Examples
    --------
    >>> bundle([Part("gef", "terraces", 2.0), Part("gcf", "seed bank", 6.0)]).cofinance
    {'gef': 3.0, 'gcf': 0.3333333333333333}
    """
    if not parts or any(each.amount <= 0 for each in parts):
        raise InputError("a part of the bundle is empty", hint="give window, output and an amount above zero")
    total = sum(each.amount for each in parts)
    asks: dict[str, float] = {}
    payers: dict[str, set[str]] = {}
    for each in parts:
        asks[each.window] = asks.get(each.window, 0.0) + each.amount
        payers.setdefault(each.output, set()).add(each.window)
    known = None if catalogue is None else tuple(catalogue)
    limits = {} if known is None else {code: find_window(code, known) for code in asks}
    return Bundle(
        parts=tuple(parts),
        total=total,
        asks=asks,
        cofinance={window: (total - ask) / ask for window, ask in asks.items()},
        double_funded=tuple(sorted(output for output, who in payers.items() if len(who) > 1)),
        beyond=tuple(code for code, window in limits.items() if not _fits(asks[code], window)),
    )


def _fits(amount: float, window: Window) -> bool:
    """Return whether an amount lies within the limits of a window."""
    return (window.least or 0.0) <= amount and (window.most is None or amount <= window.most)
