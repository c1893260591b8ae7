"""Kept layers become cloud-optimised GeoTIFFs, tile by tile from the scratch folder."""

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from landbalance.core.types import Array
from landbalance.core.vocab import NODATA
from landbalance.engine.area import Area
from landbalance.engine.plan import Output, names_of, take
from landbalance.engine.scratch import Scratch
from landbalance.engine.tiles import blank
from landbalance.grid.grid import Tile
from landbalance.io.files import sha256
from landbalance.io.geotiff import TiledWriter
from landbalance.io.objects import fetch_object, put_object

MISSING = {"int8": float(NODATA), "int16": -32768.0, "float32": float(np.nan)}


@dataclass(frozen=True)
class RasterTask:
    """A layer to write: its metadata, and the checksum of each of its tiles that has data."""

    output: Output
    tags: Mapping[str, str]
    checksums: Mapping[int, int]


@dataclass(frozen=True)
class Written:
    """A layer that is written: its files, each with its checksum."""

    output: Output
    files: tuple[tuple[Path, str], ...]


@dataclass(frozen=True)
class RasterWriter:
    """Writes layers from a scratch folder into a folder of maps."""

    area: Area
    scratch: Scratch
    folder: Path

    def write(self, task: RasterTask, _is_stopped: Callable[[], bool]) -> Written:
        """Write one layer; where the scratch folder is in object storage, the files go there, to be fetched."""
        name = layer_of(task.output)
        for place, checksum in task.checksums.items():
            self.scratch.note(place, {name: checksum})
        if isinstance(self.scratch.folder, Path):
            paths = write_raster(task.output, self.area, self.scratch, self.folder, task.tags)
            return Written(task.output, tuple((path, sha256(path)) for path in paths))
        with tempfile.TemporaryDirectory() as here:
            paths = write_raster(task.output, self.area, self.scratch, Path(here), task.tags)
            for path in paths:
                put_object(self._address(path.name), path.read_bytes())
            return Written(task.output, tuple((self.folder / path.name, sha256(path)) for path in paths))

    def fetch(self, written: Written) -> None:
        """Bring the files of a layer into the folder of maps, where they are not there yet."""
        if not isinstance(self.scratch.folder, Path):
            for path, digest in written.files:
                fetch_object(self._address(path.name), path, digest)

    def _address(self, name: str) -> str:
        """Return where a file waits to be fetched."""
        return f"{self.scratch.folder}/maps/{name}"


def layer_of(output: Output) -> str:
    """Return the name of the layer that an output is, or is a row of."""
    return next(iter(names_of(output.layer)))


def write_raster(output: Output, area: Area, scratch: Scratch, folder: Path, tags: Mapping[str, str]) -> list[Path]:
    """Write one kept layer, in as many files as the area has pieces, and return their paths.

    Raises
    ------
    InputError
        If the disk is full, or what was written does not read back.
    """
    suffixes = ("",) if len(area.pieces) == 1 else ("_e", "_w")
    paths = []
    for piece, (grid, suffix) in enumerate(zip(area.pieces, suffixes, strict=True)):
        writer = TiledWriter(folder / f"{output.key}{suffix}.tif", grid, output.dtype, MISSING[output.dtype])
        try:
            for place, tile in enumerate(scratch.tiles):
                if tile.piece == piece:
                    writer.write(tile, kept_tile(output, scratch, place, tile))
            paths.append(writer.finish(tags=tags, band_names=(output.title,)))
        finally:
            writer.discard()
    return paths


def kept_tile(output: Output, scratch: Scratch, place: int, tile: Tile) -> Array:
    """Return one tile of a kept layer as (y, x), all no data where the tile has no cell of the area."""
    name = layer_of(output)
    whole = scratch.read(name, place)
    if whole is None:
        return blank(np.dtype(output.dtype), (tile.height, tile.width))
    return take(output.layer, {name: whole}).astype(output.dtype, copy=False).reshape(tile.height, tile.width)
