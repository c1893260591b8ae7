"""What a person wants of a pack, and the plan that follows from it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from landbalance.core.sources import Source, sources
from landbalance.core.tables import toml_table
from landbalance.io.packs.boundaries import extent_of_boundary, given_boundary
from landbalance.io.packs.plan import Plan, Size, plan_pack


@dataclass(frozen=True)
class Order:
    """What is wanted.

    Parameters
    ----------
    iso3 : str
    size : {"minimal", "standard", "full"}
    years : str
    only : tuple of str
        Roles, where not all are wanted.
    boundary : Path or None
        The country's own boundary.
    registry : mapping of str to Source
    fallback : bool
        Whether another source may stand in for one that fails.
    must_resume : bool
        Whether there has to be something to take up.
    """

    iso3: str
    size: Size = "standard"
    years: str = ""
    only: tuple[str, ...] = ()
    boundary: Path | None = None
    registry: Mapping[str, Source] = field(default_factory=sources)
    fallback: bool = False
    must_resume: bool = False


def planned(order: Order) -> Plan:
    """Return what an order takes, without asking anybody.

    Raises
    ------
    NotFoundError
        If there is no such country.
    InputError
        If the years are none, or the boundary cannot be read.
    """
    extent = None
    if order.boundary:
        extent = extent_of_boundary(given_boundary(order.boundary), toml_table("pack")["buffer_km"])
    return plan_pack(
        order.iso3, size=order.size, years=order.years, extent=extent, registry=order.registry, only=order.only
    )
