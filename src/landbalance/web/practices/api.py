"""Practices, for programs."""

from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Schema
from pydantic import Field, FiniteFloat

from landbalance.registry.practices import services
from landbalance.registry.practices.models import Practice
from landbalance.registry.practices.queries import catalogue
from landbalance.registry.records import find
from landbalance.web.api.answers import FORMATS, give, give_page
from landbalance.web.api.changes import base_of
from landbalance.web.api.door import check_scope, enter
from landbalance.web.api.records import records_router
from landbalance.web.api.schemas import (
    NONE,
    PAGING,
    PROBLEMS,
    Change,
    Code,
    Codes,
    Given,
    Line,
    PageOf,
    Paging,
    RecordOut,
    Share,
    Text,
)

Amount = Annotated[FiniteFloat, Field(ge=0)] | None
Score = Annotated[int, Field(ge=-3, le=3)]
ONE = "/workspaces/{slug:workspace}/practices/{str:code}"


class PracticeOut(RecordOut):
    """A practice of a country."""

    code: str
    name: str
    description: str
    wocat_id: str
    groups: list[str]
    measures: list[str]
    land_use: list[str]
    degradation: list[str]
    goal: str
    agroforestry: str
    establishment_usd_ha: float | None
    maintenance_usd_ha: float | None
    lifespan_years: float | None
    lag_years: float | None
    impacts: dict[str, int]
    drought_fit: int | None
    evidence_grade: str
    source: str
    licence: str


class PracticeFields(Schema):
    """What a person may say of a practice."""

    description: Text = ""
    wocat_id: Annotated[str, Field(max_length=20)] = ""
    groups: Codes = NONE
    measures: Codes = NONE
    land_use: Codes = NONE
    degradation: Codes = NONE
    goal: Annotated[str, Field(max_length=30)] = ""
    agroforestry: Annotated[str, Field(max_length=30)] = ""
    establishment_usd_ha: Amount = None
    maintenance_usd_ha: Amount = None
    lifespan_years: Amount = None
    lag_years: Amount = None
    impacts: Annotated[dict[str, Score], Field(max_length=20, default_factory=dict)]
    drought_fit: Annotated[int, Field(ge=0, le=3)] | None = None
    evidence_grade: Literal["", "A", "B", "C", "D"] = ""
    source: Line = ""
    licence: Annotated[str, Field(max_length=60)] = ""
    visibility: Share = "members"


class PracticeIn(Given, PracticeFields):
    """A new practice."""

    code: Code
    name: Annotated[str, Field(min_length=1, max_length=200)]


class PracticeChange(Change, PracticeFields):
    """What changes of a practice."""

    name: Annotated[str, Field(min_length=1, max_length=200)] = ""


class EntryOut(Schema):
    """An entry of the catalogue."""

    list_id: str
    code: str
    label: str
    kind: str


router = records_router(Practice, PracticeOut, name="practices", view="practices.view")


@router.get("/practices", response={200: PageOf[EntryOut], **PROBLEMS}, url_name="catalogue", openapi_extra=FORMATS)
def list_catalogue(request: HttpRequest, paging: Paging = PAGING) -> HttpResponse:
    """List the catalogue: groups, measures, types of agroforestry, types of degradation."""
    check_scope(request, "read")
    return give_page(request, catalogue(), EntryOut, paging)


@router.post("/workspaces/{slug:workspace}/practices", response={201: PracticeOut, **PROBLEMS}, url_name="practices")
def add_practice(request: HttpRequest, workspace: str, given: PracticeIn) -> HttpResponse:
    """Write a practice down."""
    place = enter(request, workspace, "practices.edit")
    made = services.add_practice(request.user, place, given.model_dump(exclude_unset=True))  # type: ignore[arg-type]
    return give(request, made, PracticeOut, status=201, at=made.code)


@router.patch(ONE, response={200: PracticeOut, **PROBLEMS}, url_name="practices_one")
def change_practice(request: HttpRequest, workspace: str, code: str, given: PracticeChange) -> HttpResponse:
    """Change a practice, from the version one has read."""
    practice = find(Practice, request.user, workspace=enter(request, workspace, "practices.edit"), code=code)
    changed = services.change_practice(
        request.user,  # type: ignore[arg-type]
        practice,
        given.values(),
        reason=given.reason,
        expected=base_of(request, practice, PracticeOut, given),
    )
    return give(request, changed, PracticeOut)


@router.delete(ONE, response={204: None, **PROBLEMS}, url_name="practices_one")
def remove_practice(request: HttpRequest, workspace: str, code: str) -> HttpResponse:
    """Take a practice out; its history stays."""
    found = find(Practice, request.user, workspace=enter(request, workspace, "records.delete"), code=code)
    services.remove_practice(request.user, found, expected=base_of(request, found, PracticeOut))  # type: ignore[arg-type]
    return HttpResponse(status=204)
