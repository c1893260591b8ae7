"""Land productivity status from the five classes of land productivity dynamics."""

import numpy as np

from landbalance.core.types import ClassGrid, StatusGrid
from landbalance.core.vocab import Lpd, Status
from landbalance.indicators.spec import Band, Indicator

STATUS_OF = {
    Lpd.DECLINING: Status.DEGRADED,
    Lpd.MODERATE_DECLINE: Status.DEGRADED,
    Lpd.STRESSED: Status.STABLE,
    Lpd.STABLE: Status.STABLE,
    Lpd.INCREASING: Status.IMPROVED,
}


def lpd_status(lpd: ClassGrid) -> StatusGrid:
    """Reduce land productivity dynamics to three classes.

    Parameters
    ----------
    lpd : ndarray of int8, shape (...)
        `Lpd` codes 1 to 5; anything else is unknown.

    Returns
    -------
    ndarray of int8, shape (...)
        `Status` codes.

    References
    ----------
    .. [1] UNCCD (2026), PRAIS 4 reporting manual.

    Examples
    --------
    >>> lpd_status(np.int8([1, 3, 5, 0, -128]))
    array([  -1,    0,    1, -128, -128], dtype=int8)
    """
    table = np.full(256, Status.NODATA, dtype=np.int8)
    for code, status in STATUS_OF.items():
        table[code] = status
    return np.take(table, lpd.view(np.uint8))


INDICATOR = Indicator(
    id="lpd-status",
    title="Land productivity status of a ready-made product",
    inputs=(Band("lpd"),),
    output=Status,
    kernel=lpd_status,
    references=("unccd-prais-2026",),
)
