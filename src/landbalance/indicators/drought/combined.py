"""The combined drought indicator: rain, soil and vegetation joined by a state machine, step by step."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from landbalance.core.tables import toml_table
from landbalance.core.types import Array, ClassGrid
from landbalance.kernels.compile import kernel


@dataclass(frozen=True)
class CombinedState:
    """What one step hands on to the next.

    Parameters
    ----------
    shown : ndarray of int8, shape (...)
        `Combined` codes of the step; 8 where an input was missing.
    previous : ndarray of int8, shape (...)
        The last class that was not missing.
    vegetation, soil : ndarray of int8, shape (...)
        Steps spent in temporary recovery of each.
    gaps : ndarray of int8, shape (...)
        Steps in a row with a missing input.
    """

    shown: ClassGrid
    previous: ClassGrid
    vegetation: NDArray[np.int8]
    soil: NDArray[np.int8]
    gaps: NDArray[np.int8]


def no_history(shape: tuple[int, ...]) -> CombinedState:
    """Return the state before the first step: no drought."""
    return CombinedState(*(np.zeros(shape, dtype=np.int8) for _ in range(5)))


def combined_step(state: CombinedState, spi1: Array, spi3: Array, soil: Array, vegetation: Array) -> CombinedState:
    """Take the combined drought indicator one step on.

    A missing input shows as missing; the state is kept over a few such steps and forgotten after more.

    Parameters
    ----------
    state : CombinedState
        Of the step before.
    spi1, spi3 : ndarray of float, shape (...)
        SPI of one and three months [1]; NaN unknown.
    soil, vegetation : ndarray of float, shape (...)
        Standard anomalies of soil moisture and vegetation [1]; NaN unknown.

    Returns
    -------
    CombinedState

    References
    ----------
    .. [1] Cammalleri, C., et al. (2021), A revision of the Combined Drought Indicator, Natural Hazards and Earth System
       Sciences 21, 481-495.

    Examples
    --------
    >>> cell = [np.array([each]) for each in (-1.2, -1.1, -0.4, 0.0)]
    >>> combined_step(no_history((1,)), *cell).shown.tolist()
    [1]
    """
    rules = toml_table("drought")["combined"]
    limits = np.array([rules["spi3"], rules["spi1"], rules["anomaly"], rules["limit"], rules["most_gaps"]])
    shape = state.shown.shape
    inputs = np.stack([np.broadcast_to(each, shape).reshape(-1) for each in (spi1, spi3, soil, vegetation)])
    after = np.stack(
        [each.reshape(-1) for each in (state.shown, state.previous, state.vegetation, state.soil, state.gaps)]
    )
    _step(inputs, limits, after)
    return CombinedState(*(each.reshape(shape) for each in after))


@kernel
def _step(inputs: Array, limits: Array, state: Array) -> None:
    """Move every cell one step on, in place."""
    for cell in range(inputs.shape[1]):
        spi1, spi3, soil, plants = inputs[0, cell], inputs[1, cell], inputs[2, cell], inputs[3, cell]
        if np.isnan(spi1) or np.isnan(spi3) or np.isnan(soil) or np.isnan(plants):
            state[0, cell] = 8
            if state[4, cell] < 100:
                state[4, cell] += 1
            if state[4, cell] > limits[4]:
                state[1:4, cell] = 0
            continue
        dry = spi3 <= limits[0] or spi1 <= limits[1]
        found, c_plants, c_soil = _class_of(
            dry, (spi1, spi3, soil, plants), limits, state[1, cell], (state[2, cell], state[3, cell])
        )
        state[0, cell], state[1, cell], state[2, cell], state[3, cell] = found, found, c_plants, c_soil
        state[4, cell] = 0


@kernel
def _class_of(
    dry: bool, inputs: tuple[float, float, float, float], limits: Array, previous: int, counters: tuple[int, int]
) -> tuple[int, int, int]:
    """Return the class of one cell and its counters (reporting J.3)."""
    spi1, spi3, soil, plants = inputs
    if plants <= limits[2]:
        if dry or previous in (1, 2, 3, 5, 6) or soil <= limits[2]:
            return 3, 0, 0
        return 0, 0, 0
    if previous in (3, 6):
        return _after_alert(dry, (soil, plants), limits, counters)
    if soil <= limits[2]:
        wet = previous in (0, 4) and spi3 > 0 and spi1 > 0.5
        return (0 if wet and not dry else 2), 0, 0
    if previous in (2, 5):
        return _after_warning(dry, soil, limits, counters)
    if previous == 1 and not dry:
        return 4, 0, 0
    return (1 if dry else 0), 0, 0


@kernel
def _after_alert(
    dry: bool, inputs: tuple[float, float], limits: Array, counters: tuple[int, int]
) -> tuple[int, int, int]:
    """Leave an alert when vegetation is back, at once or after waiting."""
    soil, plants = inputs
    if plants > 0 or counters[0] >= limits[3]:
        if soil <= limits[2]:
            return 2, 0, counters[1]
        return (1 if dry else 4), 0, counters[1]
    if plants <= limits[2] / 2:
        return 3, counters[0] + 1, counters[1]
    return 6, counters[0] + 1, counters[1]


@kernel
def _after_warning(dry: bool, soil: float, limits: Array, counters: tuple[int, int]) -> tuple[int, int, int]:
    """Leave a warning when the soil is wet again, at once or after waiting."""
    if soil > 0 or counters[1] >= limits[3]:
        return (1 if dry else 4), counters[0], 0
    if soil <= limits[2] / 2:
        return 2, counters[0], counters[1] + 1
    return 5, counters[0], counters[1] + 1
