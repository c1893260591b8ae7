"""Jobs: how far one is, ending it, trying it again, and the files it made."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from landbalance.core.errors import LandbalanceError
from landbalance.registry.access import may
from landbalance.registry.jobs import services
from landbalance.registry.jobs.models import Job
from landbalance.registry.jobs.queries import find_job
from landbalance.registry.leases import is_anybody_working, place_in_queue
from landbalance.registry.spoken import spoken
from landbalance.registry.workspaces.models import Workspace
from landbalance.web.gate import UserRequest, page
from landbalance.web.site.files import product

POLL = 2  # seconds


@page("workspace.view")
@require_safe
def show(request: HttpRequest, workspace: Workspace, pk: UUID) -> HttpResponse:
    """Show one job, where its kind has no page of its own."""
    job = find_job(request.user, workspace, pk)
    return render(request, "jobs/show.html", about(request, job))


@page("workspace.view")
@require_safe
def state(request: HttpRequest, workspace: Workspace, pk: UUID) -> HttpResponse:
    """Show how far a job is: the part of a page that is asked for again and again."""
    job = find_job(request.user, workspace, pk)
    answer = render(request, "jobs/state.html", about(request, job))
    if not job.is_moving:
        answer["HX-Refresh"] = "true"
    return answer


@page("workspace.view")
@require_POST
def again(request: UserRequest, workspace: Workspace, pk: UUID) -> HttpResponse:
    """Let a job that failed or was ended begin again."""
    job = find_job(request.user, workspace, pk)
    try:
        services.try_again(request.user, job)
    except LandbalanceError as error:
        messages.error(request, spoken(error))
    return redirect(job)


@page("workspace.view")
@require_POST
def cancel(request: UserRequest, workspace: Workspace, pk: UUID) -> HttpResponse:
    """End a job."""
    job = find_job(request.user, workspace, pk)
    services.cancel_job(request.user, job)
    messages.success(request, _("The work is being ended. Nothing of it is kept."))
    return redirect(job)


@page("workspace.view")
@require_safe
def file(request: HttpRequest, workspace: Workspace, pk: UUID, name: str) -> HttpResponseBase:
    """Hand out a product of a job: only what its answer names."""
    job = find_job(request.user, workspace, pk)
    if name not in job.products:
        raise Http404
    return product(job.out / name)


def about(request: HttpRequest, job: Job) -> dict[str, object]:
    """Return what a page says of a job; a page of its own kind adds to it."""
    found: dict[str, object] = {"job": job, "poll": POLL, "may_ask": may(request.user, job.rule.ask, job.workspace)}
    if job.is_moving:
        found |= {"place": place_in_queue(job), "is_working": is_anybody_working()}
    return found
