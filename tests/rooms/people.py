"""Members, invitations, tokens."""

from landbalance.registry.accounts.services import make_token
from landbalance.registry.workspaces.models import Role
from landbalance.registry.workspaces.services import invite
from people import make_member
from rooms import World


def fill(world: World) -> dict[str, dict[str, object]]:
    """Make a member, an open invitation and a token."""
    member = make_member(world.workspace, Role.TECHNICIAN).memberships.get()
    invitation, key = invite(world.keeper, world.workspace, email="guest@example.org", role=Role.REVIEWER)
    token, _ = make_token(world.keeper, "script", ["read"])
    return {
        "people:remove": {"pk": member.pk},
        "people:withdraw": {"pk": invitation.pk},
        "people:drop_token": {"pk": token.pk},
        "people:accept": {"key": key},
        "people:welcome": {"key": "none"},
    }
