"""RESTREND: productivity without what rainfall explains."""

import numpy as np
from numpy.typing import NDArray

from landbalance.core.errors import InputError
from landbalance.core.types import Array, FloatGrid
from landbalance.indicators.spec import Band, Indicator, Parameter
from landbalance.kernels.compile import kernel
from landbalance.kernels.series import is_missing, sentinel


def restrend(series: Array, climate: FloatGrid, *, scale: float, missing: float) -> NDArray[np.float32]:
    """Return the residuals of the least-squares line of productivity on climate, cell by cell.

    Parameters
    ----------
    series : ndarray, shape (year, ...)
        Annual productivity as stored.
    climate : ndarray of float32, shape (year, ...)
        Annual rainfall of the same years [mm]; NaN unknown.
    scale : float
        Physical value of one stored unit.
    missing : float
        Stored value that means missing; NaN always does.

    Returns
    -------
    ndarray of float32, shape (year, ...)
        Residuals in physical units; NaN where a year is unknown in either, and everywhere where climate never varies.

    Raises
    ------
    InputError
        If the two series differ in shape.

    References
    ----------
    .. [1] Evans, J., Geerken, R. (2004), Discrimination between climate and human-induced dryland degradation,
       Journal of Arid Environments 57, 535-554.

    Examples
    --------
    >>> restrend(np.float32([[1], [2], [4]]), np.float32([[1], [2], [3]]), scale=1.0, missing=np.nan).ravel().round(3)
    array([ 0.167, -0.333,  0.167], dtype=float32)
    """
    require_same_years(series, climate)
    flat = series.reshape(series.shape[0], -1)
    residuals = np.full(flat.shape, np.nan, dtype=np.float32)
    _residuals(flat, climate.reshape(flat.shape), scale, sentinel(series, missing), residuals)
    return residuals.reshape(series.shape)


def require_same_years(series: Array, climate: Array) -> None:
    """Refuse a climate series of another shape than productivity.

    Raises
    ------
    InputError
        If the two differ in shape.
    """
    if series.shape != climate.shape:
        raise InputError(
            "productivity has shape {series}, climate has {climate}",
            series=series.shape,
            climate=climate.shape,
            hint="give both for the same years and cells",
        )


@kernel
def _residuals(series: Array, climate: Array, scale: float, missing: float, residuals: Array) -> None:
    """Fit and subtract the line of every cell, in place."""
    years, cells = series.shape
    for cell in range(cells):
        n, mean_x, mean_y = 0, 0.0, 0.0
        for year in range(years):
            if not is_missing(series[year, cell], missing) and not np.isnan(climate[year, cell]):
                n += 1
                mean_x += climate[year, cell]
                mean_y += series[year, cell]
        if n == 0:
            continue
        mean_x, mean_y = mean_x / n, mean_y / n
        spread, product = 0.0, 0.0
        for year in range(years):
            if not is_missing(series[year, cell], missing) and not np.isnan(climate[year, cell]):
                spread += (climate[year, cell] - mean_x) ** 2
                product += (climate[year, cell] - mean_x) * (series[year, cell] - mean_y)
        if spread <= 0:
            continue
        for year in range(years):
            if not is_missing(series[year, cell], missing):
                expected = mean_y + product / spread * (climate[year, cell] - mean_x)
                residuals[year, cell] = (series[year, cell] - expected) * scale


INDICATOR = Indicator(
    id="restrend",
    title="Productivity without what rainfall explains",
    inputs=(
        Band("series", "stored", layer="productivity", when="series"),
        Band("climate", "mm", layer="precipitation", when="series"),
    ),
    parameters=(Parameter("scale", 1.0), Parameter("missing", -32768.0)),
    output=Band("corrected", "1"),
    kernel=restrend,
    references=("evans-geerken-2004", "unccd-gpg-2021"),
)
