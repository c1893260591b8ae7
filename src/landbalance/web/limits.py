"""What the server does not take, and what it says while its database is away."""

import logging
from collections.abc import Callable

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse

from landbalance.web.api.problems import RETRY_SECONDS, problem

log = logging.getLogger(__name__)
API = "/api/"
MULTIPART = "multipart/form-data"
LONGEST_PATH = 2000
AWAY = (
    "<!doctype html><meta charset=utf-8><title>503</title><p>The database does not answer at this moment. "
    "Nothing is lost: what you typed is kept in this browser. The page tries again by itself.</p>"
)


class Limits:
    """Middleware, first of all: refuses what is too large or makes no sense; turns a lost database into 503."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:  # noqa: D102 - the protocol of middleware
        if len(request.path) > LONGEST_PATH or "\0" in request.path:
            return refused(request, 404, "there is nothing here")
        if length_of(request) > longest(request):
            return refused(request, 413, "this is too large")
        try:
            return self.get_response(request)
        except (OperationalError, InterfaceError) as error:
            return away(request, error)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer 503 where the database does not."""
        return away(request, exception) if isinstance(exception, OperationalError | InterfaceError) else None


def away(request: HttpRequest, error: Exception) -> HttpResponse:
    """Say that the database is away, and when to come again; give the broken connection up."""
    log.warning("the database does not answer (%s)", str(error).splitlines()[0] if str(error) else type(error).__name__)
    connection.close_if_unusable_or_obsolete()
    answer = refused(request, 503, AWAY)
    answer["Retry-After"] = RETRY_SECONDS
    if request.method in ("GET", "HEAD"):
        answer["Refresh"] = RETRY_SECONDS
    return answer


def refused(request: HttpRequest, status: int, text: str) -> HttpResponse:
    """Return a refusal that needs neither session nor template."""
    if request.path.startswith(API):
        said = "the database does not answer; try again in a few seconds" if status == 503 else text
        return problem(status, said)
    answer = HttpResponse(text, status=status)
    answer["Content-Security-Policy"] = "default-src 'none'"
    return answer


def length_of(request: HttpRequest) -> int:
    """Return how long the body says it is [bytes]."""
    said = request.META.get("CONTENT_LENGTH") or "0"
    return int(said) if said.isdecimal() else 0


def longest(request: HttpRequest) -> int:
    """Return how long a body may be [bytes]: files as the installation says, anything else a few megabytes."""
    if request.content_type == MULTIPART:
        return settings.INSTALLATION.table.max_upload_mb << 20
    return int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
