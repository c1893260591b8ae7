"""What a recode polygon would change, counted on the maps of a finished run before anybody accepts it."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from landbalance.core.errors import InputError
from landbalance.core.layers import Layer, Slice
from landbalance.core.types import StatusGrid
from landbalance.core.vocab import NODATA, Status
from landbalance.engine.runs import Run
from landbalance.engine.zone_count import MOST_CELLS
from landbalance.grid.areas import cell_areas_km2
from landbalance.grid.grid import Grid, Tile
from landbalance.grid.pieces import snap
from landbalance.indicators.land_condition import land_condition_status
from landbalance.indicators.recode import RecodePolygon, recode, recode_code
from landbalance.io.raster import RasterReader
from landbalance.io.vector import Polygons, burn
from landbalance.reporting.condition_figures import STATUS_OF

STRIP = 1 << 21  # cells at a time
LOOKUP = {-1: 0, 0: 1, 1: 2}  # codes of a status map, moved so that none is negative


@dataclass(frozen=True)
class Effect:
    """What changes in one period.

    Parameters
    ----------
    period : str
        Its name.
    moves : mapping of (Status, Status) to float
        Area that goes from one class to another in the period's assessment [km2]; only pairs that differ.
    untouched_km2 : float
        Area under the polygon whose class stays, unknown cells included [km2].
    degraded_km2 : float
        Change of degraded land in the indicator: of the assessment for the baseline, else of the status [km2].
    """

    period: str
    moves: dict[tuple[Status, Status], float]
    untouched_km2: float
    degraded_km2: float


def recode_effect(run: Run, feature: RecodePolygon, polygons: Polygons) -> list[Effect]:
    """Return what a recode would change, period by period.

    Cells whose centre lies inside are recoded, as in an assessment. The maps of the run are taken as they are, with
    the recodes accepted before it.

    Parameters
    ----------
    run : Run
        A finished run.
    feature : RecodePolygon
        What the classes become, and in which periods.
    polygons : Polygons
        Where.

    Raises
    ------
    NotFoundError
        If the run lacks the map of a period.
    InputError
        If there are too many cells under the polygon to count them while somebody waits.
    """
    names = [str(row["name"]) for row in run.manifest.periods]
    effects = []
    for name in names:
        sums = _Sums()
        for number in range(len(run.raster(f"sdg.{name}"))):
            for strip, inside in _strips(run, name, number, polygons):
                now, before = _status(run, name, number, strip), _status(run, names[0], number, strip)
                code = np.where(inside, np.int16(recode_code(feature)), np.int16(0))
                new = recode(now, code, applies=name in feature.periods)
                base = recode(before, code, applies=names[0] in feature.periods)
                pair = (now, new) if name == names[0] else (_joined(before, now), _joined(base, new))
                sums.add(now, new, pair, inside * cell_areas_km2(strip))
        if name in feature.periods or sums.degraded:
            effects.append(Effect(name, dict(sums.moves), sums.untouched, sums.degraded))
    return effects


class _Sums:
    """Running sums of one period."""

    def __init__(self) -> None:
        self.moves: dict[tuple[Status, Status], float] = defaultdict(float)
        self.untouched = 0.0
        self.degraded = 0.0

    def add(
        self, old: StatusGrid, new: StatusGrid, pair: tuple[StatusGrid, StatusGrid], areas: NDArray[np.float64]
    ) -> None:
        """Add the cells of a strip."""
        self.untouched += float(areas[old == new].sum())
        changed = (old != new) & (areas > 0)
        for first, last in {(int(a), int(b)) for a, b in zip(old[changed], new[changed], strict=True)}:
            here = (old == first) & (new == last)
            self.moves[Status(first), Status(last)] += float(areas[here].sum())
        before, after = (each == Status.DEGRADED for each in pair)
        self.degraded += float(areas[after].sum() - areas[before].sum())


def _joined(baseline: StatusGrid, period: StatusGrid) -> StatusGrid:
    """Return the status of a period against the baseline, in three classes."""
    condition = land_condition_status(baseline, period)
    out = np.full(condition.shape, NODATA, dtype=np.int8)
    for code, status in STATUS_OF.items():
        out[condition == code] = status
    return out


def _strips(run: Run, period: str, number: int, polygons: Polygons) -> Iterator[tuple[Grid, NDArray[np.bool_]]]:
    """Yield the strips of a map that the polygon meets, and which cells it holds."""
    grid = _reader(run, period, number).grid
    shape = polygons.to(grid.crs).geometries[0]
    window = snap(shape.bounds, grid)
    if window is None:
        return
    if window.width * window.height > MOST_CELLS:
        raise InputError(
            "the area spans {cells:,} cells", cells=window.width * window.height, hint="draw it in smaller parts"
        )
    rows = max(1, STRIP // window.width)
    for row in range(0, window.height, rows):
        strip = window.part(Tile(0, row, 0, min(rows, window.height - row), window.width))
        yield strip, burn(polygons, strip) > 0


def _status(run: Run, period: str, number: int, grid: Grid) -> StatusGrid:
    """Return the assessment of a period on a part of its grid."""
    reader = _reader(run, period, number)
    codes = reader.codes(reader.layer.slices, grid, LOOKUP)[0]
    return np.where(codes >= 0, codes - np.int8(1), np.int8(NODATA)).astype(np.int8)


def _reader(run: Run, period: str, number: int) -> RasterReader:
    """Return a reader of the assessment of a period."""
    return RasterReader(Layer("map", "class", "class", (Slice(str(run.raster(f"sdg.{period}")[number]), 1),)))
