"""What is counted in layers, and what a check finds."""

from pathlib import Path

import numpy as np
import pytest

from landbalance.core.layers import Layer, NodataValue, Slice
from landbalance.core.legends import legend, nest
from landbalance.grid.areas import cell_area_km2
from landbalance.io.census import count_classes, count_values
from landbalance.io.checks import check_workspace
from landbalance.io.layer_checks import Finding

SQUARE = [(10.0, 19.0), (11.0, 19.0), (11.0, 20.0), (10.0, 20.0)]
YEARS = range(2000, 2010)
HEAD = """[installation]
[workspace]
format = 1
country = "MLI"
boundary = "b.geojson"
[periods.baseline]
land_cover = [2000, 2009]
soc = [2000, 2009]
productivity = [2000, 2009]
"""
LICENCE = 'licence = "CC0"\n'
COVER = '[[layer]]\nrole = "land_cover"\npath = "lc.tif"\nlegend = "unccd"\n' + LICENCE
NDVI = '[[layer]]\nrole = "productivity"\npath = "n.tif"\nquantity = "ndvi"\nyears = "2000-2009"\n' + LICENCE


@pytest.fixture
def home(tmp_path: Path, make_raster, make_polygons) -> Path:
    """Return a workspace in good order: land cover and ten years of NDVI over a square degree."""
    make_polygons(tmp_path / "b.geojson", SQUARE)
    cover = np.ones((2, 10, 10), np.uint8)
    make_raster(tmp_path / "lc.tif", cover, names=("lc_2000", "lc_2009"))
    make_raster(tmp_path / "n.tif", np.full((10, 10, 10), 0.5, np.float32))
    (tmp_path / "landbalance.toml").write_text(HEAD + COVER + NDVI)
    return tmp_path


def problems(home: Path) -> list[Finding]:
    known = {"soc", "climate_zone", "soil"}  # not part of these cases
    return [found for found in check_workspace(home) if found.level != "ok" and found.subject not in known]


def only(home: Path, subject: str, level: str, text: str) -> bool:
    return any(f.subject == subject and f.level == level and text in f.text for f in problems(home))


def test_classes_are_counted_with_true_areas_before_and_after_nesting(tmp_path: Path, make_raster) -> None:
    codes = np.array([[50, 50, 10], [99, 0, 210]], np.uint8)
    path = make_raster(tmp_path / "a.tif", codes, nodata=0)
    layer = Layer("land_cover", "class", "class", (Slice(str(path), 1, 2000),), legend="esa_cci")
    unccd, esa = legend("unccd"), legend("esa_cci")

    census = count_classes(layer, layer.slices[0], target=unccd, nesting=nest(esa, unccd))

    top, bottom = (float(cell_area_km2(north - 0.1, north, 0.1)) for north in (20.0, 19.9))
    assert [(each.code, each.pixels) for each in census.before] == [(10, 1), (50, 2), (99, 1), (210, 1)]
    assert [(each.code, each.pixels) for each in census.after] == [(1, 2), (3, 1), (7, 1)]
    assert [each.area_km2 for each in census.after] == pytest.approx([2 * top, top, bottom])
    assert [(each.code, each.pixels) for each in census.unmapped] == [(99, 1)]
    assert census.missing == {"nodata of the file": 1}
    assert census.pixels == 6


def test_values_are_measured_in_physical_units_with_gaps_by_reason(tmp_path: Path, make_raster) -> None:
    path = make_raster(tmp_path / "a.tif", np.array([[1000, 3000, -1, -2]], np.int16), nodata=-2)
    layer = Layer("p", "ndvi", "value", (Slice(str(path), 1, 2000),), scale=0.0001, nodata=(NodataValue(-1, "cloud"),))

    census = count_values(layer, layer.slices[0])

    assert (census.minimum, census.mean, census.maximum) == pytest.approx((0.1, 0.2, 0.3))
    assert census.missing == {"cloud": 1, "nodata of the file": 1}
    assert census.missing_share == 0.5


def test_what_lies_outside_the_bounds_is_not_counted(tmp_path: Path, make_raster) -> None:
    path = make_raster(tmp_path / "a.tif", np.array([[1.0, 2.0], [3.0, 9.0]], np.float32))
    layer = Layer("p", "x", "value", (Slice(str(path), 1),))

    census = count_values(layer, layer.slices[0], bounds=(10.0, 19.9, 10.2, 20.0))

    assert (census.pixels, census.maximum) == (2, 2.0)


def test_good_order_has_no_finding(home: Path) -> None:
    assert problems(home) == []


def test_a_missing_boundary_is_an_error(home: Path) -> None:
    text = (home / "landbalance.toml").read_text()
    (home / "landbalance.toml").write_text(text.replace('boundary = "b.geojson"\n', ""))

    assert only(home, "boundary", "error", "no boundary")


@pytest.mark.parametrize(
    ("change", "subject", "level", "text"),
    [
        (('legend = "unccd"\n', ""), "land_cover", "error", "no legend"),
        (("2000-2009", "2001-2010"), "productivity", "warning", "lacks 2000"),
        (("land_cover = [2000, 2009]", "land_cover = [2000, 2005]"), "land_cover", "error", "needs 2005"),
        (("productivity = [2000, 2009]", "productivity = [2007, 2015]"), "productivity", "error", "has 3 years"),
        (("productivity = [2000, 2009]", "productivity = [2004, 2009]"), "productivity", "warning", "short series"),
        ((LICENCE, ""), "land_cover", "warning", "no licence"),
        (("lc.tif", "gone.tif"), "land_cover", "error", "there is no file"),
        (('unccd"', 'unccd"\nnodata = 3.0'), "land_cover", "warning", "also the class"),
    ],
)
def test_what_the_file_says_wrong_is_found(home: Path, change, subject: str, level: str, text: str) -> None:
    file = home / "landbalance.toml"
    file.write_text(file.read_text().replace(*change, 1))

    assert only(home, subject, level, text)


@pytest.mark.parametrize(
    ("bands", "options", "level", "text"),
    [
        (np.full((10, 10, 10), 0.5, np.float32), {"crs": None}, "error", "reference system"),
        (np.full((10, 10, 10), 0.5, np.float32), {"west": 50.0}, "error", "does not overlap"),
        (np.full((10, 10, 10), 0.5, np.float32), {"west": 10.5}, "warning", "covers 50.0%"),
        (
            np.full((10, 10, 10), 0.5, np.float32),
            {"west": 500000.0, "north": 2000000.0},
            "error",
            "says it is in degrees",
        ),
        (np.full((10, 10, 10), 5000, np.int16), {}, "error", "possible is -1 to 1"),
        (np.full((10, 10, 10), np.nan, np.float32), {}, "error", "without data"),
        (np.full((10, 10, 10), -1, np.int16), {"nodata": -1}, "error", "without data"),
        (np.full((9, 10, 10), 0.5, np.float32), {}, "error", "has 9 bands, but years names 10"),
    ],
)
def test_what_is_wrong_with_a_raster_is_found(home: Path, make_raster, bands, options, level: str, text: str) -> None:
    make_raster(home / "n.tif", bands, **options)

    assert only(home, "productivity", level, text)


def test_numbers_that_are_none_are_found(home: Path, make_raster) -> None:
    bands = np.full((10, 10, 10), 0.5, np.float32)
    bands[0, 0, :2] = np.inf, np.nan
    make_raster(home / "n.tif", bands)

    assert only(home, "productivity", "warning", "2 pixels are not a number")


def test_codes_outside_the_legend_are_named_with_their_counts(home: Path, make_raster) -> None:
    cover = np.ones((2, 10, 10), np.uint8)
    cover[0, 0, :3] = 44
    make_raster(home / "lc.tif", cover, names=("lc_2000", "lc_2009"))

    assert only(home, "land_cover", "warning", "44 (3)")


def test_a_cut_file_is_found(home: Path) -> None:
    whole = (home / "n.tif").read_bytes()
    (home / "n.tif").write_bytes(whole[: len(whole) // 2])

    assert any(f.subject == "productivity" and f.level == "error" for f in problems(home))


def test_zones_outside_are_named_and_repairs_told(home: Path, make_polygons) -> None:
    bow_tie = [(10.0, 19.0), (11.0, 20.0), (11.0, 19.0), (10.0, 20.0)]
    far = [(x + 40, y) for x, y in SQUARE]
    make_polygons(home / "z.geojson", bow_tie, far)
    with (home / "landbalance.toml").open("a") as file:
        file.write('[[zones]]\nid = "districts"\npath = "z.geojson"\n')

    assert only(home, "districts", "warning", "feature 1 repaired")
    assert only(home, "districts", "warning", "1 zones lie outside the boundary: zone 2")


def test_regions_must_sum_to_the_nation(home: Path, make_polygons) -> None:
    make_polygons(home / "half.geojson", [(10.0, 19.0), (10.5, 19.0), (10.5, 20.0), (10.0, 20.0)])
    rows = "\n".join(f"{code},0,0,0,0,0,0,0" for code in range(1, 8))
    (home / "m.csv").write_text(",1,2,3,4,5,6,7\n" + rows + "\n")
    with (home / "landbalance.toml").open("a") as file:
        file.write('[[land_cover.region]]\nname = "west"\npath = "half.geojson"\nmatrix = "m.csv"\n')

    assert only(home, "regions", "error", "off the nation's")


def test_a_file_that_changed_since_it_was_registered_is_told(home: Path) -> None:
    text = (home / "landbalance.toml").read_text()
    (home / "landbalance.toml").write_text(text.replace('lc.tif"', f'lc.tif"\nsha256 = "{"0" * 64}"'))

    assert only(home, "land_cover", "warning", "has changed since")


@pytest.mark.parametrize("key", ["coast", "recodes"])
def test_files_beside_the_layers_are_read(home: Path, key: str) -> None:
    text = (home / "landbalance.toml").read_text()
    (home / "landbalance.toml").write_text(text.replace("boundary =", f'{key} = "gone.geojson"\nboundary ='))

    assert only(home, key, "error", "gone.geojson")
