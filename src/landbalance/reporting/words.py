"""The words reports use: names of classes, layers and periods, and the tongue that translates and writes numbers."""

from collections.abc import Callable
from dataclasses import dataclass

from landbalance.core.periods import Period
from landbalance.core.remarks import Remark
from landbalance.core.vocab import LandCondition, LandCover, Lpd, Status

Translate = Callable[[str], str]
ISOLATE, ISOLATE_END = "\u2068", "\u2069"  # Unicode bidirectional isolation


def identity(text: str) -> str:
    """Return the text as it is: reports in English."""
    return text


def mark(text: str) -> str:
    """Return the text, marked for the translation catalogues."""
    return text


STATUS_KEYS = {
    Status.DEGRADED: "degraded",
    Status.STABLE: "stable",
    Status.IMPROVED: "improved",
    Status.NODATA: "nodata",
    Status.NOT_APPLICABLE: "not_applicable",
}
STATUS_NAMES = {
    Status.DEGRADED: mark("Degraded"),
    Status.STABLE: mark("Stable"),
    Status.IMPROVED: mark("Improved"),
    Status.NODATA: mark("No data"),
    Status.NOT_APPLICABLE: mark("Not applicable"),
}
LPD_NAMES = {
    Lpd.DECLINING: mark("Declining"),
    Lpd.MODERATE_DECLINE: mark("Moderate decline"),
    Lpd.STRESSED: mark("Stable but stressed"),
    Lpd.STABLE: mark("Stable productivity"),
    Lpd.INCREASING: mark("Increasing"),
    Lpd.NODATA: mark("No data"),
}
CONDITION_NAMES = {
    LandCondition.PERSISTENT_DEGRADATION: mark("Persistent degradation"),
    LandCondition.RECENT_DEGRADATION: mark("Recent degradation"),
    LandCondition.BASELINE_DEGRADATION: mark("Baseline degradation"),
    LandCondition.STABILITY: mark("Stability"),
    LandCondition.BASELINE_IMPROVEMENT: mark("Baseline improvement"),
    LandCondition.RECENT_IMPROVEMENT: mark("Recent improvement"),
    LandCondition.PERSISTENT_IMPROVEMENT: mark("Persistent improvement"),
    LandCondition.NODATA: mark("No data"),
}
COVER_NAMES = {
    LandCover.TREE_COVERED: mark("Tree-covered areas"),
    LandCover.GRASSLAND: mark("Grassland"),
    LandCover.CROPLAND: mark("Cropland"),
    LandCover.WETLAND: mark("Wetland"),
    LandCover.ARTIFICIAL: mark("Artificial surfaces"),
    LandCover.OTHER_LAND: mark("Other land"),
    LandCover.WATER: mark("Water bodies"),
    LandCover.NODATA: mark("No data"),
}
LAYER_NAMES = {
    "sdg": mark("SDG indicator 15.3.1"),
    "sdg_raw": mark("SDG indicator 15.3.1 before corrections"),
    "sdg_national": mark("SDG indicator 15.3.1 with national indicators"),
    "productivity": mark("Land productivity"),
    "land_cover": mark("Land cover"),
    "soc": mark("Soil organic carbon"),
}
GROUP_NAMES = (mark("Districts"), mark("Affected areas"), mark("Land types"), mark("Land cover"))
SEX_NAMES = {"total": mark("Total"), "female": mark("Female"), "male": mark("Male")}
DENOMINATOR_NAMES = {
    "land_area": mark("land area of the country profile"),
    "country_area": mark("country area of the country profile"),
    "mapped_land": mark("mapped land"),
    "mapped_area": mark("mapped area"),
    "assessed": mark("assessed land"),
    "population": mark("population of the country profile"),
    "population_assessed": mark("people on assessed land"),
    "baseline_stock": mark("stock at the start"),
}


def plain_number(value: float, digits: int = 0) -> str:
    """Return a number with thousands separators."""
    return f"{value:,.{digits}f}"


def plain_percent(ratio: float, digits: int = 1) -> str:
    """Return a ratio as per cent."""
    return f"{ratio * 100:,.{digits}f} %"


def plain_date(moment: str) -> str:
    """Return the day of an ISO 8601 moment."""
    return moment[:10]


@dataclass(frozen=True)
class Tongue:
    """A language of reports: its code, its catalogue, and how it writes numbers.

    Examples
    --------
    >>> Tongue().say("{area} of land", area="12 km²")
    '12 km² of land'
    """

    code: str = "en"
    translate: Translate = identity
    number: Callable[[float, int], str] = plain_number
    percent: Callable[[float, int], str] = plain_percent
    date: Callable[[str], str] = plain_date
    is_rtl: bool = False

    def say(self, template: str, **fields: object) -> str:
        """Return the translated template, filled."""
        text = self.translate(template)
        return text.format(**fields) if fields else text

    def note(self, text: str) -> str:
        """Return a note in this language, its numbers written as people write them here; other text as it is."""
        if not isinstance(text, Remark):
            return self.translate(text)
        return self.say(text.template, **{name: self._field(value) for name, value in text.fields.items()})

    def _field(self, value: object) -> object:
        """Return what fills a note."""
        if isinstance(value, float):
            return self.number(value, 1)
        return self.note(value) if isinstance(value, str) else value

    def area(self, km2: float | None) -> str:
        """Return an area with its unit, with one decimal below 100 km²."""
        return self.dash if km2 is None else self.say("{number} km²", number=self.number(km2, area_digits(km2)))

    def share(self, ratio: float | None, digits: int = 1) -> str:
        """Return a ratio as per cent, or a dash where it is unknown."""
        return self.dash if ratio is None else self.percent(ratio, digits)

    def own(self, name: str) -> str:
        """Return a proper name as it stands in a sentence: from right to left, a name in another script stays whole."""
        return f"{ISOLATE}{name}{ISOLATE_END}" if self.is_rtl else name

    @property
    def dash(self) -> str:
        """Return the sign for "unknown"."""
        return "–"


def area_digits(km2: float) -> int:
    """Return how many decimals an area is shown with.

    Examples
    --------
    >>> area_digits(1234.5), area_digits(12.34), area_digits(0.5)
    (0, 1, 2)
    """
    size = abs(km2)
    return 0 if size >= 100 else 1 if size >= 10 or size == 0 else 2


def period_years(period: Period) -> str:
    """Return the years a period reports on; reporting periods start the year after the baseline ends.

    Examples
    --------
    >>> period_years(Period("report_1", (2015, 2019), (2015, 2019), (2004, 2019)))
    '2016–2019'
    """
    first = min(period.land_cover[0], period.soc[0]) if period.is_baseline else period.land_cover[0] + 1
    return f"{first}–{period.last_year}"


def period_title(period: Period, translate: Translate) -> str:
    """Return the name of a period with its years."""
    text = translate("Baseline {years}") if period.is_baseline else translate("Reporting period {years}")
    return text.format(years=period_years(period))


def titled(name: str, period: Period, translate: Translate) -> str:
    """Return the title of something in one period."""
    return translate("{name}, {period}").format(name=name, period=period_title(period, translate))


def layer_name(layer: str, translate: Translate) -> str:
    """Return the name of a layer; a national indicator keeps its id."""
    return translate(LAYER_NAMES[layer]) if layer in LAYER_NAMES else layer.removeprefix("national.")
