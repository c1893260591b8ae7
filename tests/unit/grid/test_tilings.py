"""Tiles of public data sets against the names their producers give them, and laws of tilings and extents."""

import time
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer

from landbalance.core.errors import NotFoundError
from landbalance.core.places import countries
from landbalance.grid.extents import Extent, country_extent, extent_of, homolosine_boxes, snapped
from landbalance.grid.grid import Bounds
from landbalance.grid.tilings import TILINGS, pieces_within_180, sinusoidal, sinusoidal_bounds, tiles_of
from landbalance.io.packs.order import Order, planned
from landbalance.io.packs.plan import costs_of

ORACLE = yaml.safe_load((Path(__file__).parents[2] / "oracles" / "packs.yaml").read_text(encoding="utf-8"))
SIN = "+proj=sinu +lon_0=0 +x_0=0 +y_0=0 +R=6371007.181 +units=m +no_defs"
IGH = "+proj=igh +lon_0=0 +x_0=0 +y_0=0 +datum=WGS84 +units=m +no_defs"


@st.composite
def boxes(draw: st.DrawFn) -> Bounds:
    west, south = draw(st.floats(-180, 175)), draw(st.floats(-60, 74))
    return (west, south, west + draw(st.floats(0.01, 30)), south + draw(st.floats(0.01, 10)))


@pytest.mark.parametrize("case", ORACLE["tiles"], ids=lambda case: f"{case['country']}-{case['tiling']}")
def test_tiles_are_those_of_the_producers(case: dict[str, Any]) -> None:
    assert [tile.name for tile in tiles_of(case["tiling"], [tuple(case["box"])])] == case["names"]


def test_the_corner_of_a_modis_tile_is_where_its_header_says() -> None:
    stated = ORACLE["modis_corner"]

    tiles = {tile.name: tile for tile in tiles_of("modis_sin", [(-69.0, -29.0, -56.0, -21.0)])}

    assert tiles[stated["tile"]].west == pytest.approx(stated["west"], abs=1e-3)
    assert tiles[stated["tile"]].north == pytest.approx(stated["north"], abs=1e-3)


def test_an_unknown_tiling_is_refused() -> None:
    with pytest.raises(NotFoundError, match="ll45"):
        tiles_of("ll46", [(0.0, 0.0, 1.0, 1.0)])


@given(box=boxes(), where=st.tuples(st.floats(0, 1), st.floats(0, 1)))
def test_every_point_of_a_box_lies_in_a_tile(box: Bounds, where: tuple[float, float]) -> None:
    west, south, east, north = box
    lon, lat = west + where[0] * (east - west), south + where[1] * (north - south)

    for tiling in TILINGS:
        tiles = tiles_of(tiling, [box])
        if tiling == "modis_sin":
            x, y = sinusoidal((lon + 180) % 360 - 180, lat)
            inside = [
                t for t in tiles if t.west - 1 <= x <= t.west + t.side + 1 and t.north - t.side - 1 <= y <= t.north + 1
            ]
        else:
            near = 1e-8
            inside = [
                t
                for t in tiles
                if t.bounds[0] - near <= lon <= t.bounds[2] + near and t.bounds[1] - near <= lat <= t.bounds[3] + near
            ]
        assert inside, tiling


@given(box=boxes())
def test_more_room_never_takes_a_tile_away(box: Bounds) -> None:
    wider = (box[0], box[1] - 1.0, box[2], box[3] + 1.0)

    for tiling in TILINGS:
        assert {tile.name for tile in tiles_of(tiling, [box])} <= {tile.name for tile in tiles_of(tiling, [wider])}


@given(box=boxes())
def test_the_pieces_of_a_box_have_its_area_and_stay_within_180(box: Bounds) -> None:
    pieces = pieces_within_180(box)

    assert sum(p[2] - p[0] for p, _ in pieces) == pytest.approx(box[2] - box[0])
    assert all(-180 <= p[0] < p[2] <= 180 for p, _ in pieces)


@given(lon=st.floats(-180, 180), lat=st.floats(-89, 89))
def test_sinusoidal_agrees_with_proj(lon: float, lat: float) -> None:
    x, y = Transformer.from_crs("+proj=longlat +R=6371007.181", SIN, always_xy=True).transform(lon, lat)

    assert sinusoidal(lon, lat) == pytest.approx((x, y), abs=0.01)


@given(box=boxes())
def test_sinusoidal_bounds_hold_the_whole_box(box: Bounds) -> None:
    for (west, south, east, north), _ in pieces_within_180(box):
        lon, lat = np.meshgrid(np.linspace(west, east, 7), np.linspace(south, north, 7))
        places = [sinusoidal(a, b) for a, b in zip(lon.ravel(), lat.ravel(), strict=True)]
        left, low, right, high = sinusoidal_bounds((west, south, east, north))

        assert all(left - 1e-3 <= x <= right + 1e-3 and low - 1e-3 <= y <= high + 1e-3 for x, y in places)


def test_a_box_across_a_seam_of_the_homolosine_map_becomes_two() -> None:
    whole = Extent(((78.0, -12.0, 82.0, -8.0),), "")

    found = homolosine_boxes(whole, IGH)

    lon, lat = np.meshgrid(np.linspace(78.01, 81.99, 40), np.linspace(-11.99, -8.01, 40))
    x, y = Transformer.from_crs("EPSG:4326", IGH, always_xy=True).transform(lon, lat)
    held = np.zeros(x.shape, dtype=bool)
    for west, south, east, north in found:
        held |= (x >= west) & (x <= east) & (y >= south) & (y <= north)
    assert len(found) == 2
    assert held.all()


@pytest.mark.parametrize("iso3", [place.iso3 for place in countries() if place.iso3 != "EUE"])
def test_every_country_has_an_extent(iso3: str) -> None:
    west, south, east, north = country_extent(iso3, 25.0).bounds

    assert west < east <= west + 360
    assert -90 <= south < north <= 90


@pytest.mark.parametrize("iso3", ["FJI", "KIR", "RUS", "NZL", "USA"])
def test_countries_on_both_sides_of_180_lie_in_one_piece(iso3: str) -> None:
    extent = country_extent(iso3, 25.0)

    assert extent.crosses_180
    assert extent.bounds[2] - extent.bounds[0] < 200
    assert all(-180 <= box[0] < box[2] <= 180 for box in extent.within_180())


@given(box=boxes(), km=st.floats(0, 100))
def test_a_buffer_only_adds(box: Bounds, km: float) -> None:
    grown = extent_of([box], km, "").bounds

    assert grown[0] <= box[0] + 1e-6
    assert grown[3] >= box[3] - 1e-6


@given(box=boxes(), step=st.sampled_from([1 / 360, 0.05, 0.25]))
def test_a_snapped_grid_holds_its_box_and_lies_on_the_lattice(box: Bounds, step: float) -> None:
    grid = snapped(box, -180.0, 90.0, step, "EPSG:4326")

    west, south, east, north = grid.bounds
    slack = 1e-5 * step + 1e-9
    assert west <= box[0] + slack
    assert south <= box[1] + slack
    assert east >= box[2] - slack
    assert north >= box[3] - slack
    assert (grid.west + 180.0) / step == pytest.approx(round((grid.west + 180.0) / step), abs=1e-6)


@pytest.mark.shared
def test_the_packaged_boxes_hold_the_countries(shared: Path) -> None:
    outlines = gpd.read_file(shared / "boundaries/countries_50m.geojson").explode()

    outside = []
    for country in countries():
        extent = country_extent(country.iso3, 0.0)
        boxes = shapely.union_all([shapely.box(*each) for each in extent.within_180()]).buffer(0.06)
        parts = outlines.geometry[outlines.iso3 == country.iso3]
        whole = [each for each in parts if each.bounds[2] - each.bounds[0] < 180]  # others are torn along 180 degrees
        outside += [(country.iso3, each.bounds) for each in whole if not boxes.covers(each)]

    assert outside == []


@pytest.mark.deep
def test_any_country_is_planned_in_two_seconds() -> None:
    for country in countries():
        begun = time.process_time()
        assert costs_of(planned(Order(country.iso3, "full")))
        assert time.process_time() - begun < 2.0, country.iso3
