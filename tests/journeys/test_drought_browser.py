"""Drought in a real browser: the monitor brought up to date, the map moved through time, a trigger tried and adopted,
a bulletin issued; English and Arabic, a phone, one origin."""  # fmt: skip

from pathlib import Path

import pytest
from platform_server import NARROW, Platform, begin, complaints, open_page, violations
from playwright.sync_api import Browser

ROOM = "/w/demoland/drought/"
CALL = "calls/2021-08.r1/"
ROOMS = ("", "?layer=spi-3&step=2021-06", "triggers/", "triggers/watch/", "triggers/watch/edit/", "readers/", CALL)
PAGES = tuple(ROOM + each for each in ROOMS)
PAGES += ("/w/demoland/rangeland/",)
PATIENCE = 240_000

DEMO_SIZE = "0.15"


@pytest.fixture(scope="module")
def keeper(browser: Browser, platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the cookies of a keeper who has done everything once: monitor, triggers, back-test, rangelands."""
    page = open_page(browser)
    begin(page, platform)
    page.goto(platform.base + ROOM)
    page.fill("#id_as_of", "2021-08")
    page.click("text=Bring up to date")
    page.wait_for_url("**/drought/", timeout=PATIENCE)
    page.goto(platform.base + ROOM + "triggers/")
    page.click("text=Begin with the default rules")
    page.goto(platform.base + ROOM + "triggers/watch/")
    page.click("text=Try it on past droughts")
    page.wait_for_url("**/triggers/watch/", timeout=PATIENCE)
    page.goto(platform.base + "/w/demoland/rangeland/")
    page.click("main form button")
    page.wait_for_url("**/rangeland/", timeout=PATIENCE)
    assert complaints(page) == []
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
    page.wait_for_load_state("networkidle")

    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW
    page.context.close()


def test_the_map_moves_through_time_by_slider_buttons_and_keys(
    browser: Browser, platform: Platform, keeper: Path
) -> None:
    page = open_page(browser, state=keeper)
    page.goto(platform.base + ROOM)
    page.wait_for_selector(".maplibregl-canvas", timeout=PATIENCE)
    page.wait_for_load_state("networkidle")

    page.click("text=Month before")
    page.wait_for_selector("#step-title:has-text('2021-07')")
    page.focus("#time")
    page.keyboard.press("ArrowLeft")
    page.wait_for_selector("#step-title:has-text('2021-06')")
    page.select_option("#layer", "spi-3")
    page.wait_for_selector("#step-title:has-text('SPI-3')")
    page.wait_for_load_state("networkidle")

    assert "layer=spi-3&step=2021-06" in page.url
    assert any("/spi-3/2021-06/" in url for url in page.asked)
    assert page.locator("#time").get_attribute("aria-valuetext") == "2021-06"
    assert [url for url in page.asked if not url.startswith((platform.base, "data:", "blob:"))] == []
    assert complaints(page) == []
    page.context.close()


def test_without_scripts_a_form_moves_the_picture(browser: Browser, platform: Platform, keeper: Path) -> None:
    page = open_page(browser, state=keeper, java_script_enabled=False)
    page.goto(platform.base + ROOM)

    page.select_option("#step", "2019-12")
    page.click("#atlas-bar button")
    page.wait_for_load_state("networkidle")

    assert "2019-12" in page.locator("#step-title").inner_text()
    assert page.locator(".map-picture img").evaluate("image => image.naturalWidth") > 300
    page.context.close()


def test_a_trigger_is_adopted_and_a_bulletin_is_issued(browser: Browser, platform: Platform, keeper: Path) -> None:
    page = open_page(browser, state=keeper)
    page.goto(platform.base + ROOM + "triggers/watch/")
    assert page.locator(".years svg rect").count() > 3
    page.click("main form.form button")
    page.wait_for_selector(".badge.good:has-text('Adopted')")
    page.goto(platform.base + ROOM + CALL)
    page.fill("#id_note", "Water first.")
    page.click("text=Issue the bulletin")
    page.wait_for_selector("text=on its way to the readers")

    page.click("text=Bulletin to print")
    page.wait_for_load_state("networkidle")

    assert "districts are in" in page.locator("h1").inner_text()
    assert page.locator("img").first.evaluate("image => image.naturalWidth") > 100
    feed = page.request.get(platform.base + ROOM + "feed.atom").text()
    assert "Water first." in feed
    assert complaints(page) == []
    page.context.close()
