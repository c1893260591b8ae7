"""Charts of projects: what moves the worth, how sure it is, money by year, and what a hectare costs in a pipeline."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from landbalance.finance.appraisal import npv
from landbalance.finance.cash_table import Appraisal
from landbalance.finance.risk import Outcome
from landbalance.reporting.charts import Chart, chart_frame, legend, words_axis
from landbalance.reporting.tables import Cell, Column, Table
from landbalance.reporting.words import Tongue

LOW, HIGH, LINE, MUTED = "#b5651d", "#2f6f8f", "#1d2329", "#8a939c"
BINS = 40
MOST_SWINGS = 15


@dataclass(frozen=True)
class Costed:
    """A project of a pipeline: what it is called, its hectares, and the present cost of one of them."""

    name: str
    hectares: float
    cost_per_ha: float


def swings_chart(bars: Sequence[tuple[str, float, float]], base: float, currency: str, tongue: Tongue) -> Chart:
    """Return the worth at the low and the high end of each input, the widest first (a tornado).

    Parameters
    ----------
    bars : sequence of (name, worth at the low end, worth at the high end)
    base : float
        Worth where no input is moved.
    """
    say = tongue.translate
    ends = (say("Input at its low end"), say("Input at its high end"))
    data = [
        {"input": name, "end": end, "worth": worth, "base": base}
        for name, *worths in bars[:MOST_SWINGS]
        for end, worth in zip(ends, worths, strict=True)
    ]
    y = {"field": "input", "type": "nominal", "sort": None, "axis": words_axis()}
    x = {"field": "worth", "type": "quantitative", "axis": _money_axis(say("Net present value"), currency)}
    colour = {"field": "end", "type": "nominal", "sort": list(ends), "legend": legend()}
    colour["scale"] = {"domain": list(ends), "range": [LOW, HIGH]}
    marks = [
        {
            "mark": {"type": "bar", "height": 14},
            "encoding": {"y": y, "x": x, "x2": {"field": "base"}, "color": colour},
        },
        {
            "mark": {"type": "rule", "color": LINE},
            "encoding": {"x": {"datum": base, "type": "quantitative"}},
        },
    ]
    title = say("What moves the net present value")
    columns = (Column(say("Input")), *(Column(end, currency) for end in ends))
    spec = chart_frame(data, {"layer": marks, "height": {"step": 24}, "width": 420})
    table = Table("swings", title, columns, tuple(bars))
    return Chart("swings", title, _alt(title, [bar[0] for bar in bars], tongue), spec, table)


def outcome_chart(found: Outcome, currency: str, tongue: Tongue) -> Chart:
    """Return how many draws of the net present value fall where, with the median and the 90 % between."""
    say = tongue.translate
    counts, edges = np.histogram(found.values, bins=BINS)
    shares = counts / found.draws
    sides = (say("Loss"), say("Gain"))
    data: list[dict[str, Any]] = [
        {"mark": "bar", "from": low, "to": high, "share": share, "side": sides[int(low + high >= 0)]}
        for low, high, share in zip(edges[:-1].tolist(), edges[1:].tolist(), shares.tolist(), strict=True)
    ]
    data += [
        {"mark": "line", "from": value, "name": name}
        for name, value in (("P5", found.p5), ("P50", found.p50), ("P95", found.p95))
    ]
    x = {"field": "from", "type": "quantitative", "axis": _money_axis(say("Net present value"), currency)}
    y = {"field": "share", "type": "quantitative", "axis": {"title": say("Share of draws"), "format": "%"}}
    colour = {"field": "side", "type": "nominal", "sort": list(sides), "legend": legend()}
    colour["scale"] = {"domain": list(sides), "range": [LOW, HIGH]}
    bars, lines = ([{"filter": f"datum.mark == '{kind}'"}] for kind in ("bar", "line"))
    marks = [
        {
            "transform": bars,
            "mark": {"type": "bar", "binSpacing": 0},
            "encoding": {"x": {**x, "bin": "binned"}, "x2": {"field": "to"}, "y": y, "color": colour},
        },
        {
            "transform": lines,
            "mark": {"type": "rule", "color": LINE, "strokeDash": [4, 3]},
            "encoding": {"x": x},
        },
        {
            "transform": lines,
            "mark": {"type": "text", "baseline": "bottom", "y": -2, "fontSize": 12},
            "encoding": {"x": x, "text": {"field": "name"}},
        },
    ]
    title = tongue.say("Net present value in {draws} draws", draws=tongue.number(found.draws, 0))
    columns = (Column(say("From"), currency), Column(say("To"), currency), Column(say("Share of draws"), "1"))
    rows = tuple(zip(edges[:-1].tolist(), edges[1:].tolist(), shares.tolist(), strict=True))
    spec = chart_frame(data, {"layer": marks, "height": 220, "width": 420})
    return Chart("draws", title, _alt(title, ["P5", "P50", "P95"], tongue), spec, Table("draws", title, columns, rows))


def flows_chart(found: Appraisal, currency: str, tongue: Tongue) -> Chart:
    """Return benefits and costs of each year against what happens without the project, and their running worth."""
    say = tongue.translate
    names = (say("Benefits"), say("Costs"))
    years = range(len(found.flows))
    running = [npv(found.flows[: year + 1], found.rate) for year in years]
    data: list[dict[str, Any]] = []
    for year in years:
        data += [
            {"year": year, "side": names[0], "money": found.benefits[year]},
            {"year": year, "side": names[1], "money": -found.costs[year]},
            {"year": year, "running": running[year]},
        ]
    x = {"field": "year", "type": "ordinal", "axis": words_axis() | {"title": say("Year"), "labelAngle": 0}}
    y = {"field": "money", "type": "quantitative", "axis": _money_axis(say("Amount"), currency)}
    colour = {"field": "side", "type": "nominal", "sort": list(names), "legend": legend()}
    colour["scale"] = {"domain": list(names), "range": [HIGH, LOW]}
    marks = [
        {
            "transform": [{"filter": "isValid(datum.money)"}],
            "mark": {"type": "bar"},
            "encoding": {"x": x, "y": y, "color": colour},
        },
        {
            "transform": [{"filter": "isValid(datum.running)"}],
            "mark": {"type": "line", "color": LINE, "point": {"color": LINE}},
            "encoding": {"x": x, "y": {**y, "field": "running"}},
        },
    ]
    title = say("Money by year, and what it is worth so far (line)")
    heads = (*names, say("Net"), say("Worth so far"))
    columns = (Column(say("Year")), *(Column(head, currency) for head in heads))
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (str(year), found.benefits[year], found.costs[year], found.flows[year], running[year]) for year in years
    )
    spec = chart_frame(data, {"layer": marks, "height": 220, "width": 420})
    return Chart(
        "flows", title, _alt(title, [str(year) for year in years], tongue), spec, Table("flows", title, columns, rows)
    )


def cost_curve(projects: Sequence[Costed], currency: str, tongue: Tongue) -> Chart:
    """Return the present cost of a hectare, cheapest project first, each as wide as its hectares."""
    say = tongue.translate
    rows: list[tuple[Cell, ...]] = []
    data, reached = [], 0.0
    for each in sorted(projects, key=lambda one: (one.cost_per_ha, one.name)):
        to = reached + each.hectares
        data.append({"project": each.name, "from": reached, "to": to, "cost": each.cost_per_ha, "ground": 0.0})
        rows.append((each.name, each.cost_per_ha, each.hectares, to))
        reached = to
    axis = {"title": say("Hectares, added up"), "format": "~s", "grid": False}
    x = {"field": "from", "type": "quantitative", "axis": axis, "scale": {"nice": False}}
    y = {"field": "cost", "type": "quantitative", "axis": _money_axis(say("Present cost of a hectare"), currency)}
    boxes = {
        "mark": {"type": "rect", "color": HIGH, "stroke": "#ffffff", "strokeWidth": 1.5},
        "encoding": {"x": x, "x2": {"field": "to"}, "y": y, "y2": {"field": "ground"}},
    }
    title = say("What a hectare costs, the cheapest first")
    columns = (
        Column(say("Project")), Column(say("Present cost of a hectare"), currency), Column(say("Hectares"), "ha"),
        Column(say("Hectares, added up"), "ha"),
    )  # fmt: skip
    spec = chart_frame(data, {"layer": [boxes], "height": 220, "width": 460})
    table = Table("cost-curve", title, columns, tuple(rows))
    return Chart("cost-curve", title, _alt(title, [str(row[0]) for row in rows], tongue), spec, table)


def _money_axis(title: str, currency: str) -> dict[str, Any]:
    """Return an axis of money."""
    return {"title": f"{title} [{currency}]", "format": "~s", "grid": True, "tickCount": 5}


def _alt(title: str, names: Sequence[str], tongue: Tongue) -> str:
    """Return what a chart shows, as a sentence for those who cannot see it."""
    said = ", ".join(names[:8])
    return tongue.say("{title}. Bars for: {names}. The table below holds every value.", title=title, names=said)
