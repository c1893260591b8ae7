"""Polygons: reading, repairing, burning and measuring."""

import json
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pytest
import shapely

from landbalance.core.errors import InputError
from landbalance.grid.areas import cell_areas_km2
from landbalance.grid.grid import Grid
from landbalance.grid.pieces import analysis_grids
from landbalance.io.vector import Polygons, burn, cover, geodesic_area_km2, read_polygons

BOW_TIE = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
SQUARE = shapely.box(0, 0, 1, 1)


def frame(*geometries: shapely.Geometry | None, **columns: list[Any]) -> geopandas.GeoDataFrame:
    return geopandas.GeoDataFrame(columns, geometry=list(geometries), crs="EPSG:4326")


def polygons(*geometries: shapely.Geometry) -> Polygons:
    names = tuple(str(number) for number in range(1, len(geometries) + 1))
    return Polygons(geometries, names, names, "EPSG:4326")


@pytest.mark.parametrize("ending", ["gpkg", "geojson", "shp", "parquet"])
def test_every_format_gives_the_same_polygons(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"zones.{ending}"
    data = frame(SQUARE, shapely.box(2, 0, 3, 1), name=["one", "two"])
    data.to_parquet(path) if ending == "parquet" else data.to_file(path)

    zones = read_polygons(path)

    assert zones.names == ("one", "two")
    assert zones.crs == "EPSG:4326"
    assert [each.area for each in zones.geometries] == [1.0, 1.0]


def test_a_bow_tie_is_repaired_with_a_note(tmp_path: Path) -> None:
    frame(BOW_TIE).to_file(tmp_path / "a.geojson")

    zones = read_polygons(tmp_path / "a.geojson")

    assert zones.geometries[0].area == pytest.approx(0.5)
    assert zones.notes[0].startswith("feature 1 repaired: Self-intersection")


@pytest.mark.parametrize(
    ("geometry", "said"),
    [
        (None, "is empty"),
        (shapely.Point(0, 0), "is a Point"),
        (shapely.LineString([(0, 0), (1, 1)]), "is a LineString"),
    ],
)
def test_what_has_no_area_is_refused_by_number(tmp_path: Path, geometry: shapely.Geometry | None, said: str) -> None:
    frame(SQUARE, geometry).to_file(tmp_path / "a.gpkg")

    with pytest.raises(InputError, match=f"feature 2 of .*{said}"):
        read_polygons(tmp_path / "a.gpkg")


def test_a_missing_reference_system_is_refused(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="crs"):
        geopandas.GeoDataFrame(geometry=[SQUARE]).to_file(tmp_path / "a.gpkg")

    with pytest.raises(InputError, match="coordinate reference system"):
        read_polygons(tmp_path / "a.gpkg")


@pytest.mark.parametrize("content", ["", "{", "<OGRVRTDataSource/>", '{"type": "FeatureCollection", "features": []}'])
def test_damaged_files_are_errors_in_one_line(tmp_path: Path, content: str) -> None:
    (tmp_path / "a.geojson").write_text(content)

    with pytest.raises(InputError, match=r"a\.geojson") as caught:
        read_polygons(tmp_path / "a.geojson")
    assert "\n" not in str(caught.value)


def test_a_vector_vrt_is_refused(tmp_path: Path) -> None:
    frame(SQUARE).to_file(tmp_path / "secret.gpkg")
    source = f"<SrcDataSource>{tmp_path}/secret.gpkg</SrcDataSource>"
    layer = f'<OGRVRTLayer name="secret">{source}<SrcLayer>secret</SrcLayer></OGRVRTLayer>'
    (tmp_path / "a.geojson").write_text(f"<OGRVRTDataSource>{layer}</OGRVRTDataSource>")

    with pytest.raises(InputError, match=r"a\.geojson"):
        read_polygons(tmp_path / "a.geojson")


def test_missing_files_and_other_endings_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        read_polygons(tmp_path / "none.gpkg")
    (tmp_path / "a.txt").write_text("")
    with pytest.raises(InputError, match="not a file of polygons"):
        read_polygons(tmp_path / "a.txt")


def test_names_come_from_the_field_asked_for(tmp_path: Path) -> None:
    frame(SQUARE, SQUARE, name=["a", "a"], code=["x", None]).to_file(tmp_path / "a.gpkg")

    assert read_polygons(tmp_path / "a.gpkg").names == ("a", "a")
    assert read_polygons(tmp_path / "a.gpkg", name_field="code").names == ("x", "2")
    with pytest.raises(InputError, match="has no column"):
        read_polygons(tmp_path / "a.gpkg", name_field="none")


def test_centres_decide_and_later_polygons_win() -> None:
    grid = Grid("EPSG:4326", 0.0, 2.0, 1.0, 1.0, 3, 2)
    zones = polygons(shapely.box(0, 0, 2.4, 2), shapely.box(1, 1, 2, 2))

    assert burn(zones, grid).tolist() == [[1, 2, 0], [1, 1, 0]]
    assert burn(zones, grid, "all_touched")[1].tolist() == [1, 1, 1]


def test_cover_counts_hundredths() -> None:
    grid = Grid("EPSG:4326", 0.0, 1.0, 1.0, 1.0, 2, 1)

    assert cover(polygons(shapely.box(0.5, 0, 1.1, 1)), grid).tolist() == [[50, 10]]


def test_an_island_smaller_than_a_cell_keeps_its_area() -> None:
    grid = Grid("EPSG:4326", 0.0, 1.0, 1.0, 1.0, 1, 1)
    island = polygons(shapely.box(0.1, 0.1, 0.4, 0.3))

    assert burn(island, grid).sum() == 0
    assert cover(island, grid).tolist() == [[6]]


@pytest.mark.parametrize("block", [7, 64, 256])
def test_burning_does_not_depend_on_tiles(block: int) -> None:
    random = np.random.default_rng(3)
    zones = polygons(
        *(
            shapely.Point(xy).buffer(size)
            for xy, size in zip(random.uniform(0, 3, (9, 2)), random.uniform(0.1, 1, 9), strict=True)
        )
    )
    grid = Grid("EPSG:4326", -0.5, 3.5, 0.0123, 0.0137, 300, 290)
    whole, shares = burn(zones, grid), cover(zones, grid)

    for tile in grid.tiles(block):
        rows, cols = slice(tile.row, tile.row + tile.height), slice(tile.col, tile.col + tile.width)
        np.testing.assert_array_equal(burn(zones, grid.part(tile)), whole[rows, cols])
        np.testing.assert_array_equal(cover(zones, grid.part(tile)), shares[rows, cols])


def test_polygons_are_burnt_in_longitudes_from_0_to_360() -> None:
    grid = Grid("EPSG:4326", 300.0, 2.0, 1.0, 1.0, 3, 2)

    assert burn(polygons(shapely.box(-59, 0, -58, 1)), grid).tolist() == [[0, 0, 0], [0, 1, 0]]


def test_geodesic_area_of_a_cell() -> None:
    assert geodesic_area_km2(polygons(SQUARE)) == pytest.approx(12308.78, rel=1e-4)


@pytest.mark.shared
def test_fiji_is_cut_at_180_and_comes_in_two_pieces_that_add_up(shared: Path) -> None:
    countries = read_polygons(shared / "boundaries" / "countries_50m.geojson", name_field="iso3")
    shape = countries.geometries[countries.names.index("FJI")]
    world = Grid("EPSG:4326", -180.0, 90.0, 0.02, 0.02, 18000, 9000)

    pieces = analysis_grids(shape, world)

    area = sum(float((cell_areas_km2(piece) * cover(polygons(shape), piece)).sum()) / 100 for piece in pieces)
    assert len(pieces) == 2
    assert sum(piece.width for piece in pieces) < 400
    assert area == pytest.approx(geodesic_area_km2(polygons(shape)), rel=2e-3)
    assert area == pytest.approx(18_300, rel=0.02)


@pytest.mark.shared
def test_a_damaged_country_is_noted(shared: Path) -> None:
    countries = read_polygons(shared / "boundaries" / "countries_50m.geojson", name_field="iso3")
    number = countries.names.index("RUS") + 1

    assert any(note.startswith(f"feature {number} has an edge over 232 degrees") for note in countries.notes)


@pytest.mark.shared
def test_area_of_a_real_region_is_the_stated_one(shared: Path) -> None:
    region = read_polygons(shared / "assaba_mauritania" / "region.geojson")
    stated = json.loads((shared / "assaba_mauritania" / "region.geojson").read_text())["features"][0]["properties"]

    assert geodesic_area_km2(region) == pytest.approx(stated["area_km2"], rel=1e-4)
