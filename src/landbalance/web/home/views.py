"""The first page: choose a country; the dashboard: where it stands."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.forms.models import model_to_dict
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from landbalance.core.errors import InputError, NotFoundError
from landbalance.registry.access import is_administrator
from landbalance.registry.rollup import roll_up
from landbalance.registry.runs.maps import sheet_of
from landbalance.registry.spoken import spoken
from landbalance.registry.standing import Standing, headline_of, standing_of
from landbalance.registry.targets.queries import states_of, targets_of
from landbalance.registry.workspaces import services
from landbalance.registry.workspaces.models import Workspace
from landbalance.registry.workspaces.queries import workspaces_of
from landbalance.reporting.maps import MapSpec
from landbalance.web.gate import UserRequest, open_page, page, personal_page
from landbalance.web.home.forms import CountryForm, RegionForm, WorkspaceForm

PER_PAGE = 60
TARGETS = 12  # on the dashboard; all of them have a page of their own
SOON = 3
FEW = 8  # up to so many countries need no search


@open_page
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show the workspaces a person sees, by name, with what their latest run says."""
    wanted = request.GET.get("q", "").strip()[:80]
    found = workspaces_of(request.user)
    total = found.count()
    shown = found.filter(title__icontains=wanted)[:PER_PAGE] if wanted else found[:PER_PAGE]
    cards = [(each, headline_of(request.user, each)) for each in shown]
    return render(request, "home/index.html", {"cards": cards, "total": total, "wanted": wanted, "few": FEW})


@personal_page
@require_http_methods(["GET", "HEAD", "POST"])
def new_country(request: UserRequest) -> HttpResponse:
    """Make the workspace of a country."""
    form = CountryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.make_country(request.user, **form.cleaned_data)
        except (InputError, NotFoundError) as error:
            form.add_error(None, spoken(error))
        else:
            return redirect(made)
    return _form_for_administrators(request, form, _("Add a country"))


@personal_page
@require_http_methods(["GET", "HEAD", "POST"])
def new_region(request: UserRequest) -> HttpResponse:
    """Make the workspace of a set of countries."""
    form = RegionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.make_region(request.user, **form.cleaned_data)
        except (InputError, NotFoundError) as error:
            form.add_error(None, spoken(error))
        else:
            return redirect(made)
    return _form_for_administrators(request, form, _("Add a region"))


@page("workspace.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: UserRequest, workspace: Workspace) -> HttpResponse:
    """Change the title of a workspace and who outside sees what is approved in it."""
    form = WorkspaceForm(request.POST or None, initial=model_to_dict(workspace))
    if request.method == "POST" and form.is_valid():
        services.edit_workspace(request.user, workspace, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect(workspace)
    return render(request, "home/form.html", {"form": form, "title": _("Settings"), "action": _("Save")})


@page("workspace.view")
@require_safe
def dashboard(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """Show where a workspace stands."""
    if workspace.kind != Workspace.Kind.COUNTRY:
        return render(request, "home/region.html", {"sum": roll_up(request.user, workspace)})
    today = timezone.localdate()
    standing = standing_of(request.user, workspace, today)
    states = states_of(request.user, workspace, targets_of(request.user, workspace)[:TARGETS])
    dates = [(each.target.target_year, each.target) for each in states if each.target.target_year]
    return render(
        request,
        "home/dashboard.html",
        {
            "standing": standing,
            "states": states,
            "picture": _picture(standing),
            "coming": sorted(
                ((year, target) for year, target in dates if year >= today.year), key=lambda pair: pair[0]
            )[:SOON],
        },
    )


def _picture(standing: Standing) -> MapSpec | None:
    """Return the map that stands for the latest run: the condition of land in its last period."""
    if standing.row is None or standing.latest is None:
        return None
    return sheet_of(standing.row, (get_language() or "en").split("-")[0]).spec("")


def _form_for_administrators(request: UserRequest, form: Form, title: str) -> HttpResponse:
    """Show a form that only the keeper of the installation may fill in."""
    if not is_administrator(request.user):
        raise PermissionDenied
    return render(request, "home/form.html", {"form": form, "title": title, "action": _("Make it")})
