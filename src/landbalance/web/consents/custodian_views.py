"""Custodians: who decides over its own records, and who speaks for it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from landbalance.core.errors import InputError, LandbalanceError, RuleError
from landbalance.registry.access import may
from landbalance.registry.consents.queries import consents_of
from landbalance.registry.spoken import spoken
from landbalance.registry.workspaces import custodians as services
from landbalance.registry.workspaces.models import Workspace
from landbalance.registry.workspaces.services import address_of, send_invitation
from landbalance.web.consents.forms import CustodianForm, StewardForm, StewardInvitationForm
from landbalance.web.gate import UserRequest, page

FORM = ["GET", "HEAD", "POST"]


@page("custodians.view")
@require_http_methods(FORM)
def index(request: UserRequest, workspace: Workspace) -> HttpResponse:
    """List the custodians; on POST, write one down."""
    form = CustodianForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.add_custodian(request.user, workspace, **form.cleaned_data)
        except InputError as error:
            form.add_error(None, spoken(error))
        else:
            messages.success(request, _("Written down. Name the first steward now."))
            return redirect("consents:custodian", workspace.slug, made.pk)
    found = services.custodians_of(request.user, workspace)
    return render(request, "consents/custodians.html", {"custodians": found, "form": form})


@page("custodians.view")
@require_http_methods(FORM)
def custodian(request: UserRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """Show a custodian, its stewards and the consents one sees; on POST, change it."""
    found = services.find_custodian(request.user, workspace, pk)
    form = CustodianForm(request.POST or None, initial={"name": found.name, "contact": found.contact})
    if request.method == "POST" and form.is_valid():
        try:
            services.change_custodian(request.user, found, **form.cleaned_data)
        except InputError as error:
            form.add_error(None, spoken(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("consents:custodian", workspace.slug, pk)
    given = may(request.user, "consents.view", workspace)
    context = {
        "custodian": found,
        "consents": consents_of(request.user, workspace).filter(custodian=found) if given else [],
        "may_decide": services.may_decide(request.user, found),
        "speaks": services.speaks_for(request.user, found),
        "form": form,
        "steward_form": StewardForm(),
        "invitation_form": StewardInvitationForm(),
    }
    return render(request, "consents/custodian.html", context)


@page("custodians.view")
@require_POST
def name_steward(request: UserRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """Let a member speak for a custodian."""
    found = services.find_custodian(request.user, workspace, pk)
    try:
        made = services.name_steward(request.user, found, request.POST.get("username", ""))
    except (InputError, RuleError) as error:
        messages.error(request, spoken(error))
    else:
        messages.success(request, _("%(name)s speaks for it now.") % {"name": made.user})
    return redirect("consents:custodian", workspace.slug, pk)


@page("custodians.view")
@require_POST
def invite_steward(request: UserRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """Invite somebody to speak for a custodian; without a mail server the link is shown."""
    found = services.find_custodian(request.user, workspace, pk)
    form = StewardInvitationForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(map(str, form.errors.get("email", []))))
        return redirect("consents:custodian", workspace.slug, pk)
    invitation, key = services.invite_steward(request.user, found, form.cleaned_data["email"])
    link = request.build_absolute_uri(address_of(key))
    sent = send_invitation(invitation, link)
    return render(request, "people/invited.html", {"invitation": invitation, "link": link, "sent": sent})


@page("custodians.view")
@require_POST
def dismiss_steward(request: UserRequest, workspace: Workspace, pk: int, steward: int) -> HttpResponse:
    """Let a person speak for a custodian no more."""
    found = services.find_custodian(request.user, workspace, pk)
    try:
        services.dismiss_steward(request.user, found, steward)
    except LandbalanceError as error:
        if not isinstance(error, RuleError):
            raise
        messages.error(request, spoken(error))
    else:
        messages.success(request, _("Saved."))
    return redirect("consents:custodian", workspace.slug, pk)
