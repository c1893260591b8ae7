"""Practices."""

from landbalance.registry.practices.services import add_practice
from rooms import World


def fill(world: World) -> dict[str, dict[str, object]]:
    """Make a practice."""
    practice = add_practice(world.keeper, world.workspace, {"code": "zai", "name": "Pits"})
    one = {"code": practice.code}
    return {
        "api:practices": {"bodies": {"POST": {"code": "new", "name": "New"}}},
        "api:practices_one": {**one, "bodies": {"PATCH": {"version": 1, "name": "Mine"}}},
        "api:practices_history": one,
        "practices:practice": one,
        "practices:edit": one,
    }
