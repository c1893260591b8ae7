"""Drought classes of an index, the worst of a window of years, and the vegetation condition index."""

import numpy as np
from numpy.typing import NDArray

from landbalance.core.errors import InputError
from landbalance.core.tables import toml_table
from landbalance.core.types import Array, ClassGrid
from landbalance.core.vocab import Drought
from landbalance.indicators.spec import Band, Indicator, Parameter

_ORDER = (("mild", Drought.MILD), ("moderate", Drought.MODERATE), ("severe", Drought.SEVERE))
_NAMES = (*_ORDER, ("extreme", Drought.EXTREME))


def drought_class(index: Array, *, edges: str) -> ClassGrid:
    """Classify a standardised drought index.

    Parameters
    ----------
    index : ndarray of float, shape (...)
        SPI or SPEI [1]; NaN unknown.
    edges : {"prais", "te", "wmo"}
        "prais": 0 is mild and each edge belongs to the worse class; "te": to the better one; "wmo": no mild class.

    Returns
    -------
    ndarray of int8, shape (...)
        `Drought` codes.

    Raises
    ------
    InputError
        If there are no such edges.

    References
    ----------
    .. [1] UNCCD (2026), PRAIS 4 reporting manual, SO3.

    Examples
    --------
    >>> drought_class(np.array([0.3, 0.0, -1.0, -2.4, np.nan]), edges="prais").tolist()
    [0, 1, 2, 4, -128]
    """
    table = toml_table("drought")["edges"]
    if edges not in table:
        raise InputError("there are no edges {edges}", edges=edges, hint="use one of {known}", known=", ".join(table))
    classes = np.zeros(index.shape, dtype=np.int8)
    for name, code in _NAMES:
        edge = table[edges][name]
        reached = index <= edge["edge"] if edge["closed"] else index < edge["edge"]
        classes[reached] = code
    classes[np.isnan(index)] = Drought.NODATA
    return classes


def worst_of_window(index: Array, *, min_valid: int) -> tuple[Array, NDArray[np.int8]]:
    """Return the lowest index of a window of years, and the year it fell in.

    Parameters
    ----------
    index : ndarray of float, shape (year, ...)
        One value a year; NaN unknown.
    min_valid : int
        Known years a cell needs.

    Returns
    -------
    worst : ndarray, shape (...)
        NaN where too few years are known.
    place : ndarray of int8, shape (...)
        Row of the (first) lowest value; -1 where unknown.

    Examples
    --------
    >>> worst_of_window(np.array([[-0.5], [np.nan], [0.3], [-0.2]]), min_valid=3)
    (array([-0.5]), array([0], dtype=int8))
    """
    filled = np.where(np.isnan(index), np.inf, index)
    enough = np.isfinite(index).sum(axis=0) >= min_valid
    worst = np.where(enough, filled.min(axis=0), np.nan).astype(index.dtype)
    return worst, np.where(enough, filled.argmin(axis=0), -1).astype(np.int8)


def vegetation_condition(series: Array) -> Array:
    """Return the vegetation condition index: each value between the least and the greatest of its series.

    Parameters
    ----------
    series : ndarray of float, shape (time, ...)
        NDVI of the same step of the year, year by year; NaN unknown.

    Returns
    -------
    ndarray, shape (time, ...)
        0 to 100; NaN where unknown, and where the series does not vary.

    References
    ----------
    .. [1] Kogan, F.N. (1995), Application of vegetation index and brightness temperature for drought detection,
       Advances in Space Research 15, 91-100.

    Examples
    --------
    >>> vegetation_condition(np.array([0.2, 0.3, 0.6])).round(1).tolist()
    [0.0, 25.0, 100.0]
    """
    low = np.min(np.where(np.isnan(series), np.inf, series), axis=0)
    high = np.max(np.where(np.isnan(series), -np.inf, series), axis=0)
    spread = np.where(high > low, high - low, np.nan)
    return np.asarray(100.0 * (series - np.where(high > low, low, 0.0)) / spread)


def standard_anomaly(series: Array, *, first: int, last: int) -> Array:
    """Return how many standard deviations each value is from the mean of the reference rows.

    Parameters
    ----------
    series : ndarray of float, shape (year, ...)
        Values of one step of the year; NaN unknown.
    first, last : int
        Reference rows, inclusive.

    Returns
    -------
    ndarray, shape (year, ...)
        NaN where unknown, where fewer than three reference values are known, and where they do not vary.

    Examples
    --------
    >>> standard_anomaly(np.array([1.0, 2.0, 3.0, 5.0]), first=0, last=2).tolist()
    [-1.0, 0.0, 1.0, 3.0]
    """
    reference = series[max(first, 0) : last + 1]
    known = np.isfinite(reference)
    count = known.sum(axis=0)
    mean = np.where(known, reference, 0.0).sum(axis=0) / np.maximum(count, 1)
    squares = np.where(known, (reference - mean) ** 2, 0.0).sum(axis=0)
    deviation = np.sqrt(squares / np.maximum(count - 1, 1))
    usable = (count >= 3) & (deviation > 1e-9 * np.abs(mean))
    return np.asarray((series - mean) / np.where(usable, deviation, np.nan))


INDICATOR = Indicator(
    id="drought-class",
    title="Drought class of an index",
    inputs=(Band("index", "1", layer="drought_index"),),
    parameters=(Parameter("edges", "prais", choices=("prais", "te", "wmo"), setting="drought_edges"),),
    output=Drought,
    kernel=drought_class,
    references=("unccd-prais-2026",),
)
