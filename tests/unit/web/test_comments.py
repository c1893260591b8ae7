"""Comments as pages, as answers to programs and in the export."""

import csv
import io
import json
import zipfile

import pytest
from django.test import Client

from landbalance.registry.accounts.models import User
from landbalance.registry.accounts.services import make_token
from landbalance.registry.comments.models import Comment
from landbalance.registry.comments.services import add_comment, settle_comment
from landbalance.registry.records import State
from landbalance.registry.review import move_record
from landbalance.registry.targets.models import Target
from landbalance.registry.targets.services import add_target, edit_target
from landbalance.registry.workspaces.models import Role, Workspace
from people import make_country, make_member
from target_rows import target_row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


@pytest.fixture
def alpha() -> Workspace:
    return make_country("alpha")


@pytest.fixture
def focal(alpha: Workspace) -> User:
    return make_member(alpha)


@pytest.fixture
def target(alpha: Workspace, focal: User) -> Target:
    return move_record(focal, add_target(focal, alpha, target_row()), State.REVIEW)


def place(target: Target) -> str:
    return f"/w/alpha/records/target/{target.pk}/comments/"


def test_a_comment_is_written_answered_and_settled_in_the_browser(
    client: Client, alpha: Workspace, focal: User, target: Target
) -> None:
    client.force_login(make_member(alpha, Role.CIVIL_SOCIETY))
    answer = client.post(place(target), {"field": "declared_area", "text": "With <b>the</b> park?"})
    asked = Comment.objects.get()
    assert answer["Location"] == f"{place(target)}#comment-{asked.pk}"

    client.force_login(focal)
    client.post(place(target), {"parent": asked.pk, "text": "Without it."})
    client.post(f"{place(target)}{asked.pk}/settle/")

    page = client.get("/w/alpha/targets/t/T1/").content.decode()
    assert "With &lt;b&gt;the&lt;/b&gt; park?" in page
    assert "Without it." in page
    assert "Settled by" in page


def test_open_comments_are_counted_in_lists_and_wait_on_the_page_of_reviews(
    client: Client, focal: User, target: Target
) -> None:
    client.force_login(focal)
    settle_comment(focal, target, add_comment(focal, target, "Done"))
    add_comment(focal, target, "Which year?", field="target_year")
    add_comment(focal, target, "Which place?")

    assert "2 open comments" in client.get("/w/alpha/targets/").content.decode()
    page = client.get("/w/alpha/review/").content.decode()
    assert "T1 Better pasture" in page
    assert "Which year?" in page
    assert "Done" not in page


def test_a_comment_shows_the_value_it_was_about_and_stands_at_its_field_in_the_form(
    client: Client, focal: User, target: Target
) -> None:
    client.force_login(focal)
    add_comment(focal, target, "Why 2030?", field="target_year")
    edit_target(focal, target, target_row(target_year=2035))

    assert "It was 2030 when this was written, and is 2035 now." in client.get(place(target)).content.decode()
    assert "Why 2030?" in client.get("/w/alpha/targets/t/T1/edit/").content.decode()
    assert "Why 2030?" in client.get(f"/w/alpha/records/target/{target.pk}/").content.decode()


def test_what_is_refused_is_said_and_nothing_is_lost(client: Client, focal: User, target: Target) -> None:
    client.force_login(focal)

    answer = client.post(place(target), {"field": "no", "text": "Long thought"})

    assert answer.status_code == 422
    assert "no field no" in answer.content.decode()
    assert "Long thought" in answer.content.decode()


def test_a_reader_sees_no_comments_on_a_public_record(client: Client, focal: User, target: Target) -> None:
    add_comment(focal, target, "Between us")
    target.workspace.is_public = True
    target.workspace.save()
    target.visibility = "public"
    move_record(focal, target, State.APPROVED)

    pages = [client.get(path) for path in ("/w/alpha/targets/t/T1/", f"/w/alpha/records/target/{target.pk}/")]

    assert [page.status_code for page in pages] == [200, 200]
    assert not any("Between us" in page.content.decode() or "Comment" in page.content.decode() for page in pages)


def test_programs_read_write_and_settle_comments(alpha: Workspace, focal: User, target: Target) -> None:
    _, key = make_token(focal, "script", ["read", "write"])
    program = Client(headers={"Authorization": f"Bearer {key}"})
    url = f"/api/workspaces/alpha/records/target/{target.pk}/comments"

    made = program.post(url, {"text": "Which year?", "field": "target_year"}, "application/json")
    answer = program.post(url, {"text": "2030", "answers_to": made.json()["id"]}, "application/json")
    settled = program.post(f"{url}/{made.json()['id']}", {"is_settled": True}, "application/json")

    assert (made.status_code, answer.status_code, settled.status_code) == (201, 201, 200)
    assert settled.json()["settled_by"] == focal.username
    listed = program.get("/api/workspaces/alpha/comments").json()["items"]
    assert [(each["text"], each["kind"], each["answers_to"]) for each in listed] == [
        ("Which year?", "target", None),
        ("2030", "target", made.json()["id"]),
    ]
    assert program.post(url, {"text": "x", "field": "no"}, "application/json").status_code == 422
    assert program.get(url, {"format": "csv"}).content.startswith(b"id,record,kind,field")


def test_a_key_that_only_reads_says_nothing(focal: User, target: Target) -> None:
    _, key = make_token(focal, "script", ["read"])
    program = Client(headers={"Authorization": f"Bearer {key}"})

    answer = program.post(
        f"/api/workspaces/alpha/records/target/{target.pk}/comments", {"text": "x"}, "application/json"
    )

    assert answer.status_code == 403
    assert not Comment.objects.exists()


def test_comments_go_with_the_export(client: Client, alpha: Workspace, focal: User, target: Target) -> None:
    add_comment(focal, target, "=Which year?", field="target_year")
    client.force_login(focal)

    answer = client.post("/w/alpha/export/")
    with zipfile.ZipFile(io.BytesIO(b"".join(answer))) as archive:
        (row,) = csv.DictReader(io.StringIO(archive.read("comments.csv").decode()))
        about = json.loads(archive.read("about.json"))

    assert (row["record"], row["field"], row["who"]) == (str(target.pk), "target_year", focal.username)
    assert row["text"] == "'=Which year?"
    assert about["records"]["targets-target"] == 1
