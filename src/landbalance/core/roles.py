"""What layers are for and what they measure: roles and quantities, with canonical units and plausible bounds."""

from dataclasses import dataclass

from landbalance.core.layers import Kind
from landbalance.core.tables import toml_table


@dataclass(frozen=True)
class Role:
    """What a layer is for; `is_series` tells that it has years, `quantity` what it measures unless stated."""

    id: str
    title: str
    quantity: str = ""
    is_series: bool = False


@dataclass(frozen=True)
class Quantity:
    """What a layer measures: canonical unit, kind, and the plausible range in that unit."""

    id: str
    title: str
    unit: str
    kind: Kind
    low: float | None = None
    high: float | None = None


def roles() -> dict[str, Role]:
    """Return the roles the engine knows; any other name is an input of a national indicator.

    Examples
    --------
    >>> roles()["land_cover"].quantity
    'class'
    """
    return {
        name: Role(name, row["title"], row.get("quantity", ""), row.get("series", False))
        for name, row in toml_table("roles")["role"].items()
    }


def quantities() -> dict[str, Quantity]:
    """Return the quantities with a canonical unit.

    Examples
    --------
    >>> quantities()["ndvi"].high
    1.0
    """
    return {
        name: Quantity(name, row["title"], row["unit"], row["kind"], row.get("low"), row.get("high"))
        for name, row in toml_table("roles")["quantity"].items()
    }
