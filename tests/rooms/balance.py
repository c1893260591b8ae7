"""The balance: a scenario with an area, a loss, and a finished balance, plan and effect with what their pages show."""

import json
from typing import Any

import shapely

from landbalance.planning.scenario import ScenarioPolygon
from landbalance.registry.jobs.models import Job
from landbalance.registry.leases import Status
from landbalance.registry.scenarios.ledger import save_entry
from landbalance.registry.scenarios.models import LedgerEntry, ScenarioArea, Side
from landbalance.registry.scenarios.services import add_scenario, put_area
from rooms import World

PLACE = {"id": "net", "title": "Net", "entries": [{"code": 0, "colour": "#ffffff", "pattern": "", "name": "all"}],
         "sites": [{"name": "North", "code": 0, "text": "well"}]}  # fmt: skip
SECTION = {"id": "balance", "title": "Balance", "sentences": ["So it is."], "charts": [], "maps": [],
           "places": [PLACE], "tables": []}  # fmt: skip


def fill(world: World) -> dict[str, dict[str, object]]:
    """Make a scenario with an area, and what was worked out."""
    scenario = add_scenario(world.keeper, world.workspace, {"name": "Green belt", "target_year": 2030})
    action = ScenarioPolygon("1", "auto", 0.5, 2024, 2026)
    put_area(world.keeper, scenario, ScenarioArea(action, shapely.box(10, 10, 11, 11)))
    one, loss = {"pk": scenario.pk}, {"code": "l1"}
    entry = LedgerEntry(workspace=world.workspace, side=Side.LOSS)
    said = {"code": "l1", "title": "Road", "land_type": "grass", "area_ha": 5.0, "year": 2028}
    save_entry(world.keeper, entry, said)
    jobs = {kind: write_job(world, kind, scenario=str(scenario.pk)) for kind in ("balance", "plan", "scenario")}
    return {
        **{f"balance:{name}": one for name in ("scenario", "edit_scenario", "ask_effect", "areas", "new_area")},
        **{f"balance:{name}": {**one, "name": "1"} for name in ("edit_area", "drop_area")},
        "balance:show": {"pk": jobs["balance"].pk},
        "balance:places": {"pk": jobs["balance"].pk, "name": "net"},
        "balance:plan": {"pk": jobs["plan"].pk},
        "balance:effect": {"pk": jobs["scenario"].pk},
        "balance:new_entry": {"side": "loss"},
        **{f"balance:{name}": loss for name in ("entry", "edit_entry", "permit")},
        **{f"api:ledger_{name}": loss for name in ("one", "history")},
        **{f"api:scenarios_{name}": {"code": str(scenario.pk)} for name in ("one", "history")},
        "api:analyses_one": {"pk": jobs["balance"].pk},
    }


def write_job(world: World, kind: str, **options: object) -> Job:
    """Make a finished job with the least that its page shows."""
    asked: dict[str, Any] = {"run": "r", "to": 2030, "plan": {"target_year": 2030, "practices": []}, **options}
    job = Job.objects.create(
        workspace=world.workspace, created_by=world.keeper, kind=kind, options=asked, digest=kind,
        status=Status.FINISHED, answer={"products": ["balance.csv"], "types": [], "polygons": []},
    )  # fmt: skip
    pages = job.out / "pages"
    pages.mkdir(parents=True, exist_ok=True)
    (pages / "en.json").write_text(json.dumps([SECTION]))
    features = [{"type": "Feature", "properties": {"name": "North"}, "geometry": None}]
    (pages / "sites.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return job
