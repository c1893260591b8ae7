"""The first page: choose a country; the dashboard: where it stands."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from landbalance.registry.rollup import roll_up
from landbalance.registry.standing import standing_of
from landbalance.registry.workspaces.models import Workspace
from landbalance.registry.workspaces.queries import workspaces_of
from landbalance.web.gate import open_page, page


@open_page
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show the workspaces a person sees."""
    return render(request, "home/index.html", {"workspaces": workspaces_of(request.user)})


@page("workspace.view")
@require_safe
def dashboard(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """Show where a workspace stands."""
    if workspace.kind != Workspace.Kind.COUNTRY:
        return render(request, "home/region.html", {"sum": roll_up(request.user, workspace)})
    standing = standing_of(workspace, timezone.localdate())
    return render(request, "home/dashboard.html", {"standing": standing, "today": timezone.localdate()})
