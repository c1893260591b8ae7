"""Packs in a real browser: planned, looked at, taken into use, two layers compared; English, Arabic, a phone."""

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from platform_server import NARROW, Platform, begin, make_country, open_page, violations
from playwright.sync_api import Browser, Route

from landbalance.io.packs.build import build_pack
from landbalance.io.packs.cache import Cache
from landbalance.io.packs.carry import export_pack
from landbalance.io.packs.line import Line
from landbalance.io.packs.manifest import read_pack, write_manifest, write_pack_file
from landbalance.io.packs.order import Order
from landbalance.io.packs.public_file import Desk
from landbalance.io.packs.signing import Signer
from public_services import Local, serving
from testland import CODE, registry, services

ROLES = ("boundaries", "land_cover", "soc", "statistics")
ROOM = "/w/mrt/packs/"
NAME = f"{CODE}-2026.1"
MADE = datetime(2026, 11, 20, tzinfo=UTC)
PAGES = ("", "plan/?iso3=MRT&size=standard", "import/", "compare/", f"p/{NAME}/")


@pytest.fixture(scope="module")
def keeper(browser: Browser, platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the cookies of the first administrator, who has made a country; a pack lies in its folder."""
    page = open_page(browser)
    begin(page, platform)
    make_country(page, platform)
    state = tmp_path_factory.mktemp("cookies") / "keeper.json"
    page.context.storage_state(path=state)
    page.context.close()
    with serving(services()) as bench:
        line = Line(backend=Local(bench))
        desk = Desk(line, Signer(line), Cache(tmp_path_factory.mktemp("cache")))
        order = Order(CODE, years="2015-2016", only=ROLES, registry=registry(2))
        built = build_pack(order, platform.home / "workspaces/mrt/packs", desk, now=lambda: MADE)
        desk.close()
    assert built.folder.name == NAME
    return state


def check(browser: Browser, platform: Platform, keeper: Path, path: str, language: str) -> None:
    """See that a page is accessible, and fits a phone."""
    page = open_page(browser, width=NARROW, state=keeper, bypass_csp=True)
    page.context.add_cookies([{"name": "django_language", "value": language, "url": platform.base}])
    page.goto(platform.base + path)

    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW
    assert page.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
    page.context.close()


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_of_packs_is_accessible_and_fits_a_phone(
    browser: Browser, platform: Platform, keeper: Path, path: str, language: str
) -> None:
    check(browser, platform, keeper, ROOM + path, language)


def test_a_pack_is_sent_in_pieces_and_goes_on_after_the_line_breaks_and_the_page_is_closed(
    browser: Browser, platform: Platform, keeper: Path, tmp_path: Path
) -> None:
    file = large_pack(platform, tmp_path)
    page = open_page(browser, state=keeper)
    page.goto(platform.base + ROOM + "import/")
    broken = []

    def some_fail(route: Route) -> None:
        posts = [each for each in page.asked if "/import/" in each and each != platform.base + ROOM + "import/"]
        if len(posts) in (4, 5):  # no answer, then one that was cut: the piece has come, nobody heard
            broken.append(route.fetch() if len(posts) == 5 else None)
            route.abort("connectionreset")
        elif len(posts) > 8:
            route.abort("internetdisconnected")
        else:
            route.continue_()

    page.route("**/packs/import/*/", some_fail)
    page.set_input_files("#id_file", file)
    page.click("form[data-upload] button")
    page.wait_for_selector("[data-upload-status]:has-text('broken')")
    page.wait_for_timeout(9000)  # two breaks are waited for, and the third stays
    have = sent_so_far(platform)
    page.context.close()

    page = open_page(browser, state=keeper)
    page.goto(platform.base + ROOM + "import/")
    assert file.name in page.inner_text("main")
    page.set_input_files("#id_file", file)
    page.click("form[data-upload] button")
    page.wait_for_url("**/work/**", timeout=60_000)
    page.wait_for_selector("a.button:has-text('ZZX-2026.1')", timeout=90_000)

    assert broken
    assert 2 << 20 <= have < file.stat().st_size
    posts = [each for each in page.asked if "/import/" in each and each != platform.base + ROOM + "import/"]
    assert len(posts) <= (file.stat().st_size - have) // (1 << 20) + 3  # what had come is not sent again
    assert page.said == []
    page.context.close()


def large_pack(platform: Platform, folder: Path) -> Path:
    """Return a pack of some pieces, under a name that is not there yet."""
    stage = folder / "ZZX-2026.1"
    shutil.copytree(platform.home / "workspaces/mrt/packs" / NAME, stage)
    said = read_pack(stage)
    head = said.pack.model_copy(update={"id": stage.name, "iso3": "ZZX"})
    write_pack_file(stage, said.model_copy(update={"pack": head}))
    (stage / "tables" / "more.bin").write_bytes(os.urandom(8 << 20))
    write_manifest(stage)
    return export_pack(stage, folder, is_shareable=False)


def sent_so_far(platform: Platform) -> int:
    """Return how much of the pack has come."""
    return next((platform.home / "workspaces/mrt/.uploads").glob("pack-*.part")).stat().st_size


def test_two_layers_are_compared_by_a_worker(browser: Browser, platform: Platform, keeper: Path) -> None:
    page = open_page(browser, state=keeper)
    page.goto(platform.base + ROOM + f"p/{NAME}/")
    page.click("form[action$='take/'] button")
    page.wait_for_url("**/layers/")
    page.goto(platform.base + ROOM + "compare/")
    page.select_option("#id_first", "used:soc")
    page.select_option("#id_second", f"{NAME}:soc:soilgrids_ocs")
    page.click("main form button")
    page.wait_for_selector("img.map-thumb", timeout=90_000)

    assert page.locator("img.map-thumb").count() == 3
    assert "Statistics by area" in page.inner_text("main")
    assert page.said == []
    place = page.url.removeprefix(platform.base)
    page.context.close()
    for language in ("en", "ar"):
        check(browser, platform, keeper, place, language)
