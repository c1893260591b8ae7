"""Reading the sources of a plan, tile by tile."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

import numpy as np

from landbalance.core.errors import RuleError
from landbalance.core.layers import Layer, Slice
from landbalance.core.types import Array
from landbalance.core.vocab import NODATA
from landbalance.engine.area import Area
from landbalance.engine.plan import Source
from landbalance.grid.areas import cell_areas_km2
from landbalance.grid.grid import Grid, Tile
from landbalance.io.raster import RasterReader
from landbalance.io.vector import Polygons, burn


class TileReader:
    """Reads any source of a plan for any tile; safe to share between threads.

    Parameters
    ----------
    sources : iterable of Source
        What may be asked for.
    area : Area
        The grids.
    polygons : mapping of str to Polygons
        Zone polygons in the CRS of the grids, by source name.
    """

    def __init__(self, sources: Iterable[Source], area: Area, polygons: Mapping[str, Polygons]) -> None:
        self._sources = {source.name: source for source in sources}
        self._area = area
        self._polygons = polygons
        layers = {_key(source.layer): source.layer for source in self._sources.values() if source.layer}
        self._readers = {key: RasterReader(layer) for key, layer in layers.items()}

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (tuple(self._sources.values()), self._area, self._polygons)

    def read(self, name: str, tile: Tile) -> Array:
        """Return one source on one tile: (cell,) flattened, or (slice, cell) for a series."""
        source, grid = self._sources[name], self._area.part(tile)
        array = self._read(source, grid, tile)
        if source.is_series:
            return array.reshape(array.shape[0], -1)
        return array.reshape(-1)

    def _read(self, source: Source, grid: Grid, tile: Tile) -> Array:
        """Return the source on the grid of the tile, with or without a first axis."""
        if source.reading == "constant":
            return np.full(grid.shape, source.fill, dtype=source.dtype)
        if source.reading == "zones":
            return _zones(burn(self._polygons[source.name], grid), source)
        if source.layer is None:
            raise RuleError("source {name} has no layer", name=source.name, hint="register one")
        reader = self._readers[_key(source.layer)]
        array: Array = _READINGS[source.reading](reader, source, grid)
        return array if source.is_series else np.asarray(array[0])


def _key(layer: Layer) -> tuple[str, str]:
    """Return what tells one opened layer from another."""
    return layer.role, layer.slices[0].path


def _zones(numbers: Array, source: Source) -> Array:
    """Return polygon numbers, or what the source's lookup makes of them."""
    if not source.lookup:
        return numbers
    table = np.zeros(int(numbers.max(initial=0)) + 1, dtype=source.dtype)
    for number, value in source.lookup.items():
        if number < table.size:
            table[number] = value
    return table[numbers]


def _density(reader: RasterReader, source: Source, grid: Grid) -> Array:
    """Return persons per cell from persons per km2."""
    return np.asarray(reader.values(source.slices, grid) * cell_areas_km2(grid), dtype=np.float64)


def _run_raster(reader: RasterReader, source: Source, grid: Grid) -> Array:
    """Return a raster that an earlier run wrote: class codes keep their int8, values their float32."""
    if source.dtype == "float32":
        return reader.values(source.slices, grid)
    stored = reader.stored(source.slices, grid)
    known = stored != np.iinfo(stored.dtype).min
    return np.where(known, stored, NODATA).astype(np.int8)


_READINGS: dict[str, Any] = {
    "stored": lambda reader, source, grid: reader.stored(source.slices, grid),
    "values": lambda reader, source, grid: reader.values(source.slices, grid),
    "codes": lambda reader, source, grid: reader.codes(source.slices, grid, source.lookup),
    "integers": lambda reader, source, grid: reader.integers(source.slices, grid),
    "counts": lambda reader, source, grid: reader.counts(source.slices, grid),
    "reasons": lambda reader, source, grid: reader.reasons(source.slices, grid),
    "density": _density,
    "run": _run_raster,
}


def run_source(name: str, path: str, dtype: str, fingerprint: str) -> Source:
    """Return the source that reads a raster of an earlier run."""
    layer = Layer(
        role="run:" + name,
        quantity="class" if dtype == "int8" else "value",
        kind="class",
        slices=(Slice(path, 1),),
        align="nearest",
    )
    return Source(name, "run", fingerprint, layer, layer.slices, path=path, dtype=dtype)


constant = partial(Source, reading="constant", fingerprint="constant")
