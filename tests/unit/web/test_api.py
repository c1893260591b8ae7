"""The API: who comes in, what is given, what is refused."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import caches
from django.test import Client

from landbalance.registry.accounts.models import ApiToken
from landbalance.registry.accounts.services import make_token
from landbalance.registry.consents.services import add_consent
from landbalance.registry.practices.models import Practice
from landbalance.registry.practices.services import add_practice
from landbalance.registry.records import Sensitivity, Visibility
from landbalance.registry.workspaces.models import Role, Workspace
from people import make_country, make_member, make_person

pytestmark = pytest.mark.django_db
PRACTICES = "/api/workspaces/alpha/practices"


@pytest.fixture(autouse=True)
def _fresh_minute() -> None:
    caches["process"].clear()


@pytest.fixture
def alpha() -> Workspace:
    return make_country("alpha")


def program(person: object, *scopes: str) -> Client:
    """Return a client with a key of a person; it has no session and no CSRF token."""
    _, key = make_token(person, "script", list(scopes) or ["read", "write"])
    return Client(enforce_csrf_checks=True, headers={"Authorization": f"Bearer {key}"})


def send(client: Client, method: str, path: str, body: object, **headers: str) -> object:
    text = body if isinstance(body, str | bytes) else json.dumps(body)
    return client.generic(method, path, text, "application/json", headers=headers)


def test_a_key_does_what_its_person_may(alpha: Workspace) -> None:
    client = program(make_member(alpha, Role.TECHNICIAN))

    made = send(client, "POST", PRACTICES, {"code": "zai", "name": "Zaï", "groups": ["water_harvesting"]})

    assert made.status_code == 201, made.content
    assert client.get(PRACTICES).json()["items"][0]["name"] == "Zaï"
    assert send(client, "PATCH", f"{PRACTICES}/zai", {"version": 1, "name": "Pits"}).json()["version"] == 2
    assert client.delete(f"{PRACTICES}/zai").status_code == 403
    history = client.get(f"{PRACTICES}/zai/history").json()
    assert [each["changes"].get("name") for each in history] == [["Zaï", "Pits"], None]


@pytest.mark.parametrize(("scopes", "status"), [(["read"], 403), (["run"], 403), (["write"], 201)])
def test_a_key_does_no_more_than_its_scopes(alpha: Workspace, scopes: list[str], status: int) -> None:
    client = program(make_member(alpha), *scopes)

    assert send(client, "POST", PRACTICES, {"code": "zai", "name": "Zaï"}).status_code == status


def test_a_key_without_reading_reads_nothing(alpha: Workspace) -> None:
    client = program(make_member(alpha), "write")

    assert client.get(PRACTICES).status_code == 403
    assert client.get("/api/workspaces").status_code == 403


def test_a_wrong_or_old_key_opens_nothing_even_with_a_session(alpha: Workspace) -> None:
    person = make_member(alpha)
    client = Client(headers={"Authorization": "Bearer lb_wrong"})
    client.force_login(person)
    assert client.get(PRACTICES).status_code == 401

    token, key = make_token(person, "old", ["read"], days=-1)
    assert Client(headers={"Authorization": f"Bearer {key}"}).get(PRACTICES).status_code == 401
    assert token.last_used_at is None


def test_a_person_switched_off_has_no_key(alpha: Workspace) -> None:
    person = make_member(alpha)
    client = program(person)
    person.is_active = False
    person.save()

    assert client.get(PRACTICES).status_code == 401


def test_the_use_of_a_key_is_noted(alpha: Workspace) -> None:
    program(make_member(alpha)).get(PRACTICES)

    assert ApiToken.objects.get().last_used_at is not None


def test_a_session_needs_the_token_of_the_page_to_change_something(alpha: Workspace) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_member(alpha))

    assert client.get(PRACTICES).status_code == 200
    assert send(client, "POST", PRACTICES, {"code": "zai", "name": "Zaï"}).status_code == 403
    client.get("/")
    token = client.cookies["csrftoken"].value
    made = send(client, "POST", PRACTICES, {"code": "zai", "name": "Zaï"}, **{"X-CSRFToken": token})
    assert made.status_code == 201


def test_a_visitor_changes_nothing(alpha: Workspace) -> None:
    make_country("beta", is_public=True)

    assert send(Client(), "POST", "/api/workspaces/beta/practices", {"code": "x", "name": "X"}).status_code in (
        401,
        403,
    )
    assert Client().get(PRACTICES).status_code == 404
    assert [each["slug"] for each in Client().get("/api/workspaces").json()["items"]] == ["beta"]


@pytest.mark.parametrize("field", ["id", "workspace", "state", "version_", "created_by", "deleted_at", "custodian"])
def test_nobody_sets_what_is_not_theirs(alpha: Workspace, field: str) -> None:
    client = program(make_member(alpha))

    answer = send(client, "POST", PRACTICES, {"code": "zai", "name": "Zaï", field: "approved"})

    assert answer.status_code == 422
    assert not Practice.objects.exists()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ('{"code": "zai", "name": "\\ud800"}', 400),
        ('{"code": "zai", "name": "a\\u0000b"}', 400),
        ('{"code": "zai", "name": "Z", "lag_years": NaN}', 400),
        ('{"code": "zai", "name": "Z", "lag_years": 1e400}', 422),
        ('{"code": "zai", "name": "Z", "lag_years": -1}', 422),
        ('{"code": "zai", "name": "Z", "impacts": {"soil": 9}}', 422),
        ('{"code": "../x", "name": "Z"}', 422),
        ("[" * 100_000, 400),
        (b"\xff\xfe", 400),
        ("", 422),
    ],
)
def test_bodies_that_make_no_sense_are_refused(alpha: Workspace, body: str | bytes, status: int) -> None:
    answer = send(program(make_member(alpha)), "POST", PRACTICES, body)

    assert answer.status_code in {status, 400 if status == 422 else status}
    assert "detail" in answer.json()
    assert not Practice.objects.exists()


def test_a_parameter_given_twice_is_refused(alpha: Workspace) -> None:
    assert program(make_member(alpha)).get(PRACTICES + "?limit=1&limit=2").status_code == 422


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "offset=-1", "format=xml", "limit=1;DROP", "limit=%00"])
def test_queries_that_make_no_sense_are_refused(alpha: Workspace, query: str) -> None:
    assert program(make_member(alpha)).get(f"{PRACTICES}?{query}").status_code == 422


def test_a_lost_update_is_refused_with_the_version_that_stands_there(alpha: Workspace) -> None:
    client = program(make_member(alpha))
    send(client, "POST", PRACTICES, {"code": "zai", "name": "Zaï"})
    send(client, "PATCH", f"{PRACTICES}/zai", {"version": 1, "name": "First"})

    answer = send(client, "PATCH", f"{PRACTICES}/zai", {"version": 1, "name": "Second"})

    assert answer.status_code == 409
    assert answer.json()["errors"] == [{"version": 2}]
    assert Practice.objects.get().name == "First"


def test_pages_lead_to_the_next(alpha: Workspace) -> None:
    person = make_member(alpha)
    for number in range(5):
        add_practice(person, alpha, {"code": f"p{number}", "name": f"P{number}"})
    client = program(person)

    seen, path = [], PRACTICES + "?limit=2"
    while path:
        page = client.get(path).json()
        seen += [each["code"] for each in page["items"]]
        path = page["next"]

    assert seen == [f"p{number}" for number in range(5)]
    assert page["count"] == 5


def test_csv_runs_in_no_spreadsheet(alpha: Workspace) -> None:
    person = make_member(alpha)
    add_practice(person, alpha, {"code": "p", "name": "=cmd|'/c calc'!A1", "measures": ["A1", "S4"]})

    answer = program(person).get(PRACTICES + "?format=csv")

    row = next(csv.DictReader(io.StringIO(answer.content.decode())))
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert row["name"].startswith("'=")
    assert json.loads(row["measures"]) == ["A1", "S4"]


def test_what_has_not_changed_is_not_sent_again(alpha: Workspace) -> None:
    person = make_member(alpha)
    add_practice(person, alpha, {"code": "p", "name": "P"})
    client = program(person)
    tag = client.get(PRACTICES)["ETag"]

    again = client.get(PRACTICES, headers={"If-None-Match": f"W/{tag}"})
    assert (again.status_code, again.content) == (304, b"")
    send(client, "PATCH", f"{PRACTICES}/p", {"version": 1, "name": "Q"})
    assert client.get(PRACTICES, headers={"If-None-Match": tag}).status_code == 200


def test_a_place_that_is_kept_is_not_in_geojson(alpha: Workspace) -> None:
    steward = make_member(alpha, Role.COMMUNITY_STEWARD)
    square = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}
    consent = add_consent(
        steward, alpha, {"code": "c", "title": "t", "scope": square, "visibility": Visibility.MEMBERS}
    )
    path = "/api/workspaces/alpha/consents?format=geojson"
    others = program(make_member(alpha))
    assert others.get(path).json()["features"][0]["geometry"] == square
    consent.state, consent.sensitivity = "approved", Sensitivity.GENERALISE
    consent.save_revision(by=steward)

    assert others.get(path).json()["features"][0]["geometry"] is None
    assert program(steward).get(path).json()["features"][0]["geometry"] == square


def test_too_many_requests_are_told_when_to_come_again(alpha: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = settings.INSTALLATION.table.model_copy(update={"api_per_minute": 5})
    monkeypatch.setattr(settings, "INSTALLATION", replace(settings.INSTALLATION, table=slow))
    busy, other = program(make_member(alpha)), program(make_member(alpha))

    statuses = [busy.get(PRACTICES) for _ in range(12)]

    assert {each.status_code for each in statuses} == {200, 429}
    assert int(statuses[-1]["Retry-After"]) >= 1
    assert other.get(PRACTICES).status_code == 200


def test_guessing_keys_ends(alpha: Workspace) -> None:
    statuses = [
        Client(headers={"Authorization": f"Bearer lb_{number}"}).get(PRACTICES).status_code for number in range(70)
    ]

    assert statuses[0] == 401
    assert statuses[-1] == 429


def test_countries_are_looked_up_by_the_year_of_a_report() -> None:
    get = Client().get

    assert get("/api/countries?country=STP&list_code=ldc&year=2023").json()["items"][0]["value"] == "yes"
    assert get("/api/countries?country=STP&list_code=ldc&year=2025").json()["items"][0]["value"] == "no"


def test_figures_come_with_all_that_is_known_of_them(alpha: Workspace, tmp_path: Path) -> None:
    alpha.folder = str(tmp_path)
    alpha.save()
    figure = {"id": "sdg.degraded", "label": "Degraded", "value": 12.5, "unit": "km2", "period": "report_2"}
    more = dict.fromkeys(("zone", "denominator", "mask", "method", "quality", "interval", "inputs"), "x")
    run = tmp_path / "runs" / "20260101T000000Z-a"
    run.mkdir(parents=True)
    head = {"id": run.name, "country": "ZZA", "started": "2026-01-01T00:00:00Z", "profile": "unccd-2026"}
    other = {**figure, **more, "period": "baseline", "value": None}
    (run / "summary.json").write_text(json.dumps({"run": head, "figures": [{**figure, **more}, other]}))
    client = program(make_member(alpha))
    path = f"/api/workspaces/alpha/runs/{run.name}/figures"

    assert client.get("/api/workspaces/alpha/runs").json()["items"] == [head]
    assert client.get(path + "?period=report_2").json()["items"] == [{**figure, **more}]
    assert client.get(path).json()["items"][1]["value"] is None
    assert client.get("/api/workspaces/alpha/runs/..%2f..%2fetc/figures").status_code == 404
    assert client.get("/api/workspaces/alpha/runs/none/figures").status_code == 404
    alpha.is_public = True
    alpha.save()
    assert Client().get(path).status_code == 404


def test_the_description_is_openapi_3_1_and_lists_every_operation(client: Client) -> None:
    description = client.get("/api/openapi.json").json()

    assert description["openapi"].startswith("3.1")
    assert "/api/workspaces/{workspace}/practices" in description["paths"]
    text = client.get("/api/").content.decode()
    assert "/api/workspaces/{workspace}/practices" in text


def test_members_are_listed_without_their_addresses(alpha: Workspace) -> None:
    person = make_member(alpha)

    answer = program(person).get("/api/workspaces/alpha/members")

    assert answer.json()["items"][0]["name"] == person.username
    assert "@" not in answer.content.decode()
    assert program(make_person()).get("/api/workspaces/alpha/members").status_code == 404
