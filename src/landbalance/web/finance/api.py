"""Flows, links, the strategy and subsidies, and the counted figures, for programs."""

from datetime import date
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema

from landbalance.core.errors import RuleError
from landbalance.registry.finance.models import FlowActivity, LdnLink
from landbalance.registry.finance.picture import Question, is_small, take_picture
from landbalance.registry.finance.strategy_models import FinanceStep, SubsidyEntry
from landbalance.web.api.answers import answer as answered
from landbalance.web.api.answers import written
from landbalance.web.api.door import enter
from landbalance.web.api.records import records_router
from landbalance.web.api.schemas import PROBLEMS, RecordOut


class FlowOut(RecordOut):
    """An activity of the ledger; money in US dollars, `coefficient` is the share that counts for land."""

    source: str
    source_id: str
    title: str
    reporter: str
    recipient: str
    start: date | None
    end: date | None
    desertification: int | None
    amount_usd: float | None
    coefficient: float | None
    method: str
    confidence: float
    conflicts: str
    is_primary: bool
    is_inside: bool


class LinkOut(RecordOut):
    """What an activity pays for."""

    activity_id: Any
    target_code: str
    action_code: str
    project_code: str
    response: str
    hectares: float | None
    share: float


class StepOut(RecordOut):
    """A step of the strategy to raise money; amounts in US dollars a year."""

    code: str
    title: str
    source: str
    instrument: str
    central: float
    low: float | None
    high: float | None
    probability: float
    start: int | None
    ramp_years: int


class SubsidyOut(RecordOut):
    """A subsidy; harm, feasibility and equity from 0 to 5."""

    code: str
    name: str
    annual_value: float
    harm: float
    feasibility: float
    equity: float
    pse_class: str


class YearOut(Schema):
    """Money of one year [USD]."""

    year: int
    amount: float
    principal: float
    significant: float
    scaled: float


class RuleOut(Schema):
    """What one rule left out."""

    rule: str
    count: int
    money: float
    why: str


class FlowsOut(Schema):
    """Every flow counted once, with what was left out and how much was screened."""

    perspective: str
    measure: str
    price_base: str
    coverage: float | None
    without_rate: int
    total: float
    scaled: float
    years: list[YearOut]
    left_out: list[RuleOut]


class QuestionIn(Schema):
    """How the ledger is looked at."""

    perspective: Literal["provider", "recipient", "final-use"] = "recipient"
    measure: Literal["disbursement", "commitment"] = "disbursement"
    first: int | None = None
    last: int | None = None
    constant_usd: int | None = None


QUESTION: Any = Query(...)  # type: ignore[type-arg]
router = Router(tags=["finance"])
VIEW = "finance.view"
for model, out, name, code in (
    (FlowActivity, FlowOut, "flows", "id"),
    (LdnLink, LinkOut, "flow-links", "id"),
    (FinanceStep, StepOut, "finance-steps", "code"),
    (SubsidyEntry, SubsidyOut, "subsidies", "code"),
):
    router.add_router("", records_router(model, out, name=name, view=VIEW, code=code))


@router.get("/workspaces/{slug:workspace}/finance", response={200: FlowsOut, **PROBLEMS}, url_name="finance_totals")
def read_totals(request: HttpRequest, workspace: str, asked: QuestionIn = QUESTION) -> HttpResponse:
    """Read money by year, each flow counted once."""
    seen = enter(request, workspace, VIEW)
    if not is_small(seen):
        raise RuleError("this ledger is too large to be counted at once", hint="let a worker count it, on its page")
    years = (asked.first, asked.last) if asked.first is not None and asked.last is not None else None
    question = Question(asked.perspective, asked.measure, years, asked.constant_usd)
    found = take_picture(request.user, seen, question)
    body = FlowsOut(
        perspective=question.perspective,
        measure=question.measure,
        price_base=found.price_base,
        coverage=found.coverage,
        without_rate=found.without_rate,
        total=found.total,
        scaled=found.scaled,
        years=[YearOut(**vars(each)) for each in found.years],
        left_out=[RuleOut(**vars(each)) for each in found.rules],
    )
    return answered(request, written(body.model_dump(mode="json")), "json")
