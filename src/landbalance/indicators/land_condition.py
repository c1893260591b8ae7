"""Land condition status: the assessment of a period against that of the baseline, in seven classes."""

import numpy as np
from numpy.typing import NDArray

from landbalance.core.errors import InputError
from landbalance.core.types import Array, ClassGrid, StatusGrid
from landbalance.core.vocab import LandCondition, Status
from landbalance.indicators.spec import Band, Indicator
from landbalance.kernels.compile import kernel

CONDITIONS = {
    (Status.DEGRADED, Status.DEGRADED): LandCondition.PERSISTENT_DEGRADATION,
    (Status.DEGRADED, Status.STABLE): LandCondition.BASELINE_DEGRADATION,
    (Status.DEGRADED, Status.IMPROVED): LandCondition.RECENT_IMPROVEMENT,
    (Status.STABLE, Status.DEGRADED): LandCondition.RECENT_DEGRADATION,
    (Status.STABLE, Status.STABLE): LandCondition.STABILITY,
    (Status.STABLE, Status.IMPROVED): LandCondition.RECENT_IMPROVEMENT,
    (Status.IMPROVED, Status.DEGRADED): LandCondition.RECENT_DEGRADATION,
    (Status.IMPROVED, Status.STABLE): LandCondition.BASELINE_IMPROVEMENT,
    (Status.IMPROVED, Status.IMPROVED): LandCondition.PERSISTENT_IMPROVEMENT,
}


def land_condition_status(baseline: StatusGrid, period: StatusGrid) -> ClassGrid:
    """Compare the assessment of a reporting period with that of the baseline.

    Parameters
    ----------
    baseline, period : ndarray of int8, shape (...)
        `Status` codes.

    Returns
    -------
    ndarray of int8, shape (...)
        `LandCondition` codes; NODATA where either is unknown or not applicable.

    Raises
    ------
    InputError
        If the two grids differ in shape.

    References
    ----------
    .. [1] UNCCD (2026), PRAIS 4 reporting manual, SO1-4.

    Examples
    --------
    >>> land_condition_status(np.int8([-1, 0, 1, -128]), np.int8([0, -1, 1, 1]))
    array([   3,    2,    7, -128], dtype=int8)
    """
    if baseline.shape != period.shape:
        raise InputError(
            "baseline has shape {baseline}, period has {period}",
            baseline=baseline.shape,
            period=period.shape,
            hint="align both layers to one grid first",
        )
    condition = np.empty(baseline.size, dtype=np.int8)
    _compare(baseline.ravel().view(np.uint8), period.ravel().view(np.uint8), _places(), _table(), condition)
    return condition.reshape(baseline.shape)


def _places() -> NDArray[np.uint8]:
    """Return the row or column of each status code in the table; 3 is that of unknown."""
    places = np.full(256, 3, dtype=np.uint8)
    places[Status.DEGRADED], places[Status.STABLE], places[Status.IMPROVED] = 0, 1, 2
    return places


def _table() -> NDArray[np.int8]:
    """Return the condition by baseline and period, each from degraded to improved, then unknown."""
    table = np.full((4, 4), LandCondition.NODATA, dtype=np.int8)
    for (baseline, period), condition in CONDITIONS.items():
        table[baseline + 1, period + 1] = condition
    return table


@kernel
def _compare(baseline: Array, period: Array, places: Array, table: Array, condition: Array) -> None:
    """Look every pair of statuses up, in place."""
    for cell in range(baseline.size):
        condition[cell] = table[places[baseline[cell]], places[period[cell]]]


INDICATOR = Indicator(
    id="land-condition-status",
    title="Land condition status",
    inputs=(Band("baseline"), Band("period")),
    output=LandCondition,
    kernel=land_condition_status,
    references=("unccd-prais-2026",),
)
