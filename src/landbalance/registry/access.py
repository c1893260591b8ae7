"""Who may do what: one table of acts and roles, and the two questions `may` and `require`.

An act is a word such as `targets.revise`. A role lets its members do the acts that name it, in their own workspace.
What they see is decided per record, in `registry.records`.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser

from landbalance.core.errors import AccessError
from landbalance.registry.workspaces.models import Membership, Role, Workspace

if TYPE_CHECKING:
    from landbalance.registry.accounts.models import User

    Actor = User | AnonymousUser

EVERYBODY = frozenset({"everybody"})
MEMBERS = frozenset(Role.values)
WRITERS = frozenset({Role.FOCAL_POINT, Role.TECHNICIAN})
NATIONAL = WRITERS | {Role.STATISTICS_OFFICE, Role.FINANCE}
STEWARDS = frozenset({Role.COMMUNITY_STEWARD})
VOICES = frozenset({Role.CIVIL_SOCIETY, Role.COMMUNITY_STEWARD, Role.REVIEWER, Role.REGIONAL_CENTRE})

ACTS: Mapping[str, frozenset[str]] = {
    "workspace.view": MEMBERS,  # and everybody where the workspace is public
    "workspace.edit": frozenset({Role.FOCAL_POINT}),
    "people.view": NATIONAL | {Role.REVIEWER},
    "people.invite": frozenset({Role.FOCAL_POINT}),
    "people.remove": frozenset({Role.FOCAL_POINT}),
    "records.comment": MEMBERS - {Role.PUBLIC},
    "records.submit_for_review": NATIONAL | VOICES,
    "records.approve": frozenset({Role.FOCAL_POINT, Role.STATISTICS_OFFICE, Role.REVIEWER}),
    "records.submit": frozenset({Role.FOCAL_POINT}),
    "records.delete": frozenset({Role.FOCAL_POINT}),
    "records.export": MEMBERS - {Role.PUBLIC},
    "audit.view": frozenset({Role.FOCAL_POINT, Role.REVIEWER}),
    "drafts.keep": MEMBERS - {Role.PUBLIC},
    "targets.view": MEMBERS,
    "targets.edit": WRITERS | {Role.FINANCE},
    "targets.revise": WRITERS,
    "targets.import": WRITERS,
    "actions.edit": NATIONAL | {Role.CIVIL_SOCIETY},
    "layers.view": MEMBERS,
    "layers.edit": WRITERS,
    "packs.view": MEMBERS - {Role.PUBLIC},
    "packs.build": WRITERS,
    "runs.view": MEMBERS,
    "runs.start": WRITERS | {Role.STATISTICS_OFFICE},
    "runs.publish": frozenset({Role.FOCAL_POINT}),
    "maps.view": MEMBERS,
    "balance.view": MEMBERS - {Role.PUBLIC},
    "balance.plan": NATIONAL,
    "recodes.propose": NATIONAL | VOICES,
    "recodes.decide": frozenset({Role.FOCAL_POINT, Role.STATISTICS_OFFICE}),
    "consents.view": frozenset({Role.FOCAL_POINT, Role.COMMUNITY_STEWARD}),
    "consents.edit": STEWARDS,
    "custodians.view": frozenset({Role.FOCAL_POINT, Role.COMMUNITY_STEWARD}),
    "evidence.add": MEMBERS - {Role.PUBLIC},
    "finance.view": NATIONAL | {Role.REVIEWER},
    "finance.import": frozenset({Role.FOCAL_POINT, Role.FINANCE}),
    "finance.review": frozenset({Role.FOCAL_POINT, Role.FINANCE}),
    "finance.edit": frozenset({Role.FOCAL_POINT, Role.FINANCE}),
    "star.view": MEMBERS - {Role.PUBLIC},
    "star.edit": frozenset({Role.FOCAL_POINT, Role.FINANCE}),
    "projects.view": MEMBERS,
    "projects.edit": WRITERS | {Role.FINANCE},
    "drought.view": MEMBERS,  # issued calls; and everybody where the workspace is public
    "drought.work": MEMBERS - {Role.PUBLIC},
    "drought.edit": WRITERS,
    "drought.adopt": frozenset({Role.FOCAL_POINT}),
    "drought.issue": frozenset({Role.FOCAL_POINT}),
    "practices.view": EVERYBODY,
    "practices.edit": WRITERS,
}
PUBLIC_ACTS = frozenset(
    {"workspace.view", "targets.view", "runs.view", "maps.view", "layers.view", "drought.view", "projects.view"}
)


def may(actor: "Actor", act: str, workspace: Workspace | None = None) -> bool:
    """Return whether a person may do something in a workspace.

    Raises
    ------
    KeyError
        If the act is not in the table: an act without a rule is a fault of the program.
    """
    roles = ACTS[act]
    if roles is EVERYBODY:
        return True
    if workspace is None:
        return False
    if act in PUBLIC_ACTS and workspace.is_public:
        return True
    if is_administrator(actor):
        return True
    return bool(roles & roles_of(actor, workspace))


def require(actor: "Actor", act: str, workspace: Workspace | None = None) -> None:
    """Refuse what a person may not do.

    Raises
    ------
    AccessError
        If the actor may not.
    """
    if not may(actor, act, workspace):
        raise AccessError(
            "{actor} may not do this in {workspace}",
            actor=str(actor) or "a visitor",
            workspace=workspace.title if workspace else "this installation",
            act=act,
            hint="ask the focal point for a role that allows it",
        )


def is_administrator(actor: "Actor") -> bool:
    """Return whether a person keeps the whole installation."""
    return bool(actor.is_authenticated and actor.is_active and actor.is_superuser)


def needs_second_factor(actor: "Actor") -> bool:
    """Return whether a person holds a role that an installation can ask a second factor for."""
    return is_administrator(actor) or any(each.role == Role.FOCAL_POINT for each in memberships_of(actor))


def memberships_of(actor: "Actor") -> tuple[Membership, ...]:
    """Return the memberships of a person, read once a request."""
    if not actor.is_authenticated:
        return ()
    if actor.memberships_read is None:
        actor.memberships_read = tuple(actor.memberships.select_related("workspace"))
    return actor.memberships_read


def forget_memberships(actor: "User") -> None:
    """Read the memberships of a person anew the next time."""
    actor.memberships_read = None


def roles_of(actor: "Actor", workspace: Workspace) -> frozenset[str]:
    """Return the roles of a person in a workspace."""
    return frozenset(each.role for each in memberships_of(actor) if each.workspace_id == workspace.pk)


def sectors_of(actor: "Actor", workspace: Workspace) -> frozenset[str]:
    """Return the sectors a person is bound to in a workspace; empty where at least one role is bound to none."""
    mine = [each.sector for each in memberships_of(actor) if each.workspace_id == workspace.pk]
    return frozenset() if "" in mine else frozenset(mine)
