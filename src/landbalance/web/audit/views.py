"""Who did what in a workspace; everything of it to take away."""

from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from landbalance.registry.audit.queries import acts_of
from landbalance.registry.export import export_all
from landbalance.registry.workspaces.models import Workspace
from landbalance.web.gate import UserRequest, page

PER_PAGE = 50


@page("audit.view")
@require_safe
def acts(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """Show the acts, latest first."""
    wanted = {name: request.GET.get(name, "")[:60] for name in ("act", "who")}
    found = Paginator(acts_of(request.user, workspace, **wanted), PER_PAGE)
    return render(request, "audit/acts.html", {"acts": found.get_page(request.GET.get("page")), "wanted": wanted})


@page("records.export")
@require_http_methods(["GET", "HEAD", "POST"])
def export(request: UserRequest, workspace: Workspace) -> HttpResponse:
    """Tell what an export holds; on POST, make it."""
    if request.method != "POST":
        return render(request, "audit/export.html", {})
    name = f"{workspace.slug}-{timezone.now():%Y%m%d}.zip"
    made = export_all(request.user, workspace)
    return FileResponse(made, as_attachment=True, filename=name)  # type: ignore[return-value]  # it is one when it runs
