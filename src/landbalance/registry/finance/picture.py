"""The ledger at a glance: money by year, from funder to use, what was not counted; small enough to be kept."""

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from landbalance.core.errors import InputError
from landbalance.finance.counting import MEASURES, PERSPECTIVES
from landbalance.registry.audit.models import AuditEvent
from landbalance.registry.finance.models import FlowTransaction
from landbalance.registry.finance.queries import Flows, flows
from landbalance.registry.workspaces.models import Workspace

if TYPE_CHECKING:
    from landbalance.registry.access import Actor

AT_ONCE = 20_000  # transactions a page counts itself; more are counted by a worker
MOST_ENDS = 10  # funders and uses with a band of their own
MOST_PATHS = 50
OTHERS = "*"


@dataclass(frozen=True)
class Question:
    """How the ledger is looked at: whose view, which money, at which prices."""

    perspective: str = "recipient"
    measure: str = "disbursement"
    years: tuple[int, int] | None = None
    constant_usd: int | None = None

    def __post_init__(self) -> None:
        if self.perspective not in PERSPECTIVES or self.measure not in MEASURES:
            raise InputError(
                "no view {measure} by {perspective}", measure=self.measure, perspective=self.perspective,
                hint='use one of {known} and disbursement or commitment',
            known=', '.join(PERSPECTIVES))  # fmt: skip


@dataclass(frozen=True)
class Year:
    """Money of one year [USD]: all, land as principal or significant purpose unscaled, and scaled by coefficients."""

    year: int
    amount: float
    principal: float
    significant: float
    scaled: float


@dataclass(frozen=True)
class Rule:
    """What one rule left out: transactions and money, and why."""

    rule: str
    count: int
    money: float
    why: str


@dataclass(frozen=True)
class Transfer:
    """A transfer whose two sides differ: both activities, what was paid and what was received."""

    paid: str
    received: str
    paid_usd: float
    received_usd: float


@dataclass(frozen=True)
class Picture:
    """The answer to a question: every transaction counted once."""

    question: Question
    price_base: str
    coverage: float | None
    without_rate: int
    transactions: int
    years: tuple[Year, ...]
    rules: tuple[Rule, ...]
    bands: tuple[tuple[str, str, str, float], ...]
    paths: tuple[Transfer, ...]

    @property
    def total(self) -> float:
        """Return all money that counts."""
        return sum(each.amount for each in self.years)

    @property
    def scaled(self) -> float:
        """Return the part of it that is for land, scaled by coefficients."""
        return sum(each.scaled for each in self.years)

    def frame(self) -> pd.DataFrame:
        """Return money from funder over source to use."""
        return pd.DataFrame(self.bands, columns=["funder", "source", "use", "amount"])

    def as_plain(self) -> dict[str, Any]:
        """Return the picture as JSON keeps it."""
        return asdict(self)


def take_picture(actor: "Actor", workspace: Workspace, question: Question) -> Picture:
    """Count the ledger as it is asked.

    Raises
    ------
    AccessError
        If the actor may not see finance.
    InputError
        If a deflator is missing.
    """
    found = flows(
        actor, workspace, by=["year"], perspective=question.perspective, measure=question.measure,
        years=question.years, constant_usd=question.constant_usd,
    )  # fmt: skip
    rows = found.counted.by_rule.itertuples(index=False)
    return Picture(
        question, found.price_base, found.coverage, found.without_rate,
        int(found.counted.transactions["is_counted"].sum()), _years(found),
        tuple(Rule(rule, int(count), float(money), why) for rule, count, money, why in rows), _bands(found.between()),
        _paths(found),
    )  # fmt: skip


def from_plain(said: dict[str, Any]) -> Picture:
    """Return a picture that was kept as JSON."""
    asked = dict(said["question"])
    years = tuple(asked["years"]) if asked["years"] else None
    return Picture(
        Question(**{**asked, "years": years}), said["price_base"], said["coverage"], said["without_rate"],
        said["transactions"], tuple(Year(**each) for each in said["years"]),
        tuple(Rule(**each) for each in said["rules"]), tuple(tuple(each) for each in said["bands"]),
        tuple(Transfer(**each) for each in said["paths"]),
    )  # fmt: skip


def ledger_stamp(workspace: Workspace) -> int:
    """Return what changes with every act on the ledger of a workspace."""
    acts = AuditEvent.objects.filter(workspace=workspace, act__startswith="finance.")
    return acts.order_by("-pk").values_list("pk", flat=True).first() or 0


def is_small(workspace: Workspace) -> bool:
    """Return whether a page can count the ledger itself."""
    rows = FlowTransaction.objects.filter(activity__workspace=workspace).values("pk")
    return rows[: AT_ONCE + 1].count() <= AT_ONCE


def _years(found: Flows) -> tuple[Year, ...]:
    """Return money by year."""
    names = ("amount", "principal", "significant", "scaled")
    rows = found.table.sort_values("year").to_dict("records")
    return tuple(Year(int(row["year"]), *(float(row[name]) for name in names)) for row in rows)


def _bands(between: pd.DataFrame) -> tuple[tuple[str, str, str, float], ...]:
    """Return the largest bands by themselves, the rest joined."""
    rows = between[between["amount"] > 0].copy()
    for name in ("funder", "use"):
        largest = rows.groupby(name)["amount"].sum().nlargest(MOST_ENDS).index
        rows[name] = rows[name].where(rows[name].isin(largest), OTHERS)
    sums = (
        rows.groupby(["funder", "source", "use"])["amount"].sum().reset_index().sort_values("amount", ascending=False)
    )
    return tuple((str(a), str(b), str(c), float(money)) for a, b, c, money in sums.itertuples(index=False, name=None))


def _paths(found: Flows) -> tuple[Transfer, ...]:
    """Return transfers whose two sides differ, by the activities they join."""
    owner = dict(zip(found.counted.transactions["id"], found.counted.transactions["activity"], strict=True))
    amount = dict(zip(found.counted.transactions["id"], found.counted.transactions["amount"], strict=True))
    pairs = found.counted.flagged[["paid", "received"]].head(MOST_PATHS)
    return tuple(
        Transfer(str(owner[paid]), str(owner[got]), float(amount[paid]), float(amount[got]))
        for paid, got in pairs.itertuples(index=False, name=None)
    )
