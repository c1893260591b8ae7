"""Flows from a file: sent, read apart by a worker, looked at, taken over whole or not at all."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from landbalance.core.errors import LandbalanceError, NotFoundError
from landbalance.registry.finance import queries, staging
from landbalance.registry.jobs.models import Job
from landbalance.registry.jobs.queries import find_job
from landbalance.registry.jobs.services import ask_for_job
from landbalance.registry.spoken import spoken
from landbalance.registry.workspaces.models import Workspace
from landbalance.web.finance.answers import spoken_reasons
from landbalance.web.finance.forms import SendForm
from landbalance.web.gate import UserRequest, page
from landbalance.web.jobs.views import about

CHECK, TAKE = "flows.check", "flows.take"
FORM = ["GET", "HEAD", "POST"]


@page("finance.import")
@require_http_methods(FORM)
def send(request: UserRequest, workspace: Workspace) -> HttpResponse:
    """Send a file; a worker reads it, and nothing of the ledger changes yet."""
    form = SendForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        rates: UploadedFile[Any] | None = said["rates"]
        try:
            kept = staging.stage_flows(
                request.user, workspace, said["file"].chunks(), name=str(said["file"].name), source=said["source"],
                currency=said["currency"], rates=rates.chunks() if rates else None,
                rates_name=str(rates.name) if rates else "",
            )  # fmt: skip
        except LandbalanceError as error:
            form.add_error("file", spoken(error))
        else:
            return redirect(ask_for_job(request.user, workspace, CHECK, {"staged": str(kept.pk)}, title=kept.name))
    context = {"form": form, "batches": queries.batches(request.user, workspace)[:20]}
    return render(request, "finance/import.html", context)


@page("finance.import")
@require_http_methods(FORM)
def staged(request: UserRequest, workspace: Workspace, pk: UUID) -> HttpResponse:
    """Show what taking a file over would do; on POST, let a worker take it over whole."""
    job = find_job(request.user, workspace, pk, CHECK)
    found = _still_there(request, workspace, job)
    if request.method == "POST" and found and job.is_finished:
        options = {"staged": job.options["staged"], "stamp": job.answer["stamp"]}
        return redirect(ask_for_job(request.user, workspace, TAKE, options, title=job.title))
    reasons = spoken_reasons(job.answer["reasons"], job.answer["notes"]) if job.is_finished else ()
    return render(request, "finance/staged.html", {**about(request, job), "staged": found, "reasons": reasons})


@page("finance.import")
@require_POST
def drop(request: UserRequest, workspace: Workspace, pk: UUID) -> HttpResponse:
    """Forget a file that was sent."""
    found = _still_there(request, workspace, find_job(request.user, workspace, pk, CHECK))
    if found:
        staging.forget(found)
        messages.success(request, _("The file is gone."))
    return redirect("finance:import", workspace.slug)


@page("finance.import")
@require_safe
def taken(request: HttpRequest, workspace: Workspace, pk: UUID) -> HttpResponse:
    """Show how far an import is, and what it did."""
    return render(request, "finance/taken.html", about(request, find_job(request.user, workspace, pk, TAKE)))


@page("finance.view")
@require_safe
def batch(request: HttpRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """Show an import with its report of rows."""
    found = get_object_or_404(queries.batches(request.user, workspace), pk=pk)
    counted = sorted(found.reasons.items(), key=lambda pair: -pair[1])
    reasons = spoken_reasons(counted, found.notes)
    return render(request, "finance/batch.html", {"batch": found, "reasons": reasons, "notes": found.notes[:200]})


def _still_there(request: UserRequest, workspace: Workspace, job: Job) -> Any:
    """Return the file a job has read, None once it is taken over or forgotten."""
    try:
        return staging.find_staged(request.user, workspace, job.options["staged"])
    except NotFoundError:
        return None
