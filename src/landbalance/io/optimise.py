"""Analysis copies: a stack written again so that a pixel's series is read at once, where measuring says it pays."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from rasterio.transform import Affine
from rasterio.windows import Window as RasterWindow

from landbalance.core.errors import InputError, RuleError
from landbalance.core.layers import Layer, Slice
from landbalance.core.progress import NoProgress, Progress
from landbalance.core.types import Array
from landbalance.grid.align import Window
from landbalance.grid.grid import Tile
from landbalance.io.bands import Bands, open_bands
from landbalance.io.files import unwritable, whole_file
from landbalance.io.geotiff_bands import GDAL_ERRORS

BLOCK = 256
STRIDE = 1024  # cells along the side of what is read and written at once
SAMPLE = 512  # cells along the side of what is measured
REPEATS = 3
PAYS = 1.3  # times faster that a copy must be read
FORMATS: dict[str, dict[str, Any]] = {
    "pixel": {"interleave": "pixel", "compress": "zstd", "zstd_level": 1, "predictor": 2},
    "lerc": {"interleave": "band", "compress": "lerc", "max_z_error": 0},
}


@dataclass(frozen=True)
class Speed:
    """How fast a stack is read, and how large it is.

    Parameters
    ----------
    megabytes_per_second : float
        Of numbers in memory, for one processor.
    bytes_per_number : float
        On the disk.
    """

    megabytes_per_second: float
    bytes_per_number: float


@dataclass(frozen=True)
class Gain:
    """What an analysis copy of a layer would bring, measured on a window in its middle.

    Parameters
    ----------
    format : str
        The faster of `FORMATS`.
    before, after : Speed
        Of the layer as it is, and of the copy.
    numbers : int
        All numbers of the layer.
    """

    role: str
    format: str
    before: Speed
    after: Speed
    numbers: int

    @property
    def times_faster(self) -> float:
        """Return how many times faster the copy is read."""
        return self.after.megabytes_per_second / self.before.megabytes_per_second

    @property
    def pays(self) -> bool:
        """Return whether a copy is worth its space."""
        return self.times_faster >= PAYS


class Stack:
    """The slices of a layer as they are stored, whatever files they are in.

    Raises
    ------
    InputError
        If its files differ in cells, type or nodata value.
    """

    def __init__(self, layer: Layer) -> None:
        self.layer = layer
        self._files: dict[str, Bands] = {}
        for path in dict.fromkeys(piece.path for piece in layer.slices):
            self._files[path] = open_bands(path, variable=layer.variable, crs=layer.crs)
        first, *others = self._files.values()
        self.grid, self.dtype, self.nodata = first.grid, first.dtype, first.nodata
        if len(first.nodata) > 1 or any(
            (each.grid, each.dtype, each.nodata) != (self.grid, self.dtype, self.nodata) for each in others
        ):
            raise InputError(
                "the files of {role} differ in cells, type or nodata value",
                role=layer.role,
                hint="leave it as it is: a copy would have to change it",
            )

    @property
    def numbers(self) -> int:
        """Return how many numbers it holds."""
        return self.grid.width * self.grid.height * len(self.layer.slices)

    def read(self, window: Window) -> Array:
        """Return all slices in a window as they are stored, shape (slice, y, x)."""
        parts = []
        for path, pieces in groupby(self.layer.slices, key=lambda piece: piece.path):
            parts.append(self._files[path].read(tuple(piece.band for piece in pieces), window))
        return np.concatenate(parts)

    def names(self) -> list[str]:
        """Return what each slice stands for, as a band name."""
        return [piece.date or piece.name or str(piece.year or "") for piece in self.layer.slices]

    def bytes(self) -> int | None:
        """Return the size of its files here, or None where some are on a server or hold other bands too."""
        sizes = [_size(path) for path in self._files]
        bands = sum(each.count for each in self._files.values())
        return None if None in sizes else round(sum(filter(None, sizes)) * len(self.layer.slices) / bands)

    def close(self) -> None:
        """Let go of the files."""
        for each in self._files.values():
            each.close()


def measure_gain(layer: Layer, folder: Path) -> Gain:
    """Return what an analysis copy of a layer would bring.

    Parameters
    ----------
    layer : Layer
        The layer.
    folder : Path
        Where small copies are written, and removed again.

    Raises
    ------
    InputError
        If its files cannot be stacked, or the folder cannot be written.
    """
    stack = Stack(layer)
    grid = stack.grid
    height, width = min(SAMPLE, grid.height), min(SAMPLE, grid.width)
    window = Window(_middle(grid.height, height), _middle(grid.width, width), height, width)
    numbers = stack.read(window)
    size = stack.bytes()
    before = Speed(_speed(layer, window, numbers.nbytes), size / stack.numbers if size else float("nan"))
    found: dict[str, Speed] = {}
    for name in FORMATS:
        place = folder / f".sample-{layer.role}-{name}.tif"
        try:
            part = grid.part(Tile(0, window.row, window.col, height, width))
            _write(
                place, _profile(stack, name, part.gdal_transform, (height, width)), stack.names(), [(window, numbers)]
            )
            whole = Layer(layer.role, layer.quantity, layer.kind, _slices(layer, place))
            speed = _speed(whole, Window(0, 0, height, width), numbers.nbytes)
            found[name] = Speed(speed, place.stat().st_size / numbers.size)
        finally:
            place.unlink(missing_ok=True)
    stack.close()
    best = max(found, key=lambda name: found[name].megabytes_per_second)
    return Gain(layer.role, best, before, found[best], stack.numbers)


def optimise(layer: Layer, gain: Gain, path: Path, *, force: bool = False, progress: Progress | None = None) -> Path:
    """Write the analysis copy of a layer, read all of it back, and return its path.

    Raises
    ------
    RuleError
        If it does not pay, and is not forced.
    InputError
        If it exists already, the disk is full, or it does not read back equal.
    """
    if not (gain.pays or force):
        raise RuleError(
            "a copy of {role} would be read {times:.2f} times as fast, and {pays} is the least that pays",
            role=layer.role,
            times=gain.times_faster,
            pays=PAYS,
            hint="leave it, or write it all the same with --force",
        )
    if path.exists():
        raise InputError("{path} exists already", path=path, hint="take it away first")
    stack = Stack(layer)
    tell = progress or NoProgress()
    windows = list(_windows(stack.grid.height, stack.grid.width))
    tell.start(2 * len(windows), "blocks")
    profile = _profile(stack, gain.format, stack.grid.gdal_transform, stack.grid.shape)
    with whole_file(path) as temporary:
        _write(temporary, profile, stack.names(), _told(((window, stack.read(window)) for window in windows), tell))
        _read_back(temporary, path, stack, windows, tell)
    tell.finish()
    stack.close()
    return path


def _told(parts: Iterator[tuple[Window, Array]], progress: Progress) -> Iterator[tuple[Window, Array]]:
    """Yield the parts, telling of each."""
    for part in parts:
        yield part
        progress.advance(1)


def _read_back(temporary: Path, path: Path, stack: Stack, windows: list[Window], progress: Progress) -> None:
    """Compare every number of a copy, its cells, type and nodata value with the original."""
    copy = open_bands(str(temporary))
    same = (copy.grid, copy.dtype, copy.nodata) == (stack.grid, stack.dtype, stack.nodata)
    bands = tuple(range(1, len(stack.layer.slices) + 1))
    for window in windows if same else ():
        one, other = copy.read(bands, window), stack.read(window)
        same = same and np.array_equal(one, other, equal_nan=one.dtype.kind == "f")
        progress.advance(1)
    copy.close()
    if not same:
        raise InputError("{path} does not read back as its original", path=path, hint="keep the original")


def _write(path: Path, profile: dict[str, Any], names: list[str], parts: Any) -> None:
    """Write windows of numbers into a GeoTIFF; the first window lies in its upper left corner."""
    first: Window | None = None
    try:
        with rasterio.Env(GDAL_NUM_THREADS="1"), rasterio.open(path, "w", **profile) as file:
            for number, name in enumerate(names, 1):
                file.set_band_description(number, name)
            for window, numbers in parts:
                first = first or window
                col, row = window.col - first.col, window.row - first.row
                file.write(numbers, window=RasterWindow(col, row, window.width, window.height))
    except GDAL_ERRORS as error:
        need = profile["width"] * profile["height"] * profile["count"] * np.dtype(profile["dtype"]).itemsize
        raise unwritable(path, error, need) from error


def _profile(stack: Stack, name: str, transform: tuple[float, ...], shape: tuple[int, int]) -> dict[str, Any]:
    """Return what a copy is made with."""
    options = dict(FORMATS[name])
    if "predictor" in options and stack.dtype.kind == "f":
        options["predictor"] = 3
    return {
        "driver": "GTiff",
        "height": shape[0],
        "width": shape[1],
        "count": len(stack.layer.slices),
        "dtype": stack.dtype.name,
        "nodata": stack.nodata[0] if stack.nodata else None,
        "crs": stack.grid.crs,
        "transform": Affine(*transform),
        "tiled": True,
        "blockxsize": BLOCK,
        "blockysize": BLOCK,
        "BIGTIFF": "IF_SAFER",
        **options,
    }


def _slices(layer: Layer, path: Path) -> tuple[Slice, ...]:
    """Return the slices of a layer as the bands of one file."""
    return tuple(replace(piece, path=str(path), band=number) for number, piece in enumerate(layer.slices, 1))


def _speed(layer: Layer, window: Window, size: int) -> float:
    """Return how fast a window of a layer is read [MB/s of processor time], the best of a few times."""
    best = float("inf")
    for _ in range(REPEATS):
        stack = Stack(layer)
        started = time.process_time()
        stack.read(window)
        best = min(best, time.process_time() - started)
        stack.close()
    return size / 1e6 / max(best, 1e-6)


def _windows(height: int, width: int) -> Iterator[Window]:
    """Yield windows that cover a grid."""
    for row in range(0, height, STRIDE):
        for col in range(0, width, STRIDE):
            yield Window(row, col, min(STRIDE, height - row), min(STRIDE, width - col))


def _middle(length: int, part: int) -> int:
    """Return where a part begins that lies in the middle, at the edge of a block."""
    return (length - part) // 2 // BLOCK * BLOCK


def _size(path: str) -> int | None:
    """Return the bytes of a file or folder here; None for an address."""
    place = Path(path)
    if place.is_dir():
        return sum(each.stat().st_size for each in place.rglob("*") if each.is_file())
    return place.stat().st_size if place.is_file() else None
