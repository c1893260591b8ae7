"""Charts drawn as SVG, offline."""

import json

import vl_convert

from landbalance.reporting.charts import Chart


def chart_svg(chart: Chart) -> str:
    """Return a chart as SVG text that stands alone."""
    return str(vl_convert.vegalite_to_svg(json.dumps(chart.spec), vl_version="5.20", allowed_base_urls=[]))
