"""The pipeline, and the pages of a project: worth, checklists, windows, notes, scenarios."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from landbalance.core.errors import LandbalanceError, NotFoundError
from landbalance.finance.checklist import bankability, transformative
from landbalance.finance.matching import match
from landbalance.finance.windows import bundle, windows
from landbalance.io.project_desk import drawn, least_cover, worth_of
from landbalance.io.project_text import project_toml
from landbalance.io.sheet import sheet_csv
from landbalance.registry.projects import services
from landbalance.registry.projects.models import Project
from landbalance.registry.projects.queries import (
    Summary,
    find_project,
    find_scenario,
    projects_of,
    scenarios_of,
    summaries,
)
from landbalance.registry.spoken import spoken
from landbalance.registry.workspaces.models import Workspace
from landbalance.reporting.charts import Chart
from landbalance.reporting.project_charts import Costed, cost_curve
from landbalance.reporting.tables import cell_value
from landbalance.web.finance.answers import file_answer
from landbalance.web.gate import UserRequest, page
from landbalance.web.projects.compare import compare
from landbalance.web.projects.desk import (
    MONEY,
    MOST_DRAWS,
    SEED,
    WORTH,
    appraisal,
    charts_of,
    desk_of,
    draws_asked,
    reader,
)
from landbalance.web.projects.money import money_charts, parts_of
from landbalance.web.projects.notes import notes_of
from landbalance.web.projects.pipeline_forms import PipelineForm

MOST = 500
CSV = "text/csv; charset=utf-8"
SHOWN_COLUMNS = ("code", "title", "stage", "hectares", "currency", "present_costs", "npv", "irr", "window", "fit")


@page("projects.view")
@require_safe
def index(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """List the projects of a country, and what a hectare costs in each."""
    form = PipelineForm(request.GET or None)
    found = _pipeline(request, workspace, form)
    context = {"form": form, "found": found, "names": {each.id: each for each in windows()}}
    return render(request, "projects/index.html", {**context, **_curve(found), "asked": request.GET.urlencode()})


@page("projects.view")
@require_safe
def listed(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """Hand out the list of projects as CSV."""
    found = _pipeline(request, workspace, PipelineForm(request.GET or None))
    rows = [
        [project.code, project.title, project.stage, said.hectares, said.currency, said.cost, said.npv, said.irr,
         said.window, said.fit, "; ".join(said.missing)]
        for project, said in found
    ]  # fmt: skip
    return _csv(f"{workspace.slug}-projects.csv", (*SHOWN_COLUMNS, "missing"), rows)


@page("projects.view")
@require_safe
def curve(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """Hand out the data behind the chart of the pipeline."""
    chart = _curve(_pipeline(request, workspace, PipelineForm(request.GET or None))).get("curve")
    if chart is None:
        raise NotFoundError("there is no chart {name}", name="cost-curve", hint="choose one of the page")
    return _chart_csv(chart, workspace.slug)


@page("projects.view")
@require_safe
def project(request: HttpRequest, workspace: Workspace, code: str) -> HttpResponse:
    """Show what a project is worth; sliders move its inputs."""
    found = find_project(request.user, workspace, code)
    draws = draws_asked(request.GET)
    context: dict[str, Any] = {
        "project": found,
        "draws": draws,
        "draws_text": str(draws),
        "most_draws": MOST_DRAWS,
        "seed": SEED,
    }
    try:
        desk = desk_of(request, found, *WORTH)
        context |= {"desk": desk, "open_losses": desk.base.open_losses, **appraisal(desk, request.GET)}
        outcome = drawn(desk.moved, draws, SEED)
        context |= {"charts": charts_of(desk, outcome), "outcome": outcome}
    except LandbalanceError as error:
        if isinstance(error, NotFoundError):
            raise
        context["fault"] = spoken(error)
    return render(request, "projects/project.html", context | _asked(request))


@page("projects.view")
@require_safe
def money(request: HttpRequest, workspace: Workspace, code: str) -> HttpResponse:
    """Show who pays for a project, what a cover costs and what carbon comes to; sliders move their terms."""
    found = find_project(request.user, workspace, code)
    context: dict[str, Any] = {"project": found}
    try:
        desk = desk_of(request, found, *MONEY)
        context |= {"desk": desk, "worth": worth_of(desk.moved, "financial")}
        context["parts"] = parts_of(desk.moved, reader())
    except LandbalanceError as error:
        if isinstance(error, NotFoundError):
            raise
        context["fault"] = spoken(error)
    return render(request, "projects/money.html", context | _asked(request))


@page("projects.view")
@require_safe
def data(request: HttpRequest, workspace: Workspace, code: str, name: str) -> HttpResponse:
    """Hand out the data behind a chart of a project."""
    found = find_project(request.user, workspace, code)
    desk = desk_of(request, found)
    outcome = drawn(desk.moved, draws_asked(request.GET), SEED) if name == "draws" else None
    chart = charts_of(desk, outcome).get(name) or money_charts(desk.moved, reader()).get(name)
    if chart is None:
        raise NotFoundError("there is no chart {name}", name=name, hint="choose one of the page")
    return _chart_csv(chart, found.code)


@page("projects.view")
@require_safe
def checklists(request: HttpRequest, workspace: Workspace, code: str) -> HttpResponse:
    """Show what a bank would ask, and what makes a project transformative."""
    found = find_project(request.user, workspace, code)
    opened = found.opened()
    bank = bankability(opened.form.bankability, dscr=least_cover(opened))
    groups = transformative(opened.form.transformative)
    return render(request, "projects/checklists.html", {"project": found, "bank": bank, "groups": groups})


@page("projects.view")
@require_safe
def funds(request: HttpRequest, workspace: Workspace, code: str) -> HttpResponse:
    """Show which windows of funds fit a project, what stands in the way and what would help."""
    found = find_project(request.user, workspace, code)
    context: dict[str, Any] = {"project": found}
    opened = found.opened()
    if opened.form.ask is not None:
        ask, parts = opened.ask()
        context |= {
            "ask": ask,
            "matches": list(match(ask, windows(), timezone.localdate())),
            "parts": opened.form.ask.parts,
        }
        context |= {"names": {each.id: each for each in windows()}, "bundle": bundle(parts) if parts else None}
    return render(request, "projects/windows.html", context)


@page("projects.view")
@require_safe
def notes(request: HttpRequest, workspace: Workspace, code: str) -> HttpResponse:
    """Show which notes can be drafted, and what each still misses."""
    found = find_project(request.user, workspace, code)
    context: dict[str, Any] = {"project": found}
    try:
        context["notes"] = notes_of(request.user, found)
    except LandbalanceError as error:
        context["fault"] = spoken(error)
    return render(request, "projects/notes.html", context)


@page("projects.view")
@require_safe
def scenarios(request: HttpRequest, workspace: Workspace, code: str) -> HttpResponse:
    """Lay the scenarios of a project side by side."""
    found = find_project(request.user, workspace, code)
    context: dict[str, Any] = {"project": found}
    try:
        context |= compare(found, list(scenarios_of(request.user, found)))
    except LandbalanceError as error:
        context["fault"] = spoken(error)
    return render(request, "projects/scenarios.html", context)


@page("projects.edit")
@require_POST
def keep_scenario(request: UserRequest, workspace: Workspace, code: str) -> HttpResponse:
    """Keep the inputs as they are moved under a name."""
    found = find_project(request.user, workspace, code)
    try:
        desk = desk_of(request, found)
        services.keep_scenario(request.user, found, request.POST.get("name", ""), desk.changes)
    except LandbalanceError as error:
        if isinstance(error, NotFoundError):
            raise
        messages.error(request, spoken(error))
        return redirect(f"{found.get_absolute_url()}?{request.GET.urlencode()}")
    messages.success(request, _("The scenario is kept."))
    return redirect("projects:scenarios", workspace.slug, found.code)


@page("projects.edit")
@require_POST
def drop_scenario(request: UserRequest, workspace: Workspace, code: str, pk: UUID) -> HttpResponse:
    """Take a scenario out."""
    found = find_project(request.user, workspace, code)
    services.drop_scenario(request.user, find_scenario(request.user, found, pk))
    return redirect("projects:scenarios", workspace.slug, found.code)


@page("projects.view")
@require_safe
def file(request: HttpRequest, workspace: Workspace, code: str) -> HttpResponse:
    """Hand out the file of a project."""
    found = find_project(request.user, workspace, code)
    return file_answer(project_toml(found.form()).encode(), f"{found.code}.toml", "application/toml")


def _pipeline(request: HttpRequest, workspace: Workspace, form: PipelineForm) -> list[tuple[Project, Summary]]:
    """Return the projects that are asked for, in the order that is asked for; what is unknown stands last."""
    wanted = form.wanted()
    rows = projects_of(request.user, workspace, wanted["text"], wanted["stage"])[:MOST]
    found = summaries(rows, timezone.localdate())
    if wanted["open"]:
        found = [each for each in found if each[1].fit is not None]
    if wanted["sort"] != "title":
        key = wanted["sort"]
        found.sort(key=lambda each: (getattr(each[1], key) is None, -(getattr(each[1], key) or 0.0)))
    return found


def _curve(found: list[tuple[Project, Summary]]) -> dict[str, Any]:
    """Return the chart of costs of the commonest currency, and how many projects it leaves out."""
    costed = [(project, said) for project, said in found if said.cost is not None]
    currencies = [said.currency for _project, said in costed]
    if not currencies:
        return {}
    currency = max(sorted(set(currencies)), key=currencies.count)
    rows = [Costed(project.title, said.hectares, (said.cost or 0.0) / said.hectares)
            for project, said in costed if said.currency == currency]  # fmt: skip
    return {"curve": cost_curve(rows, currency, reader()), "left_out": len(found) - len(rows)}


def _asked(request: HttpRequest) -> dict[str, str]:
    """Return what a page carries on of its query."""
    kept = request.GET.copy()
    kept.pop("draws", None)
    return {"asked": kept.urlencode()}


def _chart_csv(chart: Chart, name: str) -> HttpResponse:
    """Return the data of a chart."""
    heads = [f"{each.title} [{each.unit}]" if each.unit else each.title for each in chart.table.columns]
    return _csv(f"{name}-{chart.id}.csv", heads, [[cell_value(cell) for cell in row] for row in chart.table.rows])


def _csv(name: str, heads: Any, rows: list[list[Any]]) -> HttpResponse:
    """Return a table to keep."""
    return file_answer(sheet_csv(list(heads), rows).encode("utf-8-sig"), name, CSV)
