"""Tiles of a class raster for a map in the browser: web Mercator, paletted PNG, colours with patterns."""

import io
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray
from PIL import Image

from landbalance.core.errors import InputError
from landbalance.core.vocab import NODATA
from landbalance.io.geotiff_bands import GDAL_ERRORS
from landbalance.io.map_images import PATTERN_SIZE, ink, pattern, rgb
from landbalance.reporting.maps import LegendEntry

SIDE = 256
PERIOD = 2 * PATTERN_SIZE
DEEPEST = 24
OPEN_FILES = 32  # kept open per thread
CODES = 256  # of an int8 raster
_LOCAL = threading.local()
_LOADING = threading.Lock()


@dataclass(frozen=True)
class Inks:
    """How classes are drawn: a palette, the place in it of each code from -128, and the codes with a pattern."""

    palette: tuple[int, ...]
    plain: bytes
    patterned: tuple[tuple[int, str], ...]


@cache
def inks_of(entries: tuple[LegendEntry, ...], *, patterns: bool = True) -> Inks:
    """Return the inks of a legend; place 0 is clear, and each class has a plain ink and one for its pattern."""
    palette, plain, patterned = [255, 255, 255], np.zeros(CODES, dtype=np.uint8), []
    for number, entry in enumerate(entries):
        colour = rgb(entry.colour)
        plain[entry.code + 128] = 1 + 2 * number
        if entry.pattern and patterns:
            patterned.append((1 + 2 * number, entry.pattern))
        palette += [0] * (3 * (1 + 2 * number) - len(palette))
        palette += [*colour, *ink(colour)]
    return Inks(tuple(palette), plain.tobytes(), tuple(patterned))


def tile_png(paths: Sequence[Path], inside: Sequence[Path], inks: Inks, place: tuple[int, int, int]) -> bytes:
    """Return one tile of a class raster as PNG; clear outside the country.

    Parameters
    ----------
    paths : sequence of Path
        Cloud-optimised GeoTIFFs of this program, one a piece of the area.
    inside : sequence of Path
        Rasters with a value wherever the country is: unknown cells there are drawn, if the legend has an ink for them.
    inks : Inks
        Colours and patterns.
    place : tuple of int
        Zoom, column and row, as web maps count them.

    Raises
    ------
    InputError
        If there is no such tile, or a file cannot be read.
    """
    codes = tile_codes(paths, place)
    is_outside = codes == NODATA
    if inks.plain[0] and is_outside.any():  # an ink for unknown cells
        is_outside &= tile_codes(inside, place) == NODATA
    return drawn_tile(codes, is_outside, inks, place)


def drawn_tile(
    codes: NDArray[np.int16], is_outside: NDArray[np.bool_], inks: Inks, place: tuple[int, int, int]
) -> bytes:
    """Return a tile of class codes from -128 to 127 as PNG; clear outside."""
    if is_outside.all():
        return clear_tile()
    _, x, y = place
    indices = np.frombuffer(inks.plain, dtype=np.uint8)[codes + 128]
    indices[is_outside] = 0
    offset = (y * SIDE) % PERIOD, (x * SIDE) % PERIOD  # patterns run on from tile to tile
    for index, name in inks.patterned:
        indices[(indices == index) & _pattern(name, *offset)] = index + 1
    return _png(indices, inks.palette)


@cache
def clear_tile() -> bytes:
    """Return a tile with nothing on it."""
    return _png(np.zeros((SIDE, SIDE), dtype=np.uint8), (255, 255, 255))


def tile_codes(paths: Sequence[Path], place: tuple[int, int, int], *, band: int = 1) -> NDArray[np.int16]:
    """Return the codes of a tile from all pieces of the area; NODATA where no piece reaches.

    Raises
    ------
    InputError
        If there is no such tile, or a file cannot be read.
    """
    z, x, y = place
    if not (0 <= z <= DEEPEST and 0 <= x < 2**z and 0 <= y < 2**z):
        raise InputError("there is no tile {z}/{x}/{y}", z=z, x=x, y=y, hint="zoom runs from 0 to 24")
    codes = np.full((SIDE, SIDE), NODATA, dtype=np.int16)
    for path in paths:
        found = _read(path, place, band)
        if found is not None:
            known = found != NODATA
            codes[known] = found[known]
    return codes


def _read(path: Path, place: tuple[int, int, int], band: int) -> NDArray[np.int16] | None:
    """Return the codes of a tile; None where the raster does not reach."""
    with _LOADING:  # it imports itself in a circle: two threads that meet in it would each find half of it
        from rio_tiler.errors import TileOutsideBounds
        from rio_tiler.io import Reader

    z, x, y = place
    try:
        data = _opened(path)
        with Reader(input=str(path), dataset=data) as reader:
            image = reader.tile(
                x, y, z, indexes=band, tilesize=SIDE, resampling_method="nearest", reproject_method="nearest"
            )
    except TileOutsideBounds:
        return None
    except GDAL_ERRORS as error:
        raise InputError("{path} cannot be read", path=path.name, hint="run the assessment again") from error
    filled = image.array[0].filled(NODATA)
    return np.asarray(filled, dtype=np.int16)


def _opened(path: Path) -> Any:
    """Return an open file of this thread, opened with one driver alone, so that no file can point at another."""
    files: OrderedDict[tuple[str, int], Any] = _LOCAL.__dict__.setdefault("files", OrderedDict())
    key = str(path), path.stat().st_mtime_ns
    if key in files:
        files.move_to_end(key)
        return files[key]
    files[key] = rasterio.open(path, driver="GTiff")
    if len(files) > OPEN_FILES:
        files.popitem(last=False)[1].close()
    return files[key]


@cache
def _pattern(name: str, down: int, across: int) -> NDArray[np.bool_]:
    """Return a pattern as it falls on a tile."""
    return pattern(name, SIDE + PERIOD, SIDE + PERIOD)[down : down + SIDE, across : across + SIDE]


def _png(indices: NDArray[np.uint8], palette: tuple[int, ...]) -> bytes:
    """Return a paletted PNG whose place 0 is clear."""
    image = Image.fromarray(indices, mode="P")
    image.putpalette(palette)
    buffer = io.BytesIO()
    image.save(buffer, format="PNG", transparency=0, compress_level=2)
    return buffer.getvalue()
