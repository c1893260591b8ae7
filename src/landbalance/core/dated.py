"""Dated parameters: values with unit, source, date and how sure they are, from data files a country can override."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from landbalance._version import __version__
from landbalance.core.errors import InputError, NotFoundError
from landbalance.core.tables import toml_table

DOUBTFUL = ("M", "S*", "P", "?")


@dataclass(frozen=True)
class Basis:
    """What figures rest on: methods, dated tables with their status and day, and the version of the program."""

    methods: tuple[str, ...]
    tables: Mapping[str, Mapping[str, str]]
    version: str


@dataclass(frozen=True)
class Dated:
    """One parameter: its value, unit, tag (S, K, M, P ...), source, the day it was checked, and a national reason."""

    name: str
    value: float
    unit: str
    tag: str
    source: str
    checked_on: str
    reason: str = ""

    @property
    def is_unverified(self) -> bool:
        """Return whether no outside authority was read for it."""
        return self.tag in DOUBTFUL


@dataclass(frozen=True)
class Override:
    """A national value of a dated parameter, with its reason."""

    value: float
    reason: str


def dated_values(table: str, overrides: Mapping[str, Override] | None = None) -> Mapping[str, Dated]:
    """Return the parameters of a package table, national values in their place.

    Raises
    ------
    NotFoundError
        If there is no such table, or an override names no parameter of it.
    InputError
        If an override gives no reason.

    Examples
    --------
    >>> dated_values("finance/parameters")["marker_significant"].value
    0.4
    """
    found = dict(_packaged(table))
    for name, override in (overrides or {}).items():
        if name not in found:
            raise NotFoundError(
                "{table} has no parameter {name}",
                table=table,
                name=name,
                hint="use one of {known}",
                known=", ".join(sorted(found)),
            )
        if not override.reason.strip():
            raise InputError("{name} is overridden without a reason", name=name, hint="state why, with its source")
        found[name] = replace(found[name], value=override.value, tag="national", reason=override.reason)
    return found


def basis(methods: Sequence[str], tables: Sequence[str]) -> Basis:
    """Return what figures rest on.

    Examples
    --------
    >>> basis(["npv/1"], ["finance/parameters"]).tables["finance/parameters"]["status"]
    'draft'
    """
    told: dict[str, dict[str, str]] = {}
    for name in tables:
        table = toml_table(name)
        told[name] = {key: str(table[key]) for key in ("valid_from", "checked_on", "status") if key in table}
    return Basis(tuple(methods), told, __version__)


@cache
def _packaged(table: str) -> Mapping[str, Dated]:
    """Return the packaged parameters of a table."""
    read: Mapping[str, Any] = toml_table(table)
    day = str(read.get("checked_on", ""))
    return {
        name: Dated(name, float(row["value"]), row["unit"], row["tag"], row["source"], str(row.get("checked_on", day)))
        for name, row in read.items()
        if isinstance(row, dict)
    }
