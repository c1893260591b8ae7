"""The main job where maps are awkward: the antimeridian, UTM, islets, other formats and grids, and only water."""

from pathlib import Path

import h5netcdf  # noqa: F401 - the engine behind to_netcdf
import numpy as np
import pytest
import rasterio
import shapely
import xarray as xr
from pyproj import Geod

from journeys.places import YEARS, falling_ndvi, make_place, write_polygons, write_raster
from landbalance.core.errors import LandbalanceError
from landbalance.engine.assess import assess
from landbalance.engine.manifest import load_tables
from landbalance.engine.runs import Run

BOX = shapely.box(10.05, 0.05, 10.95, 0.95)


def area(run: Run, **codes: int) -> float:
    """Return the area of the baseline with some codes [km2]."""
    return load_tables(run.folder, run.manifest)["sdg.baseline.nation"].total(**codes)


def geodesic_km2(shape: shapely.Geometry) -> float:
    return abs(Geod(ellps="WGS84").geometry_area_perimeter(shape)[0]) * 1e-6


def test_half_of_a_plain_country_is_degraded(tmp_path: Path) -> None:
    run = assess(make_place(tmp_path, [BOX], west=10, north=1, cell=0.01, shape=(100, 100)))

    assert area(run) == pytest.approx(geodesic_km2(BOX), rel=2e-4)
    assert area(run, sdg=-1) == pytest.approx(geodesic_km2(shapely.box(10.05, 0.05, 10.5, 0.95)), rel=0.02)


def test_a_country_across_the_antimeridian_is_one_country(tmp_path: Path) -> None:
    parts = [shapely.box(178.0, -18.0, 180.0, -16.5), shapely.box(-180.0, -18.0, -179.0, -16.5)]
    place = make_place(tmp_path, parts, west=-180, north=-16, cell=0.1, shape=(25, 3600))

    run = assess(place)

    assert len(run.raster("sdg.baseline")) == 2
    widths = [rasterio.open(path).width for path in run.raster("sdg.baseline")]
    assert max(widths) <= 20
    assert area(run) == pytest.approx(sum(geodesic_km2(part) for part in parts), rel=2e-4)
    assert area(run, sdg=-1) > 0
    assert area(run, sdg=0) > 0


def test_a_country_in_utm_has_the_area_of_the_ellipsoid(tmp_path: Path) -> None:
    box = shapely.box(400_000, 1_000_000, 430_000, 1_030_000)
    run = assess(make_place(tmp_path, [box], west=399_000, north=1_031_000, cell=500, shape=(64, 64), crs="EPSG:32631"))

    assert area(run) == pytest.approx(900 / 0.9996**2, rel=2e-4)
    assert area(run) != pytest.approx(900, rel=2e-4)


def test_an_islet_smaller_than_a_cell_keeps_its_area(tmp_path: Path) -> None:
    islet = shapely.box(10.112, 0.913, 10.116, 0.917)
    extra = '[parameters]\nperf_min_pixels = {value = 1, reason = "an islet has few cells"}\n'

    run = assess(make_place(tmp_path, [islet], west=10, north=1, cell=0.01, shape=(100, 100), extra=extra))

    assert area(run) == pytest.approx(geodesic_km2(islet), rel=0.01)
    assert area(run, sdg=-1) == area(run)


def test_too_few_cells_for_performance_are_no_data_and_said_so(tmp_path: Path) -> None:
    islet = shapely.box(10.112, 0.913, 10.116, 0.917)

    run = assess(make_place(tmp_path, [islet], west=10, north=1, cell=0.01, shape=(100, 100)))

    assert area(run, sdg=-128) == area(run)


def test_a_country_of_water_alone_has_no_degraded_land(tmp_path: Path) -> None:
    place = make_place(tmp_path, [BOX], west=10, north=1, cell=0.01, shape=(100, 100))
    write_raster(place / "cover.tif", np.full((2, 100, 100), 7, dtype=np.uint8), 10, 1, 0.01, nodata=0)

    run = assess(place)

    assert area(run, sdg=-128) == area(run)
    assert area(run, surface=1) == area(run)


def test_netcdf_and_zarr_give_the_pixels_of_geotiff(tmp_path: Path) -> None:
    place = make_place(tmp_path / "tif", [BOX], west=10, north=1, cell=0.01, shape=(100, 100))
    expected = rasterio.open(assess(place).raster("sdg.baseline")[0]).read(1)
    falling = np.zeros((100, 100), dtype=bool)
    falling[:, :50] = True
    stack = xr.DataArray(
        falling_ndvi((100, 100), falling),
        dims=("time", "lat", "lon"),
        coords={
            "time": np.array([f"{year}-07-01" for year in YEARS], dtype="datetime64[ns]"),
            "lat": 1 - (np.arange(100) + 0.5) * 0.01,
            "lon": 10 + (np.arange(100) + 0.5) * 0.01,
        },
        attrs={"grid_mapping": "crs", "units": "1"},
    )
    cube = xr.Dataset(
        {"ndvi": stack, "crs": ((), 0, {"grid_mapping_name": "latitude_longitude", "spatial_ref": "EPSG:4326"})}
    )
    cube.lat.attrs["units"], cube.lon.attrs["units"] = "degrees_north", "degrees_east"
    for name, write in (
        ("ndvi.nc", lambda path: cube.to_netcdf(path, engine="h5netcdf")),
        ("ndvi.zarr", lambda path: cube.to_zarr(path, zarr_format=3, consolidated=False)),
    ):
        other = make_place(tmp_path / name.replace(".", "_"), [BOX], west=10, north=1, cell=0.01, shape=(100, 100))
        write(other / name)
        settings = other / "landbalance.toml"
        settings.write_text(settings.read_text().replace('path = "ndvi.tif"', f'path = "{name}"\nvariable = "ndvi"'))

        found = rasterio.open(assess(other).raster("sdg.baseline")[0]).read(1)

        np.testing.assert_array_equal(found, expected, err_msg=name)


def test_layers_of_other_grids_and_systems_are_aligned(tmp_path: Path) -> None:
    place = make_place(tmp_path, [BOX], west=10, north=1, cell=0.01, shape=(100, 100))
    write_raster(
        place / "soc.tif", np.full((1, 60, 60), 40, dtype=np.int16), 600_000, 140_000, 2500, crs="EPSG:32632", nodata=-1
    )
    write_raster(place / "zone.tif", np.full((1, 4, 4), 2, dtype=np.uint8), 9.5, 1.5, 0.5, nodata=0)

    run = assess(place)

    assert area(run, sdg=-1) == pytest.approx(geodesic_km2(shapely.box(10.05, 0.05, 10.5, 0.95)), rel=0.02)
    assert area(run, sdg=-128) < 0.01 * area(run)


def test_people_are_conserved_from_a_finer_grid(tmp_path: Path) -> None:
    extra = '[[layer]]\nrole = "population"\npath = "people.tif"\nquantity = "persons"\nyears = [2015]\n'
    whole = shapely.box(10, 0, 11, 1)
    place = make_place(tmp_path, [whole], west=10, north=1, cell=0.01, shape=(100, 100), extra=extra)
    people = np.random.default_rng(5).gamma(0.5, 3.0, (1, 370, 370)).astype(np.float32)
    write_raster(place / "people.tif", people, 10, 1, 1 / 370)

    tables = load_tables((run := assess(place)).folder, run.manifest)

    assert tables["people.total.baseline.nation"].total() == pytest.approx(float(people.sum(dtype=float)), rel=1e-5)


def test_regions_with_their_own_matrix_must_make_up_the_country(tmp_path: Path) -> None:
    matrix = "code,1,2,3,4,5,6,7\n" + "\n".join(f"{row}," + ",".join(["0"] * 7) for row in range(1, 8)) + "\n"
    region = '[land_cover]\n[[land_cover.region]]\nname = "West"\npath = "west.geojson"\nmatrix = "west.csv"\n'
    place = make_place(tmp_path, [BOX], west=10, north=1, cell=0.01, shape=(100, 100), extra=region)
    (place / "west.csv").write_text(matrix)
    write_polygons(place / "west.geojson", [shapely.box(10.05, 0.05, 10.5, 0.95)])

    with pytest.raises(LandbalanceError, match="regions"):
        assess(place)
