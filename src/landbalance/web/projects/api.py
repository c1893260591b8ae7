"""Projects, for programs: data in the shape of `project.toml`, scenarios, and what a project is worth."""

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import Field

from landbalance.finance.cash_table import Appraisal
from landbalance.io.project_changes import Changes
from landbalance.io.project_desk import worth_of
from landbalance.io.project_text import check_project
from landbalance.registry.projects import services
from landbalance.registry.projects.models import Project, ProjectScenario
from landbalance.registry.projects.queries import find_project
from landbalance.web.api.answers import give
from landbalance.web.api.door import enter
from landbalance.web.api.records import records_router
from landbalance.web.api.schemas import PROBLEMS, Change, Given, RecordOut

Tree = Annotated[dict[str, Any], Field(description="The tables of `project.toml`.")]
ALL, ONE = "/workspaces/{slug:workspace}/projects", "/workspaces/{slug:workspace}/projects/{str:code}"


class ProjectOut(RecordOut):
    """A project."""

    code: str
    title: str
    stage: str
    data: Tree
    targets: list[str]
    loss: float | None
    loss_run: str
    loss_years: str


class ProjectIn(Given):
    """A new project."""

    data: Tree
    stage: Annotated[str, Field(max_length=12)] = "idea"


class ProjectChange(Change):
    """What a project is to hold; all of it."""

    data: Tree


class ProjectScenarioOut(RecordOut):
    """A set of moved inputs of a project."""

    project_id: UUID
    name: str
    moved: dict[str, Any]


class ScenarioIn(Given):
    """A new scenario."""

    name: Annotated[str, Field(min_length=1, max_length=120)]
    moved: Changes


class WorthOut(Schema):
    """What a project is worth in one view, against what happens without it; null where it cannot be told."""

    view: str
    rate: float
    npv: float
    irr: float | None
    irr_status: str
    mirr: float | None
    bcr: float | None
    payback_years: float | None
    discounted_payback_years: float | None
    eanb: float
    cost_per_ha: float | None
    switching_benefits: float | None
    switching_costs: float | None
    carbon_share: float | None
    by_stakeholder: dict[str, float]
    warnings: list[str]


class AppraisalOut(Schema):
    """What a project is worth, in its currency at constant prices."""

    code: str
    version: int
    currency: str
    price_year: int
    yearly_loss: float | None
    yearly_loss_run: str
    financial: WorthOut
    economic: WorthOut


router = Router(tags=["projects"])
router.add_router("", records_router(Project, ProjectOut, name="projects", view="projects.view"))
router.add_router(
    "", records_router(ProjectScenario, ProjectScenarioOut, name="project-scenarios", view="projects.view", code="pk")
)


@router.post(ALL, response={201: ProjectOut, **PROBLEMS}, url_name="projects")
def add_project(request: HttpRequest, workspace: str, given: ProjectIn) -> HttpResponse:
    """Take a project in, whole or not at all."""
    place = enter(request, workspace, "projects.edit")
    form = check_project(given.data, "data")
    made = services.add_project(request.user, place, form, stage=given.stage)  # type: ignore[arg-type]
    return give(request, made, ProjectOut, status=201)


@router.patch(ONE, response={200: ProjectOut, **PROBLEMS}, url_name="projects_one")
def change_project(request: HttpRequest, workspace: str, code: str, given: ProjectChange) -> HttpResponse:
    """Put other data in the place of a project's, from the version one has read."""
    found = find_project(request.user, enter(request, workspace, "projects.edit"), code)
    changed = services.change_project(
        request.user,  # type: ignore[arg-type]
        found,
        check_project(given.data, "data"),
        reason=given.reason,
        expected=given.version,
    )
    return give(request, changed, ProjectOut)


@router.get(ONE + "/appraisal", response={200: AppraisalOut, **PROBLEMS}, url_name="projects_appraisal")
def read_appraisal(request: HttpRequest, workspace: str, code: str) -> HttpResponse:
    """Read what a project is worth."""
    found = find_project(request.user, enter(request, workspace, "projects.view"), code)
    opened = found.opened()
    said = AppraisalOut(
        code=found.code,
        version=found.version,
        currency=opened.about.currency,
        price_year=opened.about.price_year,
        yearly_loss=found.loss,
        yearly_loss_run=found.loss_run,
        financial=_worth(worth_of(opened, "financial")),
        economic=_worth(worth_of(opened, "economic")),
    )
    return give(request, said, AppraisalOut)


@router.post(ONE + "/scenarios", response={201: ProjectScenarioOut, **PROBLEMS}, url_name="projects_scenarios")
def keep_scenario(request: HttpRequest, workspace: str, code: str, given: ScenarioIn) -> HttpResponse:
    """Keep a set of moved inputs; one of the same name gives way."""
    found = find_project(request.user, enter(request, workspace, "projects.edit"), code)
    kept = services.keep_scenario(request.user, found, given.name, given.moved)  # type: ignore[arg-type]
    return give(request, kept, ProjectScenarioOut, status=201)


def _worth(found: Appraisal) -> WorthOut:
    """Return one view."""
    names = ("view", "rate", "npv", "mirr", "bcr", "eanb", "cost_per_ha", "carbon_share")
    return WorthOut(
        **{name: getattr(found, name) for name in names},
        irr=found.irr.value,
        irr_status=found.irr.status,
        payback_years=found.payback.simple,
        discounted_payback_years=found.payback.discounted,
        switching_benefits=found.switching.benefits if found.switching else None,
        switching_costs=found.switching.costs if found.switching else None,
        by_stakeholder=dict(found.by_stakeholder),
        warnings=[str(each) for each in found.warnings],
    )
