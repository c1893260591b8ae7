"""Write consents down, put records under them, withdraw them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import shapely
from django.db import transaction

from landbalance.core.errors import InputError
from landbalance.registry.access import require
from landbalance.registry.audit.services import record
from landbalance.registry.consents.models import Consent, ConsentUse
from landbalance.registry.records import WorkspaceRecord
from landbalance.registry.workspaces.models import Workspace

if TYPE_CHECKING:
    from landbalance.registry.accounts.models import User

FIELDS = frozenset(
    {"code", "title", "kind", "given_by", "given_on", "language", "way", "purposes", "data_kinds", "conditions"}
    | {"may_leave_country", "may_train_models", "retention_until", "withdrawal_way", "contact", "read_aloud"}
    | {"witness", "decision", "steps", "scope", "valid_from", "valid_to", "grievance", "visibility", "custodian"}
)


@transaction.atomic
def add_consent(actor: "User", workspace: Workspace, values: Mapping[str, object]) -> Consent:
    """Write a consent down; it belongs to the custodian its steward speaks for, and is closed to others.

    Raises
    ------
    AccessError
        If the actor is no steward.
    InputError
        If a code is none, or the consent is there already.
    """
    require(actor, "consents.edit", workspace)
    if Consent.objects.in_workspace(workspace).filter(code=values.get("code", "")).exists():
        raise InputError("there is already a consent {code}", code=values["code"], hint="choose another code")
    steward = actor.memberships.filter(workspace=workspace, role="community_steward").first()
    consent = Consent(workspace=workspace, custodian=steward.custodian if steward else None)
    saved = _saved(consent, values, actor, "", None)
    record(actor, "consents.given", saved.code, workspace=workspace, purposes=",".join(saved.purposes))
    return saved


@transaction.atomic
def change_consent(
    actor: "User", consent: Consent, values: Mapping[str, object], *, reason: str = "", expected: int | None = None
) -> Consent:
    """Change a consent, keeping its history.

    Raises
    ------
    AccessError
        If the actor is no steward.
    InputError
        If a code is none.
    ConflictError
        If somebody else has saved it meanwhile.
    """
    require(actor, "consents.edit", consent.workspace)
    saved = _saved(consent, values, actor, reason, expected)
    record(actor, "consents.changed", saved.code, workspace=consent.workspace, purposes=",".join(saved.purposes))
    return saved


@transaction.atomic
def withdraw_consent(actor: "User", consent: Consent, *, reason: str = "", expected: int | None = None) -> Consent:
    """Take a consent back: what was given under it is hidden from this moment on.

    Raises
    ------
    AccessError
        If the actor is no steward.
    RuleError
        If it was withdrawn already.
    """
    require(actor, "consents.edit", consent.workspace)
    consent.withdraw()
    consent.save_revision(by=actor, reason=reason, expected=expected)
    record(actor, "consents.withdrawn", consent.code, workspace=consent.workspace, records=consent.uses.count())
    return consent


@transaction.atomic
def put_under(actor: "User", consent: Consent, subject: WorkspaceRecord) -> ConsentUse:
    """Put a record under a consent.

    Raises
    ------
    AccessError
        If the actor adds no records here.
    InputError
        If the record belongs to another country.
    """
    require(actor, "evidence.add", consent.workspace)
    if subject.workspace_id != consent.workspace_id:
        raise InputError("consent {code} is of another workspace", code=consent.code)
    use, _ = ConsentUse.objects.get_or_create(
        consent=consent, subject=subject.pk, defaults={"kind": subject._meta.label_lower}
    )
    return use


def _saved(consent: Consent, values: Mapping[str, object], actor: "User", reason: str, expected: int | None) -> Consent:
    """Put the fields a person may set into the record, check them and save its next version."""
    for name, value in values.items():
        if name not in FIELDS:
            raise InputError("{name} is no field of a consent", name=name, hint="see the list of fields")
        setattr(consent, name, value)
    consent.check_codes()
    if consent.scope is not None:
        territory(consent)
    consent.save_revision(by=actor, reason=reason, expected=expected)
    return consent


def territory(consent: Consent) -> "shapely.geometry.base.BaseGeometry":
    """Return the territory of a consent.

    Raises
    ------
    InputError
        If it is no polygon.
    """
    try:
        shape = shapely.geometry.shape(consent.scope)
    except (AttributeError, KeyError, TypeError, ValueError, shapely.errors.ShapelyError) as error:
        raise InputError("the territory is no GeoJSON geometry", hint="give a Polygon or MultiPolygon") from error
    if shape.geom_type not in ("Polygon", "MultiPolygon") or shape.is_empty:
        raise InputError("the territory is a {kind}", kind=shape.geom_type, hint="give a Polygon or MultiPolygon")
    return shapely.make_valid(shape)
