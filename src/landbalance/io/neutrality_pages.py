"""What the pages of the platform show of an analysis: its sections in every language, with pictures and shapes.

`pages/<language>.json` holds sections as they are shown, `pages/<chart>.<language>.svg` and `pages/<map>.png` their
pictures, and `pages/sites.geojson` the shapes of the sites that its maps colour.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson
import shapely

from landbalance.core.errors import NotFoundError
from landbalance.io.charts import chart_svgs
from landbalance.io.files import write_bytes, write_text
from landbalance.io.language import LANGUAGES, tongue
from landbalance.io.map_images import draw_map, outlines_of
from landbalance.io.report_html import cell_text, column_digits
from landbalance.io.vector import Polygons
from landbalance.io.workbook import unit_name
from landbalance.reporting.maps import LegendEntry
from landbalance.reporting.section import Section
from landbalance.reporting.tables import Table
from landbalance.reporting.words import Tongue

FOLDER = "pages"
SITES = "sites.geojson"
MOST_ROWS = 1000  # of a table on a page; the workbook has them all
PICTURE = 1000  # pixels of the longer side of a map
FINENESS = 1500  # of the longer side: what shapes are simplified to


def write_pages(
    told: Mapping[str, Sequence[Section]],
    folder: Path,
    country: Mapping[str, Any],
    sites: Polygons | None,
) -> None:
    """Write what pages show of an analysis.

    Parameters
    ----------
    told : mapping of str to sequence of Section
        The sections, by language.
    folder : Path
        Where the analysis is; its rasters lie there.
    country : mapping
        GeoJSON of the country, for the maps.
    sites : Polygons or None
        Shapes of the sites, by name.
    """
    rasters, home = {path.stem: path for path in folder.glob("*.tif")}, folder / FOLDER
    home.mkdir()
    for spec in (spec for section in next(iter(told.values())) for spec in section.maps):
        drawn = draw_map(spec, rasters, outlines_of(country), longest=PICTURE)
        if drawn is not None:
            write_bytes(home / f"{spec.raster}.png", drawn.png)
    charts = [(language, chart) for language, sections in told.items() for each in sections for chart in each.charts]
    for (language, chart), svg in zip(charts, chart_svgs([chart for _, chart in charts]), strict=True):
        if svg:
            write_text(home / f"{chart.id}.{language}.svg", svg)
    for language, sections in told.items():
        said = [_section(each, home, tongue(language)) for each in sections]
        write_bytes(home / f"{language}.json", orjson.dumps(said, option=orjson.OPT_SERIALIZE_NUMPY))
    if sites is not None:
        write_bytes(home / SITES, orjson.dumps(_features(sites)))


def read_sections(folder: Path, language: str) -> list[dict[str, Any]]:
    """Return the sections of an analysis in a language of reports, English where there is none such.

    Raises
    ------
    NotFoundError
        If the analysis is not there any more.
    """
    name = language if language in LANGUAGES else "en"
    try:
        found = list(orjson.loads((folder / FOLDER / f"{name}.json").read_bytes()))
    except (OSError, ValueError) as error:
        hint = "let it be worked out again"
        raise NotFoundError("the result of this analysis is gone", hint=hint) from error
    for each in (each for section in found for each in (*section["maps"], *section["places"])):
        each["entries"] = [LegendEntry(**entry) for entry in each["entries"]]
    return found


def read_sites(folder: Path) -> list[dict[str, Any]]:
    """Return the features of the sites of an analysis, each with its `name`; none where it has no sites."""
    try:
        return list(orjson.loads((folder / FOLDER / SITES).read_bytes())["features"])
    except (OSError, ValueError):
        return []


def _section(section: Section, home: Path, tongue_: Tongue) -> dict[str, Any]:
    """Return a section as a page shows it."""
    pictures = {path.name for path in home.iterdir()}
    charts = [
        {"id": each.id, "title": each.title, "alt": each.alt, "spec": each.spec,
         "picture": name if (name := f"{each.id}.{tongue_.code}.svg") in pictures else ""}
        for each in section.charts
    ]  # fmt: skip
    maps = [
        {"raster": each.raster, "title": each.title, "alt": each.alt, "picture": f"{each.raster}.png",
         "entries": [asdict(entry) for entry in each.entries]}
        for each in section.maps if f"{each.raster}.png" in pictures
    ]  # fmt: skip
    return {
        "id": section.id,
        "title": section.title,
        "sentences": list(section.sentences),
        "charts": charts,
        "maps": maps,
        "places": [asdict(each) for each in section.places],
        "tables": [_table(each, tongue_) for each in section.tables],
    }


def _table(table: Table, tongue_: Tongue) -> dict[str, Any]:
    """Return a table as a page shows it: cells as text, as in the report."""
    units = [unit_name(column.unit, tongue_) for column in table.columns]
    digits = [column_digits(table, place) for place in range(len(table.columns))]
    shown = table.rows[:MOST_ROWS]
    return {
        "id": table.id,
        "caption": table.caption,
        "note": table.note,
        "columns": [
            {"title": f"{column.title}, {unit}" if unit else column.title, "is_number": bool(column.unit)}
            for column, unit in zip(table.columns, units, strict=True)
        ],
        "rows": [
            [cell_text(cell, column, digits[place], tongue_) for place, (cell, column) in enumerate(pairs)]
            for row in shown
            for pairs in (zip(row, table.columns, strict=True),)
        ],
        "left_out": len(table.rows) - len(shown),
    }


def _features(sites: Polygons) -> dict[str, Any]:
    """Return sites as GeoJSON, simplified to what a map can show."""
    bounds = shapely.total_bounds(list(sites.geometries))
    step = max(bounds[2] - bounds[0], bounds[3] - bounds[1]) / FINENESS
    features = [
        {"type": "Feature", "properties": {"name": name}, "geometry": shapely.geometry.mapping(shape.simplify(step))}
        for name, shape in zip(sites.names, sites.geometries, strict=True)
    ]
    return {"type": "FeatureCollection", "features": features}
