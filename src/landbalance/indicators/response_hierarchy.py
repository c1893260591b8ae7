"""Avoid, reduce or reverse: what each cell asks for (methods 6.3)."""

import numpy as np

from landbalance.core.errors import InputError
from landbalance.core.types import Array, ClassGrid
from landbalance.core.vocab import LandCondition, Lpd, Response, Status
from landbalance.indicators.spec import Band, Indicator, Parameter

STATUS_TYPES = ("three", "seven")
DEGRADED_CONDITIONS = (
    LandCondition.PERSISTENT_DEGRADATION,
    LandCondition.RECENT_DEGRADATION,
    LandCondition.BASELINE_DEGRADATION,
)


def response_hierarchy(status: ClassGrid, lpd: ClassGrid, risk: Array, *, status_type: str) -> ClassGrid:
    """Return what each cell asks for: degraded land is to be reversed, stressed or risky land reduced, other avoided.

    Parameters
    ----------
    status : ndarray of int8, shape (...)
        `Status` of three classes, or `LandCondition` of seven.
    lpd : ndarray of int8, shape (...)
        `Lpd` classes; unknown cells give no sign of stress.
    risk : ndarray, shape (...)
        Over 0 where loss is to be feared; negative or NaN where unknown.
    status_type : {"three", "seven"}
        Which classes `status` holds; it is never guessed from the values.

    Returns
    -------
    ndarray of int8, shape (...)
        `Response` codes; NODATA where the status is unknown or has no meaning.

    Raises
    ------
    InputError
        If the type is unknown, or a status does not belong to it.

    References
    ----------
    .. [1] Orr et al. (2017), Scientific Conceptual Framework for Land Degradation Neutrality.

    Examples
    --------
    >>> status, lpd = np.int8([1, 3, 4, 4, 6, -128]), np.int8([1, 3, 3, 4, 5, 3])
    >>> response_hierarchy(status, lpd, np.zeros(6), status_type="seven").tolist()
    [3, 3, 2, 1, 1, -128]
    """
    if status_type not in STATUS_TYPES:
        raise InputError("status_type is {kind!r}", kind=status_type, hint="use three or seven")
    classes = [s for s in Status if s > -100] if status_type == "three" else [c for c in LandCondition if c > 0]
    known = np.isin(status, classes)
    strange = ~known & (status > -100)
    if strange.any():
        raise InputError(
            "the status holds {code}, no class of type {kind}",
            code=int(status[strange][0]),
            kind=status_type,
            hint="name the other status type",
        )
    degraded = np.isin(status, DEGRADED_CONDITIONS) if status_type == "seven" else status == Status.DEGRADED
    stressed = (lpd == Lpd.STRESSED) | (risk > 0)
    out = np.where(stressed, np.int8(Response.REDUCE), np.int8(Response.AVOID))
    out = np.where(degraded, np.int8(Response.REVERSE), out)
    return np.where(known, out, np.int8(Response.NODATA)).astype(np.int8)


INDICATOR = Indicator(
    id="response-hierarchy",
    title="Response hierarchy: avoid, reduce, reverse",
    inputs=(Band("status"), Band("lpd"), Band("risk", "1")),
    parameters=(Parameter("status_type", "seven", choices=STATUS_TYPES),),
    output=Response,
    kernel=response_hierarchy,
    references=("orr-2017",),
)
