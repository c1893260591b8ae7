"""Finance in a real browser: a file read by a worker, taken over, decided, charted; English and Arabic, a phone."""

from pathlib import Path

import pytest
from platform_server import NARROW, Platform, begin, make_country, open_page, violations
from playwright.sync_api import Browser, Page

from unit.io.test_finance_files import CRS_HEAD, CRS_ROW

HOME = "/w/mrt/finance/"
PATIENCE = 60_000
ROWS = [
    CRS_ROW,
    "2022|5|Germany|2|2022000777|260|Niger|1|110|31163|Pastoralisme et parcours|1.0|1.0||||",
    "2022|4|France|3|2022000900|260|Niger|1|110|31130|Lutte contre la désertification au Sahel|3.0|2.4|||1|0",
    "2099|4|France|3|2099000001|260|Niger|1|110|31130|Later than today|1.0|1.0||||",
]
STEPS = "id,source,instrument,amount,probability,start\nS1,domestic_public,tax,300000,0.8,2027\n"
SUBSIDIES = "id,name,value,harm,feasibility,equity,pse,cut,compensation,reinvest\n"
SUBSIDIES += "F1,Fuel for pumps,1200000,4,3,2,B1,0.5,0.3,0.6\nF2,Cheap loans,400000,2,4,3,,,,\n"
PAGES = ("", "flows/", "import/", "review/", "doubles/", "strategy/", "strategy/new/", "subsidies/new/", "objective5/")


@pytest.fixture(scope="module")
def keeper(browser: Browser, platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the cookies of a keeper whose ledger, plan and strategy were made through the pages."""
    folder = tmp_path_factory.mktemp("sent")
    page = open_page(browser)
    page.set_default_timeout(PATIENCE)
    begin(page, platform)
    make_country(page, platform)
    bring(page, platform, folder)
    plan(page, platform, folder)
    state = folder / "keeper.json"
    page.context.storage_state(path=state)
    page.context.close()
    return state


def bring(page: Page, platform: Platform, folder: Path) -> None:
    """Send a file of flows, look at it, take it over."""
    (folder / "crs.txt").write_text("\n".join([CRS_HEAD, *ROWS]))
    page.goto(platform.base + HOME + "import/")
    page.set_input_files("#id_file", folder / "crs.txt")
    page.click("main form.form button")
    page.wait_for_selector("text=3 new, 0 changed, 0 the same")
    assert "Later than today" not in page.locator("div:has(> #h-plan)").inner_text()
    page.click("text=Take all of it over")
    page.wait_for_selector("text=Taken over: 3 new")


def plan(page: Page, platform: Platform, folder: Path) -> None:
    """Write a target, an action with hectares, years and a cost, steps and subsidies."""
    page.goto(platform.base + "/w/mrt/targets/new/")
    fill(page, title="Better pasture")
    page.goto(platform.base + "/w/mrt/actions/new/?target=T1")
    days = {"start_date": "2026-01-01", "end_date": "2030-12-31"}
    fill(page, title="Half-moons", planned_ha="5000", cost_usd="30000000", **days)
    page.goto(platform.base + HOME + "strategy/")
    for place, (name, text) in enumerate((("steps.csv", STEPS), ("subsidies.csv", SUBSIDIES))):
        (folder / name).write_text(text)
        form = page.locator("form[enctype]").nth(place)
        form.locator("xpath=ancestor::details").locator("summary").click()
        form.locator("input[type=file]").set_input_files(folder / name)
        form.locator("button").click()
        page.wait_for_load_state()


def fill(page: Page, **values: str) -> None:
    """Fill a form whose sections may be closed, and save it."""
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    for name, value in values.items():
        page.fill(f"#id_{name}", value)
    page.click("button:text-is('Save')")
    page.wait_for_load_state("networkidle")


def wide(browser: Browser, keeper: Path, platform: Platform, path: str) -> Page:
    page = open_page(browser, state=keeper)
    page.goto(platform.base + HOME + path)
    page.wait_for_load_state("networkidle")
    return page


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_of_finance_is_accessible_and_fits_a_phone(
    browser: Browser, platform: Platform, keeper: Path, path: str, language: str
) -> None:
    page = open_page(browser, width=NARROW, state=keeper, bypass_csp=True)
    page.context.add_cookies([{"name": "django_language", "value": language, "url": platform.base}])

    page.goto(platform.base + HOME + path)
    page.wait_for_load_state("networkidle")

    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW
    page.context.close()


def test_charts_are_drawn_and_nothing_is_complained_of(browser: Browser, platform: Platform, keeper: Path) -> None:
    page = wide(browser, keeper, platform, "")

    for name in ("gap", "sankey", "subsidies"):
        page.wait_for_selector(f"[data-chart=chart-{name}] svg")
    assert {url for url in page.asked if not url.startswith((platform.base, "data:", "blob:"))} == set()
    assert page.said == []
    page.context.close()


def test_a_class_is_decided_and_the_next_one_comes(browser: Browser, platform: Platform, keeper: Path) -> None:
    page = wide(browser, keeper, platform, "review/")
    first = page.locator("article h2").first.inner_text()

    page.locator("article input[name=reason]").first.fill("page 12 of the project document")
    page.locator("article button").first.click()
    page.wait_for_load_state("networkidle")

    assert first not in page.locator("main article").all_inner_texts()
    assert "Decided" in page.locator(".note").first.inner_text()
    page.context.close()


def test_one_click_leads_from_money_to_land_and_back(browser: Browser, platform: Platform, keeper: Path) -> None:
    page = wide(browser, keeper, platform, "flows/")
    page.click("tbody th a >> nth=0")
    page.wait_for_load_state("networkidle")
    if not page.locator("a:has-text('Land of')").count():
        page.click("summary:has-text('Link it to a target')")
        page.select_option("#id_action_code", "A1")
        page.click("button:has-text('Link it')")
        page.wait_for_load_state("networkidle")
    flow = page.url

    page.click("a:has-text('Land of')")
    page.wait_for_url("**/actions/a/A1/")
    page.click("a:has-text('Better pasture')")
    page.wait_for_url("**/targets/t/T1/")
    page.click("section[aria-labelledby=h-money] a")

    page.wait_for_url(flow)
    page.context.close()
