"""The land of targets: what they cover together, and their areas as GeoJSON for maps."""

from collections.abc import Sequence

import orjson
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from landbalance.core.errors import LandbalanceError
from landbalance.registry.actions import queries
from landbalance.registry.actions.queries import find_action
from landbalance.registry.codes import label
from landbalance.registry.space import Piece
from landbalance.registry.spoken import spoken
from landbalance.registry.targets.outcomes import land_km2
from landbalance.registry.targets.queries import find_target, pieces_for, shared_land, targets_of
from landbalance.registry.workspaces.models import Workspace
from landbalance.web.gate import page


@page("targets.view")
@require_safe
def land(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """Show what the targets cover together, each piece of land once."""
    try:
        found, error = shared_land(targets_of(request.user, workspace), land_km2=land_km2(workspace)), ""
    except LandbalanceError as raised:
        return render(request, "targets/land.html", {"error": spoken(raised)}, status=422)
    groups = (
        ("responses", [(label("responses", name), area) for name, area in found.by_response]),
        ("frameworks", [(label("policy_frameworks", name), area) for name, area in found.by_framework]),
        ("leads", list(found.by_lead)),
    )
    return render(request, "targets/land.html", {"land": found, "groups": groups, "error": error})


@page("targets.view")
@require_safe
def areas(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """Return the areas of all targets a person sees as GeoJSON."""
    found = [_rows(target.pieces(), target.code) for target in targets_of(request.user, workspace)]
    return _answer([row for rows in found for row in rows])


@page("targets.view")
@require_safe
def area(request: HttpRequest, workspace: Workspace, code: str) -> HttpResponse:
    """Return the area of a target as GeoJSON."""
    return _features(pieces_for(request.user, find_target(request.user, workspace, code)), code)


@page("targets.view")
@require_safe
def action_area(request: HttpRequest, workspace: Workspace, code: str) -> HttpResponse:
    """Return the area of an action as GeoJSON."""
    return _features(queries.pieces_for(request.user, find_action(request.user, workspace, code)), code)


def _features(pieces: Sequence[Piece], code: str) -> HttpResponse:
    """Return pieces as GeoJSON."""
    return _answer(_rows(pieces, code))


def _rows(pieces: Sequence[Piece], code: str) -> list[dict[str, object]]:
    """Return pieces as features."""
    return [
        {
            "type": "Feature",
            "properties": {"code": code, "name": piece.name, "area_km2": piece.area_km2},
            "geometry": piece.geometry.__geo_interface__,
        }
        for piece in pieces
    ]


def _answer(features: list[dict[str, object]]) -> HttpResponse:
    """Return features as GeoJSON."""
    body = orjson.dumps({"type": "FeatureCollection", "features": features})
    return HttpResponse(body, content_type="application/geo+json", headers={"Cache-Control": "private, no-cache"})
