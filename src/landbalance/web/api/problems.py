"""What a refusal looks like to a program: one line, and where it concerns fields, each of them (RFC 9457)."""

from http import HTTPStatus
from typing import Any

import orjson
from django.http import HttpResponse

PROBLEM = "application/problem+json"
RETRY_SECONDS = "5"


def problem(status: int, detail: str, errors: list[Any] | None = None) -> HttpResponse:
    """Return a refusal."""
    said = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    body = orjson.dumps({**said, "detail": detail, "errors": errors or []})
    headers = {"Cache-Control": "no-store"} | ({"Retry-After": RETRY_SECONDS} if status == 503 else {})
    headers |= {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    return HttpResponse(body, status=status, content_type=PROBLEM, headers=headers)
