"""Gain, loss or neither: what each cell brings to the balance (methods 6.2)."""

import numpy as np

from landbalance.core.types import ClassGrid
from landbalance.core.vocab import LandCondition, Status
from landbalance.indicators.spec import Band, Indicator

GAINS = (LandCondition.RECENT_IMPROVEMENT, LandCondition.PERSISTENT_IMPROVEMENT)
LOSSES = (LandCondition.PERSISTENT_DEGRADATION, LandCondition.RECENT_DEGRADATION)


def gains_losses(condition: ClassGrid) -> ClassGrid:
    """Return 1 for a gain, -1 for a loss and 0 for neither.

    Parameters
    ----------
    condition : ndarray of int8, shape (...)
        `LandCondition` classes; negative where unknown.

    Returns
    -------
    ndarray of int8, shape (...)
        `Status` codes; NODATA where the condition is unknown.

    References
    ----------
    .. [1] UNCCD (2025), addendum to the Good Practice Guidance on SDG indicator 15.3.1.

    Examples
    --------
    >>> gains_losses(np.int8([1, 2, 3, 4, 5, 6, 7, -128])).tolist()
    [-1, -1, 0, 0, 0, 1, 1, -128]
    """
    out = np.full(condition.shape, Status.NODATA, dtype=np.int8)
    out[condition > 0] = 0
    out[np.isin(condition, GAINS)] = 1
    out[np.isin(condition, LOSSES)] = -1
    return out


INDICATOR = Indicator(
    id="gains-losses",
    title="Gains and losses of the balance",
    inputs=(Band("condition"),),
    output=Status,
    kernel=gains_losses,
    references=("orr-2017",),
)
