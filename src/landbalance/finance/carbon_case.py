"""The carbon of a project from benefit to revenue: questions of integrity first, then credits, then money."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from landbalance.core.dated import dated_values
from landbalance.core.words import Words
from landbalance.finance.appraisal import npv
from landbalance.finance.carbon import Gate
from landbalance.finance.carbon_balance import CarbonBalance, deduction_for
from landbalance.finance.carbon_credits import (
    PriceKind,
    Revenue,
    Reversal,
    SaleCosts,
    Shares,
    Vintage,
    checked_gates,
    price_path,
    revenue,
    scenarios,
    shadow_worth,
    vintages,
)

METHOD = "carbon-case/1"


@dataclass(frozen=True)
class Market:
    """How credits are sold.

    Parameters
    ----------
    prices : sequence of float
        Price of each year [money/t CO2e], the last one growing on by `growth`; empty where none is given.
    adjusted, for_ndc : sequence of int
        Vintages that the host country adjusts for, and that it counts itself.
    """

    prices: Sequence[float] = ()
    growth: float = 0.0
    kind: PriceKind = "voluntary"
    costs: SaleCosts | None = None
    reversals: Sequence[Reversal] = ()
    adjusted: Sequence[int] = ()
    for_ndc: Sequence[int] = ()


@dataclass(frozen=True)
class Worth:
    """What carbon is weighed against: discount rate, and present value of other benefits and of carbon in the table."""

    rate: float
    currency: str
    others: float = 0.0
    in_table: float = 0.0
    is_dryland: bool = False


@dataclass(frozen=True)
class CarbonCase:
    """Everything asked of carbon.

    Parameters
    ----------
    gates : tuple of Gate
        Questions of integrity; while one is open there is no revenue.
    revenue : Revenue or None
        None while a question is open or without a price.
    by_price : mapping of float to float
        Present value at the prices of the voluntary scenarios [USD]; empty while a question is open.
    shadow : (float, float) or None
        Worth to the world at the band of the shadow price [USD]: for the economic view, never added to revenue.
    share : float or None
        Of carbon in all benefits [1].
    """

    balance: CarbonBalance
    gates: tuple[Gate, ...]
    shares: Shares
    vintages: tuple[Vintage, ...]
    revenue: Revenue | None
    by_price: Mapping[float, float]
    shadow: tuple[float, float] | None
    share: float | None
    warnings: tuple[str, ...]

    @property
    def open_gates(self) -> tuple[Gate, ...]:
        """Return the questions that are not settled."""
        return tuple(gate for gate in self.gates if not gate.is_passed)

    @property
    def issued(self) -> float:
        """Return the credits of all years [t CO2e]."""
        return sum(each.issued for each in self.vintages)


def carbon_case(
    balance: CarbonBalance, shares: Shares, market: Market, worth: Worth, answers: Mapping[str, bool]
) -> CarbonCase:
    """Return what carbon comes to, no money before integrity is shown.

    Raises
    ------
    InputError, RuleError
        If shares, reversals or prices do not fit; a shadow price is given as revenue.

    Examples
    --------
    >>> from landbalance.finance.carbon import gates
    >>> from landbalance.finance.carbon_balance import Component, balance_of
    >>> soil = balance_of([Component("soil", (100.0, 100.0), 0.10)])
    >>> case = carbon_case(soil, Shares(0.1, 0.05, 0.2), Market([8.0]), Worth(0.1, "USD"), {})
    >>> len(case.open_gates), case.revenue, case.by_price
    (11, None, {})
    """
    gross = balance.yearly
    years = vintages(gross, shares, market.reversals, adjusted=market.adjusted, for_ndc=market.for_ndc)
    asked = checked_gates(answers, shares, is_dryland=worth.is_dryland, years=years)
    is_open = any(not gate.is_passed for gate in asked)
    sold, by_price = None, {}
    if not is_open:
        if market.prices:
            prices = price_path(market.prices, len(years), market.growth)
            sold = revenue(years, prices, worth.rate, asked, kind=market.kind, costs=market.costs)
        by_price = _by_price(years, market, worth, asked)
    band = scenarios()[1]
    shadow = tuple(shadow_worth(gross, [price] * len(gross), worth.rate) for price in (band[0], band[-1]))
    carbon = worth.in_table if sold is None else npv(sold.sold, worth.rate)
    share = carbon / (carbon + worth.others) if carbon + worth.others > 0 and carbon > 0 else None
    return CarbonCase(
        balance, asked, shares, years, sold, by_price, (shadow[0], shadow[1]) if worth.currency == "USD" else None,
        share, _warnings(balance, shares, years, worth, share, is_open=is_open),
    )  # fmt: skip


def _by_price(years: Sequence[Vintage], market: Market, worth: Worth, asked: Sequence[Gate]) -> dict[float, float]:
    """Return the present value at each price of the scenarios; none where the project does not count in dollars."""
    if worth.currency != "USD":
        return {}
    return {
        price: revenue(years, [price] * len(years), worth.rate, asked, costs=market.costs).worth
        for price in scenarios()[0]
    }


def _warnings(
    balance: CarbonBalance,
    shares: Shares,
    years: Sequence[Vintage],
    worth: Worth,
    share: float | None,
    *,
    is_open: bool,
) -> tuple[str, ...]:
    """Return what a careful reader would ask."""
    said: list[str] = []
    most = dated_values("finance/parameters")["carbon_most_share"].value
    if worth.is_dryland and share is not None and share > most:
        said.append(Words("carbon is {share:.0%} of the benefits: in dry land it should stay below {most:.0%}",
                          share=share, most=most))  # fmt: skip
    if is_open and worth.in_table > 0:
        said.append(Words("the cash table counts money from carbon although questions of integrity are open"))
    wanted = deduction_for(balance.uncertainty)
    if balance.uncertainty is not None and shares.uncertainty < wanted - 1e-9:
        said.append(Words("{given:.0%} is left out for uncertainty; at {unsure:.0%} it should be {wanted:.0%}",
                          given=shares.uncertainty, unsure=balance.uncertainty, wanted=wanted))  # fmt: skip
    if balance.total <= 0:
        said.append(Words("the project gives off more than it binds: there is nothing to sell"))
    owed = years[-1].owed if years else 0.0
    if owed > 0:
        said.append(Words("{owed:,.0f} t of sold credits have no carbon behind them at the end", owed=owed))
    return tuple(said)
