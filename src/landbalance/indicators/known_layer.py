"""Whether a layer is known in a cell, for the table of known layers (ruling 2)."""

import numpy as np

from landbalance.core.types import ClassGrid, StatusGrid
from landbalance.core.vocab import NODATA
from landbalance.indicators.spec import Band, Indicator


def known_layer(status: StatusGrid) -> ClassGrid:
    """Return 1 where a status is known, not applicable included, else 0.

    Parameters
    ----------
    status : ndarray of int8, shape (...)
        `Status` codes.

    Returns
    -------
    ndarray of int8, shape (...)

    Examples
    --------
    >>> known_layer(np.int8([-1, 0, -127, -128])).tolist()
    [1, 1, 1, 0]
    """
    return np.asarray(status != NODATA, dtype=np.int8)


INDICATOR = Indicator(
    id="known-layer",
    title="Whether a layer is known",
    inputs=(Band("status"),),
    output=Band("known", "class"),
    kernel=known_layer,
    references=("unccd-prais-2026",),
)
