"""Land and people by drought class: what lies under each cell of the hazard grid, counted once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from landbalance.core.types import ClassGrid
from landbalance.core.vocab import Drought

CLASSES = (Drought.NONE, Drought.MILD, Drought.MODERATE, Drought.SEVERE, Drought.EXTREME)


@dataclass(frozen=True)
class ByClass:
    """A quantity by drought class.

    Parameters
    ----------
    amounts : tuple of float
        None, mild, moderate, severe, extreme.
    unknown : float
        Where no index is known.
    """

    amounts: tuple[float, ...]
    unknown: float

    @property
    def any_drought(self) -> float:
        """Return what is in any drought class (PRAIS)."""
        return sum(self.amounts[Drought.MILD :])

    @property
    def moderate_or_worse(self) -> float:
        """Return what is in moderate drought or worse."""
        return sum(self.amounts[Drought.MODERATE :])

    @property
    def total(self) -> float:
        """Return everything."""
        return sum(self.amounts) + self.unknown


def by_class(classes: ClassGrid, amounts: NDArray[np.float64]) -> ByClass:
    """Return the sums of amounts by drought class.

    Parameters
    ----------
    classes : ndarray of int8, shape (cell,)
        `Drought` codes.
    amounts : ndarray of float64, shape (cell,)
        Land [km2], or persons.

    Returns
    -------
    ByClass

    Examples
    --------
    >>> found = by_class(np.array([1, 3, 0, 4], dtype=np.int8), np.array([100.0, 200.0, 300.0, 400.0]))
    >>> found.any_drought, found.moderate_or_worse, found.amounts[Drought.MILD]
    (700.0, 600.0, 100.0)
    """
    sums = np.bincount(np.where(classes < 0, len(CLASSES), classes).ravel(), weights=amounts.ravel(), minlength=6)
    return ByClass(tuple(float(each) for each in sums[: len(CLASSES)]), float(sums[len(CLASSES)]))
