"""The door of every page: which act it is, in which workspace, and what happens to who may not."""

import functools
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from landbalance.core.errors import AccessError, NotFoundError
from landbalance.registry.access import ACTS, may
from landbalance.registry.workspaces.models import Workspace
from landbalance.registry.workspaces.queries import find_workspace

if TYPE_CHECKING:
    from landbalance.registry.accounts.models import User


log = logging.getLogger(__name__)
Given = ParamSpec("Given")
Answer = TypeVar("Answer", bound=HttpResponse)
Inner = Callable[Concatenate[Any, Workspace, Given], HttpResponseBase]
OPEN = "open"  # a page for everybody, without a workspace
SIGNED_IN = "signed in"  # a page for whoever is signed in, without a workspace
SAFE = ("GET", "HEAD", "OPTIONS")


class UserRequest(HttpRequest):
    """A request of a person who is signed in, as type checkers see it."""

    user: "User"


def page(act: str, *, write: str | None = None) -> Callable[[Inner[Given]], Callable[..., HttpResponseBase]]:
    """Declare the act of a page of a workspace; the view gets the workspace in place of its slug.

    A workspace a person does not see is not found. What they see and may not do is refused; visitors may sign in.

    Parameters
    ----------
    act : str
        What a person must be allowed to do to see the page.
    write : str or None
        What they must be allowed to do to send something to it; `act` when None.
    """
    acts = (act, write or act)
    if unknown := [each for each in acts if each not in ACTS]:
        raise KeyError(unknown[0])

    def declare(view: Inner[Given]) -> Callable[..., HttpResponseBase]:
        @functools.wraps(view)
        def guarded(request: HttpRequest, workspace: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                found = find_workspace(request.user, workspace)
            except NotFoundError as error:
                if not request.user.is_authenticated and request.method in SAFE:
                    return redirect_to_login(request.get_full_path())
                raise Http404 from error
            wanted = acts[request.method not in SAFE]
            if not may(request.user, wanted, found):
                if not request.user.is_authenticated and request.method in SAFE:
                    return redirect_to_login(request.get_full_path())
                raise PermissionDenied
            request.workspace = found  # type: ignore[attr-defined]
            return view(request, found, *args, **kwargs)

        guarded.policy = acts  # type: ignore[attr-defined]
        return guarded

    return declare


def open_page(view: Callable[..., Answer]) -> Callable[..., Answer]:
    """Declare a page that everybody may see."""
    view.policy = (OPEN, OPEN)  # type: ignore[attr-defined]
    return view


def personal_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Declare a page for whoever is signed in."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            if request.method in SAFE:
                return redirect_to_login(request.get_full_path())
            raise PermissionDenied
        return view(request, *args, **kwargs)

    guarded.policy = (SIGNED_IN, SIGNED_IN)  # type: ignore[attr-defined]
    return guarded


class ErrorsAsPages:
    """Middleware: what a use case refuses becomes the right status code, never a traceback."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:  # noqa: D102 - the protocol of middleware
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Turn what is not found, and what is not allowed, into Django's own words for it."""
        if isinstance(exception, NotFoundError):
            raise Http404(str(exception)) from exception
        if isinstance(exception, AccessError):
            raise PermissionDenied(str(exception)) from exception
