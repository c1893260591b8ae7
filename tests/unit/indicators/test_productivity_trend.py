"""Trend of productivity: edges, short series, missing years, real data."""

from pathlib import Path

import numpy as np
import pytest
import rasterio
import scipy.stats

from landbalance.core.errors import InputError, RuleError
from landbalance.core.types import Array
from landbalance.core.vocab import NODATA
from landbalance.indicators.annual_mean import annual_mean
from landbalance.indicators.productivity_trend import kendall_limits
from unit.indicators.declared import run
from unit.kernels.series_twins import VOID, physical, random_series, score_twin, slope_twin


def trend_of(series: Array, profile: str = "unccd-2026", **given: object) -> tuple[Array, Array, Array]:
    """Return trend, slope and Z of stored NDVI."""
    given = {"years": tuple(range(2001, 2001 + len(series))), "scale": 1e-4} | given
    trend, slope, z = run("productivity-trend", profile, series=series, **given)
    return trend, slope, z


def test_classes_equal_the_float64_path() -> None:
    series = random_series(10_000, 23, seed=11)
    _, _, z, n = score_twin(physical(series))
    slope = slope_twin(physical(series), np.arange(23))

    trend, found, found_z = trend_of(series)

    significant = (2 * scipy.stats.norm.sf(np.abs(z)) <= 0.05) & (np.abs(slope) > 10)
    expected = np.where(n >= 19, np.where(significant, np.sign(z), 0), NODATA)
    np.testing.assert_array_equal(trend, expected)
    np.testing.assert_array_equal(found[n >= 19], (slope * 1e-4).astype(np.float32)[n >= 19])
    np.testing.assert_allclose(found_z[n >= 19], z[n >= 19], atol=1e-6)


@pytest.mark.parametrize("kind", [np.int32, np.float32, np.float64])
def test_all_types_give_the_same_class(kind: type) -> None:
    series = random_series(1000, 16, seed=6)
    real = np.dtype(kind).kind == "f"
    stored = physical(series).astype(kind) if real else series.astype(kind)

    found = trend_of(stored, missing=np.nan if real else VOID)

    np.testing.assert_array_equal(found[0], trend_of(series)[0])


@pytest.mark.parametrize(("step", "status"), [(9, 0), (10, 0), (11, 1), (-10, 0), (-11, -1)])
def test_a_slope_of_exactly_the_limit_does_not_count(step: int, status: int) -> None:
    series = (5000 + step * np.arange(15, dtype=np.int16))[:, None]

    for profile in ("unccd-2026", "te-compat"):
        assert trend_of(series, profile)[0].tolist() == [status]


def test_the_filter_can_be_off() -> None:
    series = (5000 + np.arange(15, dtype=np.int16))[:, None]

    assert trend_of(series, min_abs_slope=0.0)[0].tolist() == [1]


@pytest.mark.parametrize(("order", "status"), [([0, 1, 2, 3], 1), ([0, 1, 3, 2], 0)])
def test_a_score_of_exactly_k90_does_not_count_in_trends_earth(order: list[int], status: int) -> None:
    series = (np.int16(order) * np.int16(100))[:, None]

    trend, _, _ = trend_of(series, "te-compat")

    assert kendall_limits("k90")[4] == 4
    assert trend.tolist() == [status]


def test_equal_values_are_stable() -> None:
    trend, slope, z = trend_of(np.full((15, 1), 4000, dtype=np.int16))

    assert (trend.tolist(), slope.tolist(), z.tolist()) == ([0], [0], [0])


@pytest.mark.parametrize(("gaps", "status"), [(3, 1), (4, NODATA)])
def test_more_than_a_fifth_of_the_years_missing_is_nodata(gaps: int, status: int) -> None:
    series = (4000 + 50 * np.arange(15, dtype=np.int16))[:, None]
    series[2 : 2 + gaps] = VOID

    assert trend_of(series)[0].tolist() == [status]


def test_fewer_than_four_known_years_are_nodata_in_every_profile() -> None:
    series = (4000 + 50 * np.arange(8, dtype=np.int16))[:, None]
    series[3:] = VOID

    trend, slope, z = trend_of(series, "te-compat")

    assert trend.tolist() == [NODATA]
    assert np.isnan([slope, z]).all()


def test_calendar_years_may_have_gaps() -> None:
    series = np.int16([[4000], [4100], [4200], [4500], [4600]])

    _, slope, _ = trend_of(series, years=(2001, 2002, 2003, 2006, 2007))

    assert slope.item() == np.float32(0.01)


def test_a_short_series_is_refused_in_one_line() -> None:
    with pytest.raises(RuleError, match="the series has 3 years: the method needs at least 4"):
        trend_of(np.zeros((3, 1), dtype=np.int16))


def test_years_must_fit_the_series() -> None:
    with pytest.raises(InputError, match="one ascending year"):
        trend_of(np.zeros((5, 1), dtype=np.int16), years=(2001, 2002, 2002, 2003, 2004))


def test_a_series_beyond_the_table_of_trends_earth_is_refused() -> None:
    with pytest.raises(InputError, match="it runs from 4 to 60"):
        trend_of(np.zeros((61, 1), dtype=np.int16), "te-compat")


def test_slope_is_left_out_where_no_class_needs_it() -> None:
    series = random_series(500, 15, seed=1, gaps=0)

    whole, lean = trend_of(series), trend_of(series, with_slope=False)

    np.testing.assert_array_equal(lean[0], whole[0])
    np.testing.assert_array_equal(lean[1][lean[0] != 0], whole[1][lean[0] != 0])
    assert np.isnan(lean[1]).any()


def test_reversing_time_turns_the_class() -> None:
    series = random_series(2000, 16, seed=2, gaps=0)

    np.testing.assert_array_equal(trend_of(series[::-1])[0], -trend_of(series)[0])


def test_a_unit_that_is_a_power_of_two_smaller_changes_no_class() -> None:
    series = random_series(2000, 16, seed=2, gaps=0) // 4

    np.testing.assert_array_equal(
        trend_of(series * np.int16(4), scale=2.0**-14)[0], trend_of(series, scale=2.0**-12)[0]
    )


@pytest.mark.shared
@pytest.mark.parametrize(
    "path", ["kilimanjaro_gimms_ndvi/ndvi3g_v0_1981_2013.tif", "matogrosso_modis_ndvi/mod13q1_ndvi_2007_2013.tif"]
)
def test_real_series_agree_with_scipy(shared: Path, path: str) -> None:
    with rasterio.open(shared / path) as source:
        dates, stored = [name.split("_")[1] for name in source.descriptions], source.read().reshape(source.count, -1)
    years = sorted({int(date[:4]) for date in dates})
    rows = tuple(years.index(int(date[:4])) for date in dates)
    series = annual_mean(stored[:, :300], year_index=rows, years=len(years), missing=VOID, min_share=0.5)

    trend, slope, _ = trend_of(series, years=tuple(years), min_abs_slope=0.0)

    for cell, values in enumerate(physical(series).T):
        known = np.isfinite(values)
        if trend[cell] == NODATA:
            continue
        expected = scipy.stats.theilslopes(values[known], np.array(years)[known]).slope
        p = scipy.stats.kendalltau(years, values, method="asymptotic", nan_policy="omit").pvalue
        assert slope[cell] == np.float32(expected * 1e-4)
        assert trend[cell] == 0 or p <= 0.05  # scipy makes no continuity correction, so its p is the smaller
