"""Distinct values equal numpy's."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from landbalance.core.types import Array
from landbalance.kernels.distinct import distinct_counts


@given(arrays(np.int64, st.integers(0, 60), elements=st.integers(0, 2**63 - 1) | st.integers(0, 5)))
def test_any_numbers(values: Array) -> None:
    before = values.copy()

    found = distinct_counts(values)

    for one, other in zip(found, np.unique(values, return_counts=True), strict=True):
        np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(values, before)


@pytest.mark.parametrize("shift", [0, 13, 32, 50])
def test_composed_keys(shift: int) -> None:
    rng = np.random.default_rng(shift)
    keys = (rng.integers(0, 60, 20_000) << shift) | (rng.integers(0, 4000, 20_000) & (2**shift - 1))

    for one, other in zip(distinct_counts(keys), np.unique(keys, return_counts=True), strict=True):
        np.testing.assert_array_equal(one, other)
