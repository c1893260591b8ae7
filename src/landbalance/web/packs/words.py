"""What packs say in the reader's language: roles, reasons, checks, and the legend of a difference."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from landbalance.io.language import LANGUAGES, tongue
from landbalance.reporting.maps import LegendEntry
from landbalance.reporting.pack_words import CHECKS, VERDICTS, advice, reason
from landbalance.reporting.words import Tongue
from landbalance.web.site.templatetags.numbers import number

ROLES = {
    "boundaries": gettext_lazy("Boundaries"),
    "te_package": gettext_lazy("Package of Trends.Earth"),
    "soc": gettext_lazy("Soil organic carbon"),
    "statistics": gettext_lazy("Official statistics"),
    "land_cover": gettext_lazy("Land cover"),
    "land_cover_30m": gettext_lazy("Land cover of 30 m"),
    "ndvi": gettext_lazy("Vegetation (NDVI)"),
    "npp": gettext_lazy("Net primary productivity"),
    "productivity": gettext_lazy("Land productivity"),
    "lpd": gettext_lazy("Ready-made land productivity dynamics"),
    "soil": gettext_lazy("Soil type"),
    "climate_zone": gettext_lazy("Climate zone"),
    "aridity": gettext_lazy("Aridity"),
    "precipitation": gettext_lazy("Rain"),
    "rain_monthly": gettext_lazy("Rain of months"),
    "pet": gettext_lazy("Reference evapotranspiration"),
    "evapotranspiration_monthly": gettext_lazy("Reference evapotranspiration of months"),
    "evapotranspiration": gettext_lazy("Evapotranspiration"),
    "population": gettext_lazy("People"),
    "water": gettext_lazy("Surface water"),
    "dem": gettext_lazy("Elevation"),
}
PLAIN = {
    "same": gettext_lazy("The same in both"),
    "changed": gettext_lazy("Another class"),
    "only_first": gettext_lazy("Only the first knows it"),
    "only_second": gettext_lazy("Only the second knows it"),
    "unknown": gettext_lazy("Unknown"),
}
STATISTICS = (
    ("known_km2", gettext_lazy("Land that both know")),
    ("first_mean", gettext_lazy("Mean of the first")),
    ("second_mean", gettext_lazy("Mean of the second")),
    ("mean_difference", gettext_lazy("Second less first")),
    ("mean_absolute", gettext_lazy("Mean of the differences, whichever way")),
    ("root_mean_square", gettext_lazy("Root of the mean square")),
    ("correlation", gettext_lazy("Correlation")),
)


@dataclass(frozen=True)
class Gap:
    """A gap in words."""

    role: str
    years: str
    why: str
    advice: str
    detail: str = ""


@dataclass(frozen=True)
class ClassRow:
    """A class of a difference with its area [km2]."""

    entry: LegendEntry
    km2: float


def said_gap(role: str, years: str, why: str, key: str, detail: str = "") -> Gap:
    """Return a gap in the reader's language."""
    said = _tongue()
    return Gap(str(ROLES.get(role, role)), years, reason(why, said), advice(key, said), detail)


def said_finding(found: Mapping[str, str]) -> dict[str, str]:
    """Return a finding of the self-check in the reader's language; what was found stays as it is."""
    said = _tongue().translate
    words = {"check": said(CHECKS.get(found["check"], found["check"])), "verdict": said(VERDICTS[found["result"]])}
    return {**found, **words}


def place_named(place: str) -> str:
    """Return where a layer of a choice stands."""
    return {"used": _("in use"), "beside": _("kept beside")}.get(place, place)


def legend_of(rows: Sequence[Mapping[str, Any]], unit: str) -> list[LegendEntry]:
    """Return the legend of a map of a difference with its names in the reader's language."""
    return [replace(LegendEntry(**row), name=_name(row["name"], unit)) for row in rows]


def classes_of(answer: Mapping[str, Any]) -> list[ClassRow]:
    """Return the classes of a difference with their areas."""
    entries = legend_of(answer["maps"]["difference"], answer["unit"])
    return [ClassRow(entry, answer["classes"].get(str(entry.code), 0.0)) for entry in entries]


def _name(name: str, unit: str) -> str:
    """Return the name of a class: its word, its bounds, or the class of a legend."""
    if name in PLAIN:
        return str(PLAIN[name])
    low, dots, high = name.partition("..")
    if not dots:
        return _tongue().translate(name)
    low, high = (number(float(each), _digits(float(each))) if each else "" for each in (low, high))
    pattern = _("%(low)s to %(high)s") if low and high else _("over %(low)s") if low else _("under %(high)s")
    return (pattern % {"low": low, "high": high} + f" {unit}").rstrip()


def _digits(value: float) -> int:
    """Return how many digits after the point a bound needs."""
    return 0 if not value or abs(value) >= 100 else 2 if abs(value) >= 0.1 else 4


def _tongue() -> Tongue:
    """Return the reader's language of reports."""
    code = (get_language() or "en").split("-")[0]
    return tongue(code if code in LANGUAGES else "en")
