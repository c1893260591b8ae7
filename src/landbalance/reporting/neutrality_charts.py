"""Charts of the chapter on neutrality: gains against losses, and what budgets buy."""

from collections.abc import Sequence
from typing import Any

from landbalance.accounting.balance import Balance
from landbalance.planning.plan import CurvePoint
from landbalance.reporting.charts import SCHEMA, Chart
from landbalance.reporting.tables import Column, Table
from landbalance.reporting.words import Tongue

MOST_BARS = 25
GAIN, LOSS = "#1b7837", "#762a83"


def balance_chart(found: Balance, tongue: Tongue) -> Chart:
    """Return gains to the right and losses to the left, the land types in greatest need first."""
    say = tongue.translate
    rows = sorted(found.rows, key=lambda row: row.net_km2)[:MOST_BARS]
    gains, losses = say("Gains"), say("Losses")
    data: list[dict[str, Any]] = []
    for row in rows:
        data.append({"type": row.name, "kind": gains, "area": row.gains_km2})
        data.append({"type": row.name, "kind": losses, "area": -row.losses_km2})
    colour = {"field": "kind", "type": "nominal", "scale": {"domain": [losses, gains], "range": [LOSS, GAIN]}}
    colour["legend"] = {"title": None, "orient": "bottom", "symbolType": "square"}
    y = {"field": "type", "type": "nominal", "sort": None, "axis": {"title": None, "labelPadding": 8}}
    title = say("Gains and losses by land type")
    axis = {"title": f"{gains}, {losses} [km²]", "format": "~s"}
    body = {
        "mark": {"type": "bar", "height": 14},
        "encoding": {"y": y, "x": {"field": "area", "type": "quantitative", "axis": axis}, "color": colour},
        "height": {"step": 22},
    }
    columns = (Column(say("Land type")), Column(gains, "km2"), Column(losses, "km2"), Column(say("Net"), "km2"))
    cells = tuple((row.name, row.gains_km2, row.losses_km2, row.net_km2) for row in rows)
    names = ", ".join(row.name for row in rows[:5])
    alt = tongue.say("{title}. Bars for: {names}. The table below holds every value.", title=title, names=names)
    return Chart("balance", title, alt, specification(data, body), Table("balance-chart", title, columns, cells))


def curve_chart(curve: Sequence[CurvePoint], table: Table, tongue: Tongue) -> Chart:
    """Return the shortfall to neutrality over the budget."""
    say = tongue.translate
    data = [{"budget": point.budget_usd / 1e6, "missing": point.shortfall_ha} for point in curve]
    title = say("What budgets buy")
    x = {"field": "budget", "type": "quantitative", "axis": {"title": f"{say('Budget')} [10⁶ USD]", "grid": True}}
    y = {
        "field": "missing",
        "type": "quantitative",
        "axis": {"title": f"{say('Shortfall')} [ha]", "format": "~s", "grid": True},
    }
    body = {
        "layer": [
            {"mark": {"type": "line", "color": LOSS}},
            {"mark": {"type": "point", "filled": True, "color": LOSS, "size": 60}},
        ],
        "encoding": {"x": x, "y": y},
        "height": 240,
    }
    names = ", ".join(f"{point.budget_usd / 1e6:,.1f}" for point in curve[:5])
    alt = tongue.say("{title}. Bars for: {names}. The table below holds every value.", title=title, names=names)
    return Chart("curve", title, alt, specification(data, body), table)


def specification(data: list[dict[str, Any]], body: dict[str, Any]) -> dict[str, Any]:
    """Return a specification with the data inside."""
    return {
        "$schema": SCHEMA,
        "background": None,
        "padding": {"left": 24, "right": 24, "top": 5, "bottom": 5},
        "width": 420,
        "data": {"values": data},
        "config": {
            "view": {"stroke": None},
            "font": "system-ui, sans-serif",
            "axis": {"domain": False, "ticks": False, "labelFontSize": 13, "titleFontSize": 13, "labelLimit": 320},
            "legend": {"labelFontSize": 13},
        },
        **body,
    }
