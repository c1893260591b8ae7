"""The list of targets, a target, and the forms that write one."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from landbalance.core.codelists import code_list
from landbalance.core.errors import RuleError
from landbalance.io.target_rows import TargetRow
from landbalance.registry.actions.queries import actions_of, people_by_group
from landbalance.registry.codes import choices, label
from landbalance.registry.finance.links import links_of
from landbalance.registry.space import Box
from landbalance.registry.targets import services
from landbalance.registry.targets.checks import missing_words
from landbalance.registry.targets.coherence import MOST_OTHERS, misfit_words
from landbalance.registry.targets.models import Target
from landbalance.registry.targets.outcomes import land_km2
from landbalance.registry.targets.queries import filtered, find_target, pieces_for, sets_of, states_of, targets_of
from landbalance.registry.workspaces.models import Workspace
from landbalance.web.gate import UserRequest, page
from landbalance.web.records.drafts import keeping
from landbalance.web.records.editing import Editing, edited
from landbalance.web.targets.forms import AssessmentForm, RevisionForm, SetForm, TargetForm, blank, initial_of

PER_PAGE = 50
MOST_MONEY = 50
READ = ["GET", "HEAD"]
FORM = [*READ, "POST"]


@page("targets.view")
@require_safe
def targets(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """Show the targets with how far each is."""
    asked = {name: request.GET.get(name, "").strip()[:80] for name in ("q", "stage", "type")}
    every = targets_of(request.user, workspace)
    found = filtered(every, words=asked["q"], stage=asked["stage"], target_type=asked["type"], box=_box(request))
    start = _page_number(request) * PER_PAGE
    shown = list(found[start : start + PER_PAGE + 1])
    context = {
        "states": states_of(request.user, workspace, shown[:PER_PAGE]),
        "has_more": len(shown) > PER_PAGE,
        "page_number": start // PER_PAGE + 1,
        "asked": asked,
        "is_asked": any(asked.values()),
        "stages": choices("target_lifecycle", empty=_("All stages")),
        "types": [("", _("All types")), *((item.code, label("target_types", item.code)) for item in _types())],
    }
    return render(request, "targets/list.html", context)


@page("targets.view")
@require_safe
def target(request: HttpRequest, workspace: Workspace, code: str) -> HttpResponse:
    """Show a target: what it promises, how far it is, what it lacks, what is done for it."""
    found = find_target(request.user, workspace, code)
    others = list(targets_of(request.user, workspace)[:MOST_OTHERS])
    actions = list(actions_of(request.user, workspace).filter(targets=found))
    context = {
        "target": found,
        "misfits": misfit_words(request.user, found, others),
        "state": states_of(request.user, workspace, [found])[0],
        "missing": missing_words(found, land_km2=land_km2(workspace)),
        "smart": _smart(found),
        "stages": [(stage, label("target_lifecycle", stage)) for stage in found.next_stages()],
        "assessments": list(found.assessments.order_by("-year", "-id")),
        "events": list(found.events.select_related("by").order_by("-id")),
        "actions": actions,
        "people": people_by_group(found, actions),
        "pieces": pieces_for(request.user, found),
        "below": list(targets_of(request.user, workspace).filter(parent=found)),
        "sets": sets_of(request.user, workspace),
        "others": [each for each in others if each.pk != found.pk],
        "form": AssessmentForm(),
        "money": links_of(request.user, workspace, target_code=code)[:MOST_MONEY],
    }
    return render(request, "targets/target.html", context)


@page("targets.edit")
@require_http_methods(FORM)
def new(request: UserRequest, workspace: Workspace) -> HttpResponse:
    """Set a target."""

    def save(form: Any) -> Target:
        return services.add_target(request.user, workspace, form.row, pieces=form.pieces or ())

    def make(*data: Any, initial: dict[str, Any] | None = None) -> TargetForm:
        return TargetForm(*data, initial=initial or {**blank(TargetRow), "code": _free_code(request, workspace)})

    drafts = keeping(request.user, workspace, "target")
    context = {"title": _("New target")}
    return edited(request, Editing("targets/form.html", make, save, drafts, context=context))


@page("targets.edit")
@require_http_methods(FORM)
def edit(request: UserRequest, workspace: Workspace, code: str) -> HttpResponse:
    """Change a target that nobody has agreed to yet."""
    found = find_target(request.user, workspace, code)
    if not found.is_editable:
        messages.info(request, _("This target has been agreed to: a change is a revision, with a reason."))
        return redirect("targets:revise", workspace.slug, code)

    def save(form: Any) -> Target:
        expected = form.cleaned_data["expected"]
        return services.edit_target(request.user, found, form.row, pieces=form.pieces, expected=expected)

    return _change(request, found, TargetForm, save, _("Change target %(code)s") % {"code": code})


@page("targets.revise")
@require_http_methods(FORM)
def revise(request: UserRequest, workspace: Workspace, code: str) -> HttpResponse:
    """Revise a target, with a reason; the old version stays visible."""
    found = find_target(request.user, workspace, code)

    def save(form: Any) -> Target:
        said = form.cleaned_data
        return services.revise_target(
            request.user,
            found,
            form.row,
            reason=said["revision_reason"],
            text=said["revision_text"],
            pieces=form.pieces,
            expected=said["expected"],
        )

    return _change(request, found, RevisionForm, save, _("Revise target %(code)s") % {"code": code})


@page("targets.edit")
@require_http_methods(FORM)
def new_set(request: UserRequest, workspace: Workspace) -> HttpResponse:
    """Make a set of targets that are adopted together."""
    form = SetForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.make_set(request.user, workspace, **form.cleaned_data)
        messages.success(request, _("The set is made."))
        return redirect("targets:targets", workspace.slug)
    return render(request, "targets/set.html", {"form": form})


def _change(request: UserRequest, found: Target, form: type[TargetForm], save: Any, title: str) -> HttpResponse:
    """Show and save the form of a target that exists."""

    def make(*data: Any, initial: dict[str, Any] | None = None) -> TargetForm:
        return form(*data, initial=initial, fixed_code=found.code)

    name = "target" if form is TargetForm else "target-revision"
    drafts = keeping(request.user, found.workspace, name, str(found.pk))
    editing = Editing("targets/form.html", make, save, drafts, found, initial_of, {"title": title})
    return edited(request, editing)


def _smart(found: Target) -> Any:
    """Return the SMART score, None where it cannot be told."""
    try:
        return found.smart()
    except RuleError:
        return None


def _types() -> Any:
    """Return the types of targets."""
    return code_list("target_types").items


def _free_code(request: UserRequest, workspace: Workspace) -> str:
    """Return a code that no target has."""
    taken = {each.lower() for each in targets_of(request.user, workspace).values_list("code", flat=True)}
    return next(code for number in range(1, 10**6) if (code := f"T{number}").lower() not in taken)


def _page_number(request: HttpRequest) -> int:
    """Return which page of the list is asked for, from 0."""
    text = request.GET.get("page", "1")
    return max(int(text), 1) - 1 if text.isdigit() and len(text) < 6 else 0


def _box(request: HttpRequest) -> Box | None:
    """Return the box that targets must touch, None where none is asked for."""
    try:
        west, south, east, north = (float(each) for each in request.GET.get("box", "").split(","))
    except ValueError:
        return None
    return (west, south, east, north) if all(abs(each) <= 360 for each in (west, south, east, north)) else None
