"""Least squares over the known years of many series."""

import numpy as np
from numpy.typing import NDArray

from landbalance.core.types import Array
from landbalance.kernels.compile import kernel
from landbalance.kernels.series import is_missing, sentinel


def least_squares_slope(series: Array, times: NDArray[np.int64], missing: float) -> NDArray[np.float64]:
    """Return the slope of each series on time.

    The sums over whole numbers are exact, so the slope is correctly rounded for stored integers.

    Parameters
    ----------
    series : ndarray, shape (year, pixel)
    times : ndarray of int64, shape (year,)
        Time of each row, ascending.
    missing : float
        Stored value that means missing; NaN always does.

    Returns
    -------
    ndarray of float64, shape (pixel,)
        Stored units per unit of time; NaN with fewer than two known years.
    """
    slope = np.empty(series.shape[1])
    _slopes(series, (times - times[0]).astype(np.float64), sentinel(series, missing), slope)
    return slope


@kernel
def _slopes(series: Array, times: Array, missing: float, slope: Array) -> None:
    """Fill the slopes, cell by cell."""
    years, cells = series.shape
    for cell in range(cells):
        n, sum_t, sum_tt, sum_y, sum_ty = 0.0, 0.0, 0.0, 0.0, 0.0
        origin = 0.0
        for year in range(years):
            if is_missing(series[year, cell], missing):
                continue
            if n == 0:
                origin = np.float64(series[year, cell])
            value = np.float64(series[year, cell]) - origin
            n += 1
            sum_t += times[year]
            sum_tt += times[year] * times[year]
            sum_y += value
            sum_ty += times[year] * value
        spread = n * sum_tt - sum_t * sum_t
        slope[cell] = (n * sum_ty - sum_t * sum_y) / spread if spread > 0 else np.nan
