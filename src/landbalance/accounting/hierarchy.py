"""Areas that ask to avoid, reduce or reverse, and warnings where a target says otherwise (reporting B.6)."""

from dataclasses import dataclass
from math import fsum
from typing import cast

import pandas as pd

from landbalance.core.vocab import Response


@dataclass(frozen=True)
class HierarchyRow:
    """Land by response [km2] in one zone; unknown land is none of them."""

    zone: str
    avoid_km2: float
    reduce_km2: float
    reverse_km2: float
    unknown_km2: float

    @property
    def total_km2(self) -> float:
        """Return the land with a known status."""
        return self.avoid_km2 + self.reduce_km2 + self.reverse_km2


def hierarchy_rows(areas: pd.DataFrame, by: str, names: dict[int, str]) -> tuple[HierarchyRow, ...]:
    """Return the areas by response for each zone of a column.

    Parameters
    ----------
    areas : DataFrame
        Columns response (`Response` codes), area_km2, and `by`.
    by : str
        Column that holds the zones.
    names : dict of int to str
        Names of the zones.

    Examples
    --------
    >>> areas = pd.DataFrame({"domain": [1, 1], "response": [1, 3], "area_km2": [5.0, 2.0]})
    >>> hierarchy_rows(areas, "domain", {1: "North"})
    (HierarchyRow(zone='North', avoid_km2=5.0, reduce_km2=0.0, reverse_km2=2.0, unknown_km2=0.0),)
    """
    rows = []
    for zone, part in areas.groupby(by, sort=True):
        found = {code: fsum(part.loc[part["response"] == code, "area_km2"]) for code in Response}
        rows.append(HierarchyRow(names.get(cast("int", zone), str(zone)), *found.values()))
    return tuple(rows)


def does_not_fit(response: str, degraded_share: float, *, limit: float) -> bool:
    """Return whether the land of a target asks for another response than it names.

    Parameters
    ----------
    response : str
        avoid, reduce or reverse.
    degraded_share : float
        Share [1] of its land that is degraded.
    limit : float
        Share [1] from which "avoid" does not fit, and below which "reverse" does not.

    Examples
    --------
    >>> does_not_fit("avoid", 0.5, limit=0.3), does_not_fit("reverse", 0.5, limit=0.3)
    (True, False)
    """
    if response == "reverse":
        return degraded_share < limit
    return response == "avoid" and degraded_share > limit
