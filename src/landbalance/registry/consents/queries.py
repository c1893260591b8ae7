"""Which consents a person sees, and which of them make a plan wait."""

from typing import TYPE_CHECKING

from landbalance.registry.access import require
from landbalance.registry.consents.models import Consent
from landbalance.registry.consents.services import territory
from landbalance.registry.records import RecordQuerySet
from landbalance.registry.workspaces.models import Workspace

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from landbalance.registry.access import Actor


def consents_of(actor: "Actor", workspace: Workspace) -> RecordQuerySet:
    """Return the consents of a workspace that a person sees.

    Raises
    ------
    AccessError
        If the actor may see none.
    """
    require(actor, "consents.view", workspace)
    return Consent.objects.for_user(actor).in_workspace(workspace).select_related("custodian", "workspace")


def is_blocked(workspace: Workspace, geometry: "BaseGeometry") -> bool:
    """Return whether a target, action or layer touches a territory whose people has not given consent (reporting F.4).

    It says nothing of which people or where: that can be secret.
    """
    waiting = Consent.objects.filter(workspace=workspace, kind=Consent.Kind.COLLECTIVE, deleted_at=None)
    return any(
        each.scope is not None and each.blocks_adoption() and territory(each).intersects(geometry) for each in waiting
    )
