"""What the floors below say, in the reader's language: a template is translated, then its fields are filled in.

Numbers in it are written as CLDR has them for the language; a field that is a sentence itself is translated too.
"""

import re
from collections.abc import Mapping
from string import Formatter
from typing import Any

from babel import Locale
from babel.numbers import format_decimal, format_percent
from django.utils.translation import get_language, gettext

from landbalance.core.addresses import without_secrets
from landbalance.core.errors import LandbalanceError
from landbalance.core.words import Words

NUMBER = re.compile(r",?(?:\.(?P<digits>\d))?(?P<kind>[f%]?)")  # of the specifications, those that write a plain number


def spoken(error: LandbalanceError) -> str:
    """Return an error as one sentence in the language of the reader."""
    parts = [_filled(each, error.fields) for each in (error.template, error.hint) if each]
    return without_secrets(": ".join(parts))


def spoken_text(text: str) -> str:
    """Return a text in the language of the reader, if its template is known there."""
    if isinstance(text, Words):
        return _filled(text.template, text.fields)
    return gettext(text) if text else ""


def _filled(template: str, fields: Mapping[str, object]) -> str:
    """Return a template in the language of the reader, with its fields filled in."""
    return _Filling().vformat(gettext(template), (), fields)


class _Filling(Formatter):
    """Fill named fields as a reader of the language expects numbers and sentences."""

    def format_field(self, value: Any, format_spec: str) -> str:
        """Return one field."""
        if isinstance(value, Words):
            return spoken_text(value)
        if isinstance(value, LandbalanceError):
            return spoken(value)
        found = NUMBER.fullmatch(format_spec)
        if not format_spec or found is None or isinstance(value, bool) or not isinstance(value, int | float):
            return str(super().format_field(value, format_spec))
        pattern = "#,##0" + ("." + "0" * int(found["digits"]) if found["digits"] not in (None, "0") else "")
        locale = Locale.parse((get_language() or "en").replace("-", "_"))
        if found["kind"] == "%":
            whole = str(locale.percent_formats[None].pattern).replace("#,##0", pattern)
            return str(format_percent(value, format=whole, locale=locale))
        return str(format_decimal(value, format=pattern, locale=locale))
