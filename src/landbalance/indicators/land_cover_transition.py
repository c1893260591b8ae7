"""Land-cover transitions as codes: from which class to which."""

import numpy as np
from numpy.typing import NDArray

from landbalance.core.errors import InputError
from landbalance.core.types import ClassGrid
from landbalance.core.vocab import EXPORT_NODATA
from landbalance.indicators.spec import Band, Indicator, Parameter

MOST_CLASSES = 181  # the largest n whose n * n - 1 fits int16


def land_cover_transition(initial: ClassGrid, final: ClassGrid, *, classes: int) -> NDArray[np.int16]:
    """Return the code (initial - 1) * n + (final - 1) of each transition.

    Parameters
    ----------
    initial, final : ndarray of int8, shape (...)
        Position 1..n of the class in the legend; -128 unknown.
    classes : int
        Number of classes n of the legend.

    Returns
    -------
    ndarray of int16, shape (...)
        From 0 to n * n - 1; -32768 where a class is unknown.

    Raises
    ------
    InputError
        If the legend has fewer than 1 or more than 181 classes.

    References
    ----------
    .. [1] UNCCD (2021), Good Practice Guidance, SDG Indicator 15.3.1, version 2.

    Examples
    --------
    >>> land_cover_transition(np.int8([1, 1, -128]), np.int8([1, 3, 2]), classes=7)
    array([     0,      2, -32768], dtype=int16)
    """
    if not 1 <= classes <= MOST_CLASSES:
        raise InputError(
            "a legend has {count} classes",
            count=classes,
            hint="give from 1 to {most_classes}",
            most_classes=MOST_CLASSES,
        )
    known = (initial >= 1) & (initial <= classes) & (final >= 1) & (final <= classes)
    code = (initial.astype(np.int16) - 1) * np.int16(classes) + final - np.int16(1)
    return np.where(known, code, np.int16(EXPORT_NODATA))


def te_transition_code(code: NDArray[np.int16], *, classes: int) -> NDArray[np.int16]:
    """Return transition codes as Trends.Earth writes them, for exports.

    Parameters
    ----------
    code : ndarray of int16, shape (...)
        Codes of `land_cover_transition`.
    classes : int
        Number of classes n of the legend.

    Returns
    -------
    ndarray of int16, shape (...)
        initial * m + final with m = 10 ** ceil(log10(n)); -32768 where unknown.

    Raises
    ------
    InputError
        If n is 10, where the codes of Trends.Earth are ambiguous, or the codes would not fit 16 bits.

    Examples
    --------
    >>> te_transition_code(np.int16([0, 2, -32768]), classes=7)
    array([    11,     13, -32768], dtype=int16)
    """
    multiplier = 1
    while multiplier < classes:
        multiplier *= 10
    if classes == multiplier or classes * multiplier + classes > np.iinfo(np.int16).max:
        raise InputError(
            "Trends.Earth has no code for transitions between {count} classes",
            count=classes,
            hint="use the codes of land_cover_transition",
        )
    wide = code.astype(np.int32)
    te = (wide // classes + 1) * multiplier + wide % classes + 1
    return np.where(code >= 0, te, EXPORT_NODATA).astype(np.int16)


INDICATOR = Indicator(
    id="land-cover-transition",
    title="Land-cover transition",
    inputs=(Band("initial", layer="land_cover", when="start"), Band("final", layer="land_cover", when="end")),
    parameters=(Parameter("classes", 7, unit="classes", low=1, high=MOST_CLASSES),),
    output=Band("land_cover_transition"),
    kernel=land_cover_transition,
    references=("unccd-gpg-2021",),
)
