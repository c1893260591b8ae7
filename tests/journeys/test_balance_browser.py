"""Balance, scenario and plan in a real browser: worked out, drawn, looked at in English and Arabic and on a phone."""

from pathlib import Path

import pytest
from platform_server import NARROW, Platform, begin, complaints, draw_box, open_page, violations
from playwright.sync_api import Browser

ROOM = "/w/demoland/balance/"
PAGES = ("", "new/", "scenarios/", "scenarios/new/", "plans/", "plans/new/", "ledger/", "ledger/new/loss/")
PATIENCE = 240_000

DEMO_SIZE = "0.15"


@pytest.fixture(scope="module")
def worked_out(browser: Browser, platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Ask for a balance, draw a scenario, ask for a plan; return the addresses of their pages, and who asked."""
    page = open_page(browser)
    begin(page, platform)
    page.goto(platform.base + ROOM)
    page.click("text=Work out a balance")
    page.click("main form.form button")
    page.wait_for_selector("text=Both are right", timeout=PATIENCE)
    page.goto(platform.base + ROOM + "scenarios/new/")
    page.fill("#id_name", "Green belt")
    page.click("main form.form button")
    draw_box(page)
    page.select_option("#id_practice", "assisted_regeneration")
    page.click("main form.form > button")
    page.wait_for_selector("#h-after", timeout=PATIENCE)
    scenario = page.url
    page.goto(platform.base + ROOM + "plans/new/")
    page.fill("#id_budget", "1000000")
    page.click("main form.form > button")
    page.wait_for_selector("text=What budgets buy", timeout=PATIENCE)
    state = tmp_path_factory.mktemp("cookies") / "keeper.json"
    page.context.storage_state(path=state)
    said = complaints(page)
    found = {"scenario": scenario, "plan": page.url, "state": str(state), "said": "\n".join(said)}
    page.context.close()
    return found


def test_the_whole_way_leaves_no_complaint_and_moves_the_balance(
    browser: Browser, platform: Platform, worked_out: dict[str, str]
) -> None:
    page = open_page(browser, state=Path(worked_out["state"]))
    page.goto(worked_out["scenario"])
    page.wait_for_selector("[data-chart] svg", timeout=PATIENCE)

    assert worked_out["said"] == ""
    assert page.locator("table:has-text('Assisted natural regeneration') td.number").count() >= 5
    assert [url for url in page.asked if not url.startswith((platform.base, "data:", "blob:"))] == []
    assert complaints(page) == []
    page.context.close()


def test_a_district_says_what_it_is_when_pointed_at(
    browser: Browser, platform: Platform, worked_out: dict[str, str]
) -> None:
    page = open_page(browser, state=Path(worked_out["state"]))
    page.goto(platform.base + ROOM)
    place = page.locator("[data-map-show]").first
    place.locator(".maplibregl-canvas").wait_for(timeout=PATIENCE)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(1000)
    place.scroll_into_view_if_needed()
    box = place.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_timeout(300)
    page.mouse.click(box["x"] + box["width"] * 0.52, box["y"] + box["height"] * 0.45)

    page.wait_for_selector(".map-says:has-text('Gains')", timeout=PATIENCE)

    page.context.close()


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize(
    "path", ["", "new/", "scenarios/", "scenarios/new/", "plans/", "plans/new/", "scenario", "plan"]
)
def test_a_page_is_accessible_and_fits_a_phone(
    browser: Browser, platform: Platform, worked_out: dict[str, str], path: str, language: str
) -> None:
    page = open_page(browser, width=NARROW, state=Path(worked_out["state"]), bypass_csp=True)
    page.context.add_cookies([{"name": "django_language", "value": language, "url": platform.base}])
    page.goto(worked_out.get(path) or platform.base + ROOM + path)
    page.wait_for_load_state("networkidle")

    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW
    page.context.close()
