"""Land-cover status, the first sub-indicator of SDG 15.3.1."""

import numpy as np

from landbalance.core.errors import InputError
from landbalance.core.legends import legend, official_matrix
from landbalance.core.types import Array, ClassGrid, StatusGrid
from landbalance.core.vocab import Status
from landbalance.indicators.spec import Band, Indicator, Parameter
from landbalance.kernels.compile import kernel


def land_cover_status(initial: ClassGrid, final: ClassGrid, region: ClassGrid, *, matrix: Array) -> StatusGrid:
    """Classify the change between the first and last land cover of a period.

    Parameters
    ----------
    initial, final : ndarray of int8, shape (...)
        Position 1..n of the class in the legend; -128 unknown.
    region : ndarray of int8, shape (...)
        Which matrix the cell takes, from 0; 0 everywhere when there is one.
    matrix : ndarray of int8, shape (regions, n, n)
        Meaning of each transition: -1 degradation, 0 stable, 1 improvement; rows initial, columns final.

    Returns
    -------
    ndarray of int8, shape (...)
        `Status` codes; NODATA where a class is unknown or the cell is in no region.

    Raises
    ------
    InputError
        If the three grids differ in shape.

    References
    ----------
    .. [1] UNCCD (2026), PRAIS 4 reporting manual, table 9.

    Examples
    --------
    >>> matrix = np.int8([[[0, -1], [1, 0]]])
    >>> land_cover_status(np.int8([1, 2, 1]), np.int8([2, 1, 1]), np.int8([0, 0, 0]), matrix=matrix)
    array([-1,  1,  0], dtype=int8)
    """
    if not initial.shape == final.shape == region.shape:
        raise InputError(
            "land cover has the shapes {initial} and {final}, regions {region}",
            initial=initial.shape,
            final=final.shape,
            region=region.shape,
            hint="align the layers to one grid first",
        )
    status = np.full(initial.size, Status.NODATA, dtype=np.int8)
    _classify(initial.ravel(), final.ravel(), region.ravel(), np.asarray(matrix, dtype=np.int8), status)
    return status.reshape(initial.shape)


@kernel
def _classify(initial: Array, final: Array, region: Array, matrix: Array, status: Array) -> None:
    """Look every known transition up, in place."""
    regions, count, _ = matrix.shape
    for cell in range(initial.size):
        start, end, place = initial[cell], final[cell], region[cell]
        if 1 <= start <= count and 1 <= end <= count and 0 <= place < regions:
            status[cell] = matrix[place, start - 1, end - 1]


INDICATOR = Indicator(
    id="land-cover-status",
    title="Land-cover status",
    inputs=(
        Band("initial", layer="land_cover", when="start"),
        Band("final", layer="land_cover", when="end"),
        Band("region", layer="matrix_region"),
    ),
    parameters=(Parameter("matrix", (official_matrix(legend("unccd")),)),),
    output=Status,
    kernel=land_cover_status,
    references=("unccd-prais-2026", "unccd-gpg-2021"),
)
