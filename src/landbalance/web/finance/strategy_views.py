"""The strategy to raise money and the register of subsidies."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from landbalance.core.errors import LandbalanceError
from landbalance.io.sent_tables import as_table
from landbalance.registry.finance import strategy as use_cases
from landbalance.registry.finance.strategy_models import FinanceStep, SubsidyEntry
from landbalance.registry.records import find
from landbalance.registry.spoken import spoken
from landbalance.registry.workspaces.models import Workspace
from landbalance.web.finance import charts
from landbalance.web.finance.answers import read_apart
from landbalance.web.finance.forms import StepForm, SubsidyForm, TableForm
from landbalance.web.gate import UserRequest, page

FORM = ["GET", "HEAD", "POST"]


@page("finance.view")
@require_safe
def strategy(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """Show the steps in order of priority, what they bring and what is wrong; and the subsidies."""
    screened = use_cases.subsidies_of(request.user, workspace)
    context = {
        "strategy": use_cases.strategy_of(request.user, workspace), "screened": screened,
        "chart": charts.chart_of_subsidies(screened), "form": TableForm(),
    }  # fmt: skip
    return render(request, "finance/strategy.html", context)


@page("finance.edit")
@require_http_methods(FORM)
def new_step(request: UserRequest, workspace: Workspace) -> HttpResponse:
    """Write a step of the strategy."""
    form = StepForm(request.POST or None, instance=FinanceStep(workspace=workspace))
    return _edited(request, workspace, form, use_cases.keep_step, _("New step"))


@page("finance.view", write="finance.edit")
@require_http_methods(FORM)
def step(request: UserRequest, workspace: Workspace, pk: UUID) -> HttpResponse:
    """Show a step; change it."""
    found = find(FinanceStep, request.user, workspace=workspace, pk=pk)
    form = StepForm(request.POST or None, instance=found)
    return _edited(request, workspace, form, use_cases.keep_step, str(found))


@page("finance.edit")
@require_http_methods(FORM)
def new_subsidy(request: UserRequest, workspace: Workspace) -> HttpResponse:
    """Write a subsidy."""
    form = SubsidyForm(request.POST or None, instance=SubsidyEntry(workspace=workspace))
    return _edited(request, workspace, form, use_cases.keep_subsidy, _("New subsidy"))


@page("finance.view", write="finance.edit")
@require_http_methods(FORM)
def subsidy(request: UserRequest, workspace: Workspace, pk: UUID) -> HttpResponse:
    """Show a subsidy; change it."""
    found = find(SubsidyEntry, request.user, workspace=workspace, pk=pk)
    form = SubsidyForm(request.POST or None, instance=found)
    return _edited(request, workspace, form, use_cases.keep_subsidy, str(found))


@page("finance.edit")
@require_POST
def step_table(request: UserRequest, workspace: Workspace) -> HttpResponse:
    """Take the steps of a table over, all or none."""
    return _taken(request, workspace, use_cases.take_strategy)


@page("finance.edit")
@require_POST
def subsidy_table(request: UserRequest, workspace: Workspace) -> HttpResponse:
    """Take the subsidies of a table over, all or none."""
    return _taken(request, workspace, use_cases.take_subsidies)


def _edited(
    request: UserRequest, workspace: Workspace, form: Any, keep: Callable[..., Any], title: str
) -> HttpResponse:
    """Show a form; keep what it says."""
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            said = form.cleaned_data
            try:
                keep(request.user, form.instance, reason=said.get("reason", ""), expected=said.get("version"))
            except LandbalanceError as error:
                form.add_error(None, spoken(error))
            else:
                messages.success(request, _("Kept."))
                return redirect("finance:strategy", workspace.slug)
    record = None if form.instance._state.adding else form.instance
    return render(request, "finance/record.html", {"form": form, "title": title, "record": record}, status=status)


def _taken(request: UserRequest, workspace: Workspace, take: Callable[..., tuple[int, int]]) -> HttpResponse:
    """Let the quarantine read a table, and take it over."""
    form = TableForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, _("Choose a table."))
        return redirect("finance:strategy", workspace.slug)
    sent = form.cleaned_data["file"]
    try:
        with read_apart(sent) as (taken, folder):
            made, changed = take(request.user, workspace, as_table(taken, folder), name=str(sent.name)[:80])
    except LandbalanceError as error:
        messages.error(request, spoken(error))
    else:
        messages.success(
            request, _("Taken over: %(new)s new, %(changed)s changed.") % {"new": made, "changed": changed}
        )
    return redirect("finance:strategy", workspace.slug)
