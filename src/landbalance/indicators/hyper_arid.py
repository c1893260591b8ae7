"""Land productivity in hyper-arid land, where noise outweighs the plants."""

import numpy as np

from landbalance.core.errors import InputError
from landbalance.core.types import ClassGrid, FloatGrid, StatusGrid
from landbalance.core.vocab import NODATA, Lpd, Status
from landbalance.indicators.spec import Band, Indicator, Parameter

POLICIES = ("as_is", "mask", "stable")


def hyper_arid_productivity(
    status: StatusGrid,
    lpd: ClassGrid,
    aridity: FloatGrid,
    peak: FloatGrid,
    *,
    policy: str,
    ai_threshold: float,
    max_index: float,
) -> tuple[StatusGrid, ClassGrid, ClassGrid]:
    """Find hyper-arid land and treat its productivity as the policy says.

    Land is hyper-arid where its aridity index is below the threshold, or its greenest composite does not exceed the
    highest index of bare land. Where neither is known, nothing is done.

    Parameters
    ----------
    status : ndarray of int8, shape (...)
        `Status` of land productivity.
    lpd : ndarray of int8, shape (...)
        `Lpd` classes.
    aridity : ndarray of float32, shape (...)
        Precipitation over potential evapotranspiration [1]; NaN unknown.
    peak : ndarray of float32, shape (...)
        Highest value of the vegetation index in the period [1]; NaN unknown.
    policy : {"as_is", "mask", "stable"}
        Leave it; make it unknown; make it stable where it is known.
    ai_threshold : float
        Aridity index below which land is hyper-arid [1].
    max_index : float
        Highest index of bare land [1]; minus infinity where the index does not say.

    Returns
    -------
    status, lpd : ndarray of int8, shape (...)
        As given, except in hyper-arid land.
    hyperarid : ndarray of int8, shape (...)
        1 hyper-arid, 0 not, -128 unknown.

    Raises
    ------
    InputError
        If the policy is unknown.

    References
    ----------
    .. [1] UNCCD (2021), Good Practice Guidance, SDG Indicator 15.3.1, version 2.

    Examples
    --------
    >>> found = hyper_arid_productivity(
    ...     np.int8([-1, -1]), np.int8([1, 1]), np.float32([0.02, 0.3]), np.float32([np.nan, 0.6]),
    ...     policy="mask", ai_threshold=0.05, max_index=0.25,
    ... )
    >>> [layer.tolist() for layer in found]
    [[-128, -1], [-128, 1], [1, 0]]
    """
    if policy not in POLICIES:
        raise InputError(
            "there is no policy {policy}", policy=policy, hint="use one of {known}", known=", ".join(POLICIES)
        )
    decides = np.isfinite(peak) & (max_index > -np.inf)
    bare = (aridity < ai_threshold) | (decides & (peak <= max_index))
    hyperarid = np.where(np.isfinite(aridity) | decides, bare, NODATA).astype(np.int8)
    if policy == "as_is":
        return status, lpd, hyperarid
    is_masked = policy == "mask"
    treated = [
        np.where(bare & (layer != NODATA), np.int8(NODATA if is_masked else stable), layer)
        for layer, stable in ((status, Status.STABLE), (lpd, Lpd.STABLE))
    ]
    return treated[0], treated[1], hyperarid


INDICATOR = Indicator(
    id="hyper-arid-productivity",
    title="Land productivity in hyper-arid land",
    inputs=(
        Band("status", layer="productivity_status"),
        Band("lpd"),
        Band("aridity", "1"),
        Band("peak", "1", layer="productivity_peak"),
    ),
    parameters=(
        Parameter("policy", "as_is", choices=POLICIES, setting="hyperarid_policy"),
        Parameter("ai_threshold", 0.05, unit="1", low=0.0, high=1.0, setting="ai_threshold"),
        Parameter("max_index", 0.25, unit="1", high=1.0, setting="hyperarid_max_index"),
    ),
    output=(Band("status"), Band("lpd"), Band("hyperarid")),
    kernel=hyper_arid_productivity,
    references=("unccd-gpg-2021",),
)
