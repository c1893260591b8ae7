"""Land productivity dynamics: the five classes that trend, state and performance make together."""

import numpy as np
from numpy.typing import NDArray

from landbalance.core.errors import InputError
from landbalance.core.tables import csv_table
from landbalance.core.types import Array, ClassGrid, StatusGrid
from landbalance.core.vocab import NODATA, Lpd
from landbalance.indicators.spec import Band, Indicator
from landbalance.kernels.compile import kernel


def productivity_dynamics(trend: StatusGrid, state: StatusGrid, performance: StatusGrid) -> ClassGrid:
    """Look the class of land productivity dynamics up.

    Parameters
    ----------
    trend, state, performance : ndarray of int8, shape (...)
        `Status` codes; performance is degraded or stable.

    Returns
    -------
    ndarray of int8, shape (...)
        `Lpd` codes; NODATA where one of the three is unknown.

    Raises
    ------
    InputError
        If the three grids differ in shape.

    References
    ----------
    .. [1] UNCCD (2026), PRAIS 4 reporting manual, table 13.

    Examples
    --------
    >>> productivity_dynamics(np.int8([1, 0, -1]), np.int8([-1, 0, 0]), np.int8([-1, -1, -128]))
    array([   2,    3, -128], dtype=int8)
    """
    return look_up(trend, state, performance, lookup_table("lpd"))


def lookup_table(column: str) -> NDArray[np.int8]:
    """Return one column of the lookup by trend, state (each from -1 to 1) and performance (-1, 0)."""
    table = np.full((3, 3, 2), NODATA, dtype=np.int8)
    for row in csv_table("lpd_lookup"):
        table[int(row["trend"]) + 1, int(row["state"]) + 1, int(row["performance"]) + 1] = int(row[column])
    return table


def look_up(trend: StatusGrid, state: StatusGrid, performance: StatusGrid, table: NDArray[np.int8]) -> ClassGrid:
    """Return the entry of a lookup table for each cell; NODATA where one of the three is unknown.

    Raises
    ------
    InputError
        If the three grids differ in shape.
    """
    if not trend.shape == state.shape == performance.shape:
        raise InputError(
            "trend, state and performance have the shapes {trend}, {state} and {performance}",
            trend=trend.shape,
            state=state.shape,
            performance=performance.shape,
            hint="align the layers to one grid first",
        )
    found = np.full(trend.size, NODATA, dtype=np.int8)
    _look_up(trend.ravel(), state.ravel(), performance.ravel(), table, found)
    return found.reshape(trend.shape)


@kernel
def _look_up(trend: Array, state: Array, performance: Array, table: Array, found: Array) -> None:
    """Fill the entries of the cells where all three are known."""
    for cell in range(trend.size):
        if -1 <= trend[cell] <= 1 and -1 <= state[cell] <= 1 and -1 <= performance[cell] <= 0:
            found[cell] = table[trend[cell] + 1, state[cell] + 1, performance[cell] + 1]


INDICATOR = Indicator(
    id="productivity-dynamics",
    title="Land productivity dynamics",
    inputs=(Band("trend"), Band("state"), Band("performance")),
    output=Lpd,
    kernel=productivity_dynamics,
    references=("unccd-prais-2026",),
)
