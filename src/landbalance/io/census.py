"""Count what a layer holds: classes with their areas before and after nesting, or the range of its values."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from landbalance.core.layers import Layer, Slice
from landbalance.core.legends import Legend
from landbalance.core.types import Array
from landbalance.grid.align import Window
from landbalance.grid.areas import cell_areas_km2
from landbalance.grid.grid import Bounds, Grid, Tile
from landbalance.grid.pieces import snap
from landbalance.io.bands import Bands, open_bands

ROWS = 512  # read at a time
FILE_NODATA = "nodata of the file"
NOT_A_NUMBER = "not a number"


@dataclass(frozen=True)
class CodeCount:
    """How often one code stands in one slice, and the area it covers."""

    code: int
    pixels: int
    area_km2: float


@dataclass(frozen=True)
class ClassCensus:
    """The codes of one slice, before nesting and after it.

    Parameters
    ----------
    before : tuple of CodeCount
        Codes of the product, ascending, nodata left out.
    after : tuple of CodeCount
        Codes of the legend that results are kept in; empty for a layer without a legend.
    unmapped : tuple of CodeCount
        Codes of the product that nest into no class.
    missing : mapping of str to int
        Pixels without data, by reason.
    """

    year: int | None
    before: tuple[CodeCount, ...]
    after: tuple[CodeCount, ...]
    unmapped: tuple[CodeCount, ...]
    missing: Mapping[str, int]

    @property
    def pixels(self) -> int:
        """Return the number of pixels with and without data."""
        return sum(each.pixels for each in self.before) + sum(self.missing.values())


@dataclass(frozen=True)
class ValueCensus:
    """The range of one slice in physical units, None where it has no value, and the pixels missing by reason."""

    year: int | None
    minimum: float | None
    mean: float | None
    maximum: float | None
    pixels: int
    missing: Mapping[str, int]

    @property
    def missing_share(self) -> float:
        """Return the share of pixels without data."""
        return sum(self.missing.values()) / self.pixels if self.pixels else 1.0


def count_classes(
    layer: Layer,
    piece: Slice,
    *,
    target: Legend | None,
    nesting: Mapping[int, int] | None,
    bounds: Bounds | None = None,
) -> ClassCensus:
    """Count the codes of one slice.

    Parameters
    ----------
    layer, piece : Layer, Slice
        A class layer and the slice that is counted.
    target : Legend or None
        The legend that results are kept in.
    nesting : mapping or None
        Product code -> position in `target`; None for a layer without a legend.
    bounds : tuple of float or None
        Part that is counted, in the layer's reference system; all of it when None.

    Raises
    ------
    InputError
        If the file cannot be read.
    """
    pixels: Counter[int] = Counter()
    areas: defaultdict[int, float] = defaultdict(float)
    missing: Counter[str] = Counter()
    bands = open_bands(piece.path, variable=layer.variable, crs=layer.crs)
    for raw, grid in _strips(bands, piece.band, bounds):
        reasons = _reasons(raw, layer, bands)
        for reason, where in reasons.items():
            missing[reason] += int(where.sum())
        known = ~np.logical_or.reduce(list(reasons.values()))
        for code, count, area in _tally(raw, known, cell_areas_km2(grid)):
            pixels[code] += count
            areas[code] += area
    bands.close()
    before = tuple(CodeCount(code, pixels[code], areas[code]) for code in sorted(pixels))
    nested = _nested(before, target, nesting)
    unmapped = () if nesting is None else tuple(each for each in before if each.code not in nesting)
    return ClassCensus(piece.year, before, nested, unmapped, _present(missing))


def count_values(layer: Layer, piece: Slice, *, bounds: Bounds | None = None) -> ValueCensus:
    """Measure the range and the gaps of one slice, in physical units.

    Raises
    ------
    InputError
        If the file cannot be read.
    """
    low, high, total, count, pixels = np.inf, -np.inf, 0.0, 0, 0
    missing: Counter[str] = Counter()
    bands = open_bands(piece.path, variable=layer.variable, crs=layer.crs)
    for raw, _ in _strips(bands, piece.band, bounds):
        reasons = _reasons(raw, layer, bands)
        for reason, where in reasons.items():
            missing[reason] += int(where.sum())
        known = ~np.logical_or.reduce(list(reasons.values()))
        values = raw[known].astype(np.float64) * layer.scale + layer.offset
        pixels += raw.size
        if values.size:
            low, high = min(low, float(values.min())), max(high, float(values.max()))
            total, count = total + float(values.sum()), count + values.size
    bands.close()
    if not count:
        return ValueCensus(piece.year, None, None, None, pixels, _present(missing))
    return ValueCensus(piece.year, low, total / count, high, pixels, _present(missing))


def _strips(bands: Bands, number: int, bounds: Bounds | None) -> Iterator[tuple[Array, Grid]]:
    """Yield strips of rows of one band with their grids."""
    part = _inside(bands.grid, bounds)
    for row in range(part.row, part.row + part.height, ROWS):
        strip = Tile(0, row, part.col, min(ROWS, part.row + part.height - row), part.width)
        raw = bands.read((number,), Window(strip.row, strip.col, strip.height, strip.width))[0]
        yield raw, bands.grid.part(strip)


def _inside(grid: Grid, bounds: Bounds | None) -> Tile:
    """Return the part of a grid that bounds cover; an empty one where they do not meet."""
    part = grid if bounds is None else snap(bounds, grid)
    if part is None:
        return Tile(0, 0, 0, 0, 0)
    row, col = round((grid.north - part.north) / grid.dy), round((part.west - grid.west) / grid.dx)
    return Tile(0, row, col, part.height, part.width)


def _reasons(raw: Array, layer: Layer, bands: Bands) -> dict[str, NDArray[np.bool_]]:
    """Return where data are missing, by reason; each cell counts under one reason."""
    free = np.ones(raw.shape, dtype=bool)
    out: dict[str, NDArray[np.bool_]] = {NOT_A_NUMBER: np.zeros(raw.shape, dtype=bool)}
    if raw.dtype.kind == "f":
        out[NOT_A_NUMBER] = ~np.isfinite(raw)
        free &= ~out[NOT_A_NUMBER]
    named = [(each.value, each.reason) for each in layer.nodata]
    for value, reason in [*named, *((value, FILE_NODATA) for value in bands.nodata)]:
        here = free & (raw == value)
        out[reason] = out[reason] | here if reason in out else here
        free &= ~here
    return out


def _tally(raw: Array, known: NDArray[np.bool_], areas: NDArray[np.float64]) -> Iterator[tuple[int, int, float]]:
    """Yield each code with its pixels and its area."""
    area = np.broadcast_to(areas, raw.shape)[known]
    codes, place = np.unique(raw[known], return_inverse=True)
    counts, sums = np.bincount(place, minlength=codes.size), np.bincount(place, weights=area, minlength=codes.size)
    yield from zip(map(int, codes), map(int, counts), map(float, sums), strict=True)


def _nested(
    before: tuple[CodeCount, ...], target: Legend | None, nesting: Mapping[int, int] | None
) -> tuple[CodeCount, ...]:
    """Return the counts by class of the target legend, in its order."""
    if target is None or nesting is None:
        return ()
    out = []
    for position, entry in enumerate(target.classes, start=1):
        own = [each for each in before if nesting.get(each.code) == position]
        if own:
            out.append(CodeCount(entry.code, sum(e.pixels for e in own), sum(e.area_km2 for e in own)))
    return tuple(out)


def _present(missing: Counter[str]) -> dict[str, int]:
    """Return the reasons that occur."""
    return {reason: count for reason, count in missing.items() if count}
