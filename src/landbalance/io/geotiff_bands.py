"""The bands of a GeoTIFF."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import rasterio
from rasterio._err import CPLE_BaseError
from rasterio.crs import CRS
from rasterio.errors import RasterioError
from rasterio.windows import Window as RasterWindow

from landbalance.core.addresses import is_remote
from landbalance.core.errors import InputError
from landbalance.core.types import Array
from landbalance.grid.align import Window
from landbalance.grid.grid import Grid
from landbalance.io.bands import BandFacts, FileFacts, checked_grid, damaged, first_line
from landbalance.io.quiet import quiet_about_georeference

Result = TypeVar("Result")
GDAL_ERRORS = (RasterioError, CPLE_BaseError)
GDAL_OPTIONS: dict[str, Any] = {"GDAL_NUM_THREADS": "1", "GDAL_CACHEMAX": 64 << 20}
LARGEST_BLOCK = 1 << 30  # bytes that one block of a file may take in memory
MOST_CELLS, MOST_BANDS, MOST_TIMES = 2 * 10**10, 500, 1000  # a file that declares more cells or bands, and more than
# so many times its size, holds next to nothing of them: nobody waits for it to be read


class GeoTiffBands:
    """The bands of a GeoTIFF; overviews are never read.

    Raises
    ------
    InputError
        If it cannot be opened, is rotated, or does not say where it lies.
    SourceError
        If it is on a server, and not to be read there.
    """

    def __init__(self, path: str, *, crs: str = "") -> None:
        self.path = path
        self._options = GDAL_OPTIONS
        try:
            self._patiently(self._open)
        except GDAL_ERRORS as error:
            hint = "it is cut short or damaged: fetch it again"
            raise InputError("{path} cannot be opened ({why})", path=path, why=first_line(error), hint=hint) from error
        self.count = int(self._dataset.count)
        self.dtype = np.dtype(self._dataset.dtypes[0])
        self.nodata = tuple(sorted({float(value) for value in self._dataset.nodatavals if value is not None}))
        self._check_blocks()
        self._check_size()
        self.grid = checked_grid(_grid(self._dataset, crs, path), path)

    def read(self, bands: tuple[int, ...], window: Window, out: Array | None = None) -> Array:
        """Return the stored numbers of some bands in a window, shape (band, y, x)."""
        if max(bands, default=0) > self.count:
            raise InputError(
                "{path} has {found} bands, not {asked}", path=self.path, found=self.count, asked=max(bands)
            )
        box = RasterWindow(window.col, window.row, window.width, window.height)

        def read() -> Array:
            with rasterio.Env(**self._options):
                return np.asarray(self._dataset.read(list(bands), window=box, out=out))

        try:
            return self._patiently(read)
        except (*GDAL_ERRORS, MemoryError) as error:
            raise damaged(self.path, window, error) from error

    def facts(self) -> FileFacts:
        """Return what the file says of itself."""
        data = self._dataset
        names = [name or "" for name in data.descriptions]
        bands = tuple(BandFacts(number, names[number - 1], data.tags(number)) for number in data.indexes)
        unit = next((unit for unit in data.units if unit), "")
        return FileFacts(bands, float(data.scales[0]), float(data.offsets[0]), unit, data.tags(), _colours(data))

    def close(self) -> None:
        """Let go of the file."""
        self._dataset.close()

    def _open(self) -> None:
        """Open the file, with no other driver than that of its format."""
        name = self.path
        if is_remote(name):
            from landbalance.io.remote import gdal_options, gdal_path

            name, self._options = gdal_path(self.path), GDAL_OPTIONS | gdal_options(self.path)
        with rasterio.Env(**self._options), quiet_about_georeference():
            self._dataset = rasterio.open(name, driver="GTiff")

    def _reopen(self) -> None:
        """Open the file anew, so that nothing of a failed request is kept."""
        if hasattr(self, "_dataset"):
            self._dataset.close()
        self._open()

    def _patiently(self, work: Callable[[], Result]) -> Result:
        """Return the result of work on the file; one on a server is opened anew and asked again when that fails."""
        if not is_remote(self.path):
            return work()
        from landbalance.io.remote import with_retries

        return with_retries(work, self.path, again=self._reopen)

    def _check_blocks(self) -> None:
        """Refuse a file whose smallest piece would fill the memory."""
        height, width = self._dataset.block_shapes[0]
        interleaved = self.count if self._dataset.interleaving == rasterio.enums.Interleaving.pixel else 1
        size = height * width * self.dtype.itemsize * interleaved
        if size > LARGEST_BLOCK:
            raise InputError(
                "{path} is stored in blocks of {size:.0f} MB",
                path=self.path,
                size=size / 1e6,
                hint="save it again in tiles of 512 by 512",
            )

    def _check_size(self) -> None:
        """Refuse a local file that declares a vast raster and holds next to nothing of it."""
        cells = self._dataset.width * self._dataset.height
        if is_remote(self.path) or (cells <= MOST_CELLS and self.count <= MOST_BANDS):
            return
        declared, held = cells * self.count * self.dtype.itemsize, Path(self.path).stat().st_size
        if declared > MOST_TIMES * held:
            raise InputError(
                "{path} declares {width:,} x {height:,} cells in {count} bands, and holds {held:.1f} MB",
                path=self.path,
                width=self._dataset.width,
                height=self._dataset.height,
                count=self.count,
                held=held / 1e6,
                hint="cut it to the area that has data",
            )


def _grid(dataset: Any, crs: str, path: str) -> Grid:
    """Return the grid of an open dataset."""
    transform = dataset.transform
    if transform.is_identity:
        raise InputError("{path} does not say where it lies", path=path, hint="georeference it in a GIS first")
    if transform.b or transform.d or transform.a <= 0 or transform.e >= 0:
        raise InputError("{path} is rotated or upside down", path=path, hint="warp it to a north-up grid first")
    name = crs or crs_name(dataset.crs)
    return Grid(name, transform.c, transform.f, transform.a, -transform.e, dataset.width, dataset.height)


def _colours(dataset: Any) -> dict[int, tuple[int, int, int, int]]:
    """Return the colour table of the first band, empty where there is none."""
    try:
        return dict(dataset.colormap(1))
    except ValueError:
        return {}


def crs_name(crs: CRS | None) -> str:
    """Return a short name of a reference system where it has one, else its WKT; empty where there is none."""
    if not crs:
        return ""
    code = crs.to_epsg()
    return f"EPSG:{code}" if code else str(crs.to_wkt())
