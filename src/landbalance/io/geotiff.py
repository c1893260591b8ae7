"""Write rasters tile by tile; what gets its name has been read back and is a cloud-optimised GeoTIFF."""

import threading
import zlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
import rasterio.shutil
from rasterio.transform import Affine
from rasterio.windows import Window

from landbalance.core.errors import InputError
from landbalance.core.types import Array
from landbalance.grid.grid import Grid, Tile
from landbalance.io.files import put_in_place, temporary_name, unwritable
from landbalance.io.geotiff_bands import GDAL_ERRORS, GDAL_OPTIONS

BLOCK = 512
MEMORY_BYTES = 64 << 20  # a raster up to this size is put together in memory
Colours = Mapping[int, tuple[int, int, int, int]]


class TiledWriter:
    """A raster that is filled tile by tile by any thread and appears under its name only when whole.

    Parameters
    ----------
    path : str or Path
        Final name.
    grid : Grid
        Its grid.
    dtype : str
        Element type: "int8", "uint8", "int16", "int32", "float32".
    nodata : float
        Value of unknown cells, also of tiles never written.
    bands : int
        Number of bands.
    """

    def __init__(self, path: str | Path, grid: Grid, dtype: str, nodata: float, bands: int = 1) -> None:
        self.path = Path(path)
        self.grid = grid
        self.dtype = np.dtype(dtype)
        self.nodata = nodata
        self._lock = threading.Lock()
        self._checksums: dict[tuple[int, Tile], int] = {}
        try:
            self._scratch = self._place(bands)
            self._dataset = rasterio.open(self._scratch or self.path.name, "w", **self._profile(bands))
            if self._scratch is None:
                self._blank(bands)
        except (OSError, *GDAL_ERRORS) as error:
            raise self._unwritable(error) from error

    def write(self, tile: Tile, array: Array, band: int = 1) -> None:
        """Write one tile of one band, shape (y, x)."""
        array = np.ascontiguousarray(array, dtype=self.dtype)
        window = Window(tile.col, tile.row, tile.width, tile.height)
        with self._lock:
            self._checksums[band, tile] = zlib.crc32(array.tobytes())
            try:
                with rasterio.Env(**GDAL_OPTIONS):
                    self._dataset.write(array, band, window=window)
            except GDAL_ERRORS as error:
                raise self._unwritable(error) from error

    def finish(
        self,
        colours: Colours | None = None,
        tags: Mapping[str, str] | None = None,
        band_names: Sequence[str] = (),
        overviews: str | None = None,
        compress: str = "DEFLATE",
    ) -> Path:
        """Close, copy to a cloud-optimised GeoTIFF, read it back and give it its name.

        Parameters
        ----------
        colours : mapping of int to (red, green, blue, alpha)
            Colour table, for uint8 classes.
        tags : mapping of str to str
            Metadata of the file.
        band_names : sequence of str
            Descriptions of the bands.
        overviews : {"mode", "average", "nearest", "none"}, optional
            How overviews are made; "mode" for integers and "average" for floats when not given.
        compress : {"DEFLATE", "ZSTD"}
            Compression of the final file.

        Raises
        ------
        InputError
            If the disk is full, or what was written does not read back.
        """
        final = None
        try:
            how = overviews or ("average" if self.dtype.kind == "f" else "mode")
            with rasterio.Env(**GDAL_OPTIONS):  # else GDAL keeps a twentieth of the memory of the machine
                self._describe(colours or {}, tags or {}, band_names)
                if self._scratch:
                    self._dataset.close()
                final = temporary_name(self.path)
                source = self._scratch or self._dataset
                rasterio.shutil.copy(source, final, driver="COG", **self._options(compress, how))
                self._read_back(final)
            put_in_place(final, self.path)
        except (OSError, *GDAL_ERRORS) as error:
            raise self._unwritable(error) from error
        finally:
            self.discard()
            _remove(final)
        return self.path

    def discard(self) -> None:
        """Leave nothing behind."""
        with suppress(*GDAL_ERRORS):
            self._dataset.close()
        _remove(self._scratch)

    def _blank(self, bands: int) -> None:
        """Fill a raster in memory with unknown cells, strip by strip."""
        for row in range(0, self.grid.height, BLOCK):
            height = min(BLOCK, self.grid.height - row)
            strip = np.full((bands, height, self.grid.width), self.nodata, dtype=self.dtype)
            self._dataset.write(strip, window=Window(0, row, self.grid.width, height))

    def _place(self, bands: int) -> Path | None:
        """Return a temporary file to fill, or None where the raster fits into memory; refuse an unusable folder."""
        scratch = temporary_name(self.path)
        if self.grid.width * self.grid.height * bands * self.dtype.itemsize > MEMORY_BYTES:
            return scratch
        scratch.unlink()
        return None

    def _profile(self, bands: int) -> dict[str, Any]:
        """Return what the raster is filled in: memory, or a compressed file."""
        common = {
            "width": self.grid.width,
            "height": self.grid.height,
            "count": bands,
            "dtype": self.dtype.name,
            "nodata": self.nodata,
            "crs": self.grid.crs,
            "transform": Affine(*self.grid.gdal_transform),
        }
        if self._scratch is None:
            return {"driver": "MEM", **common}
        return {
            "driver": "GTiff",
            **common,
            "tiled": True,
            "blockxsize": BLOCK,
            "blockysize": BLOCK,
            "interleave": "band",
            "compress": "ZSTD",
            "zstd_level": 1,
            "BIGTIFF": "IF_SAFER",
            "SPARSE_OK": "TRUE",
        }

    def _options(self, compress: str, overviews: str) -> dict[str, Any]:
        """Return what the final file is made with; one thread, because more would swallow a full disk."""
        return {
            "BLOCKSIZE": BLOCK,
            "COMPRESS": compress,
            "PREDICTOR": "YES",
            **({"OVERVIEWS": "NONE"} if overviews == "none" else {"OVERVIEW_RESAMPLING": overviews.upper()}),
            "NUM_THREADS": "1",
            "BIGTIFF": "IF_SAFER",
        }

    def _describe(self, colours: Colours, tags: Mapping[str, str], band_names: Sequence[str]) -> None:
        """Set colours, names and metadata."""
        if colours and self.dtype == np.uint8:
            self._dataset.write_colormap(1, dict(colours))
        for number, name in enumerate(band_names, 1):
            self._dataset.set_band_description(number, name)
        self._dataset.update_tags(**tags)

    def _read_back(self, path: Path) -> None:
        """Compare the checksum of every tile with what was written."""
        with rasterio.open(path, driver="GTiff") as dataset:
            for (band, tile), checksum in self._checksums.items():
                window = Window(tile.col, tile.row, tile.width, tile.height)
                if zlib.crc32(dataset.read(band, window=window).tobytes()) != checksum:
                    raise OSError("what was written does not read back")

    def _unwritable(self, error: Exception) -> InputError:
        """Return the error that names the file and the space it needs."""
        need = self.grid.width * self.grid.height * self.dtype.itemsize
        return unwritable(self.path, error, need)


def _remove(path: Path | None) -> None:
    """Remove a file and what GDAL may have put beside it."""
    if path is not None:
        for each in (path, path.with_name(path.name + ".aux.xml")):
            each.unlink(missing_ok=True)
