"""Read the slices of a registered layer on any grid, as the numbers that kernels expect."""

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from landbalance.core.errors import InputError
from landbalance.core.layers import Alignment, Layer, Slice
from landbalance.core.types import Array
from landbalance.core.vocab import NODATA
from landbalance.grid.align import Window, resampling
from landbalance.grid.grid import Grid
from landbalance.io.bands import Bands, open_bands

OPEN_FILES = 64  # kept open per thread


class RasterReader:
    """Read one layer: alignment, nodata, scale and types are settled here, once.

    It may be shared by threads: each keeps its own open files.

    Parameters
    ----------
    layer : Layer
        What to read, and how.

    Attributes
    ----------
    grid : Grid
        Native grid of the first slice.
    dtype : numpy.dtype
        Type of `stored`: int16, int32 or float32.
    count : int
        Number of slices.
    missing : float
        Missing value of `stored`.
    """

    def __init__(self, layer: Layer) -> None:
        if not layer.slices:
            raise InputError("layer {role} has no band", role=layer.role, hint="name its file and its years")
        self.layer = layer
        self._local = threading.local()
        first = self._open(layer.slices[0].path)
        self.grid = first.grid
        self.count = len(layer.slices)
        self.dtype = stored_type(first.dtype)
        self.missing = missing_of(self.dtype)

    def __reduce__(self) -> tuple[type["RasterReader"], tuple[Layer]]:
        return type(self), (self.layer,)

    def stored(self, slices: Sequence[Slice], grid: Grid) -> Array:
        """Return stored numbers with one missing value, shape (slice, y, x), of `dtype`."""
        if self.layer.alignment in ("nearest", "mode"):
            return self._read(slices, grid, self.layer.alignment, self.dtype, self.missing)
        values = self._read(slices, grid, self.layer.alignment, np.dtype(np.float64), np.nan)
        return rounded(values, self.dtype)

    def values(self, slices: Sequence[Slice], grid: Grid) -> NDArray[np.float32]:
        """Return physical values, shape (slice, y, x); NaN where unknown."""
        return self.counts(slices, grid).astype(np.float32)

    def counts(self, slices: Sequence[Slice], grid: Grid) -> NDArray[np.float64]:
        """Return physical values in double precision, shape (slice, y, x); NaN where unknown."""
        stored = self._read(slices, grid, self.layer.alignment, np.dtype(np.float64), np.nan)
        return np.asarray(stored * self.layer.scale + self.layer.offset)

    def integers(self, slices: Sequence[Slice], grid: Grid) -> NDArray[np.int32]:
        """Return codes, shape (slice, y, x); -1 where unknown."""
        return np.asarray(self._read(slices, grid, self._class_alignment(), np.dtype(np.int32), -1))

    def codes(self, slices: Sequence[Slice], grid: Grid, lookup: Mapping[int, int]) -> NDArray[np.int8]:
        """Return the positions that `lookup` gives to the codes, shape (slice, y, x); -128 where it gives none."""
        method = self._class_alignment()
        return np.asarray(self._read(slices, grid, method, np.dtype(np.int8), NODATA, lookup=lookup))

    def _class_alignment(self) -> Alignment:
        """Return an alignment that keeps codes what they are."""
        method = self.layer.alignment
        return method if method in ("nearest", "mode") else "nearest"

    def _read(
        self,
        slices: Sequence[Slice],
        grid: Grid,
        method: Alignment,
        dtype: np.dtype[Any],
        missing: float,
        *,
        lookup: Mapping[int, int] | None = None,
    ) -> Array:
        """Return the slices on the grid, in `dtype` with `missing`."""
        out = np.full((len(slices), *grid.shape), missing, dtype=dtype)
        start = 0
        for path, run in groupby(slices, key=lambda piece: piece.path):
            numbers = tuple(piece.band for piece in run)
            bands = self._open(path)
            plan = resampling(bands.grid, grid, method)
            box, inner = _clip(plan.window, bands.grid)
            if box is not None:
                raw = bands.read(numbers, box)
                clean = self._clean(raw, bands.nodata, dtype, missing, lookup)
                padded = _padded(clean, plan.window, inner, missing)
                for number, each in enumerate(padded, start):
                    out[number] = plan.apply(each, missing)
            start += len(numbers)
        return out

    def _clean(
        self,
        raw: Array,
        file_nodata: tuple[float, ...],
        dtype: np.dtype[Any],
        missing: float,
        lookup: Mapping[int, int] | None,
    ) -> Array:
        """Return raw numbers in `dtype` with every kind of nodata as `missing`."""
        nodata = {*file_nodata, *(each.value for each in self.layer.nodata)}
        if lookup is not None:
            return _positions(raw, {code: place for code, place in lookup.items() if float(code) not in nodata})
        clean = raw.astype(dtype)
        for value in nodata:
            same = _representable(value, raw.dtype)
            if same is not None and not (raw.dtype == dtype and value == missing):
                clean[raw == same] = missing
        if raw.dtype.kind == "f":
            clean[~np.isfinite(raw)] = missing
        return clean

    def _open(self, path: str) -> Bands:
        """Return this thread's open file."""
        files: OrderedDict[str, Bands] = self._local.__dict__.setdefault("files", OrderedDict())
        if path not in files:
            files[path] = open_bands(path, variable=self.layer.variable, crs=self.layer.crs)
            if len(files) > OPEN_FILES:
                files.popitem(last=False)[1].close()
        files.move_to_end(path)
        return files[path]


def stored_type(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Return the type that series of a file type are kept in: int16, int32 or float32."""
    if dtype.kind == "f":
        return np.dtype(np.float32)
    return np.dtype(np.int16) if dtype.itemsize == 1 or dtype == np.int16 else np.dtype(np.int32)


def missing_of(dtype: np.dtype[Any]) -> float:
    """Return the missing value of a stored type: the lowest integer, or NaN."""
    return float("nan") if dtype.kind == "f" else int(np.iinfo(dtype).min)


def rounded(values: NDArray[np.float64], dtype: np.dtype[Any]) -> Array:
    """Return values in a stored type, rounded half to even where it holds whole numbers."""
    if dtype.kind == "f":
        return values.astype(dtype)
    return np.where(np.isnan(values), missing_of(dtype), np.rint(values)).astype(dtype)


def _representable(value: float, dtype: np.dtype[Any]) -> Any:
    """Return the value in the type, or None where the type cannot hold it."""
    if dtype.kind == "f":
        return dtype.type(value) if np.isfinite(value) else None
    limits = np.iinfo(dtype)
    return (
        dtype.type(int(value))
        if np.isfinite(value) and value == int(value) and limits.min <= value <= limits.max
        else None
    )


def _positions(raw: Array, lookup: Mapping[int, int]) -> NDArray[np.int8]:
    """Return the position of each code; -128 for a code without one."""
    codes = np.array(sorted(lookup), dtype=np.int64)
    places = np.array([*(lookup[int(code)] for code in codes), NODATA], dtype=np.int8)
    if raw.dtype.kind != "f" and raw.dtype.itemsize <= 2:
        table = np.full(1 << (8 * raw.dtype.itemsize), NODATA, dtype=np.int8)
        fits = codes[(codes >= np.iinfo(raw.dtype).min) & (codes <= np.iinfo(raw.dtype).max)]
        table[fits] = [
            lookup[int(code)] for code in fits
        ]  # negative codes count from the end, as two's complement does
        return np.asarray(table[raw])
    found = np.minimum(np.searchsorted(codes, raw), codes.size - 1)
    return np.asarray(places[np.where(codes[found] == raw, found, codes.size)])


def _clip(window: Window, grid: Grid) -> tuple[Window | None, tuple[int, int]]:
    """Return the part of a window inside the grid, and where it begins in the window."""
    row, col = max(window.row, 0), max(window.col, 0)
    bottom, right = min(window.row + window.height, grid.height), min(window.col + window.width, grid.width)
    if bottom <= row or right <= col:
        return None, (0, 0)
    return Window(row, col, bottom - row, right - col), (row - window.row, col - window.col)


def _padded(arrays: Array, window: Window, inner: tuple[int, int], missing: float) -> Array:
    """Return arrays of the whole window, `missing` where the grid ends."""
    if arrays.shape[1:] == (window.height, window.width):
        return arrays
    out = np.full((arrays.shape[0], window.height, window.width), missing, dtype=arrays.dtype)
    row, col = inner
    out[:, row : row + arrays.shape[1], col : col + arrays.shape[2]] = arrays
    return out
