"""A grant on its way to communities: what each hand keeps, who gets it in the end, and what is not shown yet."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from landbalance.core.errors import InputError
from landbalance.core.words import Words
from landbalance.finance.blend import pass_through

METHOD = "community/1"
CENT = 0.005
Form = Literal["cash", "in_kind"]
Led = Literal["women", "indigenous", "youth"]


@dataclass(frozen=True)
class Hand:
    """One intermediary: its name and the share of what it receives that it keeps [1]."""

    name: str
    fee: float


@dataclass(frozen=True)
class Arrival:
    """What reaches one group at the end of the chain."""

    name: str
    amount: float
    form: Form = "cash"
    is_direct: bool = False
    led_by: frozenset[Led] = frozenset()
    is_small_grant: bool = False


@dataclass(frozen=True)
class Terms:
    """What was agreed with communities: None or empty where nobody has said."""

    pays_by_results: bool | None = None
    is_multi_year: bool | None = None
    consent_record: str = ""
    grievance: str = ""


@dataclass(frozen=True)
class Step:
    """One hand of the chain: what it received, kept and passed on."""

    name: str
    received: float
    kept: float
    passed: float


@dataclass(frozen=True)
class Passage:
    """A grant tracked to the end.

    Parameters
    ----------
    delivered, share : float
        What the last hand passes on, and its share of the grant.
    tracked : float
        What is named group by group; the rest has no known end.
    shares : mapping
        Of the tracked amount: direct, cash, women, indigenous, youth [1]; empty where nothing is tracked.
    doubts : tuple of str
        What breaks a rule or is not shown.
    missing : tuple of str
        Records that are not there.
    """

    grant: float
    steps: tuple[Step, ...]
    delivered: float
    share: float
    floor: float
    tracked: float
    shares: dict[str, float]
    doubts: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def reaches_floor(self) -> bool:
        """Return whether as much arrives as should."""
        return self.share >= self.floor - 1e-12

    @property
    def untracked(self) -> float:
        """Return what is delivered without a named end."""
        return self.delivered - self.tracked


def track(
    grant: float,
    chain: Sequence[Hand],
    arrivals: Sequence[Arrival],
    terms: Terms,
    *,
    floor: float,
    small_grant_cap: float | None,
) -> Passage:
    """Follow a grant through its hands to the groups that get it.

    Parameters
    ----------
    floor : float
        Least share of the grant that should arrive [1].
    small_grant_cap : float or None
        Most that one small grant may be, in the currency of the grant; None where it is not known.

    Raises
    ------
    InputError
        If the grant is not above zero, a fee is no share, an amount is below zero, or groups get more than is left.

    Examples
    --------
    >>> chain = [Hand("agency", 0.095), Hand("ministry", 0.07), Hand("fund", 0.10)]
    >>> found = track(5_000_000, chain, [], Terms(), floor=0.70, small_grant_cap=75_000)
    >>> round(found.delivered), round(found.share, 6), found.reaches_floor
    (3787425, 0.757485, True)
    """
    left = _left(grant, chain, arrivals)
    received = (grant, *left[:-1]) if left else ()
    steps = tuple(
        Step(hand.name, got, got - passed, passed) for hand, got, passed in zip(chain, received, left, strict=True)
    )
    delivered = left[-1] if left else grant
    tracked = math.fsum(each.amount for each in arrivals)
    share = delivered / grant
    return Passage(
        grant, steps, delivered, share, floor, tracked, _shares(arrivals, tracked),
        _doubts(arrivals, share, floor, delivered - tracked, small_grant_cap), _missing(terms),
    )  # fmt: skip


def _left(grant: float, chain: Sequence[Hand], arrivals: Sequence[Arrival]) -> tuple[float, ...]:
    """Return what each hand passes on; refuse what cannot be."""
    if grant <= 0 or any(each.amount < 0 for each in arrivals):
        raise InputError("the grant or what a group gets of it is below zero", hint="give amounts above zero")
    left = pass_through(grant, [each.fee for each in chain])
    delivered, named = (left[-1] if left else grant), math.fsum(each.amount for each in arrivals)
    if named > delivered + CENT:
        raise InputError(
            "groups get {named:,.2f} and {delivered:,.2f} arrives", named=named, delivered=delivered,
            hint="enter what each group gets after all fees",
        )  # fmt: skip
    return left


def _shares(arrivals: Sequence[Arrival], tracked: float) -> dict[str, float]:
    """Return shares of what is tracked."""
    if not tracked:
        return {}
    picked = {
        "direct": [each.amount for each in arrivals if each.is_direct],
        "cash": [each.amount for each in arrivals if each.form == "cash"],
        **{led: [each.amount for each in arrivals if led in each.led_by] for led in ("women", "indigenous", "youth")},
    }
    return {name: math.fsum(amounts) / tracked for name, amounts in picked.items()}


def _doubts(
    arrivals: Sequence[Arrival], share: float, floor: float, untracked: float, cap: float | None
) -> tuple[str, ...]:
    """Return what breaks a rule or is not shown."""
    said: list[str] = []
    if share < floor - 1e-12:
        said.append(Words("{share:.0%} arrives in communities, at least {floor:.0%} should", share=share, floor=floor))
    if untracked > CENT:
        said.append(Words("{amount:,.0f} that arrives is not tracked to a group", amount=untracked))
    small = [each for each in arrivals if each.is_small_grant]
    if small and cap is None:
        said.append(Words("small grants are not checked: their cap is in US dollars", count=len(small)))
    said += [
        Words("{name} gets {amount:,.0f}, a small grant is {cap:,.0f} at most",
              name=each.name, amount=each.amount, cap=cap)
        for each in small if cap is not None and each.amount > cap + CENT
    ]  # fmt: skip
    return tuple(said)


def _missing(terms: Terms) -> tuple[str, ...]:
    """Return the records that are not there."""
    asked = (
        (terms.pays_by_results is None, Words("whether results are paid for")),
        (terms.is_multi_year is None, Words("whether it runs for several years")),
        (not terms.consent_record.strip(), Words("record of consent")),
        (not terms.grievance.strip(), Words("grievance mechanism")),
    )
    return tuple(name for is_open, name in asked if is_open)
