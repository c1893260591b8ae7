"""Statistics by polygon: hand cases, and the figures other people computed for a real region."""

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
import shapely
from numpy.typing import NDArray
from rasterio.transform import from_origin

from landbalance.core.layers import Layer, NodataValue, Slice
from landbalance.engine import zonal as module
from landbalance.engine.zonal import zonal
from landbalance.grid.areas import cell_area_km2
from landbalance.io.vector import Polygons, geodesic_area_km2, read_polygons


def layer(folder: Path, array: NDArray[Any], kind: Any = "value", west: float = 10.0, **fields: Any) -> Layer:
    path = str(folder / "layer.tif")
    size = {"width": array.shape[1], "height": array.shape[0], "count": 1, "dtype": array.dtype}
    with rasterio.open(
        path, "w", driver="GTiff", crs="EPSG:4326", transform=from_origin(west, 20, 1, 1), **size
    ) as file:
        file.write(array, 1)
    return Layer("any", "any", kind, (Slice(path, 1, 2010),), **fields)


def one(geometry: shapely.Geometry) -> Polygons:
    return Polygons((geometry,), ("one",), ("1",), "EPSG:4326")


def test_partial_cells_weigh_their_share(tmp_path: Path) -> None:
    rain = layer(tmp_path, np.float32([[10, 40]]))

    (row,) = zonal(rain, one(shapely.box(10, 19, 11.5, 20)))

    assert row.mean == pytest.approx(20.0)
    assert row.std == pytest.approx(np.sqrt((2 * 100 + 400) / 3))
    assert (row.minimum, row.maximum, row.total) == (10.0, 40.0, 30.0)
    assert row.area_km2 == pytest.approx(float(cell_area_km2(19, 20, 1.5)))


def test_unknown_cells_count_as_area_only(tmp_path: Path) -> None:
    rain = layer(tmp_path, np.float32([[10, -1]]), nodata=(NodataValue(-1, "outside"),))

    (row,) = zonal(rain, one(shapely.box(10, 19, 12, 20)))

    assert row.mean == 10.0
    assert row.known_km2 == pytest.approx(row.area_km2 / 2)


def test_classes_get_their_areas(tmp_path: Path) -> None:
    cover = layer(tmp_path, np.uint8([[1, 2], [2, 2]]), "class")

    (row,) = zonal(cover, one(shapely.box(10, 18, 11.5, 20)))

    upper, lower = (float(cell_area_km2(south, south + 1, 1)) for south in (19, 18))
    assert row.classes_km2 == pytest.approx({1: upper, 2: upper / 2 + 1.5 * lower})
    assert row.mean is None


def test_a_polygon_smaller_than_a_cell_is_measured(tmp_path: Path) -> None:
    island = one(shapely.box(10.1, 19.1, 10.2, 19.2))

    (row,) = zonal(layer(tmp_path, np.float32([[7.0]])), island)

    assert row.mean == pytest.approx(7.0)
    assert row.area_km2 == pytest.approx(geodesic_area_km2(island), rel=1e-2)


def test_a_polygon_elsewhere_has_no_statistics(tmp_path: Path) -> None:
    (row,) = zonal(layer(tmp_path, np.float32([[7.0]])), one(shapely.box(50, 0, 51, 1)))

    assert (row.mean, row.area_km2, row.known_km2) == (None, 0.0, 0.0)


def test_western_polygons_meet_longitudes_from_0_to_360(tmp_path: Path) -> None:
    (row,) = zonal(layer(tmp_path, np.float32([[7.0]]), west=300.0), one(shapely.box(-60, 19, -59, 20)))

    assert row.mean == pytest.approx(7.0)


def test_strips_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rain = layer(tmp_path, np.random.default_rng(0).gamma(2, 100, (15, 20)).astype(np.float32))
    circle = one(shapely.Point(20, 12).buffer(6))
    (whole,) = zonal(rain, circle)

    monkeypatch.setattr(module, "CELLS", 25)
    (strips,) = zonal(rain, circle)

    assert strips.mean == pytest.approx(whole.mean, rel=1e-12)
    assert strips.std == pytest.approx(whole.std, rel=1e-12)
    assert strips.area_km2 == pytest.approx(whole.area_km2, rel=1e-9)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("zones", "field", "within_mm"), [("districts", "district", 1.0), ("communes", "unit_id", 2.0)]
)
def test_rain_of_a_real_region_agrees_with_other_people(shared: Path, zones: str, field: str, within_mm: float) -> None:
    folder = shared / "assaba_mauritania"
    path = str(folder / "precipitation_annual_2010_2023.tif")
    slices = tuple(Slice(path, band, 2009 + band) for band in range(1, 15))
    rain = Layer("precipitation", "mm", "value", slices, scale=0.1, nodata=(NodataValue(0, "outside"),))
    with (folder / f"zonal_precipitation_{zones}.csv").open(encoding="utf-8") as file:
        expected = {(int(row["year"]), row[field]): row for row in csv.DictReader(file)}

    rows = zonal(rain, read_polygons(folder / f"{zones}.geojson", name_field=field))

    assert {(row.year, row.name) for row in rows} == set(expected)
    for row in rows:
        theirs = expected[row.year, row.name]
        assert row.mean == pytest.approx(float(theirs["precip_mean_mm"]), abs=within_mm)
        assert row.std == pytest.approx(float(theirs["precip_std_mm"]), abs=within_mm)
