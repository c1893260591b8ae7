"""Pages on drought in every language: a file to print and send, and plain data for a program that lays it out."""

from collections.abc import Callable, Mapping
from pathlib import Path

from landbalance.core.workspace import Workspace
from landbalance.engine.drought.products import outlines
from landbalance.io.charts import chart_svgs
from landbalance.io.drought_html import drought_html, page_record
from landbalance.io.files import write_text
from landbalance.io.language import LANGUAGES, tongue
from landbalance.io.summary import json_text
from landbalance.reporting.drought_page import Page
from landbalance.reporting.words import Tongue


def write_pages(
    workspace: Workspace, make: Callable[[Tongue], Page], folder: Path, stem: str,
    rasters: Mapping[str, Path] | None = None,
) -> list[str]:  # fmt: skip
    """Write a page in every language as HTML and as data, with its charts; return the names of the files."""
    borders, names = outlines(workspace), []
    pages = {language: make(tongue(language)) for language in LANGUAGES}
    charts = {language: [chart for part in page.sections for chart in part.charts] for language, page in pages.items()}
    svgs = iter(chart_svgs([chart for listed in charts.values() for chart in listed]))
    for language, page in pages.items():
        drawn = [next(svgs) for _ in charts[language]]
        pictures = [f"{stem}.{chart.id}.{language}.svg" for chart in charts[language]]
        for name, svg in zip(pictures, drawn, strict=True):
            if svg:
                write_text(folder / name, svg)
        shown = [name if svg else "" for name, svg in zip(pictures, drawn, strict=True)]
        html = drought_html(page, rasters or {}, borders, tongue(language), svgs=drawn)
        write_text(folder / f"{stem}.{language}.html", html)
        write_text(folder / f"{stem}.{language}.json", json_text(page_record(page, tongue(language), shown)))
        names += [f"{stem}.{language}.html", f"{stem}.{language}.json", *filter(None, shown)]
    return names
