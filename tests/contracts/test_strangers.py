"""The matrix of strangers (A14): every address x every role of another country x every method, from the URL conf."""

import json

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client

from addresses import METHODS, SAFE, Address, addresses, fingerprint
from landbalance.registry.access import ACTS, may
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


@pytest.fixture
def world() -> World:
    beta = make_country("beta", country="ZZB")
    return World(beta, make_member(beta))


@pytest.fixture
def strangers() -> dict[str, Client]:
    """Return a client for each role in another country, and one for a visitor."""
    alpha = make_country("alpha")
    found = {"visitor": Client(), "nobody's member": Client()}
    found["nobody's member"].force_login(make_person())
    for role in Role.values:
        found[role] = Client()
        found[role].force_login(make_member(alpha, role))
    return found


@pytest.mark.parametrize("address", OF_WORKSPACES, ids=ids(OF_WORKSPACES))
def test_strangers_reach_nothing_of_a_country(address: Address, world: World, strangers: dict[str, Client]) -> None:
    given = filled(world)
    path, bodies = address.path(world.workspace.slug, given), given.get(address.name, {}).get("bodies", {})
    before = fingerprint()

    wrong = []
    for who, client in strangers.items():
        for method in METHODS:
            answer = client.generic(method, path, json.dumps(bodies.get(method, {})), "application/json")
            to_sign_in = who == "visitor" and method in SAFE and address.room == "ours"
            fits = "/accounts/login/" in answer["Location"] if answer.has_header("Location") else not to_sign_in
            if answer.status_code not in ({302} if to_sign_in else REFUSED[address.room]) or not fits:
                wrong.append((who, method, answer.status_code))

    assert wrong == []
    assert fingerprint() == before


@pytest.mark.parametrize("address", OURS, ids=ids(OURS))
def test_members_without_the_act_are_refused(address: Address, world: World) -> None:
    read, write = address.pattern.callback.policy
    path = address.path(world.workspace.slug, filled(world))

    wrong = []
    for role in Role.values:
        client, person = Client(), make_member(world.workspace, role)
        client.force_login(person)
        for method in METHODS:
            if not may(person, read if method in SAFE else write, world.workspace):
                status = client.generic(method, path).status_code
                wrong += [(role, method, status)] if status != 403 else []

    assert wrong == []


@pytest.mark.parametrize("address", OURS, ids=ids(OURS))
def test_pages_answer_those_who_may_see_them(address: Address, world: World) -> None:
    read = address.pattern.callback.policy[0]
    path = address.path(world.workspace.slug, filled(world))

    wrong = []
    for role in Role.values:
        client, person = Client(), make_member(world.workspace, role)
        if may(person, read, world.workspace):
            client.force_login(person)
            hidden = {404} if role != Role.FOCAL_POINT else set()  # a record that this role does not see
            status = client.get(path).status_code
            wrong += [(role, status)] if status not in {200, 302, 304, 405} | hidden else []

    assert wrong == []


PERSONAL = [each for each in ALL if each.room == "ours" and each.pattern.callback.policy[0] == "signed in"]


@pytest.mark.parametrize("address", PERSONAL, ids=ids(PERSONAL))
def test_nobody_acts_on_the_account_of_another(address: Address, world: World, strangers: dict[str, Client]) -> None:
    path = address.path(world.workspace.slug, filled(world))
    before = fingerprint()

    for who, client in strangers.items():
        for method in METHODS:
            status = client.generic(method, path).status_code
            wanted = {200, 302, 403, 405} if not address.takes else {302, 403, 404, 405}
            assert status in wanted, (who, method, status)

    if address.takes:
        assert fingerprint() == before


LIBRARIES = [each for each in ALL if each.room in ("sign-in", "administration")]


@pytest.mark.parametrize("address", LIBRARIES, ids=ids(LIBRARIES))
def test_pages_of_libraries_give_strangers_nothing(
    address: Address, world: World, strangers: dict[str, Client]
) -> None:
    path = address.path(world.workspace.slug, filled(world))
    clients = {who: strangers[who] for who in ("visitor", Role.FOCAL_POINT, Role.TECHNICIAN)}

    for who, client in clients.items():
        answer = client.get(path)
        assert answer.status_code < 500, (who, answer.status_code)
        if address.room == "administration" and not address.place.startswith("administration/log"):
            assert answer.status_code in (302, 403, 404), (who, answer.status_code)
        assert world.workspace.title not in answer.content.decode(errors="replace")


def test_every_act_of_the_table_has_holders() -> None:
    assert [act for act, roles in ACTS.items() if not roles] == []
    assert may(AnonymousUser(), "practices.view")
