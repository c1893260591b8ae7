"""From a run to its facts: the tables with their zones, layers, gaps and doubts that reports are made from."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import shapely
from shapely.geometry import mapping

from landbalance.core.addresses import without_secrets
from landbalance.core.crosstab import Axis, Crosstab
from landbalance.core.layers import Layer
from landbalance.core.periods import BASELINE
from landbalance.engine.inputs import Inputs
from landbalance.engine.manifest import Manifest
from landbalance.engine.recipe.builder import INDEX_QUANTITIES, Recipe
from landbalance.engine.recipe.condition import national_ids
from landbalance.engine.recipe.soc import STOCKS, stock_years
from landbalance.grid.areas import cell_areas_km2
from landbalance.grid.grid import Tile
from landbalance.io.raster import RasterReader
from landbalance.io.vector import geodesic_area_km2, geodesic_length_km
from landbalance.reporting.facts import Flag, LayerFact, RecodeFact, RunFacts, Zone, ZoneGroup

OUTLINE_TOLERANCE = 0.002  # share of the larger side of the country that outlines in reports are simplified by
NOTABLE_SHARE = 0.01  # a reason for missing data that covers less of the area is not named


def make_facts(
    inputs: Inputs, recipe: Recipe, tables: Mapping[str, Crosstab], reductions: Mapping[str, Any], manifest: Manifest
) -> RunFacts:
    """Return all that the reports of a run are made from."""
    workspace, settings = inputs.workspace, recipe.settings
    layer = workspace.layer("productivity")
    cover_years = {year for period in workspace.periods for year in period.land_cover}
    series = _series_years(recipe, layer)
    normal = settings.integer("report_min_years")
    return RunFacts(
        run_id=manifest.run_id,
        workspace=workspace.title,
        country=workspace.country,
        country_name=workspace.country_name,
        started=manifest.started,
        profile=settings.profile,
        settings=settings,
        periods=workspace.periods,
        legend=workspace.legend,
        groups=_groups(inputs, recipe, reductions),
        layers=tuple(_layer_fact(each, inputs, tables) for each in workspace.layers),
        tables=_with_features(tables),
        land_cover_years=tuple(sorted(cover_years)) if workspace.layer("land_cover") else (),
        soc_years=stock_years(recipe) if STOCKS in recipe.made else (),
        flags=(*recipe.flags, *_gap_flags(layer, tables)),
        recodes=_recodes(inputs),
        national=national_ids(recipe),
        land_area_km2=workspace.land_area_km2,
        population=workspace.population,
        boundary_km2=geodesic_area_km2(inputs.boundary),
        boundary_km=_border_km(inputs),
        cell_km2=_cell_km2(inputs),
        boundary_geojson=_outlines(inputs),
        cell_size=_cell_size(inputs),
        crs=inputs.native.crs,
        quantity=layer.quantity if layer else INDEX_QUANTITIES[0],
        short_periods=tuple(name for name, years in series.items() if 0 < len(years) < normal),
        series_years=series,
        versions=manifest.versions,
        affected_areas_only=settings.flag("affected_areas_only"),
        transition_matrix=workspace.matrix,
        regional_matrices={region.name: region.matrix for region in workspace.regions},
        is_invented=workspace.is_invented,
    )


def _series_years(recipe: Recipe, layer: Layer | None) -> dict[str, tuple[int, ...]]:
    """Return the productivity years each period uses."""
    if layer is None:
        return {}
    periods = recipe.workspace.periods
    return {
        p.name: tuple(year for year in layer.years if p.productivity[0] <= year <= p.productivity[1]) for p in periods
    }


def _groups(inputs: Inputs, recipe: Recipe, reductions: Mapping[str, Any]) -> tuple[ZoneGroup, ...]:
    """Return the zones of every group, named."""
    workspace = inputs.workspace
    named = {zone.id: zone.title or zone.id for zone in workspace.zones}
    groups = []
    for id_ in recipe.groups:
        if id_ == "nation":
            groups.append(ZoneGroup(id_, workspace.title, (Zone(1, workspace.country, workspace.title),)))
        elif id_ == "land_cover":
            classes = enumerate(workspace.legend.classes, 1)
            groups.append(
                ZoneGroup(id_, "Land cover", tuple(Zone(n, str(each.code), each.name) for n, each in classes))
            )
        elif id_ == "affected":
            groups.append(
                ZoneGroup(id_, "Affected areas", (Zone(1, "drylands", "Drylands (aridity index 0.05 to 0.65)"),))
            )
        elif id_ == "land_type":
            groups.append(ZoneGroup(id_, "Land types", _land_types(recipe, reductions)))
        elif id_ in inputs.zones:
            polygons = inputs.zones[id_]
            pairs = enumerate(zip(polygons.codes, polygons.names, strict=True), 1)
            groups.append(ZoneGroup(id_, named[id_], tuple(Zone(n, code, name) for n, (code, name) in pairs)))
    return tuple(groups)


def _land_types(recipe: Recipe, reductions: Mapping[str, Any]) -> tuple[Zone, ...]:
    """Return the land types found, named by the classes they combine."""
    layer = recipe.groups["land_type"].layer
    roles = recipe.land_type_roles
    rows = np.asarray(reductions[layer]).tolist()
    return tuple(
        Zone(n, "_".join(map(str, row)), ", ".join(f"{role} {code}" for role, code in zip(roles, row, strict=True)))
        for n, row in enumerate(rows, 1)
    )


def _layer_fact(layer: Layer, inputs: Inputs, tables: Mapping[str, Crosstab]) -> LayerFact:
    """Return what a report says of a layer."""
    grid = RasterReader(layer).grid
    files = sorted({piece.path for piece in layer.slices})
    return LayerFact(
        role=layer.role,
        title=layer.title or layer.role,
        quantity=layer.quantity,
        unit=layer.unit,
        years=layer.years,
        crs=grid.crs,
        cell_size=f"{grid.dx:.6g} x {grid.dy:.6g}",
        source=layer.source,
        licence=layer.licence,
        citation=layer.citation,
        files=tuple((without_secrets(path).rsplit("/", 1)[-1], inputs.checksums[path]) for path in files),
        missing_share=_missing_share(layer.role, tables),
    )


def _missing_share(role: str, tables: Mapping[str, Crosstab]) -> float | None:
    """Return the share of the land that one of the three official layers leaves unknown in the baseline."""
    table = tables.get(f"components.{BASELINE}.nation")
    if table is None or role not in ("productivity", "land_cover", "soc") or not table.total():
        return None
    return table.total(**{role: -128}) / table.total()


def _gap_flags(layer: Layer | None, tables: Mapping[str, Crosstab]) -> tuple[Flag, ...]:
    """Return a flag for each reason that leaves a notable share of the area without productivity."""
    table = tables.get("reasons.productivity.nation")
    if layer is None or table is None or not table.total():
        return ()
    flags = []
    for place, value in enumerate(layer.nodata, 1):
        share = table.total(reason=place) / table.total()
        if share >= NOTABLE_SHARE:
            text = "{share:.1%} of the area has no productivity: {reason}"
            fields = {"share": share, "reason": value.reason}
            flags.append(Flag("never_computed", "serious", text, fields, BASELINE, "productivity"))
    return tuple(flags)


def _with_features(tables: Mapping[str, Crosstab]) -> dict[str, Crosstab]:
    """Return the tables with the recode polygons as an axis of the nation, as `reporting.facts` names them."""
    made = {}
    for name, table in tables.items():
        if not name.endswith(".recodes"):
            made[name] = table
            continue
        features = Axis("feature", table.axes[0].codes[1:])
        wanted = name.removesuffix("recodes") + "nation"
        axes = (Axis("zone", (1,)), features, *table.axes[1:])
        made[wanted] = Crosstab(wanted, axes, table.values[1:][np.newaxis], table.unit)
    return made


def _recodes(inputs: Inputs) -> tuple[RecodeFact, ...]:
    """Return the recode polygons as the report lists them; accepted ones first, numbered as in their table."""
    if inputs.recodes is None:
        return ()
    features = sorted(inputs.recodes.features, key=lambda each: each.state != "accepted")
    uuids = [feature.uuid for feature in inputs.recodes.features]
    areas = dict(zip(uuids, inputs.recodes.areas_km2, strict=True))
    shapes = dict(zip(uuids, inputs.recodes.polygons.to("EPSG:4326").geometries, strict=True))
    return tuple(
        RecodeFact(
            number=number,
            uuid=each.uuid,
            location=each.location,
            process=each.process,
            basis=each.basis,
            periods=each.periods,
            recode=each.recode,
            state=each.state,
            evidence=each.evidence,
            author=each.author,
            date=each.date,
            area_km2=areas[each.uuid],
            geometry=mapping(shapes[each.uuid]),
        )
        for number, each in enumerate(features, 1)
    )


def _outlines(inputs: Inputs) -> dict[str, object]:
    """Return simplified outlines of the country and its zones in longitude and latitude, for maps."""
    shapes = {"nation": inputs.boundary, **inputs.zones}
    features = []
    for id_, polygons in shapes.items():
        for name, geometry in zip(polygons.names, polygons.to("EPSG:4326").geometries, strict=True):
            west, south, east, north = geometry.bounds
            simple = shapely.simplify(geometry, OUTLINE_TOLERANCE * max(east - west, north - south))
            features.append(
                {"type": "Feature", "properties": {"group": id_, "name": name}, "geometry": mapping(simple)}
            )
    return {"type": "FeatureCollection", "features": features}


def _border_km(inputs: Inputs) -> float:
    """Return the length of the border as cells follow it: bends smaller than a cell are left out."""
    smooth = tuple(shapely.simplify(each, inputs.native.dx) for each in inputs.boundary.geometries)
    return geodesic_length_km(replace(inputs.boundary, geometries=smooth))


def _cell_km2(inputs: Inputs) -> float:
    """Return the area of a cell in the middle of the area of interest."""
    piece = inputs.area.pieces[0]
    return float(cell_areas_km2(piece.part(Tile(0, piece.height // 2, piece.width // 2, 1, 1))).mean())


def _cell_size(inputs: Inputs) -> str:
    """Return the size of a cell in words."""
    grid = inputs.native
    if "4326" in grid.crs or grid.dx < 1:
        return f"{grid.dx * 111_320:.0f} m at the equator ({grid.dx:.6g} degrees)"
    return f"{grid.dx:.0f} m"
