"""What trends say of the rangeland of each district: dry years or lasting loss, bare ground, woody cover."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from landbalance.core.parameters import Settings
from landbalance.core.progress import NoProgress, Progress
from landbalance.core.tables import toml_table
from landbalance.core.workspace import Workspace
from landbalance.engine.drought.climate import layer_of, read_series
from landbalance.engine.drought.ground import districts_of
from landbalance.engine.drought.rangeland import (
    aridity_of,
    country_grids,
    latest_cover,
    masks_of,
    rangeland_area,
    strips_of,
    zones_of,
)
from landbalance.grid.areas import cell_areas_km2
from landbalance.indicators.drought.districts import district_series
from landbalance.indicators.drought.index import drought_index, index_method
from landbalance.indicators.rangeland.condition import (
    Loss,
    Trend,
    encroachment,
    ground_cover_alarm,
    tell_apart,
    trend_of,
)
from landbalance.indicators.rangeland.extent import definitions
from landbalance.io.raster import RasterReader

Float = NDArray[np.float64]


@dataclass(frozen=True)
class Condition:
    """What trends say of the rangeland of a district; None where there is no layer."""

    district: str
    loss: Loss | None
    bare_ground: Trend | None
    bare_share: float | None
    cover_alarm: bool | None
    woody: str | None


def condition(
    workspace: Workspace, settings: Settings, *, definition: str = "default", progress: Progress | None = None
) -> list[Condition]:
    """Return what trends say of the rangeland of each district.

    Raises
    ------
    NotFoundError, InputError
        If land cover is missing or a layer does not fit.
    """
    progress = progress or NoProgress()
    years, series = {}, {}
    for role in ("productivity", "bare_ground", "woody_cover"):
        if workspace.layer(role) is not None:
            years[role], series[role] = _yearly_means(workspace, role, definition, progress)
    climate = _climate(workspace, settings, definition, progress) if "productivity" in series else None
    aridity = _district_aridity(workspace, definition, progress)
    out = []
    for place, name in enumerate(districts_of(workspace).names):
        loss = _loss(climate, years["productivity"], series["productivity"][:, place], place) if climate else None
        bare = series["bare_ground"][:, place] if "bare_ground" in series else None
        share = float(np.nanmean(bare[-3:])) if bare is not None and np.isfinite(bare[-3:]).any() else None
        limit = toml_table("rangeland")["forage"]["arid_limit"]
        alarm = ground_cover_alarm(share, is_arid=not aridity[place] > limit) if share is not None else None
        woody = None
        if {"woody_cover", "productivity"} <= set(series):
            wood, herbs = _common(years, series, place)
            woody = encroachment(wood, herbs)
        out.append(Condition(name, loss, trend_of(bare) if bare is not None else None, share, alarm, woody))
    return out


def _common(years: Mapping[str, tuple[int, ...]], series: Mapping[str, Float], place: int) -> tuple[Float, Float]:
    """Return woody cover and what the rest of the vegetation does, productivity less woody cover, of shared years."""
    shared = [year for year in years["woody_cover"] if year in years["productivity"]]
    wood = np.array([series["woody_cover"][years["woody_cover"].index(year), place] for year in shared])
    green = np.array([series["productivity"][years["productivity"].index(year), place] for year in shared])
    return wood, green * (1.0 - wood)


def _loss(
    climate: tuple[tuple[int, ...], Float, Float], years: tuple[int, ...], productivity: Float, place: int
) -> Loss:
    """Tell dry years from lasting loss in one district."""
    listed, rain, index = climate
    at = [listed.index(year) if year in listed else -1 for year in years]
    depth = np.array([rain[row, place] if row >= 0 else np.nan for row in at])
    dryness = np.array([index[row, place] if row >= 0 else np.nan for row in at])
    return tell_apart(years, productivity, depth, dryness)


def _climate(
    workspace: Workspace, settings: Settings, definition: str, progress: Progress
) -> tuple[tuple[int, ...], Float, Float] | None:
    """Return years, yearly rain and December index of the rangeland of each district; None without rain."""
    if workspace.layer("rain_monthly") is None:
        return None
    rain = read_series(workspace, "rain_monthly", step="month")
    index, _ = drought_index(rain.values, rain.steps, index_method("spi", settings, months=12))
    first, last = rain.steps.years
    years = tuple(year for year in range(first, last + 1) if 11 <= rain.steps.row(year, 11) < rain.steps.rows)
    rows = [rain.steps.row(year, 11) for year in years]
    weight = rangeland_area(workspace, rain.grid, definition, progress)[1:]
    flat = rain.values.reshape(rain.steps.rows, -1)
    depth = np.stack([flat[row - 11 : row + 1].sum(axis=0) for row in rows])
    december = index.reshape(rain.steps.rows, -1)[rows]
    return years, district_series(depth, weight).mean, district_series(december, weight).mean


def _yearly_means(
    workspace: Workspace, role: str, definition: str, progress: Progress
) -> tuple[tuple[int, ...], Float]:
    """Return the mean of a yearly layer over the rangeland of each district, shape (year, district)."""
    layer = layer_of(workspace, role)
    reader, districts = RasterReader(layer), districts_of(workspace)
    slices = [next(piece for piece in layer.slices if piece.year == year) for year in layer.years]
    chosen = next(place for place, each in enumerate(definitions()) if each.id == definition)
    latest = latest_cover(workspace)
    total, weight = (np.zeros((len(slices), len(districts.names) + 1)) for _ in range(2))
    pieces = country_grids(workspace, reader.grid)
    progress.start(sum(piece.height for piece in pieces), layer.title or role)
    for piece in pieces:
        for tile in strips_of(piece):
            grid = piece.part(tile)
            zones = zones_of(workspace, districts, grid)
            where = masks_of(workspace, latest, grid, definitions())[0][chosen] & (zones >= 0)
            if where.any():
                area, zone = np.broadcast_to(cell_areas_km2(grid), grid.shape)[where], zones[where]
                for row, values in enumerate(reader.counts(slices, grid)):
                    known = np.isfinite(values[where])
                    weight[row] += np.bincount(zone[known], area[known], minlength=weight.shape[1])
                    each = values[where][known] * area[known]
                    total[row] += np.bincount(zone[known], each, minlength=weight.shape[1])
            progress.advance(tile.height)
    progress.finish()
    means = np.where(weight > 0, total / np.where(weight > 0, weight, 1.0), np.nan)
    return layer.years, means[:, 1:]


def _district_aridity(workspace: Workspace, definition: str, progress: Progress) -> Float:
    """Return the aridity index of the rangeland of each district."""
    layer = workspace.layer("aridity")
    if layer is None:
        return np.full(len(districts_of(workspace).names), np.nan)
    grid = RasterReader(layer).grid
    weight = rangeland_area(workspace, grid, definition, progress)[1:]
    return np.asarray(district_series(aridity_of(workspace, grid)[None], weight).mean[0])
