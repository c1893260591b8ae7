"""Charts as Vega-Lite specifications, each with the table it is drawn from and a text that says what it shows."""

from dataclasses import dataclass
from typing import Any

from landbalance.core.vocab import LandCondition, Status
from landbalance.reporting.cover_figures import class_key
from landbalance.reporting.facts import RunFacts, ZoneGroup
from landbalance.reporting.record import Book
from landbalance.reporting.tables import Cell, Column, Table
from landbalance.reporting.words import CONDITION_NAMES, LAYER_NAMES, STATUS_KEYS, STATUS_NAMES, Tongue, period_years

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
GREY = "#8a939c"
STATUS_COLOURS = {
    Status.DEGRADED: "#9b2779",
    Status.STABLE: "#f3f0c4",
    Status.IMPROVED: "#006500",
    Status.NODATA: "#c9ced3",
}
CONDITION_COLOURS = ("#762a83", "#af8dc3", "#e7d4e8", "#f7f7f7", "#d9f0d3", "#7fbf7b", "#1b7837", "#c9ced3")
MOST_ZONES = 30
WIDE = 600


@dataclass(frozen=True)
class Chart:
    """One chart: a Vega-Lite specification, what it shows in words, and its table."""

    id: str
    title: str
    alt: str
    spec: dict[str, Any]
    table: Table

    @property
    def is_wide(self) -> bool:
        """Return whether it takes the whole width of a page."""
        return bool(self.spec.get("width", 0) > WIDE)


def bars_both_ways(
    y: dict[str, Any], x: dict[str, Any], colour: dict[str, Any], *, height: int
) -> list[dict[str, Any]]:
    """Return bars to both sides of zero, each with its `text` at the end that its `align` names."""
    texts = [
        {
            "transform": [{"filter": f"datum.align == '{side}'"}],
            "mark": {"type": "text", "align": side, "dx": 5 if side == "left" else -5, "fontSize": 12},
            "encoding": {"y": y, "x": x, "text": {"field": "text"}},
        }
        for side in ("left", "right")
    ]
    zero = {"x": {"datum": 0, "type": "quantitative", "axis": None}}
    rule = {"mark": {"type": "rule", "color": GREY}, "encoding": zero}
    bars = {"mark": {"type": "bar", "height": height}, "encoding": {"y": y, "x": x, "color": colour}}
    return [bars, rule, *texts]


def charts(facts: RunFacts, book: Book, tongue: Tongue) -> tuple[Chart, ...]:
    """Return the charts of a run that have something to show."""
    found = [_status_by_period(facts, book, tongue), _layers(facts, book, tongue), _conditions(facts, book, tongue)]
    found += [_cover_change(facts, book, tongue)]
    found += [_zones(facts, book, tongue, group) for group in facts.groups if group.id == "districts"]
    return tuple(chart for chart in found if chart.table.rows)


def _status_by_period(facts: RunFacts, book: Book, tongue: Tongue) -> Chart:
    """Return degraded, stable, improved land and no data of each period, as shares of mapped land."""
    say = tongue.translate
    names = {code: say(STATUS_NAMES[code]) for code in STATUS_COLOURS}
    data, rows = [], []
    for period in facts.periods:
        stem = "sdg.assessment" if period.is_baseline else "sdg.status"
        title = period_years(period)
        figures = [book.find(f"{stem}.{STATUS_KEYS[code]}.share.mapped_land", period.name) for code in names]
        rows.append((title, *figures))
        for place, (code, figure) in enumerate(zip(names, figures, strict=True)):
            value = 0.0 if figure is None or figure.value is None else figure.value
            text = tongue.percent(value, 0) if value >= 0.04 else ""
            data.append({"period": title, "class": names[code], "order": place, "share": value, "text": text})
    spec = _stacked(data, list(names.values()), list(STATUS_COLOURS.values()), tongue)
    title = say("Land condition by period")
    columns = (Column(say("Period")), *(Column(name, "1") for name in names.values()))
    return Chart(
        "status", title, _alt(title, rows, columns, tongue), spec, Table("status", title, columns, tuple(rows))
    )


def _conditions(facts: RunFacts, book: Book, tongue: Tongue) -> Chart:
    """Return the seven classes of status of each reporting period, in km2."""
    say = tongue.translate
    names = {code: say(CONDITION_NAMES[code]) for code in LandCondition}
    data, rows = [], []
    for period in facts.periods:
        if period.is_baseline:
            continue
        title = period_years(period)
        figures = [book.find(f"sdg.condition.{code.name.lower()}", period.name) for code in names]
        rows.append((title, *figures))
        whole = sum(figure.value or 0.0 for figure in figures if figure is not None) or 1.0
        for place, (code, figure) in enumerate(zip(names, figures, strict=True)):
            share = (figure.value or 0.0) / whole if figure is not None else 0.0
            text = tongue.percent(share, 0) if share >= 0.04 else ""
            data.append({"period": title, "class": names[code], "order": place, "share": share, "text": text})
    spec = _stacked(data, list(names.values()), list(CONDITION_COLOURS), tongue)
    title = say("Status against the baseline, seven classes")
    columns = (Column(say("Period")), *(Column(name, "km2") for name in names.values()))
    table = Table("condition", title, columns, tuple(rows))
    return Chart("condition", title, _alt(title, rows, columns, tongue), spec, table)


def _layers(facts: RunFacts, book: Book, tongue: Tongue) -> Chart:
    """Return degraded land by layer and period, in km2."""
    say = tongue.translate
    periods = {period.name: period_years(period) for period in facts.periods}
    data, rows = [], []
    for layer in ("sdg", "productivity", "land_cover", "soc"):
        name = say(LAYER_NAMES[layer])
        figures = [book.find(f"{layer}.assessment.degraded", period) for period in periods]
        rows.append((name, *figures))
        for title, figure in zip(periods.values(), figures, strict=True):
            value = 0.0 if figure is None or figure.value is None else figure.value
            text = tongue.number(value, 0)
            data.append({"layer": name, "period": title, "area": value, "text": text})
    order = list(dict.fromkeys(row["layer"] for row in data))
    y = {"field": "layer", "type": "nominal", "sort": order, "axis": words_axis()}
    offset = {"field": "period", "sort": list(periods.values())}
    x = {"field": "area", "type": "quantitative", "axis": None}
    shades = ["#c3bccb", "#9a7fa6", "#6a3d78", "#43204f"]
    colour = {"field": "period", "type": "nominal", "sort": list(periods.values()), "legend": legend()}
    colour["scale"] = {
        "domain": list(periods.values()),
        "range": shades[-len(periods) :] if len(periods) < 5 else shades,
    }
    base = {"y": y, "yOffset": offset, "x": x}
    marks = [
        {"mark": {"type": "bar", "height": {"band": 0.86}}, "encoding": {**base, "color": colour}},
        {
            "mark": {"type": "text", "align": "left", "dx": 4, "fontSize": 12},
            "encoding": {**base, "text": {"field": "text"}},
        },
    ]
    title = say("Degraded land within each period, by layer")
    columns = (Column(say("Layer")), *(Column(name, "km2") for name in periods.values()))
    spec = chart_frame(data, {"layer": marks, "height": {"step": 17}})
    return Chart(
        "layers", title, _alt(title, rows, columns, tongue), spec, Table("layers", title, columns, tuple(rows))
    )


def _cover_change(facts: RunFacts, book: Book, tongue: Tongue) -> Chart:
    """Return the net change of each land cover class from the first to the last year."""
    say = tongue.translate
    years = [str(year) for year in facts.land_cover_years]
    data: list[dict[str, Any]] = []
    rows: list[tuple[Cell, ...]] = []
    for place, row in enumerate(facts.legend.classes, start=1):
        figures = [book.find(f"land_cover.class.{class_key(place)}", year) for year in years]
        if len(years) < 2 or not any(figure is not None and figure.value for figure in figures):
            continue
        first, last = ((figure.value or 0.0) if figure else 0.0 for figure in (figures[0], figures[-1]))
        rows.append((say(row.name), figures[0], figures[-1]))
        sign = "+" if last > first else ""
        text = f"{sign}{tongue.number(last - first, 0)}"
        align = "left" if last >= first else "right"
        data.append({"class": say(row.name), "change": last - first, "text": text, "align": align})
    y = {"field": "class", "type": "nominal", "sort": None, "axis": words_axis()}
    x = {"field": "change", "type": "quantitative", "axis": None, "scale": {"padding": 46}}
    colour = {"condition": {"test": "datum.change < 0", "value": "#b5651d"}, "value": "#2f6f8f"}
    spec = chart_frame(data, {"layer": bars_both_ways(y, x, colour, height=14), "height": {"step": 24}})
    first_year, last_year = (years[0], years[-1]) if years else ("", "")
    title = tongue.say("Net change of land cover {first} to {last}, km²", first=first_year, last=last_year)
    columns = (Column(say("Class")), Column(first_year, "km2"), Column(last_year, "km2"))
    table = Table("cover", title, columns, tuple(rows))
    return Chart("cover", title, _alt(title, rows, columns, tongue), spec, table)


def _zones(facts: RunFacts, book: Book, tongue: Tongue, group: ZoneGroup) -> Chart:
    """Return the degraded share of each district, baseline and last period."""
    say = tongue.translate
    ends = (facts.periods[0], facts.periods[-1]) if len(facts.periods) > 1 else (facts.periods[0],)
    names = [period_years(period) for period in ends]
    found = [
        (zone.name, [book.find("sdg.headline.share", period.name, f"{group.id}/{zone.number}") for period in ends])
        for zone in group.zones
    ]
    found.sort(key=lambda row: -((row[1][-1].value or 0.0) if row[1][-1] else 0.0))
    rows: list[tuple[Cell, ...]] = [(name, *cells) for name, cells in found[:MOST_ZONES]]
    data = [
        {"zone": zone, "period": name, "share": cell.value, "text": tongue.share(cell.value, 0)}
        for zone, cells in found[:MOST_ZONES]
        for name, cell in zip(names, cells, strict=True)
        if cell is not None
    ]
    y = {"field": "zone", "type": "nominal", "sort": [row[0] for row in rows], "axis": words_axis()}
    top = max((cell.value or 0.0 for _, cells in found for cell in cells if cell is not None), default=1.0)
    x = {"field": "share", "type": "quantitative", "axis": None, "scale": {"domain": [0, top * 1.1]}}
    colour = {"field": "period", "type": "nominal", "sort": names, "legend": legend()}
    colour["scale"] = {"domain": names, "range": ["#c3bccb", "#6a3d78"][-len(names) :]}
    line = {
        "mark": {"type": "line", "color": GREY, "strokeWidth": 2},
        "encoding": {"y": y, "x": x, "detail": {"field": "zone"}},
    }
    dots = {"mark": {"type": "circle", "size": 130, "opacity": 1}, "encoding": {"y": y, "x": x, "color": colour}}
    text = {
        "transform": [{"filter": {"field": "period", "equal": names[-1]}}],
        "mark": {"type": "text", "align": "left", "dx": 10, "fontSize": 12},
        "encoding": {"y": y, "x": x, "text": {"field": "text"}},
    }
    title = tongue.say("Degraded share of land by zone: {group}", group=say(group.title))
    columns = (Column(say("Zone")), *(Column(name, "1") for name in names))
    spec = chart_frame(data, {"layer": [line, dots, text], "height": {"step": 26}})
    table = Table(f"zones-{group.id}", title, columns, tuple(rows))
    return Chart(f"zones-{group.id}", title, _alt(title, rows, columns, tongue), spec, table)


def _stacked(data: list[dict[str, Any]], names: list[str], colours: list[str], tongue: Tongue) -> dict[str, Any]:
    """Return bars of shares, one a period, stacked in the order of the classes."""
    y = {"field": "period", "type": "nominal", "sort": None, "axis": words_axis()}
    x = {"field": "share", "type": "quantitative", "stack": "zero", "axis": None, "scale": {"domain": [0, 1]}}
    colour = {"field": "class", "type": "nominal", "sort": names, "legend": legend()}
    colour["scale"] = {"domain": names, "range": colours}
    base = {"y": y, "x": x, "order": {"field": "order"}}
    bars = {
        "mark": {"type": "bar", "height": 26, "stroke": "#6b7480", "strokeWidth": 0.6},
        "encoding": {**base, "color": colour},
    }
    dark = [name for name, shade in zip(names, colours, strict=True) if is_dark(shade)]
    ink = {"condition": {"test": f"indexof({dark!r}, datum.class) >= 0", "value": "#ffffff"}, "value": "#1d2329"}
    place = {**x, "bandPosition": 0.5}
    words = {
        "mark": {"type": "text", "fontSize": 12, "aria": False},
        "encoding": {**base, "x": place, "text": {"field": "text"}, "detail": {"field": "class"}, "color": ink},
    }
    return chart_frame(data, {"layer": [bars, words], "height": {"step": 40}})


def chart_frame(data: list[dict[str, Any]], body: dict[str, Any]) -> dict[str, Any]:
    """Return a specification with the data inside and the look all charts share."""
    return {
        "$schema": SCHEMA,
        "background": None,
        "padding": {"left": 24, "right": 24, "top": 5, "bottom": 5},
        "width": 330,
        "data": {"values": data},
        "config": {
            "view": {"stroke": None},
            "font": "system-ui, sans-serif",
            "axis": {"domain": False, "ticks": False, "grid": False, "labelFontSize": 13, "labelLimit": 260},
            "legend": {"labelFontSize": 13, "symbolStrokeColor": "#6b7480", "symbolStrokeWidth": 0.6},
        },
        **body,
    }


def words_axis() -> dict[str, Any]:
    """Return an axis of names."""
    return {"title": None, "labelPadding": 8}


def legend() -> dict[str, Any]:
    """Return a legend below the chart."""
    return {
        "title": None,
        "orient": "bottom",
        "columns": 2,
        "symbolType": "square",
        "labelLimit": 240,
        "rowPadding": 4,
        "columnPadding": 34,
    }


def is_dark(colour: str) -> bool:
    """Return whether white letters read better on a colour."""
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue < 120


def _alt(title: str, rows: list[Any], columns: tuple[Column, ...], tongue: Tongue) -> str:
    """Return what a chart shows, as a sentence for those who cannot see it."""
    first = ", ".join(str(row[0]) for row in rows[:8])
    return tongue.say("{title}. Bars for: {names}. The table below holds every value.", title=title, names=first)
