"""Debt against the cash that carries it: cover ratios, shaped service, swaps for nature, pauses after disasters."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from landbalance.core.errors import InputError
from landbalance.finance.appraisal import npv
from landbalance.finance.needs import crf


@dataclass(frozen=True)
class Debt:
    """Debt against cash available for it: service by year, cover ratios, loan-life cover."""

    service: tuple[float, ...]
    dscr: tuple[float, ...]
    llcr: float

    @property
    def least(self) -> float:
        """Return the lowest cover of any year."""
        return min(self.dscr)

    @property
    def mean(self) -> float:
        """Return the mean cover."""
        return math.fsum(self.dscr) / len(self.dscr)


@dataclass(frozen=True)
class Sculpted:
    """Debt service shaped to the cash, and the debt it can carry."""

    service: tuple[float, ...]
    capacity: float


@dataclass(frozen=True)
class Swap:
    """A debt swap: new loan, debt cut, what the budget saves and what land gets of it, now and from an endowment."""

    new_loan: float
    debt_cut: float
    new_service: float
    old_worth: float
    new_worth: float
    saving: float
    commitments: float
    face: float
    endowment: float = 0.0
    endowment_income: float = 0.0

    @property
    def nominal_cut(self) -> float:
        """Return the share of the old debt that is gone."""
        return self.debt_cut / self.face

    @property
    def net(self) -> float:
        """Return the saving after the commitments to land."""
        return self.saving - self.commitments

    @property
    def share_to_land(self) -> float | None:
        """Return the share of the saving that goes to land."""
        return self.commitments / self.saving if self.saving else None


@dataclass(frozen=True)
class Pause:
    """A loan with payments put off: payments by year, and the balance after each."""

    payments: tuple[float, ...]
    balances: tuple[float, ...]

    def worth(self, rate: float) -> float:
        """Return the present value of all payments."""
        return npv([0.0, *self.payments], rate)


def dscr(cash: Sequence[float], debt: float, rate: float, years: int) -> Debt:
    """Return how well cash covers a level debt service.

    Raises
    ------
    InputError
        If cash is not given for every year of the loan.

    Examples
    --------
    >>> found = dscr([5, 6, 7, 8, 8], 20, 0.08, 5)
    >>> round(found.least, 4), round(found.llcr, 6)
    (0.9982, 1.33277)
    """
    if len(cash) != years:
        raise InputError(
            "cash is given for {have} years and the loan runs {years}",
            have=len(cash),
            years=years,
            hint="give each year",
        )
    service = debt * crf(rate, years)
    return Debt((service,) * years, tuple(each / service for each in cash), llcr(cash, debt, rate))


def llcr(cash: Sequence[float], debt: float, rate: float) -> float:
    """Return the worth of the cash of a loan's life over the loan.

    Examples
    --------
    >>> round(llcr([110.0], 100.0, 0.10), 9)
    1.0
    """
    if debt <= 0:
        raise InputError("the debt is {debt}", debt=debt, hint="give an amount above zero")
    return npv([0.0, *cash], rate) / debt


def sculpt(cash: Sequence[float], rate: float, target: float) -> Sculpted:
    """Return the debt service that keeps cover at a target, and the debt it carries.

    Raises
    ------
    InputError
        If the target is below 1.

    Examples
    --------
    >>> round(sculpt([5, 6, 7, 8, 8], 0.08, 1.30).capacity, 6)
    20.504148
    """
    if target < 1:
        raise InputError("a cover of {target} does not pay the debt", target=target, hint="give 1 or more")
    service = tuple(each / target for each in cash)
    return Sculpted(service, npv([0.0, *service], rate))


def debt_swap(
    *,
    face: float,
    coupon: float,
    years: int,
    price: float,
    costs: float,
    new_rate: float,
    new_years: int,
    market_rate: float,
    commitment: float,
    commitment_years: int,
    endowed: float = 0.0,
    endowment_rate: float = 0.0,
) -> Swap:
    """Return what buying back debt with a cheaper loan saves, and what of it goes to land.

    Parameters
    ----------
    face, coupon, years : float, float, int
        Old debt, paid back at the end.
    price : float
        Of the buy-back, as a share of the face.
    costs : float
        Of the deal, insurance and reserve included; borrowed too.
    new_rate, new_years : float, int
        New loan with level payments.
    market_rate : float
        At which both are weighed.
    commitment, commitment_years : float, int
        Paid to land each year.
    endowed, endowment_rate : float
        Share of each payment that is laid up for the time after, and what it earns a year [1].

    Raises
    ------
    InputError
        If the price is no share of the face, or the new loan saves no debt.

    Examples
    --------
    >>> found = debt_swap(face=500, coupon=0.05, years=10, price=0.55, costs=14, new_rate=0.05, new_years=15,
    ...                   market_rate=0.09, commitment=4.0, commitment_years=20)
    >>> round(found.net, 6)
    110.699551
    """
    if not 0 < price <= 1:
        raise InputError("the buy-back price is {price}", price=price, hint="give a share of the face, up to 1")
    old = npv([0.0, *[face * coupon] * (years - 1), face * (1 + coupon)], market_rate)
    new_loan = face * price + costs
    if new_loan >= face:
        raise InputError(
            "the new loan of {loan:,.2f} is no smaller than the old debt of {face:,.2f}", loan=new_loan, face=face,
            hint="find a lower price or lower costs",
        )  # fmt: skip
    laid_up = endowment(commitment * endowed, endowment_rate, commitment_years)
    service = new_loan * crf(new_rate, new_years)
    new = service / crf(market_rate, new_years)
    return Swap(
        new_loan=new_loan,
        debt_cut=face - new_loan,
        new_service=service,
        old_worth=old,
        new_worth=new,
        saving=old - new,
        commitments=commitment / crf(market_rate, commitment_years),
        face=face,
        endowment=laid_up,
        endowment_income=laid_up * endowment_rate,
    )


def endowment(yearly: float, rate: float, years: int) -> float:
    """Return what equal yearly payments have grown to after the last one.

    Examples
    --------
    >>> round(endowment(1.0, 0.05, 2), 9)
    2.05
    """
    return yearly * (1 + rate) ** years / crf(rate, years)


def pauses(index: Sequence[float], trigger: float, *, put_off: int, most: int, years: int) -> tuple[int, ...]:
    """Return the payments that a drought index puts off; what the clause declares decides, nobody else.

    Parameters
    ----------
    index : sequence of float
        Index of each year of the loan; missing years (NaN) trigger nothing.
    trigger : float
        At or below it the payment of the year and the next ones are put off.
    put_off, most : int
        How many payments each time, and how often in the life of the loan.
    years : int
        Payments of the loan; the last one is never put off.

    Raises
    ------
    InputError
        If the index does not cover the years of the loan.

    Examples
    --------
    >>> pauses([0.1, -0.4, 0.8, -2.1, -1.9, 0.3, 0.2, -2.0, 0.1, 0.5], -1.5, put_off=2, most=1, years=10)
    (4, 5)
    """
    if len(index) < years:
        raise InputError(
            "the index of the clause has {have} years and the loan runs {years}", have=len(index), years=years,
            hint="give each year",
        )  # fmt: skip
    found: list[int] = []
    used, number = 0, 1
    while number < years and used < most:
        if index[number - 1] <= trigger:
            found += range(number, min(number + put_off, years))
            used, number = used + 1, number + put_off
        else:
            number += 1
    return tuple(found)


def pause_clause(principal: float, rate: float, years: int, paused: Sequence[int]) -> Pause:
    """Return a loan with level payments of which some are put off after a disaster; interest is added meanwhile.

    Parameters
    ----------
    paused : sequence of int
        Numbers of the payments put off, from 1; what is left is paid level over the years that remain.

    Raises
    ------
    InputError
        If a number is none of the loan's payments, or the last one is put off.

    Examples
    --------
    >>> found = pause_clause(100.0, 0.06, 10, [4, 5])
    >>> round(found.payments[5], 6), round(found.worth(0.06), 9)
    (20.231236, 100.0)
    """
    if any(not 1 <= number < years for number in paused):
        raise InputError(
            "payments {numbers} cannot be put off", numbers=list(paused), hint="give 1 to {limit}", limit=years - 1
        )
    balance, payment = principal, principal * crf(rate, years)
    payments, balances = [], []
    for number in range(1, years + 1):
        if number - 1 in paused and number not in paused:
            payment = balance * crf(rate, years - number + 1)
        paid = 0.0 if number in paused else payment
        balance = balance * (1 + rate) - paid
        payments.append(paid)
        balances.append(balance)
    return Pause(tuple(payments), tuple(balances))
