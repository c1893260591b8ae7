"""Drought in a real browser: the monitor brought up to date, the map moved through time, a trigger tried and adopted,
a bulletin issued; English and Arabic, a phone, one origin."""  # fmt: skip

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from platform_server import SWITCHES, Platform, begin, open_page, serve
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "src/landbalance/web/assets/node_modules/axe-core/axe.min.js"
ROOM = "/w/demoland/drought/"
CALL = "calls/2021-08.r1/"
ROOMS = ("", "?layer=spi-3&step=2021-06", "triggers/", "triggers/watch/", "triggers/watch/edit/", "readers/", CALL)
PAGES = tuple(ROOM + each for each in ROOMS)
PAGES += ("/w/demoland/rangeland/",)
PHONE = 360
PATIENCE = 240_000

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Chromium: issue 4")]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as tool:
        opened = tool.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    home = tmp_path_factory.mktemp("drought") / "demoland"
    command = [sys.executable, "-m", "landbalance", "demo", str(home), "--size", "0.15", "--quiet"]
    subprocess.run(command, check=True, capture_output=True)
    with serve(home) as served:
        yield served


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


def complaints(page: Page) -> list[str]:
    """Return what a page complains of; a slow graphics driver is no fault of ours."""
    return [said for said in page.said if "GL Driver Message" not in said]


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_accessible_and_fits_a_phone(
    browser: Browser, platform: Platform, keeper: Path, path: str, language: str
) -> None:
    page = open_page(browser, width=PHONE, state=keeper, bypass_csp=True)
    page.context.add_cookies([{"name": "django_language", "value": language, "url": platform.base}])
    page.goto(platform.base + path)
    page.wait_for_load_state("networkidle")

    page.add_script_tag(path=AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]

    assert [f"{each['id']}: {each['nodes'][0]['html'][:120]}" for each in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
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
