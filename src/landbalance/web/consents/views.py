"""Consents: what a community allows, and how it takes that back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from landbalance.core.codelists import code_list
from landbalance.core.errors import LandbalanceError, RuleError
from landbalance.registry.codes import label
from landbalance.registry.consents import services
from landbalance.registry.consents.models import Consent
from landbalance.registry.consents.queries import consents_of
from landbalance.registry.records import find
from landbalance.registry.spoken import spoken
from landbalance.registry.workspaces.models import Workspace
from landbalance.web.consents.forms import ConsentForm
from landbalance.web.gate import UserRequest, page


@page("consents.view")
@require_safe
def index(request: UserRequest, workspace: Workspace) -> HttpResponse:
    """List the consents a person sees."""
    return render(request, "consents/index.html", {"consents": consents_of(request.user, workspace)})


@page("consents.view")
@require_safe
def consent(request: UserRequest, workspace: Workspace, code: str) -> HttpResponse:
    """Show a consent."""
    found = find(Consent, request.user, workspace=workspace, code=code)
    ticks = [
        (label("consent_purposes", each.code), each.code in found.purposes)
        for each in code_list("consent_purposes").items
    ]
    steps = [(label("fpic_steps", each.code), found.steps.get(each.code, {})) for each in code_list("fpic_steps").items]
    facts = {"consent": found, "ticks": ticks, "steps": steps, "changes": found.changes()}
    return render(request, "consents/consent.html", facts | {"decision": label("fpic_decisions", found.decision)})


@page("consents.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: UserRequest, workspace: Workspace) -> HttpResponse:
    """Write a consent down."""
    form = ConsentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(services.add_consent(request.user, workspace, form.values()))
        except LandbalanceError as error:
            form.add_error(None, spoken(error))
    return render(request, "consents/edit.html", {"form": form, "title": _("A new consent")})


@page("consents.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: UserRequest, workspace: Workspace, code: str) -> HttpResponse:
    """Change a consent."""
    found = find(Consent, request.user, workspace=workspace, code=code)
    form = ConsentForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        fresh = find(Consent, request.user, workspace=workspace, code=code)
        given = {"reason": form.cleaned_data["reason"], "expected": form.cleaned_data["version"]}
        try:
            return redirect(services.change_consent(request.user, fresh, form.values(), **given))
        except LandbalanceError as error:
            form.add_error(None, spoken(error))
    return render(request, "consents/edit.html", {"form": form, "title": found.title})


@page("consents.edit")
@require_POST
def withdraw(request: UserRequest, workspace: Workspace, code: str) -> HttpResponse:
    """Take a consent back."""
    found = find(Consent, request.user, workspace=workspace, code=code)
    try:
        services.withdraw_consent(request.user, found, reason=request.POST.get("reason", "")[:100])
    except RuleError as error:
        messages.error(request, spoken(error))
    else:
        messages.success(request, _("The consent is withdrawn. What was given under it is hidden from now on."))
    return redirect(found)
