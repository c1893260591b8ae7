"""The counterbalancing ledger: anticipated losses against planned gains, like for like (reporting B.7)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import fsum

from landbalance.core.errors import InputError

EDGE_HA = 1e-6


@dataclass(frozen=True)
class AnticipatedLoss:
    """Land that a project will take.

    Parameters
    ----------
    id, project : str
        Which.
    land_type, unit : str
        The land type, and the planning unit, empty where it is not said.
    area_ha : float
        How much.
    year : int
        When the land is lost.
    """

    id: str
    project: str
    land_type: str
    unit: str
    area_ha: float
    year: int

    def __post_init__(self) -> None:
        _check(self.id, self.area_ha)


@dataclass(frozen=True)
class PlannedGain:
    """Land that will be restored to make good a loss.

    Parameters
    ----------
    id, source : str
        Which, and the target or action it belongs to.
    land_type, unit : str
        As in `AnticipatedLoss`.
    area_ha, effectiveness : float
        Land that is treated, and the share [1] of it on which it works.
    year : int
        When the gain is there.
    """

    id: str
    source: str
    land_type: str
    unit: str
    area_ha: float
    effectiveness: float
    year: int

    def __post_init__(self) -> None:
        _check(self.id, self.area_ha)
        if not 0 <= self.effectiveness <= 1:
            hint = "give a share from 0 to 1"
            raise InputError("{id}: effectiveness is {value}", id=self.id, value=self.effectiveness, hint=hint)

    @property
    def gain_ha(self) -> float:
        """Return the land that is gained."""
        return self.area_ha * self.effectiveness


@dataclass(frozen=True)
class LedgerRow:
    """The balance of one land type up to a year [ha].

    Parameters
    ----------
    land_type, year : str, int
        Of what, and when.
    losses_ha, gains_ha : float
        All until then.
    nearby_ha : float
        The part of the losses that is made good in its own planning unit.
    open_ha : float
        What is not made good; all losses of a type that nothing pays for.
    """

    land_type: str
    year: int
    losses_ha: float
    gains_ha: float
    nearby_ha: float
    open_ha: float

    @property
    def is_open(self) -> bool:
        """Return whether a loss is not made good."""
        return self.open_ha > EDGE_HA


def ledger_rows(
    losses: Sequence[AnticipatedLoss], gains: Sequence[PlannedGain], *, irreplaceable: Collection[str] = ()
) -> tuple[LedgerRow, ...]:
    """Return the balance of every land type in every year in which something happens.

    Parameters
    ----------
    losses, gains : sequence of AnticipatedLoss, PlannedGain
        The ledger.
    irreplaceable : collection of str
        Land types whose loss no gain pays for.

    Examples
    --------
    >>> road = AnticipatedLoss("L1", "road", "grass", "North", 30.0, 2027)
    >>> belt = PlannedGain("G1", "T1", "grass", "North", 50.0, 0.5, 2028)
    >>> [(row.year, row.open_ha) for row in ledger_rows([road], [belt])]
    [(2027, 30.0), (2028, 5.0)]
    >>> ledger_rows([road], [belt], irreplaceable=["grass"])[-1].open_ha
    30.0
    """
    rows = []
    for kind in sorted({*(each.land_type for each in losses), *(each.land_type for each in gains)}):
        lost = [each for each in losses if each.land_type == kind]
        back = [each for each in gains if each.land_type == kind]
        pays = kind not in irreplaceable
        years = sorted({*(each.year for each in lost), *(each.year for each in back)})
        rows += [_row(kind, year, lost, back, pays=pays) for year in years]
    return tuple(rows)


def open_before(
    loss: AnticipatedLoss,
    permitted: Sequence[AnticipatedLoss],
    gains: Sequence[PlannedGain],
    *,
    irreplaceable: Collection[str] = (),
) -> float:
    """Return what would not be made good [ha] by the time of a loss, if it were permitted after others.

    A gain counts when it is there no later than the loss.

    Examples
    --------
    >>> road = AnticipatedLoss("L1", "road", "grass", "", 30.0, 2027)
    >>> open_before(road, [], [PlannedGain("G1", "T1", "grass", "", 50.0, 0.8, 2027)])
    0.0
    """
    rows = ledger_rows([*permitted, loss], gains, irreplaceable=irreplaceable)
    return max(row.open_ha for row in rows if row.land_type == loss.land_type and row.year >= loss.year)


def _row(
    kind: str, year: int, losses: Sequence[AnticipatedLoss], gains: Sequence[PlannedGain], *, pays: bool
) -> LedgerRow:
    """Return the balance of one land type up to a year."""
    lost = [each for each in losses if each.year <= year]
    back = [each for each in gains if each.year <= year]
    sums = fsum(each.area_ha for each in lost), fsum(each.gain_ha for each in back)
    units = {each.unit for each in lost if each.unit}
    nearby = fsum(
        min(
            fsum(each.area_ha for each in lost if each.unit == unit),
            fsum(each.gain_ha for each in back if each.unit == unit),
        )
        for unit in sorted(units)
    )
    return LedgerRow(
        kind, year, *sums, nearby_ha=nearby if pays else 0.0, open_ha=max(0.0, sums[0] - (sums[1] if pays else 0.0))
    )


def _check(id_: str, area_ha: float) -> None:
    """Refuse an area that is none."""
    if not 0 < area_ha < float("inf"):
        raise InputError("{id}: the area is {area} ha", id=id_, area=area_ha, hint="give a number over 0")
