"""The balance sheet of neutrality: gains against losses, like for like (methods 6.2, reporting B.7)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from typing import cast

import numpy as np
import pandas as pd

from landbalance.accounting.land_types import UNKNOWN, LandType
from landbalance.core.errors import InputError
from landbalance.core.types import Array
from landbalance.core.vocab import LandCondition, Status
from landbalance.indicators.gains_losses import GAINS, LOSSES

KNOWN = (Status.DEGRADED, Status.STABLE, Status.IMPROVED)
MATRIX = ((1, 3, 6), (2, 4, 6), (2, 5, 7))  # methods 4.3: rows baseline, columns period
CONDITION_OF = {
    (int(before), int(now)): LandCondition(MATRIX[row][column])
    for row, before in enumerate(KNOWN)
    for column, now in enumerate(KNOWN)
}
EDGE_KM2 = 1e-9
WHOLE = 0  # domain of a country that is not divided


@dataclass(frozen=True)
class BalanceRow:
    """Gains and losses of one land type in one planning domain [km2].

    Parameters
    ----------
    land_type, name : int, str
        The type.
    domain, domain_name : int, str
        Where.
    conditions : tuple of float
        Area of each of the seven classes of land condition.
    is_tradable : bool
        Whether gains may make good its losses.
    """

    land_type: int
    name: str
    domain: int
    domain_name: str
    conditions: tuple[float, ...]
    is_tradable: bool = True

    @property
    def gains_km2(self) -> float:
        """Return land that improved: recent and persistent improvement."""
        return fsum(self.conditions[code - 1] for code in GAINS)

    @property
    def losses_km2(self) -> float:
        """Return land that degrades: recent and persistent degradation."""
        return fsum(self.conditions[code - 1] for code in LOSSES)

    @property
    def persistent_km2(self) -> float:
        """Return the part of the losses that was degraded at the baseline as well."""
        return self.conditions[LandCondition.PERSISTENT_DEGRADATION - 1]

    @property
    def net_km2(self) -> float:
        """Return gains less losses."""
        return self.gains_km2 - self.losses_km2

    @property
    def total_km2(self) -> float:
        """Return all land of the type whose condition is known."""
        return fsum(self.conditions)

    @property
    def share(self) -> float | None:
        """Return the net as a share [1] of the type, None where it has no land."""
        return self.net_km2 / self.total_km2 if self.total_km2 else None

    @property
    def need_km2(self) -> float:
        """Return the gains that are missing; no gain pays for the loss of an irreplaceable type."""
        return max(0.0, -self.net_km2) if self.is_tradable else self.losses_km2

    @property
    def is_achieved(self) -> bool:
        """Return whether losses are made good."""
        return self.need_km2 <= EDGE_KM2

    @property
    def has_change(self) -> bool:
        """Return whether there is a gain or a loss."""
        return self.gains_km2 > 0 or self.losses_km2 > 0


@dataclass(frozen=True)
class Balance:
    """The balance of a country over two periods.

    Parameters
    ----------
    rows : tuple of BalanceRow
        Per land type and domain, those without change included.
    transitions : tuple of tuple of float
        Area [km2] by status before (rows: degraded, stable, improved) and now (columns), of all land types together.
    left_out_km2 : float
        Land whose status is unknown in one of the two periods: outside the common mask.
    without_type_km2 : float
        Land with a known condition and no land type: outside the balance.
    """

    rows: tuple[BalanceRow, ...]
    transitions: tuple[tuple[float, ...], ...]
    left_out_km2: float
    without_type_km2: float

    @property
    def gains_km2(self) -> float:
        """Return all gains."""
        return fsum(row.gains_km2 for row in self.rows)

    @property
    def losses_km2(self) -> float:
        """Return all losses."""
        return fsum(row.losses_km2 for row in self.rows)

    @property
    def net_km2(self) -> float:
        """Return gains less losses, all land types together."""
        return self.gains_km2 - self.losses_km2

    @property
    def need_km2(self) -> float:
        """Return the gains that are missing, land type by land type."""
        return fsum(row.need_km2 for row in self.rows)

    @property
    def degraded_before_km2(self) -> float:
        """Return land degraded at the first period, on the common mask."""
        return fsum(self.transitions[0])

    @property
    def degraded_now_km2(self) -> float:
        """Return land degraded now against the baseline: all that was and did not improve, and what degraded."""
        (both, still, _), (newly, *_), (fallen, *_) = self.transitions
        return both + still + newly + fallen

    @property
    def headline_change_km2(self) -> float:
        """Return the change of degraded land, the headline of SO 1-4."""
        return self.degraded_now_km2 - self.degraded_before_km2

    @property
    def is_net_area_neutral(self) -> bool:
        """Return whether gains are at least losses in sum: one land type may pay for another."""
        return self.net_km2 >= -EDGE_KM2

    @property
    def is_like_for_like(self) -> bool:
        """Return whether every land type is neutral in every domain: neutrality as the Convention means it."""
        return all(row.is_achieved for row in self.rows)

    @property
    def failing(self) -> tuple[BalanceRow, ...]:
        """Return the rows that are not neutral, the greatest need first."""
        return tuple(sorted((row for row in self.rows if not row.is_achieved), key=lambda row: -row.need_km2))

    @property
    def without_change(self) -> tuple[BalanceRow, ...]:
        """Return the rows without gain or loss."""
        return tuple(row for row in self.rows if not row.has_change)


def balance(areas: pd.DataFrame, types: Sequence[LandType], domains: Mapping[int, str] | None = None) -> Balance:
    """Return gains, losses and need per land type and planning domain.

    Parameters
    ----------
    areas : DataFrame
        Columns land_type (0 unknown), baseline and period (`Status` codes), area_km2, and domain where there are any.
    types : sequence of LandType
        All types; one that does not occur in a domain has no row there.
    domains : mapping of int to str, optional
        Names of the domains; the country as a whole when not given.

    Raises
    ------
    InputError
        If a column is missing or a land type unknown.

    Examples
    --------
    >>> areas = pd.DataFrame({"land_type": [1, 1, 2], "baseline": [0, -1, 0], "period": [-1, 1, 0],
    ...     "area_km2": [5.0, 7.0, 3.0]})
    >>> found = balance(areas, [LandType(1, "forest", (1,)), LandType(2, "other", (2,))])
    >>> [(row.name, row.net_km2, row.is_achieved) for row in found.rows]
    [('forest', 2.0, True), ('other', 0.0, True)]
    """
    checked = _checked(areas, types)
    known = checked[checked["baseline"].isin(KNOWN) & checked["period"].isin(KNOWN)]
    left_out = checked.loc[~checked.index.isin(known.index), "area_km2"]
    typed = known[known["land_type"] != UNKNOWN]
    names = {WHOLE: ""} if domains is None else dict(domains)
    by_number = {each.number: each for each in types}
    rows = tuple(
        _row(by_number[number], domain, names, part) for (number, domain), part in _parts(typed, "land_type", "domain")
    )
    matrix = tuple(tuple(_sum(typed, baseline=int(before), period=int(now)) for now in KNOWN) for before in KNOWN)
    untyped = fsum(known.loc[known["land_type"] == UNKNOWN, "area_km2"])
    return Balance(rows, matrix, fsum(left_out), untyped)


def balance_of_cells(
    baseline: Array,
    period: Array,
    land_type: Array,
    *,
    area_km2: Array | float = 1.0,
    domain: Array | None = None,
    names: Mapping[int, str] | None = None,
    irreplaceable: Sequence[int] = (),
) -> Balance:
    """Return the balance of arrays of cells.

    Parameters
    ----------
    baseline, period : ndarray of int8, shape (...)
        `Status` codes of the first and second period.
    land_type : ndarray of int, shape (...)
        Numbers from 1; 0 or less where unknown.
    area_km2 : ndarray of float64 or float
        Area of each cell, broadcast.
    domain : ndarray of int, optional
        Planning domain of each cell.
    names : mapping of int to str, optional
        Names of the land types.
    irreplaceable : sequence of int
        Types whose loss nothing makes good.

    Raises
    ------
    InputError
        If the arrays differ in shape.

    Examples
    --------
    >>> status = np.int8([0, 0, -1]), np.int8([-1, 0, 1])
    >>> found = balance_of_cells(*status, np.array([1, 1, 2]))
    >>> found.net_km2, found.is_net_area_neutral, found.is_like_for_like
    (0.0, True, False)
    """
    grids = [baseline, period, land_type, *([domain] if domain is not None else [])]
    if len({np.shape(grid) for grid in grids}) > 1:
        shapes = [np.shape(grid) for grid in grids]
        raise InputError("the layers have the shapes {shapes}", shapes=shapes, hint="align them to one grid first")
    frame = pd.DataFrame(
        {
            "baseline": np.ravel(baseline),
            "period": np.ravel(period),
            "land_type": np.maximum(np.ravel(land_type), 0),
            "domain": WHOLE if domain is None else np.ravel(domain),
            "area_km2": np.ravel(np.broadcast_to(np.asarray(area_km2, dtype=np.float64), np.shape(baseline))),
        }
    )
    numbers = sorted(int(number) for number in np.unique(frame["land_type"]) if number != UNKNOWN)
    types = [
        LandType(number, (names or {}).get(number, str(number)), (number,), is_tradable=number not in irreplaceable)
        for number in numbers
    ]
    found = sorted({int(each) for each in np.unique(frame["domain"])})
    domains = None if domain is None else {each: str(each) for each in found}
    return balance(frame, types, domains)


def _row(kind: LandType, domain: int, names: Mapping[int, str], part: pd.DataFrame) -> BalanceRow:
    """Return the row of one land type in one domain."""
    areas = dict.fromkeys(LandCondition, 0.0)
    for pair, group in _parts(part, "baseline", "period"):
        areas[CONDITION_OF[pair]] += fsum(group["area_km2"])
    conditions = tuple(areas[code] for code in LandCondition if code > 0)
    return BalanceRow(kind.number, kind.name, domain, names.get(domain, str(domain)), conditions, kind.is_tradable)


def _parts(frame: pd.DataFrame, first: str, second: str) -> Iterator[tuple[tuple[int, int], pd.DataFrame]]:
    """Yield the parts of a table by two columns of codes, sorted."""
    for key, part in frame.groupby([first, second], sort=True):
        one, other = cast("tuple[int, int]", key)
        yield (int(one), int(other)), part


def _sum(frame: pd.DataFrame, **codes: int) -> float:
    """Return the area of the rows with these codes."""
    chosen = np.ones(len(frame), dtype=bool)
    for column, code in codes.items():
        chosen &= frame[column].to_numpy() == code
    return fsum(frame["area_km2"].to_numpy()[chosen])


def _checked(areas: pd.DataFrame, types: Sequence[LandType]) -> pd.DataFrame:
    """Return the areas with a domain; refuse unknown land types."""
    missing = {"land_type", "baseline", "period", "area_km2"} - set(areas.columns)
    if missing:
        raise InputError("the areas have no column {names}", names=", ".join(sorted(missing)), hint="add it")
    strange = set(areas["land_type"]) - {UNKNOWN} - {each.number for each in types}
    if strange:
        hint = "build the land types again, or leave these cells at 0"
        raise InputError("the areas name land types {numbers}", numbers=sorted(map(int, strange)), hint=hint)
    return areas if "domain" in areas.columns else areas.assign(domain=WHOLE)
