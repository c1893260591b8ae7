"""Funding windows: which a project may enter and why not, how well they fit, and bundles without double funding."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from landbalance.core.errors import InputError, NotFoundError
from landbalance.core.tables import toml_table

METHOD = "windows/1"
WEIGHTS = {"theme": 0.35, "size": 0.20, "instrument": 0.15, "priority": 0.15, "readiness": 0.15}
STALE_DAYS = 365


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
        return self.checked_on is None or (today - self.checked_on).days > STALE_DAYS


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
class Obstacle:
    """Why a project may not enter a window, and what would help."""

    rule: str
    reason: str
    remedy: str


@dataclass(frozen=True)
class Match:
    """A window with its fit [0 to 100], the parts of it, and what stands in the way."""

    window: Window
    score: float
    parts: Mapping[str, float]
    obstacles: tuple[Obstacle, ...]
    is_stale: bool

    @property
    def is_open(self) -> bool:
        """Return whether nothing stands in the way."""
        return not self.obstacles


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


def eligible(ask: Ask, window: Window, today: date) -> tuple[Obstacle, ...]:
    """Return everything that keeps a project out of a window, each with its remedy; nothing where it may enter.

    Examples
    --------
    >>> w = Window("w", "F", "W", frozenset({"ld"}), frozenset({"loan"}))
    >>> a = Ask("p", 12, frozenset({"ld"}), frozenset({"grant"}), "MRT")
    >>> [each.rule for each in eligible(a, w, date(2026, 1, 1))]
    ['instrument']
    """
    return tuple(_obstacles(ask, window, today))


def score(ask: Ask, window: Window) -> dict[str, float]:
    """Return how well a project fits a window, part by part, each 0 to 1.

    Examples
    --------
    >>> w = Window("w", "F", "W", frozenset({"ld"}), frozenset({"grant"}), most=6.0)
    >>> score(Ask("p", 12, frozenset({"ld", "drought"}), frozenset({"grant"}), "MRT"), w)["size"]
    0.5
    """
    if ask.amount <= 0 or not ask.themes or not ask.instruments:
        raise InputError("project {id} asks for nothing", id=ask.id, hint="give amount, themes and instruments")
    needed = window.required_readiness
    return {
        "theme": len(ask.themes & window.themes) / len(ask.themes),
        "size": _size(ask.amount, window),
        "instrument": len(ask.instruments & window.instruments) / len(ask.instruments),
        "priority": 0.5 if not window.priority_groups else float(bool(ask.groups & window.priority_groups)),
        "readiness": min(1.0, ask.readiness / needed) if needed else 1.0,
    }


def match(
    ask: Ask, catalogue: Iterable[Window], today: date, weights: Mapping[str, float] | None = None
) -> list[Match]:
    """Return the windows with their fit: those a project may enter first, then by fit, then the quicker.

    Examples
    --------
    >>> w = Window("w", "F", "W", frozenset({"ld"}), frozenset({"grant"}))
    >>> match(Ask("p", 12, frozenset({"ld"}), frozenset({"grant"}), "MRT"), [w], date(2026, 1, 1))[0].score
    92.5
    """
    weights = weights or WEIGHTS
    if abs(sum(weights.values()) - 1) > 1e-9:
        raise InputError("the weights sum to {sum:g}", sum=sum(weights.values()), hint="let them sum to 1")
    found = []
    for window in catalogue:
        parts = score(ask, window)
        fit = 100 * sum(weights[name] * part for name, part in parts.items())
        found.append(Match(window, fit, parts, eligible(ask, window, today), window.is_stale(today)))
    return sorted(found, key=lambda each: (not each.is_open, -each.score, each.window.months or 99, each.window.id))


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


def _size(amount: float, window: Window) -> float:
    """Return 1 inside the limits, else the ratio to the nearer one."""
    if window.least is not None and amount < window.least:
        return amount / window.least
    if window.most is not None and amount > window.most:
        return window.most / amount
    return 1.0


def _obstacles(ask: Ask, window: Window, today: date) -> Iterable[Obstacle]:
    """Yield what each rule says that is not kept."""
    yield from _who_and_when(ask, window, today)
    if not ask.themes & window.themes:
        yield Obstacle("theme", "no theme in common", "state a further aim it truly serves")
    if not ask.instruments & window.instruments:
        yield Obstacle("instrument", f"it gives {', '.join(sorted(window.instruments))} only", "restructure")
    if banned := ask.sectors & window.excluded:
        yield Obstacle("exclusion", f"it excludes {', '.join(sorted(banned))}", "take that part out")
    if window.needs_entity and window.fund not in ask.entities:
        yield Obstacle("entity", f"{window.fund} wants an accredited entity", "find one for this size and risk")
    if window.risk_limit and ask.risk and ask.risk < window.risk_limit:
        yield Obstacle("risk", f"category {ask.risk} is above its limit {window.risk_limit}", "lower the risk")
    if window.country_cap is not None:
        left = window.country_cap - ask.used.get(window.id, 0.0)
        if ask.amount > left:
            yield Obstacle("cap", f"{left:,.1f} million is left for the country", "ask for less, or another window")


def _who_and_when(ask: Ask, window: Window, today: date) -> Iterable[Obstacle]:
    """Yield what keeps the country out, or anybody now."""
    if not window.is_open or (window.deadline is not None and window.deadline < today):
        yield Obstacle("deadline", "the window is closed", "wait for the next call, or ask the fund")
    if window.countries and ask.country not in window.countries:
        yield Obstacle("country", f"{ask.country} is not eligible", "look for a window for its region")
    if window.groups and not ask.groups & window.groups:
        yield Obstacle("group", f"it is for {', '.join(sorted(window.groups))} only", "look for a window for all")
