"""What neutrality asks of each land type by the target year (ruling 14: gains + reversed - (losses - avoided) >= 0)."""

from dataclasses import dataclass

EDGE_HA = 1e-3  # ten square metres must not decide whether a country is neutral


@dataclass(frozen=True)
class TypeNeed:
    """One land type on its way to the target year [ha].

    Parameters
    ----------
    land_type, name : int, str
        The type.
    gains_ha, losses_ha : float
        Counted so far; gains are held, not projected.
    new_loss_ha : float
        Good land that will degrade by the target year if all goes on as before.
    is_tradable : bool
        Whether gains may make good its losses; if not, only new losses that are avoided help.
    risk_low, risk_high : float or None
        Interval of the new loss, as factors of it.
    """

    land_type: int
    name: str
    gains_ha: float
    losses_ha: float
    new_loss_ha: float
    is_tradable: bool = True
    risk_low: float | None = None
    risk_high: float | None = None

    @property
    def need_ha(self) -> float:
        """Return what must be reversed or avoided for the type to be neutral.

        Examples
        --------
        >>> TypeNeed(1, "grass", gains_ha=5.0, losses_ha=10.0, new_loss_ha=3.0).need_ha
        8.0
        """
        if not self.is_tradable:
            return self.new_loss_ha
        return max(0.0, self.losses_ha + self.new_loss_ha - self.gains_ha)


@dataclass(frozen=True)
class TypeOutcome:
    """What comes of one land type under actions [ha].

    Parameters
    ----------
    need : TypeNeed
        Without action.
    reversed_ha : float
        Degraded land that is restored by the target year.
    avoided_ha : float
        New loss that is avoided: area x effectiveness x risk, never over the new loss.
    avoided_upper_ha : float
        The same as if all treated land would degrade: an upper bound.
    """

    need: TypeNeed
    reversed_ha: float = 0.0
    avoided_ha: float = 0.0
    avoided_upper_ha: float = 0.0

    @property
    def net_ha(self) -> float:
        """Return gains to the target year and reversed land, less losses that are not avoided."""
        need = self.need
        return need.gains_ha + self.reversed_ha - (need.losses_ha + need.new_loss_ha - self.avoided_ha)

    @property
    def shortfall_ha(self) -> float:
        """Return what is missing to neutrality."""
        if not self.need.is_tradable:
            return max(0.0, self.need.new_loss_ha - self.avoided_ha)
        return max(0.0, -self.net_ha)

    @property
    def is_neutral(self) -> bool:
        """Return whether the type is neutral."""
        return self.shortfall_ha <= EDGE_HA


class Outcomes:
    """What has an outcome for each land type: what is missing in all, and whether all are neutral."""

    outcomes: tuple[TypeOutcome, ...]

    @property
    def shortfall_ha(self) -> float:
        """Return what is missing, land type by land type [ha]; what one has too much helps no other."""
        return float(sum(each.shortfall_ha for each in self.outcomes))

    @property
    def is_neutral(self) -> bool:
        """Return whether every land type is neutral."""
        return all(each.is_neutral for each in self.outcomes)
