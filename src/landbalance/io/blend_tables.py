"""What a project file says of blended money under `[blend]`: soft loan, guarantee, swap, pause, pool, pass-through."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from landbalance.core.dated import dated_values
from landbalance.finance.blend import Concession, Guarantee, grant_element, guarantee_fee, pass_through, pool_sd
from landbalance.finance.debt import Pause, Swap, debt_swap, pause_clause
from landbalance.io.workspace_file import Table

Share = Annotated[float, Field(ge=0, le=1)]
PartShare = Annotated[float, Field(ge=0, lt=1)]
Money = Annotated[float, Field(gt=0)]
Rate = Annotated[float, Field(ge=0, lt=1)]
Years = Annotated[int, Field(ge=1, le=100)]


class SoftLoan(Table):
    """A loan below the market's rate, paid back level."""

    principal: Money
    rate: Rate
    years: Years
    market_rate: Rate


class GuaranteeTable(Table):
    """A guarantee on a share of a loan; chances and shares 0 to 1."""

    exposure: Money
    cover: Share
    default: Annotated[float, Field(gt=0, lt=1)]
    loss: Share
    correlation: PartShare
    quantile: Annotated[float, Field(gt=0, lt=1)]
    hurdle: Share
    admin: Share


class SwapTable(Table):
    """Old debt bought back with a new loan, and what land gets of it each year."""

    face: Money
    coupon: Rate
    years: Years
    price: Annotated[float, Field(gt=0, le=1)]
    costs: Annotated[float, Field(ge=0)]
    new_rate: Rate
    new_years: Years
    market_rate: Rate
    commitment: Annotated[float, Field(ge=0)]
    commitment_years: Years


class PauseTable(Table):
    """A loan of which some payments are put off after a disaster."""

    principal: Money
    rate: Rate
    years: Years
    paused: list[int]


class PoolTable(Table):
    """Equal members that share one vehicle."""

    sd: Money
    members: Annotated[int, Field(ge=1)]
    correlation: Annotated[float, Field(ge=-1, le=1)]


class CommunityTable(Table):
    """A grant on its way to communities: the share each hand keeps, in turn, and the least that should arrive."""

    amount: Money
    fees: list[PartShare]
    floor: Share | None = None


class BlendTable(Table):
    """All of it; each table may be left out."""

    soft_loan: SoftLoan | None = None
    guarantee: GuaranteeTable | None = None
    swap: SwapTable | None = None
    pause: PauseTable | None = None
    pool: PoolTable | None = None
    community: CommunityTable | None = None


@dataclass(frozen=True)
class Pooled:
    """The spread of one member alone, and of all together."""

    alone: float
    together: float


@dataclass(frozen=True)
class Arrival:
    """What is left of a grant after each hand, and the share of it that should arrive."""

    amount: float
    after: tuple[float, ...]
    floor: float

    @property
    def share(self) -> float:
        """Return the share that arrives."""
        return (self.after[-1] if self.after else self.amount) / self.amount


@dataclass(frozen=True)
class BlendTerms:
    """What the tables of a project come to; None where a table is left out."""

    soft_loan: Concession | None = None
    guarantee: Guarantee | None = None
    swap: Swap | None = None
    pause: Pause | None = None
    pool: Pooled | None = None
    community: Arrival | None = None


def blend_terms(table: BlendTable) -> BlendTerms:
    """Work out each table that is there."""
    loan, guarantee, swap, pause, pool, way = (getattr(table, name) for name in BlendTable.model_fields)
    floor = None if way is None else way.floor
    least = float(dated_values("finance/parameters")["community_floor"].value) if floor is None else floor
    return BlendTerms(
        loan and grant_element(**loan.model_dump()),
        guarantee and guarantee_fee(**guarantee.model_dump()),
        swap and debt_swap(**swap.model_dump()),
        pause and pause_clause(**pause.model_dump()),
        pool and Pooled(pool.sd, pool_sd(**pool.model_dump())),
        way and Arrival(way.amount, tuple(pass_through(way.amount, way.fees)), least),
    )


def blend_lines(terms: BlendTerms) -> list[str]:
    """Return one line for each term that is there."""
    said = []
    if loan := terms.soft_loan:
        said.append(f"soft loan: grant element {loan.grant_element:.2%}")
    if fee := terms.guarantee:
        said.append(f"guarantee: fee {fee.fee:,.4g} a year; spread {fee.spread_before:.2%} -> {fee.spread_after:.2%}")
    if swap := terms.swap:
        said.append(f"debt swap: debt cut {swap.debt_cut:,.2f}, saving {swap.saving:,.2f}, {swap.net:,.2f} after land")
    if pause := terms.pause:
        said.append(f"pause: payment {pause.payments[0]:,.2f} before, {pause.payments[-1]:,.2f} at the end")
    if pool := terms.pool:
        said.append(f"pool: spread {pool.alone:g} alone, {pool.together:.4f} together")
    if way := terms.community:
        steps = " -> ".join(f"{each:,.0f}" for each in (way.amount, *way.after))
        said.append(f"community: {steps} ({way.share:.1%} arrives)")
        if way.share < way.floor:
            said.append(f"warning: less than {way.floor:.0%} arrives in communities")
    return said
