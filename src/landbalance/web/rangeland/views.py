"""The page on rangelands: stocking balance by district, forage with its interval, extent and condition."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from landbalance.core.errors import LandbalanceError
from landbalance.engine.drought.analyses import RANGELAND
from landbalance.registry.drought.queries import page_of
from landbalance.registry.drought.services import RANGELAND as KIND
from landbalance.registry.drought.services import ask_for_rangeland
from landbalance.registry.jobs.queries import find_job, jobs_of, latest_job
from landbalance.registry.leases import Status
from landbalance.registry.spoken import spoken
from landbalance.registry.workspaces.models import Workspace
from landbalance.web.gate import page
from landbalance.web.rangeland.forms import DefinitionForm


@page("drought.work", write="runs.start")
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """Show what was measured last; on POST, ask for it anew."""
    form = DefinitionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(ask_for_rangeland(request.user, workspace, **form.cleaned_data))  # type: ignore[arg-type]
        except LandbalanceError as error:
            form.add_error(None, spoken(error))
    job = latest_job(request.user, workspace, KIND)
    moving = jobs_of(request.user, workspace, KIND).filter(status__in=(Status.QUEUED, Status.RUNNING)).first()
    about: dict[str, object] = {"form": form, "job": job, "moving": moving}
    if job is not None:
        try:
            about["said"] = page_of(job, RANGELAND, get_language() or "en")
        except LandbalanceError as error:
            about["lost"] = error
    return render(request, "rangeland/index.html", about)


@page("drought.work")
@require_safe
def picture(request: HttpRequest, workspace: Workspace, pk: UUID, name: str) -> HttpResponseBase:
    """Return a chart of the page as a picture."""
    job = find_job(request.user, workspace, pk, KIND)
    path = job.out / name
    if name not in job.products or not name.endswith(".svg") or not path.is_file():
        raise Http404
    return HttpResponse(path.read_bytes(), content_type="image/svg+xml")
