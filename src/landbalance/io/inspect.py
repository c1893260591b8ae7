"""What a raster file says of itself, before anybody registers it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from landbalance.core.dates import When, read_when
from landbalance.grid.grid import Grid
from landbalance.io.bands import BandFacts, open_bands
from landbalance.io.sniff import sniff

TIME_TAGS = ("date", "time", "year", "period", "acquisitiondate", "year_initial", "long_name", "standard_name")


@dataclass(frozen=True)
class RasterFacts:
    """What one raster file says of itself.

    Parameters
    ----------
    path, driver : str
        The file and its format.
    grid : Grid
        Its cells.
    dtype : str
        Type of the stored numbers.
    nodata : tuple of float
        Nodata values that the file declares.
    scale, offset : float
        Physical = stored * scale + offset, as the file declares it.
    bands : tuple of BandFacts
        Names and metadata of the bands.
    times : tuple of When or None
        The time each band says it stands for.
    colours : mapping of int to (red, green, blue, alpha)
        Colour table.
    variables : tuple of str
        Variables of a NetCDF or Zarr.
    """

    path: str
    driver: str
    grid: Grid
    dtype: str
    nodata: tuple[float, ...]
    scale: float
    offset: float
    unit: str
    bands: tuple[BandFacts, ...]
    times: tuple[When | None, ...]
    tags: Mapping[str, str] = field(default_factory=dict)
    colours: Mapping[int, tuple[int, int, int, int]] = field(default_factory=dict)
    variables: tuple[str, ...] = ()


def describe(path: str, variable: str = "", *, crs: str = "") -> RasterFacts:
    """Return what a raster file says of itself.

    Raises
    ------
    InputError
        If it cannot be opened, or does not say where it lies and `crs` does not either.
    """
    opened = open_bands(path, variable=variable, crs=crs)
    facts = opened.facts()
    opened.close()
    return RasterFacts(
        path=path,
        driver=sniff(path).value,
        grid=opened.grid,
        dtype=opened.dtype.name,
        nodata=opened.nodata,
        scale=facts.scale,
        offset=facts.offset,
        unit=facts.unit,
        bands=facts.bands,
        times=tuple(time_of(band) for band in facts.bands),
        tags=facts.tags,
        colours=facts.colours,
        variables=facts.variables,
    )


def time_of(band: BandFacts) -> When | None:
    """Return the time in a band's name, else in its metadata; None where it says none."""
    tags = {key.lower(): value for key, value in band.tags.items()}
    spoken = (band.name, *(tags[key] for key in TIME_TAGS if key in tags))
    return next((when for text in spoken if (when := read_when(text))), None)
