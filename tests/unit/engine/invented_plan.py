"""A small plan over arrays made by code: a series, a reduction over the whole area, classes and tables."""

from collections.abc import Iterable

import numpy as np
import shapely

from landbalance.core.types import Array
from landbalance.engine.area import Area
from landbalance.engine.plan import Group, Output, Plan, Rows, Source, Step, Tally, TallyAxis
from landbalance.engine.rasters import kept_tile
from landbalance.engine.scratch import Scratch
from landbalance.grid.areas import quantum_for
from landbalance.grid.grid import Grid, Tile
from landbalance.indicators.spec import Band, Indicator, Parameter, Reduction
from landbalance.io.vector import Polygons

GRID = Grid("EPSG:4326", 10.0, 20.0, 0.01, 0.01, 37, 29)
BORDER = shapely.Polygon([(10.013, 19.741), (10.352, 19.733), (10.341, 19.993), (10.2, 19.97), (10.021, 19.962)])


def make_area(rule: str = "centre") -> Area:
    """Return an area that leaves some cells of the grid out."""
    return Area((GRID,), Polygons((BORDER,), ("A",), ("a",), "EPSG:4326"), rule, quantum_for(GRID))


def values() -> Array:
    """Return three years of numbers on the grid."""
    return np.random.default_rng(7).integers(0, 100, (3, *GRID.shape)).astype(np.int16)


class ArrayReader:
    """Reads sources from arrays in memory and counts how often."""

    def __init__(self, arrays: dict[str, Array]) -> None:
        self.arrays = arrays
        self.reads: list[str] = []

    def read(self, name: str, tile: Tile) -> Array:
        """Return one source on one tile, flattened."""
        self.reads.append(name)
        block = self.arrays[name][..., tile.row : tile.row + tile.height, tile.col : tile.col + tile.width]
        return block.reshape(*block.shape[:-2], -1)


def mosaic(output: Output, scratch: Scratch) -> Array:
    """Return a kept layer on the whole grid."""
    array = np.full(GRID.shape, -99, dtype=output.dtype)
    for place, tile in enumerate(scratch.tiles):
        rows, cols = slice(tile.row, tile.row + tile.height), slice(tile.col, tile.col + tile.width)
        array[rows, cols] = kept_tile(output, scratch, place, tile)
    return array


def _mean(series: Array) -> Array:
    return series.mean(axis=0).astype(np.float32)


def _above(mean: Array, *, limit: int, share: float) -> Array:
    return np.where(mean > limit * share, 1, -1).astype(np.int8)


def _largest(mean: Array) -> float:
    return float(mean.max())


def _first(series: Array) -> Array:
    return (series % 2).astype(np.int8)


MEAN = Indicator("mean", "Mean", (Band("series", "1"),), Band("mean", "1"), _mean)
ABOVE = Indicator(
    "above",
    "Above a share of the largest mean",
    (Band("mean", "1"),),
    Band("class", "class"),
    _above,
    (Parameter("share", 0.5),),
    reduction=Reduction("limit", ("mean",), _largest, max, lambda whole: whole),
)
ODD = Indicator("odd", "Odd first year", (Band("series", "1"),), Band("odd", "class"), _first)


def make_plan(groups: Iterable[str] = ("nation", "halves")) -> Plan:
    """Return the plan: mean, a class against the largest mean of the area, and whether the first year is odd."""
    names = tuple(groups)
    return Plan(
        sources={
            "series": Source("series", "stored", "series-1", is_series=True, is_heavy=True),
            "halves": Source("halves", "zones", "halves-1"),
        },
        steps=(
            Step(MEAN, {"series": "series"}, ("mean",), {}),
            Step(ABOVE, {"mean": "mean"}, ("class",), {"share": 0.6}),
            Step(ODD, {"series": Rows("series", 0, 1, single=True)}, ("odd",), {}),
        ),
        groups={"nation": Group("nation", "halves", 1), "halves": Group("halves", "halves", 2)},
        tallies=(
            Tally("classes", (TallyAxis("class", "class", (-1, 1)), TallyAxis("odd", "odd", (0, 1))), names),
            Tally("amount", (TallyAxis("class", "class", (-1, 1)),), names, weight="mean", unit="persons"),
        ),
        outputs=(Output("class", "class", "int8", "Class"), Output("mean", "mean", "float32", "Mean")),
    )


def arrays() -> dict[str, Array]:
    """Return the sources of the plan."""
    halves = np.broadcast_to(np.where(np.arange(GRID.width) < 18, 1, 2).astype(np.int32), GRID.shape)
    return {"series": values(), "halves": np.ascontiguousarray(halves)}
