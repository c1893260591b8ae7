"""Recode polygons, for programs."""

from datetime import datetime
from typing import Any

from landbalance.registry.recodes.models import Recode
from landbalance.web.api.records import records_router
from landbalance.web.api.schemas import RecordOut


class RecodeOut(RecordOut):
    """What experts say of the land inside one area, and what was decided on it."""

    place: str
    process: str
    basis: str
    periods: list[str]
    degraded_to: str
    stable_to: str
    improved_to: str
    links: str
    area_km2: float
    decision: str
    decided_at: datetime | None
    decision_reason: str


def place_of(record: Any) -> Any:
    """Return the area of a recode as GeoJSON."""
    return record.shape


router = records_router(Recode, RecodeOut, name="recodes", view="maps.view", code="pk", place=place_of)
