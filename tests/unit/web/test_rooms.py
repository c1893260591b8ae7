"""Practices, consents, files, acts and the export, as pages."""

import csv
import io
import json
import zipfile
from pathlib import Path

import geopandas as gpd
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from landbalance.registry.audit.models import AuditEvent
from landbalance.registry.consents.models import Consent
from landbalance.registry.consents.services import add_consent, put_under
from landbalance.registry.evidence.models import Evidence
from landbalance.registry.evidence.services import add_evidence
from landbalance.registry.practices.models import Practice
from landbalance.registry.practices.services import add_practice
from landbalance.registry.workspaces.models import Role, Workspace
from people import make_country, make_member

pytestmark = pytest.mark.django_db
SQUARE = {"type": "Polygon", "coordinates": [[[0, 0], [2, 0], [2, 2], [0, 2], [0, 0]]]}
SCRIPT = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


@pytest.fixture
def alpha(tmp_path: Path, settings: object) -> Workspace:
    settings.MEDIA_ROOT = str(tmp_path)
    return make_country("alpha")


def test_the_catalogue_is_searched_by_words(client: Client, alpha: Workspace) -> None:
    client.force_login(make_member(alpha))

    text = client.get("/w/alpha/practices/?text=agroforestry").content.decode()

    table = text[text.index("<tbody>") :]
    assert "Agroforestry" in table
    assert "Wetland protection" not in table


def test_a_practice_is_written_down_changed_and_compared(client: Client, alpha: Workspace) -> None:
    client.force_login(make_member(alpha, Role.TECHNICIAN))
    form = {"code": "zai", "name": "Pits", "groups": ["water_harvesting"], "visibility": "members"}
    assert client.post("/w/alpha/practices/new/", form).status_code == 302

    change = {**form, "name": "Zaï", "reason": "its own name", "version": 1}
    assert client.post("/w/alpha/practices/zai/edit/", change).status_code == 302
    again = client.post("/w/alpha/practices/zai/edit/", {**change, "name": "Other"})

    text = client.get("/w/alpha/practices/zai/").content.decode()
    assert "<del>Pits</del> <ins>Zaï</ins>" in text
    assert "was saved by" in again.content.decode()
    assert Practice.objects.get().name == "Zaï"


def test_a_steward_writes_a_consent_down_and_takes_it_back(client: Client, alpha: Workspace) -> None:
    client.force_login(make_member(alpha, Role.COMMUNITY_STEWARD))
    form = {"code": "c", "title": "Grazing map", "kind": "individual", "decision": "pending", "visibility": "custodian"}
    assert client.post("/w/alpha/consents/new/", {**form, "purposes": ["research"]}).status_code == 302

    text = client.get("/w/alpha/consents/c/").content.decode()
    assert "Research: <strong>yes</strong>" in text
    assert client.post("/w/alpha/consents/c/withdraw/", {"reason": "asked to"}, follow=True).status_code == 200

    assert Consent.objects.get().withdrawn_at is not None
    assert client.get("/w/alpha/consents/").content.decode().count("Withdrawn") == 1
    client.force_login(make_member(alpha))
    assert "Grazing map" not in client.get("/w/alpha/consents/").content.decode()


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "attachment"),
        (b"<!doctype html><script>alert(1)</script>", "attachment"),
        (b"%PDF-1.7", "attachment"),
    ],
)
def test_a_file_that_could_run_is_only_handed_over(
    client: Client, alpha: Workspace, content: bytes, shown: str
) -> None:
    client.force_login(make_member(alpha))
    upload = SimpleUploadedFile("\x1b[31m../photo.png", content, content_type="image/png")
    form = {"file": upload, "title": "A photo", "visibility": "members", "sensitivity": "public"}
    assert client.post("/w/alpha/files/", form).status_code == 302

    evidence = Evidence.objects.get()
    answer = client.get(f"/w/alpha/files/{evidence.pk}/")

    assert answer["Content-Disposition"].startswith(shown)
    assert answer["Content-Type"] in ("application/octet-stream", "application/pdf")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert evidence.file_name == "photo.png"


def test_the_acts_are_shown_to_who_may_look(client: Client, alpha: Workspace) -> None:
    focal = make_member(alpha)
    add_evidence(focal, alpha, b"%PDF-1.7", "law.pdf")
    client.force_login(focal)
    assert "evidence.added" in client.get("/w/alpha/acts/?act=evidence").content.decode()
    assert "evidence.added" not in client.get("/w/alpha/acts/?act=people").content.decode()

    client.force_login(make_member(alpha, Role.TECHNICIAN))
    assert client.get("/w/alpha/acts/").status_code == 403


def exported(client: Client) -> zipfile.ZipFile:
    answer = client.post("/w/alpha/export/")
    assert answer.status_code == 200
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))


def test_an_export_holds_everything_a_person_may_take_away(client: Client, alpha: Workspace, tmp_path: Path) -> None:
    focal = make_member(alpha)
    formula = '=HYPERLINK("http://evil.example")'
    add_practice(focal, alpha, {"code": "p", "name": formula, "measures": ["A1"]})
    add_evidence(focal, alpha, b"%PDF-1.7 law", "law.pdf")
    open_one = {"code": "o", "title": "Open", "scope": SQUARE, "visibility": "members", "purposes": ["open_data"]}
    add_consent(make_member(alpha, Role.COMMUNITY_STEWARD), alpha, open_one)
    client.force_login(focal)

    archive = exported(client)

    rows = list(csv.DictReader(io.StringIO(archive.read("practices-practice.csv").decode())))
    assert rows[0]["name"].startswith("'=")
    said = json.loads(archive.read("practices-practice.json"))
    assert (said[0]["name"], said[0]["measures"], said[0]["history"][0]["version"]) == (formula, ["A1"], 1)
    assert [name for name in archive.namelist() if name.endswith("law.pdf")]
    (tmp_path / "s.gpkg").write_bytes(archive.read("shapes.gpkg"))
    assert gpd.read_file(tmp_path / "s.gpkg", layer="consents-consent").total_bounds.tolist() == [0, 0, 2, 2]
    assert focal.username in archive.read("members.csv").decode()
    assert "practices" in archive.read("about.json").decode()
    assert AuditEvent.objects.filter(act="records.exported").exists()


def test_what_a_community_keeps_leaves_in_no_export(client: Client, alpha: Workspace) -> None:
    steward = make_member(alpha, Role.COMMUNITY_STEWARD)
    kept = add_practice(make_member(alpha), alpha, {"code": "kept", "name": "A kept practice"})
    consent = add_consent(steward, alpha, {"code": "c", "title": "Secret consent", "purposes": ["national_map"]})
    put_under(steward, consent, kept)
    client.force_login(make_member(alpha))

    text = b" ".join(exported(client).read(name) for name in exported(client).namelist())

    assert b"A kept practice" not in text
    assert b"Secret consent" not in text


def test_nothing_typed_runs_on_any_page(client: Client, alpha: Workspace) -> None:
    focal, steward = make_member(alpha), make_member(alpha, Role.COMMUNITY_STEWARD)
    focal.first_name = SCRIPT[:150]
    focal.save()
    alpha.title = SCRIPT[:120]
    alpha.save()
    texts = dict.fromkeys(("name", "description", "source", "licence"), SCRIPT)
    add_practice(focal, alpha, {"code": "p", **texts, "licence": SCRIPT[:60]})
    words = dict.fromkeys(("title", "given_by", "withdrawal_way", "grievance", "contact", "conditions"), SCRIPT)
    add_consent(steward, alpha, {"code": "c", "kind": "collective_fpic", "visibility": "members", **words})
    add_evidence(focal, alpha, b"%PDF", SCRIPT, values={"title": SCRIPT})
    client.force_login(focal)

    for path in (
        "",
        "practices/",
        "practices/p/",
        "practices/p/edit/",
        "consents/",
        "consents/c/",
        "files/",
        "acts/",
        "people/",
    ):
        answer = client.get(f"/w/alpha/{path}")
        text = answer.content.decode()
        assert answer.status_code == 200, path
        assert "<script>alert" not in text, path
        assert "<img src=x" not in text, path
        assert "unsafe" not in answer["Content-Security-Policy"]


BUDGET = {"": 14, "practices/": 9, "files/": 9, "acts/": 9, "people/": 10, "consents/": 9, "export/": 7}


@pytest.mark.parametrize("path", BUDGET)
def test_a_page_asks_the_database_no_more_when_there_is_more(
    client: Client, alpha: Workspace, path: str, django_assert_max_num_queries: object
) -> None:
    focal = make_member(alpha)
    client.force_login(focal)
    for number in range(12):
        add_practice(focal, alpha, {"code": f"p{number}", "name": f"P{number}"})
        add_evidence(focal, alpha, b"%PDF", f"{number}.pdf")
        make_member(alpha, Role.TECHNICIAN)
    client.get(f"/w/alpha/{path}")

    with django_assert_max_num_queries(BUDGET[path]):
        client.get(f"/w/alpha/{path}")
