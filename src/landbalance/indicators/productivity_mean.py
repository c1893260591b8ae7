"""Mean productivity of a period, in whole units of a stated resolution."""

import numpy as np
from numpy.typing import NDArray

from landbalance.core.types import Array
from landbalance.indicators.spec import Band, Indicator, Parameter
from landbalance.kernels.compile import kernel
from landbalance.kernels.series import count_valid, is_missing, most_missing, sentinel

MISSING_MEAN = -2147483648
_WHOLE = 1e-9


def productivity_mean(
    series: Array, *, missing: float, scale: float, resolution: float, max_missing_share: float
) -> NDArray[np.int32]:
    """Average the known years of a period.

    Parameters
    ----------
    series : ndarray, shape (year, ...)
        Annual productivity as stored.
    missing : float
        Stored value that means missing; NaN always does.
    scale : float
        Physical value of one stored unit.
    resolution : float
        Physical value that means are rounded to, half to even (0.0001 for NDVI).
    max_missing_share : float
        Largest share of unknown years [1].

    Returns
    -------
    ndarray of int32, shape (...)
        Means in units of `resolution`; -2147483648 where too many years are unknown.

    References
    ----------
    .. [1] UNCCD (2021), Good Practice Guidance, SDG Indicator 15.3.1, version 2.

    Examples
    --------
    >>> series = np.int16([[4000, -1], [4001, 10]])
    >>> productivity_mean(series, missing=-1, scale=1e-4, resolution=1e-4, max_missing_share=0.2)
    array([       4000, -2147483648], dtype=int32)
    """
    flat = series.reshape(series.shape[0], -1)
    factor = scale / resolution
    if abs(factor - round(factor)) <= _WHOLE * factor:
        factor = float(round(factor))
    fewest = max(1, series.shape[0] - most_missing(series.shape[0], max_missing_share))
    mean = np.full(flat.shape[1], MISSING_MEAN, dtype=np.int32)
    _average(flat, sentinel(series, missing), count_valid(flat, missing), fewest, factor, mean)
    return mean.reshape(series.shape[1:])


@kernel
def _average(series: Array, missing: float, valid: Array, fewest: int, factor: float, mean: Array) -> None:
    """Fill the rounded means."""
    years, cells = series.shape
    total = np.zeros(cells)
    for year in range(years):
        for cell in range(cells):
            if not is_missing(series[year, cell], missing):
                total[cell] += series[year, cell]
    for cell in range(cells):
        if valid[cell] >= fewest:
            mean[cell] = np.int32(np.rint(total[cell] * factor / valid[cell]))


INDICATOR = Indicator(
    id="productivity-mean",
    title="Mean productivity",
    inputs=(Band("series", "stored", layer="productivity", when="series"),),
    parameters=(
        Parameter("missing", -32768.0),
        Parameter("scale", 1.0),
        Parameter("resolution", 1e-4),
        Parameter("max_missing_share", 0.2, unit="1", low=0.0, high=1.0, setting="max_missing_share"),
    ),
    output=Band("productivity_mean", "resolution"),
    kernel=productivity_mean,
    references=("unccd-gpg-2021",),
)
