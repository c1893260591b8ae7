"""The matrix of strangers (A14): every address x every role of another country x every method, from the URL conf."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.test import Client
from pytest_django import DjangoDbBlocker

from addresses import METHODS, SAFE, Address, addresses, fingerprint
from landbalance.registry.access import ACTS, may
from landbalance.registry.accounts.models import User
from landbalance.registry.workspaces.models import Role
from people import make_country, make_member, make_person
from rooms import World, filled

pytestmark = pytest.mark.django_db
ALL = [each for each in addresses() if each.name not in ("None", "admin:None")]
OF_WORKSPACES = [each for each in ALL if each.is_of_workspace]
OURS = [each for each in OF_WORKSPACES if each.room == "ours"]
REFUSED = {"ours": {404}, "api": {401, 403, 404, 405}}


def ids(found: list[Address]) -> list[str]:
    return [each.place or "/" for each in found]


@dataclass(frozen=True)
class Scene:
    """The country of others with its records, its own members by role, and strangers by role."""

    world: World
    given: dict[str, dict[str, object]]
    members: dict[str, tuple[User, Client]]
    strangers: dict[str, Client]


@pytest.fixture(scope="module")
def scene(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Scene]:
    """Make everything once: the tests change nothing, and say so."""
    with django_db_blocker.unblock(), transaction.atomic():
        beta, alpha = make_country("beta", country="ZZB"), make_country("alpha")
        world = World(beta, make_member(beta))
        given = filled(world)
        members = {role: signed_in(make_member(beta, role)) for role in Role.values}
        strangers = {role: signed_in(make_member(alpha, role))[1] for role in Role.values}
        strangers |= {"visitor": Client(), "nobody's member": signed_in(make_person())[1]}
        yield Scene(world, given, members, strangers)
        transaction.set_rollback(True)


def signed_in(person: User) -> tuple[User, Client]:
    client = Client()
    client.force_login(person)
    return person, client


@pytest.mark.parametrize("address", OF_WORKSPACES, ids=ids(OF_WORKSPACES))
def test_strangers_reach_nothing_of_a_country(address: Address, scene: Scene) -> None:
    path, bodies = address.path("beta", scene.given), scene.given.get(address.name, {}).get("bodies", {})
    before = fingerprint()

    wrong = []
    for who, client in scene.strangers.items():
        for method in METHODS:
            answer = client.generic(method, path, json.dumps(bodies.get(method, {})), "application/json")
            to_sign_in = who == "visitor" and method in SAFE and address.room == "ours"
            fits = "/accounts/login/" in answer["Location"] if answer.has_header("Location") else not to_sign_in
            if answer.status_code not in ({302} if to_sign_in else REFUSED[address.room]) or not fits:
                wrong.append((who, method, answer.status_code))

    assert wrong == []
    assert fingerprint() == before


@pytest.mark.parametrize("address", OURS, ids=ids(OURS))
def test_members_without_the_act_are_refused(address: Address, scene: Scene) -> None:
    read, write = address.pattern.callback.policy
    path = address.path("beta", scene.given)

    wrong = []
    for role, (person, client) in scene.members.items():
        for method in METHODS:
            if not may(person, read if method in SAFE else write, scene.world.workspace):
                status = client.generic(method, path).status_code
                wrong += [(role, method, status)] if status != 403 else []

    assert wrong == []


@pytest.mark.parametrize("address", OURS, ids=ids(OURS))
def test_pages_answer_those_who_may_see_them(address: Address, scene: Scene) -> None:
    read = address.pattern.callback.policy[0]
    path = address.path("beta", scene.given)

    wrong = []
    for role, (person, client) in scene.members.items():
        if may(person, read, scene.world.workspace):
            is_bare = scene.given.get(address.name, {}).get("is_bare", False)
            hidden = {404} if role != Role.FOCAL_POINT or is_bare else set()  # a record that this role does not see
            status = client.get(path).status_code
            wrong += [(role, status)] if status not in {200, 302, 304, 405} | hidden else []

    assert wrong == []


PERSONAL = [each for each in ALL if each.room == "ours" and each.pattern.callback.policy[0] == "signed in"]


@pytest.mark.parametrize("address", PERSONAL, ids=ids(PERSONAL))
def test_nobody_acts_on_the_account_of_another(address: Address, scene: Scene) -> None:
    path = address.path("beta", scene.given)
    before = fingerprint()

    for who, client in scene.strangers.items():
        for method in METHODS:
            status = client.generic(method, path).status_code
            wanted = {200, 302, 403, 405} if not address.takes else {302, 403, 404, 405}
            assert status in wanted, (who, method, status)

    if address.takes:
        assert fingerprint() == before


LIBRARIES = [each for each in ALL if each.room in ("sign-in", "administration")]


@pytest.mark.parametrize("address", LIBRARIES, ids=ids(LIBRARIES))
def test_pages_of_libraries_give_strangers_nothing(address: Address, scene: Scene) -> None:
    path = address.path("beta", scene.given)
    clients = {who: scene.strangers[who] for who in ("visitor", Role.FOCAL_POINT, Role.TECHNICIAN)}

    for who, client in clients.items():
        answer = client.get(path)
        assert answer.status_code < 500, (who, answer.status_code)
        if address.room == "administration" and not address.place.startswith("administration/log"):
            assert answer.status_code in (302, 403, 404), (who, answer.status_code)
        assert scene.world.workspace.title not in answer.content.decode(errors="replace")


def test_every_act_of_the_table_has_holders() -> None:
    assert [act for act, roles in ACTS.items() if not roles] == []
    assert may(AnonymousUser(), "practices.view")
