"""The public functions: numpy or xarray in, the same kind out, the profile fills what is not given."""

import numpy as np
import pytest
import xarray as xr

import landbalance as lb
from landbalance.core.errors import InputError, NotFoundError
from landbalance.core.types import Array

YEARS = range(2001, 2016)


def ndvi(seed: int = 0) -> Array:
    """Return physical NDVI (year, y, x) in whole units of 1e-4."""
    rng = np.random.default_rng(seed)
    steps = rng.integers(3000, 5000, (15, 4, 5)) + np.arange(15)[:, None, None] * rng.integers(-60, 60, (4, 5))
    return np.array(steps * 1e-4)


def labelled(array: Array) -> xr.DataArray:
    """Return a series with labels, time in the middle."""
    return xr.DataArray(array, dims=("year", "y", "x"), coords={"year": list(YEARS)}).transpose("y", "year", "x")


@pytest.mark.parametrize("function", ["mann_kendall", "theil_sen", "productivity_trend"])
def test_labelled_series_give_the_same_with_labels(function: str) -> None:
    series = ndvi()

    plain, named = getattr(lb, function)(series), getattr(lb, function)(labelled(series))

    for one, other in zip(plain, named, strict=True):
        assert isinstance(other, xr.DataArray)
        assert other.dims == ("y", "x")
        np.testing.assert_array_equal(other.values, one)


@pytest.mark.parametrize("function", ["productivity_state", "fao_wocat_dynamics"])
def test_labelled_classes_equal_the_plain_ones(function: str) -> None:
    series = ndvi()

    np.testing.assert_array_equal(getattr(lb, function)(labelled(series)).values, getattr(lb, function)(series))


def test_stored_and_physical_series_give_the_same_classes() -> None:
    series = ndvi()
    stored = np.rint(series * 1e4).astype(np.int16)

    physical, scaled = lb.productivity_trend(series), lb.productivity_trend(stored, scale=1e-4, missing=-32768)

    np.testing.assert_array_equal(scaled.trend, physical.trend)
    assert physical.slope.dtype == np.float64
    np.testing.assert_allclose(scaled.slope, physical.slope, rtol=1e-9)


def test_the_profile_fills_what_is_not_given() -> None:
    series = ndvi(3)

    by_profile = lb.productivity_trend(series, profile="te-compat").trend

    by_hand = lb.productivity_trend(
        series, test="mk_te", slope_method="ols", class_sign="slope", max_missing_share=1.0
    ).trend
    np.testing.assert_array_equal(by_profile, by_hand)


def test_performance_rounds_means_and_counts_the_whole_array() -> None:
    mean = np.arange(20, 66, 5) / 100

    found = lb.productivity_performance(mean, np.full(10, 3), min_pixels=10)

    assert found.performance.tolist() == [-1, -1, -1, 0, 0, 0, 0, 0, 0, 0]
    assert found.relative[2] == pytest.approx(0.495868, abs=1e-6)


def test_land_cover_takes_codes_of_any_width() -> None:
    initial, final = np.array([[1, 3], [4, -32768]]), np.array([[1, 5], [6, 2]])

    status = lb.land_cover_status(xr.DataArray(initial, dims=("y", "x")), xr.DataArray(final, dims=("y", "x")))

    assert status.values.tolist() == lb.land_cover_status(initial, final).tolist() == [[0, -1], [-1, -128]]


def test_soil_stock_keeps_the_years_that_were_asked_for() -> None:
    cover = xr.DataArray(np.array([[1.0, 1], [1, 1], [3, 1]]), dims=("year", "x"), coords={"year": [2000, 2004, 2005]})
    reference = xr.DataArray([60.0, 50.0], dims=("x",))

    stock = lb.soc_stock(reference, cover, reference * 0 + 11, at_years=(2005, 2015))

    assert stock.sel(year=2015).values.tolist() == pytest.approx([42.84, 50.0])
    assert lb.soc_status(stock.sel(year=2005), stock.sel(year=2015)).values.tolist() == [-1, 0]


def test_statuses_combine_and_compare() -> None:
    trend, cover = np.array([1, -1, 0]), np.array([0, 1, -32768])

    assert lb.one_out_all_out([trend, cover]).tolist() == [1, -1, -128]
    assert lb.one_out_all_out(np.stack([trend, cover]), nodata_rule="available").tolist() == [1, -1, 0]
    assert lb.land_condition_status(np.array([-1, 0]), np.array([0, -1])).tolist() == [3, 2]
    assert lb.recode(np.array([-1, 0]), np.array([32, 0])).tolist() == [0, 0]
    assert lb.productivity_dynamics(np.array([1, 0]), np.array([0, -1]), np.array([0, -1])).tolist() == [5, 1]


def test_a_parameter_that_does_not_exist_is_refused() -> None:
    with pytest.raises(InputError, match="productivity-state has no parameter windows"):
        lb.productivity_state(ndvi(), windows=3)


def test_a_profile_that_does_not_exist_is_refused() -> None:
    with pytest.raises(NotFoundError):
        lb.productivity_trend(ndvi(), profile="mine")


def test_a_series_without_time_is_refused() -> None:
    with pytest.raises(InputError, match="name its time dimension time or year"):
        lb.mann_kendall(xr.DataArray(np.zeros((3, 2)), dims=("y", "x")))


def test_unequal_steps_of_time_count() -> None:
    assert lb.theil_sen(np.array([0.0, 1.0, 6.0]), times=(2000, 2001, 2006)).slope == 1.0
