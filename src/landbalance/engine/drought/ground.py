"""Land and people under each cell of a hazard grid: the fine layers are read once, nothing is resampled or lost."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from landbalance.core.errors import InputError, RuleError
from landbalance.core.layers import Layer, Slice
from landbalance.core.legends import parents
from landbalance.core.progress import NoProgress, Progress
from landbalance.core.vocab import LandCover
from landbalance.core.workspace import Workspace
from landbalance.grid.areas import cell_areas_km2
from landbalance.grid.grid import Grid, Tile
from landbalance.grid.pieces import analysis_grids
from landbalance.grid.warp import is_same_crs
from landbalance.io.raster import RasterReader
from landbalance.io.vector import Polygons, burn, read_polygons
from landbalance.kernels.gather_cells import add_by_cell

STRIP = 1 << 21
PEOPLE = {"total": "population", "female": "population_female", "male": "population_male"}
Sums = NDArray[np.float64]


@dataclass(frozen=True)
class Ground:
    """What lies under the cells of a hazard grid.

    Parameters
    ----------
    grid : Grid
        The hazard grid, with H rows and W columns.
    districts : tuple of str
        Names; district 0 of the sums is land of the country in no district.
    land_km2 : ndarray of float64, shape (district + 1, H * W)
        Land of the country, without water.
    outside_km2 : float
        Land of the country beyond the hazard grid.
    """

    grid: Grid
    districts: tuple[str, ...]
    land_km2: Sums
    outside_km2: float

    @property
    def national_km2(self) -> Sums:
        """Return the land of each cell, shape (H * W,)."""
        return np.asarray(self.land_km2.sum(axis=0))


@dataclass(frozen=True)
class People:
    """People under the cells of a hazard grid, for one year and sex.

    Parameters
    ----------
    persons : ndarray of float64, shape (district + 1, H * W)
    outside : float
        Persons beyond the hazard grid.
    on_water : float
        Persons on cells that are water; they are counted nowhere else.
    """

    persons: Sums
    outside: float
    on_water: float


def read_ground(workspace: Workspace, hazard: Grid, *, progress: Progress | None = None) -> Ground:
    """Return the land under the hazard grid, by district.

    Raises
    ------
    InputError, RuleError
        If there is no boundary, or the grids do not meet.
    """
    boundary, districts = boundary_of(workspace), districts_of(workspace)
    cover = workspace.layer("land_cover")
    native = RasterReader(cover).grid if cover is not None else hazard
    pieces = analysis_grids(shapely.union_all(list(boundary.to(native.crs).geometries)), native)
    sums = np.zeros((len(districts.names) + 1, hazard.height + 1, hazard.width + 1))
    progress = progress or NoProgress()
    progress.start(sum(piece.height for piece in pieces), "land")
    for strip in _strips(pieces):
        inside = burn(boundary, strip) > 0
        if inside.any():
            zones = np.where(inside & ~_water(workspace, cover, strip), burn(districts, strip), -1).astype(np.int32)
            rows, columns = places(strip, hazard)
            add_by_cell(np.broadcast_to(cell_areas_km2(strip), strip.shape).copy(), zones, rows, columns, sums)
        progress.advance(strip.height)
    progress.finish()
    land, outside = _parted(sums)
    if not land.any():
        raise RuleError(
            "the drought grid and the country do not meet", hint="check the boundary and the drought layers"
        )
    return Ground(hazard, districts.names, land, outside)


def read_people(
    workspace: Workspace, layer: Layer, piece: Slice, hazard: Grid, *, progress: Progress | None = None
) -> People:
    """Return the people of one slice under the hazard grid, by district; each cell counts whole where its centre is.

    Raises
    ------
    RuleError
        If the grids do not meet.
    """
    boundary, districts = boundary_of(workspace), districts_of(workspace)
    reader, cover = RasterReader(layer), workspace.layer("land_cover")
    pieces = analysis_grids(shapely.union_all(list(boundary.to(reader.grid.crs).geometries)), reader.grid)
    sums = np.zeros((len(districts.names) + 1, hazard.height + 1, hazard.width + 1))
    wet = np.zeros((1, hazard.height + 1, hazard.width + 1))
    progress = progress or NoProgress()
    progress.start(sum(each.height for each in pieces), layer.title or layer.role)
    for strip in _strips(pieces):
        persons = reader.counts((piece,), strip)[0]
        if layer.quantity == "persons_km2":
            persons = persons * cell_areas_km2(strip)
        inside, water = burn(boundary, strip, rule="all_touched") > 0, _water(workspace, cover, strip)
        zones = np.where(inside & ~water, burn(districts, strip), -1).astype(np.int32)
        rows, columns = places(strip, hazard)
        add_by_cell(persons, zones, rows, columns, sums)
        add_by_cell(persons, np.where(inside & water, 0, -1).astype(np.int32), rows, columns, wet)
        progress.advance(strip.height)
    progress.finish()
    found, outside = _parted(sums)
    if not found.any():
        raise RuleError(
            "the drought grid and {layer} do not meet", layer=layer.role,
            hint="check the extent of both with landbalance data list",
        )  # fmt: skip
    return People(found, outside, float(wet.sum()))


def people_layers(workspace: Workspace) -> dict[str, Layer]:
    """Return the population layers by "total", "female", "male"."""
    found = {sex: workspace.layer(role) for sex, role in PEOPLE.items()}
    return {sex: layer for sex, layer in found.items() if layer is not None}


def nearest_year(years: Sequence[int], wanted: int) -> int:
    """Return the nearest year, the later one of two.

    Examples
    --------
    >>> nearest_year((2018, 2020), 2019)
    2020
    """
    return min(years, key=lambda year: (abs(year - wanted), -year))


def places(fine: Grid, coarse: Grid) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the coarse row and column under the centre of each fine row and column; -1 outside.

    Raises
    ------
    InputError
        If the two have different reference systems.
    """
    if not is_same_crs(fine.crs, coarse.crs):
        raise InputError(
            "the drought layer is in {coarse}, the fine layers are in {fine}", coarse=coarse.crs, fine=fine.crs,
            hint="bring the drought layer to the reference system of the others",
        )  # fmt: skip
    x, y = fine.x_edges(), fine.y_edges()
    columns = np.floor(((x[:-1] + x[1:]) / 2 - coarse.west) / coarse.dx).astype(np.int64)
    rows = np.floor((coarse.north - (y[:-1] + y[1:]) / 2) / coarse.dy).astype(np.int64)
    rows[(rows < 0) | (rows >= coarse.height)] = -1
    columns[(columns < 0) | (columns >= coarse.width)] = -1
    return rows, columns


def boundary_of(workspace: Workspace) -> Polygons:
    """Return the boundary.

    Raises
    ------
    InputError
        If the workspace has none.
    """
    if not workspace.boundary:
        raise InputError(
            "{workspace} has no boundary", workspace=workspace.title,
            hint='give its file in landbalance.toml as boundary = "..." under [workspace]',
        )  # fmt: skip
    return read_polygons(workspace.boundary)


def districts_of(workspace: Workspace) -> Polygons:
    """Return the first registered zones; the whole country as one district where there are none."""
    for source in workspace.zones:
        return read_polygons(source.path, name_field=source.name_field or None, code_field=source.code_field or None)
    whole = boundary_of(workspace)
    union = shapely.union_all(list(whole.geometries))
    return Polygons((union,), (workspace.country_name or workspace.title,), ("",), whole.crs)


def unccd_classes(workspace: Workspace, cover: Layer, piece: Slice, grid: Grid) -> NDArray[np.int8]:
    """Return the UNCCD class of each cell, -128 unknown."""
    lookup: Mapping[int, int] = workspace.nestings[cover.legend]
    positions = RasterReader(cover).codes((piece,), grid, lookup)[0]
    table = np.asarray(parents(workspace.legend), dtype=np.int8)
    return np.asarray(table[np.clip(positions, 0, len(table) - 1)])


def _water(workspace: Workspace, cover: Layer | None, grid: Grid) -> NDArray[np.bool_]:
    """Return which cells are water in the first land cover."""
    if cover is None:
        return np.zeros(grid.shape, dtype=bool)
    first = min(cover.slices, key=lambda piece: piece.year or 0)
    return np.asarray(unccd_classes(workspace, cover, first, grid) == LandCover.WATER)


def _strips(pieces: Sequence[Grid]) -> Iterator[Grid]:
    """Yield strips of rows."""
    for piece in pieces:
        rows = max(1, STRIP // piece.width)
        for row in range(0, piece.height, rows):
            yield piece.part(Tile(0, row, 0, min(rows, piece.height - row), piece.width))


def _parted(sums: Sums) -> tuple[Sums, float]:
    """Return what lies on the hazard grid, cells flattened, and the sum of what lies beyond."""
    inside = sums[:, :-1, :-1]
    return inside.reshape(len(sums), -1).copy(), float(sums.sum() - inside.sum())
