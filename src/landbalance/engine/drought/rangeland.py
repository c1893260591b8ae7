"""Rangelands of a workspace: extent under each definition, forage by district and year, herds against it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from landbalance.core.errors import InputError
from landbalance.core.layers import Slice
from landbalance.core.progress import NoProgress, Progress
from landbalance.core.remarks import Remark
from landbalance.core.tables import toml_table
from landbalance.core.vocab import LandCover
from landbalance.core.workspace import Workspace
from landbalance.engine.drought.climate import layer_of, read_series
from landbalance.engine.drought.ground import boundary_of, districts_of, places, unccd_classes
from landbalance.grid.areas import cell_areas_km2
from landbalance.grid.grid import Grid, Tile
from landbalance.grid.pieces import analysis_grids
from landbalance.indicators.drought.districts import district_series
from landbalance.indicators.rangeland.extent import Definition, definitions, rangeland_mask
from landbalance.indicators.rangeland.forage import Capacity, access_share, capacity_range, forage_from_rain
from landbalance.indicators.rangeland.stocking import livestock_units, pressure_class
from landbalance.io.drought_tables import read_herds
from landbalance.io.geotiff import TiledWriter
from landbalance.io.raster import RasterReader
from landbalance.io.vector import Polygons, burn
from landbalance.kernels.gather_cells import add_by_cell

HERDS = "data/livestock.csv"
LOST_TO = (LandCover.CROPLAND, LandCover.TREE_COVERED, LandCover.ARTIFICIAL, LandCover.WATER)
STRIP = 1 << 20
YEAR_DAYS = 365.0
NONE, UNKNOWN = 0, -128
Float = NDArray[np.float64]


@dataclass(frozen=True)
class Extent:
    """Rangeland under one definition, by district [km2], in the first and the last land cover.

    `lost` is what of the first became each of other classes; `reserved` the part of the last inside pastoral routes and
    reserves, None without such a layer.
    """

    definition: Definition
    first: Float
    last: Float
    lost: Mapping[LandCover, float]
    reserved: float | None


@dataclass(frozen=True)
class Extents:
    """All definitions, the land they are a share of, and the map that was written."""

    years: tuple[int, int]
    districts: tuple[str, ...]
    land_km2: float
    all: tuple[Extent, ...]
    map: Path | None
    has_codes: bool


@dataclass(frozen=True)
class Forage:
    """Forage within reach by year and district [kg of dry matter], at the middle of the rain-use curve.

    `allowable` is the share that may be eaten, by district.
    """

    years: tuple[int, ...]
    districts: tuple[str, ...]
    area_km2: Float
    yearly_kg: Float
    allowable: tuple[Mapping[str, float], ...]
    rain_mm: Float
    flags: tuple[str, ...]


@dataclass(frozen=True)
class Stocking:
    """Herds of a district against its forage."""

    district: str
    units: float
    capacity: Capacity
    pressure: float
    pressure_dry: float
    pressure_class: str


def rangeland_extent(workspace: Workspace, out: Path | None, *, progress: Progress | None = None) -> Extents:
    """Return rangeland under each definition, and write the map of the last land cover.

    Raises
    ------
    NotFoundError, InputError
        If there is no land cover or no boundary.
    """
    cover = layer_of(workspace, "land_cover")
    slices = sorted((piece for piece in cover.slices if piece.year), key=lambda piece: piece.year or 0)
    if not slices:
        raise InputError("the land cover has no year", hint="name its years in landbalance.toml")
    districts, listed = districts_of(workspace), definitions()
    reserve = workspace.layer("pastoral_reserve")
    pieces = country_grids(workspace, RasterReader(cover).grid)
    sums = np.zeros((len(listed), 2, len(districts.names) + 1))
    lost, kept, land = np.zeros((len(listed), 8)), np.zeros(len(listed)), 0.0
    writer = TiledWriter(out, pieces[0], "int8", UNKNOWN) if out and len(pieces) == 1 else None
    progress = progress or NoProgress()
    progress.start(sum(piece.height for piece in pieces), "rangeland")
    for piece in pieces:
        for tile in strips_of(piece):
            grid = piece.part(tile)
            zones = zones_of(workspace, districts, grid)
            area = np.broadcast_to(cell_areas_km2(grid), grid.shape)
            before, after = (masks_of(workspace, each, grid, listed) for each in (slices[0], slices[-1]))
            dry = (zones >= 0) & (after[1] != LandCover.WATER)
            land += float(area[dry].sum())
            for place in range(len(listed)):
                for end, masks in enumerate((before[0], after[0])):
                    where = masks[place] & (zones >= 0)
                    sums[place, end] += np.bincount(zones[where], area[where], minlength=sums.shape[2])
                gone = before[0][place] & ~after[0][place] & (zones >= 0) & (after[1] >= 0)
                lost[place] += np.bincount(after[1][gone], area[gone], minlength=8)
                if reserve is not None:
                    held = RasterReader(reserve).integers(reserve.slices[:1], grid)[0] > 0
                    kept[place] += float(area[after[0][place] & held & (zones >= 0)].sum())
            if writer is not None:
                writer.write(tile, np.where(zones >= 0, _strictness(after[0]), UNKNOWN))
            progress.advance(tile.height)
    progress.finish()
    if writer is not None:
        names = ", ".join(f"{place} {each.id}" for place, each in enumerate(listed, 1))
        writer.finish(tags={"TIFFTAG_IMAGEDESCRIPTION": f"Rangeland: 0 none, {names} (the first that counts it)"})
    found = tuple(
        Extent(
            each, sums[place, 0], sums[place, 1], {code: float(lost[place, code]) for code in LOST_TO},
            float(kept[place]) if reserve is not None else None,
        )
        for place, each in enumerate(listed)
    )  # fmt: skip
    years = slices[0].year or 0, slices[-1].year or 0
    return Extents(years, districts.names, land, found, out if writer else None, _has_codes(workspace))


def forage(workspace: Workspace, *, definition: str = "default", progress: Progress | None = None) -> Forage:
    """Return forage within reach, by year and district, from rain.

    Raises
    ------
    NotFoundError, InputError
        If rain or land cover is missing.
    """
    rules = toml_table("rangeland")["forage"]
    rain = read_series(workspace, "rain_monthly", step="month")
    first, last = rain.steps.years
    whole = [year for year in range(first, last + 1) if 0 <= rain.steps.row(year, 0) <= rain.steps.rows - 12]
    cells = rain.grid.width * rain.grid.height
    yearly = np.stack(
        [rain.values[(row := rain.steps.row(year, 0)) : row + 12].sum(axis=0).reshape(cells) for year in whole]
    ).astype(np.float64)
    area = rangeland_area(workspace, rain.grid, definition, progress or NoProgress())
    flags: list[str] = []
    share = _access(workspace, rain.grid, flags)
    kg_ha = forage_from_rain(yearly, rain_use=rules["rain_use"]["middle"], floor_mm=rules["rain_floor_mm"]) * share
    known = np.isfinite(kg_ha)
    districts = districts_of(workspace).names
    weight = area[1:]
    kg = np.where(known, kg_ha, 0.0) @ (weight.T * 100.0)
    kg[(known @ weight.T) <= 0] = np.nan
    aridity = aridity_of(workspace, rain.grid)
    allowable = []
    for row in weight:
        index = float(np.nansum(aridity * row) / row.sum()) if row.sum() > 0 else np.nan
        allowable.append(rules["allowable_arid" if not index > rules["arid_limit"] else "allowable_moist"])
    if workspace.is_invented:
        flags.append(Remark("rain, herds and forage here are invented"))
    flags.append(Remark("rain-use curve and allowable use are unverified defaults: {tag}", tag=rules["tag"]))
    return Forage(
        tuple(whole), districts, weight.sum(axis=1), kg, tuple(allowable), district_series(yearly, weight).mean,
        tuple(flags),
    )  # fmt: skip


def capacity_of(found: Forage, place: int, *, days: float) -> Capacity:
    """Return what the rangeland of one district carries."""
    rules = toml_table("rangeland")["forage"]
    return capacity_range(
        found.yearly_kg[:, place], allowable=dict(found.allowable[place]), rain_use=dict(rules["rain_use"]), days=days,
        intake_kg_day=rules["intake_kg_day"],
    )  # fmt: skip


def stocking(workspace: Workspace, found: Forage, table: Path | None) -> list[Stocking]:
    """Return herds against forage for each district of the livestock table.

    Raises
    ------
    NotFoundError, InputError
        If the table is missing or names a district the workspace does not have.
    """
    herds = read_herds(table or Path(workspace.path) / HERDS)
    rows = []
    for name, heads in herds.items():
        if name not in found.districts:
            raise InputError(
                "the livestock table names a district {name}", name=name,
                hint="districts are {known}", known=", ".join(found.districts),
            )  # fmt: skip
        units = livestock_units(heads)
        capacity = capacity_of(found, found.districts.index(name), days=YEAR_DAYS)
        pressure, dry = (units / each if each > 0 else np.nan for each in (capacity.middle, capacity.dry))
        rows.append(Stocking(name, units, capacity, pressure, dry, pressure_class(pressure)))
    return rows


def rangeland_area(workspace: Workspace, coarse: Grid, definition: str, progress: Progress) -> Float:
    """Return rangeland by district and coarse cell [km2]."""
    cover = layer_of(workspace, "land_cover")
    known = [each.id for each in definitions()]
    if definition not in known:
        raise InputError(
            "there is no definition {name}", name=definition, hint="use one of {known}", known=", ".join(known)
        )
    latest, chosen, districts = latest_cover(workspace), known.index(definition), districts_of(workspace)
    sums = np.zeros((len(districts.names) + 1, coarse.height + 1, coarse.width + 1))
    pieces = country_grids(workspace, RasterReader(cover).grid)
    progress.start(sum(piece.height for piece in pieces), "rangeland")
    for piece in pieces:
        for tile in strips_of(piece):
            grid = piece.part(tile)
            zones = zones_of(workspace, districts, grid)
            mask = masks_of(workspace, latest, grid, definitions())[0][chosen]
            rows, columns = places(grid, coarse)
            area = np.where(mask, np.broadcast_to(cell_areas_km2(grid), grid.shape), 0.0)
            add_by_cell(area, zones.astype(np.int32), rows, columns, sums)
            progress.advance(tile.height)
    progress.finish()
    return np.asarray(sums[:, :-1, :-1].reshape(len(sums), -1))


def masks_of(
    workspace: Workspace, piece: Slice, grid: Grid, listed: tuple[Definition, ...]
) -> tuple[list[NDArray[np.bool_]], NDArray[np.int8]]:
    """Return the mask of each definition, and the UNCCD classes."""
    cover = layer_of(workspace, "land_cover")
    classes = unccd_classes(workspace, cover, piece, grid)
    has_codes = _has_codes(workspace)
    codes = RasterReader(cover).integers((piece,), grid)[0] if has_codes else classes
    layer = workspace.layer("aridity")
    aridity = RasterReader(layer).values(layer.slices[:1], grid)[0] if layer else None
    return [rangeland_mask(codes, classes, aridity, each, has_codes=has_codes) for each in listed], classes


def _strictness(masks: list[NDArray[np.bool_]]) -> NDArray[np.int8]:
    """Return the number of the first definition that counts each cell, 0 where none does."""
    out = np.zeros(masks[0].shape, dtype=np.int8)
    for number in range(len(masks), 0, -1):
        out[masks[number - 1]] = number
    return out


def _access(workspace: Workspace, grid: Grid, flags: list[str]) -> Float | float:
    """Return the share of forage within reach of each cell."""
    found = {}
    for role in ("water_distance", "slope_percent"):
        layer = workspace.layer(role)
        found[role] = RasterReader(layer).values(layer.slices[:1], grid)[0].reshape(-1) if layer else None
        if layer is None:
            flags.append(Remark("no layer {role}: all forage counts as within reach of it", role=role))
    return access_share(found["water_distance"], found["slope_percent"])


def aridity_of(workspace: Workspace, grid: Grid) -> Float:
    """Return the aridity index of each cell; NaN where unknown."""
    layer = workspace.layer("aridity")
    if layer is None:
        return np.full(grid.width * grid.height, np.nan)
    return np.asarray(RasterReader(layer).counts(layer.slices[:1], grid)[0].reshape(-1))


def zones_of(workspace: Workspace, districts: Polygons, grid: Grid) -> NDArray[np.int64]:
    """Return the district of each cell, 0 in none, -1 outside the country."""
    inside = burn(boundary_of(workspace), grid) > 0
    return np.where(inside, burn(districts, grid), -1).astype(np.int64)


def country_grids(workspace: Workspace, native: Grid) -> tuple[Grid, ...]:
    """Return the grids of the country."""
    boundary = boundary_of(workspace).to(native.crs)
    return analysis_grids(shapely.union_all(list(boundary.geometries)), native)


def strips_of(piece: Grid) -> list[Tile]:
    """Return strips of rows."""
    rows = max(1, STRIP // piece.width)
    return [Tile(0, row, 0, min(rows, piece.height - row), piece.width) for row in range(0, piece.height, rows)]


def latest_cover(workspace: Workspace) -> Slice:
    """Return the last land cover."""
    return max(layer_of(workspace, "land_cover").slices, key=lambda piece: piece.year or 0)


def _has_codes(workspace: Workspace) -> bool:
    """Return whether the land cover has the codes that the definitions are written in."""
    return layer_of(workspace, "land_cover").legend == "esa_cci"
