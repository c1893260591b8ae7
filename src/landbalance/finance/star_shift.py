"""What a variant of the GEF's allocation shifts among countries and groups, and how equal it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from landbalance.core.types import Array
from landbalance.finance.star import CLOSE, Allocation


@dataclass(frozen=True)
class Comparison:
    """A variant beside the base: change by country, inequality, and the shares of groups of countries [1]."""

    change: tuple[float, ...]
    change_share: tuple[float | None, ...]
    gini_base: float
    gini_variant: float
    groups: Mapping[str, tuple[float, float]]

    @property
    def winners(self) -> tuple[int, ...]:
        """Return the places of the countries that gain."""
        return tuple(place for place, change in enumerate(self.change) if change > CLOSE)

    @property
    def losers(self) -> tuple[int, ...]:
        """Return the places of the countries that lose."""
        return tuple(place for place, change in enumerate(self.change) if change < -CLOSE)


def compare(base: Allocation, variant: Allocation, groups: Mapping[str, Sequence[bool]]) -> Comparison:
    """Return who gains and who loses between two allocations, and what it does to groups and to inequality.

    Parameters
    ----------
    groups : mapping of str to sequence of bool
        Which countries belong to a group (LDC, SIDS, dryland).

    Examples
    --------
    >>> compare(Allocation((4.0, 6.0), 1, ("", "")), Allocation((5.0, 5.0), 1, ("", "")), {}).change
    (1.0, -1.0)
    """
    before, after = np.array(base.amounts), np.array(variant.amounts)
    shares = {
        name: tuple(float(each[np.asarray(members)].sum() / each.sum()) for each in (before, after))
        for name, members in groups.items()
    }
    return Comparison(
        tuple((after - before).tolist()),
        tuple(float(new / old - 1) if old else None for old, new in zip(before, after, strict=True)),
        gini(before),
        gini(after),
        {name: (low, high) for name, (low, high) in shares.items()},
    )


def gini(amounts: Array) -> float:
    """Return the Gini coefficient of allocations: 0 for equal ones, towards 1 where one country has all.

    Examples
    --------
    >>> gini(np.array([1.0, 1.0])), gini(np.array([0.0, 1.0]))
    (0.0, 0.5)
    """
    ordered = np.sort(np.asarray(amounts, dtype=np.float64))
    ranks = np.arange(1, len(ordered) + 1)
    return float(2 * np.dot(ranks, ordered) / (len(ordered) * ordered.sum()) - (len(ordered) + 1) / len(ordered))


def lorenz(amounts: Array) -> tuple[tuple[float, float], ...]:
    """Return the Lorenz curve: share of countries, from the smallest, and their share of all allocations.

    Examples
    --------
    >>> lorenz(np.array([3.0, 1.0]))
    ((0.0, 0.0), (0.5, 0.25), (1.0, 1.0))
    """
    ordered = np.sort(np.asarray(amounts, dtype=np.float64))
    shares = np.concatenate([[0.0], np.cumsum(ordered) / ordered.sum()])
    return tuple((place / len(ordered), float(value)) for place, value in enumerate(shares))
