"""Questions to the desk that are kept: listed, opened, laid side by side, handed out."""

from functools import partial
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from landbalance.core.errors import NotFoundError
from landbalance.registry.records import find
from landbalance.registry.star import services
from landbalance.registry.star.models import StarScenario
from landbalance.registry.star.queries import Kept, kept_of, question_of, scenarios_of
from landbalance.registry.workspaces.models import Workspace
from landbalance.web.gate import UserRequest, page
from landbalance.web.star.forms import ScenarioForm, query_of
from landbalance.web.star.keeping import FORM, kept
from landbalance.web.star.shown import beside, shown, table_file, traits
from landbalance.web.star.views import asked_of

MOST_BESIDE = 4


@page("star.view")
@require_safe
def scenarios(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """List the scenarios."""
    rows = [(each, query_of(question_of(each))) for each in scenarios_of(request.user, workspace)]
    return render(request, "star/scenarios.html", {"rows": rows, "most": MOST_BESIDE})


@page("star.edit")
@require_http_methods(FORM)
def new(request: UserRequest, workspace: Workspace) -> HttpResponse:
    """Keep what the address asks as a scenario."""
    return _edited(request, workspace, StarScenario(workspace=workspace), _("Keep this scenario"))


@page("star.view")
@require_safe
def scenario(request: HttpRequest, workspace: Workspace, pk: UUID) -> HttpResponse:
    """Show a scenario with what the desk says to it now."""
    found = find(StarScenario, request.user, workspace=workspace, pk=pk)
    standing = kept_of(request.user, found)
    asked = asked_of(request, workspace, question_of(found))
    context = {"scenario": found, "kept": standing, "asked": asked,
               "shown": shown(standing.answer) if standing.answer else None}  # fmt: skip
    return render(request, "star/scenario.html", context)


@page("star.edit")
@require_http_methods(FORM)
def edit(request: UserRequest, workspace: Workspace, pk: UUID) -> HttpResponse:
    """Change name and text of a scenario; with a question in the address, that too."""
    found = find(StarScenario, request.user, workspace=workspace, pk=pk)
    return _edited(request, workspace, found, _("Change the scenario"))


@page("star.view")
@require_safe
def compare(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """Lay scenarios side by side."""
    chosen = _chosen(request, workspace)
    known = [(str(each.scenario), each.answer) for each in chosen if each.answer]
    context = {
        "kept": chosen, "known": known, "asked": request.GET.urlencode(),
        "traits": traits(known) if known else None, "table": beside(known) if known else None,
    }  # fmt: skip
    return render(request, "star/compare.html", context)


@page("star.view")
@require_safe
def compared(request: HttpRequest, workspace: Workspace, name: str, kind: str) -> HttpResponse:
    """Hand out scenarios side by side."""
    known = [(str(each.scenario), each.answer) for each in _chosen(request, workspace) if each.answer]
    make = {"countries": beside, "traits": traits}.get(name)
    if make is None or kind not in ("csv", "xlsx"):
        raise NotFoundError("there is no file {name}.{kind}", name=name, kind=kind, hint="choose one of the page")
    return table_file(make(known), kind, f"{workspace.slug}-star-scenarios")


def _chosen(request: HttpRequest, workspace: Workspace) -> list[Kept]:
    """Return the scenarios that are to be laid side by side."""
    wanted = request.GET.getlist("s")[:MOST_BESIDE]
    rows = [each for each in scenarios_of(request.user, workspace) if str(each.pk) in wanted]
    return [kept_of(request.user, each) for each in rows]


def _edited(request: UserRequest, workspace: Workspace, found: StarScenario, title: str) -> HttpResponse:
    """Show the form of a scenario; keep what it says, with the question of the address."""
    asked = asked_of(request, workspace) if request.GET or found._state.adding else None
    question = asked.question if asked and not asked.form.is_bound else None
    form = ScenarioForm(request.POST or None, instance=found)
    keep = partial(services.keep_scenario, request.user, found, question)
    return kept(request, form, keep, title=title, takes_question=question is not None)
