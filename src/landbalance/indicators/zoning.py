"""Zones made from layers: by class, by land type and by aridity, numbered from 1."""

from collections.abc import Iterable

import numpy as np

from landbalance.core.errors import RuleError
from landbalance.core.types import Array, FloatGrid, UnitGrid
from landbalance.indicators.spec import Band, Indicator, Reduction
from landbalance.kernels.distinct import distinct_counts

DRYLAND_LOW, DRYLAND_HIGH = np.float32(0.05), np.float32(0.65)  # affected areas, methods 0.6
KEY_BITS = 62  # of the number that stands for a combination, shared by its layers


def zone_of_class(classes: Array) -> UnitGrid:
    """Return the class position as a zone number.

    Parameters
    ----------
    classes : ndarray of int8, shape (...)
        Positions 1 to n; negative where unknown.

    Returns
    -------
    ndarray of int32, shape (...)
        The position, 0 where unknown.

    Examples
    --------
    >>> zone_of_class(np.int8([3, -128])).tolist()
    [3, 0]
    """
    return np.maximum(classes, 0).astype(np.int32)


def affected_land(aridity: FloatGrid) -> UnitGrid:
    """Return 1 in drylands: aridity index from 0.05 to 0.65 (UNCCD affected areas).

    Parameters
    ----------
    aridity : ndarray of float32, shape (...)
        Rain over potential evapotranspiration [1]; NaN where unknown.

    Returns
    -------
    ndarray of int32, shape (...)
        1 inside, else 0.

    Examples
    --------
    >>> affected_land(np.float32([0.04, 0.05, 0.65, 0.7, np.nan])).tolist()
    [0, 1, 1, 0, 0]
    """
    return ((aridity >= DRYLAND_LOW) & (aridity <= DRYLAND_HIGH)).astype(np.int32)


def land_type(layers: Array, types: Array) -> UnitGrid:
    """Return the number of each cell's combination of classes.

    Parameters
    ----------
    layers : ndarray of int32, shape (layer, pixel)
        Class codes; negative where unknown.
    types : ndarray of int32, shape (type, layer)
        All combinations that occur, sorted.

    Returns
    -------
    ndarray of int32, shape (pixel,)
        Row of the combination in `types`, counted from 1; 0 where a layer is unknown.

    Raises
    ------
    RuleError
        If a code is too large for so many layers.

    Examples
    --------
    >>> land_type(np.int32([[1, 1, -1], [5, 6, 5]]), np.int32([[1, 5], [1, 6]])).tolist()
    [1, 2, 0]
    """
    if not types.size:
        return np.zeros(layers.shape[1], dtype=np.int32)
    keys, known = _keys(layers), _keys(types.T)
    return np.where(keys >= 0, np.searchsorted(known, keys) + 1, 0).astype(np.int32)


def combinations(layers: Array) -> frozenset[tuple[int, ...]]:
    """Return the combinations of known classes in one chunk.

    Parameters
    ----------
    layers : ndarray of int32, shape (layer, pixel)

    Returns
    -------
    frozenset of tuple of int

    Examples
    --------
    >>> sorted(combinations(np.int32([[1, 1, -1], [5, 6, 5]])))
    [(1, 5), (1, 6)]
    """
    bits = KEY_BITS // layers.shape[0]
    keys = _keys(layers)
    found, _ = distinct_counts(keys if keys.min(initial=0) >= 0 else keys[keys >= 0])
    places = [bits * place for place in reversed(range(layers.shape[0]))]
    return frozenset(tuple(int(key) >> place & (1 << bits) - 1 for place in places) for key in found)


def _keys(layers: Array) -> Array:
    """Return one number per combination, in the order of the combinations; -1 where a layer is unknown."""
    bits = KEY_BITS // layers.shape[0]
    keys = np.zeros(layers.shape[1], dtype=np.int64)
    unknown = np.zeros(layers.shape[1], dtype=bool)
    for layer in layers:
        if int(layer.max(initial=0)) >> bits:
            raise RuleError("land types cannot tell class {code}", code=int(layer.max()), hint="combine fewer layers")
        unknown |= layer < 0
        keys = (keys << bits) | layer
    keys[unknown] = -1
    return keys


def _both(left: Iterable[tuple[int, ...]], right: Iterable[tuple[int, ...]]) -> frozenset[tuple[int, ...]]:
    """Return the combinations of two chunks together."""
    return frozenset(left) | frozenset(right)


def _sorted(whole: Iterable[tuple[int, ...]] | None) -> Array:
    """Return all combinations as sorted rows."""
    return np.asarray(sorted(whole or ()), dtype=np.int32)


def _dumped(part: Iterable[tuple[int, ...]]) -> tuple[Array]:
    """Return combinations as an array."""
    return (_sorted(part),)


def _loaded(arrays: tuple[Array, ...]) -> frozenset[tuple[int, ...]]:
    """Return the combinations that an array holds."""
    return frozenset(map(tuple, arrays[0].tolist()))


ZONE_OF_CLASS = Indicator(
    id="zone-of-class",
    title="Zones by class",
    inputs=(Band("classes"),),
    output=Band("zone", "class"),
    kernel=zone_of_class,
    references=("unccd-prais-2026",),
)
AFFECTED_LAND = Indicator(
    id="affected-land",
    title="Affected areas (drylands)",
    inputs=(Band("aridity", "1"),),
    output=Band("zone", "class"),
    kernel=affected_land,
    references=("unccd-prais-2026",),
)
LAND_TYPE = Indicator(
    id="land-type",
    title="Land types",
    inputs=(Band("layers", "class"),),
    output=Band("zone", "class"),
    kernel=land_type,
    references=("orr-2017",),
    reduction=Reduction(
        fills="types", inputs=("layers",), chunk=combinations, merge=_both, finish=_sorted, dump=_dumped, load=_loaded
    ),
)
