"""Charts of finance as files: SVG, the specification, and the data behind it."""

import json
from collections.abc import Sequence
from pathlib import Path

from landbalance.io.charts import chart_svgs
from landbalance.io.files import write_text
from landbalance.io.sheet import sheet_csv
from landbalance.reporting.charts import Chart
from landbalance.reporting.tables import cell_value


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
