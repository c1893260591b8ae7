"""Dated parameters: values with unit, source, date and how sure they are, from data files a country can override."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from landbalance.core.errors import InputError, NotFoundError
from landbalance.core.tables import toml_table

DOUBTFUL = ("M", "S*", "P", "?")


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
