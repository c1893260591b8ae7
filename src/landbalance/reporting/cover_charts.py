"""The history of a cover as a chart: what each year lost, what it would have been paid, and where the index stood."""

import math
from typing import Any

from landbalance.finance.products import Insured
from landbalance.reporting.charts import GREY, SCHEMA, Chart
from landbalance.reporting.tables import Cell, Column, Table
from landbalance.reporting.words import ISOLATE_END, Tongue, mark

INK, PAID, LOST, INDEX = "#1d2329", "#1f5d4c", "#d9cfc0", "#2f6f8f"
PAID_RIGHT, MISSED, VAIN, CALM, UNKNOWN = "paid", "missed", "vain", "none", "unknown"
FATES = {
    PAID_RIGHT: mark("Bad year, paid"),
    MISSED: mark("Bad year, nothing paid"),
    VAIN: mark("Paid, no bad year"),
    CALM: mark("No bad year, nothing paid"),
    UNKNOWN: mark("Not known"),
}
SIGNS = {MISSED: "✕", VAIN: "○", UNKNOWN: "?"}
MOST_LABELS = 40
RIGHT_TO_LEFT = "\u2067"


def history_chart(found: Insured, tongue: Tongue, currency: str = "") -> Chart:
    """Return payouts against losses by year, above the index with the lines where the cover begins and ends to pay.

    A year without an index or a loss is marked as not known; a bad year that was not paid, and a payout in a year that
    was not bad, carry a sign of their own, so that colour never says it alone.

    Parameters
    ----------
    currency : str
        Of payouts and losses; empty where the unit is another.
    """
    say = tongue.translate
    title = tongue.say("{name}: payouts against losses, {first} to {last}", name=found.name, first=found.years[0],
                       last=found.years[-1])  # fmt: skip
    fates = history_fates(found)
    counted = {fate: fates.count(fate) for fate in FATES}
    alt = tongue.say(
        "{title}. Bad years paid: {paid}; bad years without a payout: {missed}; paid in vain: {vain}; not known: "
        "{unknown}. The table below holds every value.", title=title, paid=counted[PAID_RIGHT], missed=counted[MISSED],
        vain=counted[VAIN], unknown=counted[UNKNOWN],
    )  # fmt: skip
    columns = (
        Column(say("Year")), Column(say("Index"), "ratio"), Column(say("Loss"), currency or "amount"),
        Column(say("Payout"), currency or "amount"), Column(say("What happened")),
    )  # fmt: skip
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (str(year), _known(index), _known(loss), _known(paid), say(FATES[fate]))
        for year, index, loss, paid, fate in zip(
            found.years, found.burn.index, _losses(found), found.burn.payouts, fates, strict=True
        )
    )
    spec = _spec(found, fates, tongue, currency)
    return Chart("payout-history", title, alt, spec, Table("payout-history", title, columns, rows))


def history_fates(found: Insured) -> list[str]:
    """Return what each year was: paid, missed, vain, none, or unknown where index or loss is not known."""
    return [_fate(paid, loss, found) for paid, loss in zip(found.burn.payouts, _losses(found), strict=True)]


def _fate(paid: float, loss: float, found: Insured) -> str:
    """Return what one year was; without losses a payout is just a payout."""
    if math.isnan(paid) or (found.losses and math.isnan(loss)):
        return UNKNOWN
    if not found.losses:
        return PAID_RIGHT if paid > 0 else CALM
    if loss >= found.bad:
        return PAID_RIGHT if paid > 0 else MISSED
    return VAIN if paid > 0 else CALM


def _losses(found: Insured) -> tuple[float, ...]:
    """Return the loss of each year, unknown where none is given."""
    return found.losses or (math.nan,) * len(found.years)


def _known(value: float) -> float | None:
    """Return a value, None where it is not known."""
    return None if math.isnan(value) else value


def _spec(found: Insured, fates: list[str], tongue: Tongue, currency: str) -> dict[str, Any]:
    """Return both panels over one axis of years."""
    rows = zip(found.years, found.burn.index, _losses(found), found.burn.payouts, fates, strict=True)
    say = tongue.translate
    data = [
        {"year": str(year), "index": _known(index), "loss": _known(loss), "payout": _known(paid),
         "fate": say(FATES[fate]), "sign": SIGNS.get(fate, ""), "top": max(_known(loss) or 0.0, _known(paid) or 0.0)}
        for year, index, loss, paid, fate in rows
    ]  # fmt: skip
    years = [str(year) for year in found.years]
    labels = years if len(years) <= MOST_LABELS else [year for year in years if int(year) % 10 == 0]
    x = {"field": "year", "type": "ordinal", "title": None, "scale": {"domain": years}}
    bare = x | {"axis": {"labels": False, "ticks": False, "domain": False}}
    named = x | {"axis": {"labelAngle": -90, "values": labels}}
    return {
        "$schema": SCHEMA,
        "background": None,
        "padding": {"left": 12, "right": 24, "top": 5, "bottom": 5},
        "data": {"values": data},
        "title": {"text": _key(tongue), "anchor": "start", "fontSize": 12, "fontWeight": "normal", "offset": 6},
        "config": {"view": {"stroke": None}, "font": "system-ui, sans-serif", "legend": {"labelFontSize": 13},
                   "axis": {"labelFontSize": 12, "titleFontSize": 12, "labelColor": INK}},
        "spacing": 12,
        "vconcat": [_money_panel(found, bare, tongue, currency), _index_panel(found, named, tongue)],
    }  # fmt: skip


def _money_panel(found: Insured, x: dict[str, Any], tongue: Tongue, currency: str) -> dict[str, Any]:
    """Return losses as wide bars, payouts as narrow ones before them, signs above."""
    say = tongue.translate
    loss, paid = say("Loss"), say("Payout")
    unit = f" [{currency}]" if currency else ""
    axis = {"title": f"{loss}, {paid}{unit}", "format": "~s", "grid": True, "tickCount": 5}
    y = {"type": "quantitative", "axis": axis}
    scale = {"domain": [loss, paid], "range": [LOST, PAID]}
    legend = {
        "title": None,
        "orient": "top",
        "symbolType": "square",
        "symbolStrokeColor": INK,
        "symbolStrokeWidth": 0.6,
    }
    colour = {"type": "nominal", "scale": scale, "legend": legend}
    tips = [{"field": each, "type": "quantitative"} for each in ("loss", "payout", "index")]
    layers: list[dict[str, Any]] = [
        {"mark": {"type": "bar", "width": {"band": width}, "stroke": INK, "strokeWidth": 0.4},
         "encoding": {"x": x, "y": y | {"field": field}, "color": colour | {"datum": name},
                      "tooltip": [{"field": "year"}, *tips, {"field": "fate"}]}}
        for field, name, width in (("loss", loss, 0.9), ("payout", paid, 0.45))
    ]  # fmt: skip
    layers.append(
        {"mark": {"type": "text", "dy": -8, "fontSize": 13, "fontWeight": "bold", "color": INK},
         "encoding": {"x": x, "y": y | {"field": "top"}, "text": {"field": "sign"}}}
    )  # fmt: skip
    if found.losses:
        layers.append(_line(found.bad, say("Bad year from here")))
    return {"width": _width(found), "height": 220, "layer": layers}


def _index_panel(found: Insured, x: dict[str, Any], tongue: Tongue) -> dict[str, Any]:
    """Return the index as dots on stems, with the lines where the first layer begins to pay and pays all."""
    say = tongue.translate
    y = {"field": "index", "type": "quantitative", "axis": {"title": say("Index"), "grid": False, "tickCount": 5}}
    layers: list[dict[str, Any]] = [
        {
            "mark": {"type": "rule", "color": INDEX, "strokeWidth": 1.4},
            "encoding": {"x": x, "y": y, "y2": {"datum": 0}},
        },
        {
            "mark": {"type": "point", "filled": True, "color": INDEX, "size": 36, "opacity": 1},
            "encoding": {"x": x, "y": y},
        },
    ]
    if found.triggers is not None:
        begins, whole = found.triggers
        layers.append(_line(begins, say("Begins to pay")))
        layers += [] if whole is None else [_line(whole, say("Pays all"))]
    return {"width": _width(found), "height": 120, "layer": layers}


def _line(value: float, text: str) -> dict[str, Any]:
    """Return one dashed line across, with its words behind its end."""
    y = {"datum": value, "type": "quantitative"}
    rule = {"mark": {"type": "rule", "strokeDash": [4, 3], "color": GREY}, "encoding": {"y": y}}
    words = {"mark": {"type": "text", "align": "left", "dx": 6, "fontSize": 11, "color": INK, "text": text},
             "encoding": {"y": y, "x": {"value": "width"}}}  # fmt: skip
    return {"data": {"values": [{}]}, "layer": [rule, words]}


def _key(tongue: Tongue) -> str:
    """Return what the signs above the bars mean; set from right to left as a whole, so that no sign strays."""
    said = " · ".join(f"{sign} {tongue.translate(FATES[fate])}" for fate, sign in SIGNS.items())
    return f"{RIGHT_TO_LEFT}{said}{ISOLATE_END}" if tongue.is_rtl else said


def _width(found: Insured) -> int:
    """Return a width that leaves each year a bar."""
    return max(320, min(720, 22 * len(found.years)))
