"""What the journeys in a real browser share: the browser, and a platform for each file of tests."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from platform_server import CHROMIUM, SWITCHES, Platform, serve

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a browser; it is left out, and said so, on a machine without one."""
    for item in items:
        if item.path.stem.endswith("_browser"):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.skipif(not CHROMIUM.exists(), reason="this machine has no Chromium"))


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    """Return Chromium; it is closed with the file, for its loop would stand in the way of other tests."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as tool:
        opened = tool.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def platform(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """Return a platform that starts empty, or with the invented country where the file names a `DEMO_SIZE`."""
    size = getattr(request.module, "DEMO_SIZE", "")
    home: Path = tmp_path_factory.mktemp("platform") / ("demoland" if size else "home")
    if size:
        command = [sys.executable, "-m", "landbalance", "demo", str(home), "--size", size, "--quiet"]
        subprocess.run(command, check=True, capture_output=True)
    else:
        home.mkdir()
    with serve(home) as served:
        yield served
