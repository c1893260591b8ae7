"""Annual productivity: the mean of the composites of each calendar year."""

import numpy as np

from landbalance.core.errors import InputError
from landbalance.core.types import Array
from landbalance.indicators.spec import Band, Indicator, Parameter
from landbalance.kernels.compile import kernel
from landbalance.kernels.series import is_missing, sentinel

_SHARE_EDGE = 1e-9


def annual_mean(
    composites: Array, *, year_index: tuple[int, ...], years: int, missing: float, min_share: float
) -> Array:
    """Average the known composites of each year.

    Parameters
    ----------
    composites : ndarray, shape (composite, ...)
        Stored values.
    year_index : tuple of int
        For each composite the row of its year, from 0.
    years : int
        Number of years.
    missing : float
        Stored value that means missing; NaN always does.
    min_share : float
        Smallest share of known composites [1] that makes a year known; at least one is always needed.

    Returns
    -------
    ndarray, shape (year, ...)
        Same type as the composites; whole numbers are rounded half to even, unknown years hold `missing`.

    Raises
    ------
    InputError
        If the composites and their years differ in number, or a year has no place.

    References
    ----------
    .. [1] UNCCD (2021), Good Practice Guidance, SDG Indicator 15.3.1, version 2.

    Examples
    --------
    >>> annual_mean(np.int16([[10], [11], [-9]]), year_index=(0, 0, 1), years=2, missing=-9, min_share=0.5).ravel()
    array([10, -9], dtype=int16)
    """
    place = np.asarray(year_index, dtype=np.int64)
    if len(place) != composites.shape[0] or (place.size and not 0 <= place.min() <= place.max() < years):
        raise InputError(
            "{count} composites belong to the years {places}",
            count=composites.shape[0],
            places=year_index,
            hint="give each composite the row of its year",
        )
    flat = composites.reshape(composites.shape[0], -1)
    fewest = np.maximum(np.ceil(np.bincount(place, minlength=years) * min_share - _SHARE_EDGE), 1)
    annual = np.empty((years, flat.shape[1]), dtype=composites.dtype)
    _average(flat, place, fewest, sentinel(composites, missing), composites.dtype.kind != "f", annual)
    return annual.reshape(years, *composites.shape[1:])


@kernel
def _average(composites: Array, place: Array, fewest: Array, missing: float, whole: bool, annual: Array) -> None:
    """Fill the annual means, year by year."""
    years, cells = annual.shape
    total, count = np.empty(cells), np.empty(cells)
    for year in range(years):
        total[:] = 0
        count[:] = 0
        for row in range(place.size):
            if place[row] == year:
                for cell in range(cells):
                    if not is_missing(composites[row, cell], missing):
                        total[cell] += composites[row, cell]
                        count[cell] += 1
        for cell in range(cells):
            if count[cell] < fewest[year]:
                annual[year, cell] = missing
            else:
                mean = total[cell] / count[cell]
                annual[year, cell] = np.rint(mean) if whole else mean


INDICATOR = Indicator(
    id="annual-mean",
    title="Annual productivity",
    inputs=(Band("composites", "stored", layer="productivity", when="series"),),
    parameters=(
        Parameter("year_index", (0,)),
        Parameter("years", 1, unit="yr", low=1),
        Parameter("missing", -32768.0),
        Parameter("min_share", 0.5, unit="1", low=0.0, high=1.0, setting="composite_min_share"),
    ),
    output=Band("series", "stored"),
    kernel=annual_mean,
    references=("unccd-gpg-2021",),
)
