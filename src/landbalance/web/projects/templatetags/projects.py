"""What codes of projects mean, in the reader's language, and how charts and cells of tables are written."""

import json
from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.translation import gettext, gettext_noop, npgettext, pgettext

from landbalance.core.words import Words
from landbalance.finance.matching import OBSTACLES, Obstacle
from landbalance.finance.windows import Window
from landbalance.io.project_desk import Crossed
from landbalance.registry.spoken import spoken_text
from landbalance.reporting.tables import Cell, Column, cell_value
from landbalance.web.site.templatetags.numbers import UNKNOWN, known, number, share

register = template.Library()
MOST_SHOWN = 4  # amounts of a row
WORDS: Mapping[str, str] = {
    "cost": gettext_noop("Cost"),
    "benefit": gettext_noop("Benefit"),
    "capital": gettext_noop("Capital"),
    "upkeep": gettext_noop("Upkeep"),
    "opportunity": gettext_noop("What the land would have brought"),
    "transaction": gettext_noop("Transaction"),
    "management": gettext_noop("Project management"),
    "tax": gettext_noop("Tax"),
    "yield": gettext_noop("Yield"),
    "fodder": gettext_noop("Fodder"),
    "wood": gettext_noop("Wood"),
    "non_timber": gettext_noop("Other forest products"),
    "water": gettext_noop("Water"),
    "carbon": gettext_noop("Carbon"),
    "avoided_damage": gettext_noop("Damage avoided"),
    "option": gettext_noop("Option value"),
    "residual": gettext_noop("Residual value"),
    "household": gettext_noop("Households"),
    "community": gettext_noop("Communities"),
    "firm": gettext_noop("Firms"),
    "government": gettext_noop("Government"),
    "global": gettext_noop("The world"),
    "triangular": gettext_noop("Triangular"),
    "pert": gettext_noop("PERT"),
    "lognormal": gettext_noop("Lognormal"),
    "uniform": gettext_noop("Uniform"),
    "grant": gettext_noop("Grant"),
    "first_loss": gettext_noop("First loss"),
    "mezzanine": gettext_noop("Mezzanine"),
    "concessional": gettext_noop("Concessional"),
    "commercial": gettext_noop("Commercial"),
    "equity": gettext_noop("Equity"),
    "guarantee": gettext_noop("Guarantee"),
    "loan": gettext_noop("Loan"),
    "results": gettext_noop("Payment for results"),
    "adaptation": gettext_noop("Adaptation to climate change"),
    "agriculture": gettext_noop("Agriculture"),
    "agroforestry": gettext_noop("Agroforestry"),
    "drought": gettext_noop("Drought"),
    "drylands": gettext_noop("Drylands"),
    "ecosystems": gettext_noop("Ecosystems"),
    "forestry": gettext_noop("Forestry"),
    "ld": gettext_noop("Land degradation"),
    "monitoring": gettext_noop("Monitoring"),
    "planning": gettext_noop("Planning"),
    "readiness": gettext_noop("Readiness"),
    "reporting": gettext_noop("Reporting"),
    "restoration": gettext_noop("Restoration"),
    "slm": gettext_noop("Sustainable land management"),
    "targets": gettext_noop("Targets"),
    "ldc": gettext_noop("Least developed countries"),
    "sids": gettext_noop("Small island developing States"),
    "africa": gettext_noop("Africa"),
    "costs": gettext_noop("costs"),
    "benefits": gettext_noop("benefits"),
    "counterfactual": gettext_noop("what happens without it"),
    "uncertainty": gettext_noop("what is uncertain"),
    "money": gettext_noop("whose money it is"),
    "ask": gettext_noop("what it seeks from funds"),
    "red_flags": gettext_noop("answers to red flags"),
    "transformative": gettext_noop("the checklist of transformative projects"),
    "theme": gettext_noop("Themes"),
    "size": gettext_noop("Size"),
    "instrument": gettext_noop("Instruments"),
    "priority": gettext_noop("Priority group"),
    "gef-pif": gettext_noop("GEF project identification form"),
    "gcf-cn": gettext_noop("GCF concept note"),
    "two-page": gettext_noop("Two-page concept note"),
    "feasibility": gettext_noop("Outline of a feasibility study"),
}


@register.filter
def project_word(code: str) -> str:
    """Return what a code means; a code without a word stands for itself."""
    return gettext(WORDS[code]) if code in WORDS else str(code)


@register.filter
def question_word(text: str) -> str:
    """Return a question of a checklist."""
    return gettext(str(text)) if text else ""


@register.filter
def joined(codes: Any) -> str:
    """Return several codes in words, in order."""
    return ", ".join(project_word(each) for each in sorted(codes)) or UNKNOWN


@register.filter
def reason(obstacle: Obstacle) -> str:
    """Return why a project may not enter a window."""
    fields = {name: _named(name, value) for name, value in obstacle.fields.items()}
    return str(spoken_text(Words(OBSTACLES[obstacle.rule][0], **fields)))


@register.filter
def remedy(obstacle: Obstacle) -> str:
    """Return what would help."""
    return str(spoken_text(Words(OBSTACLES[obstacle.rule][1])))


@register.filter
def size(window: Window) -> str:
    """Return what a window gives, in millions of US dollars."""
    least, most = window.least, window.most
    if least is None and most is None:
        return gettext("not stated")
    if least is None or most is None:
        text = gettext("up to %(amount)s") if least is None else gettext("%(amount)s or more")
        return text % {"amount": number(most if least is None else least, 1)}
    return gettext("%(least)s to %(most)s") % {"least": number(least, 1), "most": number(most, 1)}


@register.filter
def years_long(value: float | None) -> str:
    """Return a length of time in years, to a tenth."""
    value = known(value)
    if value is None:
        return UNKNOWN
    whole = max(1, round(value))
    return npgettext("length", "%(years)s year", "%(years)s years", whole) % {"years": number(value, 1)}


@register.filter
def rate_of(irr: Any) -> str:
    """Return an internal rate of return; whether there is none, or are several."""
    if irr.status == "one":
        return share(irr.value)
    return pgettext("rate of return", "none") if irr.status == "none" else gettext("several: no single rate")


@register.filter
def spec_text(spec: Mapping[str, Any]) -> str:
    """Return the specification of a chart as the text of an attribute."""
    return json.dumps(spec, ensure_ascii=False)


@register.filter
def cell_text(cell: Cell, column: Column) -> str:
    """Return a cell of a chart's table as its column says."""
    value = cell_value(cell)
    if value is None or isinstance(value, str):
        return value or UNKNOWN
    digits = 2 if 0 < abs(value) < 100 and column.unit != "count" else 0
    return share(value) if column.unit == "1" else number(value, digits)


@register.filter
def unit_shown(column: Column) -> bool:
    """Return whether the heading of a column names its unit: shares, counts and ratios have none to name."""
    return column.unit not in ("", "1", "count", "ratio")


@register.filter
def place(row: Any, at: int) -> Any:
    """Return one of several by its place."""
    return row[at]


@register.filter
def cut_words(text: str) -> list[str]:
    """Return the words of a text, to loop over."""
    return text.split()


@register.filter
def grid_rows(grid: Crossed) -> list[tuple[float, tuple[float, ...]]]:
    """Return the rows of a grid of two inputs, each with its value."""
    return list(zip(grid.down_values, grid.worth, strict=True))


@register.filter
def amounts(given: Any) -> str:
    """Return amounts by year as people read them."""
    if isinstance(given, list):
        said = [number(each) for each in given[:MOST_SHOWN]]
        return ", ".join([*said, "…"] if len(given) > MOST_SHOWN else said) or UNKNOWN
    text = gettext("%(amount)s a year") % {"amount": number(given.value)}
    if given.first_year or given.last_year is not None:
        last = "…" if given.last_year is None else given.last_year
        text += " " + gettext("(years %(first)s to %(last)s)") % {"first": given.first_year, "last": last}
    if given.yearly_loss is not None:
        text += " " + gettext("less %(share)s each year") % {"share": share(given.yearly_loss)}
    return text


def _named(name: str, value: str) -> str:
    """Return what an obstacle names: codes in words."""
    codes = value.split(", ") if name in ("groups", "instruments", "sectors") else []
    return joined(codes) if codes else value
