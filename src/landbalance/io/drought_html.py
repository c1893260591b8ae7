"""A page on drought as one HTML file that opens offline and prints: no script, no request."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from landbalance.io.map_images import Outlines
from landbalance.io.report_html import chart_pictures, drawn_map, page_environment
from landbalance.reporting.drought_page import Page
from landbalance.reporting.drought_words import LEFT, METHOD
from landbalance.reporting.words import Tongue


def drought_html(page: Page, rasters: Mapping[str, Path], outlines: Outlines, tongue: Tongue) -> str:
    """Return the page.

    Parameters
    ----------
    rasters : mapping of str to Path
        Class rasters of its maps; a map without its raster is left out.
    outlines : tuple
        Rings drawn over the maps.
    """
    sections = []
    for section in page.sections:
        shown: dict[str, Any] = {"title": section.title, "text": section.text, "tables": section.tables}
        drawn = [drawn_map(spec, rasters, outlines, tongue, longest=620) for spec in section.maps]
        shown["maps"] = [each for each in drawn if each is not None]
        shown["charts"] = chart_pictures(section.charts)
        sections.append(shown)
    source, _, _ = PackageLoader("landbalance.io").get_source(Environment(autoescape=True), "drought.css")
    return page_environment(tongue).get_template("drought.html.j2").render(
        page=page, sections=sections, tongue=tongue, own_style=Markup(source),  # noqa: S704 - our own package file
        left=tongue.translate(LEFT), method=tongue.translate(METHOD),
    )  # fmt: skip
