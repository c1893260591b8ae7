"""Two layers of one role held against each other on the cells of the first: maps, areas and statistics."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from landbalance.core.errors import InputError
from landbalance.core.layers import Layer, Slice
from landbalance.core.legends import Legend
from landbalance.core.progress import Progress
from landbalance.core.vocab import NODATA
from landbalance.grid.align import is_geographic
from landbalance.grid.areas import cell_areas_km2
from landbalance.grid.grid import Grid, Tile
from landbalance.grid.pieces import snap
from landbalance.io.geotiff import TiledWriter
from landbalance.io.map_images import draw_map, nice_length
from landbalance.io.raster import RasterReader
from landbalance.io.vector import Polygons, burn, read_polygons
from landbalance.io.workspace import load_workspace, nesting_for
from landbalance.reporting.maps import NO_DATA_COLOUR, LegendEntry, MapSpec

STRIP = 1 << 20  # cells at a time
MOST_ROWS = 300
SIDES = ("first", "second")
ONLY_FIRST, ONLY_SECOND, NEITHER = 11, 12, 13
SAME, CHANGED = 0, 1
UNKNOWN = 127
STEPS = (-2.5, -1.5, -0.5, 0.5, 1.5, 2.5)  # edges of the classes of a difference, in steps
CLASSES = 7
LEAST = 1e-9  # of a step
NOISE = 1e-3  # of the mean: what is less is no difference worth a class
MORE = ("#8C510A", "#D8B365", "#F6E8C3", "#F5F5F5", "#C7EAE5", "#5AB4AC", "#01665E")
AMOUNT = ("#FDE725", "#90D743", "#35B779", "#21918C", "#31688E", "#443983", "#440154")
PATTERNS = ("cross", "lines", "", "", "", "dots", "grid")
ONE_SIDED = {
    ONLY_FIRST: LegendEntry(ONLY_FIRST, "#C6C6C6", "lines", "only_first"),
    ONLY_SECOND: LegendEntry(ONLY_SECOND, "#8F8F8F", "dots", "only_second"),
    NEITHER: LegendEntry(NEITHER, NO_DATA_COLOUR, "rare", "unknown"),
}
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class _Strip:
    """A part of the grid: both layers as numbers with NaN where unknown, and the area inside the country [km2]."""

    tile: Tile
    first: Floats
    second: Floats
    km2: Floats


@dataclass(frozen=True)
class _Pair:
    """Two layers that can be held against each other.

    Parameters
    ----------
    layers : tuple of Layer
    slices : tuple of tuple of Slice
        Of the year.
    grid : Grid
        Cells of the first layer round the country.
    country : Polygons or None
    lookups : tuple
        How codes become classes of the legend that results are kept in; None where codes are compared as they are.
    legend : Legend or None
    """

    layers: tuple[Layer, Layer]
    slices: tuple[tuple[Slice, ...], tuple[Slice, ...]]
    grid: Grid
    country: Polygons | None
    lookups: tuple[Mapping[int, int] | None, Mapping[int, int] | None]
    legend: Legend | None

    @property
    def is_class(self) -> bool:
        """Return whether codes are compared."""
        return self.layers[0].kind in ("class", "mask")

    def strips(self) -> Iterator[_Strip]:
        """Yield the grid from north to south."""
        readers = [RasterReader(layer) for layer in self.layers]
        rows = max(1, STRIP // self.grid.width)
        for row in range(0, self.grid.height, rows):
            tile = Tile(0, row, 0, min(rows, self.grid.height - row), self.grid.width)
            part = self.grid.part(tile)
            km2 = np.broadcast_to(cell_areas_km2(part), part.shape)
            if self.country is not None:
                km2 = np.where(burn(self.country, part) > 0, km2, 0.0)
            first, second = (self._numbers(number, reader, part) for number, reader in enumerate(readers))
            yield _Strip(tile, first, second, km2)

    @property
    def count(self) -> int:
        """Return the number of strips."""
        return -(-self.grid.height // max(1, STRIP // self.grid.width))

    def _numbers(self, number: int, reader: RasterReader, part: Grid) -> Floats:
        """Return one layer on a part: the mean of its bands, or its codes."""
        lookup = self.lookups[number]
        if not self.is_class:
            return np.asarray(reader.counts(self.slices[number], part).mean(axis=0))
        codes = (
            reader.integers(self.slices[number], part)
            if lookup is None
            else reader.codes(self.slices[number], part, lookup)
        )[0].astype(np.float64)
        return np.where(codes < 0, np.nan, codes)


def write_difference(
    first: Layer, second: Layer, home: Path, out: Path, *, year: int | None, progress: Progress
) -> dict[str, Any]:
    """Compare two layers inside the country, and write maps of both and of their difference.

    Parameters
    ----------
    first, second : Layer
        Of one role; the second is read on the cells of the first.
    home : Path
        The workspace: its boundary, and the legend that land cover is compared in.
    out : Path
        Where the maps go.
    year : int or None
        The latest that both have when None.
    progress : Progress

    Returns
    -------
    dict
        "is_class", "year", "unit", "classes" (areas of the difference), "maps" with their legends, "products"; for
        codes "pairs" (from, to, km2), for values "statistics" weighted by area.

    Raises
    ------
    InputError
        If the layers measure different things, have no year in common, or do not meet in the country.
    """
    pair = _pair(first, second, home, year)
    progress.start(2 * pair.count, "comparing")
    measured = _counted(pair, progress) if pair.is_class else _summed(pair, progress)
    scale = _Scale.of(measured)
    classes = _write_maps(pair, scale, out, progress)
    if not classes:
        raise InputError("the two layers do not meet in the country", hint="check where they lie: landbalance explain")
    entries = {"difference": scale.difference_entries(pair), **{side: scale.entries(pair) for side in SIDES}}
    for name, found in entries.items():
        picture = draw_map(MapSpec(name, "", found, ""), {name: out / f"{name}.tif"}) if found else None
        if picture is not None:
            (out / f"{name}.png").write_bytes(picture.png)
    progress.finish()
    years = sorted({piece.year for piece in pair.slices[0] if piece.year})
    return {
        "is_class": pair.is_class,
        "year": years[0] if years else None,
        "unit": "" if first.unit == "1" else first.unit,
        "classes": {str(code): km2 for code, km2 in sorted(classes.items())},
        "maps": {name: [vars(entry) for entry in found] for name, found in entries.items()},
        **measured,
        "products": sorted(path.name for path in out.iterdir()),
    }


def _pair(first: Layer, second: Layer, home: Path, year: int | None) -> _Pair:
    """Return two layers ready to be read."""
    if first.kind != second.kind or (first.kind == "value" and first.unit != second.unit):
        raise InputError(
            "{first} is {kind} [{unit}], {second} is {other} [{other_unit}]",
            first=first.title or first.role, kind=first.kind, unit=first.unit,
            second=second.title or second.role, other=second.kind, other_unit=second.unit,
            hint="compare layers that measure the same",
        )  # fmt: skip
    shared = _shared_year(first, second, year)
    country = read_polygons(place) if (place := load_workspace(home).boundary) else None
    legend: Legend | None = None
    lookups: tuple[Mapping[int, int] | None, Mapping[int, int] | None] = (None, None)
    if first.role == "land_cover":
        legend, one = nesting_for(first, home)
        lookups = (one, nesting_for(second, home)[1])
    native = RasterReader(first).grid
    return _Pair(
        (first, second), (_slices(first, shared), _slices(second, shared)), _around(country, native), country,
        lookups, legend,
    )  # fmt: skip


def _shared_year(first: Layer, second: Layer, year: int | None) -> int | None:
    """Return the year to compare; None where a layer without years is compared."""
    if not first.years or not second.years:
        return max(first.years or second.years, default=None) if year is None else year
    common = sorted(set(first.years) & set(second.years))
    if year in common:
        return year
    if year is None and common:
        return common[-1]
    said = ", ".join(map(str, common)) or "none"
    raise InputError("the layers have no year {year} in common: {common}", year=year or "", common=said,
                     hint="choose one that both have")  # fmt: skip


def _slices(layer: Layer, year: int | None) -> tuple[Slice, ...]:
    """Return the bands of a year; the first band of a layer without years."""
    found = tuple(piece for piece in layer.slices if piece.year == year) if layer.years else layer.slices[:1]
    return found or tuple(piece for piece in layer.slices if piece.year == layer.years[-1])


def _around(country: Polygons | None, native: Grid) -> Grid:
    """Return the cells round the country; all of a grid that goes on beyond 180 degrees."""
    west, _, east, _ = native.bounds
    if country is None or (is_geographic(native.crs) and (west < -180.0 or east > 180.0)):
        return native
    bounds = shapely.total_bounds(list(country.to(native.crs).geometries))
    return snap(tuple(bounds.tolist()), native) or native


def _counted(pair: _Pair, progress: Progress) -> dict[str, Any]:
    """Return how much land is which class in both layers [km2], the largest first."""
    areas: defaultdict[tuple[int, int], float] = defaultdict(float)
    for strip in pair.strips():
        codes = [np.where(np.isnan(each), -1, each).astype(np.int64) for each in (strip.first, strip.second)]
        inside = strip.km2 > 0
        pairs = np.column_stack([each[inside] for each in codes])
        if pairs.size:
            found, place = np.unique(pairs, axis=0, return_inverse=True)
            sums = np.bincount(place.ravel(), weights=strip.km2[inside])
            for (one, other), km2 in zip(found.tolist(), sums.tolist(), strict=True):
                areas[one, other] += km2
        progress.advance(1)
    names = {place: each.name for place, each in enumerate(pair.legend.classes, 1)} if pair.legend else {}
    rows = [
        {"first": _named(one, names), "second": _named(other, names), "is_same": one == other, "km2": km2}
        for (one, other), km2 in sorted(areas.items(), key=lambda row: (-row[1], row[0]))
        if (one, other) != (-1, -1)
    ]
    return {"pairs": rows[:MOST_ROWS], "pairs_left_out": max(len(rows) - MOST_ROWS, 0)}


def _named(code: int, names: Mapping[int, str]) -> str | None:
    """Return the name of a class; None where it is unknown."""
    return None if code < 0 else names.get(code, str(code))


def _summed(pair: _Pair, progress: Progress) -> dict[str, Any]:
    """Return statistics of two layers of values, weighted by area."""
    sums, low, high = np.zeros(8), np.inf, -np.inf
    for strip in pair.strips():
        known = np.isfinite(strip.first) & np.isfinite(strip.second) & (strip.km2 > 0)
        a, b, weight = strip.first[known], strip.second[known], strip.km2[known]
        if a.size:
            low, high = min(low, a.min(), b.min()), max(high, a.max(), b.max())
        apart = b - a
        terms = (np.ones_like(a), a, b, a * a, b * b, a * b, np.abs(apart), apart * apart)
        sums += [float((weight * term).sum()) for term in terms]
        progress.advance(1)
    if not sums[0]:
        return {"statistics": None}
    weight, (a, b, aa, bb, ab, off, square) = sums[0], sums[1:] / sums[0]
    spread = max(aa - a * a, 0.0) ** 0.5, max(bb - b * b, 0.0) ** 0.5
    flat = min(spread) <= 1e-6 * max(abs(a), abs(b), 1e-30)
    return {
        "statistics": {
            "known_km2": weight, "first_mean": a, "second_mean": b, "first_spread": spread[0],
            "second_spread": spread[1], "mean_difference": b - a, "mean_absolute": off, "root_mean_square": square**0.5,
            "correlation": None if flat else (ab - a * b) / (spread[0] * spread[1]), "low": float(low),
            "high": float(high),
        }
    }  # fmt: skip


@dataclass(frozen=True)
class _Scale:
    """How numbers become classes of a map; without edges they are classes already."""

    step: float
    edges: Floats | None

    @classmethod
    def of(cls, measured: Mapping[str, Any]) -> "_Scale":
        """Return the scale that fits what was measured."""
        found = measured.get("statistics")
        if not found:
            return cls(1.0, None)
        middle, spread = found["first_mean"], 2.0 * max(found["first_spread"], found["second_spread"])
        low, high = max(found["low"], middle - spread), min(found["high"], middle + spread)
        least = max(NOISE * max(abs(found["first_mean"]), abs(found["second_mean"])), LEAST)
        step = nice_length(max(found["root_mean_square"], least))
        return cls(step, np.linspace(low, max(high, low + least), CLASSES + 1)[1:-1])

    def apart(self, strip: _Strip) -> NDArray[np.int8]:
        """Return the class of the difference of each cell."""
        a, b = np.isfinite(strip.first), np.isfinite(strip.second)
        if self.edges is None:
            both = np.where(strip.first == strip.second, SAME, CHANGED)
        else:
            both = np.digitize(strip.second - strip.first, np.multiply(STEPS, self.step)) - CLASSES // 2
        codes = np.select([a & b, a, b], [both, ONLY_FIRST, ONLY_SECOND], NEITHER)
        return np.where(strip.km2 > 0, codes, NODATA).astype(np.int8)

    def shown(self, values: Floats, strip: _Strip) -> NDArray[np.int8]:
        """Return the class of one layer's cells."""
        known = np.isfinite(values)
        codes = np.where(known, values, 0.0) if self.edges is None else np.digitize(values, self.edges)
        codes = np.where(known, np.minimum(codes, UNKNOWN - 1), UNKNOWN)
        return np.where(strip.km2 > 0, codes, NODATA).astype(np.int8)

    def difference_entries(self, pair: _Pair) -> tuple[LegendEntry, ...]:
        """Return the legend of the difference; a name of bounds is left to whoever shows it."""
        if pair.is_class:
            known = [LegendEntry(SAME, "#F5F5F5", "", "same"), LegendEntry(CHANGED, "#8C510A", "lines", "changed")]
        else:
            bounds = [None, *(each * self.step for each in STEPS), None]
            known = [_bounded(n - CLASSES // 2, MORE[n], bounds[n : n + 2]) for n in range(CLASSES)]
        return (*known, *ONE_SIDED.values())

    def entries(self, pair: _Pair) -> tuple[LegendEntry, ...]:
        """Return the legend of either layer."""
        unknown = LegendEntry(UNKNOWN, NO_DATA_COLOUR, "rare", "unknown")
        if self.edges is not None:
            bounds = [None, *self.edges.tolist(), None]
            known = [_bounded(number, AMOUNT[number], bounds[number : number + 2]) for number in range(CLASSES)]
        else:
            classes = pair.legend.classes if pair.legend else ()
            known = [LegendEntry(place, each.colour, "", each.name) for place, each in enumerate(classes, 1)]
        return (*known, unknown) if known else ()


def _bounded(code: int, colour: str, bounds: list[float | None]) -> LegendEntry:
    """Return the legend of a class between two bounds, which stand in its name."""
    low, high = ("" if each is None else f"{each:.4g}" for each in bounds)
    return LegendEntry(code, colour, PATTERNS[code + CLASSES // 2] if colour in MORE else "", f"{low}..{high}")


def _write_maps(pair: _Pair, scale: _Scale, out: Path, progress: Progress) -> dict[int, float]:
    """Write the maps, and return the area of each class of the difference [km2]."""
    make = partial(TiledWriter, grid=pair.grid, dtype="int8", nodata=NODATA)
    writers = {name: make(out / f"{name}.tif") for name in ("difference", *SIDES)}
    areas: defaultdict[int, float] = defaultdict(float)
    try:
        for strip in pair.strips():
            apart = scale.apart(strip)
            for code in np.unique(apart[strip.km2 > 0]).tolist():
                areas[code] += float(strip.km2[apart == code].sum())
            maps = (apart, scale.shown(strip.first, strip), scale.shown(strip.second, strip))
            for writer, array in zip(writers.values(), maps, strict=True):
                writer.write(strip.tile, array)
            progress.advance(1)
        for writer in writers.values():
            writer.finish(overviews="mode")
    finally:
        for writer in writers.values():
            writer.discard()
    return dict(areas) if any(code not in ONE_SIDED for code in areas) else {}
