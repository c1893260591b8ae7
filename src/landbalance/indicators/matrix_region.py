"""Which regional transition matrix a cell takes (methods 1.3: at most five regions, summing to the nation)."""

import numpy as np

from landbalance.core.types import Array, ClassGrid
from landbalance.indicators.spec import Band, Indicator


def matrix_region(inside: Array) -> ClassGrid:
    """Return the number of the region a cell lies in.

    Parameters
    ----------
    inside : ndarray of integer, shape (region, ...)
        Above zero where the cell lies in the region.

    Returns
    -------
    ndarray of int8, shape (...)
        Position of the first region that holds the cell; 0 where none does.

    Examples
    --------
    >>> matrix_region(np.int32([[1, 0, 0], [0, 1, 0]])).tolist()
    [0, 1, 0]
    """
    return np.asarray(np.argmax(inside > 0, axis=0), dtype=np.int8)


INDICATOR = Indicator(
    id="matrix-region",
    title="Region of the transition matrix",
    inputs=(Band("inside", "class"),),
    output=Band("region", "class"),
    kernel=matrix_region,
    references=("unccd-prais-2026",),
)
