"""Land-use factors of soil organic carbon by climate zone and transition, and the tables national tiers start from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from landbalance.core.errors import InputError, NotFoundError
from landbalance.core.tables import toml_table

NATIONAL = "national"
NATIONAL_BASE = "ipcc2006"  # where a national table says nothing, the default of the UNCCD stands


@dataclass(frozen=True)
class Coefficient:
    """A factor or stock of an IPCC table: value, error [2 sd in %, NaN unknown], and whether it is to be verified."""

    value: float
    error: float
    verify: bool


def factor_sets() -> tuple[str, ...]:
    """Return the names of the packaged factor sets."""
    return tuple(toml_table("soc_factors")["set"])


def climate_zones() -> dict[int, str]:
    """Return the IPCC climate zones: code in the packaged map -> name."""
    return {zone["code"]: zone["name"] for zone in toml_table("soc_factors")["zone"]}


def factor_array(name: str, national: Mapping[int, Sequence[Sequence[float]]] | None = None) -> NDArray[np.float64]:
    """Return the 20-year multiplier of the stock by climate zone, initial and final UNCCD class.

    Parameters
    ----------
    name : str
        "ipcc2006", "ipcc2019" or "national".
    national : mapping of int to sequence, optional
        Factors of the country: zone -> 7 x 7, NaN where it gives none (the ipcc2006 value then stands).

    Returns
    -------
    ndarray of float64, shape (zones + 1, 7, 7)
        NaN for zone 0 (no zone) and where no factor is known.

    Raises
    ------
    NotFoundError
        If there is no such set, or a national one is asked for and none given.
    InputError
        If a national table names a zone below 1.

    References
    ----------
    .. [1] IPCC (2006), Guidelines for National Greenhouse Gas Inventories, volume 4, table 5.5.
    .. [2] IPCC (2019), Refinement to the 2006 Guidelines, volume 4, table 5.5.

    Examples
    --------
    >>> factor_array("ipcc2006")[12, 0, 2], factor_array("ipcc2019")[12, 0, 2]
    (np.float64(0.58), np.float64(0.92))
    """
    if name in factor_sets():
        return _packaged(name)
    if name != NATIONAL or national is None:
        raise NotFoundError(
            "no set of land-use factors is called {name}",
            name=name,
            hint="use one of {known}, or national with a factor table",
            known=", ".join(factor_sets()),
        )
    strange = [zone for zone in national if zone < 1]
    if strange:
        raise InputError("land-use factors name climate zone {zone}", zone=strange[0], hint="zones count from 1")
    base = _packaged(NATIONAL_BASE)
    factors = np.full((max([len(base), *(zone + 1 for zone in national)]), 7, 7), np.nan)
    factors[: len(base)] = base
    for zone, table in national.items():
        stated = np.asarray(table, dtype=np.float64)
        factors[zone] = np.where(np.isnan(stated), factors[zone], stated)
    return factors


def coefficient(name: str, factor: str, regime: str) -> Coefficient:
    """Return one factor of a set for a climate regime, with its error.

    Raises
    ------
    NotFoundError
        If the set has no such factor or regime.

    Examples
    --------
    >>> coefficient("ipcc2019", "no_tillage", "warm_dry")
    Coefficient(value=1.04, error=3.0, verify=False)
    """
    table = _table(name)
    return _cell(table["factor"], factor, table["regimes"], regime)


def reference_stock(name: str, soil: str, region: str) -> Coefficient:
    """Return one reference stock under native vegetation, top 30 cm [t C ha-1]; NaN where the table has none.

    Raises
    ------
    NotFoundError
        If the set has no such soil or region.
    """
    table = _table(name)["stock"]
    return _cell(table, soil, table["regions"], region)


def _table(name: str) -> dict[str, Any]:
    """Return the table of one set."""
    if name not in factor_sets():
        raise NotFoundError(
            "no factor set is called {name}", name=name, hint="use {known}", known=" or ".join(factor_sets())
        )
    found: dict[str, Any] = toml_table("soc_factors")["set"][name]
    return found


def _cell(table: dict[str, Any], row: str, columns: list[str], column: str) -> Coefficient:
    """Return one cell of a table of values and errors."""
    if row not in table or not isinstance(table[row], dict) or column not in columns:
        raise NotFoundError(
            "no coefficient {row} for {column}",
            row=row,
            column=column,
            hint="the columns are {known}",
            known=", ".join(columns),
        )
    place, cells = columns.index(column), table[row]
    errors, doubtful = cells.get("errors"), cells.get("verify", [])
    return Coefficient(
        float(cells["values"][place]),
        float(errors[place]) if errors else float("nan"),
        column in doubtful or "all" in doubtful,
    )


@cache
def _packaged(name: str) -> NDArray[np.float64]:
    """Return a packaged factor set as a read-only array."""
    table = toml_table("soc_factors")
    factors = np.full((len(table["zone"]) + 1, 7, 7), np.nan)
    for zone in table["zone"]:
        crop = coefficient(name, "annual_crops", zone[name]).value
        factors[zone["code"]] = _rule(table["land_use"]["rows"], crop, table["land_use"]["wet"])
    factors.setflags(write=False)
    return factors


def _rule(rows: list[list[str]], crop: float, wet: float) -> NDArray[np.float64]:
    """Return the 7 x 7 multipliers that a table of symbols stands for."""
    symbols = {"f": crop, "w": wet, "/f": 1 / crop, "/w": 1 / wet}
    return np.array([[symbols[cell] if cell in symbols else float(cell) for cell in row] for row in rows])
