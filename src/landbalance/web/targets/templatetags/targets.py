"""Targets in templates: codes and lights in words, progress as a bar."""

from typing import Any

from django import template
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from landbalance.core.errors import LandbalanceError
from landbalance.registry.codes import label
from landbalance.registry.targets.models import Target
from landbalance.web.site.templatetags.numbers import UNKNOWN, hectares, km2, number

register = template.Library()
LIGHTS = {
    "achieved": (_("Achieved"), "good", "●"),
    "on_track": (_("On track"), "good", "●"),
    "slightly_late": (_("Slightly late"), "warn", "◐"),
    "late": (_("Late"), "warn", "◐"),
    "far_off": (_("Far off"), "bad", "○"),
    "wrong_way": (_("Wrong way"), "bad", "▼"),
    "not_started": (_("Not started"), "", "○"),
    "no_data": (pgettext_lazy("light", "No data"), "", "–"),
}


@register.filter
def word(code: str, list_id: str) -> Any:
    """Return the word of a code of a list."""
    return label(list_id, code) if code else UNKNOWN


@register.filter
def light_word(light: str) -> Any:
    """Return a light in words."""
    return LIGHTS[light][0]


@register.filter
def light_class(light: str) -> str:
    """Return the class of a light's badge."""
    return LIGHTS[light][1]


@register.filter
def light_sign(light: str) -> str:
    """Return the sign of a light, so that colour is not alone."""
    return LIGHTS[light][2]


@register.filter
def clipped(progress: float | None) -> str:
    """Return a progress as a bar takes it, from 0 to 1, written as machines do."""
    return "0" if progress is None else f"{min(max(progress, 0.0), 1.0):.3f}"


@register.filter
def trimmed(value: float | None) -> str:
    """Return a number with decimals only where it has some."""
    return number(value, 0 if value is None or float(value).is_integer() else 2)


@register.filter
def signed_km2(area: float) -> str:
    """Return an area with its sign."""
    return ("+" if area > 0 else "") + str(km2(area))


@register.filter
def spaced(code: str) -> str:
    """Return a code without a word of its own as it can be read."""
    return code.replace("_", " ")


@register.filter
def promise(target: Target) -> str:
    """Return what a target promises, as short as it can be said."""
    if target.declared_area is not None:
        return hectares(target.declared_area) if target.area_unit == "ha" else km2(target.declared_area)
    try:
        area = target.promised_km2()
    except LandbalanceError:
        area = None
    if area is not None:
        return hectares(area * 100)
    if target.target_value is None:
        return UNKNOWN
    return f"{trimmed(target.target_value)} {target.unit}".strip()
