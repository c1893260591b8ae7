"""Units within which productivity is compared: soil type by land cover."""

import numpy as np

from landbalance.core.errors import InputError
from landbalance.core.types import Array, UnitGrid
from landbalance.indicators.spec import Band, Indicator

COVERS = 4096  # a unit is soil * 4096 + land cover, unique and below 2 ** 30
SOILS = 2**18


def performance_unit(soil: UnitGrid, land_cover: Array) -> UnitGrid:
    """Number the units of soil type and land cover.

    Parameters
    ----------
    soil : ndarray of int32, shape (...)
        Soil code, 0 to 262143; negative unknown.
    land_cover : ndarray of integer, shape (...)
        Land-cover code or position, 0 to 4095; negative unknown.

    Returns
    -------
    ndarray of int32, shape (...)
        soil * 4096 + land cover; -1 where either is unknown.

    Raises
    ------
    InputError
        If the grids differ in shape or a code is too large.

    References
    ----------
    .. [1] UNCCD (2021), Good Practice Guidance, SDG Indicator 15.3.1, version 2.

    Examples
    --------
    >>> performance_unit(np.int32([2, -1]), np.int8([1, 1]))
    array([8193,   -1], dtype=int32)
    """
    if soil.shape != land_cover.shape:
        raise InputError(
            "soil has shape {soil}, land cover has {cover}",
            soil=soil.shape,
            cover=land_cover.shape,
            hint="align both layers to one grid first",
        )
    for codes, limit, what in ((soil, SOILS, "soil"), (land_cover, COVERS, "land cover")):
        if codes.size and codes.max() >= limit:
            raise InputError(
                "{what} has the code {code}",
                what=what,
                code=int(codes.max()),
                hint="codes run from 0 to {limit}",
                limit=limit - 1,
            )
    known = (soil >= 0) & (land_cover >= 0)
    return np.where(known, soil.astype(np.int32) * COVERS + land_cover, np.int32(-1)).astype(np.int32)


INDICATOR = Indicator(
    id="performance-unit",
    title="Unit of productivity performance",
    inputs=(Band("soil"), Band("land_cover", when="start")),
    output=Band("performance_unit"),
    kernel=performance_unit,
    references=("unccd-gpg-2021",),
)
