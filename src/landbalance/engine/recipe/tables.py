"""What a run counts: the groups of zones and the tables of `reporting.facts`."""

from dataclasses import replace

from landbalance.core.periods import Period
from landbalance.core.vocab import Surface
from landbalance.engine.counting import NATION
from landbalance.engine.plan import Group, Reading, Ref, Tally, TallyAxis
from landbalance.engine.recipe.builder import Recipe
from landbalance.engine.recipe.condition import STATUS_OF
from landbalance.engine.recipe.cover import cover_of, row
from landbalance.engine.recipe.soc import STOCKS, stock_years
from landbalance.reporting.facts import SEXES, SOC_CODES, STATUS_CODES

SURFACES = tuple(int(code) for code in Surface)
LPD_CODES = (1, 2, 3, 4, 5, -128)
POPULATION_ROLES = {"total": "population", "female": "population_female", "male": "population_male"}


def add_tables(recipe: Recipe) -> None:
    """Add every table that the layers allow."""
    groups = tuple(name for name in recipe.groups if name != "recodes")
    for period in recipe.workspace.periods:
        _add_period(recipe, period, groups)
        _add_population(recipe, period, groups)
    cover = recipe.workspace.layer("land_cover")
    if cover is None:
        return
    classes = class_codes(recipe)
    for year in sorted({year for period in recipe.workspace.periods for year in period.land_cover}):
        axis = TallyAxis(cover_of(recipe, cover, year), "class", classes)
        recipe.tallies.append(Tally(f"land_cover.{year}", (axis,), groups))
    if STOCKS in recipe.made:
        _add_stocks(recipe, groups, classes)


def class_codes(recipe: Recipe) -> tuple[int, ...]:
    """Return the positions of the legend in use, and no data."""
    return (*range(1, len(recipe.workspace.legend.classes) + 1), -128)


def add_groups(recipe: Recipe, zone_sizes: dict[str, int]) -> None:
    """Add the groups that results are tabulated by: nation, registered zones, land cover, land type, affected land."""
    recipe.groups[NATION] = Group(NATION, recipe.constant("nation", 1), 1)
    for zones in recipe.workspace.zones:
        layer = recipe.polygons(f"zones.{zones.id}", zones.path)
        recipe.groups[zones.id] = Group(zones.id, layer, zone_sizes[zones.id])
    cover = recipe.workspace.layer("land_cover")
    if cover is not None:
        first = cover_of(recipe, cover, recipe.workspace.periods[0].land_cover[0])
        layer = recipe.step("zone-of-class", "zones.land_cover", {"classes": first})
        recipe.groups["land_cover"] = Group("land_cover", layer, len(recipe.workspace.legend.classes))
    _add_land_types(recipe)
    if recipe.workspace.layer("aridity") is not None:
        aridity = recipe.workspace.layer("aridity")
        if aridity is not None:
            source = recipe.source("aridity", "values", aridity, aridity.slices[:1])
            layer = recipe.step("affected-land", "zones.affected", {"aridity": source})
            recipe.groups["affected"] = Group("affected", layer, 1)


def _add_land_types(recipe: Recipe) -> None:
    """Add the land types: the combinations of the class layers a country names, else climate zone, soil and slope."""
    roles = recipe.workspace.land_types or tuple(
        role for role in ("climate_zone", "soil", "slope_class") if recipe.workspace.layer(role) is not None
    )
    if not roles:
        return
    layers: list[Ref] = []
    for role in roles:
        layer = recipe.workspace.layer(role)
        if layer is None:
            recipe.flag("no_land_type_layer", "warning", "land types leave out {role}: it is not registered", role=role)
            continue
        layers.append(
            recipe.source(
                "climate_zone" if role == "climate_zone" else f"type.{role}", "integers", layer, layer.slices[:1]
            )
        )
    recipe.land_type_roles = tuple(role for role in roles if recipe.workspace.layer(role) is not None)
    name = recipe.step("land-type", "zones.land_type", {"layers": tuple(layers)})
    recipe.groups["land_type"] = Group("land_type", name, None)


def _add_period(recipe: Recipe, period: Period, groups: tuple[str, ...]) -> None:
    """Add the area tables of one period."""
    name = period.name
    surface = TallyAxis(f"surface.{name}", "surface", SURFACES)
    parts = (
        TallyAxis(f"productivity.{name}", "productivity", STATUS_CODES),
        TallyAxis(f"land_cover_status.{name}", "land_cover", STATUS_CODES),
        TallyAxis(f"soc_status.{name}", "soc", SOC_CODES),
        TallyAxis(f"below_floor.{name}", "floor", (0, 1)),
    )
    add = recipe.tallies.append
    add(Tally(f"components.{name}", (surface, *parts), groups))
    add(Tally(f"sdg.{name}", (surface, TallyAxis(f"sdg.{name}", "sdg", STATUS_CODES)), groups))
    if f"recode.{name}" in recipe.sources:
        add(Tally(f"sdg_raw.{name}", (surface, TallyAxis(f"sdg_raw.{name}", "sdg", STATUS_CODES)), groups))
    if f"sdg_national.{name}" in recipe.made:
        add(Tally(f"sdg_national.{name}", (surface, TallyAxis(f"sdg_national.{name}", "sdg", STATUS_CODES)), groups))
        _add_national(recipe, period, surface, groups)
    add(Tally(f"lpd.{name}", (surface, TallyAxis(f"lpd.{name}", "lpd", LPD_CODES)), groups))
    cover = recipe.workspace.layer("land_cover")
    if cover is not None:
        start, end = (
            TallyAxis(cover_of(recipe, cover, y), a, class_codes(recipe))
            for y, a in zip(period.land_cover, ("start", "end"), strict=True)
        )
        add(Tally(f"transition.{name}", (start, end), groups))
        add(Tally(f"lpd_cover.{name}", (TallyAxis(f"lpd.{name}", "lpd", LPD_CODES), start, end), (NATION,)))
    if f"hyperarid.{name}" in recipe.made:
        axes = (
            TallyAxis(f"hyperarid.{name}", "hyperarid", (0, 1, -128)),
            TallyAxis(f"productivity.{name}", "productivity", STATUS_CODES),
        )
        add(Tally(f"hyperarid.{name}", axes, (NATION,)))
    if not period.is_baseline:
        for key, layer in STATUS_OF.items():
            codes = SOC_CODES if key == "soc" else STATUS_CODES
            axes = (TallyAxis(f"{layer}.baseline", "baseline", codes), TallyAxis(f"{layer}.{name}", "period", codes))
            add(Tally(f"status.{key}.{name}", (surface, *axes), groups))


def _add_national(recipe: Recipe, period: Period, surface: TallyAxis, groups: tuple[str, ...]) -> None:
    """Add the tables of the national indicators: each status, and which of all layers are known."""
    name = period.name
    ids = [made.split(".")[1] for made in recipe.made if made.startswith("national.") and made.endswith(f".{name}")]
    for id_ in sorted(ids):
        add_axis = TallyAxis(f"national.{id_}.{name}", "status", STATUS_CODES)
        recipe.tallies.append(Tally(f"national.{id_}.{name}", (surface, add_axis), groups))
    layers = {key: f"{STATUS_OF[key]}.{name}" for key in ("productivity", "land_cover", "soc")}
    layers |= {id_: f"national.{id_}.{name}" for id_ in sorted(ids)}
    axes = []
    for key, layer in layers.items():
        known = recipe.step("known-layer", f"known.{layer}", {"status": layer})
        axes.append(TallyAxis(known, key, (0, 1)))
    recipe.tallies.append(Tally(f"known.{name}", (surface, *axes), (NATION,)))


def _add_population(recipe: Recipe, period: Period, groups: tuple[str, ...]) -> None:
    """Add the people exposed, by sex where the country has the layers (methods 4.5)."""
    by_status = recipe.settings.text("population_rule") == "status" and not period.is_baseline
    status = f"status.sdg.{period.name}" if by_status else f"sdg.{period.name}"
    surface = TallyAxis(f"surface.{period.name}", "surface", SURFACES)
    for sex in SEXES:
        weight = people_of(recipe, sex, period)
        if weight is None:
            continue
        exposed = Tally(
            f"people.{sex}.{period.name}",
            (surface, TallyAxis(status, "sdg", STATUS_CODES)),
            groups,
            weight=weight,
            unit="persons",
        )
        recipe.tallies.append(exposed)
        assessed = (surface, TallyAxis(f"sdg.{period.name}", "sdg", STATUS_CODES))
        recipe.tallies.append(replace(exposed, name=f"people_period.{sex}.{period.name}", axes=assessed))


def people_of(recipe: Recipe, sex: str, period: Period) -> str | None:
    """Return the layer of people of one sex in the year nearest to the end of the period; None if there is none."""
    layer = recipe.workspace.layer(POPULATION_ROLES[sex])
    halves = [recipe.workspace.layer(POPULATION_ROLES[half]) for half in ("female", "male")]
    if layer is None and sex == "total" and None not in halves:
        both = tuple(people_of(recipe, half, period) or "" for half in ("female", "male"))
        return recipe.step("sum-of-layers", f"people.total.{period.name}", {"layers": both})
    if layer is None:
        return None
    target = period.land_cover[1]
    dated = [piece for piece in layer.slices if piece.year is not None]
    piece = (
        min(dated, key=lambda piece: (abs((piece.year or 0) - target), piece.year or 0)) if dated else layer.slices[0]
    )
    if piece.year is not None and piece.year != target:
        recipe.flag(
            "population_year",
            "note",
            "people of {year} stand in for {target}",
            role=layer.role,
            year=piece.year,
            target=target,
        )
    reading: Reading = "density" if layer.quantity == "persons_km2" else "counts"
    return recipe.source(f"{layer.role}.{piece.year}", reading, layer, (piece,))


def _add_stocks(recipe: Recipe, groups: tuple[str, ...], classes: tuple[int, ...]) -> None:
    """Add the carbon stocks by land-cover class and year."""
    cover = recipe.workspace.layer("land_cover")
    if cover is None:
        return
    for place, year in enumerate(stock_years(recipe)):
        axis = TallyAxis(cover_of(recipe, cover, year), "class", classes)
        stock = row(STOCKS, place)
        recipe.tallies.append(Tally(f"soc_mass.{year}", (axis,), groups, weight=stock, per_ha=True, unit="t"))
        recipe.tallies.append(Tally(f"soc_area.{year}", (axis,), groups, known_only=stock))
