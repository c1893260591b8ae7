"""The land condition summary in the shape of Trends.Earth, which PRAIS reads (methods 8.1), as plain data."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from landbalance.core.periods import BASELINE, Period
from landbalance.core.vocab import NODATA, Lpd, Status
from landbalance.reporting.condition_figures import SUB_LAYERS
from landbalance.reporting.cover_figures import class_key
from landbalance.reporting.facts import SEXES, RunFacts
from landbalance.reporting.record import Book
from landbalance.reporting.words import COVER_NAMES, LPD_NAMES, SEX_NAMES, STATUS_KEYS, STATUS_NAMES

AREA_UNIT = "sq km"
ORDER = (Status.IMPROVED, Status.STABLE, Status.DEGRADED, Status.NODATA)
SHORT = "The series has fewer than {years} annual values; such figures are not for official reporting."
JSON_KEYS = {"sdg": "sdg", "productivity": "productivity", "land_cover": "land_cover", "soc": "soil_organic_carbon"}


@dataclass(frozen=True)
class LeftOut:
    """A figure that the package does not hold, and why."""

    period: str
    figure: str
    reason: str


def land_condition_summary(facts: RunFacts, book: Book) -> tuple[dict[str, Any], tuple[LeftOut, ...]]:
    """Return the summary document, in English, and what is left out of it.

    Figures that use a short period, status included, stay out (ruling 7).
    """
    left_out: list[LeftOut] = []
    document = {
        "metadata": _metadata(facts),
        "land_condition": {
            period.name: {
                "period_assessment": _period_assessment(facts, book, period, left_out),
                **_against_baseline(facts, book, period, left_out),
            }
            for period in facts.periods
        },
        "affected_population": _people(facts, book, left_out),
    }
    return document, tuple(left_out)


def left_out_layers(facts: RunFacts, period: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the layers whose assessment, and whose status, is kept out of the package for a period."""
    short = set(facts.short_periods)
    series = frozenset({"sdg", "productivity"})
    assessment = series if period in short else frozenset()
    return assessment, series if short & {period, BASELINE} else frozenset()


def _metadata(facts: RunFacts) -> dict[str, Any]:
    """Return what the summary says of itself."""
    return {
        "title": f"{facts.country_name}: land condition",
        "date": facts.started,
        "trends_earth_version": {
            "version": f"landbalance {facts.versions.get('landbalance', '')}".strip(),
            "revision": facts.run_id,
            "release_date": facts.started,
        },
        "area_of_interest": {
            "name": facts.country_name,
            "geojson": {"type": "FeatureCollection", "features": _boundary(facts)},
            "crs_wkt": facts.crs,
        },
        "affected_areas_only": facts.affected_areas_only,
    }


def _boundary(facts: RunFacts) -> list[Any]:
    """Return the outline of the country without those of its zones."""
    features: Any = (facts.boundary_geojson or {}).get("features", [])
    return [each for each in features if each["properties"].get("group", "nation") == "nation"]


def _period_assessment(facts: RunFacts, book: Book, period: Period, left_out: list[LeftOut]) -> dict[str, Any]:
    """Return the assessment of each layer within one period."""
    skipped, _ = left_out_layers(facts, period.name)
    left_out += _reasons(facts, period.name, (f"period_assessment.{JSON_KEYS[layer]}" for layer in sorted(skipped)))
    blocks: dict[str, Any] = {}
    if "sdg" not in skipped:
        raw = "sdg_raw" if book.find("sdg_raw.assessment.area.degraded", period.name) else "sdg"
        blocks["sdg"] = {"summary": _areas(book, f"{raw}.assessment.area", period.name, "SDG Indicator 15.3.1")}
        if raw == "sdg_raw":
            blocks["sdg_error_recode"] = _areas(book, "sdg.assessment.area", period.name, "After error recode")
            blocks["error_recode"] = _recodes(facts, period.name)
    if "productivity" not in skipped:
        blocks["productivity"] = {
            "summaries": {
                "all_cover_types": _areas(book, "productivity.assessment.area", period.name, "Land productivity"),
                "non_water": _areas(book, "productivity.assessment", period.name, "Land productivity, without water"),
            },
            "crosstabs_by_productivity_class": [
                {"name": LPD_NAMES[code], "productivity": _lpd_cover(facts, book, period, code)} for code in Lpd
            ],
        }
    blocks["land_cover"] = _land_cover(facts, book, period)
    blocks["soil_organic_carbon"] = {
        "summaries": {
            "all_cover_types": _areas(book, "soc.assessment.area", period.name, "Soil organic carbon"),
            "non_water": _areas(book, "soc.assessment", period.name, "Soil organic carbon, without water"),
        },
        "soc_stock_by_year": _by_year(facts, book, "Soil organic carbon stock", "tonnes", "soc.mass", period.soc),
    }
    return blocks


def _land_cover(facts: RunFacts, book: Book, period: Period) -> dict[str, Any]:
    """Return the land cover block: summary, legend, matrix, transitions and areas by year."""
    return {
        "summary": _areas(book, "land_cover.assessment.area", period.name, "Land cover"),
        "legend_nesting": {
            "parent": [{"code": int(code), "name": name} for code, name in COVER_NAMES.items() if code != NODATA],
            "nesting": {str(row.code): row.unccd for row in facts.legend.classes},
        },
        "transition_matrix": [list(row) for row in facts.transition_matrix],
        "crosstabs_by_land_cover_class": [
            _crosstab(facts, book, ("Land cover change", "land_cover.transition"), period, period.land_cover)
        ],
        "land_cover_areas_by_year": _by_year(
            facts, book, "Land cover area", AREA_UNIT, "land_cover.class", period.land_cover
        ),
    }


def _against_baseline(facts: RunFacts, book: Book, period: Period, left_out: list[LeftOut]) -> dict[str, Any]:
    """Return status and change of a reporting period; nothing for the baseline."""
    if period.is_baseline:
        return {}
    _, skipped = left_out_layers(facts, period.name)
    parts = ("status_assessment", "change_assessment")
    left_out += _reasons(
        facts, period.name, (f"{part}.{JSON_KEYS[layer]}" for part in parts for layer in sorted(skipped))
    )
    layers = [layer for layer in ("sdg", *SUB_LAYERS) if layer not in skipped]
    return {
        "status_assessment": {
            JSON_KEYS[layer]: _areas(book, f"{layer}.status.area", period.name, f"{layer} status") for layer in layers
        },
        "change_assessment": {JSON_KEYS[layer]: _change(facts, book, layer, period) for layer in layers},
    }


def _people(facts: RunFacts, book: Book, left_out: list[LeftOut]) -> dict[str, Any]:
    """Return people by class of land and sex."""
    people: dict[str, Any] = {}
    for period in facts.periods:
        if book.find("people.total.degraded", period.name) is None:
            continue
        skipped, against = left_out_layers(facts, period.name)
        if "sdg" in skipped | against:
            left_out += _reasons(facts, period.name, ["affected_population"])
            continue
        people[period.name] = {
            "summary": {
                f"{SEX_NAMES[sex]} population": [
                    {
                        "name": STATUS_NAMES[code],
                        "population": round(book.amount(f"people.{sex}.{STATUS_KEYS[code]}", period.name)),
                        "type": f"{SEX_NAMES[sex]} population",
                    }
                    for code in ORDER
                ]
                for sex in SEXES
            }
        }
    return people


def _areas(book: Book, stem: str, period: str, name: str) -> dict[str, Any]:
    """Return an area list: improved, stable, degraded and no data, with land of no meaning under no data."""
    areas = {code: book.amount(f"{stem}.{STATUS_KEYS[code]}", period) for code in ORDER}
    areas[Status.NODATA] += book.amount(f"{stem}.not_applicable", period)
    rows = [{"name": STATUS_NAMES[code], "area": area} for code, area in areas.items()]
    return {"name": name, "unit": AREA_UNIT, "areas": rows}


def _lpd_cover(facts: RunFacts, book: Book, period: Period, code: Lpd) -> dict[str, Any]:
    """Return the land cover change of one productivity class."""
    names = (LPD_NAMES[code], f"lpd_cover.{class_key(code)}")
    return _crosstab(facts, book, names, period, period.land_cover)


def _crosstab(
    facts: RunFacts, book: Book, names: tuple[str, str], period: Period, years: tuple[int, int]
) -> dict[str, Any]:
    """Return a cross table of land cover classes."""
    name, stem = names
    labels = {class_key(place): row.name for place, row in enumerate(facts.legend.classes, start=1)}
    labels["nodata"] = STATUS_NAMES[Status.NODATA]
    values = [
        {"initial_label": first, "final_label": last, "value": book.amount(f"{stem}.{start}.{end}", period.name)}
        for start, first in labels.items()
        for end, last in labels.items()
    ]
    return {"name": name, "unit": AREA_UNIT, "initial_year": years[0], "final_year": years[1], "values": values}


def _change(facts: RunFacts, book: Book, layer: str, period: Period) -> dict[str, Any]:
    """Return the cross table of a layer's baseline class by its class in the period."""
    first = next(row for row in facts.periods if row.is_baseline)
    values = [
        {
            "initial_label": STATUS_NAMES[before],
            "final_label": STATUS_NAMES[now],
            "value": book.amount(f"{layer}.matrix.{STATUS_KEYS[before]}.{STATUS_KEYS[now]}", period.name),
        }
        for before in ORDER
        for now in ORDER
    ]
    years = {"initial_year": first.last_year, "final_year": period.last_year}
    return {"name": f"{layer} baseline by period", "unit": AREA_UNIT, **years, "values": values}


def _by_year(facts: RunFacts, book: Book, name: str, unit: str, stem: str, years: tuple[int, int]) -> dict[str, Any]:
    """Return amounts by year and class."""
    values = {
        str(year): {
            row.name: book.amount(f"{stem}.{place}", str(year)) for place, row in enumerate(facts.legend.classes, 1)
        }
        for year in years
    }
    return {"name": name, "unit": unit, "values": values}


def _recodes(facts: RunFacts, period: str) -> dict[str, Any]:
    """Return the accepted corrections of a period, with the polygons' own properties."""
    features = []
    for recode in facts.recodes:
        if period not in recode.periods or recode.state != "accepted":
            continue
        degraded, stable, improved = recode.recode
        properties = {
            "uuid": recode.uuid,
            "location_name": recode.location,
            "area_km_sq": recode.area_km2,
            "process_driving_change": recode.process,
            "basis_for_judgement": recode.basis,
            "periods_affected": list(recode.periods),
            "recode_deg_to": degraded,
            "recode_stable_to": stable,
            "recode_imp_to": improved,
        }
        features.append({"type": "Feature", "geometry": recode.geometry, "properties": properties})
    return {"type": "FeatureCollection", "features": features}


def _reasons(facts: RunFacts, period: str, names: Iterable[str]) -> list[LeftOut]:
    """Return why figures of a period stay out."""
    reason = SHORT.format(years=facts.settings.integer("report_min_years"))
    return [LeftOut(period, name, reason) for name in names]
