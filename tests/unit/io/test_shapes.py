"""Areas that people type or paste are read, repaired with a note, or refused; never silently wrong."""

import json

import pytest
import shapely

from landbalance.core.errors import InputError
from landbalance.io.shapes import area_km2, read_shapes

SQUARE = [[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]
SQUARE_KM2 = 12308.778  # one degree at the equator on WGS84, as published by geodesic calculators


def geojson(coordinates: object, kind: str = "Polygon") -> str:
    return json.dumps({"type": kind, "coordinates": coordinates})


@pytest.mark.parametrize(
    "text",
    [
        geojson([SQUARE]),
        json.dumps({"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [SQUARE]}}),
        json.dumps([SQUARE]),
        json.dumps(SQUARE),
        "POLYGON((0 0,1 0,1 1,0 1,0 0))",
        "SRID=4326;POLYGON((0 0,1 0,1 1,0 1,0 0))",
        "0 0\n1 0\n1 1\n0 1",
        "0, 0\n1, 0\n\n1, 1\n0, 1\n",
        "POLYGON Z((0 0 5,1 0 5,1 1 5,0 1 5,0 0 5))",
    ],
)
def test_every_way_to_write_a_square_is_read(text: str) -> None:
    (drawn,) = read_shapes(text)

    assert drawn.area_km2 == pytest.approx(SQUARE_KM2, rel=1e-6)


def test_a_collection_gives_one_piece_for_each_feature() -> None:
    feature = {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [SQUARE]}}

    assert len(read_shapes(json.dumps({"type": "FeatureCollection", "features": [feature, feature]}))) == 2


def test_a_bow_tie_is_repaired_and_says_so() -> None:
    (drawn,) = read_shapes("POLYGON((0 0,1 1,1 0,0 1,0 0))")

    assert drawn.geometry.is_valid
    assert drawn.area_km2 == pytest.approx(SQUARE_KM2 / 2, rel=1e-3)
    assert "repaired" in drawn.notes[0]


def test_a_shape_over_180_degrees_keeps_its_area() -> None:
    (drawn,) = read_shapes("179 0\n-179 0\n-179 1\n179 1")

    assert drawn.area_km2 == pytest.approx(2 * SQUARE_KM2, rel=1e-6)


def test_a_hole_is_no_land() -> None:
    hole = [[0.25, 0.25], [0.75, 0.25], [0.75, 0.75], [0.25, 0.75], [0.25, 0.25]]

    (drawn,) = read_shapes(geojson([SQUARE, hole]))

    assert drawn.area_km2 == pytest.approx(0.75 * SQUARE_KM2, rel=1e-4)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("POINT(1 1)", "not a polygon"),
        ("LINESTRING(0 0,1 1)", "not a polygon"),
        ("POLYGON EMPTY", "is empty"),
        ("0 0\n1 1", "has 2 points"),
        ("0 0\none two\n1 1", "line 2 of the area"),
        ("10 100\n11 100\n11 101", "longitude first, then latitude"),
        ("500000 0\n510000 0\n510000 9000", "degrees"),
        ('{"type":"Polygon","coordinates":[[[0,0],[1,NaN],[1,1],[0,0]]]}', "no JSON"),
        ('{"type":"Polygon","coordinates":[[[0,0],[1e400,0],[1,1],[0,0]]]}', ""),
        ('{"type":"Polygon","coordinates":"x"}', "no GeoJSON geometry"),
        ('{"type":"Banana"}', "no GeoJSON geometry"),
        ("[" * 100_000, "no JSON"),
        ('{"type":"FeatureCollection","features":[null,7]}', "is empty"),
        ("POLYGON((0 0,1 1", "no WKT"),
        ("POLYGON((0 0,0 0,0 0,0 0))", ""),
        ("x" * 4_000_001, "characters"),
        (geojson([[[i / 1e6, 0] for i in range(100_002)] + [[0, 1], [0, 0]]]), "points"),
    ],
)
def test_what_is_no_area_is_refused_in_one_line(text: str, said: str) -> None:
    with pytest.raises(InputError) as raised:
        read_shapes(text)

    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


def test_an_area_in_metres_is_not_taken_for_degrees() -> None:
    document = {"type": "FeatureCollection", "features": [], "crs": {"properties": {"name": "EPSG:32631"}}}

    with pytest.raises(InputError, match="EPSG:32631"):
        read_shapes(json.dumps(document))


def test_the_area_of_a_pole_is_that_of_its_cap() -> None:
    ring = [(float(lon), 89.0) for lon in range(-180, 181)]

    cap = area_km2(shapely.Polygon([*ring, (180.0, 90.0), (-180.0, 90.0)]))

    assert cap == pytest.approx(39_166, rel=2e-3)
