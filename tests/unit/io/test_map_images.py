"""Pictures of rasters: their shape on the ground, patterns, scale bar, and countries on the antimeridian."""

import io
from pathlib import Path

import numpy as np
import pytest
import rasterio
from PIL import Image
from rasterio.transform import from_origin

from landbalance.io.map_images import draw_map, nice_length, pattern
from landbalance.reporting.maps import LegendEntry, MapSpec

SPEC = MapSpec("sdg.baseline", "Map", (LegendEntry(-1, "#9b2779", "lines", "Degraded"),), "Map")


def write(path: Path, west: float, north: float, crs: str = "EPSG:4326", cell: float = 0.1) -> Path:
    form = {"driver": "GTiff", "dtype": "int8", "count": 1, "nodata": -128, "crs": crs, "width": 20, "height": 20}
    with rasterio.open(path, "w", transform=from_origin(west, north, cell, cell), **form) as file:
        file.write(np.full((1, 20, 20), -1, np.int8))
    return path


def test_a_map_far_north_is_narrower_than_high(tmp_path: Path) -> None:
    picture = draw_map(SPEC, {"sdg.baseline": write(tmp_path / "a.tif", 10, 61)}, longest=200)

    assert picture.height == 200
    assert picture.width / picture.height == pytest.approx(0.5, abs=0.02)


def test_a_projected_map_keeps_its_shape_and_scale(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tif", 500_000, 1_000_000, "EPSG:32632", 100.0)

    picture = draw_map(SPEC, {"sdg.baseline": path}, longest=100)

    assert (picture.width, picture.height) == (100, 100)
    assert picture.bar_km / picture.bar_share == pytest.approx(2.0)


def test_both_pieces_of_a_country_on_the_antimeridian_are_drawn(tmp_path: Path) -> None:
    east, west = write(tmp_path / "e.tif", 178, -16), write(tmp_path / "w.tif", -180, -16)

    picture = draw_map(SPEC, {"sdg.baseline:e": east, "sdg.baseline:w": west}, longest=200)

    image = np.array(Image.open(io.BytesIO(picture.png)))
    assert picture.width == pytest.approx(2 * picture.height, rel=0.06)
    assert (image != 0).all()


def test_patterns_tell_classes_apart_without_colour(tmp_path: Path) -> None:
    picture = draw_map(SPEC, {"sdg.baseline": write(tmp_path / "a.tif", 10, 1)}, longest=120)

    image = Image.open(io.BytesIO(picture.png)).convert("L")
    assert len(set(np.array(image)[5:-5, 5:-5].ravel())) == 2


def test_a_map_without_raster_is_none() -> None:
    assert draw_map(SPEC, {}) is None


def test_patterns_differ() -> None:
    inks = {pattern(name, 24, 24).tobytes() for name in ("", "lines", "cross", "rare", "dots", "grid")}

    assert len(inks) == 6


@pytest.mark.parametrize(("length", "nice"), [(1.0, 1.0), (37.0, 20.0), (999.0, 500.0), (0.09, 0.05)])
def test_scale_bars_have_round_lengths(length: float, nice: float) -> None:
    assert nice_length(length) == pytest.approx(nice)
