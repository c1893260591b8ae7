"""Numbers, areas, shares and dates as CLDR writes them in the reader's language; the one place that formats them."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from babel import Locale
from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import format_decimal, format_percent
from babel.units import format_unit
from django import template
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

from landbalance.core.errors import LandbalanceError
from landbalance.core.words import words_of
from landbalance.registry.spoken import spoken, spoken_text

register = template.Library()
UNKNOWN = "–"


def locale() -> Locale:
    """Return the locale of the reader."""
    return Locale.parse((get_language() or "en").replace("-", "_").replace("zh_hans", "zh_Hans"), sep="_")


def known(value: Any) -> Any:
    """Return a value, None for NaN and for what a template makes of a figure that is not there."""
    return None if value == "" or value != value else value


@register.filter
def number(value: float | Decimal | int | None, digits: int = 0) -> str:
    """Return a number with its thousands grouped; a dash where it is unknown."""
    value = known(value)
    if value is None:
        return UNKNOWN
    return str(format_decimal(value, format="#,##0" + ("." + "0" * digits if digits else ""), locale=locale()))


@register.filter
def share(ratio: float | None, digits: int = 1) -> str:
    """Return a ratio as per cent."""
    ratio = known(ratio)
    if ratio is None:
        return UNKNOWN
    pattern = locale().percent_formats[None].pattern.replace("#,##0", "#,##0" + ("." + "0" * digits if digits else ""))
    return str(format_percent(ratio, format=pattern, locale=locale()))


@register.filter
def hectares(value: float | Decimal | None) -> str:
    """Return an area in hectares."""
    value = known(value)
    return UNKNOWN if value is None else gettext("%(area)s ha") % {"area": number(value)}


@register.filter
def km2(value: float | Decimal | None) -> str:
    """Return an area in square kilometres."""
    value = known(value)
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
def duration(seconds: float | None) -> str:
    """Return a length of time, in the unit that suits it."""
    if seconds is None or seconds != seconds:
        return UNKNOWN
    return str(format_timedelta(timedelta(seconds=max(seconds, 1)), threshold=1.5, locale=locale()))


@register.filter(name="bytes")
def byte_size(value: float | None) -> str:
    """Return a size on disk or in memory."""
    if value is None:
        return UNKNOWN
    unit = "gigabyte" if value >= 1e9 else "megabyte"
    return str(format_unit(round(value / (1e9 if value >= 1e9 else 1e6), 1), unit, length="short", locale=locale()))


@register.filter(name="words")
def spoken_words(text: object) -> str:
    """Return what a floor below says, in the language of the reader."""
    return spoken_text(words_of(text))


@register.filter(name="spoken")
def spoken_error(error: LandbalanceError) -> str:
    """Return an error as one sentence in the language of the reader."""
    return spoken(error)


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """Return the value under a key; None where there is none."""
    return mapping.get(key) if hasattr(mapping, "get") else None
