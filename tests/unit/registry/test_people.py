"""Invitations, roles, the first administrator, tokens."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from landbalance.core.errors import AccessError, InputError, NotFoundError, RuleError
from landbalance.registry.accounts import services as accounts
from landbalance.registry.accounts.first import first_key, use_first_key
from landbalance.registry.workspaces import services
from landbalance.registry.workspaces.models import Invitation, Role
from people import make_country, make_member, make_person

pytestmark = pytest.mark.django_db


def test_an_invitation_works_once() -> None:
    alpha = make_country("alpha")
    _, key = services.invite(make_member(alpha), alpha, email="Guest@Example.org", role=Role.CIVIL_SOCIETY)
    guest = make_person()

    member = services.accept_invitation(guest, key)

    assert (member.workspace, member.role) == (alpha, Role.CIVIL_SOCIETY)
    with pytest.raises(NotFoundError):
        services.accept_invitation(make_person(), key)


def test_the_key_of_an_invitation_is_not_kept() -> None:
    alpha = make_country("alpha")
    invitation, key = services.invite(make_member(alpha), alpha, email="g@example.org", role=Role.REVIEWER)

    assert key not in str(vars(invitation))


def test_an_old_invitation_lets_nobody_in() -> None:
    alpha = make_country("alpha")
    invitation, key = services.invite(make_member(alpha), alpha, email="g@example.org", role=Role.REVIEWER)
    invitation.expires_at = timezone.now() - timedelta(seconds=1)
    invitation.save()

    with pytest.raises(NotFoundError, match="not open"):
        services.find_invitation(key)


def test_a_technician_invites_nobody() -> None:
    alpha = make_country("alpha")

    with pytest.raises(AccessError):
        services.invite(make_member(alpha, Role.TECHNICIAN), alpha, email="g@example.org", role=Role.REVIEWER)
    assert not Invitation.objects.exists()


def test_the_only_focal_point_stays() -> None:
    alpha = make_country("alpha")
    focal = make_member(alpha)

    with pytest.raises(RuleError, match="only focal point"):
        services.remove_member(focal, focal.memberships.get())


def test_the_first_key_makes_one_administrator(tmp_path: Path) -> None:
    key = first_key(tmp_path)
    assert key is not None
    assert (tmp_path / "first.key").stat().st_mode & 0o077 == 0

    user = use_first_key(tmp_path, key, username="keeper", email="k@example.org", password="a long enough secret")

    assert user.is_superuser
    assert first_key(tmp_path) is None
    with pytest.raises(NotFoundError):
        use_first_key(tmp_path, key, username="other", email="o@example.org", password="a long enough secret")


def test_a_weak_password_is_refused() -> None:
    with pytest.raises(InputError, match="too weak"):
        accounts.make_user("somebody", password="12345678")


def test_a_token_lets_its_own_person_in() -> None:
    person = make_person("reader")
    _, key = accounts.make_token(person, "script", ["read"])

    assert accounts.person_with("reader", key) == person
    with pytest.raises(AccessError):
        accounts.person_with("operator", key)
