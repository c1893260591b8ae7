"""Every profile and policy runs on the demo country and changes what it should."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import rasterio

from landbalance.core.parameters import Override
from landbalance.core.types import Value
from landbalance.engine.assess import assess
from landbalance.engine.runs import Run
from landbalance.io.demo import make_demo
from landbalance.io.workspace import load_workspace

REASON = "tested"
Assess = Callable[..., Run]


@pytest.fixture(scope="module")
def assess_with(tmp_path_factory: pytest.TempPathFactory) -> Assess:
    """Return a function that assesses a small demo country with some parameters."""
    folder = make_demo(tmp_path_factory.mktemp("settings") / "demoland", size=0.12)
    workspace = load_workspace(folder)

    def run(profile: str | None = None, **values: Value) -> Run:
        overrides = {name: Override(value, REASON) for name, value in values.items()}
        return assess(replace(workspace, overrides={**workspace.overrides, **overrides}), profile=profile, threads=2)

    return run


def layer(run: Run, key: str) -> np.ndarray:
    """Return a raster of a run."""
    with rasterio.open(run.raster(key)[0]) as dataset:
        return np.asarray(dataset.read(1))


@pytest.mark.parametrize("profile", ["te-compat", "gpg-v2", "sepal", "custom"])
def test_every_profile_runs_and_states_itself(assess_with: Assess, profile: str) -> None:
    values = {"perf_unit": "soil_land_cover"} if profile == "sepal" else {}

    run = assess_with(profile, **values)

    assert run.manifest.profile == profile
    assert {-1, 0} <= set(np.unique(layer(run, "sdg.baseline")).tolist())


def test_profiles_differ_where_they_say(assess_with: Assess) -> None:
    assert (layer(assess_with("te-compat"), "trend.baseline") != layer(assess_with(), "trend.baseline")).any()


def test_a_climate_correction_changes_the_trend_alone(assess_with: Assess) -> None:
    raw, corrected = assess_with(), assess_with(climate_correction="restrend")

    assert (layer(raw, "trend.baseline") != layer(corrected, "trend.baseline")).any()
    np.testing.assert_array_equal(layer(raw, "state.baseline"), layer(corrected, "state.baseline"))


def test_rain_use_efficiency_runs(assess_with: Assess) -> None:
    assert (layer(assess_with(climate_correction="rue"), "trend.report_2") != -128).any()


def test_fao_wocat_gives_its_own_classes(assess_with: Assess) -> None:
    found = np.unique(layer(assess_with(lpd_mode="FAO-WOCAT-LPD-5"), "lpd.baseline"))

    assert set(found.tolist()) <= {1, 2, 3, 4, 5, -128}
    assert len(found) > 2


def test_hyper_arid_land_is_left_out_or_stable(assess_with: Assess) -> None:
    as_is, mask, stable = (
        layer(assess_with(hyperarid_policy=policy), "lpd.baseline") for policy in ("as_is", "mask", "stable")
    )

    dry = (as_is != -128) & (mask == -128)
    assert dry.any()
    assert (stable[dry] == 4).all()


def test_the_no_data_rules_are_nested(assess_with: Assess) -> None:
    strict, lenient, free = (
        layer(assess_with(nodata_rule=rule), "sdg.baseline") for rule in ("any", "degraded_wins", "available")
    )

    assert ((strict == -128) | (strict == lenient)).all()
    assert ((lenient == -128) | (lenient == free)).all()
    assert (free != -128).sum() >= (lenient != -128).sum() >= (strict != -128).sum()


def test_the_soc_floor_may_leave_cells_to_the_other_layers(assess_with: Assess) -> None:
    found = layer(assess_with(soc_floor=60.0, soc_floor_rule="not_applicable"), "soc_status.baseline")

    assert (found == -127).any()


def test_affected_areas_only_cuts_the_country_to_its_drylands(assess_with: Assess) -> None:
    whole, dry = assess_with(), assess_with(affected_areas_only=True)

    assert (layer(dry, "sdg.baseline") != -128).sum() < (layer(whole, "sdg.baseline") != -128).sum()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("lc_persistence", 2),
        ("soc_model", "two_map"),
        ("flu_set", "ipcc2019"),
        ("perf_unit", "land_cover"),
        ("aoi_rule", "all_touched"),
    ],
)
def test_other_choices_run(assess_with: Assess, name: str, value: Value) -> None:
    run = assess_with(**{name: value})

    rows = {row["name"]: row for row in run.manifest.parameters}
    assert (rows[name]["value"], rows[name]["origin"], rows[name]["reason"]) == (value, "national", REASON)


def test_runs_of_other_parameters_do_not_disturb_each_other(assess_with: Assess) -> None:
    first = assess_with()
    assess_with(soc_threshold=0.2)

    again = assess_with()

    assert again.id == first.id
    shutil.rmtree(Path(first.folder).parent)
