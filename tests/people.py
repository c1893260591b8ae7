"""Invented countries and people for tests of the platform."""

from itertools import count

from landbalance.registry.accounts.models import User
from landbalance.registry.workspaces.models import Membership, Role, Workspace

NUMBERS = count(1)


def make_country(slug: str, **fields: object) -> Workspace:
    """Make a workspace of an invented country."""
    values = {"title": slug.title(), "country": "ZZA", "folder": f"workspaces/{slug}", "is_invented": True, **fields}
    return Workspace.objects.create(slug=slug, **values)


def make_person(name: str = "", **fields: object) -> User:
    """Make a person who belongs nowhere."""
    name = name or f"person{next(NUMBERS)}"
    return User.objects.create_user(name, email=f"{name}@example.org", password="a long enough secret", **fields)


def make_member(workspace: Workspace, role: str = Role.FOCAL_POINT, sector: str = "") -> User:
    """Make a person with a role in a workspace."""
    person = make_person()
    Membership.objects.create(user=person, workspace=workspace, role=role, sector=sector)
    return person
