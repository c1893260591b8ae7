"""The invented country, assessed: what was planted is found."""

import json

import numpy as np
import pytest
import rasterio
from rasterio.features import geometry_mask
from rasterio.windows import from_bounds

from landbalance.engine.assess import assess
from landbalance.engine.runs import Run
from landbalance.io.demo import make_demo

PERIODS = ("baseline", "report_1", "report_2")
KEY = {"productivity": "productivity", "land_cover": "land_cover_status", "soc": "soc_status", "sdg": "sdg"}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return assess(make_demo(tmp_path_factory.mktemp("demo") / "zzd", size=0.3), threads=1)


@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize("layer", ["land_cover", "soc"])
def test_every_planted_conversion_is_found(run: Run, layer: str, period: str) -> None:
    found, expected, inside = _compared(run, layer, period)

    np.testing.assert_array_equal(found[inside], expected[inside])


@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize("layer", ["productivity", "sdg"])
def test_planted_courses_are_found_in_spite_of_noise(run: Run, layer: str, period: str) -> None:
    home = run.folder.parents[1]
    expected_agreement = json.loads((home / "truth" / "truth.json").read_text())["expected_agreement"]

    found, expected, inside = _compared(run, layer, period)

    assert np.mean(found[inside] == expected[inside]) >= expected_agreement


def test_only_the_accepted_recode_changes_the_map(run: Run) -> None:
    with rasterio.open(run.raster("sdg.baseline")[0]) as dataset:
        accepted, proposed = (
            dataset.read(1)[~geometry_mask([shape], dataset.shape, dataset.transform)] for shape in _recodes(run)
        )

    assert not (accepted == -1).any()
    assert (proposed == 0).mean() > 0.95


def _compared(run: Run, layer: str, period: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the found and the expected classes, and the cells of the country outside recode polygons."""
    home = run.folder.parents[1]
    with rasterio.open(run.raster(f"{KEY[layer]}.{period}")[0]) as dataset:
        found, bounds, transform = dataset.read(1), dataset.bounds, dataset.transform
    with rasterio.open(home / "truth" / "status.tif") as dataset:
        window = from_bounds(*bounds, dataset.transform).round_offsets().round_lengths()
        expected = dataset.read(dataset.descriptions.index(f"{layer}_{period}") + 1, window=window)
    with rasterio.open(home / "data" / "ndvi.tif") as dataset:
        inside = dataset.read(1, window=window) != -32767
    inside &= geometry_mask(_recodes(run), found.shape, transform)
    return found, expected, inside


def _recodes(run: Run) -> list[dict[str, object]]:
    """Return the geometries of the recode polygons: accepted, proposed."""
    collection = json.loads((run.folder.parents[1] / "data" / "recodes.geojson").read_text())
    return [feature["geometry"] for feature in collection["features"]]
