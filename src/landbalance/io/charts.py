"""Charts drawn as SVG, offline, by a process of its own: what draws them takes much memory and is needed once a run."""

import json
import logging
import subprocess
import sys
from collections.abc import Sequence

from landbalance.reporting.charts import Chart

log = logging.getLogger(__name__)
_DRAW = """
import json, sys, vl_convert
specs = json.load(sys.stdin)
json.dump([vl_convert.vegalite_to_svg(each, vl_version="5.20", allowed_base_urls=[]) for each in specs], sys.stdout)
"""


def chart_svgs(charts: Sequence[Chart]) -> list[str]:
    """Return charts as SVG texts that stand alone; empty texts where this computer cannot draw them.

    A report without them is whole: beside every chart stands its table.
    """
    if not charts:
        return []
    specs = json.dumps([chart.spec for chart in charts])
    words = [sys.executable, "-c", _DRAW]
    done = subprocess.run(words, input=specs, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    if done.returncode:
        said = done.stderr.strip().splitlines() if done.returncode > 0 else []
        log.warning("charts are not drawn: %s", said[-1] if said else f"what draws them ended with {done.returncode}")
        return [""] * len(charts)
    return [str(text) for text in json.loads(done.stdout)]
