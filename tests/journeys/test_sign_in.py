"""Signing in as people do: password, second factor, recovery codes, too many guesses, sessions that die (A21)."""

import base64
import hmac
import re
import struct
import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.conf import settings
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.core.cache import cache
from django.test import Client

from landbalance.registry.audit.models import AuditEvent
from landbalance.registry.workspaces.models import Role
from people import make_country, make_member, make_person

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough secret"


@pytest.fixture(autouse=True)
def _no_guesses_yet() -> None:
    cache.clear()


@pytest.fixture
def insist() -> Callable[[], None]:
    """Return what makes the installation ask keepers for a second factor."""
    before = settings.INSTALLATION
    yield lambda: setattr(
        settings, "INSTALLATION", replace(before, table=before.table.model_copy(update={"require_mfa": True}))
    )
    settings.INSTALLATION = before


def totp(secret: str, at: float | None = None) -> str:
    """Return the code of RFC 6238 for a moment."""
    counter = struct.pack(">Q", int((time.time() if at is None else at) // 30))
    digest = hmac.new(base64.b32decode(secret), counter, "sha1").digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


def sign_in(client: Client, name: str, password: str = PASSWORD) -> object:
    return client.post("/accounts/login/", {"login": name, "password": password})


def add_second_factor(client: Client) -> str:
    """Set up an authenticator as a person does, who gives the password once more, and return its secret."""
    assert client.post("/accounts/reauthenticate/", {"password": PASSWORD}).status_code == 302
    text = client.get("/accounts/2fa/totp/activate/").content.decode()
    secret = re.search(r'id="authenticator_secret"[^>]*value="([A-Z2-7]+)"', text)[1]
    assert client.post("/accounts/2fa/totp/activate/", {"code": totp(secret)}).status_code == 302
    cache.clear()  # the code of this half minute counts as used
    return secret


def test_the_code_is_that_of_the_standard() -> None:
    secret = base64.b32encode(b"12345678901234567890").decode()

    assert [totp(secret, at) for at in (59, 1111111109, 20000000000)] == ["287082", "081804", "353130"]  # RFC 6238, B


@pytest.mark.parametrize("by", ["username", "email"])
def test_a_person_signs_in_by_name_or_address(client: Client, by: str) -> None:
    person = make_person()

    assert sign_in(client, getattr(person, by)).status_code == 302
    assert client.get("/account/").status_code == 200
    assert AuditEvent.objects.filter(act="user.signed_in", actor_name=person.username).exists()


def test_with_a_second_factor_the_password_alone_opens_nothing(client: Client) -> None:
    person = make_person()
    client.force_login(person)
    secret = add_second_factor(client)
    other = Client()

    assert sign_in(other, person.username)["Location"].startswith("/accounts/2fa/authenticate/")
    assert other.get("/account/").status_code == 302
    assert other.post("/accounts/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert other.post("/accounts/2fa/authenticate/", {"code": totp(secret)}).status_code == 302
    assert other.get("/account/").status_code == 200


def test_a_code_works_once(client: Client) -> None:
    person = make_person()
    client.force_login(person)
    code = totp(add_second_factor(client))
    first, second = Client(), Client()
    sign_in(first, person.username)
    sign_in(second, person.username)

    assert first.post("/accounts/2fa/authenticate/", {"code": code}).status_code == 302
    assert second.post("/accounts/2fa/authenticate/", {"code": code}).status_code == 200
    assert second.get("/account/").status_code == 302


def test_a_recovery_code_works_once(client: Client) -> None:
    person = make_person()
    sign_in(client, person.username)
    add_second_factor(client)
    text = client.get("/accounts/2fa/recovery-codes/").content.decode()
    code = re.search(r"<textarea[^>]*>\s*(\w{8})", text)[1]

    statuses = []
    for _ in range(2):
        other = Client()
        sign_in(other, person.username)
        statuses.append(other.post("/accounts/2fa/authenticate/", {"code": code}).status_code)

    assert statuses == [302, 200]


def test_five_guesses_end_the_guessing(client: Client) -> None:
    person = make_person()
    for _ in range(5):
        sign_in(client, person.username, "a wrong secret")

    answer = sign_in(Client(), person.username)  # from elsewhere, and right

    assert answer.status_code == 200
    assert "Too many failed login attempts" in answer.content.decode()


def test_ten_thousand_guesses_are_no_more_than_five_tries(client: Client) -> None:
    person = make_person()
    tries = []
    check = MD5PasswordHasher.verify
    MD5PasswordHasher.verify = lambda self, *given: tries.append(1) or check(self, *given)  # counts, changes nothing
    try:
        for number in range(60):
            sign_in(client, person.username, f"guess {number}")
    finally:
        MD5PasswordHasher.verify = check

    assert len(tries) == 5


def test_known_and_unknown_names_cost_the_same_work_and_look_the_same() -> None:
    person = make_person()
    work, pages = [], []
    encode = MD5PasswordHasher.encode

    def counting(self: MD5PasswordHasher, *given: str, **named: str) -> str:
        work[-1] += 1
        return encode(self, *given, **named)

    MD5PasswordHasher.encode = counting
    try:
        for name in (person.username, "nobody-at-all", person.email, "nobody@example.org"):
            work.append(0)
            text = sign_in(Client(), name, "a wrong secret").content.decode()
            pages.append(re.sub(r'value="[^"]*"|name="csrf[^>]*>', "", text))
    finally:
        MD5PasswordHasher.encode = encode

    assert len(set(work)) == 1
    assert len(set(pages[:2])) == len(set(pages[2:])) == 1


def test_a_forgotten_password_tells_nobody_who_has_an_account(client: Client) -> None:
    person = make_person()

    answers = [client.post("/accounts/password/reset/", {"email": to}) for to in (person.email, "none@example.org")]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0]["Location"] == answers[1]["Location"]


def test_a_reset_link_works_once(client: Client) -> None:
    person = make_person()
    client.post("/accounts/password/reset/", {"email": person.email})
    path = re.search(r"http://testserver(/\S+)", mail.outbox[0].body)[1]

    form = client.get(path)["Location"]
    new = {"password1": "another long secret", "password2": "another long secret"}
    assert client.post(form, new).status_code == 302
    assert sign_in(Client(), person.username, "another long secret").status_code == 302
    again = Client().get(path, follow=True)
    assert "password1" not in again.content.decode()


def test_signing_in_changes_the_session(client: Client) -> None:
    person = make_person()
    client.post("/language/", {"language": "fr"})
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    planted = session.session_key
    client.cookies["landbalance"] = planted

    sign_in(client, person.username)

    assert client.cookies["landbalance"].value != planted


def test_signing_out_on_all_devices_ends_every_session() -> None:
    person = make_person()
    clients = [Client(), Client()]
    for client in clients:
        sign_in(client, person.username)

    clients[0].post("/account/sessions/end/")

    assert [client.get("/account/").status_code for client in clients] == [302, 302]


def test_a_new_password_ends_the_other_sessions() -> None:
    person = make_person()
    clients = [Client(), Client()]
    for client in clients:
        sign_in(client, person.username)

    new = {"oldpassword": PASSWORD, "password1": "another long secret", "password2": "another long secret"}
    assert clients[0].post("/accounts/password/change/", new).status_code == 302

    assert clients[1].get("/account/").status_code == 302


def test_a_session_does_not_outlive_signing_out(client: Client) -> None:
    sign_in(client, make_person().username)
    key = client.cookies["landbalance"].value
    client.post("/accounts/logout/")
    client.cookies["landbalance"] = key

    assert client.get("/account/").status_code == 302


@pytest.mark.parametrize("role", [Role.FOCAL_POINT, "administrator"])
def test_keepers_are_led_to_a_second_factor(client: Client, insist: Callable[[], None], role: str) -> None:
    alpha = make_country("alpha")
    person = make_person(is_superuser=True) if role == "administrator" else make_member(alpha, role)
    client.force_login(person)
    assert client.get("/w/alpha/").status_code == 200
    insist()

    assert client.get("/w/alpha/")["Location"] == "/accounts/2fa/totp/activate/"
    assert client.post("/w/alpha/people/invite/", {}).status_code == 302
    add_second_factor(client)
    assert client.get("/w/alpha/").status_code == 200


def test_others_are_not_asked(client: Client, insist: Callable[[], None]) -> None:
    client.force_login(make_member(make_country("alpha"), Role.TECHNICIAN))
    insist()

    assert client.get("/w/alpha/").status_code == 200


def test_the_administration_opens_to_administrators_with_a_second_factor_alone(client: Client) -> None:
    assert client.get("/administration/")["Location"].startswith("/accounts/login/")
    assert client.get("/administration/login/")["Location"].startswith("/accounts/login/")
    client.force_login(make_member(make_country("alpha")))
    assert client.get("/administration/").status_code == 403
    client.force_login(make_person(is_superuser=True, is_staff=True))
    assert client.get("/administration/")["Location"] == "/accounts/2fa/totp/activate/"
    add_second_factor(client)

    assert client.get("/administration/").status_code == 200


@pytest.mark.parametrize(
    "page", ["login", "password/reset", "logout", "password/change", "2fa", "2fa/totp/activate", "reauthenticate"]
)
def test_pages_of_signing_in_look_like_ours(client: Client, page: str) -> None:
    if page not in ("login", "password/reset"):
        sign_in(client, make_person().username)
    if page == "2fa/totp/activate":
        client.post("/accounts/reauthenticate/", {"password": PASSWORD})

    text = client.get(f"/accounts/{page}/").content.decode()

    assert '<main id="main"' in text
    assert "style=" not in text
    assert 'class="form"' in text or 'class="card"' in text or page == "logout"


def test_nobody_signs_up(client: Client) -> None:
    answer = client.post("/accounts/signup/", {"username": "mallory", "email": "m@example.org", "password1": PASSWORD})

    assert "mallory" not in answer.content.decode()
    assert client.get("/account/").status_code == 302
