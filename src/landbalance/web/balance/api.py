"""Scenarios and the results of analyses of neutrality, for programs."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import shapely
from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import Field

from landbalance.registry.jobs.queries import find_job, jobs_of
from landbalance.registry.scenarios.models import LedgerEntry, Scenario
from landbalance.web.api.answers import FORMATS, give, give_page
from landbalance.web.api.door import enter
from landbalance.web.api.records import records_router
from landbalance.web.api.schemas import PAGING, PROBLEMS, PageOf, Paging, RecordOut

KINDS = ("balance", "plan", "scenario")


class ScenarioOut(RecordOut):
    """A scenario; its land is given as GeoJSON."""

    name: str
    text: str
    target_year: int


class LedgerEntryOut(RecordOut):
    """A loss that is anticipated, or a gain that is planned."""

    code: str
    side: str
    title: str
    land_type: str
    unit: str
    area_ha: float
    effectiveness: float
    year: int
    source: str
    evidence: str
    permitted_on: date | None


class AnalysisOut(Schema):
    """An analysis that was asked for: what was asked, and its figures once there are any."""

    id: UUID
    kind: str
    title: str
    status: str
    created_at: datetime
    options: dict[str, Any]
    answer: dict[str, Any]


class Analyses(Paging):
    """Which analyses."""

    kind: Annotated[Literal["", "balance", "plan", "scenario"], Field(description="Of one kind.")] = ""


def place_of(record: Any) -> Any:
    """Return the land of a scenario as GeoJSON; None where it has none."""
    shapes = record.shapes()
    return shapely.geometry.mapping(shapely.union_all(shapes)) if shapes else None


router = Router(tags=["neutrality"])
router.add_router(
    "", records_router(Scenario, ScenarioOut, name="scenarios", view="balance.view", code="pk", place=place_of)
)
router.add_router("", records_router(LedgerEntry, LedgerEntryOut, name="ledger", view="balance.view"))


@router.get(
    "/workspaces/{slug:workspace}/analyses",
    response={200: PageOf[AnalysisOut], **PROBLEMS},
    url_name="analyses",
    openapi_extra=FORMATS,
)
def list_analyses(request: HttpRequest, workspace: str, asked: Analyses = PAGING) -> HttpResponse:
    """List balances, plans and effects of scenarios, latest first."""
    found = jobs_of(request.user, enter(request, workspace, "balance.view"), *([asked.kind] if asked.kind else KINDS))
    return give_page(request, found, AnalysisOut, asked)


@router.get(
    "/workspaces/{slug:workspace}/analyses/{uuid:pk}",
    response={200: AnalysisOut, **PROBLEMS},
    url_name="analyses_one",
)
def read_analysis(request: HttpRequest, workspace: str, pk: UUID) -> HttpResponse:
    """Read one analysis."""
    return give(request, find_job(request.user, enter(request, workspace, "balance.view"), pk, *KINDS), AnalysisOut)
