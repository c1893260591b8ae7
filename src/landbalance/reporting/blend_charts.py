"""Charts of costs and money: what a hectare costs, how cash runs through a stack, who bears a loss, carbon by year."""

from collections.abc import Mapping, Sequence
from typing import Any

from landbalance.finance.carbon_credits import Vintage
from landbalance.finance.cost_curve import CostCurve
from landbalance.finance.stack_cash import CashYear, StackCash
from landbalance.reporting.charts import Chart, chart_frame, legend, words_axis
from landbalance.reporting.tables import Cell, Column, Table
from landbalance.reporting.words import Tongue, mark

SHADES = ("#1b7837", "#2f6f8f", "#b5651d", "#6a3d78", "#7fbf7b", "#e0a899", "#43204f", "#a6cee3", "#8a939c", "#c3bccb")
PARTS = {
    "fees": mark("Fees"),
    "share": mark("Communities"),
    "rest": mark("Owners"),
    "reserve": mark("Into the reserve"),
    "kept": mark("Kept back"),
}
NOISE = 1e-9  # of the start: what sums of many amounts leave over
LABELLED = 0.12  # of the curve: narrower steps are named by the legend alone


def cost_curve_chart(curve: CostCurve, currency: str, tongue: Tongue) -> Chart:
    """Return the cost of one more hectare or tonne, the cheapest practice first."""
    say = tongue.translate
    whole = curve.steps[-1].end if curve.steps else 1.0
    data = [
        {"name": each.name.replace("_", " "), "start": each.start, "end": each.end, "cost": each.unit_cost,
         "middle": (each.start + each.end) / 2, "zero": 0.0,
         "text": each.name.replace("_", " ") if each.end - each.start >= LABELLED * whole else ""}
        for each in curve.steps
    ]  # fmt: skip
    unit, name = ("ha", say("hectare")) if curve.per == "hectare" else ("t", say("tonne"))
    x = {"field": "start", "type": "quantitative", "axis": {"title": unit, "format": "~s", "grid": False}}
    y = {
        "field": "zero",
        "type": "quantitative",
        "axis": {"title": f"{currency} / {unit}", "format": "~s", "grid": True},
    }
    colour = _colours([each.name.replace("_", " ") for each in curve.steps], "name")
    bars = {
        "mark": {"type": "rect", "stroke": "#ffffff", "strokeWidth": 0.6},
        "encoding": {"x": x, "x2": {"field": "end"}, "y": y, "y2": {"field": "cost"}, "color": colour},
    }
    words = {
        "mark": {"type": "text", "dy": -7, "fontSize": 12, "limit": 150},
        "encoding": {"x": {**x, "field": "middle"}, "y": {**y, "field": "cost"}, "text": {"field": "text"}},
    }
    title = tongue.say("Cost of one more {unit}, the cheapest first", unit=name)
    columns = (Column(say("Practice")), Column(say("Cost of one"), currency), Column(say("Amount"), unit),
               Column(say("All so far"), unit), Column(say("Cost so far"), currency))  # fmt: skip
    rows = tuple((each.name, each.unit_cost, each.end - each.start, each.end, each.total_cost) for each in curve.steps)
    spec = chart_frame(data, {"layer": [bars, words], "height": 280, "width": 460})
    return _chart("cost-curve", title, spec, columns, rows, tongue)


def waterfall_chart(
    start: tuple[str, float], steps: Sequence[tuple[str, float]], end: str, *, name: str, title: str, unit: str,
    tongue: Tongue,
) -> Chart:  # fmt: skip
    """Return an amount, what is taken from it (below zero) or added step by step, and what is left.

    Parameters
    ----------
    start : (str, float)
        What it begins with.
    steps : sequence of (str, float)
        Changes in their order.
    end : str
        What the rest is called.
    name, title, unit : str
        Id and title of the chart, and unit of the amounts.
    """
    say, level = tongue.translate, start[1]
    names = (say("Total"), say("Less"), say("More"))
    bars = [(start[0], 0.0, level, names[0])]
    for step, change in steps:
        bars.append((step, level, level + change, names[1] if change < 0 else names[2]))
        level = 0.0 if abs(level + change) < NOISE * abs(start[1]) else level + change
    bars.append((end, 0.0, level, names[0]))
    kinds = [name for name in names if name in {bar[3] for bar in bars}]
    shades = dict(zip(names, ("#2f6f8f", "#b5651d", "#1b7837"), strict=True))
    data = [
        {"step": name, "low": low, "high": high, "kind": kind, "top": max(low, high),
         "text": tongue.number((high - low), 0 if abs(high - low) >= 100 else 2)}
        for name, low, high, kind in bars
    ]  # fmt: skip
    x = {
        "field": "step",
        "type": "nominal",
        "sort": None,
        "axis": words_axis() | {"labelAngle": -35, "labelLimit": 150},
    }
    y = {"field": "low", "type": "quantitative", "axis": {"title": unit, "format": "~s", "grid": True}}
    colour = {"field": "kind", "type": "nominal", "legend": legend(),
              "scale": {"domain": kinds, "range": [shades[name] for name in kinds]}}  # fmt: skip
    marks = [
        {"mark": {"type": "bar", "width": {"band": 0.7}},
         "encoding": {"x": x, "y": y, "y2": {"field": "high"}, "color": colour}},
        {"mark": {"type": "text", "dy": -7, "fontSize": 11},
         "encoding": {"x": x, "y": {**y, "field": "top"}, "text": {"field": "text"}}},
    ]  # fmt: skip
    columns = (Column(say("Step")), Column(say("Change"), unit), Column(say("Left"), unit))
    rows = tuple((name, high - low, high) for name, low, high, _ in bars)
    spec = chart_frame(data, {"layer": marks, "height": 280, "width": 56 * len(bars)})
    return _chart(name, title, spec, columns, rows, tongue)


def cash_waterfall_chart(found: StackCash, currency: str, tongue: Tongue) -> Chart:
    """Return where the cash of all years goes, in the order it is paid."""
    say = tongue.translate
    totals: dict[str, float] = {}
    for year in found.years:
        for name, amount in _received(year, tongue):
            totals[name] = totals.get(name, 0.0) + amount
    start = (say("Cash"), sum(each.cash for each in found.years))
    title = say("Where the cash of all years goes")
    steps = [(name, -amount) for name, amount in totals.items()]
    kept = say("In reserve or kept back")
    return waterfall_chart(start, steps, kept, name="cash", title=title, unit=currency, tongue=tongue)


def cash_years_chart(found: StackCash, currency: str, tongue: Tongue) -> Chart:
    """Return who gets the cash of each year, and what debt-service cover was."""
    say = tongue.translate
    data: list[dict[str, Any]] = []
    rows: list[tuple[Cell, ...]] = []
    names: list[str] = []
    reserve, kept = (tongue.translate(text) for text in (PARTS["reserve"], PARTS["kept"]))
    before = (0.0, 0.0)
    for year in found.years:
        saved = zip((reserve, kept), (year.reserve - before[0], year.kept_back - before[1]), strict=True)
        parts = [*_received(year, tongue), *((name, max(0.0, more)) for name, more in saved)]
        names += [name for name, _ in parts if name not in names]
        data += [{"year": str(year.year), "who": name, "amount": amount, "order": names.index(name)}
                 for name, amount in parts]  # fmt: skip
        rows.append((str(year.year), year.cash, *(amount for _, amount in parts), year.cover))
        before = (year.reserve, year.kept_back)
    x = {
        "field": "year",
        "type": "nominal",
        "sort": None,
        "axis": words_axis() | {"labelAngle": 0, "title": say("Year")},
    }
    y = {"field": "amount", "type": "quantitative", "stack": "zero",
         "axis": {"title": currency, "format": "~s", "grid": True}}  # fmt: skip
    bars = {"mark": {"type": "bar", "width": {"band": 0.75}},
            "encoding": {"x": x, "y": y, "color": _colours(names, "who"), "order": {"field": "order"}}}  # fmt: skip
    columns = (Column(say("Year")), Column(say("Cash"), currency), *(Column(name, currency) for name in names),
               Column(say("Debt-service cover"), ""))  # fmt: skip
    spec = chart_frame(data, {"layer": [bars], "height": 260, "width": 460})
    return _chart("cash-years", say("Who gets the cash of each year"), spec, columns, tuple(rows), tongue)


def loss_chart(losses: Mapping[float, Mapping[str, float]], currency: str, tongue: Tongue) -> Chart:
    """Return who bears a loss, by the share of the stack that is lost."""
    say = tongue.translate
    names = list(next(iter(losses.values()), {}))
    data = [
        {"loss": tongue.percent(share, 0), "who": name, "amount": borne[name], "order": place}
        for share, borne in losses.items() for place, name in enumerate(names)
    ]  # fmt: skip
    y = {"field": "loss", "type": "nominal", "sort": None, "axis": words_axis() | {"title": say("Lost of the stack")}}
    x = {"field": "amount", "type": "quantitative", "stack": "zero",
         "axis": {"title": currency, "format": "~s", "grid": True}}  # fmt: skip
    bars = {"mark": {"type": "bar", "height": 20},
            "encoding": {"x": x, "y": y, "color": _colours(names, "who"), "order": {"field": "order"}}}  # fmt: skip
    columns = (Column(say("Lost of the stack")), *(Column(name, currency) for name in names))
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (tongue.percent(share, 0), *(borne[name] for name in names)) for share, borne in losses.items()
    )
    spec = chart_frame(data, {"layer": [bars], "height": {"step": 32}, "width": 420})
    return _chart("loss", say("Who bears a loss first"), spec, columns, rows, tongue)


def credits_chart(years: Sequence[Vintage], tongue: Tongue) -> Chart:
    """Return the credits of each year, the buffer, and what reversals take."""
    say = tongue.translate
    names = (say("Issued"), say("In the buffer"), say("Lost"), say("Owed"))
    data = [
        {"year": str(each.year), "what": name, "amount": amount}
        for each in years
        for name, amount in zip(names, (each.issued, each.buffer, -each.lost, -each.owed), strict=True)
    ]
    x = {
        "field": "year",
        "type": "nominal",
        "sort": None,
        "axis": words_axis() | {"labelAngle": 0, "title": say("Year")},
    }
    y = {"field": "amount", "type": "quantitative", "stack": None,
         "axis": {"title": "t CO₂e", "format": "~s", "grid": True}}  # fmt: skip
    colour = _colours(list(names), "what")
    bars = {"mark": {"type": "bar"}, "encoding": {"x": x, "xOffset": {"field": "what", "sort": list(names)}, "y": y,
            "color": colour}}  # fmt: skip
    columns = (Column(say("Year")), *(Column(name, "t CO2e") for name in names))
    rows = tuple((str(each.year), each.issued, each.buffer, each.lost, each.owed) for each in years)
    spec = chart_frame(data, {"layer": [bars], "height": 260, "width": 520})
    return _chart("credits", say("Credits by year"), spec, columns, rows, tongue)


def _received(year: CashYear, tongue: Tongue) -> list[tuple[str, float]]:
    """Return what each layer, communities and owners got in a year, in the order of payment."""
    found: dict[str, float] = {}
    for each in year.payments:
        name = each.tranche or tongue.translate(PARTS[each.part])
        found[name] = found.get(name, 0.0) + each.paid
    return list(found.items())


def _colours(names: Sequence[str], field: str) -> dict[str, Any]:
    """Return a colour for each name, with its legend."""
    shades = [SHADES[place % len(SHADES)] for place in range(len(names))]
    scale = {"domain": list(names), "range": shades}
    return {"field": field, "type": "nominal", "sort": list(names), "legend": legend(), "scale": scale}


def _chart(
    id: str, title: str, spec: dict[str, Any], columns: tuple[Column, ...], rows: tuple[tuple[Cell, ...], ...],  # noqa: A002
    tongue: Tongue,
) -> Chart:  # fmt: skip
    """Return a chart with its table and a text that says what it shows."""
    names = ", ".join(str(row[0]) for row in rows[:8])
    alt = tongue.say("{title}. Bars for: {names}. The table below holds every value.", title=title, names=names)
    return Chart(id, title, alt, spec, Table(id, title, columns, rows))
