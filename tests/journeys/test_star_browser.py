"""The STAR desk in a real browser: dials that answer at once, the worked cases; English and Arabic, a phone."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from platform_server import NARROW, Platform, begin, make_country, open_page, violations
from playwright.sync_api import Browser, Page, expect

HOME = "/w/mrt/star/"
ORACLE = "?table=&regime=gef-6&envelope=20&ceiling=40&variant=drought-additive"
CASES: dict[str, Any] = yaml.safe_load((Path(__file__).parents[1] / "oracles" / "projects.yaml").read_text())["gbi"]
HEAD = "iso3,performance,income,degraded,dryland,people,drought,exposed,is_dryland\n"
ROWS = "MRT,3.2,1200,12,40,10,0.8,10,yes\nMLI,3.8,900,30,100,60,0.3,60,yes\nHTI,3,3000,15,30,20,0.6,20,no\n"
PATIENCE = 60_000


@pytest.fixture(scope="module")
def keeper(browser: Browser, platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the cookies of a keeper who has sent a table and kept a scenario and an allocation."""
    folder = tmp_path_factory.mktemp("sent")
    page = open_page(browser)
    page.set_default_timeout(PATIENCE)
    begin(page, platform)
    make_country(page, platform)
    (folder / "countries.csv").write_text(HEAD + ROWS)
    page.goto(platform.base + HOME + "tables/new/")
    page.set_input_files("#id_file", folder / "countries.csv")
    kept(page, name="Three countries")
    page.goto(platform.base + HOME)
    page.click("text=Keep this scenario")
    kept(page, name="Drought added")
    page.goto(platform.base + HOME + "uses/new/")
    kept(page, land="3")
    state = folder / "keeper.json"
    page.context.storage_state(path=state)
    page.context.close()
    return state


def kept(page: Page, **values: str) -> None:
    """Fill a form and keep it."""
    for name, value in values.items():
        page.fill(f"#id_{name}", value)
    page.click("main form.form button")
    page.wait_for_selector("text=Kept.")


def wide(browser: Browser, keeper: Path, platform: Platform, path: str) -> Page:
    page = open_page(browser, state=keeper)
    page.goto(platform.base + HOME + path)
    page.wait_for_load_state("networkidle")
    return page


def amounts(page: Page, column: int) -> list[float]:
    """Return a column of the table of winners."""
    cells = page.locator(f"#result table:has(caption:text('What each country would get')) td:nth-child({column})")
    return [float(text) for text in cells.all_inner_texts()]


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize(
    "path",
    ["", ORACLE, "map/", "tables/", "tables/new/", "regimes/new/?base=gef-9", "scenarios/", "uses/", "uses/new/"],
)
def test_a_page_of_the_desk_is_accessible_and_fits_a_phone(
    browser: Browser, platform: Platform, keeper: Path, path: str, language: str
) -> None:
    page = open_page(browser, width=NARROW, state=keeper, bypass_csp=True)
    page.context.add_cookies([{"name": "django_language", "value": language, "url": platform.base}])

    page.goto(platform.base + HOME + path)
    page.wait_for_load_state("networkidle")

    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW
    page.context.close()


def test_the_desk_shows_the_worked_cases_and_draws_them(browser: Browser, platform: Platform, keeper: Path) -> None:
    page = wide(browser, keeper, platform, ORACLE)

    assert amounts(page, 3) == pytest.approx(CASES["final"], abs=0.006)
    assert amounts(page, 4) == pytest.approx(CASES["drought_final"], abs=0.006)
    expect(page.locator("#result [data-chart] svg")).to_have_count(3)
    assert {url for url in page.asked if not url.startswith((platform.base, "data:", "blob:"))} == set()
    assert page.said == []
    page.context.close()


def test_a_slider_moved_by_keyboard_answers_at_once(browser: Browser, platform: Platform, keeper: Path) -> None:
    page = wide(browser, keeper, platform, ORACLE)
    before = amounts(page, 4)

    slider = page.locator("#id_weight + input[type=range]")
    slider.focus()
    with page.expect_response(lambda answer: "weight=21" in answer.url) as answered:
        slider.press("ArrowRight")
    expect(page.locator("#result [data-chart] svg")).to_have_count(3)

    assert "<html" not in answered.value.text()
    assert page.input_value("#id_weight") == "21"
    assert amounts(page, 4) != before
    assert "weight=21" in page.url
    assert page.said == []
    page.context.close()


def test_another_regime_changes_all_dials(browser: Browser, platform: Platform, keeper: Path) -> None:
    page = wide(browser, keeper, platform, ORACLE)

    page.select_option("#id_regime", "gef-7")
    expect(page.locator("#id_envelope")).to_have_value("475")

    expect(page.locator("#result")).to_contain_text("the ceilings come to")
    expect(page.locator("#id_envelope + input[type=range]")).to_have_count(1)
    page.context.close()


def test_the_desk_works_without_scripts(browser: Browser, platform: Platform, keeper: Path) -> None:
    page = open_page(browser, state=keeper, java_script_enabled=False)
    page.goto(platform.base + HOME + ORACLE)

    page.fill("#id_weight", "0")
    page.click("text=Work it out")

    assert amounts(page, 4) == pytest.approx(CASES["final"], abs=0.006)
    page.context.close()
