"""A steadier land cover: a class counts only where it persists over the nearest years."""

import numpy as np

from landbalance.core.errors import InputError
from landbalance.core.types import Array, ClassGrid
from landbalance.core.vocab import NODATA, LandCover
from landbalance.indicators.spec import Band, Indicator, Parameter
from landbalance.kernels.compile import kernel


def land_cover_persistence(cover: ClassGrid, *, place: int, needed: int) -> ClassGrid:
    """Return the class of one year, replaced where it does not persist over the nearest years.

    A class that occurs in fewer than `needed` of the years gives way to the most frequent class of those years; where
    none is more frequent it stays. Bare land that reads "sparse vegetation" for a single year is the case meant.

    Parameters
    ----------
    cover : ndarray of int8, shape (year, ...)
        Position of the class in the nearest years, commonly three; -128 unknown.
    place : int
        Which of the years is wanted, from 0.
    needed : int
        Years in which a class must occur to stand; 0 or 1 leaves everything as it is.

    Returns
    -------
    ndarray of int8, shape (...)
        -128 where the year wanted is unknown.

    Raises
    ------
    InputError
        If `place` is none of the years.

    References
    ----------
    .. [1] UNCCD (2021), Good Practice Guidance, SDG Indicator 15.3.1, version 2.

    Examples
    --------
    >>> land_cover_persistence(np.int8([[6, 6], [2, 2], [6, 2]]), place=1, needed=2)
    array([6, 2], dtype=int8)
    """
    if not 0 <= place < cover.shape[0]:
        raise InputError("year {place} of {count} is wanted", place=place, count=cover.shape[0], hint="count from 0")
    flat = cover.reshape(cover.shape[0], -1)
    steady = np.array(flat[place], dtype=np.int8)
    _steady(flat, place, needed, steady)
    return steady.reshape(cover.shape[1:])


@kernel
def _steady(cover: Array, place: int, needed: int, steady: Array) -> None:
    """Replace every class that does not persist, in place."""
    years, cells = cover.shape
    for cell in range(cells):
        if cover[place, cell] == NODATA:
            continue
        most = 0
        for year in range(years):
            most += cover[year, cell] == cover[place, cell]
        if most >= needed:
            continue
        for year in range(years):
            count = 0
            for other in range(years):
                count += cover[other, cell] == cover[year, cell]
            if cover[year, cell] != NODATA and count > most:
                most = count
                steady[cell] = cover[year, cell]


INDICATOR = Indicator(
    id="land-cover-persistence",
    title="Land cover that persists",
    inputs=(Band("cover", layer="land_cover", when="series"),),
    parameters=(
        Parameter("place", 0, unit="years", low=0),
        Parameter("needed", 0, unit="years", low=0, high=3, setting="lc_persistence"),
    ),
    output=LandCover,
    kernel=land_cover_persistence,
    references=("unccd-gpg-2021",),
)
