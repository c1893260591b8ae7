"""Targets in and out of files: send, look at every fault and change, take over whole or not at all."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from landbalance.core.errors import LandbalanceError, NotFoundError, RuleError
from landbalance.io.target_files import TYPES
from landbalance.registry.spoken import spoken
from landbalance.registry.targets import exchange
from landbalance.registry.workspaces.models import Workspace
from landbalance.web.gate import UserRequest, page
from landbalance.web.targets.forms import FileForm
from landbalance.web.targets.uploads import on_disk

MOST = 200
FORM = ["GET", "HEAD", "POST"]


@page("targets.import")
@require_http_methods(FORM)
def send(request: UserRequest, workspace: Workspace) -> HttpResponse:
    """Send a file; it is read and checked, and changes nothing yet."""
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data["file"]
        try:
            with on_disk(sent) as path:
                kept = exchange.stage_import(request.user, workspace, path, name=str(sent.name))
        except LandbalanceError as error:
            form.add_error("file", spoken(error))
        else:
            return redirect("targets:staged", workspace.slug, kept.pk)
    return render(request, "targets/import.html", {"form": form, "kinds": tuple(TYPES)})


@page("targets.import")
@require_http_methods(FORM)
def staged(request: UserRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """Show what taking a file over would do; on POST, take it over whole."""
    found = exchange.find_staged(request.user, workspace, pk)
    if request.method == "POST":
        try:
            made, changed = exchange.take_over(request.user, found)
        except RuleError as error:
            messages.error(request, spoken(error))
            return redirect("targets:import", workspace.slug)
        words = {"new": made, "changed": changed}
        messages.success(request, _("Taken over: %(new)s new, %(changed)s changed.") % words)
        return redirect("targets:targets", workspace.slug)
    plan = exchange.plan_of(request.user, found)
    faults_ = exchange.faults_in(found)
    counts = {kind: sum(each.kind == kind for each in plan) for kind in ("new", "changed", "same")}
    context = {"staged": found, "plan": [each for each in plan if each.kind != "same"][:MOST], "counts": counts}
    return render(request, "targets/staged.html", {**context, "faults": faults_[:MOST], "fault_count": len(faults_)})


@page("targets.import")
@require_safe
def faults(request: UserRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """Return the faults of a file as a table."""
    found = exchange.find_staged(request.user, workspace, pk)
    return _file(exchange.faults_csv(exchange.faults_in(found)), "faults.csv", TYPES["csv"])


@page("records.export")
@require_safe
def export(request: HttpRequest, workspace: Workspace, kind: str) -> HttpResponse:
    """Return the targets a person sees as a file that can be read back."""
    if kind not in TYPES:
        raise NotFoundError("{kind} is no kind of file", kind=kind, hint="use one of {known}", known=", ".join(TYPES))
    body = exchange.export_targets(request.user, workspace, kind)
    day = timezone.localdate().isoformat()
    return _file(body, f"{workspace.slug}-targets-{day}.{kind}", TYPES[kind])


def _file(body: bytes, name: str, kind: str) -> HttpResponse:
    """Return a file to keep."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(body, content_type=kind, headers=headers)
