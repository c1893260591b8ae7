"""Productivity in the recipe: annual series, trend, state, performance, their class, or a ready-made product."""

import math
from dataclasses import dataclass

import numpy as np

from landbalance.core.errors import InputError, RuleError
from landbalance.core.layers import Layer, Slice
from landbalance.core.periods import Period
from landbalance.engine.plan import Binding, Ref, Rows
from landbalance.engine.recipe.builder import INDEX_QUANTITIES, Recipe, years_in_words
from landbalance.io.raster import RasterReader

RESOLUTION = 1e-4  # unit that period means are rounded to where the file holds real numbers (ruling 4)
READY_MADE = ("JRC-LPD-5", "FWv2-LPD-5", "Custom-LPD-5")


@dataclass(frozen=True)
class Series:
    """An annual series inside the run: the layer, its years, its unit and what stands for missing."""

    layer: str
    years: tuple[int, ...]
    scale: float
    missing: float
    resolution: float
    quantity: str

    def within(self, first: int, last: int) -> tuple[Rows, tuple[int, ...]]:
        """Return the rows and years from `first` to `last`, inclusive."""
        inside = [place for place, year in enumerate(self.years) if first <= year <= last]
        if not inside:
            raise InputError(
                "productivity has no year from {first} to {last}",
                first=first,
                last=last,
                hint="it has {years}; register those years or change the periods",
                years=years_in_words(self.years),
            )
        return Rows(self.layer, inside[0], inside[-1] + 1), self.years[inside[0] : inside[-1] + 1]


def add_productivity(recipe: Recipe, period: Period) -> None:
    """Add the productivity layers of a period: lpd.<p>, productivity.<p> and the metrics behind them."""
    mode = recipe.settings.text("lpd_mode")
    layer = recipe.workspace.layer("productivity")
    name = period.name
    if mode in READY_MADE:
        _add_ready_made(recipe, period, mode)
    elif layer is None:
        recipe.flag(
            "no_productivity",
            "serious",
            "there is no productivity layer: SDG 15.3.1 cannot be known",
            role="productivity",
        )
        recipe.nothing(f"lpd.{name}")
        recipe.nothing(f"productivity.{name}")
        return
    else:
        series = annual_series(recipe, layer)
        if mode == "FAO-WOCAT-LPD-5":
            _add_fao_wocat(recipe, period, series)
        else:
            _add_metrics(recipe, period, series)
    _add_hyper_arid(recipe, period)
    recipe.keep(f"lpd.{name}", f"lpd.{name}", "int8", "Land productivity dynamics", palette="lpd")
    recipe.keep(f"productivity.{name}", f"productivity.{name}", "int8", "Land productivity status", palette="status")


def annual_series(recipe: Recipe, layer: Layer) -> Series:
    """Add the annual series over all years that any period asks for, and return it."""
    first = min(period.productivity[0] for period in recipe.workspace.periods)
    last = max(period.productivity[1] for period in recipe.workspace.periods)
    slices = tuple(piece for piece in layer.slices if piece.year is not None and first <= piece.year <= last)
    slices = tuple(sorted(slices, key=lambda piece: (piece.year, piece.date)))
    years = tuple(sorted({piece.year for piece in slices if piece.year is not None}))
    reader = RasterReader(layer)
    resolution = RESOLUTION if np.dtype(reader.dtype).kind == "f" else layer.scale
    dated = layer.is_subannual or len(slices) > len(years)
    source = recipe.source("composites" if dated else "series", "stored", layer, slices, is_series=True, is_heavy=True)
    if dated:
        places = {year: place for place, year in enumerate(years)}
        source = recipe.step(
            "annual-mean",
            "series",
            {"composites": source},
            year_index=tuple(places[piece.year] for piece in slices if piece.year is not None),
            years=len(years),
            missing=reader.missing,
            min_share=recipe.settings.number("composite_min_share"),
        )
    return Series(source, years, layer.scale, reader.missing, resolution, layer.quantity)


def _add_metrics(recipe: Recipe, period: Period, series: Series) -> None:
    """Add trend, state, performance and the class they make."""
    name, get = period.name, recipe.settings
    rows, years = series.within(*period.productivity)
    _check_length(recipe, period, years)
    share = get.number("max_missing_share")
    trend_rows, trend_years, scale, missing = _corrected(recipe, period, series)
    recipe.step(
        "productivity-trend",
        (f"trend.{name}", f"slope.{name}", f"trend_z.{name}"),
        {"series": trend_rows},
        years=trend_years,
        missing=missing,
        scale=scale,
        test=get.text("trend_test"),
        alpha=get.number("trend_alpha"),
        max_z=get.number("trend_max_z"),
        slope_method=get.text("slope_method"),
        class_sign=get.text("class_sign"),
        min_abs_slope=recipe.threshold("min_abs_slope", series.quantity),
        min_years=get.integer("min_years"),
        max_missing_share=share,
        with_slope=True,
    )
    recipe.step(
        "productivity-state",
        f"state.{name}",
        {"series": rows},
        missing=series.missing,
        scale=series.scale,
        target_years=get.integer("state_target_years"),
        method=get.text("state_method"),
        extension=get.number("state_extension"),
        class_shift=get.integer("state_class_shift"),
        min_diff=recipe.threshold("state_min_diff", series.quantity),
        max_z=get.number("state_max_z"),
        max_missing_share=share,
    )
    _add_performance(recipe, period, series, rows)
    triple: dict[str, Binding] = {key: f"{key}.{name}" for key in ("trend", "state", "performance")}
    recipe.step("productivity-dynamics", f"lpd_raw.{name}", triple)
    recipe.step("productivity-status", f"productivity_raw.{name}", triple, lookup=get.text("lpd_lookup"))
    for key, title in (
        ("trend", "Productivity trend"),
        ("state", "Productivity state"),
        ("performance", "Performance"),
    ):
        recipe.keep(f"{key}.{name}", f"{key}.{name}", "int8", title, palette="status")
    recipe.keep(f"slope.{name}", f"slope.{name}", "float32", "Slope of productivity", unit="1/yr")


def _check_length(recipe: Recipe, period: Period, years: tuple[int, ...]) -> None:
    """Refuse a series that is too short, flag one that is short (ruling 7)."""
    fewest, normal = recipe.settings.integer("min_years"), recipe.settings.integer("report_min_years")
    if len(years) < fewest:
        raise RuleError(
            "period {period} has {count} years of productivity",
            period=period.name,
            count=len(years),
            hint="a trend needs at least {fewest}; it has {years}",
            fewest=fewest,
            years=years_in_words(years),
        )
    if len(years) < normal:
        recipe.flag(
            "short_series",
            "serious",
            "productivity of {period} rests on {count} years ({years}): too short for the PRAIS package",
            period=period.name,
            role="productivity",
            count=len(years),
            years=years_in_words(years),
        )
    wanted = range(period.productivity[0], period.productivity[1] + 1)
    absent = tuple(year for year in wanted if year not in years)
    if absent:
        recipe.flag(
            "missing_years",
            "warning",
            "productivity of {period} lacks {years}",
            period=period.name,
            role="productivity",
            years=years_in_words(absent),
        )


def _corrected(recipe: Recipe, period: Period, series: Series) -> tuple[Ref, tuple[int, ...], float, float]:
    """Return the series the trend is taken from, its years, scale and missing value: raw, or climate-corrected."""
    correction = recipe.settings.text("climate_correction")
    rows, years = series.within(*period.productivity)
    if correction == "none":
        return rows, years, series.scale, series.missing
    role = "evapotranspiration" if correction == "wue" else "precipitation"
    climate = recipe.workspace.layer(role)
    if climate is None:
        raise InputError(
            "climate_correction is {name}, but there is no layer {role}",
            name=correction,
            role=role,
            hint="register it with landbalance data add --role {role}, or set climate_correction to none",
        )
    slices = tuple(recipe.one_year(climate, year) for year in years)
    climate_series = recipe.source(f"{role}.{period.name}", "values", climate, slices, is_series=True)
    corrected = recipe.step(
        "restrend" if correction == "restrend" else "rain-use-efficiency",
        f"corrected.{period.name}",
        {"series": rows, "climate": climate_series},
        scale=series.scale,
        missing=series.missing,
    )
    return corrected, years, 1.0, math.nan


def _add_performance(recipe: Recipe, period: Period, series: Series, rows: Rows) -> None:
    """Add the period mean, its unit, and the performance of each cell within the unit."""
    name, get = period.name, recipe.settings
    recipe.step(
        "productivity-mean",
        f"mean.{name}",
        {"series": rows},
        missing=series.missing,
        scale=series.scale,
        resolution=series.resolution,
        max_missing_share=get.number("max_missing_share"),
    )
    unit, fallback = _performance_unit(recipe, period)
    recipe.step(
        "productivity-performance",
        (f"performance.{name}", f"relative.{name}"),
        {"mean": f"mean.{name}", "unit": unit, "fallback": fallback},
        quantile=get.number("perf_quantile"),
        ratio=get.number("perf_ratio"),
        inclusive=get.flag("perf_inclusive"),
        min_pixels=get.integer("perf_min_pixels"),
    )


def _performance_unit(recipe: Recipe, period: Period) -> tuple[str, str]:
    """Return the layers that hold the performance unit and the coarser unit it falls back on (methods 2.7)."""
    cover = recipe.workspace.layer("land_cover")
    kind = recipe.settings.text("perf_unit")
    if cover is None or not cover.years:
        fallback = recipe.constant("unit_anywhere", 0, "int32")
    else:
        year = min(max(period.productivity[0], cover.years[0]), cover.years[-1])
        year = max((known for known in cover.years if known <= year), default=cover.years[0])
        fallback = recipe.source(f"unit_cover.{year}", "integers", cover, (recipe.one_year(cover, year),))
    layer = recipe.workspace.layer("performance_unit" if kind == "unit_layer" else "soil")
    if kind == "land_cover" or layer is None:
        if kind != "land_cover":
            recipe.flag(
                "no_soil_layer",
                "warning",
                "there is no soil layer: productivity is compared within land cover alone",
                role="soil",
            )
        return fallback, fallback
    soil = recipe.source("performance_layer", "integers", layer, layer.slices[:1])
    if kind == "unit_layer":
        return soil, fallback
    unit = f"unit.{fallback}"
    return recipe.step("performance-unit", unit, {"soil": soil, "land_cover": fallback}), fallback


def _add_fao_wocat(recipe: Recipe, period: Period, series: Series) -> None:
    """Add the FAO-WOCAT class; other quantities than NDVI and EVI need national limits (ruling 6)."""
    get, name = recipe.settings, period.name
    national = all(get.of(key).origin == "national" for key in ("fw_low", "fw_high", "fw_desert"))
    if series.quantity not in INDEX_QUANTITIES and not national:
        raise RuleError(
            "FAO-WOCAT has no biomass limits for {quantity}",
            quantity=series.quantity,
            hint="set fw_low, fw_high and fw_desert with a reason, or use another lpd_mode",
        )
    rows, years = series.within(*period.productivity)
    _check_length(recipe, period, years)
    recipe.step(
        "fao-wocat-dynamics",
        f"lpd_raw.{name}",
        {"series": rows, "peak": peak(recipe, period)},
        missing=series.missing,
        scale=series.scale,
        n=get.integer("fw_n"),
        low=get.number("fw_low"),
        high=get.number("fw_high"),
        desert=get.number("fw_desert"),
        mode=get.text("fw_mode"),
    )
    recipe.step("lpd-status", f"productivity_raw.{name}", {"lpd": f"lpd_raw.{name}"})


def peak(recipe: Recipe, period: Period) -> str:
    """Return the layer with the highest composite of each cell in a period.

    A layer of its own comes first, then the composites the series is made of; otherwise it is unknown, since annual
    means say nothing of the green season.
    """
    layer, series = recipe.workspace.layer("productivity_peak"), recipe.workspace.layer("productivity")
    if layer is not None:
        return recipe.source("peak", "values", layer, layer.slices[:1])
    composites = recipe.sources.get("composites")
    if composites is None or series is None:
        return recipe.constant("peak", math.nan, "float32")
    first, last = period.productivity
    inside = [place for place, piece in enumerate(composites.slices) if first <= (piece.year or 0) <= last]
    return recipe.step(
        "series-peak",
        f"peak.{period.name}",
        {"composites": Rows("composites", inside[0], inside[-1] + 1)},
        missing=RasterReader(series).missing,
        scale=series.scale,
    )


def _add_ready_made(recipe: Recipe, period: Period, mode: str) -> None:
    """Add a ready-made five-class product, one band for each period (methods 2.10, 2.11)."""
    layer = recipe.workspace.layer("lpd")
    if layer is None:
        raise InputError(
            "lpd_mode is {mode}, but there is no layer lpd",
            mode=mode,
            hint="register it with landbalance data add --role lpd",
        )
    band = _band_of_period(layer, period)
    lookup = {code: code for code in range(1, 6)}
    recipe.source(f"lpd_raw.{period.name}", "codes", layer, (band,), lookup=lookup)
    recipe.step("lpd-status", f"productivity_raw.{period.name}", {"lpd": f"lpd_raw.{period.name}"})


def _band_of_period(layer: Layer, period: Period) -> Slice:
    """Return the band of a ready-made product that covers a period, by its name or its last year."""
    first, last = period.productivity
    for piece in layer.slices:
        if piece.name in (period.name, f"{first}-{last}", f"{period.land_cover[0]}-{period.land_cover[1]}"):
            return piece
    for piece in layer.slices:
        if piece.year == last:
            return piece
    raise InputError(
        "lpd has no band for {period} ({first}-{last})",
        period=period.name,
        first=first,
        last=last,
        hint="name its bands by period",
    )


def _add_hyper_arid(recipe: Recipe, period: Period) -> None:
    """Add the policy for hyper-arid land, which also says where that land is."""
    name, get = period.name, recipe.settings
    layer = recipe.workspace.layer("aridity")
    if layer is not None:
        aridity = recipe.source("aridity", "values", layer, layer.slices[:1])
    else:
        aridity = recipe.constant("aridity", math.nan, "float32")
        if get.text("hyperarid_policy") != "as_is":
            text = "there is no aridity layer: hyper-arid land cannot be told apart"
            recipe.flag("no_aridity", "warning", text, role="aridity")
    recipe.step(
        "hyper-arid-productivity",
        (f"productivity.{name}", f"lpd.{name}", f"hyperarid.{name}"),
        {
            "status": f"productivity_raw.{name}",
            "lpd": f"lpd_raw.{name}",
            "aridity": aridity,
            "peak": peak(recipe, period),
        },
        policy=get.text("hyperarid_policy"),
        ai_threshold=get.number("ai_threshold"),
        max_index=_max_index(recipe),
    )


def _max_index(recipe: Recipe) -> float:
    """Return the highest index of bare land; minus infinity where the quantity has no such limit."""
    layer = recipe.workspace.layer("productivity")
    known = layer is None or layer.quantity in INDEX_QUANTITIES
    national = recipe.settings.of("hyperarid_max_index").origin == "national"
    return recipe.settings.number("hyperarid_max_index") if known or national else -math.inf
