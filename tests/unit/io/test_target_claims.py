"""Targets, practices and costs from files: what is read, and one clear line for what cannot be."""

import json
from pathlib import Path

import geopandas
import pytest
import shapely

from landbalance.core.errors import InputError, NotFoundError
from landbalance.io.practice_files import read_costs, read_practices
from landbalance.io.target_claims import read_targets

SQUARE = shapely.box(10, 10, 11, 11)
HEAD = "code,response,cost_usd_ha,effectiveness,lag_years"


def geojson(path: Path, *rows: dict[str, object]) -> Path:
    """Write targets with a square as their shape."""
    features = [{"type": "Feature", "properties": row, "geometry": shapely.geometry.mapping(SQUARE)} for row in rows]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


def table(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_csv_gives_targets_of_every_kind(tmp_path: Path) -> None:
    path = table(
        tmp_path / "t.csv",
        "target_id,target_type,scope,response,parts,declared_area_ha,target_value,unit,start_year,target_year,milestones",
        'A,area_outcome,subnational,reduce,"[[""tree-covered"", 333.42], [""grassland"", 4722.27]]",,,,2015,2030,',
        'B,coverage,national,avoid,,,12,%,2020,2030,"[[2025, 9]]"',
        "C,area_action,subnational,reverse;reduce,,9000,,,2020,2030,",
    )

    a, b, c = read_targets(path).claims

    assert a.promised_km2 == pytest.approx(5055.69)
    assert (b.milestones, b.spatial_mode, b.target_value) == (((2025, 9.0),), "none", 12.0)
    assert (c.promised_km2, c.responses, c.spatial_mode) == (90.0, ("reverse", "reduce"), "declared_area")


def test_geojson_and_geopackage_say_the_same(tmp_path: Path) -> None:
    row = {"target_id": "A", "target_type": "area_action", "area_semantics": "envelope", "declared_area_km2": 35.0}
    path = geojson(tmp_path / "t.geojson", row)
    geopandas.GeoDataFrame([row], geometry=[SQUARE], crs="EPSG:4326").to_crs("EPSG:3857").to_file(tmp_path / "t.gpkg")

    one, other = read_targets(path), read_targets(tmp_path / "t.gpkg")

    assert one.claims == other.claims
    assert one.claims[0].spatial_mode == "polygon"
    assert one.shapes["A"].symmetric_difference(other.shapes["A"]).area < 1e-9


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"target_type": "area_action"}, "target_id"),
        ({"target_id": "A", "target_type": "wish"}, "'wish' is no code of target_types"),
        ({"target_id": "A", "target_type": "area_action", "target_year": "soon"}, "target_year"),
        ({"target_id": "A", "target_type": "area_action", "milestones": "[1"}, "milestones: Value error"),
    ],
)
def test_a_field_that_does_not_fit_is_named(tmp_path: Path, row: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_targets(geojson(tmp_path / "t.geojson", row))


def test_an_id_that_occurs_twice_is_refused(tmp_path: Path) -> None:
    row = {"target_id": "A", "target_type": "area_action"}

    with pytest.raises(InputError, match="target A occurs twice"):
        read_targets(geojson(tmp_path / "t.geojson", row, row))


def test_practices_are_read_with_what_is_unknown(tmp_path: Path) -> None:
    path = table(
        tmp_path / "p.csv",
        HEAD + ",capacity_ha_year,land_types",
        "stone,reverse,,0.8,5,100,dry plain; hill",
        "guard,avoid,20,0.5,0,,",
    )

    stone, guard = read_practices(path)

    assert (stone.cost_usd_ha, stone.capacity_ha_year, stone.land_types) == (None, 100.0, ("dry plain", "hill"))
    assert (guard.cost_usd_ha, guard.capacity_ha_year, guard.land_types) == (20.0, None, ())


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("stone,reverse,ten,0.8,5", "line 2: could not convert"),
        ("stone,reverse,10,1.8,5", "effectiveness is 1.8"),
        ("stone,reverse,-10,0.8,5", "cost_usd_ha is -10.0"),
        ("stone,undo,10,0.8,5", "'undo' is no code of responses"),
    ],
)
def test_a_practice_that_cannot_be_is_refused(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_practices(table(tmp_path / "p.csv", HEAD, line))


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="has no column cost_usd_ha, effectiveness, lag_years"):
        read_practices(table(tmp_path / "p.csv", "code,response", "a,avoid"))


def test_costs_are_by_practice_and_domain(tmp_path: Path) -> None:
    path = table(tmp_path / "c.csv", "practice,domain,cost_usd_ha", "stone,North,80")

    assert read_costs(path, {1: "North"}) == {("stone", 1): 80.0}
    with pytest.raises(NotFoundError, match="there is no domain 'North'"):
        read_costs(path, {1: "South"})
