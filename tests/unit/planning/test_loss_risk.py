"""The trained risk of loss: skill where the past tells, the constant rate where it does not."""

import numpy as np
import pandas as pd
import pytest

from landbalance.core.errors import InputError
from landbalance.planning.loss_risk import calibration, carried_on, fit_loss_model, risk_rules


def drawn(chance_of: object, seed: int = 3) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Return cells of two land types in 40 blocks, lost with a chance that the caller gives."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"land_type": rng.integers(1, 3, 8000), "distance_km": rng.uniform(0, 50, 8000)})
    return frame, rng.uniform(size=8000) < chance_of(frame), rng.integers(0, 40, 8000)  # type: ignore[operator]


def test_loss_near_past_loss_is_learnt_and_calibrated() -> None:
    cells = drawn(lambda frame: np.where(frame["distance_km"] < 10, 0.5, 0.02))

    model = fit_loss_model(*cells, rules=risk_rules())

    assert model.has_skill
    assert model.skill > 0.2
    assert max(abs(each.predicted - each.observed) for each in model.calibration) < 0.1


def test_loss_by_chance_alone_leaves_the_constant_rate() -> None:
    frame, lost, blocks = drawn(lambda frame: np.where(frame["land_type"] == 1, 0.1, 0.3))

    model = fit_loss_model(frame, lost, blocks, rules=risk_rules())

    assert not model.has_skill
    np.testing.assert_allclose(
        model.predict(frame), np.where(frame["land_type"] == 1, *(lost[frame["land_type"] == k].mean() for k in (1, 2)))
    )


def test_the_same_cells_give_the_same_model() -> None:
    cells = drawn(lambda frame: np.where(frame["distance_km"] < 10, 0.5, 0.02))

    one, other = (fit_loss_model(*cells, rules=risk_rules()) for _ in range(2))

    np.testing.assert_array_equal(one.predict(cells[0]), other.predict(cells[0]))


def test_nothing_lost_cannot_be_learnt_from() -> None:
    frame, lost, blocks = drawn(lambda frame: np.zeros(len(frame)))

    with pytest.raises(InputError, match="cannot be learnt"):
        fit_loss_model(frame, lost, blocks, rules=risk_rules())


def test_risk_is_carried_on_to_more_years() -> None:
    np.testing.assert_allclose(carried_on(np.array([0.5]), 1, 2), [0.75])  # by hand


def test_bins_hold_all_cells() -> None:
    bins = calibration(np.linspace(0, 1, 103), np.zeros(103, dtype=bool), 10)

    assert sum(each.cells for each in bins) == 103
