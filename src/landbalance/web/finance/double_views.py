"""Doubles: pairs with their evidence, clusters, transfers whose sides differ; decide, take back, search again."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from landbalance.core.errors import LandbalanceError
from landbalance.registry.finance import doubles as use_cases
from landbalance.registry.finance.pairs import pair_counts, pairs_with_sides
from landbalance.registry.finance.picture import Question, is_small, ledger_stamp, take_picture
from landbalance.registry.finance.services import WITHDRAWN
from landbalance.registry.jobs.queries import find_job
from landbalance.registry.jobs.services import ask_for_job
from landbalance.registry.spoken import spoken
from landbalance.registry.workspaces.models import Workspace
from landbalance.web.finance.forms import VERDICTS, PairForm
from landbalance.web.gate import UserRequest, page
from landbalance.web.jobs.views import about

KIND = "flows.search"
SHOWS = ("review", "same", "different")
MOST = 50


@page("finance.view", write="finance.review")
@require_http_methods(["GET", "HEAD", "POST"])
def doubles(request: UserRequest, workspace: Workspace) -> HttpResponse:
    """Show pairs that may be one activity; on POST, keep what is decided of one."""
    if request.method == "POST":
        _decide(request, workspace)
        return redirect(request.get_full_path())
    shown = request.GET.get("show", "review")
    shown = shown if shown in SHOWS else "review"
    pairs = pairs_with_sides(request.user, workspace, shown, MOST + 1)
    paths = take_picture(request.user, workspace, Question()).paths if is_small(workspace) else None
    context = {
        "pairs": pairs[:MOST], "has_more": len(pairs) > MOST, "shown": shown, "paths": paths,
        "counts": pair_counts(request.user, workspace), "choices": VERDICTS,
    }  # fmt: skip
    return render(request, "finance/doubles.html", context)


@page("finance.view", write="finance.review")
@require_POST
def search(request: UserRequest, workspace: Workspace) -> HttpResponse:
    """Let a worker search the ledger again."""
    return redirect(ask_for_job(request.user, workspace, KIND, {"stamp": ledger_stamp(workspace)}, is_anew=True))


@page("finance.view")
@require_safe
def searched(request: HttpRequest, workspace: Workspace, pk: UUID) -> HttpResponse:
    """Show how far a search is, and what it found."""
    return render(request, "finance/searched.html", about(request, find_job(request.user, workspace, pk, KIND)))


def _decide(request: UserRequest, workspace: Workspace) -> None:
    """Keep a decision, or take one back."""
    form = PairForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose what they are and give a reason."))
        return
    said = form.cleaned_data
    first, second, verdict, reason = (said[name] for name in ("first", "second", "verdict", "reason"))
    try:
        if verdict == WITHDRAWN:
            use_cases.withdraw_duplicate(request.user, workspace, first, second, reason=reason)
        else:
            counts = {"first": first, "second": second}.get(verdict, "")
            kept = use_cases.DIFFERENT if verdict == use_cases.DIFFERENT else use_cases.SAME
            use_cases.decide_duplicate(
                request.user, workspace, first, second, verdict=kept, reason=reason, counts=counts
            )
    except LandbalanceError as error:
        messages.error(request, spoken(error))
    else:
        messages.success(request, _("Kept."))
