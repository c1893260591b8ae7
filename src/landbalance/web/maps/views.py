"""The map of a run: page, tiles, pictures, outlines, one place explained, one area measured."""

import hashlib
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from landbalance.core.errors import LandbalanceError
from landbalance.io.map_images import draw_map, outlines_of
from landbalance.io.map_tiles import inks_of, tile_png
from landbalance.registry.runs import maps
from landbalance.registry.runs.models import Run
from landbalance.registry.runs.queries import find_run, finished_of, latest_of
from landbalance.registry.runs.services import index_runs
from landbalance.registry.spoken import spoken
from landbalance.registry.workspaces.models import Workspace
from landbalance.web.gate import page
from landbalance.web.maps.forms import AreaForm, PlaceForm
from landbalance.web.maps.island import settings_of

Place = tuple[int, int, int]  # zoom, column, row
DAY = 86_400
PICTURE = 1100  # pixels of the longer side


@page("maps.view")
@require_safe
def index(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """Go to the map of the latest run."""
    if workspace.kind == Workspace.Kind.COUNTRY:
        index_runs(workspace)
    latest = latest_of(request.user, workspace)
    if latest is None:
        return render(request, "maps/none.html", {})
    return redirect("maps:run", workspace.slug, latest.pk)


@page("maps.view")
@require_safe
def show(request: HttpRequest, workspace: Workspace, pk: UUID) -> HttpResponse:
    """Show the map of a run; the choice stands in the address, so that a link shows the same."""
    run = _finished(request, workspace, pk)
    sheet = maps.sheet_of(run, get_language() or "en")
    spec = sheet.spec(request.GET.get("layer", ""))
    second = _second(request, workspace)
    return render(
        request,
        "maps/show.html",
        {
            "run": run,
            "second": second,
            "others": [each for each in finished_of(request.user, workspace) if each.pk != run.pk],
            "specs": sheet.specs,
            "chosen": spec,
            "island": settings_of(run, sheet, second),
            "place": PlaceForm(auto_id="place_%s"),
            "area": AreaForm(auto_id="area_%s"),
        },
    )


@page("maps.view")
@require_safe
def tile(request: HttpRequest, workspace: Workspace, pk: UUID, layer: str, place: Place) -> HttpResponseBase:
    """Return one tile of a map."""
    sheet = maps.sheet_of(_finished(request, workspace, pk), "en")
    spec = sheet.spec(layer)
    patterns = request.GET.get("patterns") != "no"
    mark = etag(sheet.digests[layer], *place, patterns)
    known = get_conditional_response(request, etag=mark)
    if known is not None:
        return kept(known, mark)
    try:
        content = tile_png(sheet.files[layer], sheet.inside, inks_of(spec.entries, patterns=patterns), place)
    except LandbalanceError as error:
        raise Http404(spoken(error)) from error
    return kept(HttpResponse(content, content_type="image/png"), mark)


@page("maps.view")
@require_safe
def picture(request: HttpRequest, workspace: Workspace, pk: UUID, layer: str) -> HttpResponseBase:
    """Return a whole map as a picture, for where the browser draws none, and for print."""
    run = _finished(request, workspace, pk)
    sheet = maps.sheet_of(run, "en")
    spec = sheet.spec(layer)
    mark = etag(sheet.digests[layer], "picture")
    known = get_conditional_response(request, etag=mark)
    if known is not None:
        return kept(known, mark)
    files = {
        each.key: [run.result.folder / name for name, _digest in each.files] for each in run.result.manifest.rasters
    }
    named = {
        key + suffix: path
        for key, paths in files.items()
        for suffix, path in zip(("",) if len(paths) == 1 else (":e", ":w"), paths, strict=False)
    }
    drawn = draw_map(spec, named, outlines_of(maps.outlines(workspace)), longest=PICTURE)
    if drawn is None:
        raise Http404
    return kept(HttpResponse(drawn.png, content_type="image/png"), mark)


@page("maps.view")
@require_safe
def outlines(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """Return boundary and zones of the workspace."""
    return JsonResponse(maps.outlines(workspace), headers={"Cache-Control": "private, max-age=60"})


@page("maps.view")
@require_safe
def explain(request: HttpRequest, workspace: Workspace, pk: UUID) -> HttpResponse:
    """Tell why a place has its status."""
    run = _finished(request, workspace, pk)
    form = PlaceForm(request.GET or None, auto_id="place_%s")
    found, fault = None, ""
    if form.is_valid():
        try:
            found = maps.explain_place(run, **form.cleaned_data)
        except LandbalanceError as error:
            fault = spoken(error)
    about = {"run": run, "place": form, "found": found, "fault": fault}
    return render(request, _template(request, "maps/explained.html", "maps/explain.html"), about)


@page("maps.view", write="maps.view")
@require_http_methods(["GET", "HEAD", "POST"])
def area(request: HttpRequest, workspace: Workspace, pk: UUID) -> HttpResponse:
    """Measure what lies in a drawn area."""
    run = _finished(request, workspace, pk)
    form = AreaForm(request.POST if request.method == "POST" else None, auto_id="area_%s")
    found, fault = None, ""
    if request.method == "POST" and form.is_valid():
        try:
            found = maps.measure_area(run, form.cleaned_data["shape"])
        except LandbalanceError as error:
            fault = spoken(error)
    elif request.method == "POST":
        fault = " ".join(str(each) for errors in form.errors.values() for each in errors)
    about = {"run": run, "area": form, "found": found, "fault": fault}
    return render(request, _template(request, "maps/measured.html", "maps/area.html"), about)


def etag(*parts: object) -> str:
    """Return the mark of a version of a picture."""
    return '"' + hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()[:32] + '"'


def kept(answer: HttpResponseBase, mark: str) -> HttpResponseBase:
    """Let the reader's own browser keep a picture, and nobody between."""
    answer["ETag"] = mark
    patch_cache_control(answer, private=True, max_age=DAY)
    return answer


def _template(request: HttpRequest, part: str, whole: str) -> str:
    """Return the part of a page for a script that asks, the whole page for a person."""
    return part if request.headers.get("X-Part") == "yes" else whole


def _finished(request: HttpRequest, workspace: Workspace, pk: UUID | str) -> Run:
    """Return a run with a result that a person sees."""
    run = find_run(request.user, workspace, pk)
    if not run.has_result:
        raise Http404(_("The run has no result."))
    return run


def _second(request: HttpRequest, workspace: Workspace) -> Run | None:
    """Return the run that is laid beside the first, if one is named."""
    named = request.GET.get("with", "")
    return _finished(request, workspace, named) if named else None
