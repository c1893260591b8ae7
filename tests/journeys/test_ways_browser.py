"""Whole ways through the platform in a real browser: from files to a map, a drawn target, a second factor, a guest."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from platform_server import PATIENCE, SECRET, Platform, begin, draw_box, make_country, open_page
from playwright.sync_api import Browser, Page, expect
from test_sign_in import totp

ROOM = "/w/mrt/"
WAIT = 1000 * PATIENCE


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the layers of the invented country, which somebody brings along."""
    folder = tmp_path_factory.mktemp("brought") / "demoland"
    command = [sys.executable, "-m", "landbalance", "demo", str(folder), "--size", "0.1", "--quiet"]
    subprocess.run(command, check=True, capture_output=True)
    return folder / "data"


@pytest.fixture(scope="module")
def keeper(browser: Browser, platform: Platform, files: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the cookies of the first administrator, who has made a country and sent its four layers."""
    page = open_page(browser)
    begin(page, platform)
    make_country(page, platform)
    send(page, platform, files / "boundary.geojson", role="boundary")
    gaps = "-32768 = no clear view\n-32767 = sea"
    ndvi = {"role": "productivity", "quantity": "ndvi", "years": "2001-2023", "scale": "0.0001", "nodata": gaps}
    send(page, platform, files / "ndvi.tif", **ndvi)
    cover = {"role": "land_cover", "years": "2000-2023", "legend": "esa_cci", "nodata": "0 = no data"}
    send(page, platform, files / "land_cover.tif", **cover)
    send(page, platform, files / "soc_2000.tif", role="soc", reference_year="2000")
    state = tmp_path_factory.mktemp("cookies") / "keeper.json"
    page.context.storage_state(path=state)
    page.context.close()
    return state


def send(page: Page, platform: Platform, file: Path, **said: str) -> None:
    """Send a layer and say what it is for."""
    page.goto(platform.base + ROOM + "layers/")
    page.set_input_files("#id_file", file)
    page.get_by_role("button", name="Send", exact=True).click()
    page.wait_for_selector("#id_role", timeout=WAIT)
    for name, value in said.items():
        field = page.locator(f"#id_{name}")
        field.select_option(value) if name in ("role", "quantity", "legend") else field.fill(value)
    page.get_by_role("button", name="Register").click()
    page.wait_for_url("**/layers/", timeout=WAIT)


def test_files_become_a_run_and_the_run_a_map(browser: Browser, platform: Platform, keeper: Path) -> None:
    page = open_page(browser, state=keeper)
    page.goto(platform.base + ROOM + "runs/new/")
    page.click("main .form button")

    page.wait_for_selector("text=What it found", timeout=3 * WAIT)
    page.click("text=Open the map")
    page.wait_for_url(re.compile("/map/"))
    page.wait_for_selector(".maplibregl-canvas", timeout=WAIT)

    assert page.locator(".legend li, .legend tr").count() >= 7
    page.context.close()


def test_a_target_is_drawn_and_revised(browser: Browser, platform: Platform, keeper: Path) -> None:
    page = open_page(browser, state=keeper)
    page.goto(platform.base + ROOM + "targets/new/")
    page.fill("#id_title", "Dunes held")
    page.locator("details:has(.map-small) > summary").click()
    draw_box(page)
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/targets/t/*/")
    assert "No area" not in page.inner_text("main")

    page.get_by_role("link", name="Revise", exact=True).click()
    page.locator("#id_revision_reason").select_option(index=1)
    page.fill("#id_revision_text", "the province counted anew")
    page.locator("details:has(#id_declared_area) > summary").click()
    page.fill("#id_declared_area", "1200")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/targets/t/*/")

    assert "1,200" in page.inner_text("main")
    page.context.close()


def test_a_cut_line_loses_nothing_that_was_typed(browser: Browser, platform: Platform, keeper: Path) -> None:
    page = open_page(browser, state=keeper)
    page.goto(platform.base + ROOM + "targets/new/")
    page.context.set_offline(True)
    page.fill("#id_title", "Written without a line")
    expect(page.locator("[data-draft-status]")).not_to_be_empty(timeout=WAIT)
    page.context.set_offline(False)
    page.goto(platform.base + ROOM)
    page.goto(platform.base + ROOM + "targets/new/")

    assert page.input_value("#id_title") == "Written without a line"
    page.context.close()


def test_a_guest_of_civil_society_sees_what_they_may_and_no_more(
    browser: Browser, platform: Platform, keeper: Path
) -> None:
    page = open_page(browser, state=keeper)
    page.goto(platform.base + ROOM + "people/invite/")
    page.fill("#id_email", "guest@example.org")
    page.select_option("#id_role", "civil_society")
    page.get_by_role("button", name="Invite", exact=True).click()
    address = page.locator("code.copy").inner_text()
    page.context.close()
    guest = open_page(browser)
    guest.goto(address)
    guest.fill("#id_username", "guest")
    guest.fill("#id_password", SECRET)
    guest.locator("main button").last.click()
    guest.goto(platform.base + ROOM)

    rooms = guest.locator("nav.rooms").inner_text()
    assert "Targets" in rooms
    assert "People" not in rooms
    for closed in ("people/", "people/invite/", "settings/", "targets/new/", "runs/new/"):
        assert guest.goto(platform.base + ROOM + closed).status in (403, 404), closed
    guest.context.close()


def test_a_second_factor_is_set_up_and_asked_for(browser: Browser, platform: Platform, keeper: Path) -> None:
    page = open_page(browser, state=keeper)
    page.goto(platform.base + "/accounts/2fa/totp/activate/")
    if page.locator("#id_password").count():
        page.fill("#id_password", SECRET)
        page.locator("main form button").first.click()
    secret = page.input_value("#authenticator_secret")
    page.fill("#id_code", totp(secret))
    page.locator("main form button").first.click()
    page.wait_for_url(re.compile("/2fa/"))
    page.goto(platform.base + "/accounts/2fa/recovery-codes/")
    spare = page.input_value("main textarea").split()[0]
    page.context.close()
    page = open_page(browser)
    page.goto(platform.base + "/accounts/login/")
    page.fill("#id_login", "keeper")
    page.fill("#id_password", SECRET)
    page.locator("main form button").first.click()
    page.wait_for_url(re.compile("/2fa/authenticate/"))
    page.goto(platform.base + "/account/")
    assert "/accounts/login" in page.url or "/2fa/" in page.url

    page.goto(platform.base + "/accounts/2fa/authenticate/")
    page.locator("main input[name=code]").first.fill(spare)
    page.locator("main form button").first.click()
    page.goto(platform.base + "/account/")
    assert page.url.endswith("/account/")
    page.context.close()


def test_a_whole_way_in_arabic_runs_from_right_to_left(browser: Browser, platform: Platform, keeper: Path) -> None:
    page = open_page(browser, state=keeper, locale="ar")
    page.context.add_cookies([{"name": "django_language", "value": "ar", "url": platform.base}])
    for room in ("", "targets/", "targets/new/", "layers/", "runs/", "map/", "people/"):
        page.goto(platform.base + ROOM + room)
        assert page.get_attribute("html", "dir") == "rtl"
        words = page.inner_text("h1")
        assert re.search("[\u0600-\u06ff]", words) or not room, (room, words)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), room
    assert [address for address in page.asked if not address.startswith((platform.base, "data:", "blob:"))] == []
    page.context.close()
