"""Funding windows: the catalogue as data with dates, what a project seeks, bundles without double funding."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any

from landbalance.core.errors import InputError, NotFoundError
from landbalance.core.tables import toml_table

STALE_AFTER = timedelta(days=365)


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

    def is_stale(self, today: date) -> bool:
        """Return whether nobody has checked the record for a year."""
        return self.checked_on is None or self.checked_on < today - STALE_AFTER


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
    """A programme over several windows: its parts, the ratio of other money to the ask, and what is funded twice."""

    parts: tuple[Part, ...]
    total: float
    cofinance: Mapping[str, float]
    double_funded: tuple[str, ...]


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
        If it has an amount and no currency, or no id.
    """
    if not row.get("id") or ((row.get("least") or row.get("most")) and not row.get("currency")):
        raise InputError(
            "window {id} has amounts and no currency, or no id", id=row.get("id", "?"), hint="state the currency"
        )
    sets = {"themes", "instruments", "groups", "priority_groups", "countries", "excluded"}
    values: dict[str, Any] = {name: frozenset(value) if name in sets else value for name, value in row.items()}
    try:
        return Window(**values)
    except TypeError as error:
        raise InputError(
            "window {id}: {why}", id=row["id"], why=error, hint="see the catalogue for the keys"
        ) from error


def find_window(code: str) -> Window:
    """Return a window of the catalogue.

    Raises
    ------
    NotFoundError
        If there is none with this id.
    """
    for each in windows():
        if each.id == code:
            return each
    raise NotFoundError("there is no window {id}", id=code, hint="landbalance finance windows list shows them")


def bundle(parts: Sequence[Part]) -> Bundle:
    """Return a programme over several windows, and each output that two windows would pay for.

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
    return Bundle(
        tuple(parts),
        total,
        {window: (total - ask) / ask for window, ask in asks.items()},
        tuple(sorted(output for output, who in payers.items() if len(who) > 1)),
    )
