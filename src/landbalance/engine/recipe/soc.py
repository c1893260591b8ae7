"""Soil organic carbon in the recipe: yearly stocks from land cover, their change, water and the floor."""

from landbalance.core.layers import Layer, Slice
from landbalance.core.periods import Period
from landbalance.core.soc_factors import factor_array
from landbalance.engine.plan import Ref
from landbalance.engine.recipe.builder import Recipe
from landbalance.engine.recipe.cover import cover_of, parent_of, parent_series, row

STOCKS = "stocks"


def add_soc(recipe: Recipe, period: Period) -> None:
    """Add soc_status.<p> and below_floor.<p>, with the stocks of both end years."""
    layer, cover = recipe.workspace.layer("soc"), recipe.workspace.layer("land_cover")
    climate = recipe.workspace.layer("climate_zone")
    name, get = period.name, recipe.settings
    lacking = [
        role for role, found in (("soc", layer), ("land_cover", cover), ("climate_zone", climate)) if found is None
    ]
    if layer is None or cover is None or climate is None:
        recipe.flag(
            "no_soc",
            "serious",
            "soil organic carbon needs {lacking}: it stays unknown",
            role="soc",
            lacking=", ".join(lacking),
        )
        recipe.nothing(f"soc_status.{name}")
        recipe.constant(f"below_floor.{name}", 0)
        return
    first, last = (stock_of(recipe, layer, cover, climate, year) for year in period.soc)
    recipe.step(
        "soc-status",
        f"soc_change.{name}",
        {"baseline": first, "current": last},
        threshold=get.number("soc_threshold"),
        inclusive=get.flag("soc_inclusive"),
    )
    initial, final = (parent_of(recipe, cover_of(recipe, cover, year)) for year in period.land_cover)
    recipe.step(
        "soc-special",
        (f"soc_status.{name}", f"below_floor.{name}"),
        {"status": f"soc_change.{name}", "baseline": first, "initial": initial, "final": final},
        floor=get.number("soc_floor"),
        floor_rule=get.text("soc_floor_rule"),
        water_rule=get.text("water_rule"),
    )
    recipe.keep(f"soc_status.{name}", f"soc_status.{name}", "int8", "Soil organic carbon status", palette="status")


def stock_years(recipe: Recipe) -> tuple[int, ...]:
    """Return every year whose stock some period asks for."""
    return tuple(sorted({year for period in recipe.workspace.periods for year in period.soc}))


def stock_of(recipe: Recipe, layer: Layer, cover: Layer, climate: Layer, year: int) -> Ref:
    """Return the stock of one year, out of the series of all years that are asked for."""
    wanted = stock_years(recipe)
    if STOCKS not in recipe.made:
        reference_year = layer.reference_year or recipe.settings.integer("soc_reference_year")
        series, years = parent_series(recipe, cover, reference_year, wanted[-1])
        recipe.step(
            "soc-stock",
            STOCKS,
            {
                "reference": recipe.source(
                    "soc_reference", "values", layer, (_reference_slice(layer, reference_year),)
                ),
                "cover": series,
                "climate": recipe.source("climate_zone", "integers", climate, climate.slices[:1]),
            },
            cover_years=years,
            reference_year=reference_year,
            at_years=wanted,
            soc_years=recipe.settings.integer("soc_years"),
            factors=factor_array(recipe.settings.text("flu_set"), recipe.workspace.factors),
            fmg=recipe.settings.number("fmg"),
            fi=recipe.settings.number("fi"),
            model=recipe.settings.text("soc_model"),
        )
        for place, kept in enumerate(wanted):
            recipe.keep(f"soc.{kept}", row(STOCKS, place), "float32", f"Soil organic carbon {kept}", unit="t C ha-1")
    return row(STOCKS, wanted.index(year))


def _reference_slice(layer: Layer, year: int) -> Slice:
    """Return the band of the reference year; the only band of a layer without years."""
    return next((piece for piece in layer.slices if piece.year == year), layer.slices[0])
