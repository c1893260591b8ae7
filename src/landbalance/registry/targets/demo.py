"""Invented targets and actions for the invented country, so that its pages have something to show."""

from datetime import date
from typing import TYPE_CHECKING, Any

import shapely
from django.db import transaction

from landbalance.core.errors import LandbalanceError
from landbalance.io.action_rows import ActionRow
from landbalance.io.demo.outline import district_outlines
from landbalance.io.shapes import Drawn
from landbalance.io.target_rows import TargetRow
from landbalance.registry.actions import services as actions
from landbalance.registry.targets import services
from landbalance.registry.targets.models import Target
from landbalance.registry.targets.outcomes import assess_from_run
from landbalance.registry.workspaces.models import Workspace

if TYPE_CHECKING:
    from landbalance.registry.accounts.models import User

COMMON: dict[str, Any] = {
    "lead": "Ministry of Land (invented)",
    "participation_record": "Workshops in all districts, 2018 (invented)",
    "baseline": "Baseline 2000 to 2015",
    "endorsement_body": "Cabinet (invented)",
    "endorsement_level": "cabinet",
    "endorsement_date": "2019-06-17",
    "endorsement_document": "Decree 12 of 2019 (invented)",
    "has_bau_check": True,
    "process": "tsp1",
}
TARGETS: tuple[dict[str, Any], ...] = (
    {
        "code": "T1",
        "title": "No net loss of land by 2030",
        "text": "By 2030 no more land of Demoland is degraded than in 2015.",
        "target_type": "neutrality",
        "scope": "national",
        "start_year": 2015,
        "target_year": 2030,
        "responses": "avoid; reduce; reverse",
        "targeted_actions": "general_or_unspecified",
        "drivers": "overgrazing; cropland expansion",
        "hotspots": "Sandreach",
        "need_usd": 120e6,
        "secured_usd": 30e6,
        "links": "sdg:15.3:same_commitment:high; gbf:2:contributes_to:medium",
    },
    {
        "code": "T2",
        "title": "Restore the dry hills of Southvale",
        "text": "By 2030 restore 78,000 ha of degraded grassland in the hills of Southvale.",
        "target_type": "area_outcome",
        "start_year": 2016,
        "target_year": 2030,
        "spatial_mode": "polygon",
        "declared_area": 78_000,
        "responses": "reverse",
        "land_types": "grassland",
        "targeted_actions": "restore_improve_grasslands",
        "drivers": "overgrazing",
        "hotspots": "Southvale",
        "milestones": "2022=20000; 2026=40000",
        "need_usd": 24e6,
        "secured_usd": 9e6,
        "links": "gbf:2:same_commitment:high; pledges:un_decade_ferm:contributes_to",
    },
    {
        "code": "T3",
        "title": "Trees on the pastures of Lakeland",
        "text": "By 2028 improve 9,000 ha of pasture in Lakeland with trees.",
        "target_type": "area_action",
        "start_year": 2020,
        "target_year": 2028,
        "area_semantics": "envelope",
        "spatial_mode": "admin_units",
        "declared_area": 9000,
        "responses": "reduce; reverse",
        "land_types": "grassland",
        "targeted_actions": "increase_tree_cover",
        "drivers": "fuelwood",
        "hotspots": "Lakeland",
        "milestones": "2024=4000",
        "need_usd": 6e6,
        "secured_usd": 6e6,
        "links": "unfccc:ndc_afolu:contributes_to:high; national:livestock",
    },
    {
        "code": "T4",
        "title": "Land-use plans in all districts",
        "text": "By 2027 each of the six districts has a land-use plan that counts losses against gains.",
        "target_type": "capacity",
        "indicator": "Districts with a plan in force",
        "unit": "plans",
        "start_value": 0,
        "start_year": 2019,
        "target_value": 6,
        "target_year": 2027,
        "responses": "avoid",
        "targeted_actions": "reduce_halt_conversion_to_other_cover",
        "drivers": "urban expansion",
        "milestones": "2023=2",
        "links": "gbf:1:same_commitment; national:land_use",
    },
)
ACTIONS: tuple[tuple[dict[str, Any], tuple[tuple[date, float], ...]], ...] = (
    (
        {
            "code": "A1",
            "title": "Area closure on the eastern slopes",
            "group": "area_closure",
            "measures": "M2; V2",
            "start_date": "2018-03-01",
            "planned_ha": 25_000,
            "cost_usd": 4e6,
            "funding_source": "international_public",
            "targets": "T2",
        },
        ((date(2020, 12, 31), 9000), (date(2023, 12, 31), 21_000)),
    ),
    (
        {
            "code": "A2",
            "title": "Stone lines and sowing of grass",
            "group": "cross_slope_measure",
            "measures": "S2; V2",
            "start_date": "2019-01-01",
            "planned_ha": 12_000,
            "cost_usd": 5e6,
            "funding_source": "domestic_public",
            "targets": "T2; T1",
        },
        ((date(2023, 12, 31), 4500),),
    ),
    (
        {
            "code": "A3",
            "title": "Trees on pasture with herders' groups",
            "group": "agroforestry",
            "measures": "V1; M2",
            "start_date": "2021-01-01",
            "planned_ha": 9000,
            "cost_usd": 6e6,
            "funding_source": "mixed",
            "targets": "T3",
        },
        ((date(2022, 12, 31), 1500), (date(2025, 10, 31), 5200)),
    ),
)
BOXES = {"T2": "Southvale", "T3": "Lakeland", "A1": "Southvale", "A2": "Southvale", "A3": "Lakeland"}
SHARES = {
    "T2": (0.25, 0.0, 0.5, 0.5),
    "T3": (0.0, 0.0, 1.0, 1.0),
    "A1": (0.27, 0.15, 0.38, 0.45),
    "A2": (0.4, 0.15, 0.48, 0.4),
}
STAGES = ("proposed", "consulted", "validated", "adopted", "in_implementation")


@transaction.atomic
def set_demo_targets(actor: "User", workspace: Workspace) -> list[Target]:
    """Give the invented country its targets and actions; a country that has targets keeps them and gets none.

    Raises
    ------
    AccessError
        If the actor may not write targets here.
    """
    if Target._base_manager.filter(workspace=workspace).exists():
        return []
    made = []
    for said in TARGETS:
        row = TargetRow.model_validate({**COMMON, **said})
        made.append(services.add_target(actor, workspace, row, pieces=_area(said["code"])))
    for words, reports in ACTIONS:
        action = actions.add_action(actor, workspace, ActionRow.model_validate(words), pieces=_area(words["code"]))
        for day, done_ha in reports:
            actions.report_progress(actor, action, day=day, done_ha=done_ha, note="invented")
    for target in made[:3]:
        for stage in STAGES:
            services.move_target(actor, target, stage)
    services.assess_target(actor, made[3], year=2025, source="Count of the ministry (invented)", value=3.0)
    for target in made[:2]:
        try:
            with transaction.atomic():
                assess_from_run(actor, target)
        except LandbalanceError:  # nothing was run yet: the page says so
            continue
    return made


def _area(code: str) -> tuple[Drawn, ...]:
    """Return the area of a target or action: a part of a district's frame, cut by its outline."""
    if code not in BOXES:
        return ()
    outline = district_outlines()[BOXES[code]]
    west, south, east, north = outline.bounds
    left, low, right, high = SHARES.get(code, (0.1, 0.1, 0.9, 0.9))
    width, height = east - west, north - south
    frame = shapely.box(west + left * width, south + low * height, west + right * width, south + high * height)
    return (Drawn(shapely.intersection(outline, frame)),)
