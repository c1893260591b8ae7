"""Exact counting: whole numbers, any order, no overflow."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landbalance.engine.counting import Counter
from landbalance.engine.plan import Group, Tally, TallyAxis

TALLY = Tally("t", (TallyAxis("class", "class", (-1, 0, 1, -128)),), ("nation", "zones"))
GROUPS = {"nation": Group("nation", "", 1), "zones": Group("zones", "zone", 2)}
CELLS = st.lists(
    st.tuples(st.sampled_from([-1, 0, 1, -128]), st.integers(0, 2), st.integers(0, 2**42)), min_size=1, max_size=40
)


def counted(parts: list[list[tuple[int, int, int]]]) -> dict[str, np.ndarray]:
    counters = []
    for part in parts:
        counter = Counter((TALLY,), GROUPS, {"nation": 1, "zones": 2})
        for cells in (part[:3], part[3:]):
            if cells:
                classes, zones, area = (np.array(column) for column in zip(*cells, strict=True))
                layers = {"class": classes.astype(np.int8), "zone": zones.astype(np.int32)}
                counter.count(layers, area.astype(np.int64))
        counters.append(counter)
    for other in counters[1:]:
        counters[0].add(other.counts())
    return {name: table.values for name, table in counters[0].tables(2.0**-35).items()}


@given(cells=CELLS, cut=st.integers(0, 40), seed=st.randoms())
def test_sums_do_not_depend_on_order_or_threads(cells: list[tuple[int, int, int]], cut: int, seed: object) -> None:
    shuffled = list(cells)
    seed.shuffle(shuffled)  # type: ignore[attr-defined]

    whole, parts = counted([cells]), counted([shuffled[:cut], shuffled[cut:]])

    for name, values in whole.items():
        np.testing.assert_array_equal(parts[name], values)


@given(cells=CELLS)
def test_sums_are_those_of_whole_numbers(cells: list[tuple[int, int, int]]) -> None:
    values = counted([cells])["t.nation"]

    for place, code in enumerate((-1, 0, 1, -128)):
        whole = sum(area for each, _, area in cells if each == code) * 2.0**-35 / 100
        assert values[0, place] == pytest.approx(whole, rel=1e-14)


def test_many_large_cells_do_not_overflow() -> None:
    counter = Counter((TALLY,), GROUPS, {"nation": 1, "zones": 2})
    layers = {"class": np.zeros(1 << 19, dtype=np.int8), "zone": np.ones(1 << 19, dtype=np.int32)}
    for _ in range(64):
        counter.count(layers, np.full(1 << 19, 100 * 2**35, dtype=np.int64))

    table = counter.tables(2.0**-35)["t.nation"]

    assert table.total(**{"class": 0}) == 64 * 2.0**19
