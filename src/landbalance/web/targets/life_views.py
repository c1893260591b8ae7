"""The life of a target: its stages, what is known of it, where it stands among others, how it is shared out."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from landbalance.core.errors import InputError, LandbalanceError, NotFoundError, RuleError
from landbalance.io.cells import paired, paired_text
from landbalance.planning.targets import share_out
from landbalance.registry.spoken import spoken
from landbalance.registry.targets import services
from landbalance.registry.targets.models import Target
from landbalance.registry.targets.outcomes import assess_from_run, degraded_by_zone
from landbalance.registry.targets.queries import find_assessment, find_target
from landbalance.registry.workspaces.models import Workspace
from landbalance.web.gate import UserRequest, page
from landbalance.web.targets.forms import AssessmentForm

READ = ["GET", "HEAD"]


@page("targets.view", write="targets.revise")
@require_POST
def move(request: UserRequest, workspace: Workspace, code: str) -> HttpResponse:
    """Move a target to another stage of its life."""
    found = find_target(request.user, workspace, code)
    said = request.POST
    try:
        services.move_target(
            request.user,
            found,
            said.get("to", ""),
            why=said.get("why", ""),
            assessment=find_assessment(found, _number(said.get("assessment"))),
            successor=_successor(request, workspace, said.get("successor", "")),
            target_year=_number(said.get("target_year")),
            expected=_number(said.get("expected")),
        )
    except (RuleError, NotFoundError) as error:
        messages.error(request, spoken(error))
    else:
        messages.success(request, _("The target has moved on."))
    return redirect(found)


@page("targets.view", write="targets.edit")
@require_POST
def assess(request: UserRequest, workspace: Workspace, code: str) -> HttpResponse:
    """Keep a value that a person knows from a source."""
    found = find_target(request.user, workspace, code)
    form = AssessmentForm(request.POST)
    if not form.is_valid():
        for name, errors in form.errors.items():
            messages.error(request, f"{form.fields[name].label}: {' '.join(map(str, errors))}")
        return redirect(found)
    try:
        services.assess_target(request.user, found, **form.cleaned_data)
    except InputError as error:
        messages.error(request, spoken(error))
    else:
        messages.success(request, _("The value is kept."))
    return redirect(found)


@page("targets.view", write="targets.edit")
@require_POST
def assess_run(request: UserRequest, workspace: Workspace, code: str) -> HttpResponse:
    """Take what the latest finished run says of a target."""
    found = find_target(request.user, workspace, code)
    try:
        kept = assess_from_run(request.user, found)
    except LandbalanceError as error:
        messages.error(request, spoken(error))
    else:
        messages.success(request, _("Taken from run %(run)s.") % {"run": kept.run})
    return redirect(found)


@page("targets.view", write="targets.edit")
@require_POST
def place(request: UserRequest, workspace: Workspace, code: str) -> HttpResponse:
    """Put a target into a set and under a wider target."""
    found = find_target(request.user, workspace, code)
    try:
        said = {name: request.POST.get(name, "") for name in ("target_set", "parent")}
        services.place_target(request.user, found, **said)
    except (RuleError, NotFoundError) as error:
        messages.error(request, spoken(error))
    else:
        messages.success(request, _("Saved."))
    return redirect(found)


@page("targets.edit")
@require_http_methods([*READ, "POST"])
def share(request: UserRequest, workspace: Workspace, code: str) -> HttpResponse:
    """Share an area out to places, by weights or as typed; it is kept once the parts add up."""
    found = find_target(request.user, workspace, code)
    weights, parts, error = request.POST.get("weights", ""), request.POST.get("parts", ""), ""
    if request.method != "POST":
        degraded = degraded_by_zone(workspace)
        weights = paired_text((name, round(area, 2)) for name, area in degraded.items()).replace("; ", "\n")
        parts = paired_text(found.shares).replace("; ", "\n")
    try:
        promised = _promised(found)
        if "propose" in request.POST:
            shares = share_out(promised, dict(paired(weights)))
            parts = paired_text(shares.items()).replace("; ", "\n")
        elif request.method == "POST":
            expected = _number(request.POST.get("expected"))
            services.share_target(request.user, found, dict(paired(parts)), expected=expected)
            messages.success(request, _("The parts add up and are kept."))
            return redirect(found)
    except LandbalanceError as raised:
        error = spoken(raised)
    words: dict[str, Any] = {"target": found, "weights": weights, "parts": parts, "error": error}
    return render(request, "targets/share.html", {**words, "promised": found.promised_km2()})


def _promised(found: Target) -> float:
    """Return the area a target promises [km2]."""
    promised = found.promised_km2()
    if promised is None:
        raise RuleError("target {code} promises no area", code=found.code, hint="give its area first")
    return promised


def _successor(request: UserRequest, workspace: Workspace, code: str) -> Target | None:
    """Return the target that takes another's place."""
    return find_target(request.user, workspace, code) if code else None


def _number(text: str | None) -> int | None:
    """Return a whole number, None where there is none."""
    return int(text) if text and text.isdigit() and len(text) < 10 else None
