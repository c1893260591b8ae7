"""Layers: what is in use and beside, a file sent in parts, a file of the server, the choice between two."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from landbalance.core.errors import InputError, LandbalanceError, RuleError
from landbalance.registry.layers import queries, services
from landbalance.registry.layers.models import StoredLayer, Upload
from landbalance.registry.leases import Status, is_anybody_working
from landbalance.registry.runs.services import ask_for_run
from landbalance.registry.spoken import spoken
from landbalance.registry.workspaces.models import Workspace
from landbalance.web.gate import UserRequest, page
from landbalance.web.layers.forms import AreasForm, LayerForm, SendForm

PART_BYTES = 4 << 20
POLL = 2


@page("layers.view")
@require_safe
def index(request: UserRequest, workspace: Workspace) -> HttpResponse:
    """List the layers."""
    used, stored, fault = queries.layers_of(request.user, workspace)
    about: dict[str, object] = {"used": used, "stored": stored, "fault": fault, "run": queries.last_check(workspace)}
    if services.may_edit(request.user, workspace):
        about |= {
            "form": SendForm(),
            "uploads": queries.open_uploads(request.user, workspace),
            "most_mb": settings.INSTALLATION.table.max_upload_mb,
            "part_bytes": PART_BYTES,
        }
    return render(request, "layers/index.html", about)


@page("layers.view", write="runs.start")
@require_POST
def check(request: UserRequest, workspace: Workspace) -> HttpResponse:
    """Let a worker check the layers."""
    return redirect(ask_for_run(request.user, workspace, title=_("Check of the layers")))


@page("layers.edit")
@require_POST
def send(request: UserRequest, workspace: Workspace) -> HttpResponse:
    """Take a file: whole, or from a script its name and size, to be followed by its parts."""
    is_script = request.headers.get("X-Part") == "yes"
    file: UploadedFile[Any] | None = request.FILES.get("file")
    name = request.POST.get("name", "") if is_script else (file.name or "" if file else "")
    size = request.POST.get("size", "0") if is_script else str(file.size if file else 0)
    try:
        begun = services.begin_upload(
            request.user,
            workspace,
            name=name,
            size_bytes=int(size) if size.isdigit() else 0,
            crs=request.POST.get("crs", ""),
        )
        if file and not is_script:
            begun = services.receive(request.user, begun, 0, file.file, begun.size_bytes)  # type: ignore[arg-type]
    except LandbalanceError as error:
        if is_script:
            return JsonResponse({"error": spoken(error)}, status=400)
        messages.error(request, spoken(error))
        return redirect("layers:index", workspace.slug)
    if is_script:
        return JsonResponse(
            {"part": reverse("layers:part", args=[workspace.slug, begun.pk]), "page": begun.get_absolute_url()}
        )
    return redirect(begun)


@page("layers.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def part(request: UserRequest, workspace: Workspace, pk: UUID) -> HttpResponse:
    """Take the next bytes of a file; tell how many have come."""
    found = queries.find_upload(request.user, workspace, pk)
    if request.method == "POST":
        offset, length = (request.headers.get(name, "") for name in ("Upload-Offset", "Content-Length"))
        if not offset.isdigit() or not length.isdigit() or int(length) > PART_BYTES:
            return JsonResponse({"error": _("This part makes no sense."), "received": found.received_bytes}, status=400)
        try:
            digest = request.headers.get("Content-Digest", "")
            found = services.receive(request.user, found, int(offset), request, int(length), digest)  # type: ignore[arg-type]
        except (InputError, RuleError) as error:
            found = queries.find_upload(request.user, workspace, pk)
            return JsonResponse({"error": spoken(error), "received": found.received_bytes}, status=409)
    return JsonResponse({"received": found.received_bytes, "size": found.size_bytes, "status": found.status})


@page("layers.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: UserRequest, workspace: Workspace, pk: UUID) -> HttpResponse:
    """Show a file that was sent; once it has been read, say what it is for."""
    found = queries.find_upload(request.user, workspace, pk)
    form = _form_for(request, found) if found.status == Status.READY else None
    if request.method == "POST" and form is not None and form.is_valid():
        given = dict(form.cleaned_data)
        try:
            services.register_upload(request.user, found, is_used=given.pop("is_used", True), **given)
        except LandbalanceError as error:
            form.add_error(None, spoken(error))
        else:
            messages.success(request, _("Registered. Check the layers before the next run."))
            return redirect("layers:index", workspace.slug)
    return render(request, "layers/upload.html", _about(found) | {"form": form})


@page("layers.edit")
@require_safe
def state(request: UserRequest, workspace: Workspace, pk: UUID) -> HttpResponse:
    """Show how far a file is."""
    found = queries.find_upload(request.user, workspace, pk)
    answer = render(request, "layers/state.html", _about(found))
    if not found.is_moving:
        answer["HX-Refresh"] = "true"
    return answer


@page("layers.edit")
@require_POST
def drop(request: UserRequest, workspace: Workspace, pk: UUID) -> HttpResponse:
    """Forget a file."""
    try:
        services.drop_upload(request.user, queries.find_upload(request.user, workspace, pk))
    except LandbalanceError as error:
        messages.error(request, spoken(error))
    else:
        messages.success(request, _("The file is gone."))
    return redirect("layers:index", workspace.slug)


@page("layers.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def server(request: UserRequest, workspace: Workspace) -> HttpResponse:
    """List the files of the server, and register one where it is."""
    place = request.GET.get("file", "")
    if not place:
        return render(request, "layers/server.html", {"files": queries.server_files(request.user, workspace)})
    path = queries.find_server_file(request.user, workspace, place)
    facts, fault, form = None, "", None
    try:
        facts = queries.facts_of(path)
    except LandbalanceError as error:
        fault = spoken(error)
    else:
        form = LayerForm(
            request.POST or None, initial={"scale": facts.scale, "offset": facts.offset, "unit": facts.unit}
        )
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            services.register_file(request.user, workspace, str(path), **form.cleaned_data)
        except LandbalanceError as error:
            form.add_error(None, spoken(error))
        else:
            messages.success(request, _("Registered. Check the layers before the next run."))
            return redirect("layers:index", workspace.slug)
    return render(request, "layers/server_file.html", {"place": place, "facts": facts, "fault": fault, "form": form})


@page("layers.edit")
@require_POST
def use(request: UserRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """Exchange the layer in use for one kept beside it."""
    stored = get_object_or_404(StoredLayer, pk=pk, workspace=workspace)
    try:
        services.use_stored(request.user, stored)
    except LandbalanceError as error:
        messages.error(request, spoken(error))
    else:
        messages.success(request, _("Exchanged. The next run uses it."))
    return redirect("layers:index", workspace.slug)


def _form_for(request: HttpRequest, found: Upload) -> AreasForm | LayerForm:
    """Return the form that fits what a file holds, filled with what it says of itself."""
    facts = found.report.get("facts", {})
    if not found.is_raster:
        return AreasForm(request.POST or None, columns=list(facts.get("columns", ())))
    initial = {name: facts.get(name) for name in ("scale", "offset", "unit")}
    return LayerForm(request.POST or None, initial=initial)


def _about(found: Upload) -> dict[str, object]:
    """Return what the page of a file says."""
    return {"upload": found, "poll": POLL, "is_working": is_anybody_working(), "facts": found.report.get("facts", {})}
