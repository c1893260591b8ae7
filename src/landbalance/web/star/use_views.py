"""How countries use their allocations: what is programmed, what is left, until when, and what may be moved."""

from functools import partial
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from landbalance.registry.records import find
from landbalance.registry.star import services
from landbalance.registry.star.models import StarProject, StarUse
from landbalance.registry.star.queries import find_use, uses_of
from landbalance.registry.workspaces.models import Workspace
from landbalance.reporting.star import country_name
from landbalance.web.finance.charts import reader
from landbalance.web.gate import UserRequest, page
from landbalance.web.star.forms import ProjectForm, UseForm
from landbalance.web.star.keeping import FORM, kept


@page("star.view")
@require_safe
def uses(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """List allocations with what is left of each."""
    found = uses_of(request.user, workspace, timezone.localdate())
    rows = [(each, country_name(each.use.iso3, reader())) for each in found]
    return render(request, "star/uses.html", {"rows": rows})


@page("star.view")
@require_safe
def use(request: HttpRequest, workspace: Workspace, pk: UUID) -> HttpResponse:
    """Show how one allocation is used."""
    found = find_use(request.user, workspace, pk, timezone.localdate())
    return render(request, "star/use.html", {"standing": found, "country": country_name(found.use.iso3, reader())})


@page("star.edit")
@require_http_methods(FORM)
def new_use(request: UserRequest, workspace: Workspace) -> HttpResponse:
    """Write the allocation of a country down."""
    made = StarUse(workspace=workspace, regime="gef-8", iso3=workspace.country)
    return _use(request, workspace, made, _("New allocation"))


@page("star.edit")
@require_http_methods(FORM)
def edit_use(request: UserRequest, workspace: Workspace, pk: UUID) -> HttpResponse:
    """Change an allocation."""
    found = find(StarUse, request.user, workspace=workspace, pk=pk)
    return _use(request, workspace, found, str(found))


@page("star.edit")
@require_http_methods(FORM)
def new_project(request: UserRequest, workspace: Workspace, pk: UUID) -> HttpResponse:
    """Add a project to an allocation."""
    found = find(StarUse, request.user, workspace=workspace, pk=pk)
    return _project(request, StarProject(workspace=workspace, use=found), _("New project"))


@page("star.view", write="star.edit")
@require_http_methods(FORM)
def project(request: UserRequest, workspace: Workspace, pk: UUID) -> HttpResponse:
    """Show a project on an allocation; change it."""
    found = find(StarProject, request.user, workspace=workspace, pk=pk)
    return _project(request, found, str(found))


def _use(request: UserRequest, workspace: Workspace, found: StarUse, title: str) -> HttpResponse:
    """Show the form of an allocation; keep what it says."""
    codes = workspace.countries or ([workspace.country] if workspace.country else [])
    form = UseForm(codes, request.POST or None, instance=found)
    return kept(request, form, partial(services.keep_use, request.user, found), title=title)


def _project(request: UserRequest, found: StarProject, title: str) -> HttpResponse:
    """Show the form of a project; keep what it says."""
    form = ProjectForm(request.POST or None, instance=found)
    keep = partial(services.keep_project, request.user, found)
    return kept(request, form, keep, then=found.use, title=title, use=found.use)
