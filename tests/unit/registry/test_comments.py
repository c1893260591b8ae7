"""Comments on fields: who reads and writes them, how they are settled, and that none is lost."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core import mail

from landbalance.core.errors import AccessError, InputError, NotFoundError, RuleError
from landbalance.registry.accounts.models import User
from landbalance.registry.audit.models import AuditEvent
from landbalance.registry.comments.models import Comment
from landbalance.registry.comments.queries import comments_on, open_counts, threads_of, waiting_in
from landbalance.registry.comments.services import (
    add_comment,
    find_comment,
    mentioned,
    reopen_comment,
    settle_comment,
    tell_mentioned,
)
from landbalance.registry.consents.services import add_consent, put_under, withdraw_consent
from landbalance.registry.records import Sensitivity, State, Visibility
from landbalance.registry.review import delete_record, move_record, restore_record
from landbalance.registry.targets.models import Target
from landbalance.registry.targets.services import add_target, revise_target
from landbalance.registry.workspaces.models import Custodian, Membership, Role, Workspace
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
def target(alpha: Workspace, focal: User) -> Target:
    found = add_target(focal, alpha, target_row())
    return move_record(focal, found, State.REVIEW)


def test_a_comment_holds_its_field_its_version_and_who_said_it(target: Target, alpha: Workspace) -> None:
    voice = make_member(alpha, Role.CIVIL_SOCIETY)

    made = add_comment(voice, target, " Is this with the park? ", field="declared_area")

    assert (made.field, made.version, made.by, made.text) == ("declared_area", 2, voice, "Is this with the park?")
    assert open_counts(voice, alpha) == {target.pk: 1}
    assert AuditEvent.objects.filter(act="comments.added", detail__field="declared_area").exists()


def test_others_answer_and_an_open_comment_is_settled_with_who_and_when(
    target: Target, alpha: Workspace, focal: User
) -> None:
    voice = make_member(alpha, Role.CIVIL_SOCIETY)
    asked = add_comment(voice, target, "With the park?", field="declared_area")

    answer = add_comment(focal, target, "Without it.", field="title", parent=asked)
    settle_comment(focal, target, asked)

    (thread,) = threads_of(voice, target)
    assert (answer.field, thread.answers) == ("declared_area", (answer,))
    assert (thread.comment.settled_by, thread.comment.settled_at is None) == (focal, False)
    assert open_counts(voice, alpha) == {}
    with pytest.raises(RuleError, match="settled already"):
        settle_comment(focal, target, find_comment(target, asked.pk))


def test_an_answer_to_a_settled_comment_opens_it_again(target: Target, alpha: Workspace, focal: User) -> None:
    asked = add_comment(focal, target, "Which year?")
    settle_comment(focal, target, asked)

    add_comment(make_member(alpha, Role.REVIEWER), target, "Not quite.", parent=find_comment(target, asked.pk))

    assert find_comment(target, asked.pk).is_open
    assert AuditEvent.objects.filter(act="comments.reopened").exists()
    with pytest.raises(RuleError, match="is open"):
        reopen_comment(focal, target, find_comment(target, asked.pk))


def test_no_comment_is_lost_when_the_record_is_revised_put_away_and_brought_back(
    target: Target, alpha: Workspace, focal: User
) -> None:
    asked = add_comment(focal, target, "Why so much?", field="declared_area")

    revise_target(focal, target, target_row(declared_area=12000), reason="ambition_up", text="More pasture.")
    assert [each.comment for each in threads_of(focal, target)] == [asked]
    delete_record(focal, target, reason="twice")
    assert comments_on(focal, alpha) == []
    restore_record(focal, alpha, "target", str(target.pk))

    assert comments_on(focal, alpha) == [asked]
    assert Comment.objects.get().version == 2


@pytest.mark.parametrize(
    ("closed", "role"),
    [
        ({"visibility": Visibility.CUSTODIAN}, Role.TECHNICIAN),
        ({"sensitivity": Sensitivity.SACRED_OR_SECRET}, Role.FOCAL_POINT),
        ({"state": State.DRAFT}, Role.CIVIL_SOCIETY),
    ],
)
def test_who_does_not_see_the_record_does_not_see_what_is_said(
    target: Target, alpha: Workspace, closed: dict[str, str], role: str
) -> None:
    keeper = make_member(alpha)
    add_comment(keeper, target, "Between us")
    for name, value in closed.items():
        setattr(target, name, value)
    target.save_revision(by=target.created_by)
    other = make_member(alpha, role)

    assert comments_on(other, alpha) == []
    assert waiting_in(other, alpha).threads == ()


def test_readers_visitors_and_other_countries_read_no_comments(target: Target, alpha: Workspace, focal: User) -> None:
    add_comment(focal, target, "Between us")
    target.visibility, target.state = Visibility.PUBLIC, State.APPROVED
    target.save_revision(by=focal)
    others = [AnonymousUser(), make_member(alpha, Role.PUBLIC), make_member(make_country("beta"))]

    for other in others:
        assert Target.objects.for_user(other).exists()
        assert threads_of(other, target) == ()
        assert open_counts(other, alpha) == {}
        with pytest.raises(AccessError):
            comments_on(other, alpha)
        with pytest.raises(AccessError):
            add_comment(other, target, "Hello")


def test_comments_on_what_a_people_takes_back_go_with_it(target: Target, alpha: Workspace, focal: User) -> None:
    custodian = Custodian.objects.create(workspace=alpha, name="Ostra")
    steward = make_person()
    Membership.objects.create(user=steward, workspace=alpha, role=Role.COMMUNITY_STEWARD, custodian=custodian)
    target.custodian = custodian
    target.save_revision(by=focal)
    add_comment(steward, target, "Our graves lie here")
    consent = add_consent(steward, alpha, {"code": "c", "title": "t", "purposes": ["national_map"]})
    put_under(steward, consent, target)
    reviewer = make_member(alpha, Role.REVIEWER)
    assert len(comments_on(reviewer, alpha)) == 1

    withdraw_consent(steward, consent)

    assert comments_on(reviewer, alpha) == []
    assert len(comments_on(steward, alpha)) == 1


def test_who_has_no_say_settles_nothing(target: Target, alpha: Workspace, focal: User) -> None:
    asked = add_comment(focal, target, "Which year?")
    voice = make_member(alpha, Role.CIVIL_SOCIETY)

    with pytest.raises(AccessError):
        settle_comment(voice, target, asked)

    settle_comment(voice, target, add_comment(voice, target, "My own"))


@pytest.mark.parametrize(
    ("text", "field", "words"),
    [("  ", "", "empty"), ("x" * 4001, "", "4001 letters"), ("x", "workspace", "no field"), ("x", "no", "no field")],
)
def test_what_makes_no_sense_is_refused(target: Target, focal: User, text: str, field: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        add_comment(focal, target, text, field=field)
    assert not Comment.objects.exists()


def test_a_comment_of_another_record_is_not_found(target: Target, alpha: Workspace, focal: User) -> None:
    other = add_target(focal, alpha, target_row("T2"))
    asked = add_comment(focal, other, "Which year?")

    with pytest.raises(NotFoundError):
        find_comment(target, asked.pk)


def test_members_who_are_named_and_see_the_record_are_told(target: Target, alpha: Workspace, focal: User) -> None:
    named, stranger = make_member(alpha, Role.REVIEWER), make_member(make_country("beta"))
    reader = make_member(alpha, Role.PUBLIC)
    text = f"@{named.username}, please look; not @{stranger.username} nor @{reader.username}. @nobody"

    made = add_comment(focal, target, text)

    assert [*made.mentions.all()] == [named] == mentioned(target, text)
    assert waiting_in(named, alpha).threads[0].is_for_reader
    assert not waiting_in(focal, alpha).threads[0].is_for_reader
    assert tell_mentioned(made, target, "https://example.org/") == 0  # no mail server is set up
    assert mail.outbox == []


def test_what_waits_is_what_a_person_sees(target: Target, alpha: Workspace, focal: User) -> None:
    add_target(focal, alpha, target_row("T2"))
    add_comment(focal, target, "Which year?")

    found = waiting_in(make_member(alpha, Role.CIVIL_SOCIETY), alpha)

    assert [(str(each), number) for each, number in found.records] == [("T1 Better pasture", 1)]
    assert [each.record for each in found.threads] == [target]
