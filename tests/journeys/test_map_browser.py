"""The map, runs and drawing in a real browser: English and Arabic, a phone, drawing, a slider, one origin."""

import re
from pathlib import Path

import pytest
from platform_server import NARROW, Platform, begin, complaints, open_page, violations
from playwright.sync_api import Browser, Page

ROOM = "/w/demoland/"
PAGES = tuple(
    ROOM + page for page in ("map/", "runs/", "runs/new/", "layers/", "layers/server/", "recodes/", "recodes/new/")
)
PATIENCE = 60_000

DEMO_SIZE = "0.15"


@pytest.fixture(scope="module")
def keeper(browser: Browser, platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> Path:
    page = open_page(browser)
    begin(page, platform)
    state = tmp_path_factory.mktemp("cookies") / "keeper.json"
    page.context.storage_state(path=state)
    page.context.close()
    return state


def open_map(browser: Browser, platform: Platform, keeper: Path, place: str = "map/", **options: object) -> Page:
    page = open_page(browser, state=keeper, **options)
    page.goto(platform.base + ROOM + place)
    page.wait_for_load_state("networkidle")
    page.wait_for_selector(".maplibregl-canvas", timeout=PATIENCE)
    page.wait_for_load_state("networkidle")
    return page


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


def test_the_map_asks_our_own_origin_alone_and_shows_tiles(browser: Browser, platform: Platform, keeper: Path) -> None:
    page = open_map(browser, platform, keeper)

    assert any("/tiles/" in url for url in page.asked)
    assert [url for url in page.asked if not url.startswith((platform.base, "data:", "blob:"))] == []
    assert complaints(page) == []
    page.context.close()


def test_a_drawn_area_is_measured(browser: Browser, platform: Platform, keeper: Path) -> None:
    page = open_map(browser, platform, keeper)
    page.click('[data-act="box"]')
    page.locator("#map").scroll_into_view_if_needed()
    box = page.locator(".maplibregl-canvas").bounding_box()
    for x, y in ((250, 150), (450, 300)):
        page.mouse.move(box["x"] + x, box["y"] + y)
        page.wait_for_timeout(300)
        page.mouse.click(box["x"] + x, box["y"] + y)
        page.wait_for_timeout(600)  # two clicks at once are a double click

    page.wait_for_selector("#map-answer table", timeout=PATIENCE)

    assert page.locator("#map-answer tbody tr").count() == 3
    page.context.close()


def test_a_place_is_explained_by_keyboard_alone(browser: Browser, platform: Platform, keeper: Path) -> None:
    page = open_map(browser, platform, keeper)
    page.focus("#place_lon")
    page.keyboard.type("-30")
    page.keyboard.press("Tab")
    page.keyboard.type("13")
    page.keyboard.press("Enter")

    page.wait_for_selector("#map-answer .rule-path", timeout=PATIENCE)

    assert "One-out-all-out" in page.locator("#map-answer").inner_text()
    page.context.close()


def test_two_maps_lie_under_a_slider_and_the_link_shows_the_same(
    browser: Browser, platform: Platform, keeper: Path
) -> None:
    page = open_map(browser, platform, keeper)
    page.select_option("#beside", "land_cover.2023")
    page.wait_for_selector(".map-slider")
    page.focus(".map-slider")
    page.keyboard.press("Home")
    page.click('[data-act="earlier"]')
    page.wait_for_timeout(500)
    link = page.url

    again = open_page(browser, state=keeper)
    again.goto(link)
    again.wait_for_selector(".map-slider", timeout=PATIENCE)

    assert "layer=condition.sdg.report_1" in link
    assert again.locator("#layer").input_value() == "condition.sdg.report_1"
    assert again.locator("#beside").input_value() == "land_cover.2023"
    for each in (page, again):
        each.context.close()


def test_without_scripts_the_picture_and_the_forms_do(browser: Browser, platform: Platform, keeper: Path) -> None:
    page = open_page(browser, state=keeper, java_script_enabled=False)
    page.goto(platform.base + ROOM + "map/")

    for side, value in {"west": "-30.5", "south": "12.5", "east": "-30", "north": "13"}.items():
        page.fill(f"#area_{side}", value)
    page.click("#area-form button")

    assert page.locator("main table tbody tr").count() == 3
    page.context.close()


def test_a_run_is_asked_for_watched_and_mapped(browser: Browser, platform: Platform, keeper: Path) -> None:
    page = open_page(browser, state=keeper)
    page.goto(platform.base + ROOM + "runs/new/")
    page.fill("#id_title", "As Trends.Earth does")
    page.select_option("#id_profile", "te-compat")
    page.click("main .form button")

    page.wait_for_selector("text=What it found", timeout=3 * PATIENCE)

    page.click("text=Open the map")
    page.wait_for_url(re.compile("/map/"))
    assert complaints(page) == []
    page.context.close()
