"""The catalogue of practices, and those of a country."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from landbalance.core.errors import LandbalanceError
from landbalance.registry.codes import label
from landbalance.registry.evidence.queries import evidence_of
from landbalance.registry.practices import services
from landbalance.registry.practices.models import LISTS, SINGLE, Practice
from landbalance.registry.practices.queries import catalogue, practices_of
from landbalance.registry.records import find
from landbalance.registry.spoken import spoken
from landbalance.registry.workspaces.models import Workspace
from landbalance.web.gate import UserRequest, page
from landbalance.web.practices.forms import PracticeForm, SearchForm


@page("practices.view")
@require_safe
def index(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """Search the practices of the country and the catalogue."""
    form = SearchForm(request.GET or None)
    wanted = form.cleaned_data if form.is_valid() else {}
    text = wanted.get("text", "")
    codes = {name: wanted.get(name, "") for name in ("groups", "measures")}
    found = practices_of(request.user, workspace, text, **codes)
    entries = [] if any(codes.values()) else catalogue(text)
    return render(request, "practices/index.html", {"form": form, "practices": found, "entries": entries})


@page("practices.view")
@require_safe
def practice(request: HttpRequest, workspace: Workspace, code: str) -> HttpResponse:
    """Show a practice with its history and its files."""
    found = find(Practice, request.user, workspace=workspace, code=code)
    words = {name: [label(list_id, each) for each in getattr(found, name)] for name, list_id in LISTS.items()}
    single = {name: label(list_id, getattr(found, name)) for name, list_id in SINGLE.items() if getattr(found, name)}
    facts = {"practice": found, "words": words, "single": single, "changes": found.changes()}
    return render(request, "practices/practice.html", facts | {"files": evidence_of(request.user, workspace, found)})


@page("practices.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: UserRequest, workspace: Workspace) -> HttpResponse:
    """Write a practice down."""
    form = PracticeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(services.add_practice(request.user, workspace, form.values()))
        except LandbalanceError as error:
            form.add_error(None, spoken(error))
    return render(request, "practices/edit.html", {"form": form, "title": _("A new practice")})


@page("practices.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: UserRequest, workspace: Workspace, code: str) -> HttpResponse:
    """Change a practice."""
    found = find(Practice, request.user, workspace=workspace, code=code)
    form = PracticeForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        fresh = find(Practice, request.user, workspace=workspace, code=code)
        given = {"reason": form.cleaned_data["reason"], "expected": form.cleaned_data["version"]}
        try:
            return redirect(services.change_practice(request.user, fresh, form.values(), **given))
        except LandbalanceError as error:
            form.add_error(None, spoken(error))
    return render(request, "practices/edit.html", {"form": form, "title": found.name})
