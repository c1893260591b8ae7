"""Custodians, who speaks for them, and who chooses who sees a record."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client

from landbalance.core.errors import AccessError, InputError, RuleError
from landbalance.registry.accounts.models import User
from landbalance.registry.audit.models import AuditEvent
from landbalance.registry.consents.services import add_consent
from landbalance.registry.records import Sensitivity, State, Visibility
from landbalance.registry.review import move_record
from landbalance.registry.sharing import share_record
from landbalance.registry.targets.models import Target
from landbalance.registry.targets.services import add_target
from landbalance.registry.workspaces.custodians import (
    add_custodian,
    dismiss_steward,
    invite_steward,
    may_decide,
    name_steward,
    speaks_for,
)
from landbalance.registry.workspaces.models import Custodian, Membership, Role, Workspace
from landbalance.registry.workspaces.services import accept_invitation, remove_member
from people import make_country, make_member, make_person
from target_rows import target_row

pytestmark = pytest.mark.django_db


@pytest.fixture
def alpha() -> Workspace:
    return make_country("alpha", is_public=True)


@pytest.fixture
def focal(alpha: Workspace) -> User:
    return make_member(alpha)


@pytest.fixture
def ostra(alpha: Workspace, focal: User) -> Custodian:
    return add_custodian(focal, alpha, name=" Ostra ", contact="the elders")


def fresh(person: User) -> User:
    return User.objects.get(pk=person.pk)


def test_the_focal_point_names_the_first_steward_and_none_after(
    alpha: Workspace, focal: User, ostra: Custodian
) -> None:
    first, second = make_member(alpha, Role.COMMUNITY_STEWARD), make_member(alpha, Role.CIVIL_SOCIETY)
    assert may_decide(focal, ostra)

    name_steward(focal, ostra, first.username)

    for person in (focal, make_person(is_superuser=True), make_member(alpha, Role.COMMUNITY_STEWARD)):
        with pytest.raises(AccessError):
            name_steward(person, ostra, focal.username)
    name_steward(fresh(first), ostra, second.username)
    assert {each.user for each in ostra.stewards.all()} == {first, second}
    assert AuditEvent.objects.filter(act="custodians.steward_named").count() == 2


def test_nobody_else_takes_a_voice_away_and_the_last_one_stays(alpha: Workspace, focal: User, ostra: Custodian) -> None:
    steward = make_member(alpha, Role.COMMUNITY_STEWARD)
    voice = name_steward(focal, ostra, steward.username)

    with pytest.raises(AccessError):
        remove_member(focal, voice)
    with pytest.raises(AccessError):
        dismiss_steward(focal, ostra, voice.pk)
    with pytest.raises(RuleError, match="only steward"):
        dismiss_steward(fresh(steward), ostra, voice.pk)

    assert ostra.stewards.count() == 1


def test_the_focal_point_names_another_where_the_only_steward_is_gone_and_sees_nothing_meanwhile(
    alpha: Workspace, focal: User, ostra: Custodian
) -> None:
    gone, next_one = make_member(alpha, Role.COMMUNITY_STEWARD), make_member(alpha, Role.CIVIL_SOCIETY)
    name_steward(focal, ostra, gone.username)
    consent = add_consent(fresh(gone), alpha, {"code": "c", "title": "t"})
    assert not may_decide(focal, ostra)

    gone.is_active = False
    gone.save()

    assert may_decide(focal, ostra)
    assert not speaks_for(focal, ostra)
    name_steward(focal, ostra, next_one.username)
    assert not may_decide(focal, ostra)
    assert speaks_for(fresh(next_one), ostra)
    assert consent.custodian == ostra


def test_an_invited_steward_speaks_for_the_custodian_and_writes_its_consents(
    alpha: Workspace, focal: User, ostra: Custodian
) -> None:
    _, key = invite_steward(focal, ostra, "elder@example.org")
    elder = make_person()

    accept_invitation(elder, key)

    consent = add_consent(fresh(elder), alpha, {"code": "c", "title": "t"})
    assert consent.custodian == ostra


@pytest.mark.parametrize(("name", "words"), [("", "no name"), ("Ostra", "already")])
def test_a_custodian_has_a_name_of_its_own(
    alpha: Workspace, focal: User, ostra: Custodian, name: str, words: str
) -> None:
    with pytest.raises(InputError, match=words):
        add_custodian(focal, alpha, name=name)


def test_a_steward_of_one_custodian_does_not_become_that_of_another(
    alpha: Workspace, focal: User, ostra: Custodian
) -> None:
    steward = make_member(alpha, Role.COMMUNITY_STEWARD)
    name_steward(focal, ostra, steward.username)

    with pytest.raises(RuleError, match="another custodian"):
        name_steward(focal, add_custodian(focal, alpha, name="Sel"), steward.username)
    with pytest.raises(InputError, match="no member"):
        name_steward(focal, add_custodian(focal, alpha, name="Tor"), make_person().username)


def test_a_target_is_shown_to_everybody_once_approved(alpha: Workspace, focal: User) -> None:
    target = add_target(focal, alpha, target_row())

    share_record(focal, target, visibility=Visibility.PUBLIC, sensitivity=Sensitivity.PUBLIC)
    assert not Target.objects.for_user(AnonymousUser()).exists()
    move_record(focal, move_record(focal, target, State.REVIEW), State.APPROVED)

    assert Target.objects.for_user(AnonymousUser()).exists()
    with pytest.raises(AccessError):  # what is agreed is opened by who agrees
        share_record(
            make_member(alpha, Role.TECHNICIAN), target, visibility=Visibility.MEMBERS, sensitivity=Sensitivity.PUBLIC
        )


def test_once_a_custodian_keeps_a_record_it_alone_decides(alpha: Workspace, focal: User, ostra: Custodian) -> None:
    target = add_target(focal, alpha, target_row())
    closed = {"visibility": Visibility.CUSTODIAN, "sensitivity": Sensitivity.RESTRICTED}
    with pytest.raises(RuleError, match="nobody would see"):
        share_record(focal, target, **closed, custodian=ostra.pk)
    steward = make_member(alpha, Role.COMMUNITY_STEWARD)
    name_steward(focal, ostra, steward.username)

    share_record(focal, target, **closed, custodian=ostra.pk)

    with pytest.raises(AccessError):
        share_record(focal, target, visibility=Visibility.MEMBERS, sensitivity=Sensitivity.PUBLIC)
    assert not Target.objects.for_user(make_member(alpha, Role.REVIEWER)).exists()
    assert Target.objects.for_user(fresh(steward)).exists()
    opened = {"visibility": Visibility.MEMBERS, "sensitivity": Sensitivity.PUBLIC}
    share_record(fresh(steward), target, **opened, custodian=ostra.pk)
    assert Target.objects.for_user(make_member(alpha, Role.REVIEWER)).exists()


@pytest.mark.parametrize("given", [{"visibility": "all"}, {"sensitivity": "some"}, {"custodian": 10**6}])
def test_what_makes_no_sense_is_refused(alpha: Workspace, focal: User, given: dict[str, object]) -> None:
    target = add_target(focal, alpha, target_row())
    values = {"visibility": Visibility.MEMBERS, "sensitivity": Sensitivity.PUBLIC, **given}

    with pytest.raises(InputError):
        share_record(focal, target, **values)


def test_the_pages_write_name_invite_and_share(client: Client, alpha: Workspace, focal: User) -> None:
    client.force_login(focal)
    steward = make_member(alpha, Role.COMMUNITY_STEWARD)

    page = client.post("/w/alpha/custodians/", {"name": "Ostra", "contact": "the elders"})["Location"]
    client.post(f"{page}stewards/", {"username": steward.username})
    refused = client.post(f"{page}stewards/", {"username": focal.username})

    assert refused.status_code == 403
    assert steward.username in client.get(page).content.decode()
    target = add_target(focal, alpha, target_row())
    custodian = Custodian.objects.get()
    form = {"visibility": "region", "sensitivity": "generalise", "custodian": custodian.pk, "expected": 1}
    assert client.post(f"/w/alpha/records/target/{target.pk}/sharing/", form).status_code == 302
    target.refresh_from_db()
    assert (target.visibility, target.custodian, target.version) == ("region", custodian, 2)
    assert client.post(f"/w/alpha/records/target/{target.pk}/sharing/", form).status_code == 403
    client.force_login(steward)
    other = make_member(alpha, Role.CIVIL_SOCIETY)
    assert client.post(f"{page}stewards/", {"username": other.username}).status_code == 302
    assert "/invitation/" in client.post(f"{page}invite/", {"email": "x@example.org"}).content.decode()
    voice = Membership.objects.get(user=other, role=Role.COMMUNITY_STEWARD)
    assert client.post(f"{page}stewards/{voice.pk}/dismiss/").status_code == 302
    assert custodian.stewards.count() == 1
