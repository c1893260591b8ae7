"""Rasters that lie about where they are or what they hold: refused, asked about, or counted; never silently wrong."""

from pathlib import Path

import numpy as np
import pytest
import rasterio
import shapely
from affine import Affine
from rasterio.transform import from_origin
from typer.testing import CliRunner, Result

from journeys.places import falling_ndvi, make_place, write_raster
from landbalance.cli.app import app
from landbalance.engine.assess import assess
from landbalance.engine.runs import Run
from landbalance.engine.summary import nation_rows
from landbalance.reporting.words import LAYER_NAMES

BOX = shapely.box(10.1, 0.1, 10.9, 0.9)
SHAPE = (100, 100)
WITHIN = 0.02  # of the area of the country


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return make_place(tmp_path / "home", [BOX], west=10, north=1, cell=0.01, shape=SHAPE)


def rewrite(path: Path, *, transform: Affine | None = None, crs: str | None = None, values: object = None) -> None:
    """Write a raster again with something changed."""
    with rasterio.open(path) as file:
        profile, bands = file.profile, file.read()
    bands = bands if values is None else np.asarray(values)
    profile |= {"transform": transform or profile["transform"], "crs": crs or profile["crs"], "dtype": bands.dtype}
    if not np.can_cast(np.min_scalar_type(int(profile["nodata"] or 0)), bands.dtype, "safe"):
        profile["nodata"] = None
    with rasterio.open(path, "w", **profile) as file:
        file.write(bands)


def edit(home: Path, old: str, new: str) -> None:
    file = home / "landbalance.toml"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


def call(*words: object) -> Result:
    return CliRunner().invoke(app, list(map(str, words)))


def areas(run: Run) -> dict[str, float]:
    """Return the area of each status of the nation [km2]."""
    row = next(row for row in nation_rows(run) if row.layer == LAYER_NAMES["sdg"])
    return {name: getattr(row, name) for name in ("degraded_km2", "stable_km2", "improved_km2", "no_result_km2")}


def classes(run: Run, key: str) -> np.ndarray:
    """Return a map on all cells of the layers, of which it is a part."""
    whole = np.full(SHAPE, -128, dtype=np.int8)
    with rasterio.open(run.raster(key)[0]) as file:
        part = file.read(1)
        row, col = (round(value % 100) for value in ((1 - file.transform.f) / 0.01, (file.transform.c - 10) / 0.01))
    whole[row : row + part.shape[0], col : col + part.shape[1]] = part
    return whole


TURNED = Affine.translation(10, 1) * Affine.rotation(5) * Affine.scale(0.01, -0.01)
REFUSED = {
    "rotated": ({"transform": TURNED}, "rotated or upside down"),
    "south-up": ({"transform": Affine(0.01, 0, 10, 0, 0.01, 0)}, "rotated or upside down"),
    "metres called degrees": ({"transform": from_origin(500_000, 1_000_000, 1000, 1000)}, "in degrees"),
    "degrees called metres": ({"crs": "EPSG:32632"}, "boundary"),
    "the wrong UTM zone": ({"crs": "EPSG:32660", "transform": from_origin(5e5, 1.1e5, 1100, 1100)}, "boundary"),
    "longitudes and latitudes swapped": ({"transform": from_origin(1, 11, 0.01, 0.01)}, "boundary"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_raster_that_lies_elsewhere_is_refused_by_name(home: Path, name: str) -> None:
    changed, said = REFUSED[name]
    rewrite(home / "ndvi.tif", **changed)

    checked, run = call("data", "check", "-w", home, "--quiet"), call("assess", home, "--quiet")

    for result in (checked, run):
        assert result.exit_code == 1
        assert said in result.output
    assert not list((home / "runs").glob("[!.]*"))


def test_longitudes_from_0_to_360_are_the_same_country(tmp_path: Path) -> None:
    west = shapely.box(-9.9, 0.1, -9.1, 0.9)
    plain = make_place(tmp_path / "plain", [west], west=-10, north=1, cell=0.01, shape=SHAPE)
    turned = make_place(tmp_path / "turned", [west], west=350, north=1, cell=0.01, shape=SHAPE)

    one, other = assess(plain, threads=1), assess(turned, threads=1)

    np.testing.assert_array_equal(classes(one, "sdg.baseline"), classes(other, "sdg.baseline"))


def test_cells_in_feet_have_the_area_of_the_ellipsoid(home: Path, tmp_path: Path) -> None:
    feet, metre = "+proj=utm +zone=32 +datum=WGS84 +units=us-ft +no_defs", 1200 / 3937
    side = 1110 / metre
    grid = from_origin(610_000 / metre, 111_000 / metre, side, side)
    for name in ("ndvi.tif", "cover.tif", "soc.tif", "zone.tif"):
        rewrite(home / name, transform=grid, crs=feet)

    found = assess(home, threads=1)

    assert sum(areas(found).values()) == pytest.approx(0.8 * 0.8 * 111.32 * 110.57, rel=WITHIN)


def test_half_a_cell_of_shift_moves_no_area(home: Path) -> None:
    before = assess(home, threads=1)
    rewrite(home / "cover.tif", transform=from_origin(10.005, 1.005, 0.01, 0.01))

    after = assess(home, threads=1)

    same = classes(before, "sdg.baseline") == classes(after, "sdg.baseline")
    assert same.mean() > 0.98
    assert set(np.unique(classes(after, "land_cover_status.baseline"))) <= {-128, 0, 1, -1}


def known(home: Path) -> np.ndarray:
    """Return where the status of land productivity is known."""
    return classes(assess(home, threads=1), "productivity.baseline") != -128


def test_a_declared_nodata_that_is_a_class_is_read_as_unknown_and_counted(home: Path) -> None:
    cover = np.full((2, *SHAPE), 2, dtype=np.uint8)
    cover[:, 40:60] = 3
    write_raster(home / "cover.tif", cover, 10, 1, 0.01, nodata=3)

    checked, run = call("data", "check", "-w", home), assess(home, threads=1)

    status = classes(run, "land_cover_status.baseline")
    assert (status[40:60] == -128).all()
    assert (status[20:40, 20:80] == 0).all()
    assert "its value without data, 3, is a class of its legend" in checked.output


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_no_number_is_unknown_not_stable(home: Path, value: float) -> None:
    ndvi = falling_ndvi(SHAPE, np.zeros(SHAPE, bool)).astype(np.float32) / 10_000
    ndvi[:, 30:50, 30:50] = value
    edit(home, "scale = 0.0001\n", "")
    write_raster(home / "ndvi.tif", ndvi, 10, 1, 0.01)

    found = known(home)

    assert not found[30:50, 30:50].any()
    assert found[20:30, 20:80].all()


def test_signed_codes_below_zero_are_no_class_and_are_named(home: Path) -> None:
    cover = np.full((2, *SHAPE), 2, dtype=np.int8)
    cover[:, 40:60] = -5
    write_raster(home / "cover.tif", cover, 10, 1, 0.01)

    checked, run = call("data", "check", "-w", home), assess(home, threads=1)

    assert "-5" in checked.output
    assert (classes(run, "land_cover_status.baseline")[40:60] == -128).all()


def test_codes_outside_the_legend_are_named_with_their_count_and_are_unknown(home: Path) -> None:
    cover = np.full((2, *SHAPE), 2, dtype=np.uint8)
    cover[1, 50, 40:60] = 77
    write_raster(home / "cover.tif", cover, 10, 1, 0.01, nodata=0)

    checked, run = call("data", "check", "-w", home), assess(home, threads=1)

    assert "77" in checked.output
    assert (classes(run, "land_cover_status.baseline")[50, 40:60] == -128).all()


def test_scale_and_offset_are_those_of_the_table(home: Path) -> None:
    plain = classes(assess(home, threads=1), "sdg.baseline")
    with rasterio.open(home / "ndvi.tif") as file:
        stored = file.read()
    write_raster(home / "ndvi.tif", (stored + 1000).astype(np.int16), 10, 1, 0.01, nodata=-32768)
    edit(home, "scale = 0.0001\n", "scale = 0.0001\noffset = -0.1\n")

    np.testing.assert_array_equal(classes(assess(home, threads=1), "sdg.baseline"), plain)


def test_a_country_of_one_cell_is_no_traceback(tmp_path: Path) -> None:
    home = make_place(
        tmp_path / "one", [shapely.box(10.0, 0.0, 10.01, 0.01)], west=10, north=0.01, cell=0.01, shape=(1, 1)
    )

    result = call("assess", home, "--quiet")

    assert result.exit_code in (0, 1)
    assert "Traceback" not in result.output
    assert "unexpected" not in result.output
