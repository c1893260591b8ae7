"""Soil organic carbon status, the third sub-indicator of SDG 15.3.1."""

import numpy as np

from landbalance.core.errors import InputError
from landbalance.core.types import Array, FloatGrid, StatusGrid
from landbalance.core.vocab import Status
from landbalance.indicators.spec import Band, Indicator, Parameter
from landbalance.kernels.compile import kernel

EDGE = 1e-6  # a ten-year conversion by factor 0.80 is exactly -10 %; float noise must not decide it


def soc_status(baseline: FloatGrid, current: FloatGrid, *, threshold: float, inclusive: bool) -> StatusGrid:
    """Classify the relative change in soil organic carbon stock.

    Parameters
    ----------
    baseline, current : ndarray of float32, shape (...)
        Stock in the top 30 cm [t C ha-1]; NaN unknown.
    threshold : float
        Relative change [1] at which a cell leaves "stable".
    inclusive : bool
        Whether a change of exactly `threshold` (within 1e-6) leaves "stable"; no change at all never does.

    Returns
    -------
    ndarray of int8, shape (...)
        `Status` codes; NODATA where a stock is unknown or the first one is not above zero.

    Raises
    ------
    InputError
        If the two grids differ in shape.

    References
    ----------
    .. [1] UNCCD (2021), Good Practice Guidance, SDG Indicator 15.3.1, version 2.

    Examples
    --------
    >>> soc_status(np.float32([50, 50, 50]), np.float32([45, 50, 60]), threshold=0.1, inclusive=True)
    array([-1,  0,  1], dtype=int8)
    """
    if baseline.shape != current.shape:
        raise InputError(
            "baseline has shape {baseline}, current has {current}",
            baseline=baseline.shape,
            current=current.shape,
            hint="align both layers to one grid first",
        )
    edge = EDGE if inclusive else -EDGE
    status = np.empty(baseline.size, dtype=np.int8)
    _classify(baseline.ravel(), current.ravel(), 1.0 - threshold + edge, 1.0 + threshold - edge, inclusive, status)
    return status.reshape(baseline.shape)


@kernel
def _classify(baseline: Array, current: Array, low: float, high: float, inclusive: bool, status: Array) -> None:
    """Compare every stock with the edges, in place; NaN fails every comparison."""
    for cell in range(baseline.size):
        first, last = np.float64(baseline[cell]), np.float64(current[cell])
        if not (first > 0.0 and last == last and first < np.inf):
            status[cell] = Status.NODATA
        elif last == first:
            status[cell] = Status.STABLE
        elif last < first * low or (inclusive and last == first * low):
            status[cell] = Status.DEGRADED
        elif last > first * high or (inclusive and last == first * high):
            status[cell] = Status.IMPROVED
        else:
            status[cell] = Status.STABLE


INDICATOR = Indicator(
    id="soc-status",
    title="Soil organic carbon status",
    inputs=(
        Band("baseline", "t C ha-1", layer="soc", when="start"),
        Band("current", "t C ha-1", layer="soc", when="end"),
    ),
    parameters=(
        Parameter("threshold", 0.10, unit="1", low=0.0, high=1.0, setting="soc_threshold"),
        Parameter("inclusive", True, setting="soc_inclusive"),
    ),
    output=Status,
    kernel=soc_status,
    references=("unccd-gpg-2021",),
)
