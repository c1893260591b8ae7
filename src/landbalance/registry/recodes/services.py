"""Propose a recode, accept or reject what somebody else has proposed, and write the accepted ones for the engine."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from landbalance.core.errors import InputError, LandbalanceError, RuleError
from landbalance.io.files import write_text
from landbalance.io.recodes import read_recodes
from landbalance.io.register import set_file
from landbalance.io.vector import Polygons, geodesic_area_km2
from landbalance.io.workspace import load_workspace
from landbalance.registry.access import require
from landbalance.registry.audit.services import record
from landbalance.registry.consents.queries import check_free
from landbalance.registry.recodes.models import Decision, Recode
from landbalance.registry.recodes.queries import periods_of
from landbalance.registry.records import State
from landbalance.registry.runs.maps import parse_shape
from landbalance.registry.spoken import spoken
from landbalance.registry.workspaces.models import Workspace
from landbalance.registry.workspaces.services import folder_of

if TYPE_CHECKING:
    from landbalance.registry.accounts.models import User

FILE = "recodes.geojson"


@transaction.atomic
def propose_recode(actor: "User", workspace: Workspace, *, shape: str, **fields: Any) -> Recode:
    """Propose a recode; it changes no figure until somebody else accepts it.

    Parameters
    ----------
    actor, workspace
        Who, and where.
    shape : str
        The area as GeoJSON, in longitude and latitude.
    **fields : object
        `place`, `process`, `basis`, `periods`, `degraded_to`, `stable_to`, `improved_to`, `links`.

    Raises
    ------
    AccessError
        If the actor may not propose recodes.
    InputError
        If the shape is no area, no period is named, no reason is given, or nothing would change.
    """
    require(actor, "recodes.propose", workspace)
    area, _note = parse_shape(shape)
    recode = Recode(workspace=workspace, created_at=timezone.now(), **fields)
    recode.set_shape(area, geodesic_area_km2(Polygons((area,), ("",), ("",), "EPSG:4326")))
    recode.as_feature(periods_of(workspace))
    recode.move(State.REVIEW)
    recode.save_revision(by=actor, reason="proposed")
    record(actor, "recodes.proposed", recode.pk, workspace=workspace)
    return recode


@transaction.atomic
def decide_recode(actor: "User", recode: Recode, *, decision: str, reason: str, expected: int | None = None) -> None:
    """Accept or reject a recode that somebody else has proposed; the engine's file is written anew.

    Raises
    ------
    AccessError
        If the actor may not decide.
    RuleError
        If it is the actor's own, no reason is given, it is decided already, or touches land of a people that has not
        given its consent.
    ConflictError
        If somebody else has saved it meanwhile.
    """
    require(actor, "recodes.decide", recode.workspace)
    if recode.created_by_id == actor.pk:
        raise RuleError(
            "{place} is your own proposal", place=recode.place, hint="somebody else must accept or reject it"
        )
    if not reason.strip():
        raise RuleError("no reason is given for {place}", place=recode.place, hint="write why")
    if decision == Decision.ACCEPTED:
        check_free(recode)
    recode.decide(decision)
    recode.decided_by, recode.decided_at, recode.decision_reason = actor, timezone.now(), reason.strip()
    recode.save_revision(by=actor, reason=reason, expected=expected)
    write_accepted(recode.workspace)
    record(actor, f"recodes.{decision}", recode.pk, workspace=recode.workspace)


def write_accepted(workspace: Workspace) -> Path:
    """Write the accepted recodes into the workspace, behind those its file had before; the next run uses them.

    Where none is accepted and there is no file, none is written.

    Raises
    ------
    InputError
        If the file cannot be written, or what it has cannot be read.
    """
    folder = folder_of(workspace, settings.INSTALLATION)
    described = load_workspace(folder)
    periods = tuple(period.name for period in described.periods)
    place = Path(described.recodes) if described.recodes else folder / "data" / FILE
    ours = Recode.objects.in_workspace(workspace)
    known = {str(pk) for pk in ours.values_list("pk", flat=True)}
    kept = [feature for feature in _features(place) if _identity(feature) not in known]
    accepted = ours.filter(decision=Decision.ACCEPTED, deleted_at=None).order_by("decided_at")
    features = [*kept, *(recode.as_geojson(periods) for recode in accepted)]
    if folder not in place.resolve().parents:
        place = folder / "data" / FILE
    if not features and not place.is_file():
        return place
    place.parent.mkdir(parents=True, exist_ok=True)
    write_text(place, json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False) + "\n")
    read_recodes(place, periods)
    if Path(described.recodes or "/") != place:
        set_file(folder, "recodes", str(place))
    return place


def _features(place: Path) -> list[dict[str, Any]]:
    """Return the features of a recodes file; none where there is no file."""
    if not place.is_file():
        return []
    try:
        return list(json.loads(place.read_text(encoding="utf-8"))["features"])
    except (ValueError, KeyError, TypeError) as error:
        raise InputError("{path} cannot be read as GeoJSON", path=place.name, hint="mend it first") from error


def _identity(feature: dict[str, Any]) -> str:
    """Return what tells a feature from others."""
    return str((feature.get("properties") or {}).get("uuid") or feature.get("id") or "")


def file_notes(workspace: Workspace) -> tuple[str, ...]:
    """Return what the recodes file of a workspace gives to think about, such as overlaps."""
    folder = folder_of(workspace, settings.INSTALLATION)
    try:
        described = load_workspace(folder)
        if not described.recodes:
            return ()
        return read_recodes(described.recodes, tuple(period.name for period in described.periods)).notes
    except LandbalanceError as error:
        return (spoken(error),)
