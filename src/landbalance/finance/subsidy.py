"""Subsidies that harm land: support estimates, screening, and repurposing that balances to the cent."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from landbalance.core.dated import Dated, dated_values
from landbalance.core.errors import InputError, RuleError

PSE_CLASSES = {
    "A1": "market price support",
    "A2": "payments based on output",
    "B1": "variable inputs",
    "B2": "fixed capital",
    "B3": "on-farm services",
    "C": "current area, animals, revenue or income, production required",
    "D": "non-current, production required",
    "E": "non-current, production not required",
    "F1": "long-term resource retirement",
    "F2": "specific non-commodity output",
    "F3": "other non-commodity criteria",
    "G": "miscellaneous",
}
MOST_HARMFUL = ("A1", "A2", "B1")
MECHANISMS = (
    "direct_transfer", "tax_expenditure", "price_regulation", "under_pricing", "credit_guarantee", "risk_transfer",
    "in_kind", "general_services",
)  # fmt: skip
OPTIONS = (
    "phase_out", "reduce", "decouple", "condition", "convert", "general_services", "insurance", "social_protection",
    "tax_shift",
)  # fmt: skip
BALANCE = 0.01


@dataclass(frozen=True)
class Pse:
    """Support to producers: value, share of receipts [0..1] and nominal assistance coefficient."""

    value: float
    share: float
    assistance: float


@dataclass(frozen=True)
class Subsidy:
    """One entry of the register, as far as screening needs it; harm, feasibility and equity run from 0 to 5."""

    id: str
    name: str
    annual_value: float
    harm: float
    feasibility: float
    equity: float
    pse_class: str = ""
    has_input_constraints: bool = False
    pathway: str = ""
    evidence: int = 0

    @property
    def is_potentially_most_harmful(self) -> bool:
        """Return whether its class is among those that distort most; B1 only without constraints on inputs."""
        return self.pse_class in MOST_HARMFUL and not (self.pse_class == "B1" and self.has_input_constraints)


@dataclass(frozen=True)
class Repurposing:
    """One year of a reform: what is released and where it goes; redirected domestic money, never new money."""

    before: float
    after: float
    released: float
    compensation: float
    reinvested: float
    other: float
    saving: float
    counted_as: str = "redirected domestic public"


@dataclass(frozen=True)
class PriceResponse:
    """What a lower input subsidy does: use before and after, subsidy, consumer loss, and the net gain."""

    quantity_before: float
    quantity_after: float
    subsidy_before: float
    subsidy_after: float
    consumer_loss: float
    net_gain: float


def pse(market_price_support: float, payments: float, value_of_production: float) -> Pse:
    """Return the producer support estimate.

    Raises
    ------
    InputError
        If support takes all receipts or more.

    References
    ----------
    .. [1] OECD, PSE manual: PSE / (VP + PSE - MPS); NAC = 1 / (1 - share).

    Examples
    --------
    >>> round(pse(40, 60, 900).assistance, 6)
    1.116279
    """
    value = market_price_support + payments
    receipts = value_of_production + value - market_price_support
    if receipts <= 0 or value >= receipts:
        raise InputError(
            "support {value} of receipts {receipts}",
            value=value,
            receipts=receipts,
            hint="check the value of production",
        )
    share = value / receipts
    return Pse(value, share, 1 / (1 - share))


def screen_score(subsidy: Subsidy, largest: float, parameters: Mapping[str, Dated] | None = None) -> float:
    """Return how early a subsidy should be reformed [0..1]: harm, size, feasibility, equity.

    Parameters
    ----------
    largest : float
        Annual value of the largest subsidy of the register, same unit.

    Raises
    ------
    InputError
        If a mark lies outside 0 to 5, or a value is negative.

    Examples
    --------
    >>> round(screen_score(Subsidy("s", "Fuel", 120, 4, 3, 2), 500), 4)
    0.7114
    """
    known = parameters or dated_values("finance/parameters")
    for name in ("harm", "feasibility", "equity"):
        if not 0 <= getattr(subsidy, name) <= 5:
            raise InputError(
                "{name} of {id} is {mark}", name=name, id=subsidy.id, mark=getattr(subsidy, name), hint="0..5"
            )
    if subsidy.annual_value < 0 or largest <= 0:
        raise InputError(
            "{id} is worth {value} a year", id=subsidy.id, value=subsidy.annual_value, hint="give a positive"
        )
    size = min(1.0, math.log1p(subsidy.annual_value) / math.log1p(largest))
    parts = {
        "harm": subsidy.harm / 5,
        "size": size,
        "feasibility": subsidy.feasibility / 5,
        "equity": subsidy.equity / 5,
    }
    return sum(known[f"subsidy_{name}_weight"].value * part for name, part in parts.items())


def repurpose(
    before: float, *, cut: float, compensation: float, reinvest: float, other: float = 0.0, after: float | None = None
) -> Repurposing:
    """Return the balanced sheet of one year of a reform.

    Parameters
    ----------
    before : float
        Subsidy without reform, any currency.
    cut : float
        Share cut [1].
    compensation : float
        Share of the release paid to those who lose [1].
    reinvest, other : float
        Shares of the rest that go to land and elsewhere [1]; what is left is saved.
    after : float or None
        Subsidy after the reform as people respond; `before * (1 - cut)` when None.

    Raises
    ------
    InputError
        If a share lies outside 0 to 1, or more than the rest is given away.
    RuleError
        If the sheet does not balance to 0.01.

    Examples
    --------
    >>> sheet = repurpose(120, cut=0.5, compensation=0.3, reinvest=0.6)
    >>> sheet.released, sheet.compensation, round(sheet.reinvested, 2), round(sheet.saving, 2)
    (60.0, 18.0, 25.2, 16.8)
    """
    shares = {"cut": cut, "compensation": compensation, "reinvest": reinvest, "other": other}
    for name, share in shares.items():
        if not 0 <= share <= 1:
            raise InputError("{name} is {share}", name=name, share=share, hint="give a share between 0 and 1")
    if reinvest + other > 1 + 1e-12:
        raise InputError(
            "{total} of the rest is given away", total=reinvest + other, hint="reinvest and other sum to 1"
        )
    left = before * (1 - cut) if after is None else after
    released = before - left
    paid = released * compensation
    rest = released - paid
    sheet = Repurposing(before, left, released, paid, rest * reinvest, rest * other, rest * (1 - reinvest - other))
    check_balance(sheet)
    return sheet


def check_balance(sheet: Repurposing) -> None:
    """Refuse a sheet whose uses do not sum to what is released, to 0.01.

    Raises
    ------
    RuleError
        If it does not balance.

    Examples
    --------
    >>> check_balance(Repurposing(120, 60, 60, 18, 25.2, 0, 16.8))
    """
    uses = sheet.compensation + sheet.reinvested + sheet.other + sheet.saving
    if abs(sheet.before - sheet.after - sheet.released) > BALANCE or abs(sheet.released - uses) > BALANCE:
        raise RuleError(
            "{released:.2f} is released and {uses:.2f} used",
            released=sheet.before - sheet.after,
            uses=uses,
            hint="compensation, reinvestment, other uses and saving must sum to the release",
        )


def price_response(
    quantity: float, price: float, new_price: float, full_price: float, elasticity: float, damage: float = 0.0
) -> PriceResponse:
    """Return what a dearer input does, at constant elasticity.

    Parameters
    ----------
    quantity : float
        Used at the old price.
    price, new_price, full_price : float
        Paid before, paid after, and without subsidy, per unit.
    elasticity : float
        Of demand, below 0.
    damage : float
        Harm of one unit, in money.

    References
    ----------
    .. [1] Q1 = Q0 (p1/p0)^e; consumer loss = k (p1^(e+1) - p0^(e+1)) / (e+1), k = Q0 / p0^e.

    Examples
    --------
    >>> round(price_response(100, 1.0, 1.2, 2.0, -0.5).quantity_after, 4)
    91.2871
    """
    if min(quantity, price, new_price, full_price) <= 0:
        raise InputError("quantity and prices must be above 0", hint="check the four values")
    after = quantity * (new_price / price) ** elasticity
    scale = quantity / price**elasticity
    power = elasticity + 1
    if abs(power) < 1e-12:
        loss = scale * math.log(new_price / price)
    else:
        loss = scale * (new_price**power - price**power) / power
    before_s, after_s = quantity * (full_price - price), after * (full_price - new_price)
    gain = (before_s - after_s) - loss + damage * (quantity - after)
    return PriceResponse(quantity, after, before_s, after_s, loss, gain)


def land_effect(area_ha: float, pressure_elasticity: float, price_change: float) -> float:
    """Return the change of land under pressure [ha]: area times elasticity times relative price change.

    Examples
    --------
    >>> land_effect(10_000, -0.2, 0.1)
    -200.0
    """
    return area_ha * pressure_elasticity * price_change
