"""Errors as pages, the choice of language, the health of the server."""

from django.conf import settings
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.views.decorators.http import require_GET, require_POST

from landbalance.web.api.problems import RETRY_SECONDS, problem
from landbalance.web.gate import open_page


@open_page
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Keep the language a person chose, and go back to the page they were on."""
    wanted = request.POST.get("language", "")
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        back = reverse("home:index")
    answer = HttpResponse(status=302, headers={"Location": back})
    if wanted in dict(settings.LANGUAGES) and check_for_language(wanted):
        answer.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, wanted, max_age=31_536_000, samesite="Lax", secure=settings.IS_HTTPS
        )
        if request.user.is_authenticated and request.user.language != wanted:
            request.user.language = wanted
            request.user.save()
    return answer


@open_page
@require_GET
def healthy(request: HttpRequest) -> HttpResponse:
    """Tell a watchdog that the server and its database answer."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except OperationalError:
        return JsonResponse({"status": "no database"}, status=503, headers={"Retry-After": RETRY_SECONDS})
    return JsonResponse({"status": "ok"})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Refuse a form that does not come from one of our pages."""
    return _refuse(request, 403, "csrf")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that the address or form makes no sense."""
    return _refuse(request, 400, "bad")


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that the person may not do this."""
    return _refuse(request, 403, "forbidden")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that there is nothing here, for this person."""
    return _refuse(request, 404, "missing")


def failed(request: HttpRequest) -> HttpResponse:
    """Say that the fault is ours."""
    return HttpResponse(
        "<!doctype html><meta charset=utf-8><title>500</title><p>This did not work, and the fault is ours. "
        "What you typed is kept as a draft. Try again in a minute; the log of the server says what happened.",
        status=500,
    )


def _refuse(request: HttpRequest, status: int, why: str) -> HttpResponse:
    """Return the page of an error; programs get it as JSON."""
    if request.path.startswith("/api/"):
        return problem(status, why)
    return render(request, "site/refused.html", {"why": why, "status": status}, status=status)
