"""The page that tells of the API."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from landbalance.web.api.app import api
from landbalance.web.gate import open_page

METHODS = ("get", "post", "put", "patch", "delete")


@open_page
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show every operation."""
    operations: list[dict[str, Any]] = [
        {"method": method.upper(), "path": path, "text": operation.get("description", "")}
        for path, methods in api.get_openapi_schema()["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    ]
    return render(request, "api/index.html", {"operations": operations})
