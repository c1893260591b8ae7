"""Rain-use and water-use efficiency: productivity per metre of rainfall or evapotranspiration."""

import numpy as np
from numpy.typing import NDArray

from landbalance.core.types import Array, FloatGrid
from landbalance.indicators.restrend import require_same_years
from landbalance.indicators.spec import Band, Indicator, Parameter
from landbalance.kernels.compile import kernel
from landbalance.kernels.series import is_missing, sentinel

_MM_PER_M = 1000.0


def rain_use_efficiency(series: Array, climate: FloatGrid, *, scale: float, missing: float) -> NDArray[np.float32]:
    """Divide productivity by the water of the same year.

    Parameters
    ----------
    series : ndarray, shape (year, ...)
        Annual productivity as stored.
    climate : ndarray of float32, shape (year, ...)
        Annual rainfall or evapotranspiration [mm]; NaN unknown.
    scale : float
        Physical value of one stored unit.
    missing : float
        Stored value that means missing; NaN always does.

    Returns
    -------
    ndarray of float32, shape (year, ...)
        Physical productivity per metre of water; NaN where a year is unknown or has no water.

    Raises
    ------
    InputError
        If the two series differ in shape.

    References
    ----------
    .. [1] Le Houerou, H.N. (1984), Rain use efficiency: a unifying concept in arid-land ecology,
       Journal of Arid Environments 7, 213-247.

    Examples
    --------
    >>> rain_use_efficiency(np.int16([[4000], [10]]), np.float32([[500], [0]]), scale=1e-4, missing=-1).ravel()
    array([0.8, nan], dtype=float32)
    """
    require_same_years(series, climate)
    efficiency = np.full(series.size, np.nan, dtype=np.float32)
    _divide(series.ravel(), climate.ravel(), scale, sentinel(series, missing), efficiency)
    return efficiency.reshape(series.shape)


@kernel
def _divide(series: Array, climate: Array, scale: float, missing: float, efficiency: Array) -> None:
    """Divide value by value, in place."""
    for place in range(series.size):
        if not is_missing(series[place], missing) and climate[place] > 0:
            efficiency[place] = series[place] * scale * _MM_PER_M / climate[place]


INDICATOR = Indicator(
    id="rain-use-efficiency",
    title="Productivity per metre of water",
    inputs=(
        Band("series", "stored", layer="productivity", when="series"),
        Band("climate", "mm", layer="precipitation", when="series"),
    ),
    parameters=(Parameter("scale", 1.0), Parameter("missing", -32768.0)),
    output=Band("corrected", "1/m"),
    kernel=rain_use_efficiency,
    references=("le-houerou-1984", "unccd-gpg-2021"),
)
