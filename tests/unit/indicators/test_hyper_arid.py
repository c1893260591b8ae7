"""Hyper-arid land and its productivity."""

import numpy as np
import pytest

from landbalance.core.errors import InputError
from landbalance.indicators.hyper_arid import hyper_arid_productivity

STATUS, LPD = np.int8([-1, -1, 1, -128, -1, -1]), np.int8([1, 1, 5, -128, 1, 1])
ARIDITY = np.float32([0.04, 0.05, 0.3, 0.01, np.nan, np.nan])
PEAK = np.float32([0.6, 0.6, 0.25, 0.1, 0.26, np.nan])


@pytest.mark.parametrize(
    ("policy", "status", "lpd"),
    [
        ("as_is", [-1, -1, 1, -128, -1, -1], [1, 1, 5, -128, 1, 1]),
        ("mask", [-128, -1, -128, -128, -1, -1], [-128, 1, -128, -128, 1, 1]),
        ("stable", [0, -1, 0, -128, -1, -1], [4, 1, 4, -128, 1, 1]),
    ],
)
def test_hyper_arid_land_follows_the_policy(policy: str, status: list[int], lpd: list[int]) -> None:
    found = hyper_arid_productivity(STATUS, LPD, ARIDITY, PEAK, policy=policy, ai_threshold=0.05, max_index=0.25)

    assert [layer.tolist() for layer in found] == [status, lpd, [1, 0, 1, 1, 0, -128]]


def test_an_index_without_limit_decides_nothing() -> None:
    *_, hyperarid = hyper_arid_productivity(
        STATUS, LPD, ARIDITY, PEAK, policy="as_is", ai_threshold=0.05, max_index=-np.inf
    )

    assert hyperarid.tolist() == [1, 0, 0, 1, -128, -128]


def test_an_unknown_policy_is_refused() -> None:
    with pytest.raises(InputError, match="no policy drop"):
        hyper_arid_productivity(STATUS, LPD, ARIDITY, PEAK, policy="drop", ai_threshold=0.05, max_index=0.25)
