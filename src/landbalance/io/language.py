"""The six UN languages of reports: gettext catalogues, and numbers and dates as CLDR writes them."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files

from babel import Locale
from babel.dates import format_date
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, parse_pattern

from landbalance.core.errors import NotFoundError
from landbalance.reporting.words import Tongue

LANGUAGES = ("en", "fr", "es", "ar", "ru", "zh")
DOMAIN = "landbalance"


def tongue(language: str = "en") -> Tongue:
    """Return a language of reports.

    Raises
    ------
    NotFoundError
        If reports do not come in this language.
    """
    if language not in LANGUAGES:
        raise NotFoundError(
            "reports do not come in {language}",
            language=language,
            hint="use one of {known}",
            known=", ".join(LANGUAGES),
        )
    locale, known = Locale.parse(language), catalogue(language)

    def number(value: float, digits: int) -> str:
        value = 0.0 if abs(value) < 0.5 * 10.0**-digits else value
        return str(format_decimal(value, format=f"#,##0.{'0' * digits}" if digits else "#,##0", locale=locale))

    def percent(ratio: float, digits: int) -> str:
        pattern = parse_pattern(locale.percent_formats[None].pattern)
        pattern.frac_prec = (digits, digits)
        ratio = 0.0 if abs(ratio) < 0.5 * 10.0 ** -(digits + 2) else ratio
        return str(pattern.apply(ratio, locale))

    return Tongue(
        code=language,
        translate=lambda text: known.get(text, text),
        number=number,
        percent=percent,
        date=lambda moment: format_date(datetime.fromisoformat(moment), format="long", locale=locale),
        is_rtl=locale.text_direction == "rtl",
    )


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Return the translations of a language by English text; English has none, and fuzzy ones do not count."""
    if language == "en":
        return {}
    place = files("landbalance").joinpath("locale", language, "LC_MESSAGES", f"{DOMAIN}.po")
    with place.open("rb") as file:
        read = read_po(file, locale=language)
    return {str(entry.id): str(entry.string) for entry in read if entry.id and entry.string and not entry.fuzzy}
