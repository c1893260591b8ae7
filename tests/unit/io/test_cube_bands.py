"""NetCDF and Zarr behind the interface of bands."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
from pyproj import CRS

from landbalance.core.errors import InputError
from landbalance.core.layers import Layer, Slice
from landbalance.grid.align import Window
from landbalance.io.bands import open_bands
from landbalance.io.inspect import describe
from landbalance.io.raster import RasterReader

STORED = np.arange(24, dtype=np.int16).reshape(3, 2, 4)


def cube(*, ascending: bool = True, calendar: str = "noleap", **attrs: Any) -> xr.Dataset:
    """Return three yearly steps of two rows and four columns, from 10 E, 20 N."""
    rows = [18.5, 19.5] if ascending else [19.5, 18.5]
    data = xr.DataArray(
        STORED,
        dims=("time", "lat", "lon"),
        coords={"time": [0, 365, 730], "lat": rows, "lon": [10.5, 11.5, 12.5, 13.5]},
        attrs={"_FillValue": np.int16(5), "scale_factor": 0.5, "units": "mm", **attrs},
    )
    data["time"].attrs = {"units": "days since 2001-01-01", "calendar": calendar}
    return xr.Dataset({"rain": data})


@pytest.fixture(params=["nc", "zarr"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return save(cube(), tmp_path, request.param)


def save(data: xr.Dataset, folder: Path, kind: str) -> str:
    place = folder / f"cube.{kind}"
    if kind == "zarr":
        data.to_zarr(place, consolidated=False, zarr_format=3)
    else:
        data.to_netcdf(place, engine="h5netcdf")
    return str(place)


def test_rows_come_from_north_to_south(path: str) -> None:
    bands = open_bands(path)

    out = bands.read((1, 3), Window(0, 1, 2, 3))

    np.testing.assert_array_equal(out, STORED[[0, 2], ::-1, 1:])
    assert bands.grid.bounds == (10.0, 18.0, 14.0, 20.0)
    bands.close()


@pytest.mark.parametrize("ascending", [True, False])
def test_the_order_of_latitudes_does_not_matter(tmp_path: Path, ascending: bool) -> None:
    data = cube(ascending=ascending)
    bands = open_bands(save(data, tmp_path, "nc"))

    np.testing.assert_array_equal(bands.read((1,), Window(0, 0, 1, 4))[0, 0], data.rain.sel(lat=19.5)[0])
    bands.close()


def test_stored_numbers_scale_and_fill_value_are_kept_apart(path: str) -> None:
    slices = tuple(Slice(path, band) for band in (1, 2, 3))
    reader = RasterReader(Layer("precipitation", "mm", "value", slices, scale=0.5, variable="rain"))

    assert reader.stored(slices, reader.grid)[0].tolist() == [[4, -32768, 6, 7], [0, 1, 2, 3]]
    assert reader.values(slices, reader.grid)[0, 0, 2] == 3.0


def test_facts_tell_scale_fill_value_and_years(path: str) -> None:
    facts = describe(path)

    assert (facts.scale, facts.nodata, facts.unit, facts.variables) == (0.5, (5.0,), "mm", ("rain",))
    assert [when.year for when in facts.times if when] == [2001, 2002, 2003]
    assert not any(when.date for when in facts.times if when)


def test_an_unknown_variable_lists_those_there_are(path: str) -> None:
    with pytest.raises(InputError, match="rain"):
        open_bands(path, variable="snow")


def test_projected_axes_need_a_reference_system(tmp_path: Path) -> None:
    path = save(cube().rename(lat="y", lon="x"), tmp_path, "nc")

    with pytest.raises(InputError, match="coordinate reference system"):
        open_bands(path)
    assert open_bands(path, crs="EPSG:4326").grid.crs == "EPSG:4326"


def test_a_grid_mapping_names_the_reference_system(tmp_path: Path) -> None:
    data = cube(grid_mapping="crs").rename(lat="y", lon="x")
    data["crs"] = xr.DataArray(0, attrs=CRS("EPSG:32633").to_cf())

    assert open_bands(save(data, tmp_path, "nc")).grid.crs == "EPSG:32633"


def test_uneven_steps_are_refused(tmp_path: Path) -> None:
    path = save(cube().assign_coords(lon=[10.5, 11.5, 12.6, 13.5]), tmp_path, "nc")

    with pytest.raises(InputError, match="uneven steps"):
        open_bands(path)


@pytest.mark.shared
def test_a_real_netcdf_reads_as_xarray_reads_it(shared: Path) -> None:
    path = str(shared / "drought_iberia_cru" / "cru_ts400_iberia_1981_2010.nc")
    slices = (Slice(path, 1), Slice(path, 360))
    reader = RasterReader(Layer("precipitation", "mm", "value", slices, variable="pr"))
    with xr.open_dataset(path) as data:
        expected = data["pr"].sortby("lat", ascending=False)[[0, 359]].values

    np.testing.assert_array_equal(reader.values(slices, reader.grid), expected)
    assert describe(path, "pr").times[359].date == "2010-12-01"
