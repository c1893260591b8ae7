"""The tables of a project file under `[blend]`: cash, principles, loan, guarantee, swap, pause, pool, pass-through."""

from typing import Annotated, Literal

from pydantic import Field

from landbalance.finance.community import Form, Led
from landbalance.io.workspace_file import FiniteTable as Table

Share = Annotated[float, Field(ge=0, le=1)]
PartShare = Annotated[float, Field(ge=0, lt=1)]
Money = Annotated[float, Field(gt=0)]
Amount = Annotated[float, Field(ge=0)]
Rate = Annotated[float, Field(ge=0, lt=1)]
Years = Annotated[int, Field(ge=1, le=100)]
Name = Annotated[str, Field(min_length=1)]


class CashTable(Table):
    """Cash of the vehicle by year: amounts, or a share of the lines it collects and pays; and how it is handed on."""

    amounts: list[float] | None = None
    lines: list[str] | None = None
    share: Share = 1.0
    fees: Amount = 0.0
    trigger: Amount | None = None
    reserve_share: Share | None = None
    community_share: Share = 0.0


class SoftLoan(Table):
    """A loan below the market's rate, paid back level; the group of countries whose test it is to pass."""

    principal: Money
    rate: Rate
    years: Years
    market_rate: Rate
    group: Literal["", "ldc", "lmic", "umic"] = ""
    total_cost: Money | None = None


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
    """Old debt bought back with a new loan, and what land gets of it each year, some of it laid up."""

    face: Money
    coupon: Rate
    years: Years
    price: Annotated[float, Field(gt=0, le=1)]
    costs: Amount
    new_rate: Rate
    new_years: Years
    market_rate: Rate
    commitment: Amount
    commitment_years: Years
    endowed: Share = 0.0
    endowment_rate: Rate = 0.0


class PauseTable(Table):
    """A loan of which payments are put off: those named, or those that an index at or below a trigger puts off."""

    principal: Money
    rate: Rate
    years: Years
    paused: list[int] = Field(default_factory=list)
    trigger: float | None = None
    index: list[float] = Field(default_factory=list)
    put_off: Years = 2
    most: Years = 1


class MemberTable(Table):
    """One member of a pool."""

    name: Name
    amount: Money
    sd: Amount
    currency: str = ""
    standards: list[str] = Field(default_factory=list)
    eligible: bool | None = None
    cross_default: bool | None = None


class PoolTable(Table):
    """Members that share one vehicle: each by itself, or a number of equal ones; and the rules of the vehicle."""

    sd: Money | None = None
    members: Annotated[int, Field(ge=1)] | None = None
    member: list[MemberTable] = Field(default_factory=list)
    correlation: float | list[list[float]]
    cap: Share | None = None
    currency: str = ""
    standards: list[str] = Field(default_factory=list)


class HandTable(Table):
    """One intermediary and the share it keeps."""

    name: Name
    fee: PartShare


class ArrivalTable(Table):
    """What reaches one group."""

    name: Name
    amount: Amount
    form: Form = "cash"
    direct: bool = False
    led_by: list[Led] = Field(default_factory=list)
    small_grant: bool = False


class CommunityTable(Table):
    """A grant on its way to communities: each hand in turn, who gets it in the end, and what was agreed with them."""

    amount: Money
    fees: list[PartShare] = Field(default_factory=list)
    chain: list[HandTable] = Field(default_factory=list)
    arrival: list[ArrivalTable] = Field(default_factory=list)
    floor: Share | None = None
    small_grant_cap: Money | None = None
    pays_by_results: bool | None = None
    multi_year: bool | None = None
    consent_record: str = ""
    grievance: str = ""


class BlendTable(Table):
    """All of it; each table may be left out."""

    cash: CashTable | None = None
    principles: dict[str, str] = Field(default_factory=dict)
    soft_loan: SoftLoan | None = None
    guarantee: GuaranteeTable | None = None
    swap: SwapTable | None = None
    pause: PauseTable | None = None
    pool: PoolTable | None = None
    community: CommunityTable | None = None
