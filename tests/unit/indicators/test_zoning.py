"""Zones made from layers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from landbalance.core.errors import RuleError
from landbalance.indicators.zoning import LAND_TYPE, affected_land, combinations, land_type, zone_of_class

LAYERS = arrays(np.int32, st.tuples(st.integers(1, 4), st.integers(1, 30)), elements=st.integers(-1, 5))


@given(layers=LAYERS)
def test_cells_share_a_land_type_exactly_when_they_share_all_classes(layers: np.ndarray) -> None:
    reduction = LAND_TYPE.reduction
    assert reduction is not None
    types = reduction.finish(combinations(layers))

    zones = land_type(layers, types)

    for cell, zone in enumerate(zones):
        codes = layers[:, cell]
        assert (zone == 0) == bool((codes < 0).any())
        if zone:
            assert types[zone - 1].tolist() == codes.tolist()


@given(layers=LAYERS, cut=st.integers(0, 30))
def test_chunks_find_the_combinations_of_the_whole(layers: np.ndarray, cut: int) -> None:
    parts = combinations(layers[:, :cut]) | combinations(layers[:, cut:])

    assert parts == combinations(layers)


def test_a_code_that_does_not_fit_is_refused() -> None:
    with pytest.raises(RuleError, match="70000000"):
        combinations(np.full((3, 2), 70_000_000, dtype=np.int32))


def test_classes_and_drylands_become_zones() -> None:
    assert zone_of_class(np.int8([1, 7, -128])).tolist() == [1, 7, 0]
    assert affected_land(np.float32([0.049, 0.05, 0.65, 0.651])).tolist() == [0, 1, 1, 0]
