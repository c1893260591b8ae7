"""What an analysis of neutrality hands out: workbook, tables, figures with their origin, and the chapter as a page."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from landbalance.io.files import sha256, write_bytes, write_text
from landbalance.io.map_images import outlines_of
from landbalance.io.report_html import chapter_html
from landbalance.io.summary import json_text, table_csv
from landbalance.io.workbook import tables_workbook
from landbalance.reporting.section import Chapter
from landbalance.reporting.tables import cell_value
from landbalance.reporting.words import Tongue


@dataclass(frozen=True)
class RunOrigin:
    """Where numbers come from: the run, its profile, and when it began."""

    run_id: str
    profile: str
    started: str


def write_neutrality(
    chapter: Chapter,
    folder: Path,
    *,
    name: str,
    origin: RunOrigin,
    provenance: Mapping[str, Any],
    boundary: Mapping[str, Any] | None,
    tongue: Tongue,
    report: str = "",
) -> tuple[Path, ...]:
    """Write an analysis into a folder: `<name>.xlsx`, CSV tables, `<name>.json` and `<name>.html`.

    Parameters
    ----------
    chapter : Chapter
        What is said.
    folder : Path
        Where to; it may hold rasters already.
    name : str
        "balance", "plan", ...
    origin : RunOrigin
        Of the numbers.
    provenance : mapping
        Inputs, parameters and versions, kept in the JSON.
    boundary : mapping or None
        GeoJSON of the country, for the maps.
    report : str
        Where the report of the run is, seen from the folder.

    Returns
    -------
    tuple of Path
        The files, rasters included.
    """
    rasters = {path.stem: path for path in folder.glob("*.tif")}
    for table in chapter.tables:
        write_text(folder / "tables" / f"{table.id}.csv", table_csv(table))
    write_bytes(folder / f"{name}.xlsx", tables_workbook(chapter.tables, origin, tongue))
    content = {
        "provenance": {**provenance, "rasters": {path.name: sha256(path) for path in rasters.values()}},
        "sentences": {section.id: list(section.sentences) for section in chapter.sections},
        "warnings": list(chapter.warnings),
        "tables": {
            table.id: {
                "columns": [{"title": column.title, "unit": column.unit} for column in table.columns],
                "rows": [[cell_value(cell) for cell in row] for row in table.rows],
            }
            for table in chapter.tables
        },
    }
    write_text(folder / f"{name}.json", json_text(content))
    write_text(folder / f"{name}.html", chapter_html(chapter, rasters, outlines_of(boundary), tongue, report=report))
    return tuple(sorted(path for path in folder.rglob("*") if path.is_file()))
