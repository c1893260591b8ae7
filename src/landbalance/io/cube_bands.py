"""The steps of a NetCDF or Zarr variable as bands, read lazily."""

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from pyproj import CRS
from pyproj.exceptions import CRSError

from landbalance.core.addresses import is_remote
from landbalance.core.errors import InputError, LandbalanceError
from landbalance.core.types import Array
from landbalance.grid.align import Window
from landbalance.grid.grid import Grid
from landbalance.io.bands import BandFacts, FileFacts, checked_grid, damaged, first_line
from landbalance.io.sniff import Format

Result = TypeVar("Result")
X_NAMES = ("x", "lon", "longitude", "easting")
Y_NAMES = ("y", "lat", "latitude", "northing")
DEGREES = ("lat", "latitude")
UNEVEN = 1e-3  # of a cell: more than steps of a regular axis may differ
ENGINES = {Format.NETCDF4: "h5netcdf", Format.NETCDF3: "scipy", Format.ZARR: "zarr"}
NODATA_TAGS = ("_FillValue", "missing_value")


class CubeBands:
    """One variable of a NetCDF or Zarr file; its bands are the steps of its one axis beside y and x.

    Raises
    ------
    InputError
        If it cannot be opened, the variable is not there, or its axes are not those of a map.
    SourceError
        If it is on a server, and not to be read there.
    """

    def __init__(self, path: str, kind: Format, *, variable: str = "", crs: str = "") -> None:
        self.path = path
        self._kind, self._variable = kind, variable
        try:
            self._patiently(self._open)
        except LandbalanceError:
            raise
        except Exception as error:  # the readers raise many kinds on a broken file
            hint = "it is cut short, damaged or no file of maps: fetch it again"
            raise InputError("{path} cannot be opened ({why})", path=path, why=first_line(error), hint=hint) from error
        self._x, self._y = _axis(self._array, X_NAMES, path), _axis(self._array, Y_NAMES, path)
        others = [name for name in self._array.dims if name not in (self._x, self._y)]
        self._steps = _steps(self._array, others, path)
        self.count = self._array.sizes[self._steps] if self._steps else 1
        self.dtype = self._array.dtype
        tags = self._array.attrs
        self.nodata = tuple(sorted({float(each) for tag in NODATA_TAGS if tag in tags for each in np.ravel(tags[tag])}))
        self.grid, self._is_ascending = _grid(self._array, self._x, self._y, crs or _crs(self), path)

    def read(self, bands: tuple[int, ...], window: Window, out: Array | None = None) -> Array:
        """Return the stored numbers of some steps in a window, shape (step, y, x)."""
        if max(bands, default=0) > self.count:
            raise InputError(
                "{path} has {found} steps, not {asked}", path=self.path, found=self.count, asked=max(bands)
            )
        top = self.grid.height - window.row - window.height if self._is_ascending else window.row
        box: dict[Any, Any] = {
            self._y: slice(top, top + window.height),
            self._x: slice(window.col, window.col + window.width),
        }
        steps = [number - 1 for number in bands]

        def read() -> Array:
            if self._steps:
                box[self._steps] = steps
                return np.asarray(self._array.isel(box).transpose(self._steps, self._y, self._x).values)
            values = self._array.isel(box).transpose(..., self._y, self._x).values.reshape(1, window.height, -1)
            return np.repeat(values, len(steps), axis=0)

        try:
            values = self._patiently(read)
        except LandbalanceError:
            raise
        except Exception as error:  # the readers raise many kinds on a broken file
            raise damaged(self.path, window, error) from error
        values = np.asarray(values[:, ::-1] if self._is_ascending else values)
        if out is None:
            return values
        out[:] = values
        return out

    def facts(self) -> FileFacts:
        """Return what the file says of itself."""
        tags = self._array.attrs
        bands = tuple(BandFacts(number, name) for number, name in enumerate(self._names(), 1))
        unit = str(tags.get("units", ""))
        scale, offset = float(tags.get("scale_factor", 1.0)), float(tags.get("add_offset", 0.0))
        texts = {str(key): str(value) for key, value in {**self._dataset.attrs, **tags}.items()}
        return FileFacts(bands, scale, offset, unit, texts, variables=tuple(map(str, self._dataset.data_vars)))

    def close(self) -> None:
        """Let go of the file."""
        self._dataset.close()

    def _open(self) -> None:
        """Open the file and find the variable in it."""
        options: dict[str, Any] = {"engine": ENGINES[self._kind], "mask_and_scale": False, "decode_times": False}
        source: Any = self.path
        if self._kind is Format.ZARR:
            options["consolidated"] = self.path.startswith("http")  # a web server lists no folder
        if is_remote(self.path):
            source = _remote_source(self.path, self._kind)
        self._dataset = xr.open_dataset(source, **options)
        self._array = _variable(self._dataset, self._variable, self.path)

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

    def _names(self) -> list[str]:
        """Return the date of each step (only the year where each year has one), or what else the axis says."""
        if not self._steps or self._steps not in self._array.coords:
            return [""] * self.count
        coder = xr.coders.CFDatetimeCoder(use_cftime=True)
        times = xr.decode_cf(xr.Dataset(coords={self._steps: self._array.coords[self._steps]}), decode_times=coder)[
            self._steps
        ].values
        if not all(hasattr(time, "year") for time in times):
            return [str(time) for time in times]
        years = {time.year for time in times}
        if len(years) == len(times):
            return [f"{time.year:04d}" for time in times]
        return [f"{time.year:04d}-{time.month:02d}-{time.day:02d}" for time in times]


def _remote_source(path: str, kind: Format) -> Any:
    """Return what xarray reads an address from: a store for Zarr, a local copy for NetCDF."""
    from landbalance.io.remote import local_copy, storage_options

    if kind is not Format.ZARR:
        return local_copy(path)
    from zarr.storage import FsspecStore

    return FsspecStore.from_url(path, storage_options=storage_options(path), read_only=True)


def _variable(dataset: xr.Dataset, wanted: str, path: str) -> xr.DataArray:
    """Return the variable asked for, or the only one with two or three axes."""
    maps = [str(name) for name, array in dataset.data_vars.items() if array.ndim >= 2]
    if wanted in dataset.data_vars or (not wanted and len(maps) == 1):
        return dataset[wanted or maps[0]]
    hint = 'add variable = "..." to its layer: {known}' if maps else "there is no map in it"
    known = ", ".join(maps)
    if wanted:
        raise InputError("{path} has no variable {wanted}", path=path, wanted=wanted, hint=hint, known=known)
    raise InputError("{path} holds {count} variables", path=path, count=len(maps), hint=hint, known=known)


def _axis(array: xr.DataArray, names: tuple[str, ...], path: str) -> str:
    """Return the name of the x or y axis."""
    found = next((str(name) for name in array.dims if str(name).lower() in names), None)
    if found is None or found not in array.coords:
        axes = ", ".join(map(str, array.dims))
        raise InputError(
            "{path} has the axes {axes}, none of them {names} with coordinates",
            path=path,
            axes=axes,
            names=" or ".join(names),
            hint="rename its axes",
        )
    return found


def _steps(array: xr.DataArray, others: list[Any], path: str) -> str:
    """Return the name of the axis that bands are taken from; empty where there is none."""
    long = [str(name) for name in others if array.sizes[name] > 1] or [str(name) for name in others][:1]
    if len(long) > 1 or len(others) > 1:
        axes = ", ".join(map(str, others))
        raise InputError(
            "{path} has the axes {axes} beside y and x", path=path, axes=axes, hint="keep one, such as time"
        )
    return long[0] if long else ""


def _crs(bands: CubeBands) -> str:
    """Return the reference system that the variable names, or longitude and latitude by the names of its axes."""
    mapping = bands._dataset.variables.get(
        bands._array.attrs.get("grid_mapping", bands._array.encoding.get("grid_mapping", ""))
    )
    if mapping is not None:
        try:
            crs = CRS.from_cf(dict(mapping.attrs))
        except (CRSError, KeyError):
            crs = None
        if crs is not None:
            code = crs.to_epsg()
            return f"EPSG:{code}" if code else str(crs.to_wkt())
    return "EPSG:4326" if bands._y.lower() in DEGREES else ""


def _grid(array: xr.DataArray, x_name: str, y_name: str, crs: str, path: str) -> tuple[Grid, bool]:
    """Return the grid, and whether rows run from south to north."""
    x, y = (np.asarray(array[name].values, dtype=np.float64) for name in (x_name, y_name))
    dx, dy = _step(x, path), _step(y, path)
    if dx < 0:
        raise InputError("{path} runs from east to west", path=path, hint="turn its columns round")
    north = max(float(y[0]), float(y[-1])) + abs(dy) / 2
    grid = Grid(crs, float(x[0]) - dx / 2, north, dx, abs(dy), x.size, y.size)
    return checked_grid(grid, path), dy > 0


def _step(centres: NDArray[np.float64], path: str) -> float:
    """Return the step of a regular axis."""
    if centres.size < 2:
        raise InputError(
            "{path} has an axis of one cell, whose size is unknown", path=path, hint="save it as a GeoTIFF"
        )
    step = (centres[-1] - centres[0]) / (centres.size - 1)
    even = centres[0] + step * np.arange(centres.size)
    if not step or not np.isfinite(step) or (np.abs(centres - even) > UNEVEN * abs(step)).any():
        raise InputError(
            "{path} has uneven steps between its cells", path=path, hint="interpolate it to a regular grid"
        )
    return float(step)
