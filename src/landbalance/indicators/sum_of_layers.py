"""The sum of amounts per cell, such as women and men."""

import numpy as np

from landbalance.core.types import Array
from landbalance.indicators.spec import Band, Indicator


def sum_of_layers(layers: Array) -> Array:
    """Return the sum of some amounts; unknown where one of them is.

    Parameters
    ----------
    layers : ndarray of float64, shape (layer, ...)
        Amounts per cell; NaN where unknown.

    Returns
    -------
    ndarray of float64, shape (...)

    Examples
    --------
    >>> sum_of_layers(np.array([[1.0, 2.0], [3.0, np.nan]])).tolist()
    [4.0, nan]
    """
    return np.asarray(layers.astype(np.float64).sum(axis=0))


INDICATOR = Indicator(
    id="sum-of-layers",
    title="Sum of layers",
    inputs=(Band("layers", "persons"),),
    output=Band("total", "persons"),
    kernel=sum_of_layers,
    references=("unccd-prais-2026",),
)
