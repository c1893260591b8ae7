"""Which recodes a person sees, and what they would change."""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from landbalance.core.errors import LandbalanceError
from landbalance.core.periods import CYCLE_2026
from landbalance.engine.recode_effect import Effect, recode_effect
from landbalance.io.workspace import load_workspace
from landbalance.registry.recodes.models import Decision, Recode
from landbalance.registry.records import find
from landbalance.registry.runs.models import Run
from landbalance.registry.runs.queries import latest_of
from landbalance.registry.workspaces.models import Workspace
from landbalance.registry.workspaces.services import folder_of

if TYPE_CHECKING:
    from landbalance.registry.access import Actor


@dataclass(frozen=True)
class Preview:
    """What a recode would change in the latest run; `fault` where that cannot be told."""

    run: Run | None
    effects: tuple[Effect, ...] = ()
    fault: LandbalanceError | None = None


def recodes_of(actor: "Actor", workspace: Workspace) -> QuerySet[Recode]:
    """Return the recodes a person sees, latest first."""
    rows: QuerySet[Recode] = Recode.objects.for_user(actor).in_workspace(workspace)
    return rows.select_related("created_by", "decided_by", "workspace")


def find_recode(actor: "Actor", workspace: Workspace, pk: UUID) -> Recode:
    """Return one recode a person sees.

    Raises
    ------
    NotFoundError
        If there is none, or the person may not see it.
    """
    return find(Recode, actor, workspace=workspace, pk=pk)


def periods_of(workspace: Workspace) -> tuple[str, ...]:
    """Return the names of the periods of a workspace, the baseline first; those of the cycle without a file."""
    try:
        described = load_workspace(folder_of(workspace, settings.INSTALLATION)).periods
    except LandbalanceError:
        described = CYCLE_2026
    return tuple(period.name for period in described)


def preview_of(actor: "Actor", recode: Recode) -> Preview:
    """Return what a recode would change, counted on the latest run the person sees."""
    run = latest_of(actor, recode.workspace)
    if run is None:
        return Preview(None)
    try:
        feature = recode.as_feature(periods_of(recode.workspace))
        return Preview(run, tuple(recode_effect(run.result, feature, recode.as_polygons())))
    except LandbalanceError as error:
        return Preview(run, fault=error)


def overlapping(recode: Recode) -> list[Recode]:
    """Return the accepted recodes that share land with one: where they do, the later one counts."""
    [shape] = recode.as_polygons().geometries
    others = Recode.objects.in_workspace(recode.workspace).filter(decision=Decision.ACCEPTED, deleted_at=None)
    return [
        other
        for other in others.exclude(pk=recode.pk)
        if other.as_polygons().geometries[0].intersection(shape).area > 0
    ]
