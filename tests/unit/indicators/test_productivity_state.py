"""State of productivity: edges, missing years, twins and laws."""

import numpy as np
import pytest

from landbalance.core.errors import InputError, RuleError
from landbalance.core.types import Array
from landbalance.core.vocab import NODATA
from unit.indicators.declared import run
from unit.kernels.series_twins import VOID, physical, random_series

BEFORE = [5000, 5200, 4900, 5100, 5300, 5050, 4950, 5150, 5250, 5000, 5100, 5200]


def state_of(series: Array, profile: str = "unccd-2026", **given: object) -> Array:
    """Return the state of stored NDVI."""
    state: Array = run("productivity-state", profile, series=series, **({"scale": 1e-4} | given))
    return state


def deciles_twin(series: Array) -> Array:
    """Return the state by numpy percentiles, for series without gaps; nearly equal values are equal."""
    before, last = series[:-3].astype(float), series[-3:].astype(float).mean(axis=0)
    low, high, mean = before.min(axis=0), before.max(axis=0), before.mean(axis=0)
    reach = 0.05 * (high - low)
    extended = np.vstack([before, low - reach, high + reach])
    limits = np.percentile(extended, np.arange(10, 100, 10), axis=0)
    shift = (limits < last - 1e-6).sum(axis=0) - (limits < mean - 1e-6).sum(axis=0)
    shift = np.where(np.abs(mean - last) <= 100 + 1e-6, 0, shift)
    return np.where(np.abs(shift) >= 2, np.sign(shift), 0)


def test_ten_thousand_series_equal_the_twin() -> None:
    series = random_series(10_000, 15, seed=8, gaps=0)

    np.testing.assert_array_equal(state_of(series), deciles_twin(series))


def test_z_equals_the_twin() -> None:
    series = random_series(5_000, 16, seed=8, gaps=0)
    before, last = physical(series)[:-3], physical(series)[-3:].mean(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = (last - before.mean(axis=0)) / (before.std(axis=0) / np.sqrt(3))

    state = state_of(series, "gpg-v2")

    varies = before.std(axis=0) > 0
    np.testing.assert_array_equal(state[varies], np.where(np.abs(z) > 1.96, np.sign(z), 0)[varies])


@pytest.mark.parametrize(("last", "status"), [(5200, 0), (5201, 1), (5000, 0), (4999, -1)])
def test_a_difference_of_exactly_the_limit_does_not_count(last: int, status: int) -> None:
    series = np.int16([*BEFORE, last, last, last])[:, None]  # the twelve years have the mean 5100

    assert state_of(series, class_shift=1).tolist() == [status]


@pytest.mark.parametrize(("shift", "status"), [(3, 1), (4, 0)])
def test_a_shift_of_exactly_the_limit_counts(shift: int, status: int) -> None:
    series = np.int16([*BEFORE, 5204, 5204, 5204])[:, None]  # from class 5 to class 8

    assert state_of(series, class_shift=shift).tolist() == [status]


@pytest.mark.parametrize(
    ("method", "last", "status"),
    [
        ("te_deciles", 4000, 0),
        ("te_deciles", 4200, 1),
        ("te_deciles", 3800, 0),  # all deciles are one value, and the lowest class has no class below
        ("z_gpg2", 4000, 0),
        ("z_gpg2", 4200, 1),
        ("z_gpg2", 3800, -1),
    ],
)
def test_a_reference_that_never_varies(method: str, last: int, status: int) -> None:
    series = np.int16([4000] * 12 + [last] * 3)[:, None]

    assert state_of(series, method=method).tolist() == [status]


@pytest.mark.parametrize("gone", [slice(12, 15), slice(0, 12)])
def test_an_empty_window_is_nodata(gone: slice) -> None:
    series = np.int16([*BEFORE, 4800, 4800, 4800])[:, None]
    series[gone] = VOID

    assert state_of(series, max_missing_share=1.0).tolist() == [NODATA]


@pytest.mark.parametrize(("gaps", "status"), [(3, -1), (4, NODATA)])
def test_a_fifth_of_the_years_may_be_missing(gaps: int, status: int) -> None:
    series = np.int16([*BEFORE, 4000, 4000, 4000])[:, None]
    series[:gaps] = VOID

    assert state_of(series).tolist() == [status]


def test_a_series_no_longer_than_the_window_is_refused() -> None:
    with pytest.raises(RuleError, match="years before the last 3"):
        state_of(np.zeros((3, 1), dtype=np.int16))


def test_an_unknown_method_is_refused() -> None:
    with pytest.raises(InputError, match="te_deciles, z_gpg2"):
        state_of(np.zeros((9, 1), dtype=np.int16), method="median")


def test_turning_values_upside_down_turns_the_class() -> None:
    series = random_series(3000, 15, seed=3, gaps=0)

    np.testing.assert_array_equal(state_of(-series, "gpg-v2"), -state_of(series, "gpg-v2"))


@pytest.mark.parametrize("years", [5, 8, 14, 40])
@pytest.mark.parametrize("kind", [np.int16, np.float64])
def test_deciles_of_any_number_of_years_equal_the_twin(years: int, kind: type) -> None:
    series = random_series(3000, years, seed=years, spread=900, gaps=0)

    np.testing.assert_array_equal(state_of(series.astype(kind)), deciles_twin(series))


@pytest.mark.parametrize("profile", ["unccd-2026", "gpg-v2"])
def test_cells_with_gaps_do_not_touch_their_neighbours(profile: str) -> None:
    series = random_series(3000, 16, seed=4, gaps=0)
    holed = series.copy()
    holed[5, ::3] = VOID

    whole = np.arange(3000) % 3 > 0

    np.testing.assert_array_equal(state_of(holed, profile)[whole], state_of(series, profile)[whole])
