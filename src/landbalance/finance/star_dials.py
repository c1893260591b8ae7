"""The values of a STAR regime one by one, as people set them, and the tables of a regime they stand in."""

from collections.abc import Mapping
from typing import Any

from landbalance.core.errors import NotFoundError
from landbalance.core.tables import toml_table
from landbalance.finance.desk import COMPONENTS, NEEDED_TABLES, regime_names

DIALS: Mapping[str, tuple[str, str]] = {
    "envelope": ("envelope", "value"),
    "ceiling": ("ceiling_share", "value"),
    "performance_exponent": ("exponents", "performance"),
    "benefits_exponent": ("exponents", "benefits"),
    "income_exponent": ("exponents", "income"),
    "degraded": ("benefits_weights", "degraded"),
    "dryland": ("benefits_weights", "dryland"),
    "people": ("benefits_weights", "people"),
    "normaliser": ("normaliser", "value"),
    "floor_ldc": ("floors", "ldc"),
    "floor_sids": ("floors", "sids"),
    "floor_other": ("floors", "other"),
    "total_ldc": ("aggregate_floors", "ldc"),
    "total_sids": ("aggregate_floors", "sids"),
    "total_other": ("aggregate_floors", "other"),
    "portfolio": ("gpi_weights", "portfolio"),
    "policy": ("gpi_weights", "policy"),
    "broad": ("gpi_weights", "broad"),
    "full_below": ("flexibility", "full_below"),
    "fixed": ("flexibility", "fixed"),
    "share": ("flexibility", "share"),
}
Tables = Mapping[str, Mapping[str, Any]]


def dials_of(id: str, own: Tables | None = None) -> dict[str, Any]:  # noqa: A002 - what people call it
    """Return every value of a regime that is known, by dial.

    Parameters
    ----------
    own : mapping of str to mapping, optional
        Tables of one's own, as in the package file; they win.

    Raises
    ------
    NotFoundError
        If there is no such regime.

    Examples
    --------
    >>> dials_of("gef-6")["envelope"], sorted(dials_of("gef-9"))
    (346.0, [])
    """
    tables = _tables(id) | dict(own or {})
    found = {dial: tables.get(table, {}).get(name) for dial, (table, name) in DIALS.items()}
    return {dial: value for dial, value in found.items() if value is not None}


def own_tables(id: str, dials: Mapping[str, Any], own: Tables | None = None) -> dict[str, dict[str, Any]]:  # noqa: A002
    """Return the tables of one's own that make a regime say what the dials say; what nobody changed stays out.

    A table that is changed loses the mark of where it was read: it is an assumption.

    Examples
    --------
    >>> own_tables("gef-6", {"envelope": 400.0, "ceiling": 0.10})
    {'envelope': {'value': 400.0}}
    """
    known, before = dials_of(id, own), _tables(id) | dict(own or {})
    found = {name: dict(table) for name, table in (own or {}).items()}
    for dial, value in dials.items():
        if value is None or known.get(dial) == value or (value == 0 and dial not in known):
            continue
        table, name = DIALS[dial]
        kept = {key: each for key, each in before.get(table, {}).items() if key != "tag"}
        found[table] = {**kept, **found.get(table, {}), name: value}
        found[table].pop("tag", None)
    return {name: _whole(name, table) for name, table in found.items()}


def scaled_weights(dials: Mapping[str, Any]) -> dict[str, Any]:
    """Return dials whose weights of benefits sum to 1, in the proportions they were set; others as they are.

    Examples
    --------
    >>> scaled_weights({"degraded": 1.0, "dryland": 2.0, "people": 1.0})["dryland"]
    0.5
    """
    total = sum(dials.get(name) or 0.0 for name in COMPONENTS)
    if not total:
        return dict(dials)
    return {**dials, **{name: (dials.get(name) or 0.0) / total for name in COMPONENTS}}


def open_tables(id: str, own: Tables | None = None) -> tuple[str, ...]:  # noqa: A002
    """Return which tables an allocation needs that are neither in the package nor given.

    Examples
    --------
    >>> open_tables("gef-9"), open_tables("gef-8")
    (('exponents', 'benefits_weights', 'envelope', 'ceiling_share'), ())
    """
    tables = _tables(id) | dict(own or {})
    return tuple(name for name in NEEDED_TABLES if name not in tables)


def _tables(id: str) -> dict[str, Any]:  # noqa: A002
    """Return the tables of a regime of the package."""
    if id not in dict(regime_names()):
        known = ", ".join(name for name, _title in regime_names())
        raise NotFoundError("there is no regime {id}", id=id, known=known, hint="use one of {known}")
    rows = toml_table("finance/star_regimes")[id].items()
    return {name: table for name, table in rows if isinstance(table, dict)}


def _whole(name: str, table: dict[str, Any]) -> dict[str, Any]:
    """Return a table of floors or weights with all its entries; those nobody gave are zero."""
    wanted = [key for home, key in DIALS.values() if home == name]
    return dict.fromkeys(wanted, 0.0) | table if name in ("floors", "aggregate_floors", "gpi_weights") else table
