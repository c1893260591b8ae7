"""A page on drought as data: what it says first, then sections of text, maps, charts and tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from landbalance.reporting.charts import SCHEMA, Chart
from landbalance.reporting.document import KeyNumber
from landbalance.reporting.drought_words import DROUGHT_COLOURS, PHASE_COLOURS, PHASE_SIGNS
from landbalance.reporting.maps import MapSpec
from landbalance.reporting.tables import Cell, Column, Table
from landbalance.reporting.words import Tongue

INK = "#1d2329"
YEAR_COLOURS = ["#1f5d4c", "#c0392b", "#f0c05a"]  # hits, misses, false alarms


@dataclass(frozen=True)
class Section:
    """One part of a page."""

    title: str
    text: tuple[str, ...] = ()
    maps: tuple[MapSpec, ...] = ()
    charts: tuple[Chart, ...] = ()
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True)
class Page:
    """A whole page.

    Parameters
    ----------
    banner : str
        What must be read first, such as that the data are invented; empty for nothing.
    sentence : str
        The finding, in one sentence.
    notes : tuple of str
        Doubts.
    method : tuple of str
        How and from what it was made.
    """

    title: str
    place: str
    date: str
    banner: str
    sentence: str
    numbers: tuple[KeyNumber, ...]
    sections: tuple[Section, ...]
    notes: tuple[str, ...] = ()
    method: tuple[str, ...] = field(default_factory=tuple)


def class_chart(years: Sequence[int], shares: Sequence[Sequence[float]], names: Sequence[str], title: str) -> Chart:
    """Return stacked columns of drought classes by year, as shares of land.

    Parameters
    ----------
    shares : sequence by year of sequence by class
        Ratios; the classes none to extreme.
    """
    data = [
        {"year": str(year), "class": name, "order": -place, "share": value}
        for year, row in zip(years, shares, strict=True)
        for place, (name, value) in enumerate(zip(names, row, strict=True))
    ]
    colours = [DROUGHT_COLOURS[place] for place in range(len(names))]
    spec = _base(data, 640, 240) | {
        "mark": {"type": "bar", "stroke": INK, "strokeWidth": 0.4},
        "encoding": {
            "x": {"field": "year", "type": "ordinal", "title": None, "axis": {"labelAngle": -90}},
            "y": {"field": "share", "type": "quantitative", "title": None, "axis": {"format": "%"},
                  "scale": {"domain": [0, 1]}},
            "color": {"field": "class", "type": "nominal", "title": None, "sort": list(names),
                      "scale": {"domain": list(names), "range": colours}, "legend": {"orient": "top"}},
            "order": {"field": "order", "type": "quantitative"},
        },
    }  # fmt: skip
    columns = (Column(""), *(Column(name, "1") for name in names))
    rows: tuple[tuple[Cell, ...], ...] = tuple((str(year), *row) for year, row in zip(years, shares, strict=True))
    return Chart("drought-land", title, title, spec, Table("drought-land", title, columns, rows))


def phase_chart(
    districts: Sequence[str],
    labels: Sequence[str],
    codes: Sequence[Sequence[int]],
    names: Mapping[int, str],
    title: str,
) -> Chart:
    """Return phases as a strip for each district: colour, and a sign in each cell.

    Parameters
    ----------
    codes : sequence by label of sequence by district
        `Phase` codes.
    """
    data = [
        {"district": district, "month": label, "phase": names[code], "sign": PHASE_SIGNS[code]}
        for label, row in zip(labels, codes, strict=True)
        for district, code in zip(districts, row, strict=True)
    ]
    listed = [names[code] for code in PHASE_COLOURS]
    place = {
        "x": {"field": "month", "type": "ordinal", "title": None, "axis": {"labelAngle": -90}},
        "y": {"field": "district", "type": "nominal", "title": None, "sort": list(districts)},
    }
    colour = {"field": "phase", "type": "nominal", "title": None,
              "scale": {"domain": listed, "range": list(PHASE_COLOURS.values())},
              "legend": {"orient": "top", "columns": 4}}  # fmt: skip
    spec = _base(data, 620, 26 * len(districts)) | {
        "layer": [
            {"mark": {"type": "rect", "stroke": "#ffffff"}, "encoding": place | {"color": colour}},
            {"mark": {"type": "text", "fontSize": 10, "fontWeight": "bold"},
             "encoding": place | {"text": {"field": "sign"}, "color": {
                 "condition": {"test": f"datum.sign == '{PHASE_SIGNS[3]}' || datum.sign == '{PHASE_SIGNS[4]}'",
                               "value": "#ffffff"}, "value": INK}}},
        ],
    }  # fmt: skip
    rows = tuple((label, *(names[code] for code in row)) for label, row in zip(labels, codes, strict=True))
    columns = (Column(""), *(Column(name) for name in districts))
    return Chart("phases", title, title, spec, Table("phases", title, columns, rows))


def curve_chart(
    x: Sequence[float], curves: Mapping[str, Sequence[float]], chosen: float, titles: tuple[str, str]
) -> Chart:
    """Return curves over a threshold, with the chosen one marked; each curve has its own dash.

    Parameters
    ----------
    titles : tuple of str
        Of the chart, and of its horizontal axis.
    """
    data = [
        {"x": float(at), "curve": name, "value": float(value)}
        for name, values in curves.items()
        for at, value in zip(x, values, strict=True)
        if value == value
    ]
    lines = {
        "x": {"field": "x", "type": "quantitative", "title": titles[1]},
        "y": {"field": "value", "type": "quantitative", "title": None, "scale": {"domain": [0, 1]}},
        "color": {"field": "curve", "type": "nominal", "title": None, "sort": list(curves),
                  "scale": {"range": ["#1f5d4c", "#c0392b", "#6a2470"]}, "legend": {"orient": "top"}},
        "strokeDash": {"field": "curve", "type": "nominal", "title": None, "sort": list(curves), "legend": None},
    }  # fmt: skip
    spec = _base(data, 560, 240) | {
        "layer": [
            {"mark": {"type": "line", "strokeWidth": 2.2}, "encoding": lines},
            {"mark": {"type": "rule", "color": INK, "strokeDash": [3, 3]}, "data": {"values": [{"x": chosen}]},
             "encoding": {"x": {"field": "x", "type": "quantitative"}}},
        ],
    }  # fmt: skip
    columns = (Column(titles[1], "index"), *(Column(name, "1") for name in curves))
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (f"{at:.2f}", *(float(values[place]) if values[place] == values[place] else None for values in curves.values()))
        for place, at in enumerate(x)
    )
    return Chart("skill", titles[0], titles[0], spec, Table("skill", titles[0], columns, rows))


def years_chart(years: Sequence[int], counts: Sequence[Sequence[int]], names: Sequence[str], title: str) -> Chart:
    """Return stacked columns of districts by year: what was called and came, came uncalled, was called in vain.

    Parameters
    ----------
    counts : sequence by year of sequence by name
        Districts; the last name, cases without a call, stands in the table alone.
    """
    shown = list(names[:3])
    data = [
        {"year": str(year), "kind": name, "districts": value, "order": place}
        for year, row in zip(years, counts, strict=True)
        for place, (name, value) in enumerate(zip(shown, row[:3], strict=True))
        if value
    ]
    spec = _base(data, 640, 200) | {
        "mark": {"type": "bar", "stroke": INK, "strokeWidth": 0.6},
        "encoding": {
            "x": {"field": "year", "type": "ordinal", "title": None, "axis": {"labelAngle": -90},
                  "scale": {"domain": [str(year) for year in years]}},
            "y": {"field": "districts", "type": "quantitative", "title": None, "axis": {"tickMinStep": 1}},
            "color": {"field": "kind", "type": "nominal", "title": None, "sort": shown,
                      "scale": {"domain": shown, "range": YEAR_COLOURS}, "legend": {"orient": "top"}},
            "order": {"field": "order", "type": "quantitative"},
        },
    }  # fmt: skip
    columns = (Column(""), *(Column(name, "count") for name in names))
    rows: tuple[tuple[Cell, ...], ...] = tuple((str(year), *row) for year, row in zip(years, counts, strict=True))
    return Chart("trigger-years", title, title, spec, Table("trigger-years", title, columns, rows))


def stocking_chart(
    districts: Sequence[str], herds: Sequence[float], capacities: Sequence[tuple[float, float, float]],
    titles: tuple[str, str, str],
) -> Chart:  # fmt: skip
    """Return herds beside what the rangeland carries in dry, middle and wet years.

    Parameters
    ----------
    titles : tuple of str
        Of the chart, of the herds and of the capacity.
    """
    rows = list(zip(districts, herds, capacities, strict=True))
    data = [
        {"district": name, "herd": herd, "dry": low, "middle": mid, "wet": high}
        for name, herd, (low, mid, high) in rows
    ]
    y = {"y": {"field": "district", "type": "nominal", "title": None, "sort": list(districts)}}
    carried, herd = {"datum": titles[2]}, {"datum": titles[1]}
    scale = {
        "scale": {"domain": [titles[2], titles[1]], "range": ["#7fb69f", "#6a2470"]},
        "legend": {"orient": "top", "labelLimit": 400},
    }
    spec = _base(data, 520, 34 * len(districts)) | {
        "layer": [
            {"mark": {"type": "bar", "height": 12, "opacity": 0.8}, "encoding": y | {
                "x": {"field": "dry", "type": "quantitative", "title": None}, "x2": {"field": "wet"},
                "color": carried | scale}},
            {"mark": {"type": "tick", "thickness": 2, "color": INK}, "encoding": y | {
                "x": {"field": "middle", "type": "quantitative"}}},
            {"mark": {"type": "point", "filled": True, "size": 110, "shape": "diamond"}, "encoding": y | {
                "x": {"field": "herd", "type": "quantitative"}, "color": herd | scale}},
        ],
    }  # fmt: skip
    columns = (Column(""), Column(titles[1], "TLU"), Column(titles[2], "TLU"))
    table = Table("stocking", titles[0], columns, tuple((name, float(herd), mid) for name, herd, (_, mid, _) in rows))
    return Chart("stocking", titles[0], titles[0], spec, table)


def number_of(value: float | None, tongue: Tongue, digits: int = 0) -> str:
    """Return a number as people read it, a dash where it is unknown."""
    return tongue.dash if value is None or value != value else tongue.number(value, digits)


def _base(data: list[dict[str, Any]], width: int, height: int) -> dict[str, Any]:
    """Return what all charts share."""
    return {
        "$schema": SCHEMA,
        "width": width,
        "height": height,
        "background": "white",
        "config": {"font": "Noto Sans, DejaVu Sans, sans-serif", "axis": {"labelColor": INK}, "view": {"stroke": None}},
        "data": {"values": data},
    }
