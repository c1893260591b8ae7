"""Make workspaces known, let people in and out."""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from landbalance.core.errors import AccessError, InputError, LandbalanceError, NotFoundError, RuleError
from landbalance.core.places import country
from landbalance.io.installation_file import Installation
from landbalance.io.register import init_workspace
from landbalance.io.workspace_file import FILE_NAME, read_workspace_file
from landbalance.registry.access import forget_memberships, is_administrator, may, require
from landbalance.registry.audit.services import record
from landbalance.registry.workspaces.custodians import check_removal
from landbalance.registry.workspaces.models import Invitation, Membership, Role, Sector, Workspace

if TYPE_CHECKING:
    from landbalance.registry.accounts.models import User

log = logging.getLogger(__name__)


def index_folders(installation: Installation) -> list[Workspace]:
    """Make a row for every workspace folder that has none; return the new ones.

    A folder whose file cannot be read is left out here and named by `landbalance doctor`.
    """
    folders = sorted(path.parent for path in installation.workspaces.glob(f"*/{FILE_NAME}"))
    found = []
    for folder in [installation.path, *folders]:
        slug = folder.name.lower().replace("_", "-").replace(" ", "-") or "country"
        try:
            table = read_workspace_file(folder / FILE_NAME).workspace
        except LandbalanceError:
            continue
        place = "." if folder == installation.path else str(folder.relative_to(installation.path))
        if table is None or Workspace.objects.filter(folder=place).exists():
            continue
        found.append(
            Workspace.objects.create(
                slug=_free_slug(slug),
                title=table.title or table.country_name or table.country,
                country=table.country,
                folder=place,
                is_invented=table.invented,
            )
        )
    return found


def folder_of(workspace: Workspace, installation: Installation) -> Path:
    """Return the folder of a workspace."""
    return (installation.path / workspace.folder).resolve()


def make_country(actor: "User", *, iso3: str, title: str = "") -> Workspace:
    """Make the folder and the row of a country, and its maker the first focal point.

    Raises
    ------
    AccessError
        If the actor does not keep the installation.
    InputError, NotFoundError
        If the country has a folder already, or there is no such country.
    """
    if not is_administrator(actor):
        raise AccessError("{actor} may not make countries", actor=actor.username, hint="ask the administrator")
    init_workspace(iso3.lower(), iso3, title=title, start=settings.INSTALLATION.path)
    made = next(each for each in index_folders(settings.INSTALLATION) if each.country == iso3.upper())
    with transaction.atomic():
        record(actor, "workspace.made", made, workspace=made)
        add_member(actor, actor, made, Role.FOCAL_POINT)
    return made


@transaction.atomic
def edit_workspace(
    actor: "User", workspace: Workspace, *, title: str, is_public: bool, shares_with_region: bool
) -> Workspace:
    """Change how a workspace is called and who outside sees what is approved in it.

    Raises
    ------
    AccessError
        If the actor may not.
    """
    require(actor, "workspace.edit", workspace)
    workspace.title = title.strip() or workspace.title
    workspace.is_public, workspace.shares_with_region = is_public, shares_with_region
    workspace.save()
    record(actor, "workspace.edited", workspace, workspace=workspace, is_public=is_public, shares=shares_with_region)
    return workspace


@transaction.atomic
def make_region(actor: "User", *, slug: str, title: str, countries: Sequence[str]) -> Workspace:
    """Make a workspace for a set of countries.

    Raises
    ------
    AccessError
        If the actor does not keep the installation.
    InputError, NotFoundError
        If there are fewer than two countries, or a code is none.
    """
    if not is_administrator(actor):
        raise AccessError("{actor} may not make regions", actor=actor.username, hint="ask the administrator")
    codes = sorted({code.upper() for code in countries})
    if len(codes) < 2:
        raise InputError("a region has at least two countries, not {count}", count=len(codes), hint="name more")
    for code in codes:
        country(code)
    region = Workspace.objects.create(
        slug=_free_slug(slug), title=title, kind=Workspace.Kind.REGION, countries=codes, folder=f"regions/{slug}"
    )
    record(actor, "workspace.made", region, workspace=region)
    return region


@transaction.atomic
def add_member(actor: "User | None", user: "User", workspace: Workspace, role: str, sector: str = "") -> Membership:
    """Give a person a role; the command line and an accepted invitation do so with no actor.

    Raises
    ------
    AccessError
        If the actor may not invite people.
    InputError
        If role or sector is none.
    """
    if actor is not None:
        require(actor, "people.invite", workspace)
    _check_choice("role", role, Role.values)
    _check_choice("sector", sector, ["", *Sector.values])
    member, is_new = Membership.objects.get_or_create(user=user, workspace=workspace, role=role, sector=sector)
    forget_memberships(user)
    if is_new:
        record(actor, "people.added", user.username, workspace=workspace, role=role, sector=sector)
    return member


@transaction.atomic
def remove_member(actor: "User", member: Membership) -> None:
    """Take a role from a person.

    Raises
    ------
    AccessError
        If the actor may not.
    RuleError
        If nobody would be left who can invite others.
    """
    if member.custodian is None:
        require(actor, "people.remove", member.workspace)
    check_removal(actor, member)
    others = Membership.objects.filter(workspace=member.workspace, role=Role.FOCAL_POINT).exclude(pk=member.pk)
    if member.role == Role.FOCAL_POINT and not others.exists():
        raise RuleError(
            "{user} is the only focal point of {workspace}",
            user=member.user.username,
            workspace=member.workspace.title,
            hint="name another focal point first",
        )
    record(actor, "people.removed", member.user.username, workspace=member.workspace, role=member.role)
    member.delete()


@transaction.atomic
def invite(actor: "User", workspace: Workspace, *, email: str, role: str, sector: str = "") -> tuple[Invitation, str]:
    """Invite a person; return the invitation and the key of its link, which is not kept.

    Raises
    ------
    AccessError
        If the actor may not invite people.
    InputError
        If role or sector is none.
    """
    require(actor, "people.invite", workspace)
    _check_choice("role", role, Role.values)
    _check_choice("sector", sector, ["", *Sector.values])
    key = Invitation.make_key()
    invitation = Invitation.objects.create(
        email=email.strip().lower(),
        workspace=workspace,
        role=role,
        sector=sector,
        digest=Invitation.digest_of(key),
        invited_by=actor,
        expires_at=Invitation.default_expiry(),
    )
    record(actor, "people.invited", invitation.pk, workspace=workspace, role=role, sector=sector)
    return invitation, key


def find_invitation(key: str) -> Invitation:
    """Return the open invitation behind a key.

    Raises
    ------
    NotFoundError
        If there is none, or it was used, withdrawn or is too old.
    """
    found = Invitation.objects.select_related("workspace").filter(digest=Invitation.digest_of(key)).first()
    if found is None or not found.is_open():
        raise NotFoundError("this invitation is not open", hint="ask for a new one")
    return found


@transaction.atomic
def accept_invitation(user: "User", key: str) -> Membership:
    """Make the person a member, once.

    Raises
    ------
    NotFoundError
        If the invitation is not open.
    """
    found = Invitation.objects.select_for_update().filter(pk=find_invitation(key).pk).get()
    if not found.is_open():
        raise NotFoundError("this invitation is not open", hint="ask for a new one")
    found.accepted_at = timezone.now()
    found.save()
    member = add_member(None, user, found.workspace, found.role, found.sector)
    if found.custodian is not None and member.custodian is None:
        member.custodian = found.custodian
        member.save()
        record(user, "custodians.steward_named", user.username, workspace=found.workspace, custodian=found.custodian.pk)
    return member


@transaction.atomic
def withdraw_invitation(actor: "User", invitation: Invitation) -> None:
    """Close an invitation that nobody has accepted.

    Raises
    ------
    AccessError
        If the actor may not.
    """
    require(actor, "people.invite", invitation.workspace)
    invitation.withdrawn_at = timezone.now()
    invitation.save()
    record(actor, "people.invitation_withdrawn", invitation.pk, workspace=invitation.workspace)


def _check_choice(what: str, value: str, known: Sequence[str]) -> None:
    """Refuse a code that is none."""
    if value not in known:
        raise InputError(
            "{what} {value} is none",
            what=what,
            value=value,
            hint="use one of {known}",
            known=", ".join(filter(None, known)),
        )


def _free_slug(slug: str) -> str:
    """Return the slug, with a number behind it where it is taken."""
    taken = set(Workspace.objects.values_list("slug", flat=True))
    names = (slug if number == 1 else f"{slug}-{number}" for number in range(1, 10_000))
    return next(name for name in names if name not in taken)


def may_invite(actor: "User", workspace: Workspace) -> bool:
    """Return whether a person may invite others."""
    return may(actor, "people.invite", workspace)


def address_of(key: str) -> str:
    """Return the path of the page that accepts an invitation."""
    return reverse("people:accept", args=[key])


def send_invitation(invitation: Invitation, link: str) -> bool:
    """Send the link by mail; return False where no mail server is set up or it does not take the mail."""
    if not settings.INSTALLATION.mail.host:
        return False
    words = {"place": invitation.workspace.title, "role": invitation.get_role_display(), "link": link}
    try:
        send_mail(
            gettext("Invitation to %(place)s") % words,
            gettext("You are invited to %(place)s as: %(role)s.\n\n%(link)s\n") % words,
            None,
            [invitation.email],
        )
    except OSError as error:
        log.warning("the mail server did not take an invitation (%s)", error)
        return False
    return True
