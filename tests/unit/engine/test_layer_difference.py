"""Two layers against each other: areas and statistics by hand, maps, and what is refused."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
import shapely

from journeys.places import make_place, write_raster
from landbalance.core.errors import InputError
from landbalance.core.layers import Layer
from landbalance.core.progress import NoProgress
from landbalance.engine import layer_difference as module
from landbalance.engine.layer_difference import ONLY_FIRST, write_difference
from landbalance.grid.areas import cell_area_km2
from landbalance.io.register import layer_entry, read_layer

KM2 = float(cell_area_km2(9, 10, 1))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return make_place(tmp_path / "home", [shapely.box(20, 9, 24, 10)], west=20, north=10, cell=1, shape=(1, 4))


def layer(home: Path, name: str, values: Any, **fields: Any) -> Layer:
    write_raster(home / name, np.asarray(values), 20, 10, 1, nodata=fields.pop("nodata", None))
    return read_layer(home, layer_entry(path=str(home / name), **fields))


def compared(home: Path, first: Layer, second: Layer, year: int | None = None) -> dict[str, Any]:
    out = home / "out"
    out.mkdir(exist_ok=True)
    return write_difference(first, second, home, out, year=year, progress=NoProgress())


def cover(home: Path, name: str, codes: list[int], **fields: Any) -> Layer:
    legend = fields.pop("legend", "unccd")
    return layer(home, name, np.uint8([[codes]]), role="land_cover", legend=legend, nodata=0, years=[2015], **fields)


def test_codes_are_compared_in_the_classes_of_the_workspace(home: Path) -> None:
    first = cover(home, "a.tif", [50, 10, 190, 0], legend="esa_cci")
    second = cover(home, "b.tif", [1, 2, 5, 1])

    found = compared(home, first, second)

    rows = {(row["first"], row["second"]): row["km2"] for row in found["pairs"]}
    assert rows == {
        ("Tree-covered areas", "Tree-covered areas"): pytest.approx(KM2),
        ("Cropland", "Grassland"): pytest.approx(KM2),
        ("Artificial surfaces", "Artificial surfaces"): pytest.approx(KM2),
        (None, "Tree-covered areas"): pytest.approx(KM2),
    }
    assert found["classes"] == {"0": pytest.approx(2 * KM2), "1": pytest.approx(KM2), "12": pytest.approx(KM2)}
    assert found["year"] == 2015


def carbon(home: Path, name: str, values: list[float]) -> Layer:
    return layer(home, name, np.float32([[values]]), role="soc", unit="t C ha-1", nodata=-1, reference_year=2000)


def test_values_are_compared_by_area(home: Path) -> None:
    found = compared(home, carbon(home, "a.tif", [10, 20, 30, 40]), carbon(home, "b.tif", [12, 18, 33, -1]))

    said = found["statistics"]
    assert (said["first_mean"], said["second_mean"]) == (pytest.approx(20), pytest.approx(21))
    assert said["mean_difference"] == pytest.approx(1)
    assert said["mean_absolute"] == pytest.approx(7 / 3)
    assert said["root_mean_square"] == pytest.approx((17 / 3) ** 0.5)
    assert said["correlation"] == pytest.approx(np.corrcoef([10, 20, 30], [12, 18, 33])[0, 1])
    assert said["known_km2"] == pytest.approx(3 * KM2)
    assert found["classes"][str(ONLY_FIRST)] == pytest.approx(KM2)
    assert sum(found["classes"].values()) == pytest.approx(4 * KM2)


def test_the_maps_are_there_and_lie_inside_the_country(home: Path) -> None:
    found = compared(home, carbon(home, "a.tif", [10, 20, 30, 40]), carbon(home, "b.tif", [10, 20, 30, 80]))

    with rasterio.open(home / "out/difference.tif") as data:
        assert data.read(1).tolist() == [[0, 0, 0, 2]]
    assert {f"{name}.{kind}" for name in ("difference", "first", "second") for kind in ("png", "tif")} == set(
        found["products"]
    )


def test_strips_change_nothing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_place(home, [shapely.box(20, 5, 24, 10)], west=20, north=10, cell=1, shape=(5, 4))
    values = np.random.default_rng(0).gamma(2, 20, (2, 1, 5, 4)).astype(np.float32)
    pair = [layer(home, f"{n}.tif", values[n], role="soc", unit="t C ha-1", reference_year=2000) for n in (0, 1)]
    whole = compared(home, *pair)

    monkeypatch.setattr(module, "STRIP", 4)
    strips = compared(home, *pair)

    assert strips["statistics"] == pytest.approx(whole["statistics"])
    assert strips["classes"] == pytest.approx(whole["classes"])


def test_equal_layers_have_no_difference(home: Path) -> None:
    one = carbon(home, "a.tif", [5, 5, 5, 5])

    found = compared(home, one, one)

    assert found["statistics"]["root_mean_square"] == 0
    assert found["statistics"]["correlation"] is None
    assert found["classes"] == {"0": pytest.approx(4 * KM2)}


def test_what_does_not_fit_is_refused(home: Path) -> None:
    soc, early = carbon(home, "a.tif", [1, 2, 3, 4]), cover(home, "b.tif", [1, 1, 1, 1])
    late = layer(home, "c.tif", np.uint8([[[1, 1, 1, 1]]]), role="land_cover", legend="unccd", years=[2019], nodata=0)

    with pytest.raises(InputError, match="compare layers that measure the same"):
        compared(home, soc, early)
    with pytest.raises(InputError, match="in common: none"):
        compared(home, early, late)
    with pytest.raises(InputError, match="in common: 2015"):
        compared(home, early, early, year=2019)
    with pytest.raises(InputError, match="do not meet"):
        compared(home, carbon(home, "d.tif", [-1, -1, 3, 3]), carbon(home, "e.tif", [3, 3, -1, -1]))
