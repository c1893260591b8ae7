"""Refuse a run in which a registered layer says nothing anywhere: it would look like a result and hold none."""

from collections.abc import Mapping

from landbalance.core.crosstab import Crosstab
from landbalance.core.errors import InputError
from landbalance.core.workspace import Workspace

ROLES = {"land_cover": ("land_cover",), "productivity": ("productivity", "lpd"), "soc": ("soc",)}


def refuse_empty(tables: Mapping[str, Crosstab], workspace: Workspace) -> None:
    """Refuse tables in which one of the three layers is registered and without data in every period.

    Raises
    ------
    InputError
        If there is such a layer, land cover first, since the others lean on it.
    """
    for axis, roles in ROLES.items():
        layer = next((found for role in roles if (found := workspace.layer(role))), None)
        counted = [table for period in workspace.periods if (table := tables.get(f"given.{axis}.{period.name}.nation"))]
        whole, given = sum(table.total() for table in counted), sum(table.total(given=1) for table in counted)
        if layer is not None and whole > 0 and not given:
            raise InputError(
                "layer {role} has no data anywhere in the area",
                role=layer.role,
                hint="see landbalance data check: its nodata values, legend, scale or place may be wrong;"
                " to go on without it, take it out of landbalance.toml",
            )
