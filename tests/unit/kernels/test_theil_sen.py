"""Theil-Sen and least squares against twins, peers and their own laws."""

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from landbalance.core.types import Array
from landbalance.kernels.least_squares import least_squares_slope
from landbalance.kernels.theil_sen import theil_sen_slope
from unit.kernels.series_twins import VOID, physical, random_series, slope_twin

SERIES = arrays(np.int16, st.tuples(st.integers(4, 24), st.integers(1, 5)), elements=st.integers(-3000, 3000))
GAPPY = np.array([2000, 2001, 2003, 2004, 2005, 2009, 2010, 2011, 2012, 2013, 2015, 2016, 2020, 2021, 2022, 2023])


def slopes(series: Array, times: Array | None = None, missing: float = VOID) -> Array:
    """Return the slopes of all cells."""
    times = np.arange(2000, 2000 + len(series)) if times is None else times
    return theil_sen_slope(series, times, missing, np.ones(series.shape[1], dtype=bool))


@pytest.mark.parametrize("years", [4, 5, 15, 23])
def test_ten_thousand_series_equal_the_twin(years: int) -> None:
    series = random_series(2500, years, seed=years)

    np.testing.assert_array_equal(slopes(series), slope_twin(physical(series), np.arange(years)))


def test_years_with_gaps_equal_the_twin() -> None:
    series = random_series(2500, len(GAPPY), seed=1)

    np.testing.assert_array_equal(slopes(series, GAPPY), slope_twin(physical(series), GAPPY))


@pytest.mark.parametrize("spread", [1.0, 3.0, 20000.0])
def test_many_ties_and_wide_ranges_equal_the_twin(spread: float) -> None:
    rng = np.random.default_rng(4)
    series = np.clip(rng.normal(0, spread, (16, 2000)), -32767, 32767).astype(np.int16)

    np.testing.assert_array_equal(slopes(series), slope_twin(physical(series), np.arange(16)))


@pytest.mark.parametrize(("years", "gaps"), [(4, 0.0), (5, 0.3), (23, 0.3), (60, 0.02)])
@pytest.mark.parametrize("spread", [2.0, 8000.0])
def test_gaps_ties_and_the_whole_range_equal_the_twin(years: int, gaps: float, spread: float) -> None:
    rng = np.random.default_rng(years)
    series = np.clip(rng.normal(0, spread, (years, 1500)), -32767, 32767).astype(np.int16)
    series[rng.random(series.shape) < gaps] = VOID
    times = np.cumsum(rng.integers(1, 4, years))

    np.testing.assert_array_equal(slopes(series, times), slope_twin(physical(series), times))


def test_scattered_cells_equal_the_twin() -> None:
    series, wanted = random_series(4000, 23, seed=8), np.random.default_rng(8).random(4000) < 0.3

    found = theil_sen_slope(series, np.arange(23), VOID, wanted)

    np.testing.assert_array_equal(found, np.where(wanted, slope_twin(physical(series), np.arange(23)), np.nan))


@pytest.mark.parametrize("kind", [np.int32, np.float32, np.float64])
def test_all_types_give_the_same_slope(kind: type) -> None:
    series = random_series(400, 23, seed=3)
    is_real = np.dtype(kind).kind == "f"

    found = slopes(physical(series).astype(kind) if is_real else series.astype(kind), None, np.nan if is_real else VOID)

    np.testing.assert_array_equal(found, slopes(series))


def test_several_hundred_series_agree_with_scipy() -> None:
    series = random_series(300, 23, seed=9)
    found, ols = slopes(series), least_squares_slope(series, np.arange(23), VOID)

    for cell, values in enumerate(physical(series).T):
        known = np.isfinite(values)
        times = np.arange(23)[known]
        assert found[cell] == pytest.approx(scipy.stats.theilslopes(values[known], times).slope, rel=1e-12)
        assert ols[cell] == pytest.approx(scipy.stats.linregress(times, values[known]).slope, rel=1e-9, abs=1e-9)


def test_only_wanted_cells_have_a_slope() -> None:
    wanted = np.array([True, False, True])

    found = theil_sen_slope(random_series(3, 15, seed=2, gaps=0), np.arange(15), VOID, wanted)

    np.testing.assert_array_equal(np.isfinite(found), wanted)


def test_a_cell_with_one_year_has_no_slope() -> None:
    series = np.full((5, 1), VOID, dtype=np.int16)
    series[2] = 7

    assert np.isnan(slopes(series)).all()
    assert np.isnan(least_squares_slope(series, np.arange(5), VOID)).all()


@given(SERIES)
def test_reversing_time_turns_the_slope(series: Array) -> None:
    np.testing.assert_array_equal(slopes(series[::-1]), -slopes(series))


@given(SERIES, st.integers(-1000, 1000), st.integers(0, 3))
def test_a_constant_or_a_power_of_two_moves_the_slope_exactly(series: Array, constant: int, power: int) -> None:
    moved = (series + np.int16(constant)) * np.int16(2**power)

    np.testing.assert_array_equal(slopes(moved), slopes(series) * 2**power)


def test_order_and_chunks_of_cells_do_not_matter() -> None:
    series = random_series(3000, 23, seed=5)
    order = np.random.default_rng(0).permutation(3000)

    pieces = [slopes(np.ascontiguousarray(series[:, order[start : start + 701]])) for start in range(0, 3000, 701)]

    np.testing.assert_array_equal(np.concatenate(pieces), slopes(series)[order])
