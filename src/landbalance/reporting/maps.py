"""The maps of a report as data: which raster, which palette, what its legend says and how much each class covers."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from landbalance.core.legends import Legend
from landbalance.core.periods import Period
from landbalance.core.tables import toml_table
from landbalance.core.vocab import NODATA, LandCondition, Lpd, Status
from landbalance.reporting.cover_figures import class_key
from landbalance.reporting.facts import RunFacts
from landbalance.reporting.record import Book
from landbalance.reporting.words import (
    CONDITION_NAMES,
    LPD_NAMES,
    STATUS_KEYS,
    STATUS_NAMES,
    Tongue,
    layer_name,
    mark,
    titled,
)

NO_DATA_COLOUR = "#D3D7DB"
PATTERNS = {
    "status": {-1: "lines", 1: "dots"},
    "condition": {1: "lines", 2: "cross", 3: "rare", 6: "dots", 7: "grid"},
    "lpd": {1: "lines", 2: "rare", 5: "dots"},
}
GAP_NAMES = {
    0: mark("All layers known"),
    1: mark("Productivity missing"),
    2: mark("Land cover missing"),
    3: mark("Productivity and land cover missing"),
    4: mark("Soil carbon missing"),
    5: mark("Productivity and soil carbon missing"),
    6: mark("Land cover and soil carbon missing"),
    7: mark("All layers missing"),
}
STATUS_CODES = (-1, 0, 1, NODATA)
LAYER_RASTERS = {"productivity": "productivity", "land_cover": "land_cover_status", "soc": "soc_status"}


@dataclass(frozen=True)
class LegendEntry:
    """One class of a map: code, colour, pattern (never colour alone), name and area."""

    code: int
    colour: str
    pattern: str
    name: str
    area: str = ""


@dataclass(frozen=True)
class MapSpec:
    """One map: the raster's key in the products, its title and legend, and a text for those who cannot see it."""

    raster: str
    title: str
    entries: tuple[LegendEntry, ...]
    alt: str


def lead_map(facts: RunFacts, book: Book, tongue: Tongue) -> MapSpec:
    """Return the map of the first screen: the status of the last period, or the baseline where there is no other."""
    last = facts.periods[-1]
    return _status_map(book, last, tongue) if last.is_baseline else _condition_map(book, last, tongue)


def map_list(facts: RunFacts, book: Book, tongue: Tongue) -> tuple[MapSpec, ...]:
    """Return the maps of the body: the indicator by period, then the layers, land cover and gaps."""
    last = facts.periods[-1]
    found = [_status_map(book, period, tongue) for period in facts.periods]
    found += [_layer_map(book, layer, last, tongue) for layer in LAYER_RASTERS]
    found.append(_dynamics_map(book, last, tongue))
    years = facts.land_cover_years
    found += [
        _cover_map(facts.legend, book, year, tongue) for year in dict.fromkeys((years[0], years[-1]) if years else ())
    ]
    found.append(_gap_map(book, last, tongue))
    return tuple(found)


def maps_of(
    rasters: Collection[str], periods: Sequence[Period], legend: Legend, book: Book, tongue: Tongue
) -> tuple[MapSpec, ...]:
    """Return every class map that a finished run can show, the last period first.

    Parameters
    ----------
    rasters : collection of str
        Keys of the rasters that were kept.
    periods : sequence of Period
        Periods of the run, the baseline first.
    legend : Legend
        Land cover.
    book : Book
        The nation's figures: the areas that the legends tell.
    tongue : Tongue
        Language of the titles.
    """
    found = [_condition_map(book, period, tongue) for period in reversed(periods) if not period.is_baseline]
    for period in reversed(periods):
        found.append(_status_map(book, period, tongue))
        found += [_layer_map(book, layer, period, tongue) for layer in LAYER_RASTERS]
        found += [_dynamics_map(book, period, tongue), _gap_map(book, period, tongue)]
    years = sorted({year for period in periods for year in period.land_cover}, reverse=True)
    found += [_cover_map(legend, book, year, tongue) for year in years]
    return tuple(spec for spec in found if spec.raster in rasters)


def _condition_map(book: Book, period: Period, tongue: Tongue) -> MapSpec:
    """Return the map of the seven classes."""
    areas = {int(code): book.value(f"sdg.condition.{code.name.lower()}", period.name) for code in LandCondition}
    names = {int(code): name for code, name in CONDITION_NAMES.items() if code != LandCondition.NODATA}
    name = tongue.translate("Land condition status")
    title = titled(name, period, tongue.translate)
    return _spec(f"condition.sdg.{period.name}", title, "condition", names, areas, tongue)


def _status_map(book: Book, period: Period, tongue: Tongue) -> MapSpec:
    """Return the map of the indicator within one period."""
    areas = {code: book.value(f"sdg.assessment.{STATUS_KEYS[Status(code)]}", period.name) for code in STATUS_CODES}
    title = titled(layer_name("sdg", tongue.translate), period, tongue.translate)
    return _spec(f"sdg.{period.name}", title, "status", _status_names(), areas, tongue)


def _layer_map(book: Book, layer: str, period: Period, tongue: Tongue) -> MapSpec:
    """Return the map of one sub-indicator."""
    areas = {code: book.value(f"{layer}.assessment.{STATUS_KEYS[Status(code)]}", period.name) for code in STATUS_CODES}
    title = titled(layer_name(layer, tongue.translate), period, tongue.translate)
    return _spec(f"{LAYER_RASTERS[layer]}.{period.name}", title, "status", _status_names(), areas, tongue)


def _dynamics_map(book: Book, period: Period, tongue: Tongue) -> MapSpec:
    """Return the map of land productivity dynamics."""
    names = {int(code): name for code, name in LPD_NAMES.items() if code != Lpd.NODATA}
    areas = {code: book.value(f"lpd.{class_key(code)}", period.name) for code in (*names, NODATA)}
    name = tongue.translate("Land productivity dynamics")
    title = titled(name, period, tongue.translate)
    return _spec(f"lpd.{period.name}", title, "lpd", names, areas, tongue)


def _cover_map(legend: Legend, book: Book, year: int, tongue: Tongue) -> MapSpec:
    """Return the map of land cover in one year, in the colours of its legend."""
    safe = toml_table("palettes")["land_cover_safe"]["colours"] if legend.id == "unccd" else {}
    entries = []
    for place, row in enumerate(legend.classes, start=1):
        area = book.value(f"land_cover.class.{class_key(place)}", str(year))
        if area:
            colour = safe.get(str(place), row.colour)
            entries.append(LegendEntry(place, colour, "", tongue.translate(row.name), tongue.area(area)))
    title = tongue.say("Land cover in {year}", year=year)
    gap = book.value("land_cover.class.nodata", str(year))
    if gap:
        entries.append(_no_data(gap, tongue))
    return MapSpec(f"land_cover.{year}", title, tuple(entries), _alt(title, tuple(entries), tongue))


def _gap_map(book: Book, period: Period, tongue: Tongue) -> MapSpec:
    """Return the map of which of the three layers is missing where, with the gaps that occur."""
    name = tongue.translate("Missing layers")
    title = titled(name, period, tongue.translate)
    flags = {bits: "".join("0" if bits & bit else "1" for bit in (1, 2, 4)) for bits in GAP_NAMES}
    areas = {bits: book.value(f"known.{key}", period.name) for bits, key in flags.items()}
    found = {bits: name for bits, name in GAP_NAMES.items() if areas[bits] != 0.0}
    return _spec(f"gaps.{period.name}", title, "gaps", found, areas, tongue)


def _status_names() -> dict[int, str]:
    """Return the three classes of a status map."""
    return {code: STATUS_NAMES[Status(code)] for code in (-1, 0, 1)}


def _spec(
    raster: str, title: str, palette: str, names: dict[int, str], areas: dict[int, float | None], tongue: Tongue
) -> MapSpec:
    """Return a map with the colours of a palette."""
    colours = toml_table("palettes")[palette]["colours"]
    patterns = PATTERNS.get(palette, {})
    entries = tuple(
        LegendEntry(
            code,
            colours[str(code)],
            patterns.get(code, ""),
            tongue.translate(name),
            tongue.area(areas[code]) if areas.get(code) is not None else "",
        )
        for code, name in names.items()
    )
    gap = areas.get(NODATA)
    entries += (_no_data(gap, tongue),) if gap else ()
    return MapSpec(raster, title, entries, _alt(title, entries, tongue))


def _no_data(area: float, tongue: Tongue) -> LegendEntry:
    """Return the class of cells inside the country that have no result."""
    return LegendEntry(NODATA, NO_DATA_COLOUR, "rare", tongue.translate("No data"), tongue.area(area))


def _alt(title: str, entries: tuple[LegendEntry, ...], tongue: Tongue) -> str:
    """Return what a map shows in words: its classes and their areas."""
    parts = "; ".join(f"{entry.name} {entry.area}".strip() for entry in entries)
    return tongue.say("Map: {title}. {classes}.", title=title, classes=parts)
