"""Recode polygons."""

import json

from django.conf import settings

from landbalance.registry.recodes.services import propose_recode
from landbalance.registry.workspaces.models import Role
from landbalance.registry.workspaces.services import folder_of
from people import make_member
from rooms import World
from rooms.runs import write_country

SHAPE = '{"type":"Polygon","coordinates":[[[10,10],[11,10],[11,11],[10,11],[10,10]]]}'


def fill(world: World) -> dict[str, dict[str, object]]:
    """Propose a recode."""
    write_country(folder_of(world.workspace, settings.INSTALLATION))
    recode = propose_recode(
        make_member(world.workspace, Role.TECHNICIAN), world.workspace, place="Hill", shape=SHAPE, process="fire",
        basis="visit", periods=["baseline"], degraded_to="0",
    )  # fmt: skip
    sent = {"place": "Vale", "shape": json.loads(SHAPE), "process": "fire", "basis": "visit"}
    sent |= {"periods": ["baseline"], "degraded_to": "0"}
    return {
        **{f"recodes:{name}": {"pk": recode.pk} for name in ("show", "decide")},
        **{f"api:recodes_{name}": {"code": str(recode.pk)} for name in ("one", "history")},
        "api:recodes": {"bodies": {"POST": sent}},
        "api:recodes_decide": {
            "pk": recode.pk,
            "bodies": {"POST": {"version": 1, "decision": "rejected", "reason": "No"}},
        },
    }
