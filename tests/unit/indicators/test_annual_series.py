"""Annual means of composites, and climate correction of annual series."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from landbalance.core.errors import InputError
from landbalance.core.types import Array
from landbalance.indicators.annual_mean import annual_mean
from landbalance.indicators.rain_use import rain_use_efficiency
from landbalance.indicators.restrend import restrend

VOID = -32768
COMPOSITES = arrays(np.int16, (6, 4), elements=st.integers(-2000, 10000) | st.just(VOID))


@pytest.mark.parametrize(("share", "mean"), [(0.5, 11), (0.6, VOID)])
def test_a_year_needs_its_share_of_composites(share: float, mean: int) -> None:
    composites = np.int16([[10], [12], [VOID], [VOID]])

    annual = annual_mean(composites, year_index=(0,) * 4, years=1, missing=VOID, min_share=share)

    assert annual.tolist() == [[mean]]


def test_a_year_needs_at_least_one_composite() -> None:
    annual = annual_mean(np.int16([[5]]), year_index=(1,), years=2, missing=VOID, min_share=0.0)

    assert annual.tolist() == [[VOID], [5]]


def test_halves_are_rounded_to_even_and_real_numbers_stay() -> None:
    pairs = np.array([[1, 2], [2, 3]])

    whole = annual_mean(pairs.astype(np.int16), year_index=(0, 0), years=1, missing=VOID, min_share=0.5)
    real = annual_mean(pairs.astype(np.float32), year_index=(0, 0), years=1, missing=np.nan, min_share=0.5)

    assert (whole.tolist(), real.tolist()) == ([[2, 2]], [[1.5, 2.5]])


@given(COMPOSITES, st.permutations(range(6)))
def test_order_of_composites_does_not_matter(composites: Array, order: list[int]) -> None:
    place = np.array([0, 0, 0, 1, 1, 1])

    mixed = annual_mean(composites[order], year_index=tuple(place[order]), years=2, missing=VOID, min_share=0.5)

    expected = annual_mean(composites, year_index=tuple(place), years=2, missing=VOID, min_share=0.5)
    np.testing.assert_array_equal(mixed, expected)


def test_each_composite_needs_its_year() -> None:
    with pytest.raises(InputError, match="the row of its year"):
        annual_mean(np.int16([[1], [2]]), year_index=(0,), years=1, missing=VOID, min_share=0.5)


def test_residuals_of_an_exact_line_vanish() -> None:
    rain = np.float32([[400, 10], [500, 10], [700, 10], [650, np.nan]])
    series = np.int16(rain[:, :1] * 2 + 100).repeat(2, axis=1)
    series[1, 0] = VOID

    residuals = restrend(series, rain, scale=1e-4, missing=VOID)

    assert residuals[[0, 2, 3], 0].tolist() == pytest.approx([0, 0, 0], abs=1e-9)
    assert np.isnan(residuals[1, 0])
    assert np.isnan(residuals[:, 1]).all()  # rain never varies


def test_a_year_without_rain_has_no_efficiency() -> None:
    efficiency = rain_use_efficiency(
        np.int16([[4000], [4000], [VOID]]), np.float32([[500], [0], [500]]), scale=1e-4, missing=VOID
    )

    assert efficiency[0, 0] == np.float32(0.8)
    assert np.isnan(efficiency[1:]).all()


@pytest.mark.parametrize("correct", [restrend, rain_use_efficiency])
def test_climate_of_other_years_is_refused(correct: type) -> None:
    with pytest.raises(InputError, match="same years and cells"):
        correct(np.zeros((3, 2), np.int16), np.zeros((2, 2), np.float32), scale=1.0, missing=VOID)
