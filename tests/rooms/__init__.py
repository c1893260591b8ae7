"""How the addresses of each room are filled for the matrix of strangers: a module for each room, with one function.

    def fill(world: World) -> dict[str, dict[str, object]]

It makes real records in `world.workspace`, a country its visitors have nothing to do with, and returns for the name of
each address that takes more than a workspace what stands in it: `{"people:remove": {"pk": member.pk}}`. Where a page
needs what is not made here (the files of a run, a form of one's own), it is marked "is_bare": its own members may find
nothing there. Where a program sends a body, it stands under "bodies", by method, and would be taken from a member.
"""

import importlib
import pkgutil
from dataclasses import dataclass

from landbalance.registry.accounts.models import User
from landbalance.registry.workspaces.models import Workspace


@dataclass(frozen=True)
class World:
    """The country of others, and its focal point."""

    workspace: Workspace
    keeper: User


def filled(world: World) -> dict[str, dict[str, object]]:
    """Return what every room puts into its addresses."""
    found: dict[str, dict[str, object]] = {}
    for each in pkgutil.iter_modules(__path__):
        found |= importlib.import_module(f"rooms.{each.name}").fill(world)
    return found
