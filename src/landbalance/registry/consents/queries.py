"""Which consents a person sees, and which of them make a plan wait."""

from typing import TYPE_CHECKING

from landbalance.core.errors import RuleError
from landbalance.registry.access import require
from landbalance.registry.consents.models import Consent, ConsentUse
from landbalance.registry.consents.services import territory
from landbalance.registry.records import RecordQuerySet
from landbalance.registry.workspaces.models import Workspace

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from landbalance.registry.access import Actor
    from landbalance.registry.records import WorkspaceRecord


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
    return any(each.intersects(geometry) for each in waiting_territories(workspace))


def waiting_territories(workspace: Workspace) -> "list[BaseGeometry]":
    """Return the territories whose people has not given consent, or has taken it back; for checks, never for pages."""
    found = Consent.objects.filter(workspace=workspace, kind=Consent.Kind.COLLECTIVE, deleted_at=None)
    return [territory(each) for each in found if each.scope is not None and each.blocks_adoption()]


def check_free(record: "WorkspaceRecord") -> None:
    """Refuse to agree to a record, of any kind, that lies on a territory whose people has not given consent.

    Raises
    ------
    RuleError
        If it does; the words do not say which people or where.
    """
    shapes: list[BaseGeometry] = [] if isinstance(record, Consent) else getattr(record, "shapes", list)()
    waiting = waiting_territories(record.workspace) if shapes else []
    if any(each.intersects(shape) for each in waiting for shape in shapes):
        raise RuleError(
            "{record} touches land of a people that has not given its consent",
            record=str(record),
            hint="it waits until consent is given, or draw it elsewhere",
        )


def check_return(record: "WorkspaceRecord") -> None:
    """Refuse to bring back what has lost its consent: a withdrawn consent, what was given under one, land that waits.

    Raises
    ------
    RuleError
        If it has.
    """
    if isinstance(record, Consent) and record.withdrawn_at is not None:
        raise RuleError("consent {code} is withdrawn already", code=record.code)
    if ConsentUse.withdrawn().filter(subject=record.pk).exists():
        raise RuleError(
            "{record} was given under a consent that was taken back", record=str(record), hint="ask its custodian"
        )
    check_free(record)
