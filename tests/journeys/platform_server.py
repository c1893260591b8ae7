"""A platform of its own for browser tests: `landbalance serve` on a free port, in a folder that starts empty."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page

CHROMIUM = Path("/usr/bin/chromium")
AXE = Path(__file__).resolve().parents[2] / "src/landbalance/web/assets/node_modules/axe-core/axe.min.js"
NARROW = 360  # a phone
SECRET = "a long enough secret"
PATIENCE = 90
SWITCHES = ["--no-sandbox", "--disable-gpu", "--enable-unsafe-swiftshader", "--disable-background-networking"]
SWITCHES += ["--disable-component-update", "--disable-sync", "--no-first-run"]


@dataclass(frozen=True)
class Platform:
    """Where it answers, the folder it serves, and the address that lets the first administrator in."""

    base: str
    home: Path
    welcome: str


@contextmanager
def serve(home: Path) -> Iterator[Platform]:
    """Serve a folder until the block ends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = home.parent / "serve.log"
    command = [sys.executable, "-m", "landbalance", "serve", "-w", str(home), "--port", str(port), "--no-browser"]
    unset = ("LANDBALANCE_HOME", "LANDBALANCE_DATABASE", "DJANGO_SETTINGS_MODULE")
    environment = {name: value for name, value in os.environ.items() if name not in unset}
    with log.open("w") as file:
        server = subprocess.Popen(command, stdout=file, stderr=file, env=environment, start_new_session=True)
        try:
            text = _wait(server, log)
            key = re.search(r"welcome/\S+/", text)
            yield Platform(f"http://127.0.0.1:{port}", home, f"http://127.0.0.1:{port}/{key[0]}" if key else "")
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait(30)


def _wait(server: subprocess.Popen, log: Path) -> str:
    """Return what the server has said once it answers."""
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends and server.poll() is None:
        text = log.read_text()
        if "Started worker" in text:
            return text
        time.sleep(0.1)
    raise AssertionError(log.read_text())


def open_page(browser: Browser, *, width: int = 1440, state: Path | None = None, **options: object) -> Page:
    """Open a page that notes what it asks for and what it complains of."""
    context = browser.new_context(viewport={"width": width, "height": 800}, storage_state=state, **options)
    page = context.new_page()
    page.asked, page.said = [], []
    page.on("request", lambda asked: page.asked.append(asked.url))
    page.on("console", lambda said: page.said.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: page.said.append(str(error)))
    return page


def begin(page: Page, platform: Platform) -> None:
    """Become the first administrator."""
    page.goto(platform.welcome)
    page.fill("#id_username", "keeper")
    page.fill("#id_email", "keeper@example.org")
    page.fill("#id_password", SECRET)
    page.click("main button")


def make_country(page: Page, platform: Platform) -> None:
    """Make Mauritania, with nothing in it."""
    page.goto(platform.base + "/new/country/")
    page.select_option("#id_iso3", "MRT")
    page.click("main button")
    page.wait_for_url("**/w/mrt/")


def draw_box(page: Page) -> None:
    """Draw a box over the middle of the map above the field."""
    page.wait_for_selector(".maplibregl-canvas", timeout=1000 * PATIENCE)
    page.wait_for_load_state("networkidle")
    page.click('[data-act="rectangle"]')
    page.locator(".map-small").scroll_into_view_if_needed()
    box = page.locator(".maplibregl-canvas").bounding_box()
    for x, y in ((0.42, 0.4), (0.58, 0.6)):
        page.mouse.move(box["x"] + box["width"] * x, box["y"] + box["height"] * y)
        page.wait_for_timeout(300)
        page.mouse.click(box["x"] + box["width"] * x, box["y"] + box["height"] * y)
        page.wait_for_timeout(600)  # two clicks at once are a double click


def violations(page: Page) -> list[str]:
    """Return what axe finds wrong with a page."""
    page.add_script_tag(path=AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html'][:120]}" for each in found]


def complaints(page: Page) -> list[str]:
    """Return what a page complains of; a slow graphics driver is no fault of ours."""
    return [said for said in page.said if "GL Driver Message" not in said]
