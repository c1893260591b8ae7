"""Triggers and calls, for programs."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Schema
from pydantic import Field, FiniteFloat

from landbalance.registry.drought import services
from landbalance.registry.drought.models import DroughtCall, DroughtTrigger
from landbalance.registry.records import find
from landbalance.web.api.answers import give
from landbalance.web.api.changes import base_of
from landbalance.web.api.door import enter
from landbalance.web.api.records import records_router
from landbalance.web.api.schemas import PROBLEMS, Change, Code, Given, RecordOut

Phase = Literal["watch", "warning", "alert"]
Ratio = Annotated[FiniteFloat, Field(ge=0, le=1)]
Steps = Annotated[int, Field(ge=1, le=36)]
Month = Annotated[int, Field(ge=1, le=12)]
ONE = "/workspaces/{slug:workspace}/drought-triggers/{str:code}"


class ConditionFields(Given):
    """An index at or below a value, on a share of the land or in the mean of the district."""

    indicator: Annotated[str, Field(max_length=20)]
    at_most: Annotated[FiniteFloat, Field(ge=-5, le=5)]
    area_share: Annotated[FiniteFloat, Field(gt=0, le=1)] | None = None


class TriggerOut(RecordOut):
    """A trigger."""

    code: str
    name: str
    phase: str
    needs: str
    conditions: list[dict[str, Any]]
    hold: int
    within: int
    months: list[int]
    margin: float
    least_known: float
    action: str
    body: str
    budget_line: str
    most_false: float
    season_month: int
    standing: str
    adopted_at: datetime | None
    evidence: dict[str, Any]


class TriggerFields(Schema):
    """What a person may say of a trigger."""

    needs: Phase | Literal[""] = ""
    conditions: Annotated[list[ConditionFields], Field(min_length=1, max_length=10)]
    hold: Steps = 1
    within: Steps = 1
    months: Annotated[list[Month], Field(max_length=12, default_factory=list)]
    margin: Ratio = 0.0
    least_known: Ratio = 0.6
    action: Annotated[str, Field(min_length=1, max_length=2000)]
    body: Annotated[str, Field(min_length=1, max_length=200)]
    budget_line: Annotated[str, Field(min_length=1, max_length=200)]
    most_false: Ratio = 0.5
    season_month: Month = 9


class TriggerIn(Given, TriggerFields):
    """A new trigger."""

    code: Code
    name: Annotated[str, Field(min_length=1, max_length=120)]
    phase: Phase


class TriggerChange(Change):
    """What changes of a trigger; one that was adopted is a draft again."""

    name: Annotated[str, Field(min_length=1, max_length=120)] = ""
    conditions: Annotated[list[ConditionFields], Field(max_length=10, default_factory=list)]
    action: Annotated[str, Field(max_length=2000)] = ""
    body: Annotated[str, Field(max_length=200)] = ""
    budget_line: Annotated[str, Field(max_length=200)] = ""
    most_false: Ratio = 0.5


class CallOut(RecordOut):
    """A call as it was made, with what was known then."""

    code: str
    month: str
    revision: int
    recorded_at: datetime
    issued_at: datetime | None
    note: str
    known: dict[str, Any]


router = records_router(DroughtTrigger, TriggerOut, name="drought-triggers", view="drought.work")
router.add_router("", records_router(DroughtCall, CallOut, name="drought-calls", view="drought.view"))


@router.post(
    "/workspaces/{slug:workspace}/drought-triggers", response={201: TriggerOut, **PROBLEMS}, url_name="drought-triggers"
)
def add_trigger(request: HttpRequest, workspace: str, given: TriggerIn) -> HttpResponse:
    """Write a trigger; it calls nothing until it is adopted."""
    place = enter(request, workspace, "drought.edit")
    made = services.add_trigger(request.user, place, given.model_dump(exclude_unset=True))  # type: ignore[arg-type]
    return give(request, made, TriggerOut, status=201, at=made.code)


@router.patch(ONE, response={200: TriggerOut, **PROBLEMS}, url_name="drought-triggers_one")
def change_trigger(request: HttpRequest, workspace: str, code: str, given: TriggerChange) -> HttpResponse:
    """Change a trigger, from the version one has read."""
    found = find(DroughtTrigger, request.user, workspace=enter(request, workspace, "drought.edit"), code=code)
    changed = services.change_trigger(
        request.user,  # type: ignore[arg-type]
        found,
        given.values(),
        reason=given.reason,
        expected=base_of(request, found, TriggerOut, given),
    )
    return give(request, changed, TriggerOut)
