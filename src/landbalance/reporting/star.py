"""What a variant of STAR shifts, for people: winners and losers on a map of tiles, tornado, Lorenz curves, tables.

One square stands for each country, near its place (`core/data/country_tiles.csv`): an island counts as much to the eye
as a continent, and no boundary is drawn. Countries without a place (invented ones) stand in a row below.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np

from landbalance.core.places import country
from landbalance.core.tables import csv_table
from landbalance.finance.desk import Result, beside
from landbalance.finance.star import Swing
from landbalance.finance.star_shift import Comparison, lorenz
from landbalance.reporting.charts import GREY, Chart, bars_both_ways, chart_frame, is_dark, legend, words_axis
from landbalance.reporting.tables import Cell, Column, Table
from landbalance.reporting.words import Tongue, mark

UNIT = "USD million"
TILE, ROW_OF_TILES = 32, 12
LINE_COLOURS = ("#2f6f8f", "#b5651d", "#6a3d78", "#6a9a4b", "#43204f")
LINE_DASHES: tuple[list[int], ...] = ([1, 0], [7, 3], [3, 2], [9, 3, 2, 3], [2, 2])
EDGES = (-0.20, -0.05, -0.0005, 0.0005, 0.05, 0.20)
SHADES = ("#8c510a", "#d8b365", "#f6e8c3", "#e6e9ec", "#c7eae5", "#5ab4ac", "#01665e")
SHADE_NAMES = (
    mark("loses 20 % or more"),
    mark("loses 5 to 20 %"),
    mark("loses less than 5 %"),
    mark("as before"),
    mark("gains less than 5 %"),
    mark("gains 5 to 20 %"),
    mark("gains 20 % or more"),
)
GROUP_NAMES = {
    "ldc": mark("Least developed countries"),
    "sids": mark("Small island developing States"),
    "dryland": mark("Dryland countries"),
    "other": mark("Other countries"),
}
VARIANT_NAMES = {
    "": mark("Rules as they are"),
    "drought-additive": mark("Drought added, by exposed people"),
    "drought-unexposed": mark("Drought added, by country"),
    "drought-multiplicative": mark("Drought scales benefits"),
    "drought-factor": mark("Drought as a fourth factor"),
}
PIN_NAMES = {"floor": mark("at its floor"), "ceiling": mark("at its ceiling"), "": ""}
NORMALISER_NAMES = {
    "world_share": mark("share of the sum of all countries"),
    "max_ratio": mark("ratio to the largest"),
    "minmax": mark("from the smallest, 0, to the largest, 1"),
    "log1p_share": mark("share of the sum of logarithms"),
    "sqrt_share": mark("share of the sum of square roots"),
}
SWING_NAMES = {
    "exponent of performance": mark("Exponent of performance"),
    "exponent of benefits": mark("Exponent of benefits"),
    "exponent of income": mark("Exponent of income"),
    "weight of degraded": mark("Weight of degraded land"),
    "weight of dryland": mark("Weight of dryland"),
    "weight of people": mark("Weight of rural people in drylands"),
    "weight of drought": mark("Weight of drought"),
}
WINNERS = mark(
    "Countries that gain: {gain}, that lose: {lose}. {most} gains most ({up}), {least} loses most ({down}), in {unit}."
)
WHAT_IF = mark("What-if: the true inputs are not public. This is never the allocation.")


def shade_of(change: float, ratio: float | None) -> int:
    """Return the place among `SHADES` of a change of an amount, and of the amount as a ratio.

    Examples
    --------
    >>> shade_of(-0.4, -0.2), shade_of(0.0, 0.0), shade_of(1.0, None), shade_of(0.1, 0.01)
    (0, 3, 6, 4)
    """
    if ratio is None:
        return 3 if not change else 6
    return sum(ratio > edge if edge < 0 else ratio >= edge for edge in EDGES)


def country_name(iso3: str, tongue: Tongue) -> str:
    """Return the name of a country in the language of the reader; its code where it is invented."""
    return country(iso3, invented=True).called(tongue.code)


def signed(value: float | None, write: Callable[[float], str], dash: str) -> str:
    """Return a change with its sign; a dash where it is unknown."""
    return dash if value is None else ("+" if value > 0 else "") + write(value)


def winners_chart(base: Result, other: Result, tongue: Tongue) -> Chart:
    """Return who gains and who loses, one square for each country near its place."""
    say, found = tongue.translate, beside(base, other)
    names = [say(name) for name in SHADE_NAMES]
    codes = [row.iso3 for row in base.countries]
    data: list[dict[str, Any]] = []
    for iso3, change, ratio in zip(codes, found.change, found.change_share, strict=True):
        shade = shade_of(change, ratio)
        column, row = tiles(tuple(codes))[iso3]
        text = signed(ratio, lambda value: tongue.percent(value, 0), tongue.dash)
        said = f"{country_name(iso3, tongue)}: {text}"
        is_white = is_dark(SHADES[shade])
        data.append({"code": iso3, "x": column, "y": row, "class": names[shade], "text": text, "said": said,
                     "ink": "#ffffff" if is_white else "#1d2329"})  # fmt: skip
    title = tongue.say("Winners and losers: {variant}", variant=say(VARIANT_NAMES[other.variant]))
    alt = f"{winners_sentence(base, other, tongue)} {say('The table below holds every value.')}"
    return Chart("star-winners", title, alt, _tile_spec(data, names), countries_table(base, other, tongue))


def tornado_chart(swings: Sequence[Swing], tongue: Tongue) -> Chart:
    """Return how much money changes hands when each weight and exponent goes a fifth down and up, widest first."""
    say = tongue.translate
    down, up = _steps(swings, tongue)
    data: list[dict[str, Any]] = []
    for each in swings:
        name = say(SWING_NAMES[each.name])
        for side, moved in ((down, -each.moved_low), (up, each.moved_high)):
            data.append({"what": name, "side": side, "moved": moved, "text": tongue.number(abs(moved), 2),
                         "align": "right" if side == down else "left"})  # fmt: skip
    order = [say(SWING_NAMES[each.name]) for each in swings]
    y = {"field": "what", "type": "nominal", "sort": order, "axis": words_axis()}
    x = {"field": "moved", "type": "quantitative", "axis": None, "scale": {"padding": 52}}
    colour = {"field": "side", "type": "nominal", "sort": [down, up], "legend": legend()}
    colour["scale"] = {"domain": [down, up], "range": ["#d8b365", "#01665e"]}
    title = tongue.say("What moves money: {unit} that change hands", unit=say("million US dollars"))
    columns = (Column(say("What is moved")), Column(down, UNIT), Column(up, UNIT))
    rows = tuple((name, each.moved_low, each.moved_high) for name, each in zip(order, swings, strict=True))
    spec = chart_frame(data, {"layer": bars_both_ways(y, x, colour, height=16), "height": {"step": 26}, "width": 230})
    return Chart("star-tornado", title, _alt(title, order, tongue), spec, Table("star-tornado", title, columns, rows))


def lorenz_chart(results: Sequence[Result], tongue: Tongue) -> Chart:
    """Return Lorenz curves: the share of all money that the smallest share of countries gets."""
    say = tongue.translate
    curves = [(say(VARIANT_NAMES[each.variant]), dict(lorenz(np.array(each.allocation.amounts)))) for each in results]
    names = [name for name, _curve in curves]
    parts = sorted({part for _name, curve in curves for part in curve})
    rows: list[tuple[Cell, ...]] = [
        (tongue.percent(part, 0), *(curve[part] for _name, curve in curves)) for part in parts
    ]
    columns = (Column(say("Countries, from the smallest amount")), *(Column(name, "1") for name in names))
    title = say("How equal it is: Lorenz curves")
    table = Table("star-lorenz", title, columns, tuple(rows))
    return Chart("star-lorenz", title, _alt(title, names, tongue), _curve_spec(curves, tongue), table)


def countries_table(base: Result, other: Result, tongue: Tongue) -> Table:
    """Return what each country gets by the rules and by the variant, the change, and who stands at a bound."""
    say, found = tongue.translate, beside(base, other)
    columns = (
        Column(say("Country")), Column(say("Group")), Column(say("Rules as they are"), UNIT),
        Column(say(VARIANT_NAMES[other.variant]), UNIT), Column(say("Change"), UNIT), Column(say("Change"), "1"),
        Column(say("Bound by the rules")), Column(say("Bound in the variant")),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    for place, row in enumerate(base.countries):
        old, new = base.allocation, other.allocation
        ends = (say(PIN_NAMES[each.pins[place]]) if each.pins[place] else "" for each in (old, new))
        rows.append((country_name(row.iso3, tongue), say(GROUP_NAMES[row.group]), old.amounts[place],
                     new.amounts[place], found.change[place], found.change_share[place], *ends))  # fmt: skip
    title = say("What each country would get")
    return Table("star-countries", title, columns, tuple(rows), note=say(WHAT_IF))


def variants_table(base: Result, others: Sequence[Result], tongue: Tongue) -> Table:
    """Return what each country gets by the rules and by each variant, side by side."""
    say = tongue.translate
    every = (base, *others)
    columns = (Column(say("Country")), *(Column(say(VARIANT_NAMES[each.variant]), UNIT) for each in every))
    rows: list[tuple[Cell, ...]] = [
        (country_name(row.iso3, tongue), *(each.allocation.amounts[place] for each in every))
        for place, row in enumerate(base.countries)
    ]
    return Table("star-variants", say("The variants side by side"), columns, tuple(rows), note=say(WHAT_IF))


def groups_table(found: Comparison, tongue: Tongue) -> Table:
    """Return the share of all money that each group of countries gets, and how unequal it is."""
    say = tongue.translate
    columns = (Column(say("Group")), Column(say("Rules as they are"), "1"), Column(say("Variant"), "1"))
    rows = tuple((say(GROUP_NAMES[name]), *shares) for name, shares in found.groups.items())
    return Table("star-groups", say("Share of all money by group"), columns, rows)


def groups_by_year(found: Mapping[int, Comparison], tongue: Tongue) -> Table:
    """Return the share of all money of each group, as of several years: countries join groups and leave them."""
    say = tongue.translate
    heads = [(year, side) for year in found for side in (say("Rules as they are"), say("Variant"))]
    columns = (Column(say("Group")), *(Column(f"{side}, {year}", "1") for year, side in heads))
    names = [name for name in GROUP_NAMES if any(name in each.groups for each in found.values())]
    rows: list[tuple[Cell, ...]] = [
        (say(GROUP_NAMES[name]), *(share for each in found.values() for share in each.groups.get(name, (None, None))))
        for name in names
    ]
    return Table("star-groups", say("Share of all money by group and year"), columns, tuple(rows))


def winners_sentence(base: Result, other: Result, tongue: Tongue) -> str:
    """Return how many countries gain and lose, and who does most, in one sentence."""
    found = beside(base, other)
    if not found.winners and not found.losers:
        return tongue.translate("No country gains or loses.")
    most = max(found.winners or range(len(found.change)), key=lambda place: found.change[place])
    least = min(found.losers or range(len(found.change)), key=lambda place: found.change[place])
    return tongue.say(
        WINNERS,
        gain=len(found.winners),
        lose=len(found.losers),
        most=country_name(base.countries[most].iso3, tongue),
        up=_in_order(signed(found.change[most], lambda value: tongue.number(value, 2), tongue.dash), tongue),
        least=country_name(base.countries[least].iso3, tongue),
        down=_in_order(tongue.number(found.change[least], 2), tongue),
        unit=tongue.translate("million US dollars"),
    )


def tiles(codes: tuple[str, ...]) -> dict[str, tuple[int, int]]:
    """Return column and row of the square of each country; those without a place stand in rows below.

    Examples
    --------
    >>> tiles(("MRT", "MLI", "ZZA"))
    {'MRT': (0, 0), 'MLI': (1, 0), 'ZZA': (0, 2)}
    """
    known = {code: _all_tiles()[code] for code in codes if code in _all_tiles()}
    west, north = (min((place[side] for place in known.values()), default=0) for side in (0, 1))
    placed = {code: (column - west, row - north) for code, (column, row) in known.items()}
    below = max((row for _column, row in placed.values()), default=-2) + 2
    others = [code for code in codes if code not in known]
    return placed | {code: (at % ROW_OF_TILES, below + at // ROW_OF_TILES) for at, code in enumerate(others)}


@cache
def _all_tiles() -> Mapping[str, tuple[int, int]]:
    """Return the squares of all countries of the package."""
    return {row["iso3"]: (int(row["column"]), int(row["row"])) for row in csv_table("country_tiles")}


def _tile_spec(data: list[dict[str, Any]], names: list[str]) -> dict[str, Any]:
    """Return squares with code and change, in colours that lean to one of two sides."""
    width, height = (max((each[side] for each in data), default=0) + 1 for side in ("x", "y"))
    scales = [{"domain": list(range(many)), "paddingInner": 0.06, "paddingOuter": 0.03} for many in (width, height)]
    place = {
        axis: {"field": axis, "type": "ordinal", "axis": None, "scale": scale}
        for axis, scale in zip("xy", scales, strict=True)
    }
    shown = [name for name in names if any(each["class"] == name for each in data)]
    colour = {"field": "class", "type": "nominal", "sort": shown, "legend": legend()}
    colour["scale"] = {"domain": shown, "range": [SHADES[names.index(name)] for name in shown]}
    ink = {"field": "ink", "type": "nominal", "scale": None}
    squares = {
        "mark": {"type": "rect", "stroke": "#6b7480", "strokeWidth": 0.6, "cornerRadius": 3},
        "encoding": {**place, "color": colour, "tooltip": {"field": "said"}},
    }
    words = [
        {
            "mark": {"type": "text", "dy": dy, "fontSize": size, "fontWeight": weight, "aria": False},
            "encoding": {**place, "text": {"field": field}, "color": ink},
        }
        for field, dy, size, weight in (("code", -5, 11, "bold"), ("text", 7, 9.5, "normal"))
    ]
    return chart_frame(data, {"layer": [squares, *words], "width": TILE * max(width, 6), "height": TILE * height})


def _curve_spec(curves: Sequence[tuple[str, Mapping[float, float]]], tongue: Tongue) -> dict[str, Any]:
    """Return curves told apart by colour and dashes, beside the line on which all get alike."""
    say, equal = tongue.translate, tongue.translate("All alike")
    data = [{"curve": name, "x": part, "y": money} for name, curve in curves for part, money in curve.items()]
    data += [{"curve": equal, "x": end, "y": end} for end in (0.0, 1.0)]
    domain = [*(name for name, _curve in curves), equal]
    colours, dashes = [*LINE_COLOURS[: len(curves)], GREY], [*LINE_DASHES[: len(curves)], [1, 3]]
    axis = {"format": "%", "grid": True, "tickCount": 5}
    titles = {"x": say("Countries, from the smallest amount"), "y": say("Their share of all money")}
    key = legend() | {"columns": 1, "symbolType": "stroke", "symbolSize": 300, "symbolStrokeWidth": 2}
    curve = {"field": "curve", "type": "nominal", "sort": domain, "legend": key}
    body = {
        "mark": {"type": "line", "strokeWidth": 2},
        "encoding": {
            **{
                side: {"field": side, "type": "quantitative", "axis": axis | {"title": titles[side]}}
                for side in ("x", "y")
            },
            "color": curve | {"scale": {"domain": domain, "range": colours}},
            "strokeDash": curve | {"scale": {"domain": domain, "range": dashes}},
        },
        "height": 260,
        "width": 280,
    }
    frame = chart_frame(data, body)
    del frame["config"]["legend"]["symbolStrokeColor"], frame["config"]["legend"]["symbolStrokeWidth"]
    return frame


def _in_order(text: str, tongue: Tongue) -> str:
    """Return a number whose sign stays before it, also in text from right to left."""
    return f"\u2066{text}\u2069" if tongue.is_rtl else text


def _steps(swings: Sequence[Swing], tongue: Tongue) -> tuple[str, str]:
    """Return what is done to each weight: lower and higher by so much."""
    low, high = (swings[0].low, swings[0].high) if swings else (1.0, 1.0)
    return tongue.percent(low - 1, 0), f"+{tongue.percent(high - 1, 0)}"


def _alt(title: str, names: Sequence[str], tongue: Tongue) -> str:
    """Return what a chart shows, as a sentence for those who cannot see it."""
    shown = ", ".join(names[:8])
    return tongue.say("{title}. Bars for: {names}. The table below holds every value.", title=title, names=shown)
