"""Count the maps of a finished run again by any polygons, partial cells weighted: land alone, and closed to the map."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from landbalance.core.errors import InputError, RuleError
from landbalance.core.layers import Layer, Slice
from landbalance.core.periods import BASELINE, Period
from landbalance.core.vocab import LandCondition, Status
from landbalance.core.workspace import Workspace
from landbalance.engine.runs import Run
from landbalance.engine.zonal import coverage
from landbalance.grid.areas import cell_areas_km2
from landbalance.grid.grid import Grid, Tile
from landbalance.grid.pieces import snap
from landbalance.io.raster import RasterReader
from landbalance.io.vector import Polygons
from landbalance.reporting.condition_figures import STATUS_OF
from landbalance.reporting.cover_figures import water_classes
from landbalance.reporting.words import STATUS_KEYS

CELLS = 1 << 21  # read at a time
MOST_CELLS = 40_000_000  # that are counted while somebody waits
EXACT = 1e-9  # relative, ruling 11
CLASSES = (Status.DEGRADED, Status.STABLE, Status.IMPROVED, Status.NODATA)
Areas = dict[Status, float]


@dataclass(frozen=True)
class Maps:
    """The maps one period is counted from: status (codes of `lookup`), gaps, and the first land cover."""

    status: RasterReader
    lookup: Mapping[int, int]
    gaps: RasterReader
    cover: RasterReader | None
    water: tuple[int, ...]

    def classes(self, grid: Grid) -> NDArray[np.int16]:
        """Return the status of land, shape (y, x): `Status.NODATA` without a result, 1 + IMPROVED where no land is."""
        out = _codes(self.status, grid, self.lookup).astype(np.int16)
        inside = _codes(self.gaps, grid, dict.fromkeys(range(8), 1)) >= 0
        if self.cover is not None and self.water:
            inside &= _codes(self.cover, grid, dict.fromkeys(self.water, 1)) != 1
        out[~inside] = Status.IMPROVED + 1
        return out


def count_by_polygons(run: Run, workspace: Workspace, period: Period, polygons: Polygons) -> list[Areas]:
    """Return the areas of land by status [km2] in every polygon, and last in what lies outside all of them.

    Parameters
    ----------
    run, workspace : Run, Workspace
        The finished run and where it belongs.
    period : Period
        Its period assessment for the baseline, else its status against the baseline.
    polygons : Polygons
        In any reference system; they may overlap.

    Raises
    ------
    NotFoundError
        If the run lacks a map.
    RuleError
        If polygons that do not overlap, and what lies outside them, do not sum to the map.
    """
    parts = [dict.fromkeys(CLASSES, 0.0) for _ in range(len(polygons.geometries) + 1)]
    whole = dict.fromkeys(CLASSES, 0.0)
    for maps in _maps(run, workspace, period):
        grid = maps.status.grid
        placed = polygons.to(grid.crs).geometries
        frame = shapely.box(*grid.bounds)
        rest = shapely.difference(frame, shapely.union_all(list(placed)))
        for areas, shape in zip((*parts, whole), (*placed, rest, frame), strict=True):
            _add(areas, maps, shape)
    if not polygons_overlap(polygons):
        _check_closes(parts, whole)
    return parts


def count_inside(run: Run, workspace: Workspace, period: Period, polygons: Polygons) -> list[Areas]:
    """Return the areas of land by status [km2] in every polygon, reading no more than lies under them.

    Parameters
    ----------
    run, workspace, period, polygons
        As `count_by_polygons` takes them.

    Raises
    ------
    NotFoundError
        If the run lacks a map.
    InputError
        If there are too many cells under the polygons to count them while somebody waits.
    """
    parts = [dict.fromkeys(CLASSES, 0.0) for _ in polygons.geometries]
    for maps in _maps(run, workspace, period):
        placed = polygons.to(maps.status.grid.crs).geometries
        cells = sum(strip.width * strip.height for shape in placed for strip in _strips(shape, maps.status.grid))
        if cells > MOST_CELLS:
            raise InputError(
                "the area spans {cells:,} cells",
                cells=cells,
                hint="draw a smaller one, or use landbalance summary --by",
            )
        for areas, shape in zip(parts, placed, strict=True):
            _add(areas, maps, shape)
    return parts


def polygons_overlap(polygons: Polygons) -> bool:
    """Return whether polygons share more than their borders; such zones sum to more than the whole."""
    union = shapely.union_all(list(polygons.geometries))
    return bool(sum(shape.area for shape in polygons.geometries) > union.area * (1 + EXACT))


def _maps(run: Run, workspace: Workspace, period: Period) -> Iterator[Maps]:
    """Yield the maps of a period, piece by piece of the area."""
    if period.name == BASELINE:
        key, lookup = f"sdg.{period.name}", {code: code for code in (-1, 0, 1)}
    else:
        key = f"condition.sdg.{period.name}"
        lookup = {int(code): int(STATUS_OF[code]) for code in LandCondition if code != LandCondition.NODATA}
    cover = f"land_cover.{period.land_cover[0]}"
    has_cover = any(kept.key == cover for kept in run.manifest.rasters)
    covers = run.raster(cover) if has_cover else [None] * len(run.raster(key))
    water = water_classes(workspace.legend)
    for status, gaps, first in zip(run.raster(key), run.raster(f"gaps.{period.name}"), covers, strict=True):
        yield Maps(_reader(status), lookup, _reader(gaps), None if first is None else _reader(first), water)


def _reader(path: object) -> RasterReader:
    """Return a reader of one map of a run."""
    return RasterReader(Layer("map", "class", "class", (Slice(str(path), 1),)))


def _codes(reader: RasterReader, grid: Grid, lookup: Mapping[int, int]) -> NDArray[np.int8]:
    """Return the codes of a map on a part of its own grid."""
    return np.asarray(reader.codes(reader.layer.slices, grid, lookup)[0])


def _add(areas: Areas, maps: Maps, shape: BaseGeometry) -> None:
    """Add the land inside a shape to the areas by status."""
    for strip in _strips(shape, maps.status.grid):
        shares = coverage(shape, strip) * cell_areas_km2(strip)
        classes = maps.classes(strip)
        for status in CLASSES:
            areas[status] += float(shares[classes == status].sum())


def _strips(shape: BaseGeometry, grid: Grid) -> Iterator[Grid]:
    """Yield the strips of rows of a grid that a shape meets."""
    window = None if shape.is_empty else snap(shape.bounds, grid)
    if window is None:
        return
    rows = max(1, CELLS // window.width)
    for row in range(0, window.height, rows):
        yield window.part(Tile(0, row, 0, min(rows, window.height - row), window.width))


def _check_closes(parts: Sequence[Areas], whole: Areas) -> None:
    """Refuse zones that, with what lies outside them, do not sum to the map."""
    limit = EXACT * sum(whole.values())
    for status in CLASSES:
        summed = sum(part[status] for part in parts)
        if abs(summed - whole[status]) > max(limit, EXACT):
            raise RuleError(
                "zones and what lies outside them hold {found} km2 {status}, the map holds {whole} km2",
                found=summed,
                status=STATUS_KEYS[status],
                whole=whole[status],
                hint="this is a fault of the program, not of the data: please report it with the run's manifest",
            )
