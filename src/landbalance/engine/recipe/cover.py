"""Land cover in the recipe: classes by year, their UNCCD parents, transitions and status."""

import numpy as np

from landbalance.core.layers import Layer
from landbalance.core.legends import parents
from landbalance.core.periods import Period
from landbalance.engine.plan import Rows
from landbalance.engine.recipe.builder import Recipe

PARENTS = "parents"  # series of UNCCD parents over all land-cover years in use


def add_land_cover(recipe: Recipe, period: Period) -> None:
    """Add land_cover_status.<p>, transition.<p> and surface.<p>, with the classes of both end years."""
    layer = recipe.workspace.layer("land_cover")
    name = period.name
    if layer is None:
        recipe.flag(
            "no_land_cover", "serious", "there is no land-cover layer: SDG 15.3.1 cannot be known", role="land_cover"
        )
        recipe.nothing(f"land_cover_status.{name}")
        recipe.constant(f"surface.{name}", 3)
        return
    initial, final = (cover_of(recipe, layer, year) for year in period.land_cover)
    recipe.step(
        "land-cover-status",
        f"land_cover_status.{name}",
        {"initial": initial, "final": final, "region": _region(recipe)},
        matrix=_matrices(recipe),
    )
    ends = {"initial": parent_of(recipe, initial), "final": parent_of(recipe, final)}
    recipe.step("surface", f"surface.{name}", ends)
    classes = len(recipe.workspace.legend.classes)
    recipe.step("land-cover-transition", f"transition.{name}", {"initial": initial, "final": final}, classes=classes)
    recipe.keep(f"land_cover_status.{name}", f"land_cover_status.{name}", "int8", "Land cover status", palette="status")
    recipe.keep(f"transition.{name}", f"transition.{name}", "int16", "Land cover transition")


def cover_of(recipe: Recipe, layer: Layer, year: int) -> str:
    """Return the layer with the class of each cell in a year, as positions in the legend in use."""
    name = f"cover.{year}"
    if name in recipe.sources or name in recipe.made:
        return name
    lookup = recipe.workspace.nestings[layer.legend]
    needed = recipe.settings.integer("lc_persistence")
    wanted = recipe.one_year(layer, year)
    if needed == 0:
        recipe.source(name, "codes", layer, (wanted,), lookup=lookup)
    else:
        slices = sorted((piece for piece in layer.slices if piece.year), key=lambda piece: piece.year or 0)
        place = slices.index(wanted)
        first = min(max(place - 1, 0), max(len(slices) - 3, 0))
        window = tuple(slices[first : first + 3])
        near = recipe.source(f"cover_near.{year}", "codes", layer, window, lookup=lookup, is_series=True)
        recipe.step("land-cover-persistence", name, {"cover": near}, place=place - first, needed=needed)
    recipe.keep(f"land_cover.{year}", name, "int8", f"Land cover {year}", palette="land_cover")
    return name


def parent_of(recipe: Recipe, cover: str) -> str:
    """Return the layer with the UNCCD parent class of a cover layer."""
    table = np.asarray(parents(recipe.workspace.legend), dtype=np.int8)
    return recipe.step("land-cover-parent", f"parent_of.{cover}", {"cover": cover}, parents=table)


def parent_series(recipe: Recipe, layer: Layer, first: int, last: int) -> tuple[str, tuple[int, ...]]:
    """Return the series of UNCCD parents from `first` to `last`, with its years; every registered year counts."""
    years = tuple(year for year in layer.years if first <= year <= last) or layer.years[-1:]
    slices = tuple(recipe.one_year(layer, year) for year in years)
    lookup = recipe.workspace.nestings[layer.legend]
    cover = recipe.source("cover_series", "codes", layer, slices, lookup=lookup, is_series=True)
    table = np.asarray(parents(recipe.workspace.legend), dtype=np.int8)
    return recipe.step("land-cover-parent", PARENTS, {"cover": cover}, parents=table), years


def row(series: str, place: int) -> Rows:
    """Return one row of a series layer."""
    return Rows(series, place, place + 1, single=True)


def _region(recipe: Recipe) -> str:
    """Return the layer that says which transition matrix a cell takes."""
    if not recipe.workspace.regions:
        return recipe.constant("region", 0)
    name = "region"
    for place, region in enumerate(recipe.workspace.regions):
        recipe.polygons(f"region.{place}", region.path)
    if name not in recipe.made:
        numbers = tuple(f"region.{place}" for place in range(len(recipe.workspace.regions)))
        recipe.step("matrix-region", name, {"inside": numbers})
    return name


def _matrices(recipe: Recipe) -> np.ndarray:
    """Return the transition matrices, one per region."""
    regions = recipe.workspace.regions
    matrices = [region.matrix for region in regions] if regions else [recipe.workspace.matrix]
    return np.asarray(matrices, dtype=np.int8)
