"""Actions on the ground."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from landbalance.core.errors import LandbalanceError
from landbalance.registry.actions import services
from landbalance.registry.actions.models import Action
from landbalance.registry.actions.queries import actions_of, find_action, pieces_for
from landbalance.registry.finance.links import links_of
from landbalance.registry.spoken import spoken
from landbalance.registry.workspaces.models import Workspace
from landbalance.web.gate import UserRequest, page
from landbalance.web.records.drafts import keeping
from landbalance.web.records.editing import Editing, edited
from landbalance.web.targets.forms import ActionForm, ProgressForm, initial_of

FORM = ["GET", "HEAD", "POST"]
MOST = 500


@page("targets.view")
@require_safe
def actions(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """Show the actions of a workspace."""
    return render(request, "targets/actions.html", {"actions": actions_of(request.user, workspace)[:MOST]})


@page("targets.view")
@require_safe
def action(request: HttpRequest, workspace: Workspace, code: str) -> HttpResponse:
    """Show an action with its progress."""
    found = find_action(request.user, workspace, code)
    context = {"action": found, "pieces": pieces_for(request.user, found), "form": ProgressForm()}
    context["money"] = links_of(request.user, workspace, action_code=code)[:MOST]
    return render(request, "targets/action.html", context)


@page("actions.edit")
@require_http_methods(FORM)
def new(request: UserRequest, workspace: Workspace) -> HttpResponse:
    """Write an action."""

    def save(form: Any) -> Action:
        return services.add_action(request.user, workspace, form.row, pieces=form.pieces or ())

    def make(*data: Any, initial: dict[str, Any] | None = None) -> ActionForm:
        taken = {each.lower() for each in actions_of(request.user, workspace).values_list("code", flat=True)}
        free = next(code for number in range(1, 10**6) if (code := f"A{number}").lower() not in taken)
        return ActionForm(*data, initial=initial or {"code": free, "targets": request.GET.get("target", "")[:40]})

    drafts = keeping(request.user, workspace, "action")
    return edited(request, Editing("targets/form.html", make, save, drafts, context={"title": _("New action")}))


@page("actions.edit")
@require_http_methods(FORM)
def edit(request: UserRequest, workspace: Workspace, code: str) -> HttpResponse:
    """Change an action."""
    found = find_action(request.user, workspace, code)

    def save(form: Any) -> Action:
        expected = form.cleaned_data["expected"]
        return services.edit_action(request.user, found, form.row, pieces=form.pieces, expected=expected)

    def make(*data: Any, initial: dict[str, Any] | None = None) -> ActionForm:
        return ActionForm(*data, initial=initial, fixed_code=found.code)

    drafts = keeping(request.user, workspace, "action", str(found.pk))
    title = _("Change action %(code)s") % {"code": code}
    return edited(request, Editing("targets/form.html", make, save, drafts, found, initial_of, {"title": title}))


@page("targets.view", write="actions.edit")
@require_POST
def progress(request: UserRequest, workspace: Workspace, code: str) -> HttpResponse:
    """Keep the area done by a day."""
    found = find_action(request.user, workspace, code)
    form = ProgressForm(request.POST)
    if not form.is_valid():
        for name, errors in form.errors.items():
            messages.error(request, f"{form.fields[name].label}: {' '.join(map(str, errors))}")
        return redirect(found)
    try:
        services.report_progress(request.user, found, **form.cleaned_data)
    except LandbalanceError as error:
        messages.error(request, spoken(error))
    else:
        messages.success(request, _("The progress is kept."))
    return redirect(found)
