"""Targets and actions, for programs that read; `api_changes` adds to their routers what writes."""

from datetime import date
from typing import Any

import shapely
from django.http import HttpRequest, HttpResponse
from ninja import Schema

from landbalance.planning.targets import Reading
from landbalance.registry.actions.models import Action
from landbalance.registry.targets.checks import missing_words
from landbalance.registry.targets.coherence import MOST_OTHERS, misfit_words
from landbalance.registry.targets.models import Target
from landbalance.registry.targets.queries import find_target, states_of, targets_of
from landbalance.web.api.answers import give
from landbalance.web.api.door import enter
from landbalance.web.api.records import records_router
from landbalance.web.api.schemas import PROBLEMS, RecordOut


class TargetOut(RecordOut):
    """A target; areas in its own unit."""

    code: str
    title: str
    text: str
    language: str
    target_type: str
    scope: str
    spatial_mode: str
    location: str
    stage: str
    revision: int
    responses: list[str]
    targeted_actions: list[str]
    indicator: str
    unit: str
    start_value: float | None
    start_year: int | None
    target_value: float | None
    target_year: int | None
    direction: str
    relative: str
    milestones: list[Any]
    parts: list[Any]
    shares: list[Any]
    tolerance: float | None
    failure: float | None
    confidence_low: float | None
    confidence_high: float | None
    land_types: list[str]
    ecosystems: list[str]
    drivers: list[str]
    hotspots: list[str]
    links: list[dict[str, Any]]
    sdg_rank: list[str]
    process: str
    is_ldn: bool
    has_bau_check: bool
    baseline: str
    foresees_net_loss: bool
    net_loss_justification: str
    declared_area: float | None
    area_unit: str
    area_semantics: str
    reached_before: float | None
    lead: str
    partners: list[str]
    need_usd: float | None
    secured_usd: float | None
    finance_sources: str
    legal_basis: str
    endorsement_body: str
    endorsement_level: str
    endorsement_date: date | None
    endorsement_document: str
    participation_record: str
    beneficiary_groups: list[tuple[str, int | None]]
    gender_lens: str
    tenure_note: str
    touches_indigenous_land: bool
    fpic_records: list[str]
    data_licence: str


class ActionOut(RecordOut):
    """An action on the ground."""

    code: str
    title: str
    text: str
    group: str
    measures: list[str]
    practice_code: str
    governance: list[str]
    intensity: str
    location: str
    start_date: date | None
    end_date: date | None
    planned_ha: float | None
    cost_usd: float | None
    funding_source: str
    fund_name: str
    beneficiaries: str
    beneficiary_groups: list[tuple[str, int | None]]
    monitoring: str
    consent_record: str


class ReadingOut(Schema):
    """One side of progress; shares are not clipped, null where it cannot be told."""

    progress: float | None
    expected: float | None
    light: str
    achieved: bool
    is_uncertain: bool


class ProgressOut(Schema):
    """How far a target is, in action and in outcome, with the run and the figures an outcome is from."""

    code: str
    light: str
    year: int | None
    action: ReadingOut | None
    outcome: ReadingOut | None
    proposed_status: str | None
    is_strictly_neutral: bool | None
    failing_land_types: list[str]
    run: str | None
    figures: list[dict[str, Any]]
    missing: list[str]
    does_not_fit: list[str]


def place_of(record: Any) -> Any:
    """Return the land of a record as GeoJSON; None where it has none."""
    shapes = record.shapes()
    return shapely.geometry.mapping(shapely.union_all(shapes)) if shapes else None


targets = records_router(Target, TargetOut, name="targets", view="targets.view", place=place_of)
actions = records_router(Action, ActionOut, name="actions", view="targets.view", place=place_of)


@targets.get(
    "/workspaces/{slug:workspace}/targets/{str:code}/progress",
    response={200: ProgressOut, **PROBLEMS},
    url_name="targets_progress",
)
def read_progress(request: HttpRequest, workspace: str, code: str) -> HttpResponse:
    """Read how far a target is, what it lacks and what does not fit."""
    place = enter(request, workspace, "targets.view")
    target = find_target(request.user, place, code)
    state = states_of(request.user, place, [target])[0]
    kept = max((each for each in target.assessments.all() if each.run), key=lambda each: each.pk, default=None)
    progress, source = state.progress, state.nation if state.nation and state.nation.is_known else kept
    said = ProgressOut(
        code=target.code,
        light=state.light,
        year=progress.year if progress else None,
        action=_reading(progress.action if progress else None),
        outcome=_reading(progress.outcome if progress else None),
        proposed_status=progress.prais if progress else None,
        is_strictly_neutral=progress.is_strictly_neutral if progress else None,
        failing_land_types=list(progress.failing_land_types) if progress else [],
        run=source.run if source else None,
        figures=list(source.figures) if source else [],
        missing=missing_words(target),
        does_not_fit=misfit_words(request.user, target, targets_of(request.user, place)[:MOST_OTHERS]),
    )
    return give(request, said, ProgressOut)


def _reading(found: Reading | None) -> ReadingOut | None:
    """Return one side of progress as it is given."""
    names = ("progress", "expected", "light", "achieved", "is_uncertain")
    return None if found is None else ReadingOut(**{name: getattr(found, name) for name in names})
