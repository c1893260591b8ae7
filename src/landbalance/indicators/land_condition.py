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
    condition = np.full(baseline.size, LandCondition.NODATA, dtype=np.int8)
    _compare(baseline.ravel(), period.ravel(), _table(), condition)
    return condition.reshape(baseline.shape)


def _table() -> NDArray[np.int8]:
    """Return the condition by baseline and period, each from degraded to improved."""
    return np.array([[CONDITIONS[Status(row), Status(col)] for col in (-1, 0, 1)] for row in (-1, 0, 1)], dtype=np.int8)


@kernel
def _compare(baseline: Array, period: Array, table: Array, condition: Array) -> None:
    """Look every pair of statuses up, in place."""
    for cell in range(baseline.size):
        before, after = baseline[cell], period[cell]
        if -1 <= before <= 1 and -1 <= after <= 1:
            condition[cell] = table[before + 1, after + 1]


INDICATOR = Indicator(
    id="land-condition-status",
    title="Land condition status",
    inputs=(Band("baseline"), Band("period")),
    output=LandCondition,
    kernel=land_condition_status,
    references=("unccd-prais-2026",),
)
