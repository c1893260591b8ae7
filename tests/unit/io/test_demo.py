import json
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
import rasterio

from landbalance.core.errors import InputError
from landbalance.core.legends import legend
from landbalance.io.demo import make_demo
from landbalance.io.demo.cover import UNCCD_OF
from landbalance.io.vector import read_polygons
from landbalance.io.workspace import load_workspace

SIZE = 0.1


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_demo(tmp_path_factory.mktemp("demo") / "zzd", size=SIZE)


def test_the_same_seed_gives_the_same_bytes(demo: Path, tmp_path: Path) -> None:
    again = make_demo(tmp_path / "other", size=SIZE)

    assert _digests(again) == _digests(demo)


def test_another_seed_gives_another_country(demo: Path, tmp_path: Path) -> None:
    other = make_demo(tmp_path, size=SIZE, seed=7)

    assert _digests(other) != _digests(demo)


def test_a_second_demo_replaces_the_first(tmp_path: Path) -> None:
    first = make_demo(tmp_path, size=SIZE)

    assert make_demo(tmp_path, size=SIZE) == first


def test_a_real_workspace_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "landbalance.toml").write_text('[workspace]\nformat = 1\ncountry = "MLI"\n')

    with pytest.raises(InputError, match="another workspace"):
        make_demo(tmp_path, size=SIZE)


def test_the_workspace_says_that_it_is_invented(demo: Path) -> None:
    workspace = load_workspace(demo)

    assert workspace.is_invented
    assert "invented" in workspace.title
    assert "invented" in workspace.country_name
    assert all("invented" in layer.source for layer in workspace.layers)


def test_every_raster_says_that_it_is_invented(demo: Path) -> None:
    for path in sorted(demo.rglob("*.tif")):
        with rasterio.open(path) as dataset:
            assert "invented" in dataset.tags()["TIFFTAG_IMAGEDESCRIPTION"], path.name


def test_the_country_has_an_islet_smaller_than_a_cell(demo: Path) -> None:
    boundary = read_polygons(demo / "data" / "boundary.geojson")

    smallest = min(part.area for part in boundary.geometries[0].geoms)

    assert smallest < (2.5 / 900) ** 2


def test_districts_cover_the_country(demo: Path) -> None:
    boundary = read_polygons(demo / "data" / "boundary.geojson")
    districts = read_polygons(demo / "data" / "districts.gpkg")

    assert len(districts.geometries) == 6
    assert sum(each.area for each in districts.geometries) == pytest.approx(boundary.geometries[0].area, rel=1e-9)


def test_planted_classes_follow_the_packaged_legend() -> None:
    parents = {each.code: each.unccd for each in legend("esa_cci").classes}

    assert {code: parents[code] for code in UNCCD_OF} == {code: int(parent) for code, parent in UNCCD_OF.items()}


def test_expected_areas_close_in_every_layer(demo: Path) -> None:
    truth = json.loads((demo / "truth" / "truth.json").read_text())

    for areas in truth["status_km2"].values():
        assert sum(areas.values()) == pytest.approx(truth["country_km2"], abs=0.01)


def test_every_planting_takes_place(demo: Path) -> None:
    truth = json.loads((demo / "truth" / "truth.json").read_text())

    assert min(planting["area_km2"] for planting in truth["planted"].values()) > 0


def test_expected_sdg_is_known_only_where_all_three_layers_are(demo: Path) -> None:
    with rasterio.open(demo / "truth" / "status.tif") as dataset:
        named = dict(zip(dataset.descriptions, dataset.read(), strict=True))

    unknown = (np.stack([named[f"{layer}_baseline"] for layer in ("productivity", "land_cover", "soc")]) == -128).any(0)

    np.testing.assert_array_equal(named["sdg_baseline"] == -128, unknown)


def _digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
