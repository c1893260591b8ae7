"""Currencies and prices: conversion at yearly rates, deflation to a base year, and no rate ever guessed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from landbalance.core.errors import InputError
from landbalance.core.money import Money

AVERAGE, END = "average", "end"
BASE = "USD"


@dataclass(frozen=True)
class Rates:
    """Exchange rates and deflators as tables.

    Parameters
    ----------
    per_usd : mapping of (str, int, str) to Decimal
        Units of a currency for one US dollar, by currency, year and kind ("average" for flows, "end" for stocks).
    deflators : mapping of (str, int) to Decimal
        GDP price index by currency and year, in any base year.
    source : str
        Where they come from; travels with every figure.
    """

    per_usd: Mapping[tuple[str, int, str], Decimal]
    deflators: Mapping[tuple[str, int], Decimal] = field(default_factory=dict)
    source: str = ""

    def rate(self, currency: str, year: int, kind: str = AVERAGE) -> Decimal:
        """Return how many units of a currency one dollar bought.

        Raises
        ------
        InputError
            If the table has no such rate; it is never taken as 1.
        """
        if currency == BASE:
            return Decimal(1)
        found = self.per_usd.get((currency, year, kind))
        if found is None:
            raise InputError(
                "no {kind} exchange rate {currency}/USD for {year}",
                kind=kind,
                currency=currency,
                year=year,
                hint="add it to the rate table (columns currency, year, kind, per_usd, source) and import again",
            )
        return found

    def index(self, currency: str, year: int) -> Decimal:
        """Return the deflator of a currency's economy in a year.

        Raises
        ------
        InputError
            If the table has none.
        """
        found = self.deflators.get((currency, year))
        if found is None:
            raise InputError(
                "no deflator of {currency} for {year}",
                currency=currency,
                year=year,
                hint="add it to the deflator table (columns currency, year, index, source)",
            )
        return found


def convert(money: Money, to: str, year: int, rates: Rates, kind: str = AVERAGE) -> Money:
    """Return an amount in another currency at the rate of a year.

    Raises
    ------
    InputError
        If a rate is missing, or the amount is stated in the prices of another year.

    References
    ----------
    .. [1] OECD DAC, conversion at annual average exchange rates.

    Examples
    --------
    >>> rates = Rates({("XOF", 2022, "average"): Decimal("620")})
    >>> convert(Money(Decimal("6200"), "XOF"), "USD", 2022, rates).amount
    Decimal('10')
    """
    if money.price_year not in (None, year):
        raise InputError(
            "an amount in prices of {base} cannot be converted at the rate of {year}",
            base=money.price_year,
            year=year,
            hint="convert it at the rate of its own price year",
        )
    amount = money.amount * rates.rate(to, year, kind) / rates.rate(money.currency, year, kind)
    return Money(amount, to, money.price_year)


def deflate(money: Money, year: int, base_year: int, rates: Rates, *, to: str = BASE, by: str | None = None) -> Money:
    """Return an amount of a year in constant prices of a base year.

    Parameters
    ----------
    money : Money
        In current prices.
    by : str or None
        Currency whose economy's deflator is used: the provider's (DAC practice) or the recipient's; the amount's own
        currency when None.

    Raises
    ------
    InputError
        If the amount is not in current prices, or a rate or deflator is missing.

    References
    ----------
    .. [1] OECD DAC, deflators: V * (P_b / P_t) / e_b.

    Examples
    --------
    >>> rates = Rates({}, {("USD", 2020): Decimal("100"), ("USD", 2022): Decimal("110")})
    >>> deflate(Money(Decimal("110"), "USD"), 2022, 2020, rates)
    Money(amount=Decimal('100'), currency='USD', price_year=2020)
    """
    if money.price_year is not None:
        raise InputError(
            "an amount in prices of {base} is deflated already", base=money.price_year, hint="give current prices"
        )
    economy = by or money.currency
    own = convert(money, economy, year, rates).amount
    real = own * rates.index(economy, base_year) / rates.index(economy, year)
    return Money(real * rates.rate(to, base_year) / rates.rate(economy, base_year), to, base_year)


def index_series(rates: Rates, currency: str, years: range, base_year: int) -> dict[int, float]:
    """Return the dollar deflator of an economy, 1 in the base year: (P_t / P_b) / (e_t / e_b).

    Examples
    --------
    >>> rates = Rates({("XOF", 2020, "average"): Decimal("500"), ("XOF", 2022, "average"): Decimal("625")},
    ...               {("XOF", 2020): Decimal("100"), ("XOF", 2022): Decimal("110")})
    >>> index_series(rates, "XOF", range(2022, 2023), 2020)
    {2022: 0.88}
    """
    base_index, base_rate = rates.index(currency, base_year), rates.rate(currency, base_year)
    return {
        year: float((rates.index(currency, year) / base_index) / (rates.rate(currency, year) / base_rate))
        for year in years
    }
