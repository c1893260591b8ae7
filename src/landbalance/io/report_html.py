"""The report as one HTML file that opens offline: no script, no request; pictures and charts inside."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from landbalance.io.charts import chart_svgs
from landbalance.io.map_images import Outlines, Picture, draw_map, outlines_of
from landbalance.io.workbook import check_table, unit_name
from landbalance.reporting.charts import Chart
from landbalance.reporting.document import Document
from landbalance.reporting.facts import RunFacts
from landbalance.reporting.maps import MapSpec
from landbalance.reporting.record import Figure
from landbalance.reporting.section import Chapter
from landbalance.reporting.tables import Cell, Column, Table, cell_value
from landbalance.reporting.words import Tongue

MOST_COLUMNS = 24  # of a table on the page
MOST_ROWS = 24  # of a table that is shown unasked


@dataclass(frozen=True)
class DrawnMap:
    """A map and its picture, ready for the page."""

    spec: MapSpec
    picture: Picture
    source: str
    bar: str


def report_html(facts: RunFacts, document: Document, rasters: Mapping[str, Path], tongue: Tongue) -> str:
    """Return the report page.

    Parameters
    ----------
    rasters : mapping of str to Path
        Layers to draw; a map without its raster is left out.
    """
    outlines = outlines_of(facts.boundary_geojson)
    drawn = [drawn_map(spec, rasters, outlines, tongue) for spec in document.maps]
    page = page_environment(tongue).get_template("report.html.j2")
    return page.render(
        facts=facts,
        document=document,
        lead=drawn_map(document.lead_map, rasters, outlines, tongue, longest=1100),
        maps=[each for each in drawn if each is not None],
        charts=chart_pictures(document.charts),
        checks=check_table(document.checks, tongue),
        tongue=tongue,
    )


def chapter_html(
    chapter: Chapter, rasters: Mapping[str, Path], outlines: Outlines, tongue: Tongue, *, report: str = ""
) -> str:
    """Return a chapter as a page of its own.

    Parameters
    ----------
    rasters : mapping of str to Path
        Layers to draw; a map without its raster is left out.
    report : str
        Where the report of the run is, seen from the page; empty where it cannot be reached from there.
    """
    sections = []
    for section in chapter.sections:
        drawn = [drawn_map(spec, rasters, outlines, tongue) for spec in section.maps]
        sections.append((section, chart_pictures(section.charts), [each for each in drawn if each is not None]))
    page = page_environment(tongue).get_template("chapter.html.j2")
    return page.render(chapter=chapter, sections=sections, tongue=tongue, report=report)


def chart_pictures(charts: Sequence[Chart], svgs: Sequence[str] | None = None) -> list[tuple[Chart, str]]:
    """Return charts with their pictures as addresses; empty ones where they cannot be drawn."""
    svgs = chart_svgs(charts) if svgs is None else svgs
    return [
        (chart, data_uri(svg.encode(), "image/svg+xml") if svg else "") for chart, svg in zip(charts, svgs, strict=True)
    ]


def data_uri(content: bytes, kind: str) -> str:
    """Return bytes as an address that needs no request."""
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def cell_text(cell: Cell, column: Column, digits: int, tongue: Tongue) -> str:
    """Return one cell as people read it."""
    value = cell_value(cell)
    if value is None:
        return tongue.dash
    if isinstance(value, str):
        return value
    if column.unit == "1":
        return tongue.percent(value, 2)
    if column.unit == "points":
        return ("+" if value > 0 else "") + tongue.number(value * 100, 2)
    return str(int(value)) if digits < 0 else tongue.number(value, digits)


def column_digits(table: Table, place: int) -> int:
    """Return how many decimals a column of numbers is shown with: none for people, few for large areas."""
    unit = table.columns[place].unit
    fixed = {"persons": 0, "t": 0, "thousands": 1, "t ha-1": 1, "ha": 0, "usd": 0, "count": 0, "year": -1}
    if unit in fixed:
        return fixed[unit]
    sizes = [abs(value) for row in table.rows if isinstance(value := cell_value(row[place]), float)]
    largest = max(sizes, default=0.0)
    return 0 if largest >= 1000 else 1 if largest >= 10 else 2


def drawn_map(
    spec: MapSpec, rasters: Mapping[str, Path], outlines: Outlines, tongue: Tongue, *, longest: int = 760
) -> DrawnMap | None:
    """Return a drawn map, or None where its raster is not among the products."""
    picture = draw_map(spec, rasters, outlines, longest=longest)
    if picture is None:
        return None
    digits = 0 if picture.bar_km >= 1 else 1
    bar = tongue.say("{number} km", number=tongue.number(picture.bar_km, digits))
    return DrawnMap(spec, picture, data_uri(picture.png, "image/png"), bar)


def page_environment(tongue: Tongue) -> Environment:
    """Return the template environment of one language; everything is escaped."""
    environment = Environment(
        loader=PackageLoader("landbalance.io"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    def heading(column: Column) -> str:
        unit = unit_name(column.unit, tongue)
        return f"{column.title}, {unit}" if unit else column.title

    def rows(table: Table) -> list[list[str]]:
        digits = [column_digits(table, place) for place in range(len(table.columns))]
        return [
            [
                cell_text(cell, *pair, tongue)
                for cell, pair in zip(row, zip(table.columns, digits, strict=True), strict=True)
            ]
            for row in table.rows
        ]

    environment.globals.update(_=tongue.translate, say=tongue.say, rows=rows, heading=heading, style=_style())
    environment.globals.update(most_columns=MOST_COLUMNS, most_rows=MOST_ROWS)
    environment.globals["is_short"] = lambda table: any(
        isinstance(cell, Figure) and "short_series" in cell.quality for row in table.rows for cell in row
    )
    return environment


def _style() -> Markup:
    """Return the style sheet of the report."""
    source, _, _ = PackageLoader("landbalance.io").get_source(Environment(autoescape=True), "report.css")
    return Markup(source)  # noqa: S704 - our own package file
