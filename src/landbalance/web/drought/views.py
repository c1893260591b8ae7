"""The page on drought: map with its time, districts, calls as they were made; and work that is on its way."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from landbalance.core.errors import LandbalanceError, NotFoundError
from landbalance.engine.drought.atlas import atlas_spec
from landbalance.io.drought_atlas import PHASES, Atlas, atlas_picture, atlas_tile
from landbalance.io.language import LANGUAGES, tongue
from landbalance.io.map_images import outlines_of
from landbalance.io.map_tiles import inks_of
from landbalance.planning.triggers.rule import Condition
from landbalance.registry.drought import services
from landbalance.registry.drought.mail import sends_mail
from landbalance.registry.drought.queries import (
    SHOWN,
    calls_of,
    find_atlas,
    issued_of,
    readers_of,
    rules_in_force,
)
from landbalance.registry.jobs.models import Job
from landbalance.registry.jobs.queries import find_job, jobs_of
from landbalance.registry.leases import Status
from landbalance.registry.runs import maps
from landbalance.registry.spoken import spoken
from landbalance.registry.workspaces.models import Workspace
from landbalance.reporting.words import Tongue
from landbalance.web.drought.forms import ReaderForm, WatchForm
from landbalance.web.gate import UserRequest, page
from landbalance.web.jobs.views import about
from landbalance.web.maps.views import etag, kept

Place = tuple[int, int, int]  # zoom, column, row
PICTURE = 1100  # pixels of the longer side
KINDS = (services.WATCH, services.TEST, services.MAIL, services.RANGELAND)


@page("drought.view")
@require_safe
def index(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """Show the map of a month, the districts, and every call as it was made."""
    if workspace.kind == Workspace.Kind.COUNTRY:
        services.index_calls(workspace)
    shown = _shown(request, workspace)
    if request.headers.get("X-Part") == "yes":
        return render(request, "drought/step.html", shown)
    rules, source, fault = rules_in_force(workspace)
    moving = jobs_of(request.user, workspace, services.WATCH).filter(status__in=(Status.QUEUED, Status.RUNNING))
    return render(
        request,
        "drought/index.html",
        {
            **shown,
            "calls": calls_of(request.user, workspace)[:SHOWN],
            "latest": issued_of(request.user, workspace).first(),
            "moving": moving.first(),
            "watch": WatchForm(),
            "reader": ReaderForm(),
            "sends_mail": sends_mail(),
            "readers": readers_of(workspace).count(),
            "rules": rules,
            "source": source,
            "fault": fault,
        },
    )


@page("runs.start")
@require_POST
def watch(request: UserRequest, workspace: Workspace) -> HttpResponse:
    """Ask for the monitor to be brought up to date."""
    form = WatchForm(request.POST)
    if form.is_valid():
        try:
            return redirect(services.ask_for_watch(request.user, workspace, as_of=form.cleaned_data["as_of"]))
        except LandbalanceError as error:
            form.add_error(None, spoken(error))
    return render(request, "drought/watch.html", {"form": form}, status=200)


@page("drought.work")
@require_http_methods(["GET", "HEAD"])
def work(request: HttpRequest, workspace: Workspace, pk: UUID) -> HttpResponse:
    """Show work on drought while it is on its way; then go to what it found."""
    job = find_job(request.user, workspace, pk, *KINDS)
    if job.is_finished and job.kind == services.WATCH:
        services.index_calls(workspace)
        return redirect("drought:index", workspace.slug)
    if job.is_finished and job.kind == services.RANGELAND:
        return redirect("rangeland:index", workspace.slug)
    if job.is_finished and job.kind == services.TEST:
        return redirect("drought:trigger", workspace.slug, job.options["trigger"])
    return render(request, "drought/work.html", about(request, job))


@page("drought.view")
@require_safe
def tile(request: HttpRequest, workspace: Workspace, pk: UUID, layer: str, step: str, place: Place) -> HttpResponseBase:
    """Return one tile of a month."""
    _job, atlas = find_atlas(request.user, workspace, pk)
    patterns = request.GET.get("patterns") != "no"
    mark = etag(pk, layer, step, *place, patterns)
    known = get_conditional_response(request, etag=mark)
    if known is not None:
        return kept(known, mark)
    atlas.check(layer)
    inks = inks_of(atlas_spec(layer, tongue()).entries, patterns=patterns)
    try:
        content = atlas_tile(atlas, layer, atlas.step(step), inks, place)
    except LandbalanceError as error:
        raise Http404(spoken(error)) from error
    return kept(HttpResponse(content, content_type="image/png"), mark)


@page("drought.view")
@require_safe
def picture(request: HttpRequest, workspace: Workspace, pk: UUID, layer: str, step: str) -> HttpResponseBase:
    """Return the whole map of a month, for where the browser draws none, and for print."""
    _job, atlas = find_atlas(request.user, workspace, pk)
    mark = etag(pk, layer, step, "picture")
    known = get_conditional_response(request, etag=mark)
    if known is not None:
        return kept(known, mark)
    atlas.check(layer)
    entries, rings = atlas_spec(layer, tongue()).entries, outlines_of(maps.outlines(workspace))
    content = atlas_picture(atlas, layer, atlas.step(step), entries, rings, longest=PICTURE)
    return kept(HttpResponse(content, content_type="image/png"), mark)


def conditions_of(row: Mapping[str, Any]) -> list[Condition]:
    """Return the conditions of a rule in a stored call; none where it is older than they are."""
    return [Condition(**each) for each in row.get("any", ())]


def reader_tongue() -> Tongue:
    """Return the language of reports that the reader has chosen."""
    code = (get_language() or "en").split("-")[0]
    return tongue(code if code in LANGUAGES else "en")


def _shown(request: HttpRequest, workspace: Workspace) -> dict[str, Any]:
    """Return what the map part of the page says: nothing where there is no map yet."""
    try:
        job, atlas = find_atlas(request.user, workspace)
    except NotFoundError:
        return {"atlas": None}
    layer = request.GET.get("layer", "") or PHASES
    atlas.check(layer)
    step, said = atlas.step(request.GET.get("step", "")), reader_tongue()
    return {
        "atlas": atlas,
        "job": job,
        "layer": layer,
        "label": atlas.labels[step],
        "step": step,
        "last": len(atlas.labels) - 1,
        "spec": atlas_spec(layer, said),
        "specs": [atlas_spec(each, said) for each in atlas.layers],
        "rows": _rows(atlas, layer, step, said),
        "island": _island(job, atlas, workspace),
    }


def _rows(atlas: Atlas, layer: str, step: int, said: Tongue) -> list[dict[str, Any]]:
    """Return what each district was in: its phase, and the index that is shown."""
    names = {entry.code: entry for entry in atlas_spec(PHASES, said).entries}
    key = layer if layer in atlas.mean else "spi-3"
    mean, dry = atlas.mean.get(key), atlas.dry.get(key)
    rows = []
    for place, name in enumerate(atlas.districts):
        code, since = int(atlas.phases[step, place]), step
        while since > 0 and atlas.phases[since - 1, place] == code:
            since -= 1
        rows.append(
            {
                "district": name,
                "phase": names[code],
                "since": atlas.labels[since],
                "mean": None if mean is None else float(mean[step, place]),
                "dry": None if dry is None else float(dry[step, place]),
                "index": key.upper(),
            }
        )
    return rows


def _island(job: Job, atlas: Atlas, workspace: Workspace) -> dict[str, Any]:
    """Return what the map in the browser needs to know."""
    some = reverse("drought:tile", args=[workspace.slug, job.pk, "LAYER", "STEP", (0, 1, 2)])
    return {
        "tiles": some.replace("LAYER/STEP/0/1/2", "{layer}/{step}/{z}/{x}/{y}"),
        "bounds": atlas.bounds,
        "deepest": atlas.deepest,
        "labels": atlas.labels,
        "outlines": reverse("maps:outlines", args=[workspace.slug]),
        "part": reverse("drought:index", args=[workspace.slug]),
        "playing": _("Pause"),
        "paused": _("Play"),
    }
