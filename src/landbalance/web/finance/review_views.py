"""The queue of activities that need a reviewer: suggestion, how sure, what contradicts it; decide, take back."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from landbalance.core.errors import LandbalanceError
from landbalance.registry.finance import queries, services
from landbalance.registry.finance.models import FlowActivity
from landbalance.registry.records import find
from landbalance.registry.spoken import spoken
from landbalance.registry.workspaces.models import Workspace
from landbalance.web.finance.forms import ReasonForm, ShareForm
from landbalance.web.gate import UserRequest, page

MOST = 25


@page("finance.view")
@require_safe
def queue(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """Show what waits for a reviewer, most money first."""
    rows = [
        {"flow": each, "suggestion": words, "proposed": queries.proposed_share(words)}
        for each, words in queries.review_queue(request.user, workspace, MOST + 1)
    ]
    context = {"rows": rows[:MOST], "has_more": len(rows) > MOST, "methods": queries.by_method(request.user, workspace)}
    return render(request, "finance/review.html", context)


@page("finance.review")
@require_POST
def decide(request: UserRequest, workspace: Workspace, pk: UUID) -> HttpResponse:
    """Keep what share of an activity counts."""
    found = find(FlowActivity, request.user, workspace=workspace, pk=pk)
    form = ShareForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Give a share between 0 and 100 % and a reason."))
        return _back(request, found)
    words = queries.suggestion_for(found)
    kept = {"score": words.score, "words": list(words.words), "language": words.language}
    share, reason = form.cleaned_data["share"] / 100, form.cleaned_data["reason"]
    try:
        services.decide_classification(request.user, found, share=share, reason=reason, suggestion=kept)
    except LandbalanceError as error:
        messages.error(request, spoken(error))
    else:
        messages.success(request, _("Decided: %(title)s") % {"title": found.title[:80]})
    return _back(request, found)


@page("finance.review")
@require_POST
def undo(request: UserRequest, workspace: Workspace, pk: UUID) -> HttpResponse:
    """Take back what was decided last."""
    found = find(FlowActivity, request.user, workspace=workspace, pk=pk)
    form = ReasonForm(request.POST)
    try:
        reason = form.cleaned_data["reason"] if form.is_valid() else ""
        services.withdraw_classification(request.user, found, reason=reason)
    except LandbalanceError as error:
        messages.error(request, spoken(error))
    else:
        messages.success(request, _("The decision is taken back."))
    return redirect(found)


def _back(request: HttpRequest, found: FlowActivity) -> HttpResponse:
    """Return to the page the decision was made on."""
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return redirect(wanted)
    return redirect(found)
