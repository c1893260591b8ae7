"""Read the slices of a registered layer on any grid, as the numbers that kernels expect."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
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
WHOLE = 1e-6  # of a step: rounding in a declared offset
FLOAT64 = np.dtype(np.float64)


@dataclass(frozen=True)
class _Cleaning:
    """What is made of raw numbers before they are aligned: raw, nodata values -> array of `dtype` with `missing`.

    `is_plain` tells of the type of raw numbers and the nodata values whether they are left as they are.
    """

    clean: Callable[[Array, Sequence[float]], Array]
    dtype: np.dtype[Any]
    missing: float
    is_plain: Callable[[np.dtype[Any], Sequence[float]], bool] = lambda raw, nodata: False


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
        self.dtype = stored_type(first.dtype, has_offset=bool(layer.offset))
        self.missing = missing_of(self.dtype)

    def __reduce__(self) -> tuple[type["RasterReader"], tuple[Layer]]:
        return type(self), (self.layer,)

    def stored(self, slices: Sequence[Slice], grid: Grid) -> Array:
        """Return stored numbers with one missing value, shape (slice, y, x), of `dtype`.

        Values are aligned in double precision and rounded half to even; classes stay codes.
        """
        method = self.layer.alignment
        if method in ("nearest", "mode") or self._is_copy(slices, grid, method):
            out = self._read(slices, grid, method, self._numbers(self.dtype, self.missing))
        else:
            out = rounded(self._read(slices, grid, method, self._numbers(FLOAT64, np.nan)), self.dtype)
        return self._shifted(out) if self.layer.offset else out

    def values(self, slices: Sequence[Slice], grid: Grid) -> NDArray[np.float32]:
        """Return physical values, shape (slice, y, x); NaN where unknown."""
        return self.counts(slices, grid).astype(np.float32)

    def counts(self, slices: Sequence[Slice], grid: Grid) -> NDArray[np.float64]:
        """Return physical values in double precision, shape (slice, y, x); NaN where unknown."""
        stored = self._read(slices, grid, self.layer.alignment, self._numbers(FLOAT64, np.nan))
        return np.asarray(stored * self.layer.scale + self.layer.offset)

    def integers(self, slices: Sequence[Slice], grid: Grid, *, missing: int = -1) -> NDArray[np.int32]:
        """Return codes, shape (slice, y, x); `missing` where unknown."""
        return self._read(slices, grid, self._class_alignment(), self._numbers(np.dtype(np.int32), missing))

    def codes(self, slices: Sequence[Slice], grid: Grid, lookup: Mapping[int, int]) -> NDArray[np.int8]:
        """Return the positions that `lookup` gives to the codes, shape (slice, y, x); -128 where it gives none."""

        def positions(raw: Array, nodata: Sequence[float]) -> Array:
            return _positions(raw, {code: place for code, place in lookup.items() if float(code) not in nodata})

        return self._read(slices, grid, self._class_alignment(), _Cleaning(positions, np.dtype(np.int8), NODATA))

    def as_stored(self, piece: Slice, grid: Grid) -> tuple[Array, tuple[float, ...]] | None:
        """Return a band of small whole numbers as the file has it, shape (y, x), and its nodata values.

        None where the file has other cells than the grid, ends within it, or holds numbers of more than 16 bits.
        """
        bands = self._open(piece.path)
        plan = alignment(bands.grid, grid, self._class_alignment())
        whole = [part for part, _ in plan.window.inside(bands.grid)] == [plan.window]
        if not (plan.is_copy and whole) or bands.dtype.kind == "f" or bands.dtype.itemsize > 2 or self.layer.offset:
            return None
        return bands.read((piece.band,), plan.window)[0], (*bands.nodata, *(each.value for each in self.layer.nodata))

    def reasons(self, slices: Sequence[Slice], grid: Grid) -> NDArray[np.int8]:
        """Return why cells are missing, shape (slice, y, x).

        The place, from 1, of the layer's nodata value that stands there; 0 where there is a value; -128 where the file
        gives no reason or ends.
        """

        def reasons(raw: Array, nodata: Sequence[float]) -> Array:
            out = np.where(_unknown(raw, nodata), np.int8(NODATA), np.int8(0))
            for place, each in enumerate(self.layer.nodata, 1):
                out[_unknown(raw, [each.value]) & np.isfinite(raw)] = place
            return out

        return self._read(slices, grid, "nearest", _Cleaning(reasons, np.dtype(np.int8), NODATA))

    def _is_copy(self, slices: Sequence[Slice], grid: Grid, method: Alignment) -> bool:
        """Return whether all files have the very cells of the grid."""
        natives = {self._open(path).grid for path in dict.fromkeys(piece.path for piece in slices)}
        return all(alignment(native, grid, method).is_copy for native in natives)

    def _shifted(self, stored: Array) -> Array:
        """Return stored numbers without an offset: physical = stored * scale."""
        steps = self.layer.offset / self.layer.scale
        if self.dtype.kind != "f" and abs(steps - round(steps)) > WHOLE:
            raise InputError(
                "layer {role} has the offset {offset}, no whole number of steps of {scale}",
                role=self.layer.role,
                offset=self.layer.offset,
                scale=self.layer.scale,
                hint="save it in physical units, as float32",
            )
        shift = steps if self.dtype.kind == "f" else round(steps)
        known = np.isfinite(stored) if self.dtype.kind == "f" else stored != self.missing
        return np.where(known, stored + self.dtype.type(shift), stored)

    def _class_alignment(self) -> Alignment:
        """Return an alignment that keeps codes what they are."""
        method = self.layer.alignment
        return method if method in ("nearest", "mode") else "nearest"

    def _read(self, slices: Sequence[Slice], grid: Grid, method: Alignment, cleaning: "_Cleaning") -> Array:
        """Return the slices on the grid, cleaned, then aligned."""
        out = np.empty((len(slices), *grid.shape), dtype=cleaning.dtype)
        plans: dict[Grid, Resampling] = {}
        start = 0
        for path, run in groupby(slices, key=lambda piece: piece.path):
            numbers = tuple(piece.band for piece in run)
            bands = self._open(path)
            if bands.grid not in plans:
                plans[bands.grid] = alignment(bands.grid, grid, method)
            self._fill(out[start : start + len(numbers)], bands, numbers, plans[bands.grid], cleaning)
            start += len(numbers)
        return out

    def _fill(
        self, room: Array, bands: Bands, numbers: tuple[int, ...], plan: Resampling, cleaning: "_Cleaning"
    ) -> None:
        """Fill some slices; what needs neither cleaning nor aligning is read where it belongs."""
        nodata = (*bands.nodata, *(each.value for each in self.layer.nodata))
        is_plain = cleaning.is_plain(bands.dtype, nodata) and plan.is_copy
        if is_plain and [part for part, _ in plan.window.inside(bands.grid)] == [plan.window]:
            bands.read(numbers, plan.window, room)
            return
        found = self._window(bands, numbers, plan.window, cleaning, nodata)
        if found is None:
            room[:] = cleaning.missing
            return
        for number, each in enumerate(found):
            room[number] = plan.apply(each, cleaning.missing)

    @staticmethod
    def _window(
        bands: Bands, numbers: tuple[int, ...], window: Window, cleaning: "_Cleaning", nodata: Sequence[float]
    ) -> Array | None:
        """Return the cleaned bands of a window, missing where the file ends; None where they do not meet."""
        parts = list(window.inside(bands.grid))
        if not parts:
            return None
        if parts[0][0] == window:
            return cleaning.clean(bands.read(numbers, window), nodata)
        whole = np.full((len(numbers), window.height, window.width), cleaning.missing, dtype=cleaning.dtype)
        for part, (row, col) in parts:
            clean = cleaning.clean(bands.read(numbers, part), nodata)
            whole[:, row : row + part.height, col : col + part.width] = clean
        return whole

    def _numbers(self, dtype: np.dtype[Any], missing: float) -> "_Cleaning":
        """Return the cleaning that keeps numbers in `dtype`, with every kind of nodata as `missing`."""

        def is_plain(raw: np.dtype[Any], nodata: Sequence[float]) -> bool:
            return raw == dtype and dtype.kind != "f" and {*nodata} <= {missing}

        def clean(raw: Array, nodata: Sequence[float]) -> Array:
            if is_plain(raw.dtype, nodata):
                return raw
            unknown = _unknown(raw, nodata)
            if not _fits(raw, dtype):
                raw = np.where(unknown, raw.dtype.type(0), raw)
                self._check_range(raw, dtype)
            with np.errstate(invalid="ignore"):
                numbers = raw.astype(dtype)
            numbers[unknown] = missing
            return numbers

        return _Cleaning(clean, dtype, missing, is_plain)

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


def stored_type(dtype: np.dtype[Any], *, has_offset: bool = False) -> np.dtype[Any]:
    """Return the type that series of a file type are kept in: int16, int32 or float32."""
    if dtype.kind == "f":
        return np.dtype(np.float32)
    is_short = dtype.itemsize == 1 or dtype == np.int16
    return np.dtype(np.int16) if is_short and not has_offset else np.dtype(np.int32)


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


def _unknown(raw: Array, nodata: Sequence[float]) -> NDArray[np.bool_]:
    """Return where a nodata value stands, or no number."""
    unknown = ~np.isfinite(raw) if raw.dtype.kind == "f" else np.zeros(raw.shape, dtype=bool)
    for value in nodata:
        same = _representable(value, raw.dtype)
        if same is not None:
            unknown |= raw == same
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
