"""The annual mean of composites, added up one by one, so that a year never lies in memory."""

import numpy as np

from landbalance.core.types import Array
from landbalance.kernels.compile import kernel


@kernel
def add_composite(
    value: Array, reliability: Array, keep: Array, valid: tuple[int, int], total: Array, count: Array
) -> None:
    """Add the good cells of one composite to the sums, in place.

    Parameters
    ----------
    value : ndarray of int16, shape (cell,)
        Stored values.
    reliability : ndarray of int16, shape (cell,)
        Quality code of each cell; one byte read as signed or unsigned.
    keep : ndarray of bool, shape (256,)
        Whether cells with this code count.
    valid : tuple of int
        Least and greatest stored value that is data; fill values lie outside.
    total : ndarray of int32, shape (cell,)
        Sum of what counts.
    count : ndarray of int16, shape (cell,)
        Number of composites that count.

    Examples
    --------
    >>> keep, total, count = np.zeros(256, dtype=np.bool_), np.zeros(3, dtype=np.int32), np.zeros(3, dtype=np.int16)
    >>> keep[:2] = True
    >>> good, value = np.int16([0, 3, 1]), np.int16([4000, 5000, -3000])
    >>> add_composite(value, good, keep, (-2000, 10000), total, count)
    >>> total.tolist(), count.tolist()
    ([4000, 0, 0], [1, 0, 0])
    """
    for cell in range(value.size):
        number = value[cell]
        if valid[0] <= number <= valid[1] and keep[reliability[cell] & 255]:
            total[cell] += number
            count[cell] += 1


@kernel
def mean_of_sums(total: Array, count: Array, missing: int, mean: Array) -> None:
    """Write the means, rounded half to even, in place; `missing` where nothing counts.

    Parameters
    ----------
    total, count : ndarray of int32 and int16, shape (cell,)
        As `add_composite` leaves them.
    missing : int
        What stands for an unknown mean.
    mean : ndarray of int16, shape (cell,)

    Examples
    --------
    >>> mean = np.empty(3, dtype=np.int16)
    >>> mean_of_sums(np.int32([5, 7, 0]), np.int16([2, 2, 0]), -32768, mean)
    >>> mean.tolist()
    [2, 4, -32768]
    """
    for cell in range(total.size):
        mean[cell] = np.rint(total[cell] / count[cell]) if count[cell] > 0 else missing
