"""From an uploaded raster to a cloud-optimised GeoTIFF: judged by its header, counted, copied, read back."""

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
import rasterio.shutil
from pyproj import Transformer
from rasterio.enums import MaskFlags

from landbalance.core.errors import InputError
from landbalance.core.types import Array
from landbalance.grid.align import Window
from landbalance.grid.grid import Grid
from landbalance.io.bands import Bands, first_line, open_bands
from landbalance.io.geotiff import TiledWriter
from landbalance.io.geotiff_bands import GDAL_ERRORS
from landbalance.io.sniff import Format, sniff

BLOCK = 512
CHUNK_CELLS = 1 << 22
OUTPUT = Path("output.tif")
TYPES = ("uint8", "int8", "uint16", "int16", "uint32", "int32", "float32", "float64")
NARROWER = {"int64": "int32", "uint64": "uint32", "float16": "float32"}


def read_raster(source: Path, name: str, crs: str, limits: dict[str, int]) -> dict[str, Any]:
    """Write `output.tif` and return its facts.

    Raises
    ------
    InputError
        If it is damaged, says not where it lies, is larger than allowed, or hides cells with a mask.
    """
    is_tiff = sniff(str(source)) is Format.GEOTIFF
    notes: list[str] = []
    if is_tiff:
        _check_header(source, name, limits)
    bands = open_bands(str(source), crs=crs)
    _check_size(bands.grid, bands.count, bands.dtype.itemsize, source, name, limits)
    dtype = NARROWER.get(bands.dtype.name, bands.dtype.name)
    if dtype not in TYPES:
        raise InputError("{name} holds {dtype}", name=name, dtype=dtype, hint="save it as int16 or float32")
    facts = bands.facts()
    statistics = _copy_tiff(bands, source) if is_tiff and not crs else _rewrite(bands, dtype)
    if bands.dtype.name != dtype:
        notes.append(f"{bands.dtype.name} saved as {dtype}")
    notes += _doubts(statistics, bands)
    grid = bands.grid
    report = {
        "crs": grid.crs,
        "width": grid.width,
        "height": grid.height,
        "bands": bands.count,
        "dtype": dtype,
        "nodata": [value for value in bands.nodata if np.isfinite(value)],
        "scale": facts.scale,
        "offset": facts.offset,
        "unit": facts.unit,
        "names": [band.name for band in facts.bands],
        "bounds": bounds_in_degrees(grid),
        "statistics": statistics,
    }
    return {"facts": report, "notes": notes}


def bounds_in_degrees(grid: Grid) -> list[float]:
    """Return west, south, east, north of a grid in degrees."""
    moved = Transformer.from_crs(grid.crs, "EPSG:4326", always_xy=True).transform_bounds(*grid.bounds, densify_pts=21)
    return [round(float(value), 6) for value in moved]


def _check_header(source: Path, name: str, limits: dict[str, int]) -> None:
    """Judge a GeoTIFF by its header, before anything is read."""
    try:
        with rasterio.open(source, driver="GTiff") as data:
            size = np.dtype(data.dtypes[0]).itemsize if data.dtypes[0] != "complex_int16" else 4
            grid = Grid("", 0.0, 0.0, 1.0, 1.0, data.width, data.height)
            _check_size(grid, data.count, size, source, name, limits)
            has_mask = any(MaskFlags.per_dataset in flags for flags in data.mask_flag_enums)
            if has_mask:
                raise InputError(
                    "{name} hides cells with a mask or an alpha band",
                    name=name,
                    hint="save it with a nodata value instead",
                )
    except GDAL_ERRORS as error:
        hint = "it is cut short or damaged: choose it again"
        raise InputError("{name} cannot be opened ({why})", name=name, why=first_line(error), hint=hint) from error


def _check_size(grid: Grid, bands: int, itemsize: int, source: Path, name: str, limits: dict[str, int]) -> None:
    """Refuse a raster that is larger than allowed, or far larger than its file."""
    pixels = grid.width * grid.height * bands
    ratio = pixels * itemsize / max(source.stat().st_size, 1)
    if pixels > limits["pixels"] or bands > limits["bands"] or ratio > limits["ratio"]:
        raise InputError(
            "{name} declares {width} x {height} cells in {bands} bands, in a file of {size:.1f} MB",
            name=name,
            width=grid.width,
            height=grid.height,
            bands=bands,
            size=source.stat().st_size / 1e6,
            hint="that is more than is allowed: cut it to the country",
        )


def _copy_tiff(bands: Bands, source: Path) -> list[dict[str, Any]]:
    """Copy a GeoTIFF as it is, and compare every cell of the copy."""
    how = "AVERAGE" if bands.dtype.kind == "f" else "MODE"
    try:
        with rasterio.Env(GDAL_NUM_THREADS="1"), rasterio.open(source, driver="GTiff") as data:
            rasterio.shutil.copy(
                data, OUTPUT, driver="COG", BLOCKSIZE=BLOCK, COMPRESS="DEFLATE", PREDICTOR="YES",
                OVERVIEW_RESAMPLING=how, NUM_THREADS="1", BIGTIFF="IF_SAFER",
            )  # fmt: skip
    except GDAL_ERRORS as error:
        hint = "it is cut short or damaged: choose it again"
        raise InputError("{path} cannot be read ({why})", path=source, why=first_line(error), hint=hint) from error
    copy = open_bands(str(OUTPUT))
    statistics = []
    for band in range(1, bands.count + 1):
        tally = _Tally(bands.nodata)
        for window in windows(bands.grid):
            ours, theirs = copy.read((band,), window), bands.read((band,), window)
            if zlib.crc32(ours.tobytes()) != zlib.crc32(theirs.tobytes()):
                raise InputError("{path} does not read back as it was", path=source, hint="try again")
            tally.add(theirs)
        statistics.append(tally.said())
    copy.close()
    return statistics


def _rewrite(bands: Bands, dtype: str) -> list[dict[str, Any]]:
    """Write the bands of a NetCDF, or of a GeoTIFF whose reference system was given by hand, cell by cell."""
    missing = next((value for value in bands.nodata if np.isfinite(value)), None)
    if missing is None:
        missing = np.nan if dtype.startswith("float") else 0
    writer = TiledWriter(OUTPUT, bands.grid, dtype, missing, bands.count)
    statistics = []
    for band in range(1, bands.count + 1):
        tally = _Tally(bands.nodata)
        for tile in bands.grid.tiles(BLOCK * 4):
            values = bands.read((band,), Window(tile.row, tile.col, tile.height, tile.width))[0]
            narrow = values.astype(dtype)
            if dtype != bands.dtype.name and not np.array_equal(narrow.astype(values.dtype), values):
                raise InputError("{path} holds numbers that do not fit {dtype}", path=OUTPUT.name, dtype=dtype)
            writer.write(tile, narrow, band)
            tally.add(values)
        statistics.append(tally.said())
    facts = bands.facts()
    writer.finish(band_names=[band.name for band in facts.bands], tags={"UNIT": facts.unit} if facts.unit else None)
    return statistics


class _Tally:
    """Counts of one band: known, nodata, not a number, infinite; smallest and largest known value."""

    def __init__(self, nodata: tuple[float, ...]) -> None:
        self._nodata = [value for value in nodata if np.isfinite(value)]
        self._counts = {"known": 0, "nodata": 0, "nan": 0, "infinite": 0}
        self._low, self._high = np.inf, -np.inf

    def add(self, values: Array) -> None:
        """Count some cells."""
        plain = values if values.dtype.kind == "f" else values.astype(np.float64)
        finite = np.isfinite(plain)
        known = finite & ~np.isin(plain, self._nodata)
        self._counts["nan"] += int(np.isnan(plain).sum())
        self._counts["infinite"] += int(np.isinf(plain).sum())
        self._counts["nodata"] += int((finite & ~known).sum())
        self._counts["known"] += int(known.sum())
        if known.any():
            self._low, self._high = (
                min(self._low, float(plain[known].min())),
                max(self._high, float(plain[known].max())),
            )

    def said(self) -> dict[str, Any]:
        """Return the counts, and the range where anything is known."""
        low, high = (self._low, self._high) if self._counts["known"] else (None, None)
        return {**self._counts, "low": low, "high": high}


def _doubts(statistics: list[dict[str, Any]], bands: Bands) -> Iterator[str]:
    """Yield what is doubtful about the numbers."""
    empty = [number for number, row in enumerate(statistics, 1) if not row["known"]]
    if empty:
        yield f"bands without any value: {', '.join(map(str, empty[:8]))}"
    infinite = sum(row["infinite"] for row in statistics)
    if infinite:
        yield f"{infinite} cells are infinite: they count as unknown"
    if not bands.nodata and bands.dtype.kind != "f":
        yield "no nodata value is declared: every cell counts as a value"
    if bands.grid.width * bands.grid.height == 1:
        yield "it has one cell only"


def windows(grid: Grid) -> Iterator[Window]:
    """Yield windows of whole rows of blocks."""
    rows = max(BLOCK, CHUNK_CELLS // max(grid.width, 1) // BLOCK * BLOCK)
    for row in range(0, grid.height, rows):
        yield Window(row, 0, min(rows, grid.height - row), grid.width)
