"""Which windows a project may enter and why not, and how well they fit; many projects against many windows at once."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import overload

import numpy as np
from numpy.typing import NDArray

from landbalance.core.errors import InputError
from landbalance.core.tables import toml_table
from landbalance.core.types import Array
from landbalance.finance.windows import Ask, Window, stale_after_months

METHOD = "windows/1"
PARTS = ("theme", "size", "instrument", "priority", "readiness")
NO_MONTHS = 99
OBSTACLES: Mapping[str, tuple[str, str]] = {  # rule: reason, remedy
    "deadline": ("the window is closed", "wait for the next call, or ask the fund"),
    "country": ("{country} is not eligible", "look for a window for its region"),
    "group": ("it is for {groups} only", "look for a window for all"),
    "theme": ("no theme in common", "state a further aim it truly serves"),
    "instrument": ("it gives {instruments} only", "restructure the money that is asked for"),
    "exclusion": ("it excludes {sectors}", "take that part out"),
    "entity": ("{fund} wants an accredited entity", "find one for this size and risk"),
    "risk": ("category {risk} is above its limit {limit}", "lower the risk"),
    "cap": ("{left} million is left for the country", "ask for less, or another window"),
}
_NAMED: Mapping[str, Callable[[Ask, Window], dict[str, str]]] = {  # what the words of a rule name
    "country": lambda ask, window: {"country": ask.country},
    "group": lambda ask, window: {"groups": _listed(window.groups)},
    "instrument": lambda ask, window: {"instruments": _listed(window.instruments)},
    "exclusion": lambda ask, window: {"sectors": _listed(ask.sectors & window.excluded)},
    "entity": lambda ask, window: {"fund": window.fund},
    "risk": lambda ask, window: {"risk": ask.risk, "limit": window.risk_limit},
    "cap": lambda ask, window: {"left": f"{(window.country_cap or 0.0) - ask.used.get(window.id, 0.0):,.1f}"},
}
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Obstacle:
    """Why a project may not enter a window, and what would help."""

    rule: str
    reason: str
    remedy: str
    fields: Mapping[str, str]


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
class Words:
    """Which words each window names: a column for each word."""

    columns: Mapping[str, int]
    table: Flags

    @classmethod
    def of(cls, sets: Sequence[Iterable[str]]) -> "Words":
        """Return the table of the words of some windows."""
        listed = [set(each) for each in sets]
        words = sorted(set().union(*listed))
        table = np.array([[word in each for word in words] for each in listed], dtype=bool)
        return cls({word: place for place, word in enumerate(words)}, table.reshape(len(listed), len(words)))

    @property
    def names_any(self) -> Flags:
        """Return which windows name any."""
        return np.asarray(self.table.any(axis=1))

    def shared(self, words: Iterable[str]) -> NDArray[np.int64]:
        """Return how many of these words each window names."""
        places = [self.columns[word] for word in words if word in self.columns]
        return np.asarray(self.table[:, places].sum(axis=1))


@dataclass(frozen=True)
class Shelf:
    """Windows laid side by side on one day, so that a project is held against all of them at once."""

    windows: tuple[Window, ...]
    today: date
    stale_after: int  # months
    themes: Words
    instruments: Words
    groups: Words
    priority: Words
    countries: Words
    excluded: Words
    funds: Words
    columns: Mapping[str, Array]  # numbers by name, one for each window
    flags: Mapping[str, Flags]

    @classmethod
    def of(cls, windows: Iterable[Window], today: date, stale_after: int | None = None) -> "Shelf":
        """Return the windows of a catalogue on a day."""
        rows = tuple(windows)

        def words(name: str) -> Words:
            return Words.of([getattr(row, name) for row in rows])

        def numbers(name: str, empty: float) -> Array:
            return np.array([empty if (value := getattr(row, name)) is None else value for row in rows], dtype=float)

        closed = [not row.is_open or (row.deadline is not None and row.deadline < today) for row in rows]
        ids = np.argsort(np.argsort([row.id for row in rows]))
        return cls(
            windows=rows,
            today=today,
            stale_after=stale_after_months() if stale_after is None else stale_after,
            themes=words("themes"),
            instruments=words("instruments"),
            groups=words("groups"),
            priority=words("priority_groups"),
            countries=words("countries"),
            excluded=words("excluded"),
            funds=Words.of([(row.fund,) for row in rows]),
            columns={
                "least": numbers("least", 0.0),
                "most": numbers("most", np.inf),
                "cap": numbers("country_cap", np.inf),
                "months": numbers("months", NO_MONTHS),
                "readiness": numbers("required_readiness", 0.0),
                "place": ids.astype(float),
            },
            flags={
                "closed": np.array(closed, dtype=bool),
                "entity": np.array([row.needs_entity for row in rows], dtype=bool),
            },
        )


@dataclass(frozen=True)
class Ranking(Sequence[Match]):
    """The windows for one project, best first; a match is written out when it is looked at."""

    ask: Ask
    shelf: Shelf
    order: NDArray[np.intp]
    scores: Array
    parts: Mapping[str, Array]
    blocked: Mapping[str, Flags]

    def __len__(self) -> int:
        return len(self.order)

    def __iter__(self) -> Iterator[Match]:
        return (self._at(int(place)) for place in self.order)

    @overload
    def __getitem__(self, place: int) -> Match: ...
    @overload
    def __getitem__(self, place: slice) -> list[Match]: ...
    def __getitem__(self, place: int | slice) -> Match | list[Match]:
        if isinstance(place, slice):
            return [self._at(int(each)) for each in self.order[place]]
        return self._at(int(self.order[place]))

    def _at(self, place: int) -> Match:
        """Return the match with the window at a place of the shelf."""
        window = self.shelf.windows[place]
        return Match(
            window=window,
            score=float(self.scores[place]),
            parts={name: float(values[place]) for name, values in self.parts.items()},
            obstacles=tuple(_obstacle(rule, self.ask, window) for rule, flags in self.blocked.items() if flags[place]),
            is_stale=window.is_stale(self.shelf.today, self.shelf.stale_after),
        )


def eligible(ask: Ask, window: Window, today: date) -> tuple[Obstacle, ...]:
    """Return everything that keeps a project out of a window, each with its remedy; nothing where it may enter.

    Examples
    --------
    >>> w = Window("w", "F", "W", frozenset({"ld"}), frozenset({"loan"}))
    >>> a = Ask("p", 12, frozenset({"ld"}), frozenset({"grant"}), "MRT")
    >>> [each.rule for each in eligible(a, w, date(2026, 1, 1))]
    ['instrument']
    """
    return match(ask, [window], today)[0].obstacles


def score(ask: Ask, window: Window) -> dict[str, float]:
    """Return how well a project fits a window, part by part, each 0 to 1.

    Examples
    --------
    >>> w = Window("w", "F", "W", frozenset({"ld"}), frozenset({"grant"}), most=6.0)
    >>> score(Ask("p", 12, frozenset({"ld", "drought"}), frozenset({"grant"}), "MRT"), w)["size"]
    0.5
    """
    return dict(match(ask, [window], date.min)[0].parts)


def default_weights() -> dict[str, float]:
    """Return the weights of the parts of the fit, as the package's parameters give them.

    Examples
    --------
    >>> round(sum(default_weights().values()), 9)
    1.0
    """
    given: dict[str, float] = toml_table("finance/matching")["weights"]
    return dict(given)


def match(
    ask: Ask,
    catalogue: Iterable[Window],
    today: date,
    weights: Mapping[str, float] | None = None,
    stale_after: int | None = None,
) -> Ranking:
    """Return the windows with their fit: those a project may enter first, then by fit, then the quicker.

    Examples
    --------
    >>> w = Window("w", "F", "W", frozenset({"ld"}), frozenset({"grant"}))
    >>> match(Ask("p", 12, frozenset({"ld"}), frozenset({"grant"}), "MRT"), [w], date(2026, 1, 1))[0].score
    92.5
    """
    return match_all([ask], catalogue, today, weights, stale_after)[0]


def match_all(
    asks: Iterable[Ask],
    catalogue: Iterable[Window],
    today: date,
    weights: Mapping[str, float] | None = None,
    stale_after: int | None = None,
) -> list[Ranking]:
    """Return the windows for each of many projects.

    Parameters
    ----------
    weights : mapping of str to float or None
        Of the parts `PARTS`, summing to 1; those of the package when None.
    stale_after : int or None
        Months after which a record is old; those of the package when None.

    Raises
    ------
    InputError
        If the weights do not name the parts or do not sum to 1, or a project asks for nothing.

    Examples
    --------
    >>> w = Window("w", "F", "W", frozenset({"ld"}), frozenset({"grant"}))
    >>> a = Ask("p", 12, frozenset({"ld"}), frozenset({"grant"}), "MRT")
    >>> [len(each) for each in match_all([a, a], [w], date(2026, 1, 1))]
    [1, 1]
    """
    weights = weights or default_weights()
    if set(weights) != set(PARTS):
        raise InputError(
            "weights are given for {given}", given=", ".join(sorted(weights)), parts=", ".join(PARTS),
            hint="give one for each of {parts}",
        )  # fmt: skip
    if abs(sum(weights.values()) - 1) > 1e-9 or min(weights.values()) < 0:
        total = sum(weights.values())
        raise InputError("the weights sum to {sum:g}", sum=total, hint="let them sum to 1, each 0 or more")
    shelf = Shelf.of(catalogue, today, stale_after)
    return [_ranked(ask, shelf, weights) for ask in asks]


def _ranked(ask: Ask, shelf: Shelf, weights: Mapping[str, float]) -> Ranking:
    """Return one project against a shelf."""
    if ask.amount <= 0 or not ask.themes or not ask.instruments:
        raise InputError("project {id} asks for nothing", id=ask.id, hint="give amount, themes and instruments")
    themes, instruments = shelf.themes.shared(ask.themes), shelf.instruments.shared(ask.instruments)
    columns, needed = shelf.columns, shelf.columns["readiness"]
    below = np.divide(ask.amount, columns["least"], out=np.ones(len(needed)), where=columns["least"] > ask.amount)
    ready = np.divide(ask.readiness, needed, out=np.ones(len(needed)), where=needed > ask.readiness)
    priority = np.where(shelf.priority.names_any, shelf.priority.shared(ask.groups) > 0, 0.5)
    parts = {
        "theme": themes / len(ask.themes),
        "size": np.minimum(below, np.minimum(columns["most"] / ask.amount, 1.0)),
        "instrument": instruments / len(ask.instruments),
        "priority": priority,
        "readiness": ready,
    }
    scores = 100 * np.sum([weights[name] * values for name, values in parts.items()], axis=0)
    blocked = _blocked(ask, shelf, themes == 0, instruments == 0)
    is_blocked = np.any(list(blocked.values()), axis=0)
    order = np.lexsort((columns["place"], columns["months"], -scores.round(9), is_blocked))
    return Ranking(ask, shelf, order, scores, parts, blocked)


def _blocked(ask: Ask, shelf: Shelf, off_theme: Flags, off_instrument: Flags) -> dict[str, Flags]:
    """Return which windows each rule closes to a project, in the order of `OBSTACLES`."""
    used = np.array([ask.used.get(window.id, 0.0) for window in shelf.windows]) if ask.used else 0.0
    limits = [bool(ask.risk and window.risk_limit and ask.risk < window.risk_limit) for window in shelf.windows]
    return {
        "deadline": shelf.flags["closed"],
        "country": shelf.countries.names_any & (shelf.countries.shared((ask.country,)) == 0),
        "group": shelf.groups.names_any & (shelf.groups.shared(ask.groups) == 0),
        "theme": off_theme,
        "instrument": off_instrument,
        "exclusion": shelf.excluded.shared(ask.sectors) > 0,
        "entity": shelf.flags["entity"] & (shelf.funds.shared(ask.entities) == 0),
        "risk": np.array(limits, dtype=bool),
        "cap": ask.amount > shelf.columns["cap"] - used,
    }


def _obstacle(rule: str, ask: Ask, window: Window) -> Obstacle:
    """Return an obstacle with its words filled in."""
    reason, remedy = OBSTACLES[rule]
    fields = _NAMED[rule](ask, window) if rule in _NAMED else {}
    return Obstacle(rule, reason.format(**fields), remedy, fields)


def _listed(words: Iterable[str]) -> str:
    """Return words in order, with commas."""
    return ", ".join(sorted(words))
