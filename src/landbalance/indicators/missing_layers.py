"""Which of the layers of an assessment are missing in a cell."""

import numpy as np

from landbalance.core.errors import InputError
from landbalance.core.types import ClassGrid, StatusGrid
from landbalance.core.vocab import NODATA
from landbalance.indicators.spec import Band, Indicator

MOST_LAYERS = 7  # bits of a non-negative int8


def missing_layers(layers: StatusGrid) -> ClassGrid:
    """Return a bit mask of the layers that are missing.

    Parameters
    ----------
    layers : ndarray of int8, shape (layer, ...)
        `Status` codes, at most 7 layers. NOT_APPLICABLE is known, not missing.

    Returns
    -------
    ndarray of int8, shape (...)
        Bit i is set where layer i is NODATA; 0 where all are known.

    Raises
    ------
    InputError
        If there are more than 7 layers.

    References
    ----------
    .. [1] UNCCD (2021), Good Practice Guidance, SDG Indicator 15.3.1, version 2.

    Examples
    --------
    >>> missing_layers(np.int8([[0, -128], [1, 0], [-127, -128]]))
    array([0, 5], dtype=int8)
    """
    if layers.shape[0] > MOST_LAYERS:
        raise InputError(
            "{count} layers are joined",
            count=layers.shape[0],
            hint="join at most {most_layers}",
            most_layers=MOST_LAYERS,
        )
    mask = np.zeros(layers.shape[1:], dtype=np.int8)
    for place, layer in enumerate(layers):
        mask |= (layer == NODATA).astype(np.int8) << np.int8(place)
    return mask


INDICATOR = Indicator(
    id="missing-layers",
    title="Missing layers",
    inputs=(Band("layers"),),
    output=Band("missing_layers", "bit mask"),
    kernel=missing_layers,
    references=("unccd-gpg-2021",),
)
