"""How a country uses its allocation: what is programmed, what is left, and whether it may move between focal areas."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from landbalance.core.errors import InputError
from landbalance.core.tables import toml_table
from landbalance.finance.desk import Regime, may_move
from landbalance.finance.star import CLOSE

AREAS = ("land", "biodiversity", "climate")


@dataclass(frozen=True)
class Programmed:
    """One project that draws on the allocation.

    Parameters
    ----------
    area : str
        Focal area it draws on.
    grant, preparation : float
        Grant of the project, and for its preparation [USD million]; the fee of the agency comes on top of both.
    fee_share : float or None
        Fee as a share of the grant; by its size when None.
    incentive : float or None
        How much of the allocation an integrated program wants for one dollar of its set-aside; None outside of one.
    """

    area: str
    grant: float
    preparation: float = 0.0
    fee_share: float | None = None
    incentive: float | None = None

    @property
    def cost(self) -> float:
        """Return what it takes from the allocation [USD million]."""
        share = usual_fee(self.grant) if self.fee_share is None else self.fee_share
        return (self.grant + self.preparation) * (1 + share)

    @property
    def added(self) -> float:
        """Return what an integrated program adds from its set-aside [USD million]."""
        return self.cost / self.incentive if self.incentive else 0.0


@dataclass(frozen=True)
class AreaUse:
    """One focal area [USD million]."""

    area: str
    allocated: float
    programmed: float

    @property
    def remaining(self) -> float:
        """Return what is left; negative where more is programmed than allocated."""
        return self.allocated - self.programmed


@dataclass(frozen=True)
class Use:
    """The use of an allocation [USD million].

    Parameters
    ----------
    moved : float
        What areas take beyond their own allocation, from the others.
    may_move : bool or None
        Whether the rules allow that; None where they are not known.
    most : float or None
        The most that may be moved; None where not known.
    """

    areas: tuple[AreaUse, ...]
    moved: float
    may_move: bool | None
    most: float | None
    added: float

    @property
    def allocated(self) -> float:
        """Return the whole allocation."""
        return math.fsum(each.allocated for each in self.areas)

    @property
    def programmed(self) -> float:
        """Return what projects take."""
        return math.fsum(each.programmed for each in self.areas)

    @property
    def remaining(self) -> float:
        """Return what is left of the whole."""
        return self.allocated - self.programmed


def usual_fee(grant: float) -> float:
    """Return the fee of an agency as a share of the grant, by its size [USD million].

    Examples
    --------
    >>> usual_fee(10.0), usual_fee(10.5)
    (0.095, 0.09)
    """
    table = toml_table("finance/star_regimes")["fees"]
    return float(table["share_below"] if grant <= table["up_to_usd_m"] else table["share_above"])


def use_of(rules: Regime | None, allocated: Mapping[str, float], projects: Sequence[Programmed]) -> Use:
    """Return how an allocation is used.

    Parameters
    ----------
    rules : Regime or None
        Whose rules of flexibility hold; None where the regime leaves them open.
    allocated : mapping of str to float
        Of each focal area [USD million].

    Raises
    ------
    InputError
        If a project draws on an area there is not, or an amount is negative.

    Examples
    --------
    >>> from landbalance.finance.desk import regime
    >>> found = use_of(regime("gef-5"), {"land": 0.5, "biodiversity": 2.0, "climate": 2.14}, [Programmed("land", 1.0)])
    >>> round(found.moved, 3), found.may_move, round(found.remaining, 3)
    (0.595, True, 3.545)
    """
    for each in projects:
        if each.area not in AREAS:
            raise InputError("there is no focal area {area}", area=each.area, hint="use land, biodiversity or climate")
        if min(each.grant, each.preparation) < 0:
            raise InputError("an amount of a project is below zero", hint="give USD million, zero or more")
    areas = tuple(
        AreaUse(area, allocated.get(area, 0.0), math.fsum(each.cost for each in projects if each.area == area))
        for area in AREAS
    )
    total, moved = math.fsum(each.allocated for each in areas), math.fsum(max(0.0, -each.remaining) for each in areas)
    said = None if rules is None else may_move(rules, total, moved if moved > CLOSE else 0.0)
    is_allowed, most = said or (None, None)
    return Use(areas, moved, is_allowed, most, math.fsum(each.added for each in projects))
