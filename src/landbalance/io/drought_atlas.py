"""The atlas of a drought monitor: classes of every step on their grid, and what each district was in, for maps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import orjson
import rasterio
from numpy.typing import NDArray
from pyproj import Transformer
from rasterio.transform import Affine

from landbalance.core.errors import InputError, NotFoundError
from landbalance.core.vocab import EXPORT_OUTSIDE, NODATA
from landbalance.grid.grid import Grid, Tile
from landbalance.io.geotiff import TiledWriter
from landbalance.io.geotiff_bands import GDAL_ERRORS
from landbalance.io.map_images import Outlines, draw_codes
from landbalance.io.map_tiles import Inks, drawn_tile, tile_codes
from landbalance.reporting.maps import LegendEntry

PHASES = "phases"
ABOUT, TABLES, DISTRICTS = "atlas.json", "atlas.npz", "districts.tif"
FINEST = 2048  # cells of the longer side of the map of districts
KEPT = 16
MERCATOR_M = 40_075_016.686 / 256  # of a pixel at zoom 0
Codes = NDArray[np.int8]
Values = NDArray[np.float32]


@dataclass(frozen=True)
class Atlas:
    """Everything the map of a monitor shows.

    Parameters
    ----------
    labels, districts : tuple of str
        Steps, first to last, and districts.
    layers : tuple of str
        What can be shown: "phases", then the indices.
    grid : Grid
        Of the map of districts.
    bounds : tuple of float
        In degrees.
    phases : ndarray of int8, shape (step, district)
    mean, dry : mapping of str to ndarray of float32, shape (step, district)
        Mean of an index, and the share of land at or below -1; NaN unknown.
    """

    folder: Path
    labels: tuple[str, ...]
    districts: tuple[str, ...]
    layers: tuple[str, ...]
    grid: Grid
    bounds: tuple[float, float, float, float]
    phases: Codes
    mean: Mapping[str, Values]
    dry: Mapping[str, Values]

    @property
    def deepest(self) -> int:
        """Return the zoom at which a cell of the map of districts is about as large as a pixel."""
        metres = self.grid.dx * 111_320 if abs(self.grid.dx) < 1 else self.grid.dx
        return max(0, min(16, int(np.ceil(np.log2(MERCATOR_M / metres)))))

    def step(self, label: str) -> int:
        """Return the place of a step; the last one where none is named.

        Raises
        ------
        NotFoundError
            If there is no such step.
        """
        if not label:
            return len(self.labels) - 1
        if label not in self.labels:
            raise NotFoundError("there is no map of {date}", date=label, hint="choose a month of the list")
        return self.labels.index(label)

    def check(self, layer: str) -> None:
        """Refuse a layer that is not there.

        Raises
        ------
        NotFoundError
            If there is none.
        """
        if layer not in self.layers:
            raise NotFoundError("there is no map {key}", key=layer, hint="choose one of the list")


def finer(grid: Grid) -> Grid:
    """Return a grid with smaller cells, so that coasts and borders show."""
    parts = max(1, min(8, FINEST // max(grid.width, grid.height)))
    size = grid.width * parts, grid.height * parts
    return Grid(grid.crs, grid.west, grid.north, grid.dx / parts, grid.dy / parts, *size)


def write_atlas(
    folder: Path, *, labels: Sequence[str], districts: Sequence[str], numbers: NDArray[np.int32], grid: Grid,
    classes: Mapping[str, Codes], phases: Codes, mean: Mapping[str, NDArray[np.float64]],
    dry: Mapping[str, NDArray[np.float64]],
) -> list[str]:  # fmt: skip
    """Write an atlas into a folder of its own; return the names of its files.

    Parameters
    ----------
    numbers : ndarray of int32, shape of `finer(grid)`
        Number of the district from 1 on; 0 outside.
    classes : mapping of str to ndarray of int8, shape (step, y, x)
        Classes of each index on `grid`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    fine = finer(grid)
    writer = TiledWriter(folder / DISTRICTS, fine, "int16", 0)
    writer.write(Tile(0, 0, 0, fine.height, fine.width), numbers)
    writer.finish(overviews="nearest")
    for key, values in classes.items():
        _write_steps(folder / f"{key}.tif", values, grid)
    arrays = {f"mean:{key}": values.astype(np.float32) for key, values in mean.items()}
    arrays |= {f"dry:{key}": values.astype(np.float32) for key, values in dry.items()}
    np.savez_compressed(folder / TABLES, **{PHASES: phases}, **arrays)  # type: ignore[arg-type]
    said = {
        "labels": list(labels), "districts": list(districts), "layers": [PHASES, *classes], "crs": fine.crs,
        "grid": [fine.west, fine.north, fine.dx, fine.dy, fine.width, fine.height],
    }  # fmt: skip
    (folder / ABOUT).write_bytes(orjson.dumps(said))
    return [ABOUT, TABLES, DISTRICTS, *(f"{key}.tif" for key in classes)]


def read_atlas(folder: Path) -> Atlas:
    """Return the atlas in a folder.

    Raises
    ------
    NotFoundError
        If there is none.
    """
    about = folder / ABOUT
    if not about.is_file():
        raise NotFoundError("there is no map of drought", hint="bring the monitor up to date")
    return _read(folder, about.stat().st_mtime_ns)


def atlas_tile(atlas: Atlas, layer: str, step: int, inks: Inks, place: tuple[int, int, int]) -> bytes:
    """Return one tile of a step as PNG.

    Raises
    ------
    InputError
        If there is no such tile, or a file cannot be read.
    NotFoundError
        If there is no such layer.
    """
    atlas.check(layer)
    numbers = tile_codes((atlas.folder / DISTRICTS,), place)
    is_outside = numbers <= 0
    if layer == PHASES:
        codes = _phases_of(atlas, step, np.maximum(numbers, 0))
    else:
        codes = tile_codes((atlas.folder / f"{layer}.tif",), place, band=step + 1)
    return drawn_tile(codes, is_outside, inks, place)


def atlas_picture(
    atlas: Atlas, layer: str, step: int, entries: tuple[LegendEntry, ...], outlines: Outlines, *, longest: int
) -> bytes:
    """Return the whole map of a step as PNG.

    Raises
    ------
    InputError
        If a file cannot be read.
    NotFoundError
        If there is no such layer.
    """
    atlas.check(layer)
    shrink = max(1, max(atlas.grid.shape) // longest)
    grid = Grid(atlas.grid.crs, atlas.grid.west, atlas.grid.north, atlas.grid.dx * shrink, atlas.grid.dy * shrink,
                max(1, atlas.grid.width // shrink), max(1, atlas.grid.height // shrink))  # fmt: skip
    numbers = _band(atlas.folder / DISTRICTS, 1, grid.shape)
    if layer == PHASES:
        codes = _phases_of(atlas, step, np.maximum(numbers, 0))
    else:
        codes = _band(atlas.folder / f"{layer}.tif", step + 1, grid.shape)
    codes = np.where(numbers > 0, codes, EXPORT_OUTSIDE).astype(np.int16)
    return draw_codes(codes, grid, entries, outlines, longest=longest).png


def _phases_of(atlas: Atlas, step: int, numbers: NDArray[np.int16]) -> NDArray[np.int16]:
    """Return the phase of each cell from the number of its district."""
    table = np.concatenate([[NODATA], atlas.phases[step]]).astype(np.int16)
    return np.asarray(table[numbers])


@lru_cache(maxsize=KEPT)
def _read(folder: Path, stamp: int) -> Atlas:
    """Return an atlas; `stamp` makes a new one be read again."""
    said = orjson.loads((folder / ABOUT).read_bytes())
    with np.load(folder / TABLES, allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    grid = Grid(said["crs"], *said["grid"])
    to_degrees = Transformer.from_crs(grid.crs, "EPSG:4326", always_xy=True)
    west, south, east, north = to_degrees.transform_bounds(*grid.bounds, densify_pts=21)
    parts = {
        kind: {name.partition(":")[2]: values for name, values in arrays.items() if name.startswith(kind + ":")}
        for kind in ("mean", "dry")
    }
    return Atlas(
        folder, tuple(said["labels"]), tuple(said["districts"]), tuple(said["layers"]), grid,
        (west, max(south, -85.0), east, min(north, 85.0)), arrays[PHASES], parts["mean"], parts["dry"],
    )  # fmt: skip


def _write_steps(path: Path, values: Codes, grid: Grid) -> None:
    """Write one band for each step, each readable by itself."""
    form = {
        "driver": "GTiff", "dtype": "int8", "nodata": NODATA, "crs": grid.crs, "count": len(values),
        "height": grid.height, "width": grid.width, "transform": Affine(*grid.gdal_transform),
        "interleave": "band", "compress": "deflate", "BIGTIFF": "IF_SAFER",
    }  # fmt: skip
    try:
        with rasterio.open(path, "w", **form) as file:
            file.write(values.reshape(-1, *grid.shape))
    except GDAL_ERRORS as error:
        raise InputError("{path} cannot be written", path=path.name, hint="make room on the disk") from error


def _band(path: Path, band: int, shape: tuple[int, int]) -> NDArray[np.int16]:
    """Return a band of a raster at another size."""
    try:
        with rasterio.open(path, driver="GTiff") as file:
            return np.asarray(file.read(band, out_shape=shape, resampling=rasterio.enums.Resampling.nearest), np.int16)
    except GDAL_ERRORS as error:
        raise InputError("{path} cannot be read", path=path.name, hint="bring the monitor up to date") from error
