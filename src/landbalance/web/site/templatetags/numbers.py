"""Numbers, areas, shares and dates as CLDR writes them in the reader's language; the one place that formats them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, format_percent
from django import template
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

register = template.Library()
UNKNOWN = "–"


def locale() -> Locale:
    """Return the locale of the reader."""
    return Locale.parse((get_language() or "en").replace("-", "_").replace("zh_hans", "zh_Hans"), sep="_")


@register.filter
def number(value: float | Decimal | int | None, digits: int = 0) -> str:
    """Return a number with its thousands grouped; a dash where it is unknown."""
    if value is None or value != value:
        return UNKNOWN
    return str(format_decimal(value, format="#,##0" + ("." + "0" * digits if digits else ""), locale=locale()))


@register.filter
def share(ratio: float | None, digits: int = 1) -> str:
    """Return a ratio as per cent."""
    if ratio is None or ratio != ratio:
        return UNKNOWN
    pattern = locale().percent_formats[None].pattern.replace("#,##0", "#,##0" + ("." + "0" * digits if digits else ""))
    return str(format_percent(ratio, format=pattern, locale=locale()))


@register.filter
def hectares(value: float | Decimal | None) -> str:
    """Return an area in hectares."""
    return UNKNOWN if value is None else gettext("%(area)s ha") % {"area": number(value)}


@register.filter
def km2(value: float | Decimal | None) -> str:
    """Return an area in square kilometres."""
    return UNKNOWN if value is None else gettext("%(area)s km²") % {"area": number(value, 0 if value >= 100 else 2)}


@register.filter
def day(value: date | datetime | None) -> str:
    """Return a date."""
    return UNKNOWN if value is None else str(format_date(value, format="medium", locale=locale()))


@register.filter
def moment(value: datetime | None) -> SafeString | str:
    """Return date and time, readable by machines too."""
    if value is None:
        return UNKNOWN
    said = format_datetime(timezone.localtime(value), format="medium", locale=locale())
    return mark_safe(f'<time datetime="{value.isoformat()}">{said}</time>')  # noqa: S308 - both parts are ours


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """Return the value under a key; None where there is none."""
    return mapping.get(key) if hasattr(mapping, "get") else None
