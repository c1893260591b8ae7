"""How the STAR desk writes cells, and puts a chart on a page."""

import json
from typing import Any

from django import template
from django.utils.translation import gettext as _

from landbalance.registry.star.models import StarProject
from landbalance.reporting.tables import cell_value
from landbalance.web.site.templatetags.numbers import UNKNOWN, number, share
from landbalance.web.star.forms import COLUMN_WORDS

register = template.Library()


@register.filter
def cell(value: Any, unit: str) -> str:
    """Return a cell of a table as people read it: per cent for shares, two decimals for money."""
    held = cell_value(value)
    if held is None or held == "":
        return UNKNOWN
    if isinstance(held, str):
        return held
    return share(held, 1) if unit == "1" else number(held, 2)


@register.filter
def unit_words(unit: str) -> str:
    """Return the unit of a column as people read it."""
    return {"1": "%", "USD million": _("USD million")}.get(unit, unit)


@register.filter
def plain(value: Any) -> str:
    """Return a value of a table of countries as it was given."""
    if value is None or value == "":
        return UNKNOWN
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return f"{value:g}" if isinstance(value, float) else str(value)


@register.filter
def as_json(value: Any) -> str:
    """Return a specification as text for an attribute."""
    return json.dumps(value, ensure_ascii=False)


@register.filter
def at(values: Any, place: int) -> Any:
    """Return one of several."""
    return values[place]


@register.filter
def column_word(name: str) -> str:
    """Return what a column of the table of countries is called."""
    return str(COLUMN_WORDS.get(name, name))


@register.filter
def area_word(name: str) -> str:
    """Return what a focal area is called."""
    return str(StarProject.Area(name).label)
