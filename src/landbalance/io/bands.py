"""The bands of one raster file behind one interface, whatever its format."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from landbalance.core.addresses import without_secrets
from landbalance.core.errors import InputError
from landbalance.core.types import Array
from landbalance.grid.align import Window, is_geographic
from landbalance.grid.grid import Grid
from landbalance.io.sniff import Format, sniff

WIDEST = 540.0  # degrees of longitude beyond which coordinates are no longitudes


@dataclass(frozen=True)
class BandFacts:
    """What a file says of one band.

    Parameters
    ----------
    number : int
        Counted from 1.
    name : str
        Description, else empty; for a step of a time axis its date.
    tags : mapping of str to str
        Its metadata.
    """

    number: int
    name: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class FileFacts:
    """What a file says of itself beside its numbers: scale, offset, unit, metadata and colours."""

    bands: tuple[BandFacts, ...]
    scale: float = 1.0
    offset: float = 0.0
    unit: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    colours: Mapping[int, tuple[int, int, int, int]] = field(default_factory=dict)
    variables: tuple[str, ...] = ()


class Bands(Protocol):
    """One open raster file: used by one thread."""

    grid: Grid
    dtype: np.dtype[np.generic]
    count: int
    nodata: tuple[float, ...]

    def read(self, bands: tuple[int, ...], window: Window, out: Array | None = None) -> Array:
        """Return the stored numbers of some bands (from 1) in a window inside the grid, shape (band, y, x).

        They are put into `out`, of the file's type, where it is given.
        """

    def facts(self) -> FileFacts:
        """Return what the file says of itself."""

    def close(self) -> None:
        """Let go of the file."""


def open_bands(path: str, *, variable: str = "", crs: str = "") -> Bands:
    """Open a raster file.

    Parameters
    ----------
    path : str
        GeoTIFF, NetCDF or Zarr folder; or the address of one (http, https, s3).
    variable : str
        Which variable of a NetCDF or Zarr; may be empty where there is one.
    crs : str
        Reference system to use instead of the file's own.

    Raises
    ------
    InputError
        If it is missing, of no known format, damaged, or does not say where it lies.
    NotFoundError, SourceError
        If it is on a server, and not found or not to be read there.
    """
    kind = sniff(path)
    if kind is Format.GEOTIFF:
        from landbalance.io.geotiff_bands import GeoTiffBands

        return GeoTiffBands(path, crs=crs)
    from landbalance.io.cube_bands import CubeBands

    return CubeBands(path, kind, variable=variable, crs=crs)


def checked_grid(grid: Grid, path: str) -> Grid:
    """Return the grid if its coordinates fit its reference system.

    Raises
    ------
    InputError
        If there is no reference system, or longitudes and latitudes are none.
    """
    if not grid.crs:
        hint = 'add crs = "EPSG:..." to its layer'
        raise InputError("{path} names no coordinate reference system", path=path, hint=hint)
    west, south, east, north = grid.bounds
    if is_geographic(grid.crs) and (south < -90 - grid.dy or north > 90 + grid.dy or max(-west, east) > WIDEST):
        raise InputError(
            "{path} says it is in degrees, but runs from {west:.0f}, {south:.0f} to {east:.0f}, {north:.0f}",
            path=path,
            west=west,
            south=south,
            east=east,
            north=north,
            hint='name the right system as crs = "EPSG:..." in its layer',
        )
    return grid


def damaged(path: str, window: Window, error: Exception) -> InputError:
    """Return the error for a window that cannot be read."""
    return InputError(
        "{path} cannot be read at rows {row} to {bottom}, columns {col} to {right} ({why})",
        path=path,
        row=window.row,
        bottom=window.row + window.height,
        col=window.col,
        right=window.col + window.width,
        why=first_line(error),
        hint="the file is cut short or damaged: fetch it again",
    )


def first_line(error: BaseException) -> str:
    """Return the first line of what an error, or the one behind it, says."""
    said = str(error.__cause__ or error).strip()
    return without_secrets(said.splitlines()[0]) if said else type(error).__name__
