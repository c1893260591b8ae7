"""Land condition status in three classes: what SDG 15.3.1 counts."""

import numpy as np

from landbalance.core.types import ClassGrid, StatusGrid
from landbalance.core.vocab import Status
from landbalance.indicators.spec import Band, Indicator

_CLASSES = (-1, -1, -1, 0, 1, 1, 1)  # of LandCondition 1 to 7


def land_condition_class(condition: ClassGrid) -> StatusGrid:
    """Return the degraded, stable or improved class of each land condition.

    Parameters
    ----------
    condition : ndarray of int8, shape (...)
        `LandCondition` codes.

    Returns
    -------
    ndarray of int8, shape (...)
        `Status` codes; NODATA where the condition is unknown.

    References
    ----------
    .. [1] UNCCD (2026), PRAIS 4 reporting manual, SO1-4.

    Examples
    --------
    >>> land_condition_class(np.int8([3, 4, 6, -128]))
    array([  -1,    0,    1, -128], dtype=int8)
    """
    table = np.full(256, Status.NODATA, dtype=np.int8)
    table[1 : 1 + len(_CLASSES)] = _CLASSES
    return np.take(table, condition.view(np.uint8))


INDICATOR = Indicator(
    id="land-condition-class",
    title="Land condition status in three classes",
    inputs=(Band("condition"),),
    output=Status,
    kernel=land_condition_class,
    references=("unccd-prais-2026",),
)
