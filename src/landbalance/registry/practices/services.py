"""Write down a practice, change it, take it out."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from landbalance.core.errors import InputError
from landbalance.registry.access import require
from landbalance.registry.audit.services import record
from landbalance.registry.practices.models import Practice
from landbalance.registry.workspaces.models import Workspace

if TYPE_CHECKING:
    from landbalance.registry.accounts.models import User

FIELDS = frozenset(
    {"code", "name", "description", "wocat_id", "groups", "measures", "land_use", "degradation", "goal"}
    | {"agroforestry", "establishment_usd_ha", "maintenance_usd_ha", "lifespan_years", "lag_years", "impacts"}
    | {"drought_fit", "evidence_grade", "source", "licence", "visibility"}
)


@transaction.atomic
def add_practice(actor: "User", workspace: Workspace, values: Mapping[str, object]) -> Practice:
    """Write down a practice.

    Raises
    ------
    AccessError
        If the actor may not.
    InputError
        If a code is none, or the practice is there already.
    """
    require(actor, "practices.edit", workspace)
    if Practice.objects.in_workspace(workspace).filter(code=values.get("code", "")).exists():
        raise InputError("there is already a practice {code}", code=values["code"], hint="choose another code")
    return _saved(Practice(workspace=workspace), values, actor, "", None)


@transaction.atomic
def change_practice(
    actor: "User", practice: Practice, values: Mapping[str, object], *, reason: str = "", expected: int | None = None
) -> Practice:
    """Change a practice, keeping its history.

    Raises
    ------
    AccessError
        If the actor may not.
    ConflictError
        If somebody else has saved it meanwhile.
    InputError
        If a code is none.
    """
    require(actor, "practices.edit", practice.workspace)
    return _saved(practice, values, actor, reason, expected)


@transaction.atomic
def remove_practice(actor: "User", practice: Practice, *, expected: int | None = None) -> None:
    """Take a practice out; its history stays.

    Raises
    ------
    AccessError
        If the actor may not.
    ConflictError
        If somebody else has saved it meanwhile.
    """
    require(actor, "records.delete", practice.workspace)
    practice.deleted_at = timezone.now()
    practice.save_revision(by=actor, reason="removed", expected=expected)
    record(actor, "practices.removed", practice.code, workspace=practice.workspace)


def _saved(
    practice: Practice, values: Mapping[str, object], actor: "User", reason: str, expected: int | None
) -> Practice:
    """Put the fields a person may set into the record, check them and save its next version."""
    for name, value in values.items():
        if name not in FIELDS:
            raise InputError("{name} is no field of a practice", name=name, hint="see the list of fields")
        setattr(practice, name, value)
    practice.check_codes()
    practice.save_revision(by=actor, reason=reason, expected=expected)
    return practice
