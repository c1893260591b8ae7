"""Packs: the list, a plan, one pack, in from a stick, out for others, its layers into use, two layers compared."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from landbalance.core.errors import InputError, LandbalanceError, RuleError
from landbalance.core.sources import spoken_years
from landbalance.core.tables import toml_table
from landbalance.io.packs.plan import Plan, costs_of
from landbalance.io.packs.start import boundary_of, layer_entries, zones_of
from landbalance.registry.access import may
from landbalance.registry.jobs.queries import jobs_of
from landbalance.registry.packs import queries, sending, services
from landbalance.registry.spoken import spoken
from landbalance.registry.workspaces.models import Workspace
from landbalance.web.gate import UserRequest, page
from landbalance.web.packs.forms import CompareForm, PlanForm, SendForm, StartForm
from landbalance.web.packs.words import ROLES, said_finding, said_gap
from landbalance.web.site.files import product

FORM = ["GET", "HEAD", "POST"]
SHOWN = 10


@page("packs.view")
@require_safe
def index(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """List the packs, finished and begun."""
    about = {
        "packs": queries.packs_of(request.user, workspace),
        "begun": queries.begun_of(request.user, workspace),
        "jobs": jobs_of(request.user, workspace, *services.KINDS)[:SHOWN],
    }
    return render(request, "packs/index.html", about)


@page("packs.view", write="packs.build")
@require_http_methods(FORM)
def plan(request: UserRequest, workspace: Workspace) -> HttpResponse:
    """Show what a pack would take; on POST, let a worker build it."""
    given = request.POST if request.method == "POST" else request.GET
    form = PlanForm(workspace, given if "iso3" in given else None)
    start = StartForm(request.POST if request.method == "POST" else None)
    about: dict[str, Any] = {"form": form, "start": start}
    if form.is_bound and form.is_valid():
        try:
            about |= _planned(queries.plan_of(request.user, workspace, form.cleaned_data))
            if request.method == "POST" and start.is_valid():
                asked = form.cleaned_data | start.cleaned_data
                return redirect(services.ask_for_pack(request.user, workspace, asked))
        except LandbalanceError as error:
            form.add_error(None, spoken(error))
    return render(request, "packs/plan.html", about)


def _planned(found: Plan) -> dict[str, Any]:
    """Return what the page says of a plan."""
    costs = costs_of(found)
    roles = {product.source.id: ROLES.get(product.role, product.role) for product in found.products}
    speeds = toml_table("pack")["speeds_mbit_s"]
    return {
        "plan": found,
        "costs": [(roles[cost.source.id], cost) for cost in costs],
        "read_bytes": sum(cost.read_bytes for cost in costs),
        "keep_bytes": sum(cost.keep_bytes for cost in costs),
        "requests": sum(cost.requests for cost in costs),
        "times": [(speed, sum(cost.seconds(speed) for cost in costs)) for speed in speeds],
        "gaps": [said_gap(gap.role, spoken_years(gap.years), gap.reason, gap.advice) for gap in found.gaps],
        "doubts": [(cost.source, doubt) for cost in costs for doubt in cost.source.unsure],
    }


@page("packs.view")
@require_safe
def show(request: HttpRequest, workspace: Workspace, name: str) -> HttpResponse:
    """Show one pack: layers, gaps, self-check, licences."""
    pack = queries.find_pack(request.user, workspace, name)
    about: dict[str, Any] = {
        "pack": pack,
        "layers": [(ROLES.get(layer.role, layer.role), layer) for layer in pack.layers],
        "gaps": [said_gap(gap.role, gap.years, gap.reason, gap.advice, gap.detail) for gap in pack.said.gap],
        "findings": [said_finding(each) for each in pack.findings()],
        "papers": [each for each in queries.PAPERS if (pack.folder / each).is_file()],
        "private": sum(not layer.share for layer in pack.said.layer),
    }
    if may(request.user, "layers.edit", workspace):
        entries = layer_entries(pack.folder, pack.said)
        first = {entry.role: entry.source for entry in reversed(entries)}
        about |= {
            "entries": [(ROLES.get(each.role, each.role), each, first[each.role] == each.source) for each in entries],
            "has_boundary": boundary_of(pack.folder, pack.said) is not None,
            "has_zones": bool(zones_of(pack.folder, pack.said)),
        }
    return render(request, "packs/show.html", about)


@page("packs.view")
@require_safe
def paper(request: HttpRequest, workspace: Workspace, name: str, file: str) -> HttpResponseBase:
    """Hand out a paper of a pack: licences, citations, recipe, self-check, checksums."""
    pack = queries.find_pack(request.user, workspace, name)
    if file not in queries.PAPERS:
        raise Http404
    return product(pack.folder / file)


@page("layers.edit")
@require_POST
def take(request: UserRequest, workspace: Workspace, name: str) -> HttpResponse:
    """Take layers of a pack into use."""
    pack = queries.find_pack(request.user, workspace, name)
    try:
        services.take_layers(request.user, workspace, pack, request.POST.getlist("layer"))
    except LandbalanceError as error:
        messages.error(request, spoken(error))
        return redirect("packs:show", workspace.slug, name)
    messages.success(request, _("Taken into use; what was in use before is kept beside. Check the layers now."))
    return redirect("layers:index", workspace.slug)


@page("packs.build")
@require_POST
def export(request: UserRequest, workspace: Workspace, name: str) -> HttpResponse:
    """Let a worker write a pack to carry, without private layers."""
    pack = queries.find_pack(request.user, workspace, name)
    return redirect(services.ask_to_export(request.user, workspace, pack))


@page("packs.build")
@require_POST
def drop(request: UserRequest, workspace: Workspace, name: str) -> HttpResponse:
    """Remove a pack that nothing is read from."""
    try:
        services.drop_pack(request.user, workspace, queries.find_pack(request.user, workspace, name))
    except LandbalanceError as error:
        messages.error(request, spoken(error))
        return redirect("packs:show", workspace.slug, name)
    messages.success(request, _("The pack is gone."))
    return redirect("packs:index", workspace.slug)


@page("packs.build")
@require_http_methods(FORM)
def take_in(request: UserRequest, workspace: Workspace) -> HttpResponse:
    """Take in a pack from a folder of the server, or one that is sent: whole, or by a script in pieces."""
    if request.method == "POST":
        if request.headers.get("X-Part") == "yes":
            return _begin(request, workspace)
        file: UploadedFile[Any] | None = request.FILES.get("file")
        try:
            if file is not None:
                return redirect(services.send_pack(request.user, workspace, file.name or "", file.file))  # type: ignore[arg-type]
            return redirect(services.ask_to_import(request.user, workspace, request.POST.get("place", "")))
        except LandbalanceError as error:
            messages.error(request, spoken(error))
    about = {
        "archives": list(queries.archives_of(request.user, workspace)),
        "form": SendForm(),
        "sendings": sending.sendings_of(request.user, workspace),
        "most_mb": settings.INSTALLATION.table.max_upload_mb,
        "most_in_pieces_mb": settings.INSTALLATION.table.max_pack_mb,
        "piece_bytes": sending.PIECE_BYTES,
    }
    return render(request, "packs/import.html", about)


def _begin(request: UserRequest, workspace: Workspace) -> JsonResponse:
    """Make room for a pack that is sent in pieces, or find the one that was begun."""
    size = request.POST.get("size", "")
    try:
        begun = sending.begin_sending(
            request.user, workspace, name=request.POST.get("name", ""), mark=request.POST.get("mark", ""),
            size_bytes=int(size) if size.isdecimal() and len(size) < 16 else 0,
        )  # fmt: skip
    except LandbalanceError as error:
        return JsonResponse({"error": spoken(error)}, status=400)
    return JsonResponse({"part": reverse("packs:piece", args=[workspace.slug, begun.pk])})


@page("packs.build")
@require_http_methods(FORM)
def piece(request: UserRequest, workspace: Workspace, pk: UUID) -> HttpResponse:
    """Take the next piece of a pack; tell how much has come, and where it is taken in once it is whole."""
    found = sending.find_sending(request.user, workspace, pk)
    if request.method == "POST" and not found.page:
        offset, length = (request.headers.get(name, "") for name in ("Upload-Offset", "Content-Length"))
        if not (offset.isdecimal() and length.isdecimal()) or int(length) > sending.PIECE_BYTES:
            return JsonResponse({"error": _("This part makes no sense."), "received": found.received_bytes}, status=400)
        digest = request.headers.get("Content-Digest", "")
        try:
            found = sending.receive_piece(
                request.user, workspace, found, int(offset), request, length=int(length), digest=digest  # type: ignore[arg-type]
            )  # fmt: skip
        except (InputError, RuleError) as error:
            return JsonResponse({"error": spoken(error), "received": found.received_bytes}, status=409)
    said = {"received": found.received_bytes, "size": found.size_bytes, "status": "receiving"}
    return JsonResponse(said | ({"status": "whole", "page": found.page} if found.page else {}))


@page("packs.build")
@require_POST
def drop_sending(request: UserRequest, workspace: Workspace, pk: UUID) -> HttpResponse:
    """Throw away what has come of a pack."""
    sending.drop_sending(request.user, workspace, sending.find_sending(request.user, workspace, pk))
    messages.success(request, _("What had come of the pack is gone."))
    return redirect("packs:import", workspace.slug)


@page("packs.view", write="packs.build")
@require_http_methods(FORM)
def compare(request: UserRequest, workspace: Workspace) -> HttpResponse:
    """Choose two layers of one kind; on POST, let a worker hold them against each other."""
    form = CompareForm(queries.choices_of(request.user, workspace), request.POST or None, initial=request.GET.dict())
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(services.ask_for_difference(request.user, workspace, **form.cleaned_data))
        except LandbalanceError as error:
            form.add_error(None, spoken(error))
    return render(request, "packs/compare.html", {"form": form})
