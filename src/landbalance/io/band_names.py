"""What the bands of a raster file say of themselves: their names and the times these carry."""

import warnings
from pathlib import Path

import rasterio
from rasterio.errors import NotGeoreferencedWarning, RasterioError

from landbalance.core.dates import read_when
from landbalance.core.errors import InputError, NotFoundError
from landbalance.io.layer_entries import FileBand

_TIME_TAGS = ("date", "time", "year", "period", "acquisitiondate", "netcdf_dim_time", "long_name", "standard_name")


def read_bands(path: str, variable: str = "") -> tuple[FileBand, ...]:
    """Return the bands of a raster file, each with its name and, where it carries one, its time.

    Raises
    ------
    NotFoundError
        If there is no such file.
    InputError
        If it cannot be read as a raster.
    """
    if "://" not in path and not path.startswith("/vsi") and not Path(path).exists():
        raise NotFoundError("there is no file {path}", path=path, hint="check the path")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            with rasterio.open(path) as data:
                return tuple(_band(data, number) for number in data.indexes)
    except RasterioError as error:
        raise InputError(
            "{path} cannot be read as a raster", path=path, hint="the file may be cut short: copy it again"
        ) from error


def _band(data: rasterio.DatasetReader, number: int) -> FileBand:
    """Return what one band says of itself: its description first, then its tags."""
    name = data.descriptions[number - 1] or ""
    tags = {key.lower(): value for key, value in data.tags(number).items()}
    spoken = [name, *(tags[key] for key in _TIME_TAGS if key in tags)]
    whens = [when for text in spoken if (when := read_when(text))]
    return FileBand(number, name or next((text for text in spoken if text), ""), whens[0] if whens else None)
