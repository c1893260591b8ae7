"""A table of areas, people or tonnes over named class axes: what runs count and reports are made from."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from landbalance.core.errors import InputError


@dataclass(frozen=True)
class Axis:
    """One axis of a table: its name and the codes along it, in order."""

    name: str
    codes: tuple[int, ...]

    def position(self, code: int) -> int:
        """Return where `code` stands along the axis."""
        return self.codes.index(code)


@dataclass(frozen=True)
class Crosstab:
    """Amounts over class axes.

    Parameters
    ----------
    name : str
        Identity of the table, such as "components.baseline".
    axes : tuple of Axis
        One axis per dimension of `values`.
    values : ndarray of float64
        Amounts [unit]; a cell that never occurred is 0.
    unit : str
        "km2", "persons", "t".

    Examples
    --------
    >>> table = Crosstab("t", (Axis("sdg", (-1, 0)), Axis("zone", (0, 1))), np.array([[1.0, 2.0], [3.0, 4.0]]), "km2")
    >>> table.total(sdg=-1), table.total(zone=1), table.total()
    (3.0, 6.0, 10.0)
    >>> table.keep("sdg").values.tolist()
    [3.0, 7.0]
    """

    name: str
    axes: tuple[Axis, ...]
    values: NDArray[np.float64]
    unit: str

    def axis(self, name: str) -> Axis:
        """Return the axis called `name`.

        Raises
        ------
        InputError
            If the table has no such axis.
        """
        for axis in self.axes:
            if axis.name == name:
                return axis
        raise InputError("table {table} has no axis {name}", table=self.name, name=name, hint="use one of its axes")

    def select(self, **codes: int | Sequence[int]) -> "Crosstab":
        """Return the table cut down to the given codes; an axis given one code is dropped."""
        axes, values = list(self.axes), self.values
        for name, wanted in codes.items():
            axis = self.axis(name)
            place = axes.index(axis)
            if isinstance(wanted, int):
                values = np.take(values, axis.position(wanted), axis=place)
                axes.pop(place)
            else:
                values = np.take(values, [axis.position(code) for code in wanted], axis=place)
                axes[place] = Axis(name, tuple(wanted))
        return Crosstab(self.name, tuple(axes), values, self.unit)

    def keep(self, *names: str) -> "Crosstab":
        """Return the sum over every axis that is not named, in the order of the names."""
        gone = tuple(place for place, axis in enumerate(self.axes) if axis.name not in names)
        kept = [axis for axis in self.axes if axis.name in names]
        values = self.values.sum(axis=gone)
        order = [kept.index(self.axis(name)) for name in names]
        return Crosstab(self.name, tuple(self.axis(name) for name in names), np.transpose(values, order), self.unit)

    def total(self, **codes: int | Sequence[int]) -> float:
        """Return the sum over all cells with the given codes."""
        return float(self.select(**codes).values.sum())
