"""Mann-Kendall: the score S, the ties that lower its variance, and Z, for many series at once."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from landbalance.core.types import Array
from landbalance.kernels.compile import kernel
from landbalance.kernels.series import gather_valid, sentinel

_BLOCK = 1024  # cells whose years stay in the first-level cache
_MOST_NARROW = 256  # n (n - 1) / 2 pairs fit 16 bits up to here


def mann_kendall_score(
    series: Array, missing: float, valid: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Return S and the tie term of its variance.

    Parameters
    ----------
    series : ndarray, shape (year, pixel)
        Values in the order of time.
    missing : float
        Stored value that means missing; NaN always does.
    valid : ndarray of int32, shape (pixel,)
        Known years of each cell.

    Returns
    -------
    score : ndarray of int32, shape (pixel,)
        Sum of sign(y_j - y_i) over all pairs of known years i < j.
    ties : ndarray of float64, shape (pixel,)
        Sum of t (t - 1) (2 t + 5) over the groups of t equal values.
    """
    years, cells = series.shape
    score, ties = np.empty(cells, dtype=np.int32), np.zeros(cells)
    narrow = series.dtype.itemsize <= 2 and years <= _MOST_NARROW
    counts = np.empty((2, _BLOCK), dtype=np.int16 if narrow else np.int32)
    _score(series, sentinel(series, missing), valid, counts, score, ties)
    return score, ties


def mann_kendall_z(
    score: NDArray[np.int32], ties: NDArray[np.float64], valid: NDArray[np.int32]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the variance of S and Z, continuity-corrected; Z is 0 where nothing varies.

    Parameters
    ----------
    score, ties, valid : ndarray, shape (pixel,)
        S, the tie term and the number of known years.

    Returns
    -------
    variance, z : ndarray of float64, shape (pixel,)
    """
    variance, z = np.empty(score.shape), np.empty(score.shape)
    _z(score, ties, valid, variance, z)
    return variance, z


def two_sided_p(z: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the two-sided p value of Z by the normal approximation."""
    return np.asarray(2 * ndtr(-np.abs(z)))


@kernel
def _z(score: Array, ties: Array, valid: Array, variance: Array, z: Array) -> None:
    """Fill the variance and Z."""
    for cell in range(score.size):
        n = float(valid[cell])
        variance[cell] = (n * (n - 1) * (2 * n + 5) - ties[cell]) / 18
        spread = np.sqrt(variance[cell]) if variance[cell] > 0 else 1.0
        z[cell] = (score[cell] - np.sign(score[cell])) / spread


@kernel
def _score(series: Array, missing: float, valid: Array, counts: Array, score: Array, ties: Array) -> None:
    """Fill S and the tie term: whole blocks at once, then one by one the cells with gaps or many ties."""
    years, cells = series.shape
    places, values = np.empty(years, dtype=np.int64), np.empty(years, dtype=series.dtype)
    pairs = years * (years - 1) // 2
    for start in range(0, cells, counts.shape[1]):
        size = min(counts.shape[1], cells - start)
        _count_pairs(series, start, start + size, counts[0], counts[1])
        for lane in range(size):
            cell = start + lane
            above, below = np.int64(counts[0, lane]), np.int64(counts[1, lane])
            score[cell] = above - below
            tied = pairs - above - below
            if valid[cell] < years:
                known = gather_valid(series, missing, cell, places, values)
                score[cell] = _score_of(values, known)
                ties[cell] = _tie_term(values, known)
            elif tied > 2:  # up to two tied pairs cannot share a value
                gather_valid(series, missing, cell, places, values)
                ties[cell] = _tie_term(values, years)
            else:
                ties[cell] = 18 * tied


@kernel
def _count_pairs(series: Array, start: int, stop: int, above: Array, below: Array) -> None:
    """Count the pairs that rise and the pairs that fall, for every cell of a block."""
    above[:] = 0
    below[:] = 0
    for second in range(1, series.shape[0]):
        late = series[second, start:stop]
        for first in range(second):
            early = series[first, start:stop]
            for cell in range(stop - start):
                above[cell] += late[cell] > early[cell]
                below[cell] += late[cell] < early[cell]


@kernel
def _score_of(values: Array, count: int) -> int:
    """Return S of one series without gaps."""
    score = 0
    for first in range(count - 1):
        for second in range(first + 1, count):
            score += (values[second] > values[first]) - (values[second] < values[first])
    return score


@kernel
def _tie_term(values: Array, count: int) -> float:
    """Return the tie term: t (t - 1) (2 t + 5) is t times c (2 c + 7), where c = t - 1 others equal a value."""
    term = 0
    for one in range(count):
        others = -1
        for other in range(count):
            others += values[other] == values[one]
        term += others * (2 * others + 7)
    return float(term)
