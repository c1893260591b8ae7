"""Blended finance: stacks, who bears losses, who is paid first, debt, guarantees, swaps, pools, pass-through."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from scipy.special import ndtr, ndtri

from landbalance.core.errors import InputError
from landbalance.finance.needs import crf

METHOD = "blend/1"
TrancheKind = Literal["grant", "first_loss", "mezzanine", "concessional", "commercial", "equity", "guarantee"]
Repayment = Literal["level", "equal", "bullet"]
LOSS_ORDER = ("equity", "grant", "first_loss", "mezzanine", "concessional", "commercial")
BELOW_MARKET = frozenset({"grant", "first_loss", "mezzanine", "concessional"})
CENT = 0.005


@dataclass(frozen=True)
class Tranche:
    """One layer of a stack.

    Parameters
    ----------
    rate : float
        Yearly rate [1]; for equity the return it asks.
    is_public : bool
        Whether it is public money.
    rank : int or None
        1 is paid first and bears losses last; by its kind when None.
    years, grace : int
        Years until it is paid back, the first of them with interest alone; 0 where it is not paid back.
    is_below_market : bool or None
        Whether its terms are softer than the market's; by its kind when None.
    """

    name: str
    kind: TrancheKind
    amount: float
    rate: float
    currency: str = "USD"
    is_public: bool = True
    rank: int | None = None
    years: int = 0
    grace: int = 0
    repayment: Repayment = "level"
    provider: str = ""
    is_below_market: bool | None = None

    @property
    def place(self) -> int:
        """Return its place in the order of payment: 1 is paid first and bears losses last."""
        return len(LOSS_ORDER) - LOSS_ORDER.index(self.kind) if self.rank is None else self.rank

    @property
    def is_soft(self) -> bool:
        """Return whether it is below the market."""
        return self.kind in BELOW_MARKET if self.is_below_market is None else self.is_below_market


@dataclass(frozen=True)
class FundCost:
    """Cost of a stack and its leverage; every ratio says over what."""

    with_grants: float
    without_grants: float
    commercial_to_below_market: float | None
    total_to_grant: float | None
    total_to_grant_and_first_loss: float | None
    private_to_public: float | None


@dataclass(frozen=True)
class Paid:
    """What a period's cash paid: each claim in its order, what is still owed, and what is left."""

    paid: Mapping[str, float]
    owed: Mapping[str, float]
    left: float
    is_locked: bool


@dataclass(frozen=True)
class Claim:
    """A claim on the cash of a period, in its rank; what is not paid of one that accrues is owed next time."""

    name: str
    amount: float
    rank: int
    is_senior_debt: bool = False
    accrues: bool = False
    is_fee: bool = False


@dataclass(frozen=True)
class Guarantee:
    """Price of a guarantee: expected loss, loss in a bad year, capital, fee; and what it does to the spread [1]."""

    expected_loss: float
    bad_default_rate: float
    capital: float
    fee: float
    spread_before: float
    spread_after: float


@dataclass(frozen=True)
class Concession:
    """How soft a loan is: yearly service, its worth at market rates, subsidy, and grant element [1]."""

    service: float
    worth: float
    subsidy: float
    grant_element: float


def cost_of_funds(stack: Sequence[Tranche]) -> FundCost:
    """Return what a stack costs on average, and what its soft money brings in.

    Raises
    ------
    InputError
        If the stack is empty, holds several currencies, or an amount is not above zero.

    Examples
    --------
    >>> stack = [Tranche("a", "commercial", 40, 0.09, is_public=False), Tranche("b", "concessional", 30, 0.03),
    ...          Tranche("c", "first_loss", 20, 0.05), Tranche("d", "grant", 10, 0.0)]
    >>> cost_of_funds(stack).with_grants
    0.055
    """
    _check_stack(stack)
    funded = [each for each in stack if each.kind != "guarantee"]
    total = math.fsum(each.amount for each in funded)
    interest = math.fsum(each.amount * each.rate for each in funded)
    of = {kind: math.fsum(each.amount for each in funded if each.kind == kind) for kind in LOSS_ORDER}
    soft = math.fsum(each.amount for each in funded if each.is_soft)
    market = math.fsum(each.amount for each in funded if not each.is_soft and each.kind != "equity")
    private = math.fsum(each.amount for each in funded if not each.is_public)
    return FundCost(
        with_grants=interest / total,
        without_grants=interest / (total - of["grant"]) if total > of["grant"] else 0.0,
        commercial_to_below_market=_over(market, soft),
        total_to_grant=_over(total, of["grant"]),
        total_to_grant_and_first_loss=_over(total, of["grant"] + of["first_loss"]),
        private_to_public=_over(private, total - private),
    )


def loss_waterfall(stack: Sequence[Tranche], loss: float) -> dict[str, float]:
    """Return who bears a loss, junior layers first.

    Raises
    ------
    InputError
        If the loss is negative or larger than the stack.

    Examples
    --------
    >>> loss_waterfall([Tranche("g", "grant", 10, 0), Tranche("c", "commercial", 40, 0.09)], 25)
    {'g': 10.0, 'c': 15.0}
    """
    _check_stack(stack)
    funded = sorted((each for each in stack if each.kind != "guarantee"), key=lambda each: -each.place)
    total = math.fsum(each.amount for each in funded)
    if not 0 <= loss <= total + CENT:
        raise InputError(
            "a loss of {loss:,.2f} does not fit a stack of {total:,.2f}",
            loss=loss,
            total=total,
            hint="give a loss from 0 to the size of the stack",
        )
    borne, left = {}, float(loss)
    for each in funded:
        borne[each.name] = min(left, float(each.amount))
        left -= borne[each.name]
    return borne


def cash_waterfall(cash: float, claims: Sequence[Claim], *, trigger: float | None = None) -> Paid:
    """Pay the claims of one period in their order; junior ones are locked up when senior cover is too low.

    Parameters
    ----------
    cash : float
        What came in.
    claims : sequence of Claim
    trigger : float or None
        Debt-service cover below which nothing goes to claims after senior debt and its reserve.

    Returns
    -------
    Paid
        Payments, what accrues, what is left; payments and the rest sum to the cash.

    Raises
    ------
    InputError
        If the cash or a claim is negative, or two claims have one name.

    Examples
    --------
    >>> cash_waterfall(5.0, [Claim("fees", 1, 1, is_fee=True), Claim("interest", 3, 2, is_senior_debt=True),
    ...                      Claim("coupon", 2, 3)]).paid
    {'fees': 1.0, 'interest': 3.0, 'coupon': 1.0}
    """
    if cash < 0 or min((each.amount for each in claims), default=0) < 0:
        raise InputError("cash is {cash} and the claims have one below zero", cash=cash, hint="give no negative amount")
    if len({each.name for each in claims}) < len(claims):
        raise InputError("two claims have one name", hint="give every claim a name of its own")
    ordered = sorted(claims, key=lambda each: each.rank)
    senior = math.fsum(each.amount for each in ordered if each.is_senior_debt)
    fees = math.fsum(each.amount for each in ordered if each.is_fee)
    locked = trigger is not None and senior > 0 and (cash - fees) / senior < trigger
    last_senior = max((each.rank for each in ordered if each.is_senior_debt), default=0)
    paid, left = pay_in_order(cash, [each for each in ordered if not locked or each.rank <= last_senior])
    paid |= {each.name: 0.0 for each in ordered if each.name not in paid}
    owed = {each.name: each.amount - paid[each.name] for each in ordered if each.accrues}
    return Paid(paid, owed, left, locked)


def pay_in_order(cash: float, claims: Sequence[Claim]) -> tuple[dict[str, float], float]:
    """Return what each claim gets and what is left; claims of one rank share in proportion.

    Examples
    --------
    >>> pay_in_order(4.0, [Claim("a", 3, 1), Claim("b", 1, 2), Claim("c", 3, 2)])
    ({'a': 3.0, 'b': 0.25, 'c': 0.75}, 0.0)
    """
    paid: dict[str, float] = {}
    left = float(cash)
    for rank in sorted({each.rank for each in claims}):
        equals = [each for each in claims if each.rank == rank]
        asked = math.fsum(each.amount for each in equals)
        share = 1.0 if asked <= left else left / asked
        paid |= {each.name: each.amount * share for each in equals}
        left = max(0.0, left - asked)
    return paid, left


def guarantee_fee(
    exposure: float,
    *,
    cover: float,
    default: float,
    loss: float,
    correlation: float,
    quantile: float,
    hurdle: float,
    admin: float,
) -> Guarantee:
    """Return the price of a guarantee that covers a share of a loan.

    Parameters
    ----------
    exposure : float
        Loan [money].
    cover, default, loss : float
        Share covered, chance of default, loss given default [0 to 1].
    correlation, quantile : float
        Asset correlation and confidence of the bad year (one-factor model).
    hurdle, admin : float
        Return on capital, and cost of administration as a share of the covered amount.

    Raises
    ------
    InputError
        If a share lies outside 0 to 1.

    References
    ----------
    .. [1] Vasicek (2002), The distribution of loan portfolio value.

    Examples
    --------
    >>> round(guarantee_fee(40, cover=0.5, default=0.06, loss=0.45, correlation=0.15, quantile=0.995,
    ...                     hurdle=0.08, admin=0.002).fee, 6)
    0.733226
    """
    shares = {"cover": cover, "default": default, "loss": loss, "correlation": correlation, "quantile": quantile}
    for name, value in shares.items():
        if not 0 <= value < 1 and not (name in ("cover", "loss") and value == 1):
            raise InputError("{name} is {value}", name=name, value=value, hint="give a share from 0 to 1")
    covered = exposure * cover
    bad = float(ndtr((ndtri(default) + math.sqrt(correlation) * ndtri(quantile)) / math.sqrt(1 - correlation)))
    expected = covered * default * loss
    capital = covered * loss * (bad - default)
    return Guarantee(
        expected_loss=expected,
        bad_default_rate=bad,
        capital=capital,
        fee=expected + hurdle * capital + admin * covered,
        spread_before=default * loss,
        spread_after=default * loss * (1 - cover),
    )


def grant_element(principal: float, rate: float, years: int, market_rate: float) -> Concession:
    """Return how much of a loan with level payments is a gift at market rates.

    Examples
    --------
    >>> round(grant_element(30, 0.03, 10, 0.09).grant_element, 6)
    0.247655
    """
    service = principal * crf(rate, years)
    worth = service / crf(market_rate, years)
    return Concession(service, worth, principal - worth, (principal - worth) / principal)


def pool_sd(sd: float, members: int, correlation: float) -> float:
    """Return the spread of the mean result of equal members that go together.

    Examples
    --------
    >>> round(pool_sd(0.10, 8, 0.2), 6)
    0.054772
    """
    if members < 1 or not -1 / max(members - 1, 1) <= correlation <= 1:
        raise InputError(
            "{members} members with correlation {rho}", members=members, rho=correlation, hint="at most 1, and possible"
        )
    return sd * math.sqrt((1 + (members - 1) * correlation) / members)


def pass_through(amount: float, fees: Sequence[float]) -> tuple[float, ...]:
    """Return what is left of a grant after each intermediary took its share, in turn.

    Examples
    --------
    >>> [round(each) for each in pass_through(5_000_000, [0.095, 0.07, 0.10])]
    [4525000, 4208250, 3787425]
    """
    left, steps = float(amount), []
    for fee in fees:
        if not 0 <= fee < 1:
            raise InputError("a fee is {fee}", fee=fee, hint="give a share from 0 to 1")
        left *= 1 - fee
        steps.append(left)
    return tuple(steps)


def _check_stack(stack: Sequence[Tranche]) -> None:
    """Refuse a stack that cannot be summed."""
    if not stack or any(each.amount <= 0 for each in stack):
        raise InputError("the stack is empty or a tranche is not above zero", hint="enter each tranche with its amount")
    currencies = sorted({each.currency for each in stack})
    if len(currencies) > 1:
        raise InputError(
            "the stack mixes {currencies}", currencies=", ".join(currencies), hint="convert to one currency"
        )
    total = math.fsum(each.amount for each in stack if each.kind != "guarantee")
    if any(each.kind == "guarantee" and each.amount > total for each in stack):
        raise InputError("a guarantee is larger than the stack of {total:,.2f}", total=total, hint="cover a part of it")


def _over(value: float, by: float) -> float | None:
    """Return a ratio, None over nothing."""
    return value / by if by else None
