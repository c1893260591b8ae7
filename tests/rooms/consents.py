"""Consents."""

from landbalance.registry.consents.services import add_consent
from landbalance.registry.records import Visibility
from landbalance.registry.workspaces.custodians import add_custodian, name_steward
from landbalance.registry.workspaces.models import Role
from people import make_member
from rooms import World


def fill(world: World) -> dict[str, dict[str, object]]:
    """Make a consent that its custodian has opened to members."""
    steward = make_member(world.workspace, Role.COMMUNITY_STEWARD)
    values = {"code": "c", "title": "Map", "visibility": Visibility.MEMBERS}
    one = {"code": add_consent(steward, world.workspace, values).code}
    custodian = add_custodian(world.keeper, world.workspace, name="Ostra")
    speaker = name_steward(world.keeper, custodian, make_member(world.workspace).username)
    kept = {"pk": custodian.pk}
    return {
        **{f"consents:{name}": kept for name in ("custodian", "name_steward", "invite_steward")},
        "consents:dismiss_steward": {**kept, "steward": speaker.pk},
        "api:consents": {"bodies": {"POST": {"code": "new", "title": "New"}}},
        "api:consents_one": {**one, "bodies": {"PATCH": {"version": 1, "title": "Mine"}}},
        "api:consents_history": one,
        "api:consents_withdraw": {**one, "bodies": {"POST": {"version": 1}}},
        "consents:consent": one,
        "consents:edit": one,
        "consents:withdraw": one,
    }
