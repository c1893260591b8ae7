"""Land and water: what counts in the denominator of a period."""

import numpy as np

from landbalance.core.types import ClassGrid
from landbalance.core.vocab import NODATA, LandCover, Surface
from landbalance.indicators.spec import Band, Indicator


def surface(initial: ClassGrid, final: ClassGrid) -> ClassGrid:
    """Say of each cell whether it is land, water, land turned to water, or unknown.

    Parameters
    ----------
    initial, final : ndarray of int8, shape (...)
        UNCCD class 1..7 in the first and last year of the period; -128 unknown.

    Returns
    -------
    ndarray of int8, shape (...)
        `Surface` codes; a cell whose first class is unknown is UNKNOWN.

    References
    ----------
    .. [1] UNCCD (2026), PRAIS 4 reporting manual, table CP-1.T1.

    Examples
    --------
    >>> surface(np.int8([2, 7, 2, -128]), np.int8([3, 2, 7, 2]))
    array([0, 1, 2, 3], dtype=int8)
    """
    kind = np.full(initial.shape, Surface.LAND, dtype=np.int8)
    kind[final == LandCover.WATER] = Surface.TURNED_WATER
    kind[initial == LandCover.WATER] = Surface.WATER
    kind[initial == NODATA] = Surface.UNKNOWN
    return kind


INDICATOR = Indicator(
    id="surface",
    title="Land and water",
    inputs=(Band("initial", layer="land_cover", when="start"), Band("final", layer="land_cover", when="end")),
    output=Surface,
    kernel=surface,
    references=("unccd-prais-2026",),
)
