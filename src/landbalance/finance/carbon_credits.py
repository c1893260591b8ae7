"""Credits year by year: buffer, reversals after drought and fire, vintages, prices, costs, and revenue behind gates."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from landbalance.core.errors import InputError, RuleError
from landbalance.core.tables import toml_table
from landbalance.core.types import Array
from landbalance.core.words import Words
from landbalance.finance.appraisal import npv
from landbalance.finance.carbon import Gate, gates

METHOD = "carbon-credits/1"
TABLE = "finance/carbon"
Cause = Literal["drought", "fire", "other"]
PriceKind = Literal["voluntary", "shadow"]


@dataclass(frozen=True)
class Shares:
    """What is taken off a benefit before it is sold [1].

    Parameters
    ----------
    leakage, uncertainty, buffer : float
        Displaced use, doubt, and what is kept against reversal.
    proceeds, cancelled : float
        Of what is issued, the share for adaptation and the share cancelled for all (Article 6.4).
    """

    leakage: float
    uncertainty: float
    buffer: float
    proceeds: float = 0.0
    cancelled: float = 0.0

    @property
    def kept(self) -> float:
        """Return the share of a gross benefit that may be credited."""
        return (1 - self.leakage) * (1 - self.uncertainty)


@dataclass(frozen=True)
class Reversal:
    """A loss of part of the carbon bound so far [1], in a year from 1, and its cause."""

    year: int
    share: float
    cause: Cause


@dataclass(frozen=True)
class Vintage:
    """One year of credits [t CO2e].

    Parameters
    ----------
    stock, lost : float
        Net carbon bound at its end, and what a reversal took.
    buffer : float
        In the buffer at its end, and what reversals cancelled from it this year.
    issued : float
        New credits after buffer, share of proceeds and cancellation.
    owed : float
        Sold credits without carbon behind them at its end.
    use : str
        "adjusted" by the host country, "ndc" where the country counts it itself, "open" where nobody has said.
    """

    year: int
    stock: float
    lost: float
    buffer: float
    cancelled: float
    issued: float
    proceeds: float
    owed: float
    use: str


@dataclass(frozen=True)
class SaleCosts:
    """What selling costs: at the start, at each verification and how many years apart, and for each credit."""

    first: float = 0.0
    verification: float = 0.0
    every: int = 5
    per_credit: float = 0.0


@dataclass(frozen=True)
class Revenue:
    """Revenue of years 0 .. n, costs, and the present value of what is left."""

    sold: tuple[float, ...]
    costs: tuple[float, ...]
    worth: float

    @property
    def net(self) -> tuple[float, ...]:
        """Return sales less costs by year."""
        return tuple(gained - spent for gained, spent in zip(self.sold, self.costs, strict=True))


def vintages(
    gross: Sequence[float] | Array,
    shares: Shares,
    reversals: Sequence[Reversal] = (),
    *,
    adjusted: Sequence[int] = (),
    for_ndc: Sequence[int] = (),
) -> tuple[Vintage, ...]:
    """Return the credits of each year, reversals paid from the buffer first.

    Credits are issued on carbon above the highest stock so far: after a reversal nothing is issued until the stock is
    back. What the buffer does not cover is owed until then.

    Parameters
    ----------
    gross : sequence of float
        Benefit of years 1 .. n [t CO2e].
    adjusted, for_ndc : sequence of int
        Years whose credits the host country adjusts for, and which it counts itself.

    Raises
    ------
    InputError
        If a share lies outside 0 to 1, or a reversal lies outside the years.

    Examples
    --------
    >>> calm = vintages([10_000.0], Shares(0.10, 0.05, 0.20))
    >>> round(calm[0].buffer, 6), round(calm[0].issued, 6)
    (1710.0, 6840.0)
    >>> burnt = vintages([1000.0, 0.0], Shares(0.0, 0.0, 0.2), [Reversal(2, 0.5, "fire")])
    >>> burnt[1].cancelled, burnt[1].buffer, burnt[1].owed
    (200.0, 0.0, 300.0)
    """
    _check(shares, reversals, len(gross))
    stock = highest = pool = covered = 0.0
    found = []
    for year, amount in enumerate(gross, 1):
        share = 1 - math.prod(1 - each.share for each in reversals if each.year == year)
        lost = max(0.0, stock) * share
        stock += float(amount) * shares.kept - lost
        new = max(0.0, stock - highest)
        highest += new
        short = highest - stock
        covered = min(covered, short)
        cancelled = min(pool, short - covered)
        covered += cancelled
        pool += new * shares.buffer - cancelled
        issued = new * (1 - shares.buffer)
        found.append(Vintage(
            year, stock, lost, pool, cancelled, issued * (1 - shares.proceeds - shares.cancelled),
            issued * shares.proceeds, short - covered, _use(year, adjusted, for_ndc),
        ))  # fmt: skip
    return tuple(found)


def price_path(prices: Sequence[float], years: int, growth: float = 0.0) -> Array:
    """Return the price of each year 1 .. n: as given, the last one growing on.

    Raises
    ------
    InputError
        If there is no price, or one is below zero.

    Examples
    --------
    >>> price_path([8.0], 3, 0.5).tolist()
    [8.0, 12.0, 18.0]
    """
    if not prices or min(prices) < 0 or growth <= -1:
        raise InputError("the prices of carbon are {prices}", prices=list(prices), hint="give one or more from 0")
    given = np.asarray(prices[:years], dtype=np.float64)
    more = years - len(given)
    return np.concatenate([given, given[-1] * (1 + growth) ** np.arange(1, more + 1)])


def checked_gates(
    answers: Mapping[str, bool], shares: Shares, *, is_dryland: bool, years: Sequence[Vintage]
) -> tuple[Gate, ...]:
    """Return the questions of integrity; an answer does not help where the figures say otherwise.

    Parameters
    ----------
    is_dryland : bool
        Whether the water balance matters.

    Raises
    ------
    InputError
        If an answer is to none of the questions.

    Examples
    --------
    >>> found = checked_gates({"permanence": True}, Shares(0.1, 0.05, 0.05), is_dryland=True, years=())
    >>> [(gate.is_passed, str(gate.why)) for gate in found if gate.code == "permanence"]
    [(False, 'a buffer of 5% is below 10%')]
    """
    limits = toml_table(TABLE)["buffer"]
    why: dict[str, str] = {}
    if shares.buffer < limits["least"]:
        why["permanence"] = Words("a buffer of {buffer:.0%} is below {least:.0%}", buffer=shares.buffer,
                                  least=limits["least"])  # fmt: skip
    if shares.buffer > limits["most"]:
        why["permanence"] = Words("a buffer of {buffer:.0%}: above {most:.0%} the risk is too high to sell",
                                  buffer=shares.buffer, most=limits["most"])  # fmt: skip
    counted = ", ".join(str(each.year) for each in years if each.use == "ndc" and each.issued > 0)
    if counted:
        why["double_claim"] = Words("the country counts the vintages of years {years} itself", years=counted)
    return gates(answers, why=why, settled=() if is_dryland else ("water_balance",))


def revenue(
    years: Sequence[Vintage],
    prices: Sequence[float] | Array,
    rate: float,
    asked: Sequence[Gate],
    *,
    kind: PriceKind = "voluntary",
    costs: SaleCosts | None = None,
) -> Revenue:
    """Return what credits bring, sold at the end of the year they are issued; nothing before integrity is shown.

    Raises
    ------
    RuleError
        If a question of integrity is open, or the price is a shadow price, which belongs to the economic view alone.
    InputError
        If there is not one price for each year.

    Examples
    --------
    >>> open_gates = [Gate(each.code, each.question, True) for each in gates({})]
    >>> sold = vintages([110.0], Shares(0.0, 0.0, 0.0))
    >>> round(revenue(sold, [10.0], 0.10, open_gates).worth, 6)
    1000.0
    """
    _check_sale(years, prices, asked, kind)
    spent = costs or SaleCosts()
    sold = [0.0, *(each.issued * float(price) for each, price in zip(years, prices, strict=True))]
    paid = [spent.first]
    for each in years:
        verified = spent.verification if each.year % spent.every == 0 or each.year == len(years) else 0.0
        paid.append(verified + each.issued * spent.per_credit)
    return Revenue(tuple(sold), tuple(paid), npv(np.subtract(sold, paid), rate))


def shadow_worth(gross: Sequence[float] | Array, prices: Sequence[float] | Array, rate: float) -> float:
    """Return what a benefit is worth to the world at a shadow price: for the economic view, never as revenue.

    Examples
    --------
    >>> round(shadow_worth([110.0], [50.0], 0.10), 6)
    5000.0
    """
    return npv([0.0, *(np.asarray(gross, dtype=np.float64) * np.asarray(prices, dtype=np.float64))], rate)


def scenarios() -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the prices of the voluntary scenarios and the band of the shadow price [USD/t CO2e].

    Examples
    --------
    >>> scenarios()[0]
    (5.0, 15.0, 30.0)
    """
    row = toml_table(TABLE)["price"]
    return tuple(map(float, row["voluntary_usd"])), tuple(map(float, row["shadow_usd"]))


def _use(year: int, adjusted: Sequence[int], for_ndc: Sequence[int]) -> str:
    """Return who claims a vintage."""
    if year in adjusted:
        return "adjusted"
    return "ndc" if year in for_ndc else "open"


def _check(shares: Shares, reversals: Sequence[Reversal], years: int) -> None:
    """Refuse shares and reversals that cannot be."""
    given = {name: getattr(shares, name) for name in Shares.__dataclass_fields__}
    given["proceeds and cancelled"] = shares.proceeds + shares.cancelled
    given |= {f"reversal of year {each.year}": each.share for each in reversals}
    for name, value in given.items():
        if not 0 <= value <= 1:
            raise InputError("{name} is {value}", name=name, value=value, hint="give a share from 0 to 1")
    late = next((each.year for each in reversals if not 1 <= each.year <= years), None)
    if late is not None:
        raise InputError("a reversal lies in year {year} of {years}", year=late, years=years,
                         hint="give a year of the horizon, from 1")  # fmt: skip


def _check_sale(years: Sequence[Vintage], prices: Sequence[float] | Array, asked: Sequence[Gate], kind: str) -> None:
    """Refuse to count money where integrity is open, or prices do not fit."""
    still = [gate for gate in asked if not gate.is_passed]
    if still:
        raise RuleError(
            "no revenue from carbon yet: {count} questions of integrity are open, first {code}",
            count=len(still), code=still[0].code, question=still[0].question, hint="{question}",
        )  # fmt: skip
    if kind != "voluntary":
        raise RuleError("a shadow price of carbon is no revenue", hint="give the price credits are sold at")
    if len(prices) != len(years):
        raise InputError("{prices} prices are given for {years} years", prices=len(prices), years=len(years),
                         hint="give each year")  # fmt: skip
