"""Members, invitations, the first administrator, one's own account."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from landbalance.core.errors import InputError, LandbalanceError
from landbalance.registry.accounts import services as accounts
from landbalance.registry.accounts.first import is_first_key, use_first_key
from landbalance.registry.spoken import spoken
from landbalance.registry.workspaces import services
from landbalance.registry.workspaces.models import Invitation, Membership, Workspace
from landbalance.registry.workspaces.queries import members_of, open_invitations
from landbalance.web.gate import UserRequest, open_page, page, personal_page
from landbalance.web.people.forms import InvitationForm, NewAccountForm, TokenForm

BACKEND = "landbalance.web.people.backend.Backend"


@page("people.view")
@require_http_methods(["GET", "HEAD"])
def members(request: UserRequest, workspace: Workspace) -> HttpResponse:
    """Show who belongs to the workspace."""
    may_invite = services.may_invite(request.user, workspace)
    return render(
        request,
        "people/members.html",
        {
            "members": members_of(request.user, workspace),
            "invitations": open_invitations(request.user, workspace) if may_invite else [],
        },
    )


@page("people.invite")
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: UserRequest, workspace: Workspace) -> HttpResponse:
    """Invite a person; without a mail server the link is shown to whoever invites."""
    form = InvitationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        invitation, key = services.invite(request.user, workspace, **form.cleaned_data)
        link = request.build_absolute_uri(services.address_of(key))
        sent = services.send_invitation(invitation, link)
        return render(request, "people/invited.html", {"invitation": invitation, "link": link, "sent": sent})
    return render(request, "people/invite.html", {"form": form})


@page("people.invite")
@require_POST
def withdraw(request: UserRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """Withdraw an invitation."""
    services.withdraw_invitation(request.user, get_object_or_404(Invitation, pk=pk, workspace=workspace))
    messages.success(request, _("The invitation is withdrawn."))
    return redirect("people:members", workspace.slug)


@page("people.remove")
@require_POST
def remove(request: UserRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """Take a role from a person."""
    try:
        services.remove_member(request.user, get_object_or_404(Membership, pk=pk, workspace=workspace))
    except LandbalanceError as error:
        messages.error(request, spoken(error))
    else:
        messages.success(request, _("The role is taken away."))
    return redirect("people:members", workspace.slug)


@open_page
@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: HttpRequest, key: str) -> HttpResponse:
    """Accept an invitation, with the account one has or a new one."""
    invitation = services.find_invitation(key)
    if request.user.is_authenticated:
        if request.method == "POST":
            services.accept_invitation(request.user, key)
            return redirect(invitation.workspace)
        return render(request, "people/accept.html", {"invitation": invitation})
    form = NewAccountForm(request.POST or None, initial={"email": invitation.email})
    if request.method == "POST" and form.is_valid():
        try:
            user = accounts.make_user(**form.cleaned_data)
        except InputError as error:
            form.add_error(None, spoken(error))
        else:
            services.accept_invitation(user, key)
            login(request, user, backend=BACKEND)
            return redirect(invitation.workspace)
    return render(request, "people/accept.html", {"invitation": invitation, "form": form})


@open_page
@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: HttpRequest, key: str) -> HttpResponse:
    """Let the first administrator choose name and password, once, with the key the server has printed."""
    if not is_first_key(settings.INSTALLATION.path, key):
        raise Http404
    form = NewAccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = use_first_key(settings.INSTALLATION.path, key, **form.cleaned_data)
        except InputError as error:
            form.add_error(None, spoken(error))
        else:
            login(request, user, backend=BACKEND)
            messages.success(request, _("You are the administrator. Protect the account with a second factor."))
            return redirect("mfa_index")
    return render(request, "people/welcome.html", {"form": form})


@personal_page
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: UserRequest) -> HttpResponse:
    """Show one's memberships and tokens; make a token."""
    form = TokenForm(request.POST or None)
    key = ""
    if request.method == "POST" and form.is_valid():
        _token, key = accounts.make_token(request.user, form.cleaned_data["name"], form.cleaned_data["scopes"])
        form = TokenForm()
    mine = request.user.memberships.select_related("workspace")
    tokens = request.user.tokens.order_by("-created_at")
    return render(request, "people/account.html", {"form": form, "key": key, "mine": mine, "tokens": tokens})


@personal_page
@require_POST
def drop_token(request: UserRequest, pk: int) -> HttpResponse:
    """Make a token of one's own worthless."""
    get_object_or_404(request.user.tokens, pk=pk).delete()
    messages.success(request, _("The token is worthless now."))
    return redirect("people:account")


@personal_page
@require_POST
def sign_out_everywhere(request: UserRequest) -> HttpResponse:
    """End every session of one's own, this one too."""
    accounts.end_sessions(request.user)
    logout(request)
    return redirect("account_login")
