"""The cash of a project through its stack, year by year: who is paid, what is owed, what is kept back."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from landbalance.core.errors import InputError
from landbalance.finance.appraisal import irr
from landbalance.finance.blend import Claim, Tranche, pay_in_order
from landbalance.finance.needs import crf

METHOD = "stack-cash/1"
LOANS = ("commercial", "concessional", "mezzanine", "first_loss")
CLOSE = 1e-9


@dataclass(frozen=True)
class CashRules:
    """What the stack agreed on.

    Parameters
    ----------
    trigger : float
        Debt-service cover below which nothing goes to junior layers.
    reserve_share : float
        Debt service of the next year that is kept in reserve for senior debt [1].
    fees : float
        Paid before all else, a year.
    community_share : float
        Of what is left for the owners, the share that goes to communities [1].
    """

    trigger: float
    reserve_share: float
    fees: float = 0.0
    community_share: float = 0.0


@dataclass(frozen=True)
class Payment:
    """What a claim asked for in a year and got; `part` is fees, interest, principal, coupon, share or rest."""

    tranche: str
    part: str
    due: float
    paid: float


@dataclass(frozen=True)
class CashYear:
    """One year: cash, what was short, payments in their order, and the reserve and what was kept back at its end."""

    year: int
    cash: float
    short: float
    payments: tuple[Payment, ...]
    reserve: float
    kept_back: float
    cover: float | None
    is_locked: bool

    def paid(self, part: str, tranche: str | None = None) -> float:
        """Return what claims of one part got, of one tranche or of all."""
        found = (each for each in self.payments if each.part == part and tranche in (None, each.tranche))
        return math.fsum(each.paid for each in found)


@dataclass(frozen=True)
class StackCash:
    """The years, what each layer is still owed at the end, and the return each earned; None where there is none."""

    years: tuple[CashYear, ...]
    owed: Mapping[str, float]
    returns: Mapping[str, float | None]

    @property
    def least_cover(self) -> float | None:
        """Return the lowest debt-service cover of a year with senior debt."""
        return min((each.cover for each in self.years if each.cover is not None), default=None)

    def total(self, part: str) -> float:
        """Return what claims of one part got in all years."""
        return math.fsum(each.paid(part) for each in self.years)


@dataclass
class _Loan:
    """A layer while it is paid back: what is owed of it, what of that is late, and unpaid interest."""

    tranche: Tranche
    plan: tuple[float, ...]
    balance: float
    late: float = 0.0
    unpaid: float = 0.0
    received: list[float] = field(default_factory=list)

    @property
    def is_senior(self) -> bool:
        """Return whether it is senior debt."""
        return self.tranche.kind == "commercial"

    @property
    def keeps_unpaid(self) -> bool:
        """Return whether interest that is not paid is owed later; a coupon lapses."""
        return self.tranche.kind != "first_loss"

    def interest(self) -> float:
        """Return the interest of a year; unpaid interest of senior debt earns interest."""
        return self.tranche.rate * (self.balance + (self.unpaid if self.is_senior else 0.0))

    def principal(self, year: int) -> float:
        """Return what the plan has for a year, from 1."""
        return self.plan[year - 1] if year <= len(self.plan) else 0.0

    def service(self, year: int) -> float:
        """Return what the plan asks for in a year, without what is late."""
        return self.tranche.rate * self.balance + min(self.principal(year), self.balance)

    def claims(self, year: int) -> tuple[float, float]:
        """Return interest and principal that are due, with what is late."""
        return self.interest() + self.unpaid, min(self.balance, self.principal(year) + self.late)

    def take(self, interest: float, principal: float, year: int) -> None:
        """Receive a year's payments; what is not paid is owed."""
        asked, back = self.claims(year)
        self.unpaid = max(0.0, asked - interest) if self.keeps_unpaid else 0.0
        self.late = max(0.0, back - principal)
        self.balance = max(0.0, self.balance - principal)
        self.received.append(interest + principal)


def stack_cash(stack: Sequence[Tranche], cash: Sequence[float], rules: CashRules) -> StackCash:
    """Pay a project's cash through its stack, year by year.

    Each year pays fees, interest and principal of senior debt, its reserve, then each junior layer by rank (interest,
    principal; the coupon of first loss), then communities their share and the owners the rest. What senior debt does
    not get accrues with interest; unpaid interest of junior debt is owed without; a coupon lapses. Below the trigger
    nothing goes to junior layers, and the cash is kept back for the next year.

    Parameters
    ----------
    stack : sequence of Tranche
        Guarantees are left out: they are priced, not drawn here.
    cash : sequence of float
        What the project brings in years 1 .. n; what is below zero is said as short.
    rules : CashRules

    Returns
    -------
    StackCash
        In every year the cash and what was kept back and in reserve before equal what is paid and what is kept after.

    Raises
    ------
    InputError
        If there is no cash, a share lies outside 0 to 1, or a loan runs longer than the cash.

    Examples
    --------
    >>> loan = Tranche("bank", "commercial", 100.0, 0.10, years=2, repayment="equal")
    >>> found = stack_cash([loan], [50.0, 70.0, 30.0], CashRules(trigger=1.10, reserve_share=0.0))
    >>> [(each.paid("interest"), each.paid("principal"), each.paid("rest")) for each in found.years]
    [(10.0, 40.0, 0.0), (6.0, 60.0, 4.0), (0.0, 0.0, 30.0)]
    """
    _check(stack, cash, rules)
    loans = [_Loan(each, schedule(each), each.amount) for each in stack if each.kind in LOANS]
    loans.sort(key=lambda loan: loan.tranche.place)
    found: list[CashYear] = []
    reserve = kept = 0.0
    for year, amount in enumerate(cash, 1):
        done = _pay_year(year, float(amount), loans, rules, reserve, kept)
        reserve, kept = done.reserve, done.kept_back
        found.append(done)
    return StackCash(
        tuple(found),
        {loan.tranche.name: loan.balance + loan.unpaid for loan in loans},
        _returns(stack, loans, found),
    )


def schedule(tranche: Tranche) -> tuple[float, ...]:
    """Return the principal that a loan pays back in each of its years.

    Examples
    --------
    >>> schedule(Tranche("bank", "commercial", 90.0, 0.0, years=4, grace=1))
    (0.0, 30.0, 30.0, 30.0)
    """
    left, paid = tranche.years - tranche.grace, [0.0] * tranche.grace
    if tranche.years and tranche.repayment == "bullet":
        paid += [0.0] * (left - 1) + [tranche.amount]
    elif tranche.years and tranche.repayment == "equal":
        paid += [tranche.amount / left] * left
    elif tranche.years:
        service, balance = tranche.amount * crf(tranche.rate, left), tranche.amount
        for _ in range(left):
            paid.append(service - balance * tranche.rate)
            balance -= paid[-1]
    return tuple(paid)


def _pay_year(
    year: int, amount: float, loans: Sequence[_Loan], rules: CashRules, reserve: float, kept: float
) -> CashYear:
    """Pay one year; the loans remember what they got."""
    cash = max(0.0, amount)
    senior = [loan for loan in loans if loan.is_senior]
    asked = math.fsum(loan.service(year) for loan in senior)
    cover = (cash - rules.fees) / asked if asked > CLOSE else None
    locked = cover is not None and cover < rules.trigger
    fees = Payment("", "fees", rules.fees, min(rules.fees, cash + kept))
    payments, pool = _pay_loans(year, senior, cash + kept - fees.paid + reserve)
    wanted = rules.reserve_share * math.fsum(loan.service(year + 1) for loan in senior)
    reserve = min(wanted, pool)
    pool -= reserve
    junior = [loan for loan in loans if not loan.is_senior]
    lower, rest = _pay_loans(year, junior, 0.0 if locked else pool)
    kept = pool if locked else 0.0
    shared = rest * rules.community_share
    ends = (Payment("", "share", shared, shared), Payment("", "rest", rest - shared, rest - shared))
    every = (fees, *payments, *lower, *ends)
    return CashYear(year, cash, max(0.0, -amount), every, reserve, kept, cover, locked)


def _pay_loans(year: int, loans: Sequence[_Loan], pool: float) -> tuple[tuple[Payment, ...], float]:
    """Pay interest and principal of loans in their order, loans of one place alike; return payments and the rest."""
    claims, places = [], sorted({loan.tranche.place for loan in loans})
    for loan in loans:
        interest, principal = loan.claims(year)
        rank = 2 * places.index(loan.tranche.place)
        claims += [
            Claim(f"i {loan.tranche.name}", interest, rank),
            Claim(f"p {loan.tranche.name}", principal, rank + 1),
        ]
    paid, rest = pay_in_order(pool, claims)
    said: list[Payment] = []
    for loan in loans:
        name, (interest, principal) = loan.tranche.name, loan.claims(year)
        got, back = paid[f"i {name}"], paid[f"p {name}"]
        part = "interest" if loan.keeps_unpaid else "coupon"
        said += [Payment(name, part, interest, got), Payment(name, "principal", principal, back)]
        loan.take(got, back, year)
    return tuple(said), rest


def _returns(stack: Sequence[Tranche], loans: Sequence[_Loan], years: Sequence[CashYear]) -> dict[str, float | None]:
    """Return the rate each layer earned on what it gave; owners share the rest by what they gave."""
    found = {loan.tranche.name: irr([-loan.tranche.amount, *loan.received]).value for loan in loans}
    equity = [each for each in stack if each.kind == "equity"]
    if equity:
        flows = [-math.fsum(each.amount for each in equity), *(each.paid("rest") for each in years)]
        found |= dict.fromkeys((each.name for each in equity), irr(flows).value)
    return found


def _check(stack: Sequence[Tranche], cash: Sequence[float], rules: CashRules) -> None:
    """Refuse what cannot be paid through."""
    if not cash or not all(map(math.isfinite, cash)):
        raise InputError("the cash of the stack is no row of known numbers", hint="give one number for each year")
    if len({each.name for each in stack}) < len(stack):
        raise InputError("two tranches have one name", hint="give every tranche a name of its own")
    for name, share in (("reserve_share", rules.reserve_share), ("community_share", rules.community_share)):
        if not 0 <= share <= 1:
            raise InputError("{name} is {value}", name=name, value=share, hint="give a share from 0 to 1")
    if rules.fees < 0 or rules.trigger < 0:
        raise InputError("{name} is {value}", name="fees or trigger", value=min(rules.fees, rules.trigger),
                         hint="give no negative number")  # fmt: skip
    for each in (each for each in stack if each.kind in LOANS):
        if each.kind != "first_loss" and not each.years:
            raise InputError(
                "tranche {name} has no years", name=each.name, hint="say in how many years it is paid back"
            )
        if each.years and not 0 <= each.grace < each.years:
            raise InputError("tranche {name} has {grace} years of grace in {years}", name=each.name, grace=each.grace,
                             years=each.years, hint="leave a year to pay it back")  # fmt: skip
        if each.years > len(cash):
            raise InputError("tranche {name} runs {years} years and cash is given for {have}", name=each.name,
                             years=each.years, have=len(cash), hint="give the cash of each year")  # fmt: skip
