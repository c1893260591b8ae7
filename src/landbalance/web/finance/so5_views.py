"""Strategic objective 5: the workbook out of the ledger, and the workbook as the country has corrected it."""

from dataclasses import asdict
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from landbalance.core.errors import LandbalanceError
from landbalance.finance.so5 import So5Report
from landbalance.io.sent_tables import as_workbook
from landbalance.io.so5_workbook import so5_workbook
from landbalance.registry.finance import so5 as use_cases
from landbalance.registry.finance.picture import is_small
from landbalance.registry.finance.strategy_models import CorrectedSo5
from landbalance.registry.records import find
from landbalance.registry.spoken import spoken
from landbalance.registry.workspaces.models import Workspace
from landbalance.web.finance.answers import XLSX, file_answer, read_apart
from landbalance.web.finance.forms import SpanForm, WorkbookForm
from landbalance.web.gate import UserRequest, page


@page("finance.view")
@require_safe
def so5(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """Show the yearly sums of objective 5 out of the ledger."""
    form = SpanForm(request.GET or None)
    years, fault, report = form.years(), "", None
    if is_small(workspace):
        try:
            report = use_cases.so5_of(request.user, workspace, years)
        except LandbalanceError as error:
            fault = spoken(error)
    kept = use_cases.corrected_workbooks(request.user, workspace)
    context = {"form": form, "fault": fault, "report": report, "kept": kept, "first": years[0], "last": years[1]}
    send_form = WorkbookForm(initial={"first": years[0], "last": years[1]}, auto_id="send_%s")
    context |= {"rows": _rows(report), "send_form": send_form, "method": _method(report)}
    return render(request, "finance/so5.html", context)


@page("finance.view")
@require_safe
def workbook(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """Hand out the workbook of objective 5 out of the ledger."""
    years = SpanForm(request.GET or None).years()
    try:
        body = so5_workbook(use_cases.so5_of(request.user, workspace, years))
    except LandbalanceError as error:
        messages.error(request, spoken(error))
        return redirect("finance:so5", workspace.slug)
    return file_answer(body, f"{workspace.slug}-so5-{years[0]}-{years[1]}.xlsx", XLSX)


@page("finance.edit")
@require_POST
def send(request: UserRequest, workspace: Workspace) -> HttpResponse:
    """Take a corrected workbook, read apart; nothing of the ledger changes."""
    form = WorkbookForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("finance:so5", workspace.slug)
    sent = form.cleaned_data["file"]
    try:
        with read_apart(sent) as (taken, folder):
            path = as_workbook(taken, folder)
            kept = use_cases.keep_so5(request.user, workspace, path, form.years(), name=str(sent.name))
    except LandbalanceError as error:
        messages.error(request, spoken(error))
        return redirect("finance:so5", workspace.slug)
    return redirect(kept)


@page("finance.view")
@require_safe
def corrected(request: HttpRequest, workspace: Workspace, pk: UUID) -> HttpResponse:
    """Show a corrected workbook beside what the ledger says."""
    found = find(CorrectedSo5, request.user, workspace=workspace, pk=pk)
    report = use_cases.corrected_so5(found)
    ledger = use_cases.so5_of(request.user, workspace, found.years) if is_small(workspace) else None
    context = {"kept": found, "report": report, "rows": _rows(report, ledger), "has_ledger": ledger is not None}
    context["method"] = _method(report)
    return render(request, "finance/corrected.html", context)


@page("finance.view")
@require_safe
def corrected_workbook(request: HttpRequest, workspace: Workspace, pk: UUID) -> HttpResponse:
    """Hand out a corrected workbook again."""
    found = find(CorrectedSo5, request.user, workspace=workspace, pk=pk)
    return file_answer(so5_workbook(use_cases.corrected_so5(found)), f"{workspace.slug}-so5-corrected.xlsx", XLSX)


def _rows(report: So5Report | None, ledger: So5Report | None = None) -> list[dict[str, object]]:
    """Return one row a heading: its sums by year, its trend, and what the ledger says in all."""
    if report is None:
        return []
    return [
        {
            "heading": str(name), "sums": [float(value) for value in report.summary[name]],
            "trend": report.trends[str(name)], "all": float(report.summary[name].sum()),
            "ledger": float(ledger.summary[name].sum()) if ledger is not None and name in ledger.summary else None,
        }
        for name in report.summary.columns
    ]  # fmt: skip


def _method(report: So5Report | None) -> list[tuple[str, str]]:
    """Return the note on method, line by line."""
    return [] if report is None else [(name, str(text)) for name, text in asdict(report.method).items()]
