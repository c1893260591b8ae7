"""Custodians: communities or bodies that decide over their own records, and the stewards who speak for them.

The focal point writes a custodian down and names its first steward; then its stewards alone decide who speaks for it.
"""

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import QuerySet

from landbalance.core.errors import AccessError, InputError, NotFoundError, RuleError
from landbalance.io.cells import clean_text
from landbalance.registry.access import forget_memberships, may, memberships_of, require
from landbalance.registry.audit.services import record
from landbalance.registry.workspaces.models import Custodian, Invitation, Membership, Role, Workspace

if TYPE_CHECKING:
    from landbalance.registry.access import Actor
    from landbalance.registry.accounts.models import User


def custodians_of(actor: "Actor", workspace: Workspace) -> QuerySet[Custodian]:
    """Return the custodians of a workspace with their stewards.

    Raises
    ------
    AccessError
        If the actor may not see them.
    """
    require(actor, "custodians.view", workspace)
    return Custodian.objects.filter(workspace=workspace).prefetch_related("stewards__user")


def find_custodian(actor: "Actor", workspace: Workspace, pk: int) -> Custodian:
    """Return one custodian of a workspace.

    Raises
    ------
    NotFoundError
        If there is none.
    """
    found = custodians_of(actor, workspace).filter(pk=pk).first()
    if found is None:
        raise NotFoundError("there is no custodian {pk}", pk=pk, hint="choose one of the list")
    return found


def speaks_for(actor: "Actor", custodian: Custodian | None) -> bool:
    """Return whether a person is a steward of a custodian."""
    return custodian is not None and any(
        each.role == Role.COMMUNITY_STEWARD and each.custodian_id == custodian.pk for each in memberships_of(actor)
    )


def may_decide(actor: "Actor", custodian: Custodian) -> bool:
    """Return whether a person decides for a custodian: its stewards, and the focal point while it has no open account.

    That is to name somebody who speaks for it, never to speak: what waits for it stays closed meanwhile.
    """
    if speaks_for(actor, custodian):
        return True
    is_keeper = may(actor, "people.invite", custodian.workspace)
    return is_keeper and not custodian.is_spoken_for()


@transaction.atomic
def add_custodian(actor: "User", workspace: Workspace, *, name: str, contact: str = "") -> Custodian:
    """Write a community or body down that decides over its own records.

    Raises
    ------
    AccessError
        If the actor may not.
    InputError
        If it has no name, or is there already.
    """
    require(actor, "people.invite", workspace)
    name = _free_name(workspace, name, None)
    made = Custodian.objects.create(workspace=workspace, name=name, contact=clean_text(contact).strip()[:200])
    record(actor, "custodians.added", made.pk, workspace=workspace)
    return made


@transaction.atomic
def change_custodian(actor: "User", custodian: Custodian, *, name: str, contact: str = "") -> Custodian:
    """Change how a custodian is called and reached.

    Raises
    ------
    AccessError
        If the actor does not decide for it.
    InputError
        If it would have no name, or that of another.
    """
    _require_say(actor, custodian)
    custodian.name = _free_name(custodian.workspace, name, custodian)
    custodian.contact = clean_text(contact).strip()[:200]
    custodian.save()
    record(actor, "custodians.changed", custodian.pk, workspace=custodian.workspace)
    return custodian


@transaction.atomic
def name_steward(actor: "User", custodian: Custodian, username: str) -> Membership:
    """Let a member speak for a custodian.

    Raises
    ------
    AccessError
        If the actor does not decide for it.
    InputError
        If the person is no member of the workspace.
    RuleError
        If the person speaks for another custodian.
    """
    _require_say(actor, custodian)
    members = Membership.objects.filter(workspace=custodian.workspace, user__username=username.strip())
    member = members.select_related("user").first()
    if member is None:
        raise InputError("{name} is no member here", name=username[:60], hint="invite the person first")
    steward = members.filter(role=Role.COMMUNITY_STEWARD).first()
    if steward is None:
        steward = Membership(user=member.user, workspace=custodian.workspace, role=Role.COMMUNITY_STEWARD)
    if steward.custodian_id not in (None, custodian.pk):
        raise RuleError("{name} speaks for another custodian", name=username[:60], hint="name somebody else")
    steward.custodian = custodian
    steward.save()
    forget_memberships(member.user)
    record(
        actor, "custodians.steward_named", member.user.username, workspace=custodian.workspace, custodian=custodian.pk
    )
    return steward


@transaction.atomic
def dismiss_steward(actor: "User", custodian: Custodian, pk: int) -> None:
    """Let a person speak for a custodian no more; one steward stays.

    Raises
    ------
    AccessError
        If the actor is no steward of it.
    NotFoundError
        If there is no such steward.
    RuleError
        If nobody would be left to speak for it.
    """
    if not speaks_for(actor, custodian):
        _refuse(actor)
    steward = custodian.stewards.filter(pk=pk).select_related("user").first()
    if steward is None:
        raise NotFoundError("there is no steward {pk}", pk=pk, hint="choose one of the list")
    if custodian.stewards.count() == 1:
        raise RuleError("{name} is the only steward", name=steward.user.username, hint="name another one first")
    record(actor, "custodians.steward_dismissed", steward.user.username, workspace=custodian.workspace)
    forget_memberships(steward.user)
    steward.delete()


@transaction.atomic
def invite_steward(actor: "User", custodian: Custodian, email: str) -> tuple[Invitation, str]:
    """Invite a person to speak for a custodian; return the invitation and the key of its link, which is not kept.

    Raises
    ------
    AccessError
        If the actor does not decide for it.
    """
    _require_say(actor, custodian)
    key = Invitation.make_key()
    invitation = Invitation.objects.create(
        **{"email": email.strip().lower(), "workspace": custodian.workspace, "role": Role.COMMUNITY_STEWARD},
        **{"custodian": custodian, "digest": Invitation.digest_of(key), "invited_by": actor},
        expires_at=Invitation.default_expiry(),
    )
    record(actor, "people.invited", invitation.pk, workspace=custodian.workspace, role=Role.COMMUNITY_STEWARD)
    return invitation, key


def check_removal(actor: "User", member: Membership) -> None:
    """Refuse that others than its own stewards take a custodian's voice away.

    Raises
    ------
    AccessError
        If the member speaks for a custodian and the actor does not.
    """
    if member.custodian is not None and not speaks_for(actor, member.custodian):
        _refuse(actor)


def _require_say(actor: "User", custodian: Custodian) -> None:
    """Refuse who does not decide for a custodian."""
    if not may_decide(actor, custodian):
        _refuse(actor)


def _refuse(actor: "User") -> None:
    raise AccessError(
        "{actor} does not speak for this custodian", actor=actor.username, hint="its own stewards decide who does"
    )


def _free_name(workspace: Workspace, name: str, own: Custodian | None) -> str:
    """Return a name that no other custodian has."""
    said = clean_text(name).strip()[:120]
    if not said:
        raise InputError("the custodian has no name", hint="say what it is called")
    same = Custodian.objects.filter(workspace=workspace, name=said).first()
    if same is not None and same != own:
        raise InputError("there is already a custodian {name}", name=said, hint="choose another name")
    return said
