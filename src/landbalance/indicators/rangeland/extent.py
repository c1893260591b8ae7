"""Rangeland extent under several stated definitions."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from landbalance.core.tables import toml_table
from landbalance.core.types import Array
from landbalance.core.vocab import LandCover

DRYLAND = 0.65


@dataclass(frozen=True)
class Definition:
    """What counts as rangeland.

    Parameters
    ----------
    id, title : str
    codes : tuple of int
        Codes of the land-cover legend.
    unccd : tuple of int
        Classes, where the map has no finer legend.
    arid_other : bool
        Whether other land of the drylands counts.
    """

    id: str
    title: str
    codes: tuple[int, ...]
    unccd: tuple[int, ...]
    arid_other: bool


def definitions() -> tuple[Definition, ...]:
    """Return the definitions of the package, from strict to broad.

    Examples
    --------
    >>> [each.id for each in definitions()]
    ['strict', 'default', 'broad']
    """
    return tuple(
        Definition(row["id"], row["title"], tuple(row["esa_cci"]), tuple(row["unccd"]), row.get("arid_other", False))
        for row in toml_table("rangeland")["definition"]
    )


def rangeland_mask(
    codes: Array, classes: Array, aridity: Array | None, definition: Definition, *, has_codes: bool
) -> NDArray[np.bool_]:
    """Return which cells are rangeland.

    Parameters
    ----------
    codes : ndarray of int, shape (...)
        Codes of ESA CCI land cover; read only where `has_codes`.
    classes : ndarray of int, shape (...)
        UNCCD classes.
    aridity : ndarray of float, shape (...), or None
        Aridity index; NaN unknown.
    definition : Definition
    has_codes : bool
        Whether the map has the finer legend.

    Returns
    -------
    ndarray of bool, shape (...)

    Examples
    --------
    >>> strict, default, broad = definitions()
    >>> codes, classes = np.array([130, 120, 200, 10]), np.array([2, 2, 6, 3])
    >>> dry = np.array([0.1, 0.1, 0.1, 0.1])
    >>> [rangeland_mask(codes, classes, dry, each, has_codes=True).tolist() for each in (strict, default)]
    [[True, False, False, False], [True, True, True, False]]
    """
    inside = np.isin(codes, definition.codes) if has_codes else np.isin(classes, definition.unccd)
    if definition.arid_other and aridity is not None:
        inside |= (classes == LandCover.OTHER_LAND) & (aridity < DRYLAND)
    return np.asarray(inside)
