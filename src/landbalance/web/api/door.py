"""Who comes in by the API: a program with a key, a page of ours with its session, a visitor; and how often."""

import hashlib
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.cache import caches
from django.http import HttpRequest
from django.utils import timezone
from ninja.errors import AuthenticationError, AuthorizationError, Throttled
from ninja.security import APIKeyCookie, HttpBearer
from ninja.throttling import BaseThrottle

from landbalance.registry.access import require
from landbalance.registry.accounts.services import note_use, token_behind
from landbalance.registry.workspaces.models import Workspace
from landbalance.registry.workspaces.queries import find_workspace

if TYPE_CHECKING:
    from landbalance.registry.access import Actor

MINUTE = 60
WRONG_KEYS = 30  # a minute from one address
NOTED = timedelta(hours=1)
SAFE = ("GET", "HEAD", "OPTIONS")


class ApiRequest(HttpRequest):
    """A request of the API, as type checkers see it."""

    auth: Any
    scopes: frozenset[str] | None


class Key(HttpBearer):
    """`Authorization: Bearer lb_...`: a program with the key of a person."""

    def __call__(self, request: HttpRequest) -> Any:
        """Return the person; a key that is wrong opens nothing, whatever else comes with it."""
        if "Authorization" not in request.headers:
            return None
        found = super().__call__(request)
        if found is None:
            raise AuthenticationError
        return found

    def authenticate(self, request: HttpRequest, token: str) -> "Actor | None":
        """Return the person behind a key."""
        known = token_behind(token)
        if known is None:
            count(f"wrong:{address_of(request)}", WRONG_KEYS)
            return None
        if known.last_used_at is None or timezone.now() - known.last_used_at > NOTED:
            note_use(known)
        request.user = known.user
        request.scopes = frozenset(known.scopes)  # type: ignore[attr-defined]
        return known.user


class Session(APIKeyCookie):
    """The session of a person, with the CSRF token on whatever changes something."""

    param_name = settings.SESSION_COOKIE_NAME

    def authenticate(self, request: HttpRequest, key: str | None) -> "Actor | None":
        """Return the person who is signed in."""
        return request.user if request.user.is_authenticated else None


def visitor(request: HttpRequest) -> AnonymousUser | None:
    """Return a visitor, who reads what is public."""
    return AnonymousUser() if request.method in SAFE else None


class Pace(BaseThrottle):
    """So many requests a minute, for a person or for the address of a visitor, in each server process."""

    def allow_request(self, request: HttpRequest) -> bool:
        """Return whether the request is within the limit."""
        who = f"user:{request.user.pk}" if request.user.is_authenticated else f"address:{address_of(request)}"
        try:
            count(who, settings.INSTALLATION.table.api_per_minute)
        except Throttled:
            return False
        return True

    def wait(self) -> float:
        """Return when the next minute begins [s]."""
        return MINUTE - time.time() % MINUTE


def enter(request: HttpRequest, slug: str, act: str) -> Workspace:
    """Return the workspace of a request, if the actor sees it and may do the act, and the key may too.

    Raises
    ------
    NotFoundError
        If there is none, or the actor does not see it: both look the same.
    AccessError, AuthorizationError
        If the actor may not, or the key is not meant for this.
    """
    place = find_workspace(request.user, slug)
    require(request.user, act, place)
    check_scope(request, "run" if act == "runs.start" else "read" if request.method in SAFE else "write")
    return place


def check_scope(request: HttpRequest, scope: str) -> None:
    """Refuse what a key is not meant for."""
    scopes = getattr(request, "scopes", None)
    if scopes is not None and scope not in scopes:
        raise AuthorizationError(message=f"the key has no scope {scope}")


def count(name: str, limit: int) -> None:
    """Count an event of this minute.

    Raises
    ------
    Throttled
        If there were too many.
    """
    digest = hashlib.sha256(f"{name}:{int(time.time() // MINUTE)}".encode()).hexdigest()
    cache = caches["process"]
    cache.add(digest, 0, MINUTE)
    if cache.incr(digest) > limit:
        raise Throttled(wait=int(MINUTE - time.time() % MINUTE) + 1)


def address_of(request: HttpRequest) -> str:
    """Return the address of a client, seen through the proxies that the installation says there are."""
    return str(get_adapter(request).get_client_ip(request) or "")
