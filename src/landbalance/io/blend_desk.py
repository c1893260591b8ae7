"""What the stack and the `[blend]` tables of a project come to: cost, losses, cash by year, and each of the terms."""

from collections.abc import Mapping
from dataclasses import dataclass

from landbalance.core.dated import dated_values
from landbalance.core.errors import InputError
from landbalance.finance import blend, community, pool, soft_money, stack_cash
from landbalance.finance.cash_table import with_droughts
from landbalance.finance.community import Arrival, Hand, Passage, Terms
from landbalance.finance.debt import Debt, Pause, Sculpted, Swap, debt_swap, dscr, pause_clause, pauses, sculpt
from landbalance.finance.pool import Member, Pool, PoolRules
from landbalance.finance.stack_cash import CashRules, StackCash
from landbalance.io.blend_tables import BlendTable, CashTable, CommunityTable, PauseTable, PoolTable, SoftLoan
from landbalance.io.project_file import Project

LOSSES = (0.1, 0.25, 0.5, 0.75)
METHODS = (blend.METHOD, stack_cash.METHOD, pool.METHOD, community.METHOD)
TABLES = ("finance/blend", "finance/parameters")


@dataclass(frozen=True)
class Softness:
    """How soft a loan is, its subsidy over all costs, and the test of its group; None where not asked or not known."""

    grant_element: float
    worth: float
    subsidy: float
    share_of_cost: float | None
    test: soft_money.SoftLoanTest | None


@dataclass(frozen=True)
class Paused:
    """A loan with payments put off, which ones, and the share of the years of the index that would put one off."""

    numbers: tuple[int, ...]
    loan: Pause
    triggered: float | None


@dataclass(frozen=True)
class BlendTerms:
    """What the tables come to; None where a table is left out."""

    soft_loan: Softness | None = None
    guarantee: blend.Guarantee | None = None
    swap: Swap | None = None
    pause: Paused | None = None
    pool: Pool | None = None
    community: Passage | None = None


@dataclass(frozen=True)
class Blend:
    """All of it; cash is None where the project does not say what the vehicle collects, debt without a loan."""

    cost: blend.FundCost
    losses: Mapping[float, Mapping[str, float]]
    cash: StackCash | None
    debt: Debt | None
    sculpted: Sculpted | None
    sculpted_cover: float | None
    principles: tuple[soft_money.Principle, ...]
    terms: BlendTerms

    @property
    def missing_principles(self) -> tuple[str, ...]:
        """Return the questions of soft money that nobody has answered."""
        return tuple(each.question for each in self.principles if not each.is_answered)


def blended(project: Project) -> Blend:
    """Work out the stack and the terms of a project.

    Raises
    ------
    LandbalanceError
        If a table cannot be worked out; the message names what is wrong.
    """
    table, loan = project.form.blend or BlendTable(), project.form.debt
    total = size_of(project)
    shaped = None if loan is None else sculpt(loan.cash, loan.rate, loan.target)
    return Blend(
        cost=blend.cost_of_funds(project.stack),
        losses={share: blend.loss_waterfall(project.stack, total * share) for share in LOSSES},
        cash=None
        if table.cash is None
        else stack_cash.stack_cash(project.stack, cash_of(project, table.cash), rules_of(table.cash)),
        debt=None if loan is None else dscr(loan.cash, loan.amount, loan.rate, len(loan.cash)),
        sculpted=shaped,
        sculpted_cover=None
        if loan is None or shaped is None
        else loan.target * min(1.0, shaped.capacity / loan.amount),
        principles=soft_money.principles(table.principles),
        terms=blend_terms(project),
    )


def size_of(project: Project) -> float:
    """Return the size of the stack, guarantees aside."""
    return sum(each.amount for each in project.stack if each.kind != "guarantee")


def cash_of(project: Project, table: CashTable) -> tuple[float, ...]:
    """Return the cash of the vehicle in years 1 .. n: as given, or what it collects less what it pays.

    Droughts are counted as in the appraisal, and benefits against what happens without the project.

    Raises
    ------
    InputError
        If a line is none of the project.
    """
    if table.amounts is not None:
        return tuple(table.amounts)
    about = project.about
    names = [line.name for line in project.lines]
    wanted = [line.name for line in project.lines if line.category != "capital"] if table.lines is None else table.lines
    wrong = next((name for name in wanted if name not in names), None)
    if wrong is not None:
        raise InputError(
            "[blend.cash] names {line}, which is no line", line=wrong, known=", ".join(names), hint="use {known}"
        )
    years = [0.0] * about.years
    for line in with_droughts(project.lines, about.drought_share):
        if line.name in wanted:
            factor = table.share if line.kind == "benefit" else -1.0
            amounts = line.amounts("financial", about.years)[1:]
            years = [had + factor * float(more) for had, more in zip(years, amounts, strict=True)]
    return tuple(years)


def rules_of(table: CashTable) -> CashRules:
    """Return how cash is handed on; what the file leaves open comes from the dated parameters."""
    known = dated_values("finance/parameters")
    return CashRules(
        trigger=known["cash_lock_up"].value if table.trigger is None else table.trigger,
        reserve_share=known["cash_reserve_share"].value if table.reserve_share is None else table.reserve_share,
        fees=table.fees,
        community_share=table.community_share,
    )


def blend_terms(project: Project) -> BlendTerms:
    """Work out each table of terms that is there."""
    table, currency = project.form.blend or BlendTable(), project.about.currency
    loan, fee, swap, pause, group, way = (
        table.soft_loan, table.guarantee, table.swap, table.pause, table.pool, table.community
    )  # fmt: skip
    return BlendTerms(
        None if loan is None else _softness(loan, size_of(project)),
        None if fee is None else blend.guarantee_fee(**fee.model_dump()),
        None if swap is None else debt_swap(**swap.model_dump()),
        None if pause is None else _paused(pause),
        None if group is None else _pooled(group, currency),
        None if way is None else _passage(way, currency),
    )


def _softness(table: SoftLoan, total: float) -> Softness:
    """Return how soft a loan is."""
    found = blend.grant_element(table.principal, table.rate, table.years, table.market_rate)
    cost = table.total_cost or total
    if cost and table.principal > cost:
        raise InputError(
            "the soft loan of {loan:,.2f} is larger than all costs of {total:,.2f}", loan=table.principal, total=cost,
            hint="give the loan and the costs in one unit",
        )  # fmt: skip
    test = soft_money.soft_loan_test(table.principal, table.rate, table.years, table.group) if table.group else None
    return Softness(found.grant_element, found.worth, found.subsidy, found.subsidy / cost if cost else None, test)


def _paused(table: PauseTable) -> Paused:
    """Return the loan with the payments put off that are named, or that the index puts off."""
    if (table.trigger is None) != (not table.index) or (table.paused and table.index):
        raise InputError(
            "[blend.pause] does not say what puts payments off",
            hint="give a trigger with an index, or the numbers of the payments",
        )
    numbers, share = tuple(table.paused), None
    if table.trigger is not None:
        trigger = table.trigger
        numbers = pauses(table.index, trigger, put_off=table.put_off, most=table.most, years=table.years)
        share = sum(value <= trigger for value in table.index) / len(table.index)
    return Paused(numbers, pause_clause(table.principal, table.rate, table.years, numbers), share)


def _pooled(table: PoolTable, currency: str) -> Pool:
    """Return the pool; equal members are only spread, for nobody has said who they are."""
    if table.member and table.members is None:
        known = dated_values("finance/parameters")
        account = table.currency or currency
        members = [
            Member(each.name, each.amount, each.sd, each.currency or account, frozenset(each.standards), each.eligible,
                   each.cross_default)
            for each in table.member
        ]  # fmt: skip
        cap = known["pool_single_cap"].value if table.cap is None else table.cap
        return pool.pooled(members, PoolRules(cap, account, tuple(table.standards)), table.correlation)
    if table.members is None or table.sd is None or table.member or isinstance(table.correlation, list):
        raise InputError(
            "[blend.pool] does not say who its members are",
            hint="give each as [[blend.pool.member]], or members, sd and one correlation",
        )
    together = blend.pool_sd(table.sd, table.members, table.correlation)
    return Pool(table.sd, together, (1 / table.members,) * table.members, ())


def _passage(table: CommunityTable, currency: str) -> Passage:
    """Return a grant tracked to the end."""
    if table.fees and table.chain:
        raise InputError("[blend.community] gives fees twice", hint="give fees, or the chain with a fee each")
    known = dated_values("finance/parameters")
    chain = [Hand(each.name, each.fee) for each in table.chain]
    chain += [Hand(str(place), fee) for place, fee in enumerate(table.fees, 1)]
    arrivals = [
        Arrival(each.name, each.amount, each.form, each.direct, frozenset(each.led_by), each.small_grant)
        for each in table.arrival
    ]
    cap = table.small_grant_cap or (known["small_grant_cap_usd"].value if currency == "USD" else None)
    terms = Terms(table.pays_by_results, table.multi_year, table.consent_record, table.grievance)
    floor = known["community_floor"].value if table.floor is None else table.floor
    return community.track(table.amount, chain, arrivals, terms, floor=floor, small_grant_cap=cap)
