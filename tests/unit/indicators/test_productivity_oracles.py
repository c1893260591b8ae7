"""Worked examples of land productivity, as an expert can read them in tests/oracles/productivity.yaml."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

import landbalance as lb
from landbalance.core.types import Array
from landbalance.indicators.productivity_performance import count_means, finish_histogram
from landbalance.kernels.percentiles import percentile
from unit.indicators.declared import run

ORACLE = yaml.safe_load((Path(__file__).parents[2] / "oracles" / "productivity.yaml").read_text(encoding="utf-8"))
YEARS = tuple(range(2001, 2016))


def column(values: list[int]) -> Array:
    """Return the series of one cell."""
    return np.int16(values)[:, None]


@pytest.mark.parametrize("case", ORACLE["trend"], ids=lambda case: case["name"])
def test_trend_gives_the_worked_figures(case: dict[str, Any]) -> None:
    series = np.array(case["series"], dtype=np.float64)

    test, ols = lb.mann_kendall(series), lb.productivity_trend(series, slope_method="ols", min_abs_slope=0.0).slope

    assert test.s == case["s"]
    assert ols == pytest.approx(case["ols"], abs=1e-6)
    assert "z" not in case or test.z == pytest.approx(case["z"], abs=1e-6)
    assert "theil_sen" not in case or lb.theil_sen(series).slope == case["theil_sen"]


@pytest.mark.parametrize("case", ORACLE["trend"], ids=lambda case: case["name"])
@pytest.mark.parametrize("profile", ["unccd-2026", "te-compat", "gpg-v2"])
def test_trend_has_the_class_of_each_profile(case: dict[str, Any], profile: str) -> None:
    trend, _, _ = run("productivity-trend", profile, series=column(case["series"]), years=YEARS, scale=1e-4)

    assert trend.tolist() == [case["classes"][profile]]


@pytest.mark.parametrize("case", ORACLE["climate"]["cases"], ids=lambda case: case["correction"])
def test_climate_correction_shows_what_rain_hides(case: dict[str, Any]) -> None:
    series, rain = column(ORACLE["climate"]["series"]), np.float32(ORACLE["climate"]["rain_mm"])[:, None]
    missing = -32768.0
    if case["correction"] != "none":
        series, missing = run(case["correction"], series=series, climate=rain, scale=1.0), np.nan

    trend, slope, _ = run(
        "productivity-trend", "te-compat", series=series, years=YEARS, missing=missing, min_abs_slope=10.0
    )

    assert lb.mann_kendall(series.astype(np.float64)).s.item() == case["s"]
    assert slope.item() == pytest.approx(case["slope"], rel=1e-6)
    assert trend.tolist() == [case["class"]]


@pytest.mark.parametrize("case", ORACLE["state"]["cases"], ids=str)
def test_state_has_the_worked_class(case: dict[str, Any]) -> None:
    series = column(ORACLE["state"]["before"] + case["last"])

    state = run("productivity-state", series=series, scale=1e-4, method=case["method"])

    assert state.tolist() == [case["class"]]


def test_deciles_are_linear_between_order_statistics() -> None:
    extended = np.sort(np.float64([4880, 5320, *ORACLE["state"]["before"]]))

    deciles = [percentile(extended, extended.size, tenths) for tenths in range(1, 10)]

    assert deciles == pytest.approx(ORACLE["state"]["deciles"], rel=1e-12)


@pytest.mark.parametrize("case", ORACLE["performance"]["cases"], ids=str)
@pytest.mark.parametrize("edge", ["inclusive", "strict"])
def test_performance_has_the_worked_class(case: dict[str, Any], edge: str) -> None:
    means = np.int32(ORACLE["performance"]["unit"])
    unit = np.full(means.shape, 7, dtype=np.int32)
    percentiles = finish_histogram(count_means(means, unit, unit, quantile=0.9), quantile=0.9)

    performance, relative = run(
        "productivity-performance",
        mean=np.int32([case["mean"]]),
        unit=unit[:1],
        fallback=unit[:1],
        percentiles=percentiles,
        inclusive=edge == "inclusive",
        min_pixels=1,
    )

    assert percentiles[0, 3] == ORACLE["performance"]["percentile"]
    assert performance.tolist() == [case[edge]]
    assert relative.item() == pytest.approx(case["ratio"], abs=1e-6)


@pytest.mark.parametrize("case", ORACLE["lookup"], ids=str)
def test_dynamics_and_status_follow_the_tables(case: dict[str, int]) -> None:
    triple = {name: np.int8([case[name]]) for name in ("trend", "state", "performance")}

    assert run("productivity-dynamics", **triple).tolist() == [case["lpd"]]
    for table in ("te", "gpg1", "gpg2"):
        assert run("productivity-status", **triple, lookup=table).tolist() == [case[table]]


@pytest.mark.parametrize("case", ORACLE["fao_wocat"], ids=lambda case: f"peak {case['peak']}")
def test_fao_wocat_has_the_worked_class(case: dict[str, Any]) -> None:
    lpd = run("fao-wocat-dynamics", series=column(case["series"]), peak=np.float32([case["peak"]]), scale=1e-4)

    assert lpd.tolist() == [case["lpd"]]
