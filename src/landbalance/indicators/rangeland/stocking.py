"""Herds in tropical livestock units, and how hard they press on the forage."""

from collections.abc import Mapping

import numpy as np

from landbalance.core.errors import InputError
from landbalance.core.tables import toml_table


def livestock_units(heads: Mapping[str, float], factors: Mapping[str, float] | None = None) -> float:
    """Return herds as tropical livestock units.

    Parameters
    ----------
    heads : mapping of str to float
        Animals by species.
    factors : mapping of str to float, optional
        Units of one animal; the package's table when not given.

    Returns
    -------
    float
        [tropical livestock units].

    Raises
    ------
    InputError
        If a species has no factor, or a number is negative.

    Examples
    --------
    >>> livestock_units({"cattle": 100, "goat": 300})
    100.0
    """
    table = dict(toml_table("rangeland")["tlu"]["factors"]) | dict(factors or {})
    for species, count in heads.items():
        if species not in table:
            raise InputError(
                "{species} has no livestock factor",
                species=species,
                hint="use one of {known}",
                known=", ".join(sorted(table)),
            )
        if not count >= 0:
            raise InputError("{species}: {count} animals", species=species, count=count, hint="give a number from 0 on")
    return float(sum(count * table[species] for species, count in heads.items()))


def pressure_class(pressure: float) -> str:
    """Return the class of demand over usable forage.

    Examples
    --------
    >>> [pressure_class(each) for each in (0.5, 0.7, 1.2, 2.0, float("nan"))]
    ['light', 'near capacity', 'over capacity', 'severe', 'unknown']
    """
    if not np.isfinite(pressure):
        return "unknown"
    table = toml_table("rangeland")["pressure"]
    return str(table["names"][int(np.searchsorted(table["edges"], pressure, side="right"))])
