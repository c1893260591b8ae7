"""Targets and actions, for programs."""

from datetime import date
from typing import Any

import shapely
from ninja import Router

from landbalance.registry.actions.models import Action
from landbalance.registry.targets.models import Target
from landbalance.web.api.records import records_router
from landbalance.web.api.schemas import RecordOut


class TargetOut(RecordOut):
    """A target; areas in its own unit."""

    code: str
    title: str
    text: str
    language: str
    target_type: str
    scope: str
    stage: str
    revision: int
    responses: list[str]
    indicator: str
    unit: str
    start_value: float | None
    start_year: int | None
    target_value: float | None
    target_year: int | None
    declared_area: float | None
    area_unit: str
    lead: str
    need_usd: float | None
    secured_usd: float | None
    data_licence: str


class ActionOut(RecordOut):
    """An action on the ground."""

    code: str
    title: str
    text: str
    group: str
    measures: list[str]
    start_date: date | None
    end_date: date | None
    planned_ha: float | None
    cost_usd: float | None
    funding_source: str


def place_of(record: Any) -> Any:
    """Return the land of a record as GeoJSON; None where it has none."""
    shapes = record.shapes()
    return shapely.geometry.mapping(shapely.union_all(shapes)) if shapes else None


router = Router()
router.add_router("", records_router(Target, TargetOut, name="targets", view="targets.view", place=place_of))
router.add_router("", records_router(Action, ActionOut, name="actions", view="targets.view", place=place_of))
