"""Read targets: lists, progress, land they share, money and plans they go with."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import shapely
from django.db.models import Q, QuerySet
from django.utils import timezone

from landbalance.core.errors import LandbalanceError, NotFoundError
from landbalance.planning.targets import LandTypeNet, Measurement, Overlap, TargetProgress, overlap, target_progress
from landbalance.planning.targets.overlap import roll_up
from landbalance.registry.records import find, shows_place
from landbalance.registry.space import Box, SpatialIndex
from landbalance.registry.spoken import spoken
from landbalance.registry.targets.models import Assessment, Target, TargetArea, TargetSet
from landbalance.registry.targets.nation import Nation, is_national, nation_of
from landbalance.registry.workspaces.models import Workspace

if TYPE_CHECKING:
    from landbalance.registry.access import Actor
    from landbalance.registry.actions.models import Action

KM2_PER_HA = 0.01


@dataclass(frozen=True)
class TargetState:
    """A target with how far it is; `doubt` says in words why that cannot be told.

    Parameters
    ----------
    nation : Nation or None
        What the latest run says of the country, for targets that are judged by it.
    """

    target: Target
    progress: TargetProgress | None
    doubt: str = ""
    nation: Nation | None = None

    @property
    def light(self) -> str:
        """Return the light of the side the target is about: the outcome where there is one, else the action."""
        if self.progress is None:
            return "no_data"
        readings = (self.progress.outcome, self.progress.action)
        told = [each for each in readings if each is not None and each.light != "no_data"]
        return told[0].light if told else "no_data"


@dataclass(frozen=True)
class SharedLand:
    """What the targets of a workspace cover together, with roll-ups that are never added to each other."""

    found: Overlap
    by_response: tuple[tuple[str, float], ...]
    by_framework: tuple[tuple[str, float], ...]
    by_lead: tuple[tuple[str, float], ...]
    doubts: tuple[str, ...] = ()


def targets_of(actor: "Actor", workspace: Workspace) -> "QuerySet[Target]":
    """Return the targets of a workspace that a person sees, with all that a list needs read at once."""
    seen = Target.objects.for_user(actor).in_workspace(workspace).select_related("workspace", "target_set", "parent")
    return seen.prefetch_related("assessments", "areas", "actions__progress", "actions__areas")


def sets_of(actor: "Actor", workspace: Workspace) -> "QuerySet[TargetSet]":
    """Return the sets of targets of a workspace that a person sees."""
    return TargetSet.objects.for_user(actor).in_workspace(workspace)


def filtered(
    found: "QuerySet[Target]", *, words: str = "", stage: str = "", target_type: str = "", box: Box | None = None
) -> "QuerySet[Target]":
    """Return the targets with words in title, text, code or place, of a stage and type, or touching a box."""
    if words:
        texts = ("code", "title", "text", "location", "lead")
        asked = Q()
        for name in texts:
            asked |= Q(**{f"{name}__icontains": words})
        found = found.filter(asked)
    if stage:
        found = found.filter(stage=stage)
    if target_type:
        found = found.filter(target_type=target_type)
    if box is not None:
        near = SpatialIndex(TargetArea).touching(box).filter(until=None)
        found = found.filter(pk__in=near.values("target_id"))
    return found


def find_target(actor: "Actor", workspace: Workspace, code: str) -> Target:
    """Return one target a person sees.

    Raises
    ------
    NotFoundError
        If there is none, for this person.
    """
    return find(Target, actor, workspace=workspace, code=code)


def pieces_for(actor: "Actor", target: Target) -> list[TargetArea]:
    """Return the pieces of a target that a person may see on a map; none where its place is kept."""
    return target.pieces() if shows_place(actor, target) else []


def find_assessment(target: Target, pk: int | None) -> Assessment | None:
    """Return an assessment of a target.

    Raises
    ------
    NotFoundError
        If it has no such assessment.
    """
    if pk is None:
        return None
    found: Assessment | None = target.assessments.filter(pk=pk).first()
    if found is None:
        raise NotFoundError(
            "target {code} has no assessment {pk}", code=target.code, pk=pk, hint="choose one of its own"
        )
    return found


def states_of(actor: "Actor", workspace: Workspace, targets: Iterable[Target]) -> list[TargetState]:
    """Return how far targets are; those of neutrality in the nation take what the latest run says, by themselves."""
    every = list(targets)
    nation = nation_of(actor, workspace) if any(is_national(each) for each in every) else None
    return [state_of(each, nation=nation if is_national(each) else None) for each in every]


def state_of(target: Target, year: int | None = None, *, nation: Nation | None = None) -> TargetState:
    """Return how far a target is, in action and in outcome.

    Parameters
    ----------
    year : int or None
        The year; the present one when None.
    nation : Nation or None
        What a run says of the country, which takes the place of what was taken from an older one.
    """
    year = year or timezone.localdate().year
    actions = [each for each in target.actions.all() if each.deleted_at is None]
    try:
        claim = target.as_claim(tuple(each.code for each in actions))
        measured = measurement_of(target, actions, year, nation)
        if measured is None:
            return TargetState(target, None, nation=nation)
        moved = target.revision_reason == "deadline_moved" or target.stage == "extended_or_postponed"
        return TargetState(target, target_progress(claim, measured, deadline_moved=moved), nation=nation)
    except LandbalanceError as error:
        return TargetState(target, None, spoken(error), nation)


def measurement_of(
    target: Target, actions: "Sequence[Action]", year: int, nation: Nation | None = None
) -> Measurement | None:
    """Return what is known of a target by a year: its latest assessment or the nation's, and its land under actions.

    What a person has typed for the same year or later stands before what a run says.
    """
    known = [each for each in target.assessments.all() if each.year <= year]
    latest: Assessment | None = max(known, key=lambda each: (each.year, each.pk)) if known else None
    done = action_km2(actions, year)
    if nation is not None and nation.is_known and nation.year <= year and not _stands(latest, nation):
        return Measurement(year=nation.year, action_km2=done, action_year=_first_year(actions), **nation.values())
    if latest is None and done is None:
        return None
    values = {} if latest is None else {name: getattr(latest, name) for name in ("value", "low", "high")}
    areas = ("outcome_km2", "degraded_km2", "baseline_degraded_km2", "expected_loss_km2")
    values |= {} if latest is None else {name: getattr(latest, name) for name in areas}
    nets = () if latest is None else tuple(LandTypeNet(name, net) for name, net in latest.nets)
    return Measurement(
        year=year if latest is None or done is not None else latest.year,
        action_km2=done,
        action_year=_first_year(actions),
        nets=nets,
        **values,
    )


def _stands(latest: Assessment | None, nation: Nation) -> bool:
    """Return whether an assessment stands before what the latest run says: a person's own, of that year or later."""
    return latest is not None and not latest.run and latest.year >= nation.year


def _first_year(actions: "Sequence[Action]") -> int | None:
    """Return when most was treated, by the actions that have reported."""
    days = [day for each in actions if (day := each.last_day()) is not None]
    return min(days).year if days else None


def action_km2(actions: "Sequence[Action]", year: int) -> float | None:
    """Return the land under actions by the end of a year [km2], each piece once as far as their shapes tell.

    What actions report is added up; where all have shapes, it is never more than their shapes cover together.
    """
    from datetime import date

    done = [(each, each.done_ha(date(year, 12, 31))) for each in actions]
    begun = [(each, area) for each, area in done if area is not None]
    if not begun:
        return None
    total = sum(area for _, area in begun) * KM2_PER_HA
    shapes = [each.shapes() for each, area in begun if area]
    if shapes and all(shapes):
        from landbalance.io.shapes import area_km2

        total = min(total, area_km2(shapely.union_all([piece for pieces in shapes for piece in pieces])))
    return float(total)


def shared_land(targets: Iterable[Target], *, land_km2: float | None = None) -> SharedLand:
    """Return what targets cover together, each piece of land once."""
    claims, shapes, doubts = [], {}, []
    told: list[Target] = []
    for target in targets:
        try:
            claim, promised = target.as_claim(()), target.promised_km2()
        except LandbalanceError as error:
            doubts.append(spoken(error))
            continue
        if promised is None and not target.shape_digest:
            continue
        claims.append(claim)
        told.append(target)
        if pieces := target.shapes():
            shapes[target.code] = shapely.union_all(pieces)
    found = overlap(claims, shapes, land_km2=land_km2)
    return SharedLand(
        found,
        roll_up(found, _groups((each.code, each.responses) for each in told)),
        roll_up(found, _groups((each.code, [link["framework"] for link in each.links]) for each in told)),
        roll_up(found, _groups((each.code, [each.lead] if each.lead else []) for each in told)),
        tuple(doubts),
    )


def _groups(pairs: Iterable[tuple[str, Iterable[str]]]) -> dict[str, list[str]]:
    """Return the targets of each group."""
    groups: dict[str, list[str]] = defaultdict(list)
    for code, names in pairs:
        for name in dict.fromkeys(names):
            groups[name].append(code)
    return dict(sorted(groups.items()))
