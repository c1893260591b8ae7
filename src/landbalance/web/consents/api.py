"""Consents, for programs of their stewards."""

from datetime import date, datetime
from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Schema
from pydantic import Field

from landbalance.registry.consents import services
from landbalance.registry.consents.models import Consent
from landbalance.registry.records import find
from landbalance.web.api.answers import give
from landbalance.web.api.changes import base_of
from landbalance.web.api.door import enter
from landbalance.web.api.records import records_router
from landbalance.web.api.schemas import NONE, PROBLEMS, Change, Code, Codes, Given, Line, RecordOut, Text

ONE = "/workspaces/{slug:workspace}/consents/{str:code}"


class ConsentOut(RecordOut):
    """A consent."""

    code: str
    title: str
    kind: str
    given_by: str
    given_on: date | None
    language: str
    way: str
    purposes: list[str]
    data_kinds: str
    may_leave_country: bool
    may_train_models: bool
    retention_until: date | None
    decision: str
    conditions: str
    withdrawn_at: datetime | None


class ConsentFields(Schema):
    """What a steward may say of a consent."""

    kind: Literal["individual", "collective_fpic"] = "individual"
    given_by: Annotated[str, Field(max_length=200)] = ""
    given_on: date | None = None
    language: Annotated[str, Field(max_length=40)] = ""
    way: Annotated[str, Field(max_length=20)] = ""
    purposes: Codes = NONE
    data_kinds: Line = ""
    may_leave_country: bool = False
    may_train_models: bool = False
    retention_until: date | None = None
    decision: Annotated[str, Field(max_length=24)] = "pending"
    conditions: Text = ""


class ConsentIn(Given, ConsentFields):
    """A new consent."""

    code: Code
    title: Annotated[str, Field(min_length=1, max_length=200)]


class ConsentChange(Change, ConsentFields):
    """What changes of a consent."""

    title: Annotated[str, Field(max_length=200)] = ""


class Withdrawal(Change):
    """Why a consent is taken back."""


router = records_router(Consent, ConsentOut, name="consents", view="consents.view", place=lambda each: each.scope)


@router.post("/workspaces/{slug:workspace}/consents", response={201: ConsentOut, **PROBLEMS}, url_name="consents")
def add_consent(request: HttpRequest, workspace: str, given: ConsentIn) -> HttpResponse:
    """Write a consent down."""
    place = enter(request, workspace, "consents.edit")
    made = services.add_consent(request.user, place, given.model_dump(exclude_unset=True))  # type: ignore[arg-type]
    return give(request, made, ConsentOut, status=201, at=made.code)


@router.patch(ONE, response={200: ConsentOut, **PROBLEMS}, url_name="consents_one")
def change_consent(request: HttpRequest, workspace: str, code: str, given: ConsentChange) -> HttpResponse:
    """Change a consent, from the version one has read."""
    found = find(Consent, request.user, workspace=enter(request, workspace, "consents.edit"), code=code)
    base = base_of(request, found, ConsentOut, given)
    services.change_consent(request.user, found, given.values(), reason=given.reason, expected=base)  # type: ignore[arg-type]
    return give(request, found, ConsentOut)


@router.post(
    ONE + "/withdraw",
    response={200: ConsentOut, **PROBLEMS},
    url_name="consents_withdraw",
)
def withdraw_consent(request: HttpRequest, workspace: str, code: str, given: Withdrawal) -> HttpResponse:
    """Take a consent back: what was given under it is hidden from this moment on."""
    consent = find(Consent, request.user, workspace=enter(request, workspace, "consents.edit"), code=code)
    base = base_of(request, consent, ConsentOut, given)
    services.withdraw_consent(request.user, consent, reason=given.reason, expected=base)  # type: ignore[arg-type]
    return give(request, consent, ConsentOut)
