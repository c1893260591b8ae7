"""Sums over combinations: equal to pandas, whatever the order, the size and the split."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landbalance.core.errors import RuleError
from landbalance.kernels.joint import joint_sums

CELLS = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 5), st.integers(0, 3000), st.integers(0, 2**40)),
    min_size=1,
    max_size=300,
)


def by_pandas(cells: list[tuple[int, ...]]) -> dict[tuple[int, ...], int]:
    """Return the same sums, by grouping."""
    frame = pd.DataFrame(cells, columns=["a", "b", "c", "weight"])
    sums = frame[frame["weight"] > 0].groupby(["a", "b", "c"])["weight"].sum()
    return {tuple(map(int, key)): int(value) for key, value in sums.items()}


@given(CELLS)
def test_sums_are_those_of_grouping(cells: list[tuple[int, ...]]) -> None:
    columns = np.array(cells, dtype=np.int64).T

    combinations, sums = joint_sums(tuple(column.astype(np.int32) for column in columns[:3]), columns[3])

    found = dict(zip(map(tuple, combinations.tolist()), sums.tolist(), strict=True))
    assert found == by_pandas(cells)
    assert combinations.tolist() == sorted(combinations.tolist())


def test_a_table_that_fills_grows() -> None:
    codes = np.arange(20_000, dtype=np.int32)

    combinations, sums = joint_sums((codes, codes % 7), np.ones(codes.size, dtype=np.int64))

    assert len(combinations) == codes.size
    assert sums.sum() == codes.size


def test_codes_below_zero_and_too_many_bits_are_refused() -> None:
    wide = np.full(1, 2**31 - 1, dtype=np.int32)

    with pytest.raises(RuleError, match="cannot be counted together"):
        joint_sums((wide, wide, wide), np.ones(1, dtype=np.int64))
    with pytest.raises(RuleError, match="cannot be counted together"):
        joint_sums((np.int32([-1]),), np.ones(1, dtype=np.int64))
