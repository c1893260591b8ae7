"""Charts of finance as files: SVG, the specification, and the data behind it."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from landbalance.core.errors import InputError, SourceError
from landbalance.io.charts import chart_svgs
from landbalance.io.files import write_text
from landbalance.io.report_html import chapter_html
from landbalance.io.sheet import sheet_csv
from landbalance.io.summary import json_text
from landbalance.reporting.charts import Chart
from landbalance.reporting.section import Chapter
from landbalance.reporting.tables import cell_value
from landbalance.reporting.words import Tongue

ENDINGS = (".html", ".svg", ".csv", ".json")


def write_charts(folder: Path, charts: Sequence[Chart]) -> list[str]:
    """Write each chart as SVG and Vega-Lite, with its data as CSV beside it; return what was written."""
    said = []
    for chart, svg in zip(charts, chart_svgs(charts), strict=True):
        rows = [[cell_value(cell) for cell in row] for row in chart.table.rows]
        if svg:
            write_text(folder / f"{chart.id}.svg", svg)
        write_text(folder / f"{chart.id}.vl.json", json.dumps(chart.spec, ensure_ascii=False, indent=1))
        write_text(folder / f"{chart.id}.csv", sheet_csv([column.title for column in chart.table.columns], rows))
        said.append(f"wrote {folder / chart.id}{'.svg' if svg else ''}, .vl.json and .csv")
    return said


def write_chapter(path: Path, chapter: Chapter, tongue: Tongue) -> list[str]:
    """Write charts as the ending of a file says: a page with all of them, or each as picture, data or specification.

    Parameters
    ----------
    path : Path
        `x.html` holds the chapter; of `x.svg`, `x.csv` and `x.json` there is one for each chart, `x-<chart>.svg`.

    Raises
    ------
    InputError
        If the ending is another.
    SourceError
        If this computer cannot draw a picture that is asked for.
    """
    charts = [chart for section in chapter.sections for chart in section.charts]
    kind = path.suffix.lower()
    if kind not in ENDINGS:
        raise InputError(
            "{path} is none of {endings}", path=path, endings=", ".join(ENDINGS), hint="choose one of them"
        )
    if kind == ".html":
        write_text(path, chapter_html(chapter, {}, (), tongue))
        return [f"wrote {path}"]
    pictures = chart_svgs(charts) if kind == ".svg" else [""] * len(charts)
    said = []
    for chart, svg in zip(charts, pictures, strict=True):
        place = path if len(charts) == 1 else path.with_stem(f"{path.stem}-{chart.id}")
        if kind == ".svg" and not svg:
            raise SourceError("{path} cannot be drawn on this computer", path=place, retryable=False,
                              hint="write .csv or .html instead")  # fmt: skip
        write_text(place, svg or (_csv(chart) if kind == ".csv" else json_text(chart_data(chart))))
        said.append(f"wrote {place}")
    return said


def chart_data(chart: Chart) -> dict[str, Any]:
    """Return a chart as plain data: its specification and its table."""
    heads = [f"{column.title} [{column.unit}]" if column.unit else column.title for column in chart.table.columns]
    rows = [[cell_value(cell) for cell in row] for row in chart.table.rows]
    return {"id": chart.id, "title": chart.title, "alt": chart.alt, "spec": chart.spec, "columns": heads, "rows": rows}


def _csv(chart: Chart) -> str:
    """Return the table of a chart as CSV."""
    told = chart_data(chart)
    return sheet_csv(told["columns"], told["rows"])
