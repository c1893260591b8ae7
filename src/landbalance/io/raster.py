"""Read the slices of a registered layer on any grid, as the numbers that kernels expect."""

import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from landbalance.core.errors import InputError
from landbalance.core.layers import Alignment, Layer, Slice
from landbalance.core.types import Array
from landbalance.core.vocab import NODATA
from landbalance.grid.align import Resampling, Window
from landbalance.grid.grid import Grid
from landbalance.grid.warp import alignment
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
        plans: dict[Grid, Resampling] = {}
        start = 0
        for path, run in groupby(slices, key=lambda piece: piece.path):
            numbers = tuple(piece.band for piece in run)
            bands = self._open(path)
            if bands.grid not in plans:
                plans[bands.grid] = alignment(bands.grid, grid, method)
            plan = plans[bands.grid]
            window = self._window(bands, numbers, plan.window, dtype, missing, lookup)
            for number, each in enumerate(window, start):
                out[number] = plan.apply(each, missing)
            start += len(numbers)
        return out

    def _window(
        self,
        bands: Bands,
        numbers: tuple[int, ...],
        window: Window,
        dtype: np.dtype[Any],
        missing: float,
        lookup: Mapping[int, int] | None,
    ) -> Iterator[Array]:
        """Yield the cleaned bands of a window, `missing` where the file ends; nothing where they do not meet."""
        parts = list(window.inside(bands.grid))
        if not parts:
            return
        if parts[0][0] == window:
            yield from self._clean(bands.read(numbers, window), bands.nodata, dtype, missing, lookup)
            return
        whole = np.full((len(numbers), window.height, window.width), missing, dtype=dtype)
        for part, (row, col) in parts:
            clean = self._clean(bands.read(numbers, part), bands.nodata, dtype, missing, lookup)
            whole[:, row : row + part.height, col : col + part.width] = clean
        yield from whole

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
        hidden = [same for same in (_representable(value, raw.dtype) for value in nodata) if same is not None]
        if raw.dtype == dtype and raw.dtype.kind != "f" and all(same == missing for same in hidden):
            return raw
        unknown = _unknown(raw, hidden)
        if not _fits(raw, dtype):
            raw = np.where(unknown, raw.dtype.type(0), raw)
            self._check_range(raw, dtype)
        with np.errstate(invalid="ignore"):
            clean = raw.astype(dtype)
        clean[unknown] = missing
        return clean

    def _check_range(self, raw: Array, dtype: np.dtype[Any]) -> None:
        """Refuse numbers that the type cannot hold."""
        limits = np.iinfo(dtype)
        is_whole = raw.dtype.kind != "f" or bool((raw == np.rint(raw)).all())
        if not is_whole or (raw.size and (raw.min() < limits.min or raw.max() > limits.max)):
            raise InputError(
                "layer {role} holds numbers that are no whole numbers of {bits} bits",
                role=self.layer.role,
                bits=8 * dtype.itemsize,
                hint="check its kind, or save it as integers",
            )

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


def _fits(raw: Array, dtype: np.dtype[Any]) -> bool:
    """Return whether every number of the raw type has a place in the other."""
    return dtype.kind == "f" or (raw.dtype.kind != "f" and np.can_cast(raw.dtype, dtype))


def _unknown(raw: Array, hidden: Sequence[Any]) -> NDArray[np.bool_]:
    """Return where a nodata value stands, or no number."""
    unknown = ~np.isfinite(raw) if raw.dtype.kind == "f" else np.zeros(raw.shape, dtype=bool)
    for value in hidden:
        unknown |= raw == value
    return unknown


def _representable(value: float, dtype: np.dtype[Any]) -> Any:
    """Return the value in the type, or None where the type cannot hold it."""
    if dtype.kind == "f":
        return dtype.type(value) if np.isfinite(value) else None
    limits = np.iinfo(dtype)
    fits = float(value).is_integer() and limits.min <= value <= limits.max
    return dtype.type(int(value)) if fits else None


def _positions(raw: Array, lookup: Mapping[int, int]) -> NDArray[np.int8]:
    """Return the position of each code; -128 for a code without one."""
    codes = np.array(sorted(lookup), dtype=np.int64)
    places = np.array([*(lookup[int(code)] for code in codes), NODATA], dtype=np.int8)
    if raw.dtype.kind != "f" and raw.dtype.itemsize <= 2:
        table = np.full(1 << (8 * raw.dtype.itemsize), NODATA, dtype=np.int8)
        fits = codes[(codes >= np.iinfo(raw.dtype).min) & (codes <= np.iinfo(raw.dtype).max)]
        table[fits] = [lookup[int(code)] for code in fits]  # a negative code counts from the end
        return np.asarray(table[raw])
    found = np.minimum(np.searchsorted(codes, raw), codes.size - 1)
    return np.asarray(places[np.where(codes[found] == raw, found, codes.size)])
