"""Zones ranked by the share of their land that is degraded (methods 6.4)."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Hotspot:
    """One zone: its land with a known status, how much is degraded, and its rank (1 is the worst).

    `rank` is None where too little is known.
    """

    zone: str
    known_km2: float
    degraded_km2: float
    rank: int | None

    @property
    def share(self) -> float | None:
        """Return the degraded share [1] of the known land, None where nothing is known."""
        return self.degraded_km2 / self.known_km2 if self.known_km2 else None


def rank_hotspots(zones: Sequence[tuple[str, float, float]], *, least_km2: float = 0.0) -> tuple[Hotspot, ...]:
    """Rank zones by their degraded share, the worst first; equal ones keep their order.

    Parameters
    ----------
    zones : sequence of (str, float, float)
        Name, known land [km2], degraded land [km2].
    least_km2 : float
        Zones with less known land are listed without a rank.

    Returns
    -------
    tuple of Hotspot
        In the order of `zones`.

    Examples
    --------
    >>> [each.rank for each in rank_hotspots([("a", 100, 20), ("b", 50, 25), ("c", 0, 0), ("d", 200, 20)])]
    [2, 1, None, 3]
    """
    shares = [bad / known if known > 0 and known >= least_km2 else None for _, known, bad in zones]
    order = sorted((place for place, share in enumerate(shares) if share is not None), key=lambda p: -(shares[p] or 0))
    ranks = {place: rank for rank, place in enumerate(order, 1)}
    return tuple(Hotspot(name, known, bad, ranks.get(place)) for place, (name, known, bad) in enumerate(zones))
