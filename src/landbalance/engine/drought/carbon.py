"""Carbon in the forest of a workspace, its loss by year, and what restoration could bind."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from landbalance.core.errors import InputError
from landbalance.core.layers import Layer
from landbalance.core.progress import NoProgress, Progress
from landbalance.core.workspace import Workspace
from landbalance.engine.drought.climate import layer_of
from landbalance.engine.drought.ground import districts_of
from landbalance.engine.drought.rangeland import country_grids, strips_of, zones_of
from landbalance.grid.areas import cell_areas_km2
from landbalance.grid.grid import Grid
from landbalance.indicators.forest_carbon import (
    CO2_PER_CARBON,
    Growth,
    emissions,
    forest_code,
    restoration_gain,
    total_carbon,
)
from landbalance.io.drought_tables import read_growth
from landbalance.io.raster import RasterReader

GROWTH = "data/restoration_growth.csv"
HECTARES = 100.0
Loss = tuple[float, float, float]


@dataclass(frozen=True)
class ForestCarbon:
    """Forest of two years and its carbon.

    Parameters
    ----------
    forest_ha, carbon_t : float
        Forest of the first year; its carbon as far as biomass is known.
    loss : mapping of int to (float, float, float)
        By year: area [ha], carbon [t C], emission [t CO2].
    unknown_ha : float
        Forest without biomass.
    """

    years: tuple[int, int]
    threshold: float
    forest_ha: float
    carbon_t: float
    loss: Mapping[int, Loss]
    unknown_ha: float


def forest_carbon(
    workspace: Workspace, years: tuple[int, int], threshold: float, *, progress: Progress | None = None
) -> ForestCarbon:
    """Return forest, its carbon and its loss between two years.

    Raises
    ------
    NotFoundError, InputError
        If a layer is missing, or the years do not fit.
    """
    cover, lost, mass = (layer_of(workspace, role) for role in ("tree_cover", "tree_loss_year", "biomass"))
    water = workspace.layer("water_occurrence")
    forest, carbon, unknown = 0.0, 0.0, 0.0
    loss: dict[int, Loss] = {}
    reader = RasterReader(cover)
    districts, progress = districts_of(workspace), progress or NoProgress()
    pieces = country_grids(workspace, reader.grid)
    progress.start(sum(piece.height for piece in pieces), "forest")
    for piece in pieces:
        for tile in strips_of(piece):
            grid = piece.part(tile)
            inside = zones_of(workspace, districts, grid) >= 0
            trees = np.where(inside, reader.values(cover.slices[:1], grid)[0], np.nan)
            year = np.maximum(RasterReader(lost).integers(lost.slices[:1], grid)[0], 0)
            code = forest_code(trees, year, _first(water, grid), threshold=threshold, first=years[0], last=years[1])
            stock = total_carbon(RasterReader(mass).counts(mass.slices[:1], grid)[0])
            hectares = np.broadcast_to(cell_areas_km2(grid), grid.shape) * HECTARES
            was = code >= 0
            forest += float(hectares[was].sum())
            carbon += float(np.nansum(stock[was] * hectares[was]))
            unknown += float(hectares[was & np.isnan(stock)].sum())
            for when, row in emissions(code, stock, hectares).items():
                before = loss.get(when, (0.0, 0.0, 0.0))
                loss[when] = before[0] + row[0], before[1] + row[1], before[2] + row[2]
            progress.advance(tile.height)
    progress.finish()
    return ForestCarbon(years, threshold, forest, carbon, dict(sorted(loss.items())), unknown)


def restoration_potential(
    workspace: Workspace, years: float, table: Path | None, *, progress: Progress | None = None
) -> dict[str, dict[str, float]]:
    """Return what each measure would bind per hectare beyond what stands, by district [t CO2 ha-1].

    Raises
    ------
    NotFoundError, InputError
        If biomass or the growth table is missing, or a district is not known.
    """
    growth: Mapping[str, Mapping[str, Growth]] = read_growth(table or Path(workspace.path) / GROWTH)
    mass, districts = layer_of(workspace, "biomass"), districts_of(workspace)
    for name in growth:
        if name not in districts.names:
            raise InputError(
                "the growth table names a district {name}",
                name=name,
                hint="districts are {known}",
                known=", ".join(districts.names),
            )
    reader, progress = RasterReader(mass), progress or NoProgress()
    sums: dict[str, dict[str, list[float]]] = {}
    pieces = country_grids(workspace, reader.grid)
    progress.start(sum(piece.height for piece in pieces), "restoration")
    for piece in pieces:
        for tile in strips_of(piece):
            grid = piece.part(tile)
            zones = zones_of(workspace, districts, grid)
            standing = reader.counts(mass.slices[:1], grid)[0]
            area = np.broadcast_to(cell_areas_km2(grid), grid.shape) * HECTARES
            for place, name in enumerate(districts.names, 1):
                where = (zones == place) & np.isfinite(standing)
                if name not in growth or not where.any():
                    continue
                for measure, gain in restoration_gain(standing[where], growth[name], years=years).items():
                    whole = sums.setdefault(name, {}).setdefault(measure, [0.0, 0.0])
                    whole[0] += float((gain * area[where]).sum())
                    whole[1] += float(area[where].sum())
            progress.advance(tile.height)
    progress.finish()
    return {name: {each: row[0] / row[1] for each, row in rows.items()} for name, rows in sums.items()}


def co2_of(carbon_t: float) -> float:
    """Return carbon as carbon dioxide [t CO2]."""
    return carbon_t * CO2_PER_CARBON


def _first(layer: Layer | None, grid: Grid) -> np.ndarray | None:
    """Return the first slice of a layer, None without one."""
    return None if layer is None else RasterReader(layer).values(layer.slices[:1], grid)[0]
