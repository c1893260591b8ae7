"""Consent, its purposes and its withdrawal; what a custodian keeps; territories that make plans wait."""

from datetime import date

import pytest
import shapely
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.utils import timezone

from landbalance.core.errors import AccessError, InputError, RuleError
from landbalance.registry.accounts.models import User
from landbalance.registry.audit.models import AuditEvent
from landbalance.registry.consents.models import Consent
from landbalance.registry.consents.queries import consents_of, is_blocked
from landbalance.registry.consents.services import add_consent, change_consent, put_under, withdraw_consent
from landbalance.registry.practices.models import Practice
from landbalance.registry.practices.services import add_practice
from landbalance.registry.recodes.models import Decision, Recode
from landbalance.registry.recodes.services import decide_recode
from landbalance.registry.records import Sensitivity, State, Visibility, shows_place
from landbalance.registry.review import delete_record, restore_record, revert_record
from landbalance.registry.targets.models import Target
from landbalance.registry.targets.services import add_target
from landbalance.registry.workspaces.models import Custodian, Membership, Role, Workspace
from people import make_country, make_member, make_person
from target_rows import box, target_row

pytestmark = pytest.mark.django_db
SQUARE = {"type": "Polygon", "coordinates": [[[0, 0], [2, 0], [2, 2], [0, 2], [0, 0]]]}


@pytest.fixture
def alpha() -> Workspace:
    return make_country("alpha", is_public=True)


def steward_of(workspace: Workspace, name: str) -> User:
    custodian, _ = Custodian.objects.get_or_create(workspace=workspace, name=name)
    person = make_person()
    Membership.objects.create(user=person, workspace=workspace, role=Role.COMMUNITY_STEWARD, custodian=custodian)
    return person


def shared_practice(workspace: Workspace, **fields: object) -> Practice:
    """Make a practice that everybody sees."""
    practice = add_practice(make_member(workspace), workspace, {"code": "p", "name": "Pits"})
    for name, value in {"state": State.APPROVED, "visibility": Visibility.PUBLIC, **fields}.items():
        setattr(practice, name, value)
    practice.save_revision(by=make_member(workspace))
    return practice


def test_each_purpose_is_a_tick_of_its_own(alpha: Workspace) -> None:
    consent = add_consent(
        steward_of(alpha, "Ostra"), alpha, {"code": "c1", "title": "Map", "purposes": ["national_map"]}
    )

    assert consent.allows("national_map")
    assert not consent.allows("open_data")
    assert not Consent(workspace=alpha, code="c2").allows("national_map")


def test_time_ends_a_consent(alpha: Workspace) -> None:
    values = {"code": "c", "title": "t", "purposes": ["research"], "retention_until": date(2026, 1, 31)}
    consent = add_consent(steward_of(alpha, "Ostra"), alpha, values)

    assert consent.allows("research", date(2026, 1, 31))
    assert not consent.allows("research", date(2026, 2, 1))


def test_a_consent_is_closed_to_all_but_its_custodian(alpha: Workspace) -> None:
    steward = steward_of(alpha, "Ostra")
    consent = add_consent(steward, alpha, {"code": "c", "title": "t"})
    others = [steward_of(alpha, "Sel"), make_member(alpha), make_member(alpha, Role.COMMUNITY_STEWARD)]

    assert list(consents_of(steward, alpha)) == [consent]
    assert [list(consents_of(person, alpha)) for person in others] == [[], [], []]
    assert list(Consent.objects.for_user(make_person(is_superuser=True))) == []
    with pytest.raises(AccessError):
        consents_of(make_member(alpha, Role.TECHNICIAN), alpha)


def test_withdrawal_hides_at_once_from_all_but_the_custodian(alpha: Workspace) -> None:
    steward = steward_of(alpha, "Ostra")
    custodian = steward.memberships.get().custodian
    practice = shared_practice(alpha, custodian=custodian)
    consent = add_consent(steward, alpha, {"code": "c", "title": "t", "purposes": ["open_data"]})
    put_under(steward, consent, practice)
    watchers = [
        AnonymousUser(),
        make_member(alpha),
        make_member(alpha, Role.CIVIL_SOCIETY),
        make_person(is_superuser=True),
    ]
    assert all(Practice.objects.for_user(person).exists() for person in watchers)

    withdraw_consent(steward, consent)

    assert [Practice.objects.for_user(person).exists() for person in watchers] == [False] * 4
    assert Practice.objects.for_user(steward).exists()
    assert AuditEvent.objects.filter(act="consents.withdrawn", detail__records=1).exists()
    with pytest.raises(RuleError):
        withdraw_consent(steward, consent)


def test_records_go_only_where_their_consent_lets_them(alpha: Workspace) -> None:
    steward = steward_of(alpha, "Ostra")
    practice = shared_practice(alpha)
    consent = add_consent(steward, alpha, {"code": "c", "title": "t", "purposes": ["national_map"]})
    put_under(steward, consent, practice)

    assert Practice.objects.usable_for("national_map").exists()
    assert not Practice.objects.usable_for("open_data").exists()


@pytest.mark.parametrize(
    "closed",
    [
        {"visibility": Visibility.CUSTODIAN},
        {"sensitivity": Sensitivity.RESTRICTED},
        {"sensitivity": Sensitivity.SACRED_OR_SECRET},
    ],
)
def test_what_a_custodian_keeps_nobody_else_sees(alpha: Workspace, closed: dict[str, str]) -> None:
    steward, other = steward_of(alpha, "Ostra"), steward_of(alpha, "Sel")
    shared_practice(alpha, custodian=steward.memberships.get().custodian, **closed)

    assert Practice.objects.for_user(steward).exists()
    watchers = [AnonymousUser(), other, make_member(alpha), make_person(is_superuser=True)]
    assert not any(Practice.objects.for_user(person).exists() for person in watchers)


def test_a_generalised_record_hides_its_place_from_others(alpha: Workspace) -> None:
    steward = steward_of(alpha, "Ostra")
    practice = shared_practice(alpha, custodian=steward.memberships.get().custodian, sensitivity=Sensitivity.GENERALISE)

    assert shows_place(steward, practice)
    assert not shows_place(make_member(alpha), practice)
    assert not shows_place(AnonymousUser(), practice)


@pytest.mark.parametrize(
    ("decision", "is_waiting"),
    [("pending", True), ("given", False), ("given_with_conditions", False), ("withheld", True), ("withdrawn", True)],
)
def test_plans_on_a_territory_wait_until_consent_is_given(alpha: Workspace, decision: str, is_waiting: bool) -> None:
    values = {"code": "f", "title": "Land", "kind": "collective_fpic", "scope": SQUARE, "decision": decision}
    add_consent(steward_of(alpha, "Ostra"), alpha, values)

    assert is_blocked(alpha, shapely.box(1, 1, 5, 5)) is is_waiting
    assert not is_blocked(alpha, shapely.box(5, 5, 6, 6))


def test_consent_given_and_withdrawn_makes_plans_wait_again(alpha: Workspace) -> None:
    steward = steward_of(alpha, "Ostra")
    values = {"code": "f", "title": "Land", "kind": "collective_fpic", "scope": SQUARE, "decision": "given"}
    consent = add_consent(steward, alpha, values)

    withdraw_consent(steward, consent)

    assert consent.decision == "withdrawn"
    assert is_blocked(alpha, shapely.box(1, 1, 5, 5))


@pytest.mark.parametrize(
    "values",
    [
        {"purposes": ["fun"]},
        {"steps": {"7": {}}},
        {"steps": {"1": {"state": "perhaps"}}},
        {"decision": "maybe"},
        {"scope": {"type": "Point", "coordinates": [1, 1]}},
        {"scope": {"type": "Nothing"}},
        {"withdrawn_at": None},
    ],
)
def test_what_makes_no_sense_is_refused(alpha: Workspace, values: dict[str, object]) -> None:
    with pytest.raises(InputError):
        add_consent(steward_of(alpha, "Ostra"), alpha, {"code": "c", "title": "t", **values})


def test_a_steward_alone_writes_consents(alpha: Workspace) -> None:
    with pytest.raises(AccessError):
        add_consent(make_member(alpha), alpha, {"code": "c", "title": "t"})


def test_a_change_keeps_what_was_agreed_before(alpha: Workspace) -> None:
    steward = steward_of(alpha, "Ostra")
    consent = add_consent(steward, alpha, {"code": "c", "title": "t", "purposes": ["research", "open_data"]})

    change_consent(steward, consent, {"purposes": ["research"]}, reason="open data taken back")

    assert [each.purposes for each in consent.history.order_by("version")] == [["research", "open_data"], ["research"]]


def test_a_steward_who_speaks_for_no_custodian_sees_no_drafts_of_others(alpha: Workspace) -> None:
    add_practice(make_member(alpha), alpha, {"code": "p", "name": "A draft"})

    assert not Practice.objects.for_user(make_member(alpha, Role.COMMUNITY_STEWARD)).exists()


def test_the_six_steps_are_written_down_in_the_browser(client: Client, alpha: Workspace) -> None:
    client.force_login(steward_of(alpha, "Ostra"))
    form = {"code": "f", "title": "Land", "kind": "collective_fpic", "decision": "pending", "visibility": "custodian"}
    steps = {"step_1_state": "done", "step_1_date": "2026-03-01", "step_1_evidence": "Minutes", "step_2_state": "begun"}

    assert client.post("/w/alpha/consents/new/", {**form, **steps}).status_code == 302

    assert Consent.objects.get().steps == {
        "1": {"state": "done", "date": "2026-03-01", "evidence": "Minutes"},
        "2": {"state": "begun", "date": "", "evidence": ""},
    }
    assert "Minutes" in client.get("/w/alpha/consents/f/").content.decode()
    assert 'value="Minutes"' in client.get("/w/alpha/consents/f/edit/").content.decode()


def test_a_withdrawn_consent_does_not_come_back_as_an_earlier_version(alpha: Workspace) -> None:
    steward = steward_of(alpha, "Ostra")
    values = {"code": "c", "title": "t", "kind": "collective_fpic", "decision": "given", "scope": SQUARE}
    consent = add_consent(steward, alpha, values)
    withdraw_consent(steward, consent)

    with pytest.raises(RuleError, match="withdrawn already"):
        revert_record(Consent.objects.get(), steward, 1, reason="again")

    assert Consent.objects.get().blocks_adoption()


def test_what_was_given_under_a_withdrawn_consent_is_not_brought_back(alpha: Workspace) -> None:
    steward, focal = steward_of(alpha, "Ostra"), make_member(alpha)
    practice = shared_practice(alpha, visibility=Visibility.MEMBERS)
    consent = add_consent(steward, alpha, {"code": "c", "title": "t"})
    put_under(steward, consent, practice)
    practice.deleted_at = timezone.now()
    practice.save_revision(by=focal)
    withdraw_consent(steward, consent)

    with pytest.raises(RuleError, match="consent that was taken back"):
        restore_record(focal, alpha, "practice", str(practice.pk))

    assert Practice._base_manager.get().deleted_at is not None


def test_a_target_put_away_does_not_come_back_to_land_that_waits(alpha: Workspace, client: Client) -> None:
    steward, focal = steward_of(alpha, "Ostra"), make_member(alpha)
    target = add_target(focal, alpha, target_row("T1"), pieces=[box(0, 0, 1, 1)])
    delete_record(focal, target, reason="wait")
    values = {"code": "c", "title": "t", "kind": "collective_fpic", "decision": "withheld", "scope": SQUARE}
    add_consent(steward, alpha, values)
    client.force_login(focal)

    page = client.post(f"/w/alpha/records/target/{target.pk}/restore/", follow=True).content.decode()

    assert "touches land of a people that has not given its consent" in page
    assert Target._base_manager.get().deleted_at is not None
    assert "Ostra" not in page


def test_a_recode_of_land_that_waits_is_not_accepted(alpha: Workspace) -> None:
    shape = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}
    recode = Recode(workspace=alpha, place="Hill", shape=shape, area_km2=1.0, state=State.REVIEW)
    recode.save_revision(by=make_member(alpha, Role.TECHNICIAN))
    values = {"code": "c", "title": "t", "kind": "collective_fpic", "decision": "pending", "scope": SQUARE}
    add_consent(steward_of(alpha, "Ostra"), alpha, values)

    with pytest.raises(RuleError, match="has not given its consent"):
        decide_recode(make_member(alpha), recode, decision=Decision.ACCEPTED, reason="seen")

    assert Recode.objects.get().decision == Decision.PROPOSED
