"""Workspaces made, layers written into them."""

import tomllib
from pathlib import Path

import numpy as np
import pytest

from landbalance.core.errors import InputError, NotFoundError
from landbalance.io.register import add_layer, add_zones, init_workspace, layer_entry, set_file, zone_entry
from landbalance.io.workspace import load_workspace
from landbalance.io.workspace_file import ZoneTable

SQUARE = [(10.0, 19.0), (11.0, 19.0), (11.0, 20.0), (10.0, 20.0)]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return init_workspace("mali", "MLI", start=tmp_path)


def test_a_workspace_is_made_beside_or_inside_an_installation(tmp_path: Path) -> None:
    alone = init_workspace("mali", "MLI", start=tmp_path)
    (tmp_path / "landbalance.toml").write_text("[installation]\n")
    inside = init_workspace("niger", "NER", start=tmp_path)

    assert (alone, inside) == (tmp_path / "mali", tmp_path / "workspaces" / "niger")
    assert "installation" in tomllib.loads((alone / "landbalance.toml").read_text())
    assert "installation" not in tomllib.loads((inside / "landbalance.toml").read_text())
    assert load_workspace(inside).title == "Niger"
    assert sorted(entry.name for entry in inside.iterdir()) == ["data", "landbalance.toml", "runs"]


def test_a_lone_workspace_holds_no_other(home: Path) -> None:
    assert init_workspace("kayes", "MLI", start=home.parent) == home.parent / "kayes"


@pytest.mark.parametrize(
    ("name", "country", "error"),
    [("mali", "MLI", InputError), ("../x", "MLI", InputError), ("x", "XXX", NotFoundError)],
)
def test_what_cannot_be_made_leaves_nothing(home: Path, name: str, country: str, error: type[Exception]) -> None:
    before = sorted(home.parent.rglob("*"))

    with pytest.raises(error):
        init_workspace(name, country, start=home.parent)

    assert sorted(home.parent.rglob("*")) == before


def test_a_file_in_place_of_a_folder_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(InputError, match="cannot be written"):
        init_workspace("mali", "MLI", start=tmp_path / "file")


def test_a_layer_is_written_with_its_checksum_and_comments_stay(home: Path, make_raster) -> None:
    path = make_raster(home / "data" / "lc.tif", np.ones((1, 4, 4), np.uint8), names=("lc_2000",))
    entry = layer_entry(role="land_cover", path=str(path), legend="unccd", nodata=[{"value": 0, "reason": "outside"}])

    layer = add_layer(home, entry)

    text = (home / "landbalance.toml").read_text()
    assert layer.years == (2000,)
    assert 'path = "data/lc.tif"' in text
    assert 'nodata = [{value = 0.0, reason = "outside"}]' in text
    assert "# soc_threshold" in text
    assert len(tomllib.loads(text)["layer"][0]["sha256"]) == 64
    assert "[[layer]]" not in (home / "landbalance.toml.bak").read_text()


def test_the_same_file_again_replaces_its_entry(home: Path, make_raster) -> None:
    path = str(make_raster(home / "n.tif", np.ones((1, 4, 4), np.int16)))

    for scale in (1.0, 0.0001):
        add_layer(home, layer_entry(role="productivity", path=path, quantity="ndvi", years=[2001], scale=scale))

    assert [layer.scale for layer in load_workspace(home).layers] == [0.0001]


def test_files_that_do_not_fit_together_need_replace(home: Path, make_raster) -> None:
    first, second = (str(make_raster(home / f"{n}.tif", np.ones((1, 4, 4), np.int16))) for n in "ab")
    add_layer(home, layer_entry(role="productivity", path=first, quantity="ndvi", years=[2001]))
    other = layer_entry(role="productivity", path=second, quantity="evi", years=[2001])
    before = (home / "landbalance.toml").read_bytes()

    with pytest.raises(InputError, match="two layers have the role"):
        add_layer(home, other, copy=True)

    assert (home / "landbalance.toml").read_bytes() == before
    assert list((home / "data").iterdir()) == []
    add_layer(home, other, replace=True)
    assert [layer.quantity for layer in load_workspace(home).layers] == ["evi"]


def test_a_copied_layer_lies_in_the_data_folder(home: Path, tmp_path: Path, make_raster) -> None:
    path = make_raster(tmp_path / "s.tif", np.ones((1, 4, 4), np.float32))

    add_layer(home, layer_entry(role="soc", path=str(path)), copy=True)

    layer = load_workspace(home).layer("soc")
    assert layer is not None
    assert layer.slices[0].path == str(home / "data" / "s.tif")


def test_a_shared_file_is_named_by_the_variable(
    home: Path, tmp_path: Path, make_raster, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "shared").mkdir()
    path = make_raster(tmp_path / "shared" / "s.tif", np.ones((1, 4, 4), np.float32))
    monkeypatch.setenv("LANDBALANCE_SHARED", str(tmp_path / "shared"))

    add_layer(home, layer_entry(role="soc", path=str(path)))

    assert "${LANDBALANCE_SHARED}/s.tif" in (home / "landbalance.toml").read_text()


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"role": "soc", "path": "none.tif"}, "there is no file"),
        ({"role": "soc", "path": "landbalance.toml"}, "landbalance.toml"),
        ({"role": "Land Cover", "path": "x"}, "role"),
        ({"role": "soc", "path": "x", "scale": "big"}, "scale"),
    ],
)
def test_a_layer_that_cannot_be_read_changes_nothing(
    home: Path, fields, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(home)
    before = (home / "landbalance.toml").read_bytes()

    with pytest.raises((InputError, NotFoundError), match=message):
        add_layer(home, layer_entry(**fields))

    assert (home / "landbalance.toml").read_bytes() == before


def test_boundary_and_zones_are_named(home: Path, make_polygons) -> None:
    path = make_polygons(home / "data" / "b.geojson", SQUARE)

    set_file(home, "boundary", str(path))
    add_zones(home, ZoneTable(id="districts", path=str(path), name_field="name"))
    add_zones(home, ZoneTable(id="districts", path=str(path)))

    workspace = load_workspace(home)
    assert workspace.boundary == str(path)
    assert [zone.id for zone in workspace.zones] == ["districts"]


def test_zones_with_an_unknown_column_are_refused(home: Path, make_polygons) -> None:
    path = make_polygons(home / "b.geojson", SQUARE)

    with pytest.raises(InputError, match="no column 'district'"):
        add_zones(home, ZoneTable(id="districts", path=str(path), name_field="district"))


def test_zones_need_a_plain_id(home: Path) -> None:
    with pytest.raises(InputError, match=r"id: .*it is 'My Zones' now"):
        zone_entry(id="My Zones", path="b.geojson")


def test_a_legend_file_is_named_from_where_the_person_stands(
    home: Path, tmp_path: Path, make_raster, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_raster(tmp_path / "lc.tif", np.ones((1, 4, 4), np.uint8), names=("lc_2000",))
    classes = ", ".join(f'{{code = {n}, name = "c{n}", unccd = {n}}}' for n in range(1, 8))
    (tmp_path / "mine.toml").write_text(f'id = "mine"\nclasses = [{classes}]\n')
    monkeypatch.chdir(tmp_path)

    add_layer(home, layer_entry(role="land_cover", path="lc.tif", legend="mine.toml"))

    workspace = load_workspace(home)
    assert workspace.nestings[str(tmp_path / "mine.toml")][7] == 7
