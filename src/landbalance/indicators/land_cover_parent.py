"""The UNCCD class of each land-cover class."""

import numpy as np

from landbalance.core.legends import legend, parents
from landbalance.core.types import Array, ClassGrid
from landbalance.core.vocab import NODATA, LandCover
from landbalance.indicators.spec import Band, Indicator, Parameter


def land_cover_parent(cover: ClassGrid, *, parents: Array) -> ClassGrid:
    """Return the UNCCD class that each class of a legend belongs to.

    Parameters
    ----------
    cover : ndarray of int8, shape (...)
        Position 1..n of the class in the legend; -128 unknown.
    parents : ndarray of int8, shape (n + 1,)
        UNCCD class 1..7 of each position; position 0 is not used.

    Returns
    -------
    ndarray of int8, shape (...)
        1 to 7; -128 where the class is unknown.

    References
    ----------
    .. [1] UNCCD (2026), PRAIS 4 reporting manual, table 8.

    Examples
    --------
    >>> land_cover_parent(np.int8([1, 2, -128]), parents=np.int8([-128, 3, 7]))
    array([   3,    7, -128], dtype=int8)
    """
    table = np.full(256, NODATA, dtype=np.int8)
    table[1 : len(parents)] = parents[1:]
    return np.take(table, cover.view(np.uint8))


INDICATOR = Indicator(
    id="land-cover-parent",
    title="UNCCD land-cover class",
    inputs=(Band("cover", layer="land_cover", when="start"),),
    parameters=(Parameter("parents", tuple(parents(legend("unccd")).tolist())),),
    output=LandCover,
    kernel=land_cover_parent,
    references=("unccd-prais-2026",),
)
