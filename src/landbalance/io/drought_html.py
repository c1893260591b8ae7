"""A page on drought as one HTML file that opens offline and prints: no script, no request."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from landbalance.io.map_images import Outlines
from landbalance.io.report_html import cell_text, chart_pictures, column_digits, drawn_map, page_environment
from landbalance.io.workbook import unit_name
from landbalance.reporting.drought_page import Page
from landbalance.reporting.drought_words import LEFT, METHOD
from landbalance.reporting.tables import Table
from landbalance.reporting.words import Tongue


def page_record(page: Page, tongue: Tongue, pictures: Sequence[str]) -> dict[str, Any]:
    """Return a page as plain data, every cell as people read it, for a program that lays it out itself.

    Parameters
    ----------
    pictures : sequence of str
        Names of the files of its charts, in their order; empty where one is not drawn.
    """
    names = iter(pictures)
    sections = [
        {
            "title": section.title,
            "text": list(section.text),
            "charts": [
                {
                    "title": chart.title,
                    "alt": chart.alt,
                    "file": next(names),
                    "table": table_record(chart.table, tongue),
                }
                for chart in section.charts
            ],
            "tables": [table_record(table, tongue) for table in section.tables],
        }
        for section in page.sections
    ]
    numbers = [{"value": each.value, "label": each.label, "note": each.note} for each in page.numbers]
    return {
        "title": page.title, "place": page.place, "date": page.date, "sentence": page.sentence, "numbers": numbers,
        "sections": sections, "notes": list(page.notes), "method": list(page.method),
    }  # fmt: skip


def table_record(table: Table, tongue: Tongue) -> dict[str, Any]:
    """Return a table as plain data: caption, headings with whether they stand over numbers, rows of text."""
    digits = [column_digits(table, place) for place in range(len(table.columns))]
    units = [unit_name(column.unit, tongue) for column in table.columns]
    heads = [
        {"text": f"{column.title}, {unit}" if unit else column.title, "is_number": bool(column.unit)}
        for column, unit in zip(table.columns, units, strict=True)
    ]
    rows = [
        [
            {"text": cell_text(cell, column, digit, tongue), "is_number": bool(column.unit)}
            for cell, column, digit in zip(row, table.columns, digits, strict=True)
        ]
        for row in table.rows
    ]
    return {"name": table.name, "caption": table.caption, "heads": heads, "rows": rows}


def drought_html(
    page: Page,
    rasters: Mapping[str, Path],
    outlines: Outlines,
    tongue: Tongue,
    *,
    svgs: Sequence[str] | None = None,
) -> str:
    """Return the page.

    Parameters
    ----------
    rasters : mapping of str to Path
        Class rasters of its maps; a map without its raster is left out.
    outlines : tuple
        Rings drawn over the maps.
    svgs : sequence of str, optional
        Its charts, where they are drawn already.
    """
    sections, charts = [], [chart for section in page.sections for chart in section.charts]
    pictures = iter(chart_pictures(charts, svgs))
    for section in page.sections:
        shown: dict[str, Any] = {"title": section.title, "text": section.text, "tables": section.tables}
        drawn = [drawn_map(spec, rasters, outlines, tongue, longest=620) for spec in section.maps]
        shown["maps"] = [each for each in drawn if each is not None]
        shown["charts"] = [next(pictures) for _ in section.charts]
        sections.append(shown)
    source, _, _ = PackageLoader("landbalance.io").get_source(Environment(autoescape=True), "drought.css")
    return page_environment(tongue).get_template("drought.html.j2").render(
        page=page, sections=sections, tongue=tongue, own_style=Markup(source),  # noqa: S704 - our own package file
        left=tongue.translate(LEFT), method=tongue.translate(METHOD),
    )  # fmt: skip
