"""Distinct values equal numpy's."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from landbalance.core.types import Array
from landbalance.kernels.distinct import distinct_counts, merge_runs, pair_counts


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


PAIRS = st.lists(
    st.tuples(
        st.integers(-2, 3) | st.integers(-(2**31), 2**31 - 1), st.integers(-(2**31), 2**31 - 1) | st.integers(0, 4)
    )
)


@given(PAIRS)
def test_pairs_are_counted_as_by_a_plain_counter(pairs: list[tuple[int, int]]) -> None:
    groups, values = (np.array([pair[place] for pair in pairs], dtype=np.int32) for place in (0, 1))

    found = pair_counts(groups, values)

    expected = sorted(Counter(pair for pair in pairs if pair[0] >= 0).items())
    assert list(zip(*(part.tolist() for part in found), strict=True)) == [(*pair, count) for pair, count in expected]


@given(st.lists(st.dictionaries(st.integers(0, 30), st.integers(1, 9), max_size=12), max_size=6))
def test_runs_merge_to_what_all_of_them_count(parts: list[dict[int, int]]) -> None:
    runs = [np.array(sorted(part), dtype=np.int64) for part in parts]
    counts = [np.array([part[key] for key in sorted(part)], dtype=np.int64) for part in parts]

    keys, sums = merge_runs(runs, counts)

    expected = sum((Counter(part) for part in parts), Counter())
    assert dict(zip(keys.tolist(), sums.tolist(), strict=True)) == expected
    assert keys.tolist() == sorted(expected)
