"""A second factor: always for the administration, and for keepers where the installation asks for it."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from landbalance.registry.access import is_administrator, needs_second_factor
from landbalance.web.api.problems import problem

ADMINISTRATION = "/administration/"
API = "/api/"
ALWAYS_OPEN = ("/accounts/", "/language/", "/healthy/", "/static/", "/account/sessions/end/")


class SecondFactor:
    """Middleware: whoever must have a second factor and has none is led to the page that makes one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:  # noqa: D102 - the protocol of middleware
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        """Stop a request that a second factor is missing for."""
        if request.path.startswith(ADMINISTRATION):
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not is_administrator(request.user):
                raise PermissionDenied
        elif not is_asked_for(request):
            return None
        if is_mfa_enabled(request.user):
            return None
        if request.path.startswith(API):
            return problem(403, "a second factor is missing")
        messages.warning(request, _("Your role needs a second factor. Set it up to go on."))
        return redirect("mfa_activate_totp")


def is_asked_for(request: HttpRequest) -> bool:
    """Return whether this page, for this person, in this installation asks for a second factor."""
    if not settings.INSTALLATION.table.require_mfa or request.path.startswith(ALWAYS_OPEN):
        return False
    return request.user.is_authenticated and needs_second_factor(request.user)
