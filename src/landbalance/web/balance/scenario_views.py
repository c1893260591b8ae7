"""Scenarios: the list, one with its areas and what it brings, drawing an area, several side by side."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from landbalance.core.errors import LandbalanceError
from landbalance.registry.jobs.queries import find_job
from landbalance.registry.records import shows_place
from landbalance.registry.scenarios import services
from landbalance.registry.scenarios.models import Scenario, ScenarioArea
from landbalance.registry.scenarios.queries import (
    effect_of,
    find_scenario,
    last_year_of,
    latest_run,
    offers_of,
    scenarios_of,
)
from landbalance.registry.spoken import spoken
from landbalance.registry.workspaces.models import Workspace
from landbalance.web.balance.forms import RESPONSE_WORDS, AreaForm, CompareForm, ScenarioForm
from landbalance.web.balance.views import FORM, language, result_of
from landbalance.web.gate import UserRequest, page

BESIDE = 6  # scenarios side by side


@page("balance.view")
@require_safe
def scenarios(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """List the scenarios a person sees, with what each brings."""
    found = list(scenarios_of(request.user, workspace))
    context: dict[str, Any] = {"effects": [effect_of(request.user, each) for each in found]}
    if len(found) > 1:
        context["compare"] = CompareForm(found)
    return render(request, "balance/scenarios.html", context)


@page("balance.view")
@require_safe
def scenario(request: HttpRequest, workspace: Workspace, pk: UUID) -> HttpResponse:
    """Show a scenario: its areas, and the balance without and with it."""
    found = find_scenario(request.user, workspace, pk)
    effect_ = effect_of(request.user, found)
    brings = {each["id"]: each for each in effect_.answer.get("polygons", ())} if effect_.is_current else {}
    offers = {each.code: each for each in offers_of(request.user, workspace)}
    context: dict[str, Any] = {
        "scenario": found,
        "effect": effect_,
        "rows": [
            {"area": each, "offer": offers.get(each.practice), "response": RESPONSE_WORDS[each.action.intervention],
             "brings": brings.get(each.action.id)}
            for each in found.areas()
        ],
        "has_run": latest_run(request.user, workspace) is not None,
    }  # fmt: skip
    if effect_.job is not None:
        context |= result_of(request, effect_.job)
    return render(request, "balance/scenario.html", context)


@page("balance.view")
@require_safe
def areas(request: HttpRequest, workspace: Workspace, pk: UUID) -> HttpResponse:
    """Return the areas of a scenario as GeoJSON."""
    found = find_scenario(request.user, workspace, pk)
    features = [
        {**each.as_feature(), "properties": {"name": each.action.id, "text": _said(each)}}
        for each in (found.areas() if shows_place(request.user, found) else ())
    ]
    return JsonResponse({"type": "FeatureCollection", "features": features})


@page("balance.view")
@require_safe
def effect(request: HttpRequest, workspace: Workspace, pk: UUID) -> HttpResponse:
    """Go to the scenario that an answer is about."""
    job = find_job(request.user, workspace, pk, "scenario")
    return redirect(find_scenario(request.user, workspace, job.options["scenario"]))


@page("balance.plan")
@require_http_methods(FORM)
def new(request: UserRequest, workspace: Workspace) -> HttpResponse:
    """Begin a scenario."""
    form = ScenarioForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = services.add_scenario(request.user, workspace, form.given())
        return redirect("balance:new_area", workspace.slug, made.pk)
    return render(request, "balance/form.html", {"form": form, "title": _("New scenario")})


@page("balance.plan")
@require_http_methods(FORM)
def edit(request: UserRequest, workspace: Workspace, pk: UUID) -> HttpResponse:
    """Change name, text and target year of a scenario."""
    found = find_scenario(request.user, workspace, pk)
    form = ScenarioForm(request.POST or None, instance=found, initial={"expected": found.version})
    if request.method == "POST" and form.is_valid():
        try:
            services.change_scenario(
                request.user, found, form.given(), expected=form.cleaned_data["expected"]
            )  # fmt: skip
        except LandbalanceError as error:
            form.add_error(None, spoken(error))
        else:
            return _asked(request, found)
    return render(request, "balance/form.html", {"form": form, "title": _("Change the scenario"), "scenario": found})


@page("balance.plan")
@require_POST
def ask(request: UserRequest, workspace: Workspace, pk: UUID) -> HttpResponse:
    """Ask what a scenario brings."""
    return _asked(request, find_scenario(request.user, workspace, pk))


@page("balance.plan")
@require_http_methods(FORM)
def new_area(request: UserRequest, workspace: Workspace, pk: UUID) -> HttpResponse:
    """Draw an area into a scenario."""
    found = find_scenario(request.user, workspace, pk)
    run = latest_run(request.user, workspace)
    begins = last_year_of(run) + 1 if run else found.target_year
    initial = {"first_year": begins, "last_year": max(found.target_year - 1, begins)}
    return _drawn(request, found, found.free_name(), {**initial, "expected": found.version}, _("Draw an area"))


@page("balance.plan")
@require_http_methods(FORM)
def edit_area(request: UserRequest, workspace: Workspace, pk: UUID, name: str) -> HttpResponse:
    """Change an area of a scenario."""
    import shapely

    found = find_scenario(request.user, workspace, pk)
    area = found.area(name)
    done = area.action
    initial = {
        "shape": shapely.to_geojson(area.shape),
        "practice": area.practice,
        "intervention": done.intervention,
        "effectiveness": round(done.effectiveness * 100, 6),
        **{"first_year": done.first_year, "last_year": done.last_year, "lag_years": done.lag_years},
        "expected": found.version,
    }
    return _drawn(request, found, name, initial, _("Change area %(name)s") % {"name": name})


@page("balance.plan")
@require_POST
def drop_area(request: UserRequest, workspace: Workspace, pk: UUID, name: str) -> HttpResponse:
    """Take an area out of a scenario."""
    found = find_scenario(request.user, workspace, pk)
    try:
        services.drop_area(request.user, found, name)
    except LandbalanceError as error:
        messages.error(request, spoken(error))
        return redirect(found)
    return _asked(request, found) if found.features else redirect(found)


@page("balance.view")
@require_safe
def compare(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """Lay scenarios side by side."""
    every = list(scenarios_of(request.user, workspace))
    wanted = request.GET.getlist("s")[:BESIDE]
    effects = [effect_of(request.user, each) for each in every if str(each.pk) in wanted]
    known = [each for each in effects if each.answer]
    names = list(dict.fromkeys(row["name"] for each in known for row in each.answer["types"]))
    nets = [{row["name"]: row for row in each.answer["types"]} for each in known]
    rows = [
        (name, next(net[name]["net_before_ha"] for net in nets if name in net), [net.get(name) for net in nets])
        for name in names
    ]
    context = {
        "form": CompareForm(every, initial={"s": wanted}),
        "effects": known,
        "unknown": [each.scenario for each in effects if not each.answer],
        "rows": rows,
        "years": {each.scenario.target_year for each in known},
    }
    return render(request, "balance/compare.html", context)


def _drawn(
    request: UserRequest, found: Scenario, name: str, initial: dict[str, Any], title: str
) -> HttpResponse:  # fmt: skip
    """Show and take the form of an area; then the scenario is worked out again."""
    offers = offers_of(request.user, found.workspace)
    form = AreaForm(offers, name, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.put_area(request.user, found, form.made, expected=form.cleaned_data["expected"])
        except LandbalanceError as error:
            form.add_error(None, spoken(error))
        else:
            return _asked(request, found)
    status = 422 if form.is_bound else 200
    context = {"form": form, "title": title, "scenario": found, "has_areas": bool(found.features)}
    return render(request, "balance/area.html", context, status=status)


def _asked(request: UserRequest, found: Scenario) -> HttpResponse:
    """Let a scenario be worked out, and go to its page; why it cannot be is said there."""
    run = latest_run(request.user, found.workspace)
    if run is not None and found.features:
        try:
            services.ask_for_effect(request.user, found, run, language=language())
        except LandbalanceError as error:
            messages.error(request, spoken(error))
    return redirect(found)


def _said(area: ScenarioArea) -> str:
    """Return an area in one sentence."""
    done = area.action
    return _("%(name)s: %(response)s, %(first)s to %(last)s") % {
        "name": done.id, "response": RESPONSE_WORDS[done.intervention], "first": done.first_year, "last": done.last_year
    }  # fmt: skip
