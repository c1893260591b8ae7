"""The platform in a real browser: first start, pages in English and Arabic, on a phone, by keyboard, one origin."""

from pathlib import Path

import pytest
from platform_server import NARROW, Platform, begin, make_country, open_page, violations
from playwright.sync_api import Browser

PAGES = ("/", "/new/country/", "/new/region/", "/w/mrt/", "/w/mrt/people/", "/w/mrt/people/invite/", "/w/mrt/settings/")
ROOMS = (
    "targets/",
    "targets/new/",
    "targets/land/",
    "targets/sets/new/",
    "targets/import/",
    "actions/",
    "actions/new/",
)
ROOMS += ("practices/", "practices/new/", "consents/", "consents/new/", "custodians/", "review/", "files/", "acts/")
PAGES += tuple("/w/mrt/" + room for room in ROOMS)
PAGES += ("/account/", "/accounts/2fa/", "/accounts/password/change/")
OPEN_PAGES = ("/", "/accounts/login/", "/accounts/password/reset/", "/nowhere/")


@pytest.fixture(scope="module")
def keeper(browser: Browser, platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the cookies of the first administrator, who has made a country."""
    page = open_page(browser)
    begin(page, platform)
    make_country(page, platform)
    state = tmp_path_factory.mktemp("cookies") / "keeper.json"
    page.context.storage_state(path=state)
    page.context.close()
    return state


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_accessible_and_fits_a_phone(
    browser: Browser, platform: Platform, keeper: Path, path: str, language: str
) -> None:
    page = open_page(browser, width=NARROW, state=keeper, bypass_csp=True)
    page.context.add_cookies([{"name": "django_language", "value": language, "url": platform.base}])

    page.goto(platform.base + path)

    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW
    assert page.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
    page.context.close()


@pytest.mark.parametrize("path", OPEN_PAGES)
def test_a_page_for_visitors_is_accessible(browser: Browser, platform: Platform, keeper: Path, path: str) -> None:
    page = open_page(browser, width=NARROW, bypass_csp=True)

    page.goto(platform.base + path)

    assert violations(page) == []
    page.context.close()


def test_pages_ask_our_own_origin_alone_and_complain_of_nothing(
    browser: Browser, platform: Platform, keeper: Path
) -> None:
    page = open_page(browser, state=keeper)

    for path in PAGES:
        page.goto(platform.base + path)

    assert {url for url in page.asked if not url.startswith((platform.base, "data:", "blob:"))} == set()
    assert page.said == []
    page.context.close()


def test_the_first_key_is_worthless_afterwards(browser: Browser, platform: Platform, keeper: Path) -> None:
    page = open_page(browser)

    assert page.goto(platform.welcome).status == 404
    page.context.close()


def test_somebody_is_invited_by_keyboard_alone(browser: Browser, platform: Platform, keeper: Path) -> None:
    page = open_page(browser, state=keeper)
    page.goto(platform.base + "/w/mrt/people/invite/")

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("guest@example.org")
    page.keyboard.press("Enter")

    page.wait_for_selector("code.copy")
    assert "/invitation/" in page.locator("code.copy").inner_text()
    page.context.close()


def test_a_comment_on_a_field_is_written_answered_and_settled(
    browser: Browser, platform: Platform, keeper: Path
) -> None:
    page = open_page(browser, state=keeper, bypass_csp=True)
    page.goto(platform.base + "/w/mrt/targets/new/")
    page.fill("#id_title", "Dunes held")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("Comment on a field").click()
    page.select_option("#id_comment_field", "target_year")
    page.fill("#id_comment_text", "By which year?")
    page.get_by_role("button", name="Comment", exact=True).click()
    page.wait_for_url("**/comments/#comment-*")
    page.locator(".thread summary").click()
    page.locator(".thread textarea").fill("2030")
    page.get_by_role("button", name="Answer").click()
    page.wait_for_url("**/comments/#comment-*")
    assert page.locator(".answers").inner_text().endswith("2030")
    assert violations(page) == []

    page.get_by_role("button", name="Settle this comment").click()

    page.locator(".thread.settled").wait_for()
    page.goto(platform.base + "/w/mrt/review/")
    assert "No comment is open." in page.inner_text("main")
    page.context.close()
