"""Mann-Kendall against twins, peers and its own laws."""

import numpy as np
import pymannkendall
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from landbalance.core.types import Array
from landbalance.kernels.mann_kendall import mann_kendall_score, mann_kendall_z, two_sided_p
from landbalance.kernels.series import count_valid
from unit.kernels.series_twins import VOID, physical, random_series, score_twin

SERIES = arrays(np.int16, st.tuples(st.integers(4, 30), st.integers(1, 5)), elements=st.integers(-50, 50))


def scores(series: Array, missing: float = VOID) -> tuple[Array, Array, Array]:
    """Return S, its variance and Z."""
    valid = count_valid(series, missing)
    score, ties = mann_kendall_score(series, missing, valid)
    return score, *mann_kendall_z(score, ties, valid)


@pytest.mark.parametrize("years", [4, 15, 16, 23])
def test_ten_thousand_series_agree_with_the_twin(years: int) -> None:
    series = random_series(2500, years, seed=years)

    score, variance, z = scores(series)

    expected = score_twin(physical(series))
    np.testing.assert_array_equal(score, expected[0])
    np.testing.assert_array_equal(variance, expected[1])
    np.testing.assert_allclose(z, expected[2], rtol=0, atol=1e-12)


@pytest.mark.parametrize("kind", [np.int16, np.int32, np.float32, np.float64])
def test_all_types_give_the_same_score(kind: type) -> None:
    series = random_series(500, 23, seed=3)
    stored = physical(series).astype(kind) if np.dtype(kind).kind == "f" else series.astype(kind)

    found = scores(stored, np.nan if stored.dtype.kind == "f" else VOID)

    for one, other in zip(found, scores(series), strict=True):
        np.testing.assert_array_equal(one, other)


def test_several_hundred_series_agree_with_pymannkendall_and_scipy() -> None:
    series = random_series(300, 23, seed=9)
    score, variance, z = scores(series)
    p = two_sided_p(z)

    for cell, values in enumerate(physical(series).T):
        values = values[np.isfinite(values)]
        peer = pymannkendall.original_test(values)
        assert (score[cell], variance[cell]) == (peer.s, pytest.approx(peer.var_s, rel=1e-12))
        assert z[cell] == pytest.approx(peer.z, abs=1e-9)
        assert p[cell] == pytest.approx(peer.p, abs=1e-9)
        tau = scipy.stats.kendalltau(np.arange(values.size), values, variant="c").statistic if np.ptp(values) else 0.0
        assert np.sign(score[cell]) == np.sign(np.round(tau, 12))


def test_equal_values_have_no_trend() -> None:
    score, variance, z = scores(np.full((15, 2), 4000, dtype=np.int16))

    assert (score.tolist(), variance.tolist(), z.tolist()) == ([0, 0], [0, 0], [0, 0])


def test_more_pairs_than_sixteen_bits_count_right() -> None:
    series = np.arange(400, dtype=np.int16)[:, None]

    assert scores(series)[0].tolist() == [400 * 399 // 2]


@given(SERIES)
def test_reversing_time_turns_the_sign(series: Array) -> None:
    np.testing.assert_array_equal(scores(series[::-1])[0], -scores(series)[0])


@given(SERIES, st.integers(-1000, 1000))
def test_a_constant_changes_nothing(series: Array, constant: int) -> None:
    for one, other in zip(scores(series + np.int16(constant)), scores(series), strict=True):
        np.testing.assert_array_equal(one, other)


@given(SERIES)
def test_any_rising_function_of_the_values_changes_nothing(series: Array) -> None:
    cubed = series.astype(np.int32) ** 3

    np.testing.assert_array_equal(scores(cubed, np.iinfo(np.int32).min)[2], scores(series)[2])


def test_chunks_equal_the_whole() -> None:
    series = random_series(3000, 16, seed=5)

    pieces = [scores(np.ascontiguousarray(series[:, start : start + 701]))[2] for start in range(0, 3000, 701)]

    np.testing.assert_array_equal(np.concatenate(pieces), scores(series)[2])
