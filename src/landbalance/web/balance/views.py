"""The balance of a run: asked for, shown by land type and zone, with hierarchy, hotspots and business as usual."""

from pathlib import Path
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from landbalance.core.errors import LandbalanceError, NotFoundError
from landbalance.io.neutrality_pages import read_sections, read_sites
from landbalance.registry.jobs.models import Job
from landbalance.registry.jobs.queries import find_job, jobs_of
from landbalance.registry.runs.queries import finished_of
from landbalance.registry.runs.services import index_runs
from landbalance.registry.scenarios import services
from landbalance.registry.scenarios.queries import balance_runs, domains_of, land_type_names
from landbalance.registry.spoken import spoken
from landbalance.registry.workspaces.models import Workspace
from landbalance.web.balance.forms import BalanceForm
from landbalance.web.gate import UserRequest, page
from landbalance.web.jobs.views import about

FORM = ["GET", "HEAD", "POST"]
SHOWN = 20  # earlier balances or plans in a list


@page("balance.view")
@require_safe
def index(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """Show the latest balance, or ask for one."""
    if workspace.kind == Workspace.Kind.COUNTRY:
        index_runs(workspace)
    jobs = jobs_of(request.user, workspace, "balance")
    job = jobs.first()
    context: dict[str, Any] = {"runs": balance_runs(request.user, workspace), "earlier": jobs[1:SHOWN]}
    if job is not None:
        context |= result_of(request, job)
    return render(request, "balance/index.html", context)


@page("balance.plan")
@require_http_methods(FORM)
def ask(request: UserRequest, workspace: Workspace) -> HttpResponse:
    """Ask for the balance of a run."""
    runs, zones = balance_runs(request.user, workspace), domains_of(workspace)
    form = BalanceForm(
        runs,
        zones,
        request.POST or None,
        types=land_type_names(workspace),
        initial={"domain": zones[0][0] if zones else ""},
    )
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            job = services.ask_for_balance(
                request.user,
                said["run"],
                target_year=said["to"],
                domain=said["domain"],
                types=said["types"],
                language=language(),
            )
        except LandbalanceError as error:
            form.add_error(None, spoken(error))
        else:
            return redirect(job)
    return render(request, "balance/ask.html", {"form": form, "runs": runs, "title": _("Work out a balance")})


@page("balance.view")
@require_safe
def show(request: HttpRequest, workspace: Workspace, pk: UUID) -> HttpResponse:
    """Show one balance: how far it is, or what it found."""
    return render(request, "balance/show.html", result_of(request, find_job(request.user, workspace, pk, "balance")))


@page("balance.view")
@require_safe
def places(request: HttpRequest, workspace: Workspace, pk: UUID, name: str) -> HttpResponse:
    """Return the sites of a map by class, as GeoJSON with colour and sentence."""
    job = find_job(request.user, workspace, pk, "balance", "plan")
    found = [each for section in sections_of(job) for each in section["places"] if each["id"] == name]
    if not found:
        raise Http404
    fills = {each.code: each.colour for each in found[0]["entries"]}
    sites = {each["name"]: each for each in found[0]["sites"]}
    features = []
    for feature in read_sites(job.out):
        site = sites.get(feature["properties"]["name"])
        if site is not None:
            said = {"name": site["name"], "text": f"{site['name']}: {site['text']}", "fill": fills[site["code"]]}
            features.append({**feature, "properties": said})
    return JsonResponse({"type": "FeatureCollection", "features": features})


def result_of(request: HttpRequest, job: Job) -> dict[str, Any]:
    """Return what a page says of an analysis: how far it is, or its sections and files; `gone` where those are lost."""
    runs = (run for run in finished_of(request.user, job.workspace) if run.run_id == job.options.get("run"))
    found: dict[str, Any] = {**about(request, job), "answer": job.answer, "options": job.options}
    found["of_run"] = next(runs, None)
    if job.is_finished:
        try:
            found |= {"sections": sections_of(job), "downloads": downloads_of(job)}
        except NotFoundError:
            found["gone"] = True
    return found


def sections_of(job: Job) -> list[dict[str, Any]]:
    """Return the sections of a finished analysis in the reader's language.

    Raises
    ------
    NotFoundError
        If they are not there any more.
    """
    return read_sections(job.out, language())


def downloads_of(job: Job) -> list[tuple[str, str]]:
    """Return what can be fetched: what it is, and its file."""
    words = {".html": _("Report"), ".xlsx": _("Workbook"), ".json": _("Figures with their origin"), ".tif": _("Map")}
    words |= {".geojson": _("Areas"), ".csv": _("Table")}
    found = [(words[Path(name).suffix], name) for name in job.products if not name.startswith("pages/")
             and Path(name).suffix in words]  # fmt: skip
    order = list(words.values())
    return sorted(found, key=lambda each: (order.index(each[0]), each[1]))


def language() -> str:
    """Return the language of the reader, as reports call it."""
    return (get_language() or "en").split("-")[0]
