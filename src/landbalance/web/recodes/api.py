"""Recode polygons, for programs."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import orjson
from django.http import HttpRequest, HttpResponse
from pydantic import Field

from landbalance.registry.recodes import services
from landbalance.registry.recodes.models import Recode
from landbalance.registry.recodes.queries import find_recode
from landbalance.web.api.answers import give
from landbalance.web.api.changes import base_of
from landbalance.web.api.door import enter
from landbalance.web.api.records import records_router
from landbalance.web.api.schemas import PROBLEMS, Change, Given, RecordOut

ALL = "/workspaces/{slug:workspace}/recodes"
Long = Annotated[str, Field(min_length=1, max_length=4000)]


class RecodeOut(RecordOut):
    """What experts say of the land inside one area, and what was decided on it."""

    place: str
    process: str
    basis: str
    periods: list[str]
    degraded_to: str
    stable_to: str
    improved_to: str
    links: str
    area_km2: float
    decision: str
    decided_at: datetime | None
    decision_reason: str


class RecodeIn(Given):
    """A proposal: the area, what the classes become there and when, and why."""

    place: Annotated[str, Field(min_length=1, max_length=120)]
    shape: Annotated[dict[str, Any], Field(description="The area as GeoJSON in longitude and latitude.")]
    process: Long
    basis: Long
    periods: Annotated[list[Annotated[str, Field(max_length=40)]], Field(min_length=1, max_length=20)]
    degraded_to: Literal["none", "-32768", "0", "1"] = "none"
    stable_to: Literal["none", "-32768", "-1", "1"] = "none"
    improved_to: Literal["none", "-32768", "-1", "0"] = "none"
    links: Annotated[str, Field(max_length=4000)] = ""


class DecisionIn(Change):
    """Whether a recode is accepted, and why."""

    decision: Literal["accepted", "rejected"]
    reason: Annotated[str, Field(min_length=1, max_length=90)]


def place_of(record: Any) -> Any:
    """Return the area of a recode as GeoJSON."""
    return record.shape


router = records_router(Recode, RecodeOut, name="recodes", view="maps.view", code="pk", place=place_of)


@router.post(ALL, response={201: RecodeOut, **PROBLEMS}, url_name="recodes")
def propose_recode(request: HttpRequest, workspace: str, given: RecodeIn) -> HttpResponse:
    """Propose a recode; it changes no figure until somebody else accepts it."""
    place, said = enter(request, workspace, "recodes.propose"), given.model_dump()
    said["shape"] = orjson.dumps(said["shape"]).decode()
    made = services.propose_recode(request.user, place, **said)  # type: ignore[arg-type]
    return give(request, made, RecodeOut, status=201, at=made.pk)


@router.post(ALL + "/{uuid:pk}/decision", response={200: RecodeOut, **PROBLEMS}, url_name="recodes_decide")
def decide_recode(request: HttpRequest, workspace: str, pk: UUID, given: DecisionIn) -> HttpResponse:
    """Accept or reject a recode that somebody else has proposed."""
    found = find_recode(request.user, enter(request, workspace, "recodes.decide"), pk)
    base = base_of(request, found, RecodeOut, given)
    services.decide_recode(
        request.user,  # type: ignore[arg-type]
        found,
        decision=given.decision,
        reason=given.reason,
        expected=base,
    )
    return give(request, found, RecodeOut)
