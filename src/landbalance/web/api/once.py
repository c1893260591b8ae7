"""A request that is sent twice under one key is done once: the second is given the answer of the first."""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja.errors import HttpError

from landbalance.registry.accounts.services import kept_answer

HEADER = "Idempotency-Key"
LONGEST = 200
KEPT_HEADERS = ("ETag", "Location")


def once(view: Callable[..., Any]) -> Callable[..., Any]:
    """Return a view that does what a POST with a key asks once, however often it comes."""

    @wraps(view)
    def answered(request: HttpRequest, *given: Any, **named: Any) -> Any:
        key = request.headers.get(HEADER, "")
        if request.method != "POST" or not key or not request.user.is_authenticated:
            return view(request, *given, **named)
        if len(key) > LONGEST or not key.isprintable():
            raise HttpError(422, f"{HEADER} has at most {LONGEST} plain characters")
        with transaction.atomic():  # what the view refuses takes the key back with it
            return _first_or_kept(request, key, lambda: view(request, *given, **named))

    return answered


def _first_or_kept(request: HttpRequest, key: str, act: Callable[[], HttpResponse]) -> HttpResponse:
    """Return the answer that is kept under a key; act and keep it where there is none."""
    asked = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode() + request.body).hexdigest()
    kept, is_new = kept_answer(request.user, key, asked)  # type: ignore[arg-type]
    if kept.asked != asked:
        raise HttpError(422, f"this {HEADER} was sent with another request: use a new one")
    if is_new:
        made = act()
        kept.status, kept.body = made.status_code, made.content.decode()
        kept.headers = {name: made[name] for name in (*KEPT_HEADERS, "Content-Type") if made.has_header(name)}
        kept.save()
        return made
    return HttpResponse(kept.body, status=kept.status, headers={**kept.headers, "Idempotent-Replayed": "true"})
