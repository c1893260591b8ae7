"""Exact counting: class codes to one flat index, and integer weights summed by zone and index."""

import numpy as np
from numpy.typing import NDArray

from landbalance.core.errors import RuleError
from landbalance.core.types import Array
from landbalance.kernels.compile import kernel


def code_lookup(codes: tuple[int, ...]) -> NDArray[np.int16]:
    """Return a table of 256 places: code + 128 -> position among `codes`, -1 for a code that is not among them.

    Examples
    --------
    >>> code_lookup((-1, 0, 1, -128))[[127, 128, 129, 0, 200]].tolist()
    [0, 1, 2, 3, -1]
    """
    table = np.full(256, -1, dtype=np.int16)
    for place, code in enumerate(codes):
        table[code + 128] = place
    return table


def flat_index(layers: list[Array], codes: list[tuple[int, ...]]) -> NDArray[np.int32]:
    """Return for each cell its place in the table over all axes, row-major.

    Parameters
    ----------
    layers : list of ndarray of int8, shape (pixel,)
        One class layer per axis.
    codes : list of tuple of int
        The codes along each axis.

    Returns
    -------
    ndarray of int32, shape (pixel,)

    Raises
    ------
    RuleError
        If a layer holds a code that its axis does not have.

    Examples
    --------
    >>> flat_index([np.int8([-1, 1]), np.int8([0, 1])], [(-1, 0, 1), (0, 1)]).tolist()
    [0, 5]
    """
    index = np.zeros(layers[0].shape[0] if layers else 0, dtype=np.int32)
    for layer, allowed in zip(layers, codes, strict=True):
        if _fold(index, layer, code_lookup(allowed), len(allowed)):
            strange = sorted({int(code) for code in np.unique(layer)} - set(allowed))
            raise RuleError("a class layer holds {codes}", codes=strange, hint=f"its table has only {list(allowed)}")
    return index


@kernel
def _fold(index: Array, layer: Array, lookup: Array, size: int) -> int:
    """Append one axis to the flat index, in place; return how many cells have a strange code."""
    strange = 0
    for cell in range(index.size):
        place = lookup[np.int64(layer[cell]) + 128]
        strange += place < 0
        index[cell] = index[cell] * size + max(place, 0)
    return strange


@kernel
def add_by_zone(totals: Array, zones: Array, index: Array, weights: Array) -> None:
    """Add integer weights to `totals[zone, index]`, in place.

    Parameters
    ----------
    totals : ndarray of int64, shape (zone, cell of the table)
    zones, index : ndarray of integer, shape (pixel,)
    weights : ndarray of int64, shape (pixel,)
    """
    for cell in range(index.size):
        totals[zones[cell], index[cell]] += weights[cell]


@kernel
def add_to_nation(totals: Array, index: Array, weights: Array) -> None:
    """Add integer weights to `totals[index]`, in place."""
    for cell in range(index.size):
        totals[index[cell]] += weights[cell]
