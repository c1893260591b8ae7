"""Pictures of class rasters for the report: drawn from overviews, with patterns beside colours, as small PNG files."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import rasterio
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from pyproj import CRS, Geod, Transformer
from rasterio.enums import Resampling

from landbalance.core.vocab import EXPORT_OUTSIDE, NODATA
from landbalance.grid.grid import Grid
from landbalance.reporting.maps import LegendEntry, MapSpec

Outlines: TypeAlias = tuple[tuple[NDArray[np.float64], int], ...]
LONGEST = 900  # pixels of the longer side
STEPS = (1, 2, 5)
PATTERN_SIZE = 6
OUTSIDE = EXPORT_OUTSIDE


@dataclass(frozen=True)
class Picture:
    """A drawn map: PNG bytes, its size, and a scale bar as a share of the width with its length [km]."""

    png: bytes
    width: int
    height: int
    bar_share: float
    bar_km: float


@dataclass(frozen=True)
class Frame:
    """The part of the Earth a picture shows: bounds, true aspect, and ground width [km]."""

    bounds: tuple[float, float, float, float]
    width: int
    height: int
    ground_km: float
    crs: str = "EPSG:4326"


def draw_map(
    spec: MapSpec, rasters: Mapping[str, Path], outlines: Outlines = (), *, longest: int = LONGEST
) -> Picture | None:
    """Draw a map, with both pieces of a country that crosses the antimeridian; None where there is no raster.

    Parameters
    ----------
    outlines : tuple
        Rings of the country and its zones in longitude and latitude, each with the width of its line [pixels].
    """
    paths = [rasters[key] for key in (spec.raster, f"{spec.raster}:e", f"{spec.raster}:w") if key in rasters]
    if not paths:
        return None
    frame = _frame(paths, longest)
    codes = np.full((frame.height, frame.width), NODATA, dtype=np.int16)
    for path in paths:
        _paste(path, frame, codes)
    inside = _inside(spec.raster, rasters, frame)
    codes[~inside & (codes == NODATA)] = OUTSIDE
    bar_km = nice_length(frame.ground_km / 3)
    png = _png(codes, spec.entries, _lines(outlines, frame))
    return Picture(png, frame.width, frame.height, bar_km / frame.ground_km, bar_km)


def draw_codes(
    codes: NDArray[np.int16],
    grid: Grid,
    entries: tuple[LegendEntry, ...],
    outlines: Outlines = (),
    *,
    longest: int = LONGEST,
) -> Picture:
    """Draw class codes on a grid; `EXPORT_OUTSIDE` is clear."""
    across, down = _ground(grid.crs, grid.bounds)
    scale = longest / max(across, down)
    width, height = max(round(across * scale), 1), max(round(down * scale), 1)
    frame = Frame(grid.bounds, width, height, across, grid.crs)
    rows = np.minimum((np.arange(height) + 0.5) * grid.height / height, grid.height - 1).astype(np.intp)
    columns = np.minimum((np.arange(width) + 0.5) * grid.width / width, grid.width - 1).astype(np.intp)
    bar_km = nice_length(across / 3)
    png = _png(codes[np.ix_(rows, columns)], entries, _lines(outlines, frame))
    return Picture(png, width, height, bar_km / across, bar_km)


def draw_swatch(entry: LegendEntry, width: int = 48, height: int = 30) -> bytes:
    """Return the colour and pattern of one class as a small PNG, for legends that stand beside a map."""
    codes = np.full((height, width), entry.code, dtype=np.int16)
    return _png(codes, (entry,), edges(np.ones(codes.shape, dtype=bool)))


def outlines_of(features: Mapping[str, Any] | None) -> Outlines:
    """Return the rings of a GeoJSON collection: those of the country are drawn wider than those of its zones."""
    rings = []
    for feature in (features or {}).get("features", ()):
        width = 2 if feature["properties"].get("group", "nation") == "nation" else 1
        geometry = feature["geometry"] or {}
        polygons = geometry.get("coordinates", ())
        polygons = [polygons] if geometry.get("type") == "Polygon" else polygons
        rings += [(np.asarray(ring, dtype=np.float64)[:, :2], width) for polygon in polygons for ring in polygon]
    return tuple(rings)


def nice_length(length: float) -> float:
    """Return the longest round length (1, 2 or 5 times a power of ten) that is not above the one given.

    Examples
    --------
    >>> nice_length(37.0), nice_length(0.9)
    (20.0, 0.5)
    """
    power = 10.0 ** np.floor(np.log10(max(length, 1e-9)))
    return float(max(step * power for step in STEPS if step * power <= length * (1 + 1e-9)))


def pattern(name: str, height: int, width: int) -> NDArray[np.bool_]:
    """Return where a pattern puts ink."""
    if not name:
        return np.zeros((height, width), dtype=bool)
    y, x = np.mgrid[0 : 2 * PATTERN_SIZE, 0 : 2 * PATTERN_SIZE]
    down, across = (x + y) % PATTERN_SIZE == 0, (x - y) % PATTERN_SIZE == 0
    patterns = {
        "lines": down,
        "cross": down | across,
        "rare": (x + y) % (2 * PATTERN_SIZE) == 0,
        "dots": ((x % PATTERN_SIZE) < 2) & ((y % PATTERN_SIZE) < 2),
        "grid": (x % PATTERN_SIZE == 0) | (y % PATTERN_SIZE == 0),
    }
    repeats = -(-height // len(y)), -(-width // len(y))
    return np.tile(patterns[name], repeats)[:height, :width]


def _inside(raster: str, rasters: Mapping[str, Path], frame: Frame) -> NDArray[np.bool_]:
    """Return which cells lie in the area of interest: those where a gap raster has a value; none without one."""
    codes = np.full((frame.height, frame.width), NODATA, dtype=np.int16)
    if not raster.startswith("gaps."):
        names = sorted({name.split(":")[0] for name in rasters if name.startswith("gaps.")})[:1]
        for name in names:
            for key in (name, f"{name}:e", f"{name}:w"):
                if key in rasters:
                    _paste(rasters[key], frame, codes)
    return np.asarray(codes != NODATA, dtype=bool)


def _frame(paths: list[Path], longest: int) -> Frame:
    """Return the bounds of all pieces, east of the antimeridian first, and the size of the picture."""
    boxes = []
    for path in paths:
        with rasterio.open(path, driver="GTiff") as file:
            crs, bounds = file.crs, file.bounds
        shift = 360.0 if crs.is_geographic and len(paths) > 1 and bounds.right <= 0 else 0.0
        boxes.append((bounds.left + shift, bounds.bottom, bounds.right + shift, bounds.top))
    west, south = min(box[0] for box in boxes), min(box[1] for box in boxes)
    east, north = max(box[2] for box in boxes), max(box[3] for box in boxes)
    across, down = _ground(crs.to_wkt(), (west, south, east, north))
    scale = longest / max(across, down)
    size = max(round(across * scale), 1), max(round(down * scale), 1)
    return Frame((west, south, east, north), size[0], size[1], across, crs.to_wkt())


def _ground(crs: str, bounds: tuple[float, float, float, float]) -> tuple[float, float]:
    """Return the width and height of a box on the ground [km]."""
    west, south, east, north = bounds
    if CRS.from_user_input(crs).is_geographic:
        geod, middle = Geod(ellps="WGS84"), (south + north) / 2
        parts = np.linspace(west, east, 9)
        across = geod.line_length(parts, np.full(9, middle))
        return across / 1000, geod.line_length([west, west], [south, north]) / 1000
    unit = CRS.from_user_input(crs).axis_info[0].unit_conversion_factor
    return (east - west) * unit / 1000, (north - south) * unit / 1000


def _paste(path: Path, frame: Frame, codes: NDArray[np.int16]) -> None:
    """Read a raster at the size it has in the picture and put it in its place."""
    with rasterio.open(path, driver="GTiff") as file:
        bounds = file.bounds
        shift = 360.0 if bounds.left < frame.bounds[0] - 180 else 0.0
        west, _, _, north = frame.bounds
        per_x = frame.width / (frame.bounds[2] - west)
        per_y = frame.height / (north - frame.bounds[1])
        left, right = round((bounds.left + shift - west) * per_x), round((bounds.right + shift - west) * per_x)
        top, bottom = round((north - bounds.top) * per_y), round((north - bounds.bottom) * per_y)
        shape = (max(bottom - top, 1), max(right - left, 1))
        values = file.read(1, out_shape=shape, resampling=Resampling.nearest)
    rows, columns = min(shape[0], frame.height - top), min(shape[1], frame.width - left)
    codes[top : top + rows, left : left + columns] = values[:rows, :columns]


def _png(codes: NDArray[np.int16], entries: tuple[LegendEntry, ...], lines: NDArray[np.bool_]) -> bytes:
    """Return a paletted PNG: two inks a class (plain and pattern), an outline, and a clear background."""
    indices = np.zeros(codes.shape, dtype=np.uint8)
    palette = [(255, 255, 255), (38, 44, 52)]
    for entry in entries:
        plain, own = rgb(entry.colour), codes == entry.code
        indices[own] = len(palette)
        if entry.pattern:
            indices[own & pattern(entry.pattern, *codes.shape)] = len(palette) + 1
        palette += [plain, ink(plain)]
    shown = codes != OUTSIDE
    indices[shown & (indices == 0)] = len(palette)
    palette.append((201, 206, 211))
    indices[lines if lines.any() else edges(shown)] = 1
    image = Image.fromarray(indices, mode="P")
    image.putpalette([channel for colour in palette for channel in colour])
    buffer = io.BytesIO()
    image.save(buffer, format="PNG", transparency=0, optimize=True)
    return buffer.getvalue()


def _lines(outlines: Outlines, frame: Frame) -> NDArray[np.bool_]:
    """Return where the outlines run in a picture; a line that would cross the whole picture is left out."""
    image = Image.new("1", (frame.width, frame.height))
    thicker = int(max(frame.width, frame.height) > LONGEST)  # a large picture is shown smaller than it is
    pen = ImageDraw.Draw(image)
    to_map = Transformer.from_crs("EPSG:4326", frame.crs, always_xy=True)
    west, south, east, north = frame.bounds
    for ring, width in outlines:
        x, y = (np.asarray(values) for values in to_map.transform(ring[:, 0], ring[:, 1]))
        x = np.where((x < west - 180) & (east > 180), x + 360, x)
        points = np.column_stack(
            [(x - west) / (east - west) * frame.width, (north - y) / (north - south) * frame.height]
        )
        jumps = np.flatnonzero(np.abs(np.diff(points[:, 0])) > frame.width / 2) + 1
        for part in np.split(points, jumps):
            if len(part) > 1:
                pen.line([tuple(point) for point in part.tolist()], fill=1, width=width + thicker)
    return np.asarray(image, dtype=bool)


def edges(shown: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the cells of an area that touch what lies outside it."""
    padded = np.pad(shown, 1)
    inner = padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]
    return np.asarray(shown & ~inner, dtype=bool)


def rgb(colour: str) -> tuple[int, int, int]:
    """Return the channels of "#RRGGBB"."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def ink(colour: tuple[int, int, int]) -> tuple[int, int, int]:
    """Return the shade a pattern is drawn in: darker on light classes, lighter on dark ones."""
    light = 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2] > 120
    red, green, blue = (round(c * 0.62) if light else round(c + (255 - c) * 0.38) for c in colour)
    return red, green, blue
