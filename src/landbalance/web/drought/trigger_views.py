"""The designer of triggers: list, form, back-test, adoption."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from landbalance.core.errors import LandbalanceError
from landbalance.registry.drought import services
from landbalance.registry.drought.models import DroughtTrigger
from landbalance.registry.drought.queries import find_trigger, page_of, rules_in_force, triggers_of
from landbalance.registry.jobs.models import Job
from landbalance.registry.jobs.queries import jobs_of
from landbalance.registry.spoken import spoken
from landbalance.registry.workspaces.models import Workspace
from landbalance.web.drought.bars import year_bars
from landbalance.web.drought.forms import ReasonForm, TriggerForm
from landbalance.web.gate import UserRequest, page


@page("drought.work")
@require_safe
def index(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """List the triggers, and the rules in force."""
    rules, source, fault = rules_in_force(workspace)
    about = {"triggers": triggers_of(request.user, workspace), "rules": rules, "source": source, "fault": fault}
    return render(request, "drought/triggers.html", about)


@page("drought.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: UserRequest, workspace: Workspace) -> HttpResponse:
    """Write a trigger."""
    form = TriggerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(services.add_trigger(request.user, workspace, form.values()))
        except LandbalanceError as error:
            form.add_error(None, spoken(error))
    return render(request, "drought/trigger_form.html", {"form": form, "title": _("A new trigger")})


@page("drought.edit")
@require_POST
def defaults(request: UserRequest, workspace: Workspace) -> HttpResponse:
    """Write the rules of the package as drafts."""
    services.write_defaults(request.user, workspace)
    return redirect("drought:triggers", workspace.slug)


@page("drought.work")
@require_safe
def trigger(request: HttpRequest, workspace: Workspace, code: str) -> HttpResponse:
    """Show a trigger, how it would have done, and its history."""
    return render(request, "drought/trigger.html", _about(request, find_trigger(request.user, workspace, code)))


@page("drought.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: UserRequest, workspace: Workspace, code: str) -> HttpResponse:
    """Change a trigger; the back-test may hand in a threshold."""
    found = find_trigger(request.user, workspace, code)
    form = TriggerForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        fresh = find_trigger(request.user, workspace, code)
        given = {"reason": form.cleaned_data["reason"], "expected": form.cleaned_data["version"]}
        try:
            return redirect(services.change_trigger(request.user, fresh, form.values(), **given))
        except LandbalanceError as error:
            form.add_error(None, spoken(error))
    _suggest(form, found, request.GET.get("at_most", ""))
    return render(request, "drought/trigger_form.html", {"form": form, "title": found.name, "trigger": found})


@page("runs.start")
@require_POST
def test(request: UserRequest, workspace: Workspace, code: str) -> HttpResponse:
    """Ask for a back-test."""
    found = find_trigger(request.user, workspace, code)
    return _done(request, found, lambda: services.ask_for_test(request.user, found))


@page("drought.adopt")
@require_POST
def adopt(request: UserRequest, workspace: Workspace, code: str) -> HttpResponse:
    """Put a trigger in force."""
    found, form = find_trigger(request.user, workspace, code), ReasonForm(request.POST)
    given = _given(form)
    tested = _last_test(request, found)
    return _done(request, found, lambda: services.adopt_trigger(request.user, found, test=tested, **given))


@page("drought.adopt")
@require_POST
def retire(request: UserRequest, workspace: Workspace, code: str) -> HttpResponse:
    """Take a trigger out of force."""
    found, form = find_trigger(request.user, workspace, code), ReasonForm(request.POST)
    given = _given(form)
    return _done(request, found, lambda: services.retire_trigger(request.user, found, **given))


def _done(request: HttpRequest, found: DroughtTrigger, act: Callable[[], Any]) -> HttpResponse:
    """Do something, and go to what came of it; say what was refused."""
    try:
        return redirect(act())
    except LandbalanceError as error:
        messages.error(request, spoken(error))
    return redirect(found)


def _given(form: ReasonForm) -> dict[str, Any]:
    """Return reason and version; a form without a version is refused as one that is out of date."""
    return dict(form.cleaned_data) if form.is_valid() else {"reason": "", "expected": 0}


def _about(request: HttpRequest, found: DroughtTrigger) -> dict[str, object]:
    """Return what the page of a trigger says."""
    job = _last_test(request, found)
    about: dict[str, object] = {
        "trigger": found,
        "rule": found.as_rule(),
        "form": ReasonForm(initial={"expected": found.version}),
        "job": job,
        "can_test": found.testable() is not None,
        "changes": found.changes(),
    }
    if job is not None and job.is_finished:
        try:
            about |= {"said": page_of(job, "backtest", get_language() or "en")}
        except LandbalanceError as error:
            about |= {"lost": error}
        about |= _figures(job.answer)
    return about


def _figures(answer: Mapping[str, Any]) -> dict[str, object]:
    """Return the figures of a back-test for the page: skill, baselines, years as bars."""
    rows = [
        (_("Each year tried without itself"), answer["cross_validated"], answer["intervals_95"]),
        (_("The threshold in hindsight"), answer["hindsight"], {}),
        (_("Calling always"), answer["always"], {}),
        (_("Calling at random, as often"), answer["climatology"], {}),
    ]
    return {"skill": rows, "tested": answer, "bars": year_bars(answer["by_year"])}


def _last_test(request: HttpRequest, found: DroughtTrigger) -> Job | None:
    """Return the latest back-test of a trigger as it stands now; None where there is none."""
    options = services.options_of_test(found)
    if options is None:
        return None
    rows = jobs_of(request.user, found.workspace, services.TEST)
    return next((job for job in rows[:50] if job.options == options), None)


def _suggest(form: TriggerForm, found: DroughtTrigger, text: str) -> None:
    """Put a threshold that a back-test has found into the condition it was found for."""
    condition = found.testable()
    try:
        value = float(text)
    except ValueError:
        return
    if condition is not None and not form.is_bound and -5 <= value <= 5:
        place = next(n for n, each in enumerate(found.conditions, 1) if each["indicator"] == condition.indicator)
        form.initial[f"at_most_{place}"] = round(value, 2)
