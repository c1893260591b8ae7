"""Plans: the list, the form of the planner, one plan with curve, map and table."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from landbalance.core.errors import LandbalanceError
from landbalance.registry.jobs.queries import find_job, jobs_of
from landbalance.registry.scenarios import services
from landbalance.registry.scenarios.queries import balance_runs, domains_of, offers_of
from landbalance.registry.spoken import spoken
from landbalance.registry.workspaces.models import Workspace
from landbalance.web.balance.forms import PlanForm
from landbalance.web.balance.views import FORM, language, result_of
from landbalance.web.gate import UserRequest, page

SHOWN = 100


@page("balance.view")
@require_safe
def plans(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """List the plans that were asked for."""
    context = {
        "plans": jobs_of(request.user, workspace, "plan")[:SHOWN],
        "runs": balance_runs(request.user, workspace),
    }
    return render(request, "balance/plans.html", context)


@page("balance.plan")
@require_http_methods(FORM)
def ask(request: UserRequest, workspace: Workspace) -> HttpResponse:
    """Ask the planner."""
    runs, zones = balance_runs(request.user, workspace), domains_of(workspace)
    initial = {"domain": zones[0][0] if zones else ""}
    form = PlanForm(offers_of(request.user, workspace), runs, zones, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        asked: dict[str, Any] = {"title": said["title"], "domain": said["domain"], "language": language()}
        try:
            job = services.ask_for_plan(request.user, said["run"], form.question(), **asked)
        except LandbalanceError as error:
            form.add_error(None, spoken(error))
        else:
            return redirect(job)
    status = 422 if form.is_bound else 200
    return render(request, "balance/ask_plan.html", {"form": form, "runs": runs}, status=status)


@page("balance.view")
@require_safe
def plan(request: HttpRequest, workspace: Workspace, pk: UUID) -> HttpResponse:
    """Show one plan: how far it is, or what it does where, what comes of it, and how sure it is."""
    context = result_of(request, find_job(request.user, workspace, pk, "plan"))
    context["sections"] = [each for each in context.get("sections", ()) if each["id"] == "plan"]  # the rest is in files
    return render(request, "balance/plan.html", context)
