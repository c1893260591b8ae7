"""The ledger by activity: a list to search, one with its money, and what it pays for on the ground."""

from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from landbalance.core.errors import LandbalanceError
from landbalance.io.flow_sources import SOURCES
from landbalance.registry.actions.queries import actions_of
from landbalance.registry.finance import links, queries, services
from landbalance.registry.finance.export import export_workspace
from landbalance.registry.finance.models import FlowActivity
from landbalance.registry.records import find
from landbalance.registry.spoken import spoken
from landbalance.registry.targets.queries import targets_of
from landbalance.registry.workspaces.models import Workspace
from landbalance.web.finance.answers import file_answer
from landbalance.web.finance.forms import LinkForm, ShareForm
from landbalance.web.gate import UserRequest, page

PER_PAGE = 50
MOST_MOVES = 200
MOST_CHOICES = 500


@page("finance.view")
@require_safe
def flows(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """List the activities of the ledger, most money first."""
    asked = {name: request.GET.get(name, "").strip()[:80] for name in ("q", "source", "method")}
    number = request.GET.get("page", "1")
    start = (max(1, min(int(number), 10_000)) - 1) * PER_PAGE if number.isdecimal() else 0
    rows = list(queries.activities_of(request.user, workspace, **asked)[start : start + PER_PAGE + 1])
    context = {
        "flows": rows[:PER_PAGE], "has_more": len(rows) > PER_PAGE, "page_number": start // PER_PAGE + 1,
        "asked": asked, "is_asked": any(asked.values()), "methods": queries.by_method(request.user, workspace),
        "sources": SOURCES,
    }  # fmt: skip
    return render(request, "finance/flows.html", context)


@page("finance.view")
@require_safe
def flow(request: HttpRequest, workspace: Workspace, pk: UUID) -> HttpResponse:
    """Show an activity: its money, its class, where it came from, and the land it pays for."""
    found = find(FlowActivity, request.user, workspace=workspace, pk=pk)
    moves = list(found.transactions.order_by("-day", "id")[: MOST_MOVES + 1])
    context = {
        "flow": found, "moves": moves[:MOST_MOVES], "has_more": len(moves) > MOST_MOVES,
        "links": links.links_with_land(request.user, found), "suggestion": queries.suggestion_for(found),
        "decisions": queries.decisions_on(found), "twins": queries.twins_of(request.user, found),
        "original": queries.original_of(found), "form": _link_form(request, workspace), "share_form": ShareForm(),
    }  # fmt: skip
    return render(request, "finance/flow.html", context)


@page("finance.edit")
@require_POST
def link(request: UserRequest, workspace: Workspace, pk: UUID) -> HttpResponse:
    """Say what an activity pays for."""
    found = find(FlowActivity, request.user, workspace=workspace, pk=pk)
    form = _link_form(request, workspace)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect(found)
    try:
        links.link_target(request.user, found, **form.cleaned_data)
    except LandbalanceError as error:
        messages.error(request, spoken(error))
    else:
        messages.success(request, _("Linked."))
    return redirect(found)


@page("finance.edit")
@require_POST
def drop_link(request: UserRequest, workspace: Workspace, pk: UUID) -> HttpResponse:
    """Take a link back."""
    try:
        found = links.unlink(request.user, workspace, str(pk), reason=request.POST.get("reason", ""))
    except LandbalanceError as error:
        messages.error(request, spoken(error))
        return redirect("finance:flows", workspace.slug)
    return redirect(found)


@page("finance.edit")
@require_POST
def inside(request: UserRequest, workspace: Workspace, pk: UUID) -> HttpResponse:
    """Say whether an activity belongs to the national system."""
    found = find(FlowActivity, request.user, workspace=workspace, pk=pk)
    services.mark_inside(request.user, workspace, [found.source_id], inside=request.POST.get("inside") == "yes")
    return redirect(found)


@page("records.export")
@require_safe
def iati(request: UserRequest, workspace: Workspace) -> HttpResponse:
    """Hand the IATI activities out as IATI 2.03 again."""
    with TemporaryDirectory(prefix="landbalance-export-") as folder:
        path = Path(folder, f"{workspace.slug}-iati.xml")
        try:
            export_workspace(request.user, workspace, path)
        except LandbalanceError as error:
            messages.error(request, spoken(error))
            return redirect("finance:flows", workspace.slug)
        return file_answer(path.read_bytes(), path.name, "application/xml")


def _link_form(request: HttpRequest, workspace: Workspace) -> LinkForm:
    """Return the form for a link, with the targets and actions a person sees."""
    targets = [(each.code, str(each)) for each in targets_of(request.user, workspace)[:MOST_CHOICES]]
    actions = [(each.code, str(each)) for each in actions_of(request.user, workspace)[:MOST_CHOICES]]
    return LinkForm(request.POST or None, targets=targets, actions=actions)
