"""Who sees and does what."""

import pytest
from django.contrib.auth.models import AnonymousUser

from landbalance.core.errors import AccessError
from landbalance.registry.access import ACTS, may, require
from landbalance.registry.workspaces.models import Role
from landbalance.registry.workspaces.queries import workspaces_of
from people import make_country, make_member, make_person

pytestmark = pytest.mark.django_db


def test_a_member_may_what_the_role_says_in_the_own_country_alone() -> None:
    alpha, beta = make_country("alpha"), make_country("beta")
    person = make_member(alpha, Role.TECHNICIAN)

    assert may(person, "targets.edit", alpha)
    assert not may(person, "records.approve", alpha)
    assert not any(may(person, act, beta) for act in ACTS if act != "practices.view")


def test_what_is_refused_says_who_and_where() -> None:
    alpha = make_country("alpha")

    with pytest.raises(AccessError, match=r"may not do this in Alpha: ask the focal point"):
        require(make_person(), "targets.edit", alpha)


def test_a_visitor_sees_public_workspaces_only() -> None:
    make_country("alpha")
    beta = make_country("beta", is_public=True)

    assert list(workspaces_of(AnonymousUser())) == [beta]


def test_a_person_switched_off_may_nothing() -> None:
    alpha = make_country("alpha")
    keeper = make_person(is_superuser=True, is_active=False)

    assert not may(keeper, "targets.edit", alpha)
