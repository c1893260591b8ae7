"""SDG 15.3.1: one out all out, gaps, status against the baseline, and the worked areas."""

from itertools import permutations, product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from landbalance.core.errors import InputError
from landbalance.core.types import Array
from landbalance.core.vocab import Status
from landbalance.indicators.land_condition import land_condition_status
from landbalance.indicators.land_condition_class import land_condition_class
from landbalance.indicators.missing_layers import missing_layers
from landbalance.indicators.one_out_all_out import NODATA_RULES, one_out_all_out

ORACLE = yaml.safe_load((Path(__file__).parents[2] / "oracles" / "sdg.yaml").read_text(encoding="utf-8"))
CODES = (-1, 0, 1, -128, -127)
LAYERS = st.integers(1, 6).flatmap(lambda count: arrays(np.int8, (count, 3, 4), elements=st.sampled_from(CODES)))


def column(codes: Any) -> Array:
    """Return statuses as one cell of several layers, null as no data."""
    return np.int8([[-128 if code is None else code] for code in codes])


def twin(codes: list[int], rule: str) -> int:
    """Return the verdict of one cell, as methods 4.1 and ruling 2 say."""
    used = [code for code in codes if code != Status.NOT_APPLICABLE]
    known = [code for code in used if code != Status.NODATA]
    gap = len(known) < len(used)
    if not known or (gap and rule == "any") or (gap and rule == "degraded_wins" and -1 not in known):
        return Status.NODATA
    return -1 if -1 in known else max(known)


@pytest.mark.parametrize("rule", NODATA_RULES)
@pytest.mark.parametrize("case", ORACLE["one_out_all_out"], ids=lambda case: str(case["layers"]))
def test_cells_match_the_oracle(case: dict[str, Any], rule: str) -> None:
    verdict = one_out_all_out(column(case["layers"]), nodata_rule=rule)

    assert verdict[0] == (-128 if case[rule] is None else case[rule])


@pytest.mark.parametrize("rule", NODATA_RULES)
def test_the_27_combinations_are_19_degraded_7_improved_1_stable(rule: str) -> None:
    layers = np.int8(list(product((-1, 0, 1), repeat=3))).T

    verdict = one_out_all_out(layers, nodata_rule=rule)

    assert [(verdict == code).sum() for code in (-1, 1, 0)] == [19, 7, 1]


@given(layers=LAYERS, rule=st.sampled_from(NODATA_RULES))
def test_every_cell_equals_its_plain_twin(layers: Array, rule: str) -> None:
    verdict = one_out_all_out(layers, nodata_rule=rule)

    for place in np.ndindex(layers.shape[1:]):
        assert verdict[place] == twin(layers[(slice(None), *place)].tolist(), rule)


@pytest.mark.parametrize("rule", NODATA_RULES)
def test_the_order_of_layers_does_not_matter(rule: str) -> None:
    layers = np.int8(list(product(CODES, repeat=3))).T
    expected = one_out_all_out(layers, nodata_rule=rule)

    for order in permutations(range(3)):
        np.testing.assert_array_equal(one_out_all_out(layers[list(order)], nodata_rule=rule), expected)


@given(layers=arrays(np.int8, (4, 12), elements=st.sampled_from((-1, 0, 1))), which=st.integers(0, 3))
def test_a_worse_layer_never_gives_a_better_status(layers: Array, which: int) -> None:
    worse = layers.copy()
    worse[which] = np.maximum(worse[which] - 1, -1)

    before = one_out_all_out(layers, nodata_rule="any")
    after = one_out_all_out(worse, nodata_rule="any")

    assert (after <= before).all()


def test_a_layer_that_is_not_applicable_is_left_out() -> None:
    layers = np.int8([[1, 0, -128, -127], [0, -1, 0, -127], [-127, -127, -127, -127]])

    assert one_out_all_out(layers, nodata_rule="any").tolist() == [1, -1, -128, -128]


def test_an_unknown_nodata_rule_is_refused() -> None:
    with pytest.raises(InputError, match="no nodata rule lenient"):
        one_out_all_out(np.int8([[0]]), nodata_rule="lenient")


def test_missing_layers_are_bits() -> None:
    layers = np.int8(list(product((0, -128), repeat=3))).T

    assert missing_layers(layers).tolist() == [0, 4, 2, 6, 1, 5, 3, 7]


def test_more_layers_than_bits_are_refused() -> None:
    with pytest.raises(InputError, match="8 layers"):
        missing_layers(np.zeros((8, 1), dtype=np.int8))


def test_the_status_matrix_matches_the_oracle() -> None:
    baseline, period = np.mgrid[-1:2, -1:2].astype(np.int8)

    assert land_condition_status(baseline, period).tolist() == ORACLE["status_matrix"]


@pytest.mark.parametrize("missing", [-128, -127])
def test_a_missing_end_has_no_condition(missing: int) -> None:
    codes, gaps = np.int8([-1, 0, 1]), np.full(3, missing, dtype=np.int8)

    assert (land_condition_status(codes, gaps) == -128).all()
    assert (land_condition_status(gaps, codes) == -128).all()


def test_conditions_become_three_classes() -> None:
    classes = land_condition_class(np.int8([1, 2, 3, 4, 5, 6, 7, -128]))

    assert classes.tolist() == [-1, -1, -1, 0, 1, 1, 1, -128]


@pytest.mark.parametrize("case", ORACLE["areas"], ids=lambda case: case["name"])
def test_areas_match_the_oracle(case: dict[str, Any]) -> None:
    baseline, period = (axis.ravel().astype(np.int8) for axis in np.mgrid[-1:2, -1:2])
    area = np.array(case["cross"], dtype=np.float64).ravel()

    condition = land_condition_status(baseline, period)
    status = land_condition_class(condition)

    assert [area[condition == code].sum() for code in range(1, 8)] == case["classes"]
    assert [area[baseline == -1].sum(), area[status == -1].sum()] == case["degraded"]
    fell, rose = area[(baseline >= 0) & (status == -1)].sum(), area[(baseline == -1) & (status == 1)].sum()
    assert case["degraded"][1] - case["degraded"][0] == fell - rose


def test_grids_of_different_shape_are_refused() -> None:
    with pytest.raises(InputError, match="align both layers"):
        land_condition_status(np.int8([1]), np.int8([1, 0]))
