"""What every template knows: language, direction, the installation, the workspace, what the person may do."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language, get_language_bidi

from landbalance._version import __version__
from landbalance.registry.access import ACTS, may


class Allowed:
    """Answers `{% if allowed.targets_revise %}`: the act with its point written as an underscore."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    def __getitem__(self, name: str) -> bool:
        act = next((each for each in ACTS if each.replace(".", "_") == name), None)
        if act is None:
            raise KeyError(name)
        return may(self._request.user, act, getattr(self._request, "workspace", None))


def page(request: HttpRequest) -> dict[str, Any]:
    """Return what every template knows."""
    return {
        "LANGUAGE_CODE": get_language() or "en",
        "direction": "rtl" if get_language_bidi() else "ltr",
        "installation_title": settings.INSTALLATION.table.title,
        "languages": settings.LANGUAGES,
        "workspace": getattr(request, "workspace", None),
        "allowed": Allowed(request),
        "version": __version__,
    }
