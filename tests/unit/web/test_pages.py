"""Pages answer, refuse and hide as their rooms say."""

from pathlib import Path

import pytest
from django.test import Client

from landbalance.registry.workspaces.models import Role
from people import make_country, make_member, make_person

pytestmark = pytest.mark.django_db


def test_the_first_page_lists_what_a_visitor_may_see(client: Client) -> None:
    make_country("alpha")
    make_country("beta", is_public=True)

    text = client.get("/").content.decode()

    assert "Beta" in text
    assert "Alpha" not in text


def test_a_hidden_workspace_asks_visitors_to_sign_in_and_others_nothing(client: Client) -> None:
    make_country("alpha")
    assert client.get("/w/alpha/").status_code == 302
    assert client.get("/w/none/").status_code == 302

    client.force_login(make_member(make_country("beta")))

    assert client.get("/w/alpha/").status_code == 404
    assert client.get("/w/none/").status_code == 404


def test_a_role_without_the_act_is_refused(client: Client) -> None:
    alpha = make_country("alpha")
    client.force_login(make_member(alpha, Role.TECHNICIAN))

    assert client.get("/w/alpha/people/").status_code == 200
    assert client.get("/w/alpha/people/invite/").status_code == 403


@pytest.mark.parametrize("language", ["en", "fr", "es", "ar", "ru", "zh-hans"])
def test_every_language_is_offered_and_kept(client: Client, language: str) -> None:
    answer = client.post("/language/", {"language": language, "next": "/"})

    assert answer.status_code == 302
    text = client.get("/").content.decode()
    assert f'lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}"' in text


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example/", "javascript:alert(1)"])
def test_the_choice_of_language_sends_nobody_away(client: Client, target: str) -> None:
    assert client.post("/language/", {"language": "fr", "next": target})["Location"] == "/"


def test_scripts_come_from_our_own_origin_alone(client: Client) -> None:
    policy = client.get("/")["Content-Security-Policy"]

    assert "script-src 'self'" in policy.split("; ")
    assert "unsafe" not in policy


def test_the_administrator_makes_a_country_and_belongs_to_it(client: Client, home: Path) -> None:
    client.force_login(make_person(is_superuser=True))

    answer = client.post("/new/country/", {"iso3": "MRT", "title": ""})

    assert answer["Location"] == "/w/mrt/"
    assert (home / "workspaces" / "mrt" / "landbalance.toml").is_file()
    assert "a series of land-cover maps" in client.get("/w/mrt/").content.decode()


def test_nobody_else_makes_countries(client: Client, home: Path) -> None:
    client.force_login(make_member(make_country("alpha")))

    assert client.get("/new/country/").status_code == 403
    assert client.post("/new/country/", {"iso3": "MRT"}).status_code == 403
    assert not (home / "workspaces" / "mrt").exists()


def test_a_region_needs_two_countries(client: Client, home: Path) -> None:
    client.force_login(make_person(is_superuser=True))
    values = {"title": "Sahel", "slug": "sahel", "countries": ["MRT"]}

    assert "at least two countries, not 1" in client.post("/new/region/", values).content.decode()
    assert client.post("/new/region/", {**values, "countries": ["MRT", "MLI"]})["Location"] == "/w/sahel/"


def test_many_countries_are_searched_by_name(client: Client) -> None:
    for number in range(12):
        make_country(f"land-{number}", is_public=True)

    assert 'role="search"' in client.get("/").content.decode()
    assert "Land-7" in client.get("/?q=land-7").content.decode()
    assert "Land-3" not in client.get("/?q=land-7").content.decode()
    assert "&lt;script&gt;" in client.get("/?q=<script>").content.decode()
