"""Recode polygons from GeoJSON."""

import json
from pathlib import Path
from typing import Any

import pytest
import shapely

from landbalance.core.errors import InputError
from landbalance.io.recodes import read_recodes

SAID = {
    "uuid": "a1",
    "location_name": "the north",
    "process_driving_change": "clearing of invasive bushes",
    "basis_for_judgement": "field visit",
    "periods_affected": ["baseline", "report_1"],
    "recode_deg_to": 1,
    "recode_stable_to": None,
    "recode_imp_to": "none",
    "evidence_ids": ["https://example.org/visit"],
    "proposed_by": "district office",
    "date": "2026-03-01",
}


def write(folder: Path, *features: tuple[dict[str, Any], shapely.Geometry | None], **more: Any) -> Path:
    items = [
        {"type": "Feature", "properties": said, "geometry": shape and shapely.geometry.mapping(shape)}
        for said, shape in features
    ]
    path = folder / "recodes.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": items, **more}))
    return path


def test_a_feature_says_what_changes_and_why(tmp_path: Path) -> None:
    recodes = read_recodes(write(tmp_path, (SAID, shapely.box(0, 0, 1, 1))))

    (feature,) = recodes.features
    assert feature.recode == (1, None, None)
    assert feature.periods == ("baseline", "report_1")
    assert (feature.author, feature.evidence) == ("district office", ("https://example.org/visit",))
    assert recodes.areas_km2[0] == pytest.approx(12308.78, rel=1e-4)
    assert recodes.polygons.names == ("the north",)


def test_only_accepted_features_count(tmp_path: Path) -> None:
    proposed = {**SAID, "uuid": "b2", "state": "proposed"}

    recodes = read_recodes(write(tmp_path, (proposed, shapely.box(2, 0, 3, 1)), (SAID, shapely.box(0, 0, 1, 1))))

    assert len(recodes.features) == 2
    assert recodes.accepted().codes == ("a1",)
    assert recodes.to("EPSG:3857").accepted().crs == "EPSG:3857"


def test_a_file_without_features_recodes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "recodes.geojson"
    path.write_text('{"type": "FeatureCollection", "features": []}')

    found = read_recodes(path)

    assert (found.features, found.notes) == ((), ())


def test_overlaps_are_noted_and_touching_edges_are_not(tmp_path: Path) -> None:
    boxes = (shapely.box(0, 0, 2, 1), shapely.box(1, 0, 3, 1), shapely.box(3, 0, 4, 1))

    recodes = read_recodes(write(tmp_path, *((SAID, box) for box in boxes)))

    assert recodes.notes == ("features 1 and 2 overlap: 2 counts there",)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"process_driving_change": ""}, "has no process"),
        ({"periods_affected": []}, "names no period"),
        ({"periods_affected": ["report_9"]}, "no period report_9"),
        ({"recode_deg_to": -1}, "recode_deg_to"),
        ({"recode_deg_to": None}, "changes nothing"),
        ({"state": "maybe"}, "maybe"),
    ],
)
def test_a_faulty_feature_is_refused_by_number(tmp_path: Path, change: dict[str, Any], said: str) -> None:
    path = write(tmp_path, (SAID, shapely.box(0, 0, 1, 1)), ({**SAID, **change}, shapely.box(0, 0, 1, 1)))

    with pytest.raises(InputError, match=f"feature 2 of .*{said}"):
        read_recodes(path)


def test_a_feature_without_polygon_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"feature 1 of .* is empty"):
        read_recodes(write(tmp_path, (SAID, None)))


def test_other_reference_systems_are_refused(tmp_path: Path) -> None:
    system = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32633"}}

    with pytest.raises(InputError, match="not in WGS 84"):
        read_recodes(write(tmp_path, (SAID, shapely.box(0, 0, 1, 1)), crs=system))


@pytest.mark.parametrize("content", ["", "[]", '{"features": 3}', '{"features": [1]}'])
def test_other_files_are_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "a.geojson").write_text(content)

    with pytest.raises(InputError, match=r"a\.geojson"):
        read_recodes(tmp_path / "a.geojson")
