"""The bands of one raster file behind one interface: GeoTIFF now, cubes beside it."""

from typing import Protocol

import numpy as np
import rasterio
from rasterio.crs import CRS
from rasterio.windows import Window as RasterWindow

from landbalance.core.errors import InputError
from landbalance.core.types import Array
from landbalance.grid.align import Window
from landbalance.grid.grid import Grid

GDAL_OPTIONS = {"GDAL_NUM_THREADS": "1", "GDAL_CACHEMAX": 64 << 20, "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR"}


class Bands(Protocol):
    """One open raster file: used by one thread."""

    grid: Grid
    dtype: np.dtype[np.generic]
    count: int
    nodata: tuple[float, ...]

    def read(self, bands: tuple[int, ...], window: Window) -> Array:
        """Return the stored values of some bands (from 1) in a window inside the grid, shape (band, y, x)."""

    def close(self) -> None:
        """Let go of the file."""


def open_bands(path: str, *, variable: str = "", crs: str = "") -> Bands:
    """Open a raster file, whatever its format.

    Parameters
    ----------
    path : str
        File, folder (Zarr) or URL.
    variable : str
        Which variable of a NetCDF or Zarr.
    crs : str
        Reference system to use instead of the file's own.

    Raises
    ------
    InputError
        If it is missing, is no raster of a known format, is damaged, or does not say where it lies.
    """
    return GeoTiffBands(path, crs=crs)


class GeoTiffBands:
    """The bands of a GeoTIFF."""

    def __init__(self, path: str, *, crs: str = "") -> None:
        self.path = path
        try:
            with rasterio.Env(**GDAL_OPTIONS):
                self._dataset = rasterio.open(path, driver="GTiff")
        except rasterio.errors.RasterioError as error:
            raise InputError(
                "{path} cannot be read as a GeoTIFF ({why})",
                path=path,
                why=str(error).splitlines()[0],
                hint="it may be cut short or damaged: fetch it again",
            ) from error
        dataset = self._dataset
        self.count = int(dataset.count)
        self.dtype = np.dtype(dataset.dtypes[0])
        self.nodata = tuple({float(value) for value in dataset.nodatavals if value is not None})
        self.grid = _grid(dataset, crs, path)

    def read(self, bands: tuple[int, ...], window: Window) -> Array:
        """Return the stored values of some bands in a window."""
        box = RasterWindow(window.col, window.row, window.width, window.height)
        try:
            with rasterio.Env(**GDAL_OPTIONS):
                return np.asarray(self._dataset.read(list(bands), window=box))
        except rasterio.errors.RasterioError as error:
            raise InputError(
                "{path} cannot be read at row {row}, column {col}",
                path=self.path,
                row=window.row,
                col=window.col,
                hint="the file is cut short or damaged: fetch it again",
            ) from error

    def close(self) -> None:
        """Let go of the file."""
        self._dataset.close()


def _grid(dataset: rasterio.DatasetReader, crs: str, path: str) -> Grid:
    """Return the grid of an open dataset."""
    transform = dataset.transform
    if transform.b or transform.d or transform.a <= 0 or transform.e >= 0:
        raise InputError("{path} is rotated or upside down", path=path, hint="warp it to a north-up grid first")
    name = crs or crs_name(dataset.crs)
    if not name:
        raise InputError(
            "{path} names no coordinate reference system", path=path, hint='add crs = "EPSG:..." to its layer'
        )
    return Grid(name, transform.c, transform.f, transform.a, -transform.e, dataset.width, dataset.height)


def crs_name(crs: CRS | None) -> str:
    """Return a short name of a reference system where it has one, else its WKT; empty where there is none."""
    if crs is None:
        return ""
    code = crs.to_epsg()
    return f"EPSG:{code}" if code else str(crs.to_wkt())
