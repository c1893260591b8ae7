"""Finance in reports: need, flow and gap by year, from funder to use, subsidies by harm and feasibility."""

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from landbalance.core.errors import InputError
from landbalance.finance.needs import CostedAction, Gap, Need
from landbalance.finance.subsidy import Subsidy
from landbalance.reporting.charts import Chart, chart_frame, legend, words_axis
from landbalance.reporting.tables import Cell, Column, Table
from landbalance.reporting.words import Tongue

NEED_COLOUR, FLOW_COLOUR, GAP_COLOUR, OPEN_COLOUR = "#b9c4cf", "#2f6f8f", "#c8553d", "#7a2e1f"
NEED_GROUPS = ("target", "practice", "district", "response", "action")
HIGHEST, WIDE, STEPS = 240.0, 560.0, 24
SHADES = ("#2f6f8f", "#6a9a4b", "#b58a2a", "#8a5a8f", "#c8553d", "#4a7a78", "#9a6a4a", "#5a6a9f", "#8a8a3a", "#a0526a")


def need_rows(actions: Sequence[CostedAction], need: Need, by: str) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """Return the need by year and group, its last row the sum with overheads.

    Raises
    ------
    InputError
        If there is no such group.
    """
    if by not in NEED_GROUPS:
        raise InputError(
            "{name} is no group of needs", name=by, hint="use one of {known}", known=", ".join(NEED_GROUPS)
        )
    sums: dict[str, list[float]] = {}
    for action in actions:
        name = str(action.id if by == "action" else getattr(action, by)) or "–"
        row = sums.setdefault(name, [0.0] * len(need.years))
        for place, cost in enumerate(need.by_action[action.id]):
            row[place] += cost
    heads = (by, *(str(year) for year in need.years), "sum")
    rows = [(name, *row, math.fsum(row)) for name, row in sorted(sums.items())]
    return heads, [*rows, ("all", *need.total, need.sum)]


def gap_chart(gap: Gap, left: Sequence[float] | None, tongue: Tongue) -> Chart:
    """Return need against money by year: what there is, the gap, and what stays open after the strategy."""
    say = tongue.translate
    parts = [(say("Finance there is"), FLOW_COLOUR), (say("Gap"), GAP_COLOUR)]
    if left is not None:
        parts = [parts[0], (say("Gap the strategy closes"), "#e0a899"), (say("Gap that stays open"), OPEN_COLOUR)]
    data: list[dict[str, Any]] = []
    rows: list[tuple[Cell, ...]] = []
    for place, year in enumerate(gap.years):
        need, money, short = gap.need[place], gap.baseline[place], gap.gap[place]
        still = max(0.0, left[place]) if left is not None else short
        values = (
            [min(money, need), short]
            if left is None
            else [min(money, need), short - min(short, still), min(short, still)]
        )
        rows.append((str(year), need, money, short, *(() if left is None else (left[place],))))
        for order, ((name, _), value) in enumerate(zip(parts, values, strict=True)):
            data.append(
                {
                    "year": str(year),
                    "part": name,
                    "order": order,
                    "usd": value / 1e6,
                    "text": tongue.number(value / 1e6, 2),
                }
            )
    names = [name for name, _ in parts]
    x = {"field": "year", "type": "nominal", "axis": words_axis() | {"labelAngle": 0}}
    y = {
        "field": "usd",
        "type": "quantitative",
        "stack": "zero",
        "axis": {"title": say("Million US dollars"), "grid": True, "tickCount": 5},
    }
    colour = {"field": "part", "type": "nominal", "sort": names, "legend": legend()}
    colour["scale"] = {"domain": names, "range": [shade for _, shade in parts]}
    bars = {
        "mark": {"type": "bar", "width": {"band": 0.7}},
        "encoding": {"x": x, "y": y, "color": colour, "order": {"field": "order"}},
    }
    title = tongue.say("Need, finance and gap {first} to {last}", first=gap.years[0], last=gap.years[-1])
    columns: tuple[Column, ...] = (
        Column(say("Year")),
        Column(say("Need"), "USD"),
        Column(say("Finance there is"), "USD"),
        Column(say("Gap"), "USD"),
    )
    if left is not None:
        columns += (Column(say("Still open"), "USD"),)
    spec = chart_frame(data, {"layer": [bars], "height": 260, "width": 460})
    return Chart(
        "finance-gap",
        title,
        _alt(title, [str(year) for year in gap.years], tongue),
        spec,
        Table("finance-gap", title, columns, tuple(rows)),
    )


def sankey_chart(flows: pd.DataFrame, tongue: Tongue) -> Chart:
    """Return money from funder over channel or source to use, as bands whose height is the amount.

    Parameters
    ----------
    flows : DataFrame
        Columns `amount` and two or more others, from left to right, empty where not stated; rows above zero are drawn.

    Raises
    ------
    InputError
        If there are fewer than two steps.
    """
    steps = [name for name in flows.columns if name != "amount"]
    if len(steps) < 2:
        raise InputError("a flow chart needs two steps, not {count}", count=len(steps), hint="name two groups")
    rows = flows[flows["amount"] > 0].groupby(steps, dropna=False)["amount"].sum().reset_index()
    rows[steps] = rows[steps].replace("", tongue.translate("not stated"))
    total = float(rows["amount"].sum()) or 1.0
    nodes = _nodes(rows, steps, total)
    data = [*_node_marks(nodes, steps, tongue), *_link_marks(rows, steps, nodes, total)]
    title = tongue.translate("From funder to use")
    columns = (
        *(Column(tongue.translate(name.capitalize())) for name in steps),
        Column(tongue.translate("Amount"), "USD"),
    )
    table = Table(
        "finance-sankey",
        title,
        columns,
        tuple((*(str(row[name]) for name in steps), float(row["amount"])) for _, row in rows.iterrows()),
    )
    return Chart(
        "finance-sankey",
        title,
        _alt(title, [str(each) for each in rows[steps[0]].unique()], tongue),
        _sankey_spec(data),
        table,
    )


def subsidy_chart(entries: Sequence[Subsidy], tongue: Tongue) -> Chart:
    """Return subsidies by harm and feasibility, the dot as large as the money."""
    say = tongue.translate
    data = [
        {
            "name": each.name,
            "harm": each.harm,
            "feasibility": each.feasibility,
            "value": each.annual_value,
            "kind": say("Most harmful class") if each.is_potentially_most_harmful else say("Other"),
        }
        for each in entries
    ]
    axis = {"grid": True, "tickCount": 6}
    x = {
        "field": "feasibility",
        "type": "quantitative",
        "scale": {"domain": [0, 5.4]},
        "axis": axis | {"title": say("Feasibility of reform, 0 to 5")},
    }
    y = {
        "field": "harm",
        "type": "quantitative",
        "scale": {"domain": [0, 5.4]},
        "axis": axis | {"title": say("Harm to land, 0 to 5")},
    }
    size = {"field": "value", "type": "quantitative", "legend": None, "scale": {"range": [60, 1400]}}
    kinds = [say("Most harmful class"), say("Other")]
    colour = {
        "field": "kind",
        "type": "nominal",
        "legend": legend(),
        "scale": {"domain": kinds, "range": [GAP_COLOUR, FLOW_COLOUR]},
    }
    dots = {"mark": {"type": "circle", "opacity": 0.75}, "encoding": {"x": x, "y": y, "size": size, "color": colour}}
    words = {
        "mark": {"type": "text", "dy": -16, "fontSize": 12},
        "encoding": {"x": x, "y": y, "text": {"field": "name"}},
    }
    title = say("Subsidies by harm and feasibility")
    columns = (
        Column(say("Subsidy")),
        Column(say("Amount a year"), "USD"),
        Column(say("Harm"), "0-5"),
        Column(say("Feasibility"), "0-5"),
    )
    rows = tuple((each.name, each.annual_value, each.harm, each.feasibility) for each in entries)
    spec = chart_frame(data, {"layer": [dots, words], "height": 320, "width": 420})
    return Chart(
        "finance-subsidies",
        title,
        _alt(title, [each.name for each in entries], tongue),
        spec,
        Table("finance-subsidies", title, columns, rows),
    )


def years_table(rows: Sequence[tuple[Cell, ...]], tongue: Tongue) -> Table:
    """Return money by year: all of it, land as principal and significant purpose unscaled, and land scaled.

    Parameters
    ----------
    rows : sequence of tuple
        Year as text, and the four amounts [USD].
    """
    say = tongue.translate
    heads = ("All money", "Land as principal purpose", "Land as significant purpose", "Land, scaled by coefficients")
    columns = (Column(say("Year")), *(Column(say(head), "USD") for head in heads))
    return Table("finance-years", say("Money by year, each flow once"), columns, tuple(rows))


def finance_text(
    total: float, unscaled: tuple[float, float], coverage: float | None, base: str, tongue: Tongue
) -> tuple[str, ...]:
    """Return the sentences of the finance chapter: the total, both ways of counting, and how much was screened."""
    dollars = tongue.number(total / 1e6, 1)
    sentences = [
        tongue.say(
            "{amount} million US dollars for land were counted, each flow once ({base}).", amount=dollars, base=base
        ),
        tongue.say(
            "Land as principal purpose: {principal} million; as significant purpose: {significant} million, unscaled.",
            principal=tongue.number(unscaled[0] / 1e6, 1),
            significant=tongue.number(unscaled[1] / 1e6, 1),
        ),
    ]
    if coverage is None:
        sentences.append(tongue.say("How much of the money was screened for the desertification marker is unknown."))
    else:
        sentences.append(
            tongue.say(
                "{share} of the money was screened for the desertification marker.", share=tongue.share(coverage, 0)
            )
        )
    return tuple(sentences)


def _nodes(rows: pd.DataFrame, steps: list[str], total: float) -> dict[tuple[int, str], tuple[float, float]]:
    """Return top and height of each node, the largest first in its column, gaps between."""
    found = {}
    for place, step in enumerate(steps):
        sums = rows.groupby(step, dropna=False)["amount"].sum().sort_values(ascending=False)
        gap = min(14.0, HIGHEST * 0.4 / max(1, len(sums)))
        scale = (HIGHEST - gap * (len(sums) - 1)) / total
        top = 0.0
        for name, amount in sums.items():
            found[place, str(name)] = (top, float(amount) * scale)
            top += float(amount) * scale + gap
    return found


def _node_marks(
    nodes: dict[tuple[int, str], tuple[float, float]], steps: list[str], tongue: Tongue
) -> list[dict[str, Any]]:
    """Return bars and names of the nodes."""
    last = len(steps) - 1
    return [
        {
            "mark": "node",
            "x": _x(place, last),
            "x2": _x(place, last) + 10,
            "y": -top,
            "y2": -(top + height),
            "name": name,
            "side": "right" if place == last else "left",
            "middle": -(top + height / 2),
        }
        for (place, name), (top, height) in nodes.items()
    ]


def _link_marks(
    rows: pd.DataFrame, steps: list[str], nodes: dict[tuple[int, str], tuple[float, float]], total: float
) -> list[dict[str, Any]]:
    """Return the outline of each band, bent smoothly, coloured by its funder."""
    last, data = len(steps) - 1, []
    funders = {
        name: SHADES[k % len(SHADES)] for k, name in enumerate(dict.fromkeys(str(each) for each in rows[steps[0]]))
    }
    for place in range(last):
        pair = [steps[place], steps[place + 1]]
        keys = list(dict.fromkeys([steps[0], *pair]))
        links = rows.groupby(keys, dropna=False)["amount"].sum().reset_index()
        links["to"] = [nodes[place + 1, str(name)][0] for name in links[pair[1]]]
        used: dict[tuple[int, str], float] = {}
        for number, link in enumerate(links.sort_values("to", kind="stable").to_dict("records")):
            ends = []
            for column, name in ((place, str(link[pair[0]])), (place + 1, str(link[pair[1]]))):
                top, height = nodes[column, name]
                whole = float(rows.loc[rows[steps[column]].astype(str) == name, "amount"].sum())
                part = height * float(link["amount"]) / whole
                start = top + used.get((column, name), 0.0)
                used[column, name] = used.get((column, name), 0.0) + part
                ends.append((start, part))
            data += _band(
                f"{place}-{number}", (_x(place, last) + 10, _x(place + 1, last)), ends, funders[str(link[steps[0]])]
            )
    return data


def _band(name: str, across: tuple[float, float], ends: list[tuple[float, float]], colour: str) -> list[dict[str, Any]]:
    """Return the points of one band from left to right."""
    (left, left_height), (right, right_height) = ends
    points = []
    for step in range(STEPS + 1):
        share = step / STEPS
        bend = share * share * (3 - 2 * share)
        top, height = left + (right - left) * bend, left_height + (right_height - left_height) * bend
        points.append(
            {
                "mark": "band",
                "link": name,
                "x": across[0] + (across[1] - across[0]) * share,
                "y": -top,
                "y2": -(top + height),
                "colour": colour,
            }
        )
    return points


def _x(place: int, last: int) -> float:
    """Return where a column of nodes stands."""
    return WIDE * place / last


def _sankey_spec(data: list[dict[str, Any]]) -> dict[str, Any]:
    """Return bands, bars and names."""
    x = {"field": "x", "type": "quantitative", "axis": None, "scale": {"domain": [-150, WIDE + 170], "nice": False}}
    y = {"field": "y", "type": "quantitative", "axis": None, "scale": {"domain": [-HIGHEST - 6, 6], "nice": False}}
    fill = {"field": "colour", "type": "nominal", "scale": None, "legend": None}
    band = {
        "transform": [{"filter": "datum.mark == 'band'"}],
        "mark": {"type": "area", "opacity": 0.45},
        "encoding": {"x": x, "y": y, "y2": {"field": "y2"}, "detail": {"field": "link"}, "fill": fill},
    }
    node = {
        "transform": [{"filter": "datum.mark == 'node'"}],
        "mark": {"type": "rect", "color": "#3a434d"},
        "encoding": {"x": x, "x2": {"field": "x2"}, "y": y, "y2": {"field": "y2"}},
    }
    names = [
        {
            "transform": [{"filter": f"datum.mark == 'node' && datum.side == '{side}'"}],
            "mark": {"type": "text", "align": align, "dx": shift, "fontSize": 12, "limit": 150, "color": "#1d2329"},
            "encoding": {"x": x, "y": {**y, "field": "middle"}, "text": {"field": "name"}},
        }
        for side, align, shift in (("left", "right", -6), ("right", "left", 16))
    ]

    return chart_frame(data, {"layer": [band, node, *names], "height": 300, "width": 640})


def _alt(title: str, names: Sequence[str], tongue: Tongue) -> str:
    """Return what a chart shows, as a sentence for those who cannot see it."""
    said = ", ".join(names[:8])
    return tongue.say("{title}. Bars for: {names}. The table below holds every value.", title=title, names=said)
