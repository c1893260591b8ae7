"""Workspaces, countries and the figures of runs, for programs."""

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import ConfigDict, Field

from landbalance.registry.countries.queries import facts_in
from landbalance.registry.figures import figures_of, runs_of
from landbalance.registry.workspaces.queries import workspaces_of
from landbalance.web.api.answers import FORMATS, give, give_page
from landbalance.web.api.door import check_scope, enter
from landbalance.web.api.schemas import PAGING, PROBLEMS, PageOf, Paging

router = Router(tags=["places"])


class WorkspaceOut(Schema):
    """A country, a region or the world."""

    slug: str
    title: str
    kind: str
    country: str
    countries: list[str]
    is_invented: bool
    is_public: bool


class FactOut(Schema):
    """A country on a list, or not on it."""

    iso3: str
    list_code: str
    value: str
    valid_from: date | None
    valid_to: date | None
    source: str
    confidence: str


class Facts(Paging):
    """Which facts about countries."""

    year: Annotated[int, Field(ge=1994, le=2100, description="As of the end of this year.")] = 2026
    country: Annotated[str, Field(pattern=r"^([A-Z]{3})?$", description="ISO alpha-3 code.")] = ""
    list_code: Annotated[str, Field(pattern=r"^([a-z_]{2,20})?$")] = ""


class RunOut(Schema):
    """A run: what was assessed, when, by which profile."""

    id: str
    country: str
    started: str
    profile: str


class FigureOut(Schema):
    """A figure with all that is known of it."""

    model_config = ConfigDict(extra="ignore")
    id: str
    label: str
    value: Any
    unit: str
    period: str | None
    zone: Any
    denominator: Any
    mask: Any
    method: Any
    quality: Any
    interval: Any
    inputs: Any


class Figures(Paging):
    """Which figures of a run."""

    period: Annotated[str, Field(max_length=40)] = ""
    zone: Annotated[str, Field(max_length=200)] = ""
    starts: Annotated[str, Field(max_length=120, description="Beginning of the identity.")] = ""


@router.get(
    "/workspaces", response={200: PageOf[WorkspaceOut], **PROBLEMS}, url_name="workspaces", openapi_extra=FORMATS
)
def list_workspaces(request: HttpRequest, paging: Paging = PAGING) -> HttpResponse:
    """List the workspaces a person sees."""
    check_scope(request, "read")
    return give_page(request, workspaces_of(request.user).order_by("slug"), WorkspaceOut, paging)


@router.get("/workspaces/{slug:workspace}", response={200: WorkspaceOut, **PROBLEMS}, url_name="workspaces_one")
def read_workspace(request: HttpRequest, workspace: str) -> HttpResponse:
    """Read one workspace."""
    return give(request, enter(request, workspace, "workspace.view"), WorkspaceOut)


@router.get("/countries", response={200: PageOf[FactOut], **PROBLEMS}, url_name="countries", openapi_extra=FORMATS)
def list_countries(request: HttpRequest, asked: Facts = PAGING) -> HttpResponse:
    """List on which lists countries stood at the end of a year."""
    check_scope(request, "read")
    found = facts_in(asked.year)
    found = found.filter(iso3=asked.country) if asked.country else found
    found = found.filter(list_code=asked.list_code) if asked.list_code else found
    return give_page(request, found, FactOut, asked)


@router.get(
    "/workspaces/{slug:workspace}/runs",
    response={200: PageOf[RunOut], **PROBLEMS},
    url_name="runs",
    openapi_extra=FORMATS,
)
def list_runs(request: HttpRequest, workspace: str, paging: Paging = PAGING) -> HttpResponse:
    """List the finished runs of a workspace."""
    return give_page(request, runs_of(request.user, enter(request, workspace, "runs.view")), RunOut, paging)


@router.get(
    "/workspaces/{slug:workspace}/runs/{str:run}/figures",
    response={200: PageOf[FigureOut], **PROBLEMS},
    url_name="figures",
    openapi_extra=FORMATS,
)
def list_figures(request: HttpRequest, workspace: str, run: str, asked: Figures = PAGING) -> HttpResponse:
    """List the figures of a run, each with unit, period, zone, denominator, mask, method, quality and inputs."""
    place = enter(request, workspace, "runs.view")
    found = figures_of(request.user, place, run, period=asked.period, zone=asked.zone, starts=asked.starts)
    return give_page(request, found, FigureOut, asked)
