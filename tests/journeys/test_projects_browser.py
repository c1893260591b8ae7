"""Projects in a real browser: taken in from a file, a slider moved, a scenario kept and compared, a note taken away."""

from pathlib import Path

from platform_server import NARROW, Platform, begin, make_country, open_page, violations
from playwright.sync_api import Browser

DEMO = Path(__file__).resolve().parents[2] / "examples" / "projects" / "demoland.toml"
HOME, ONE = "/w/mrt/projects/", "/w/mrt/projects/p/demoland-parklands/"


def test_a_project_goes_from_its_file_to_a_note(browser: Browser, platform: Platform, tmp_path: Path) -> None:
    file = tmp_path / "parklands.toml"
    file.write_text(DEMO.read_text(encoding="utf-8").replace("ZZD", "MRT"), encoding="utf-8")
    page = open_page(browser)
    begin(page, platform)
    make_country(page, platform)
    page.goto(platform.base + HOME + "new/")
    page.set_input_files("#file_file", file)
    page.click("section[aria-labelledby=h-file] button")
    page.wait_for_url("**" + ONE)
    page.wait_for_selector("#draws [data-chart] svg")
    before = page.locator("#sum").inner_text()

    page.focus("#s-rate")
    for _press in range(8):
        page.keyboard.press("ArrowLeft")
    page.wait_for_selector("#figures input[name=name]")
    after = page.locator("#sum").inner_text()
    page.fill("#figures input[name=name]", "Cheap money")
    page.locator("#figures button", has_text="Keep").click()
    page.wait_for_url("**" + ONE + "scenarios/")
    page.wait_for_selector("text=Cheap money")
    page.goto(platform.base + ONE + "notes/")
    with page.expect_download() as taken:
        page.locator("a.button", has_text="DOCX").first.click()

    assert after != before
    assert taken.value.suggested_filename.endswith(".docx")
    assert page.said == []
    state = tmp_path / "keeper.json"
    page.context.storage_state(path=state)
    page.context.close()
    for language in ("en", "ar"):
        walk(browser, platform, state, language)


def walk(browser: Browser, platform: Platform, state: Path, language: str) -> None:
    """Look at every page on a phone."""
    page = open_page(browser, width=NARROW, state=state, bypass_csp=True)
    page.context.add_cookies([{"name": "django_language", "value": language, "url": platform.base}])
    for path in (HOME, HOME + "new/", *(ONE + name for name in ("", "inputs/", "windows/", "notes/", "checklists/"))):
        page.goto(platform.base + path)
        page.wait_for_load_state("networkidle")
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW, path
    page.context.close()
