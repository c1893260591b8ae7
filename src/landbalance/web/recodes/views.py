"""Recode polygons: list, proposal with a drawn or uploaded area, effect, decision."""

import tempfile
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from landbalance.core.errors import LandbalanceError
from landbalance.io.quarantine import Limits, ingest
from landbalance.registry.recodes import services
from landbalance.registry.recodes.models import Decision, Recode
from landbalance.registry.recodes.queries import find_recode, overlapping, periods_of, preview_of, recodes_of
from landbalance.registry.spoken import spoken
from landbalance.registry.workspaces.models import Workspace
from landbalance.web.gate import UserRequest, page
from landbalance.web.recodes.forms import DecisionForm, RecodeForm

SMALL = Limits(memory_bytes=2 << 30, file_bytes=256 << 20, seconds=30, unpacked_bytes=128 << 20, vertices=200_000)


@page("maps.view")
@require_safe
def index(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """List the recodes a person sees."""
    return render(request, "recodes/index.html", {"recodes": recodes_of(request.user, workspace)})


@page("maps.view")
@require_safe
def shapes(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """Return the recodes a person sees as GeoJSON."""
    rows = recodes_of(request.user, workspace).exclude(decision=Decision.REJECTED)
    features = [
        {"type": "Feature", "properties": {"name": row.place, "decision": row.decision}, "geometry": row.shape}
        for row in rows
    ]
    return JsonResponse({"type": "FeatureCollection", "features": features})


@page("recodes.propose")
@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: UserRequest, workspace: Workspace) -> HttpResponse:
    """Propose a recode."""
    form = RecodeForm(
        request.POST or None,
        request.FILES or None,
        periods=periods_of(workspace),
        outlines=reverse("maps:outlines", args=[workspace.slug]),
    )
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        try:
            upload = given.pop("upload")
            given["shape"] = _shape_of(upload) if upload else given["shape"]
            recode = services.propose_recode(request.user, workspace, **given)
        except LandbalanceError as error:
            form.add_error(None, spoken(error))
        else:
            messages.success(request, _("Proposed. Somebody else decides."))
            return redirect(recode)
    return render(request, "recodes/propose.html", {"form": form})


@page("maps.view")
@require_safe
def show(request: HttpRequest, workspace: Workspace, pk: UUID) -> HttpResponse:
    """Show a recode, and what it would change."""
    recode = find_recode(request.user, workspace, pk)
    return render(
        request, "recodes/show.html", _about(request, recode, DecisionForm(initial={"expected": recode.version}))
    )


@page("recodes.decide")
@require_POST
def decide(request: UserRequest, workspace: Workspace, pk: UUID) -> HttpResponse:
    """Accept or reject a recode."""
    recode = find_recode(request.user, workspace, pk)
    form = DecisionForm(request.POST)
    decision = Decision.ACCEPTED if request.POST.get("decision") == "accept" else Decision.REJECTED
    if form.is_valid():
        try:
            services.decide_recode(request.user, recode, decision=decision, **form.cleaned_data)
        except LandbalanceError as error:
            form.add_error(None, spoken(error))
        else:
            messages.success(request, _("Decided. The next run uses it."))
            return redirect(recode)
    recode = find_recode(request.user, workspace, pk)
    return render(request, "recodes/show.html", _about(request, recode, form))


def _about(request: HttpRequest, recode: Recode, form: DecisionForm) -> dict[str, object]:
    """Return what the page of a recode says."""
    return {
        "recode": recode,
        "preview": preview_of(request.user, recode),
        "overlaps": overlapping(recode),
        "is_own": recode.created_by_id == request.user.pk,
        "form": form,
    }


def _shape_of(upload: "UploadedFile[Any]") -> str:
    """Return the area in an uploaded file as GeoJSON; it is opened by the quarantined child."""
    with tempfile.TemporaryDirectory(prefix="landbalance-") as folder:
        place = Path(folder, "sent")
        with place.open("wb") as file:
            for chunk in upload.chunks():
                file.write(chunk)
        found = ingest(place, Path(folder, "made"), name=upload.name or "", want="vector", limits=SMALL)
        features = [{"type": "Feature", "properties": {}, "geometry": each["geometry"]} for each in found.features()]
    return orjson.dumps({"type": "FeatureCollection", "features": features}).decode()
