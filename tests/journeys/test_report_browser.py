"""The report of the demo in a real browser: opened from the disk, with no network, on a phone and in Arabic."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from landbalance.engine.assess import assess
from landbalance.io.demo import make_demo

LANGUAGES = {"en": "ltr", "ar": "rtl", "zh": "ltr"}


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    workspace = make_demo(tmp_path_factory.mktemp("report") / "demo", size=0.2)
    return {language: assess(workspace, language=language).folder / "report.html" for language in LANGUAGES}


@pytest.fixture(params=list(LANGUAGES))
def page(request: pytest.FixtureRequest, browser: Browser, reports: dict[str, Path]) -> Iterator[Page]:
    opened = browser.new_page(viewport={"width": 360, "height": 740})
    opened.asked, opened.said = [], []
    opened.on("request", lambda asked: opened.asked.append(asked.url))
    opened.on("console", lambda said: opened.said.append(said.text))
    opened.on("pageerror", lambda error: opened.said.append(str(error)))
    opened.goto(reports[request.param].as_uri())
    yield opened
    opened.close()


def test_the_report_asks_for_nothing_and_complains_of_nothing(page: Page) -> None:
    assert [url for url in page.asked if not url.startswith(("file:", "data:"))] == []
    assert page.said == []


def test_language_and_direction_are_declared(page: Page) -> None:
    root = page.locator("html")

    assert root.get_attribute("dir") == LANGUAGES[root.get_attribute("lang")]


def test_a_phone_needs_no_sideways_scrolling(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_every_picture_is_drawn_and_told_in_words(page: Page) -> None:
    pictures = page.locator("img").evaluate_all(
        "images => images.map(image => [image.complete && image.naturalWidth > 0, image.alt])"
    )

    assert len(pictures) > 10
    assert all(is_drawn and len(words) > 20 for is_drawn, words in pictures)


def test_every_chart_opens_as_a_table(page: Page) -> None:
    charts = page.locator(".charts figure")

    assert charts.count() >= 4
    for chart in charts.all():
        chart.locator("summary").click()
        assert chart.locator("table tbody tr").first.is_visible()


def test_the_invented_country_is_called_invented_first(page: Page) -> None:
    assert page.locator(".banner").is_visible()
    assert page.locator(".banner").bounding_box()["y"] < 60
