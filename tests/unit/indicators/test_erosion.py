"""Soil erosion by water, the national indicator that shows how to add one."""

import numpy as np
import pytest

from landbalance.indicators.catalogue import indicator
from landbalance.indicators.erosion import soil_erosion_status


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (10, 12, -1),  # up by a fifth, above what soils bear
        (5, 10, 0),  # doubled, yet soils bear it
        (20, 21, 0),  # up by less than a tenth
        (20, 18, 1),
        (10, 2, 0),  # less, but it was no problem before
        (20, 22, -1),  # a tenth exactly
        (np.nan, 20, -128),
    ],
)
def test_status_matches_hand_calculation(before: float, after: float, expected: int) -> None:
    one = np.ones(1, dtype=np.float32)
    start, end = np.float32([before]), np.float32([after])

    status = soil_erosion_status(one, one, one, one, start, end, one, one, threshold=0.1, tolerable=11.2)

    assert status.tolist() == [expected]


def test_the_indicator_joins_the_one_out_all_out() -> None:
    declared = indicator("soil-erosion-status")

    assert declared.joins
    assert {band.layer for band in declared.inputs if band.when == "start"} == {
        "rain_erosivity",
        "cover_factor",
        "practice_factor",
    }
