"""Records written by programs: by the use cases of the pages, from the version that was read, once."""

import json
from dataclasses import replace

import pytest
from django.conf import settings
from django.core.cache import caches
from django.test import Client

from landbalance.registry.accounts.models import KeptAnswer
from landbalance.registry.accounts.services import make_token
from landbalance.registry.actions.models import Action
from landbalance.registry.audit.models import AuditEvent
from landbalance.registry.recodes.models import Decision, Recode
from landbalance.registry.targets.models import Target
from landbalance.registry.workspaces.models import Role, Workspace
from landbalance.registry.workspaces.services import folder_of
from people import make_country, make_member
from rooms.recodes import SHAPE
from rooms.runs import write_country

pytestmark = pytest.mark.django_db
ALL = "/api/workspaces/alpha/targets"
ONE = f"{ALL}/T1"
NEW = {"code": "T1", "title": "Better pasture", "declared_area": 9000, "start_year": 2020, "target_year": 2030}


@pytest.fixture(autouse=True)
def _fresh_minute() -> None:
    caches["process"].clear()


@pytest.fixture
def alpha() -> Workspace:
    return make_country("alpha")


@pytest.fixture
def focal(alpha: Workspace) -> "Program":
    return Program(make_member(alpha))


class Program:
    """A program with a key of a person."""

    def __init__(self, person: object, *scopes: str) -> None:
        self.person = person
        _, key = make_token(person, "script", list(scopes) or ["read", "write"])
        self.client = Client(enforce_csrf_checks=True, headers={"Authorization": f"Bearer {key}"})

    def send(self, method: str, path: str, body: object = "", **headers: str) -> object:
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.generic(method, path, json.dumps(body) if body else "", "application/json", headers=said)


def test_a_target_is_set_read_changed_and_put_away(focal: Program) -> None:
    made = focal.send("POST", ALL, {**NEW, "shape": json.loads(SHAPE), "responses": ["reverse"]})
    assert (made.status_code, made["Location"]) == (201, ONE), made.content
    read = focal.send("GET", ONE)
    assert read.json()["responses"] == ["reverse"]

    changed = focal.send("PATCH", ONE, {"title": "Pasture with trees", "reason": "clearer"}, If_Match=read["ETag"])

    assert (changed.json()["title"], changed.json()["declared_area"], changed.json()["version"]) == (
        *("Pasture with trees", 9000),
        2,
    )
    assert Target.objects.get().pieces()[0].area_km2 > 0, "what was not sent stays"
    assert focal.send("GET", f"{ONE}/history").json()[0]["reason"] == "clearer"
    assert focal.send("DELETE", f"{ONE}?reason=twice", If_Match=changed["ETag"]).status_code == 204
    assert focal.send("GET", ONE).status_code == 404
    assert Target._base_manager.get().deleted_at is not None, "put away, not lost"
    acts = set(AuditEvent.objects.values_list("act", flat=True))
    assert {"targets.added", "records.deleted"} <= acts


def test_an_old_etag_changes_nothing(focal: Program) -> None:
    tag = focal.send("POST", ALL, NEW)["ETag"]
    focal.send("PATCH", ONE, {"version": 1, "title": "First"})

    for method, path, body in (("PATCH", ONE, {"title": "Second"}), ("DELETE", f"{ONE}?reason=x", "")):
        answer = focal.send(method, path, body, If_Match=tag)
        assert answer.status_code == 412
        assert answer.json()["errors"] == [{"version": 2}]
    assert focal.send("PATCH", ONE, {"version": 1, "title": "Second"}).status_code == 409
    assert Target.objects.get().title == "First"


def test_a_change_says_from_which_version(focal: Program) -> None:
    focal.send("POST", ALL, NEW)

    answer = focal.send("PATCH", ONE, {"title": "Blind"})

    assert answer.status_code == 428
    assert "If-Match" in answer.json()["detail"]
    assert focal.send("DELETE", f"{ONE}?reason=x").status_code == 428
    assert focal.send("PATCH", ONE, {"title": "Seen"}, If_Match="*").status_code == 200


def test_the_land_is_taken_away_only_when_it_is_said(focal: Program) -> None:
    focal.send("POST", ALL, {**NEW, "shape": json.loads(SHAPE)})

    focal.send("PATCH", ONE, {"version": 1, "text": "More"})
    assert Target.objects.get().pieces() != []
    focal.send("PATCH", ONE, {"version": 2, "shape": None})

    assert Target.objects.get().pieces() == []


def test_what_was_agreed_is_revised_with_a_reason(focal: Program) -> None:
    focal.send("POST", ALL, NEW)
    Target.objects.filter(code="T1").update(stage="adopted")

    refused = focal.send("PATCH", ONE, {"version": 1, "declared_area": 1})
    revision = {"version": 1, "declared_area": 12000, "revision_reason": "ambition_up", "revision_text": "More land"}
    revised = focal.send("POST", f"{ONE}/revisions", revision)

    assert refused.status_code == 422
    assert "revise it" in refused.json()["detail"]
    assert (revised.json()["revision"], revised.json()["stage"], revised.json()["declared_area"]) == (
        2,
        "revised",
        12000,
    )


def test_a_move_names_what_is_missing(focal: Program) -> None:
    focal.send("POST", ALL, NEW)

    moved = focal.send("POST", f"{ONE}/stage", {"version": 1, "to": "proposed"})
    refused = focal.send("POST", f"{ONE}/stage", {"version": 1, "to": "achieved"})

    assert (moved.status_code, refused.status_code) == (422, 422) or moved.json()["stage"] == "proposed"
    assert "\n" not in refused.json()["detail"]


def test_a_known_value_is_kept_with_its_source(focal: Program) -> None:
    focal.send("POST", ALL, NEW)

    kept = focal.send("POST", f"{ONE}/assessments", {"year": 2024, "source": "Survey", "outcome_km2": 12.5})

    assert kept.status_code == 201
    assert Target.objects.get().assessments.get().outcome_km2 == 12.5


def test_an_action_is_written_reported_on_and_put_away(focal: Program) -> None:
    focal.send("POST", ALL, NEW)
    path = "/api/workspaces/alpha/actions/A1"

    made = focal.send("POST", path[:-3], {"code": "A1", "title": "Trees", "targets": ["T1"], "planned_ha": 50})
    done = focal.send("POST", f"{path}/progress", {"day": "2024-05-01", "done_ha": 20})
    changed = focal.send("PATCH", path, {"title": "More trees"}, If_Match=made["ETag"])

    assert (made.status_code, done.status_code, changed.status_code) == (201, 201, 200), changed.content
    action = Action.objects.get()
    assert [each.code for each in action.targets.all()] == ["T1"]
    assert (action.done_ha(), action.title) == (20, "More trees")
    assert focal.send("DELETE", f"{path}?reason=x", If_Match=changed["ETag"]).status_code == 204


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"title": "No code"}, "code"),
        ({**NEW, "target_year": 2019}, ""),
        ({**NEW, "target_type": "wish"}, "target_type"),
        ({**NEW, "stage": "adopted"}, "stage"),
        ({**NEW, "workspace": "beta"}, "workspace"),
        ({**NEW, "shape": {"type": "Point", "coordinates": [1, 1]}}, None),
        ({**NEW, "shape": {"type": "Polygon", "coordinates": "x"}}, None),
    ],
)
def test_what_a_file_would_be_refused_for_is_refused(focal: Program, body: dict, field: str | None) -> None:
    answer = focal.send("POST", ALL, body)

    said = answer.json()
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert (said["status"], said["title"], said["type"]) == (422, "Unprocessable Entity", "about:blank")
    assert "\n" not in said["detail"]
    assert field is None or any(field in each["at"] or not field for each in said["errors"])
    assert not Target.objects.exists()


@pytest.mark.parametrize(
    ("role", "scopes", "status"),
    [
        (Role.FOCAL_POINT, ["read"], 403),
        (Role.FOCAL_POINT, ["run"], 403),
        (Role.FOCAL_POINT, ["write"], 201),
        (Role.TECHNICIAN, ["write"], 201),
        (Role.CIVIL_SOCIETY, ["read", "write"], 403),
        (Role.PUBLIC, ["read", "write"], 403),
    ],
)
def test_a_key_writes_what_its_person_and_its_scopes_allow(
    alpha: Workspace, role: str, scopes: list[str], status: int
) -> None:
    assert Program(make_member(alpha, role), *scopes).send("POST", ALL, NEW).status_code == status


def test_a_stranger_writes_nothing(alpha: Workspace, focal: Program) -> None:
    focal.send("POST", ALL, NEW)
    stranger = Program(make_member(make_country("beta", country="ZZB")))

    answers = [
        stranger.send("POST", ALL, {**NEW, "code": "T2"}),
        stranger.send("PATCH", ONE, {"title": "Mine"}, If_Match="*"),
        stranger.send("DELETE", f"{ONE}?reason=x", If_Match="*"),
        stranger.send("POST", f"{ONE}/stage", {"version": 1, "to": "proposed"}),
    ]

    assert {each.status_code for each in answers} == {404}
    assert Target.objects.get().title == NEW["title"]


def test_only_who_may_put_away_does(alpha: Workspace, focal: Program) -> None:
    focal.send("POST", ALL, NEW)

    assert (
        Program(make_member(alpha, Role.TECHNICIAN)).send("DELETE", f"{ONE}?reason=x", If_Match="*").status_code == 403
    )


def test_a_request_sent_again_under_its_key_is_done_once(focal: Program) -> None:
    path = f"{ONE}/assessments"
    focal.send("POST", ALL, NEW)
    body = {"year": 2024, "source": "Survey", "value": 1.0}

    first, second = (focal.send("POST", path, body, Idempotency_Key="a-1") for _ in range(2))

    assert (first.status_code, second.status_code, first.content) == (201, 201, second.content)
    assert second["Idempotent-Replayed"] == "true"
    assert Target.objects.get().assessments.count() == 1
    other = focal.send("POST", path, {**body, "value": 2.0}, Idempotency_Key="a-1")
    assert other.status_code == 422
    assert "another request" in other.json()["detail"]
    focal.send("POST", path, body, Idempotency_Key="a-2")
    assert Target.objects.get().assessments.count() == 2


def test_a_refused_request_keeps_no_key(focal: Program) -> None:
    refused = focal.send("POST", ALL, {**NEW, "shape": {"type": "Point", "coordinates": [1, 1]}}, Idempotency_Key="k")

    made = focal.send("POST", ALL, NEW, Idempotency_Key="k")

    assert (refused.status_code, made.status_code) == (422, 201)
    assert KeptAnswer.objects.count() == 1


def test_the_key_of_one_person_is_not_that_of_another(alpha: Workspace, focal: Program) -> None:
    focal.send("POST", ALL, NEW, Idempotency_Key="same")

    other = Program(make_member(alpha)).send("POST", ALL, {**NEW, "code": "T2"}, Idempotency_Key="same")

    assert (other.status_code, other.json()["code"]) == (201, "T2")


def test_writing_too_fast_is_told_when_to_come_again(focal: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = settings.INSTALLATION.table.model_copy(update={"api_per_minute": 3})
    monkeypatch.setattr(settings, "INSTALLATION", replace(settings.INSTALLATION, table=slow))

    answers = [focal.send("POST", ALL, {**NEW, "code": f"T{number}"}) for number in range(8)]

    made = [each for each in answers if each.status_code == 201]
    assert {each.status_code for each in answers} == {201, 429}
    assert int(answers[-1]["Retry-After"]) >= 1
    assert Target.objects.count() == len(made)


def test_a_recode_is_proposed_and_decided_by_somebody_else(alpha: Workspace, focal: Program) -> None:
    path = "/api/workspaces/alpha/recodes"
    write_country(folder_of(alpha, settings.INSTALLATION))
    body = {"place": "Hill", "shape": json.loads(SHAPE), "process": "fire", "basis": "visit", "periods": ["baseline"]}

    made = Program(make_member(alpha, Role.TECHNICIAN)).send("POST", path, {**body, "degraded_to": "0"})
    assert made.status_code == 201, made.content
    decision = {"decision": "rejected", "reason": "No fire there", "version": 1}
    own = Program(Recode.objects.get().created_by).send("POST", f"{made['Location']}/decision", decision)
    decided = focal.send("POST", f"{made['Location']}/decision", decision)

    assert own.status_code == 403
    assert decided.status_code == 200, decided.content
    assert decided.json()["decision"] == Decision.REJECTED


def test_the_description_tells_of_versions_keys_and_refusals(client: Client) -> None:
    paths = client.get("/api/openapi.json").json()["paths"]

    change = paths["/api/workspaces/{workspace}/targets/{code}"]["patch"]
    add = paths["/api/workspaces/{workspace}/targets"]["post"]
    assert "If-Match" in [each["name"] for each in change["parameters"]]
    assert "Idempotency-Key" in [each["name"] for each in add["parameters"]]
    assert [*change["responses"]["412"]["content"]] == ["application/problem+json"]
