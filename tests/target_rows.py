"""Targets and actions as tests write them."""

from typing import Any

import shapely

from landbalance.io.action_rows import ActionRow
from landbalance.io.shapes import Drawn
from landbalance.io.target_rows import TargetRow


def target_row(code: str = "T1", **fields: Any) -> TargetRow:
    """Return a row of a target that promises 9,000 ha by 2030."""
    values = {"title": "Better pasture", "declared_area": 9000, "start_year": 2020, "target_year": 2030, **fields}
    return TargetRow.model_validate({"code": code, **values})


def whole_row(code: str = "T1", **fields: Any) -> TargetRow:
    """Return a row that has all that adoption asks for."""
    values = {
        "text": "Improve 9,000 ha of pasture with trees by 2030.",
        "lead": "Ministry of Environment",
        "participation_record": "Workshop of 3 March",
        "baseline": "run of 2015",
        "land_types": "grassland",
        "targeted_actions": "restore_improve_grasslands",
        "responses": "reverse; reduce",
        "drivers": "overgrazing",
        "hotspots": "North",
        "need_usd": 1e6,
        "has_bau_check": True,
        "milestones": "2025=4000",
        "endorsement_body": "Cabinet",
        "endorsement_date": "2024-05-01",
        "endorsement_document": "Decree 12",
        "secured_usd": 5e5,
        "spatial_mode": "admin_units",
        "location": "North district",
    }
    return target_row(code, **{**values, **fields})


def action_row(code: str = "A1", **fields: Any) -> ActionRow:
    """Return a row of an action."""
    return ActionRow.model_validate({"code": code, "title": "Plant trees", "group": "agroforestry", **fields})


def box(west: float, south: float, east: float, north: float) -> Drawn:
    """Return a rectangle in degrees."""
    return Drawn(shapely.box(west, south, east, north))
