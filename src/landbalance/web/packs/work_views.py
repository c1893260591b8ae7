"""Packs on the way: how far a build is, pause and go on, and what a comparison of two layers found."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from landbalance.core.errors import LandbalanceError
from landbalance.engine.pack_work import PAUSED
from landbalance.registry.jobs.models import Job
from landbalance.registry.jobs.queries import find_job
from landbalance.registry.packs import queries, services
from landbalance.registry.spoken import spoken
from landbalance.registry.workspaces.models import Workspace
from landbalance.web.gate import UserRequest, page
from landbalance.web.jobs.views import about
from landbalance.web.packs.words import ROLES, STATISTICS, classes_of, legend_of, said_gap

PICTURES = ("first", "difference", "second")


@page("packs.view")
@require_safe
def work(request: HttpRequest, workspace: Workspace, pk: UUID) -> HttpResponse:
    """Show how far a build, an export or an import is."""
    return render(request, "packs/work.html", _about(request, find_job(request.user, workspace, pk, *services.KINDS)))


@page("packs.view")
@require_safe
def state(request: HttpRequest, workspace: Workspace, pk: UUID) -> HttpResponse:
    """Show the part of that page that is asked for again and again."""
    job = find_job(request.user, workspace, pk, *services.KINDS)
    answer = render(request, "packs/state.html", _about(request, job))
    if not job.is_moving:
        answer["HX-Refresh"] = "true"
    return answer


@page("packs.build")
@require_POST
def pause(request: UserRequest, workspace: Workspace, pk: UUID) -> HttpResponse:
    """Pause a build, or end other work."""
    job = find_job(request.user, workspace, pk, *services.KINDS)
    services.pause_pack(request.user, job)
    return redirect(job)


@page("packs.build")
@require_POST
def go_on(request: UserRequest, workspace: Workspace, pk: UUID) -> HttpResponse:
    """Take up a build."""
    job = find_job(request.user, workspace, pk, *services.KINDS)
    try:
        job = services.go_on(request.user, job)
    except LandbalanceError as error:
        messages.error(request, spoken(error))
    return redirect(job)


@page("packs.build")
@require_POST
def drop_begun(request: UserRequest, workspace: Workspace, name: str) -> HttpResponse:
    """Throw an unfinished pack away."""
    try:
        services.drop_begun(request.user, workspace, queries.find_begun(request.user, workspace, name))
    except LandbalanceError as error:
        messages.error(request, spoken(error))
    else:
        messages.success(request, _("The unfinished pack is gone."))
    return redirect("packs:index", workspace.slug)


@page("packs.view")
@require_safe
def difference(request: HttpRequest, workspace: Workspace, pk: UUID) -> HttpResponse:
    """Show two layers side by side with their difference."""
    job = find_job(request.user, workspace, pk, services.COMPARE)
    found: dict[str, Any] = _about(request, job)
    titles, places = job.options["titles"], job.options["places"]
    found |= {"titles": titles, "role": ROLES.get(job.options["role"], job.options["role"])}
    if job.is_finished:
        answer = job.answer
        labels = dict(zip(PICTURES, (titles[0], _("Difference"), titles[1]), strict=True))
        found |= {
            "answer": answer,
            "pictures": [
                (labels[name], f"{name}.png", legend_of(answer["maps"][name], answer["unit"]))
                for name in PICTURES
                if f"{name}.png" in job.products
            ],
            "classes": classes_of(answer),
            "total_km2": sum(answer["classes"].values()),
            "statistics": [(label, name, (answer.get("statistics") or {}).get(name)) for name, label in STATISTICS],
            "beside": next((key.partition(":")[2] for key in job.options["keys"] if key.startswith("beside:")), ""),
            "packs": [place for place in places if place not in ("used", "beside")],
        }
    return render(request, "packs/difference.html", found)


def _about(request: HttpRequest, job: Job) -> dict[str, Any]:
    """Return what the page of a piece of work says."""
    found: dict[str, Any] = about(request, job) | {"is_build": job.kind == services.BUILD}
    if not found["is_build"]:
        return found
    iso3 = str(job.options["iso3"]).upper()
    begun = next(
        (each for each in queries.begun_of(request.user, job.workspace) if each.order.get("iso3") == iso3), None
    )
    found |= {
        "begun": begun,
        "there": [(ROLES.get(layer["role"], layer["role"]), layer) for layer in begun.layers] if begun else [],
        "mirrors": [
            LandbalanceError(each["template"], hint=each["hint"], **each["fields"])
            for each in job.answer.get("mirrors", ())
        ],
        "is_paused": job.is_finished and job.answer.get("state") == PAUSED,
        "gaps": [
            said_gap(gap["role"], str(gap.get("years", "")), gap["reason"], gap["advice"], gap.get("detail", ""))
            for gap in (job.answer.get("gaps") or (begun.gaps if begun else ()))
        ],
    }
    return found
