"""Attacks from outside that every page must stand: A18, A22, A23, A29, A30."""

import logging
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail
from django.db import OperationalError
from django.test import Client, RequestFactory

from addresses import addresses
from landbalance.registry.workspaces.models import Role, Workspace
from landbalance.registry.workspaces.services import invite
from landbalance.web.limits import Limits
from people import make_country, make_member

pytestmark = pytest.mark.django_db
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")


AWAY = ("//evil.example", "https://evil.example/", "/\\\\evil.example", "javascript:alert(1)")


@pytest.fixture
def alpha() -> Workspace:
    return make_country("alpha")


PLAIN = [each for each in addresses() if each.room in ("ours", "sign-in") and each.takes <= {"workspace"}]


@pytest.mark.parametrize("address", PLAIN, ids=[each.place or "/" for each in PLAIN])
def test_a_form_of_another_site_changes_nothing(address: object, alpha: Workspace) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_member(alpha))
    path = address.path("alpha", {})

    for method in UNSAFE:
        answer = client.generic(method, path, headers={"Origin": "https://evil.example"})
        refused = answer.status_code in (403, 404, 405)
        led_away = answer.status_code == 302 and address.room == "sign-in"
        assert refused or led_away, (method, answer.status_code)


def test_no_page_can_stand_in_a_frame_or_be_read_by_another_site(client: Client) -> None:
    answer = client.get("/", headers={"Origin": "https://evil.example"})

    assert answer["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert not answer.has_header("Access-Control-Allow-Origin")


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "testserver@evil.example", "a\tb"])
def test_a_made_up_host_is_refused(client: Client, host: str) -> None:
    assert client.get("/", headers={"host": host}).status_code == 400


def test_a_forwarded_host_is_not_believed(client: Client) -> None:
    text = client.get("/accounts/login/", headers={"X-Forwarded-Host": "evil.example"}).content.decode()

    assert "evil.example" not in text


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example/", "/\\\\evil.example", "javascript:alert(1)"]
)
def test_signing_in_sends_nobody_away(client: Client, alpha: Workspace, target: str) -> None:
    person = make_member(alpha)

    answer = client.post(
        f"/accounts/login/?next={target}",
        {"login": person.username, "password": "a long enough secret", "next": target},
    )

    assert "evil" not in answer["Location"]
    assert "javascript" not in answer["Location"]


PATHS = [
    "..%2f..%2fetc%2fpasswd",
    "%2e%2e/%2e%2e/etc/passwd",
    "..%5c..%5cwin.ini",
    "%00",
    "a%00.png",
    "%2fetc%2fpasswd",
]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("stem", ["/static/", "/w/alpha/files/", "/api/workspaces/alpha/runs/", "/w/", "/"])
def test_no_path_leads_out(client: Client, alpha: Workspace, stem: str, path: str) -> None:
    client.force_login(make_member(alpha))

    answer = client.get(stem + path)

    assert answer.status_code in (302, 404)
    assert "root:" not in answer.getvalue().decode(errors="replace")


def test_a_body_that_is_too_large_is_refused_before_it_is_read(client: Client) -> None:
    big = str(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)

    assert client.post("/language/", b"", "application/json", headers={"Content-Length": big}).status_code in (403, 413)
    answer = client.generic("POST", "/api/workspaces", b"", "application/json", CONTENT_LENGTH=big)
    assert answer.status_code == 413
    upload = str((settings.INSTALLATION.table.max_upload_mb << 20) + 1)
    assert client.generic("POST", "/", b"", "multipart/form-data; boundary=x", CONTENT_LENGTH=upload).status_code == 413


@pytest.mark.parametrize("path", ["/", "/api/workspaces"])
def test_a_lost_database_is_said_with_when_to_come_again(path: str) -> None:
    def lost(request: object) -> None:
        raise OperationalError("server closed the connection unexpectedly\nhost=secret")

    answer = Limits(lost)(RequestFactory().get(path))

    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert b"secret" not in answer.content


@pytest.mark.parametrize("email", ["a@example.org\nBcc: all@example.org", "a@example.org\r\nX: y", "a@b.org,c@d.org"])
def test_no_header_is_smuggled_into_a_mail(client: Client, alpha: Workspace, email: str) -> None:
    client.force_login(make_member(alpha))

    answer = client.post("/w/alpha/people/invite/", {"email": email, "role": Role.REVIEWER})

    assert answer.status_code == 200
    assert "wrong" in answer.content.decode()
    assert mail.outbox == []


def test_a_name_writes_no_line_of_its_own_into_the_log(alpha: Workspace, caplog: pytest.LogCaptureFixture) -> None:
    focal = make_member(alpha)
    focal.username = "x\n2026-01-01 INFO everything is fine\x1b[2J"
    handler = logging.StreamHandler()
    from landbalance.registry.logs import OneLine

    handler.setFormatter(OneLine("%(message)s"))
    with caplog.at_level("INFO"):
        invite(focal, alpha, email="g@example.org", role=Role.REVIEWER)

    lines = [handler.format(each) for each in caplog.records]
    assert lines
    assert all("\n" not in line and "\x1b" not in line for line in lines)


def test_the_command_line_prints_no_escape_codes_of_a_name(tmp_path: Path) -> None:
    name = tmp_path / "\x1b[31mred"
    run = [sys.executable, "-m", "landbalance", "doctor", "-w", str(name)]

    ended = subprocess.run(run, capture_output=True, text=True, check=False)

    assert ended.returncode == 1
    assert "\x1b" not in ended.stderr


def test_nothing_secret_comes_with_the_program() -> None:
    assert settings.DEBUG is False
    assert len(settings.SECRET_KEY) >= 40
    assert settings.ALLOWED_HOSTS != ["*"]
    source = Path(settings.PACKAGE)
    texts = [path.read_text(encoding="utf-8") for path in source.rglob("*.py")]
    assert not any("django-insecure" in text or "BEGIN PRIVATE KEY" in text for text in texts)


def test_the_csrf_and_session_cookies_are_kept_from_scripts_and_other_sites(client: Client, alpha: Workspace) -> None:
    client.post("/accounts/login/", {"login": make_member(alpha).username, "password": "a long enough secret"})

    session = client.cookies["landbalance"]
    assert (session["httponly"], session["samesite"]) == (True, "Lax")
