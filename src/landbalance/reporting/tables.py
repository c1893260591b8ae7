"""Tables of a report as data: columns with units, and rows of text and figure records."""

from dataclasses import dataclass
from typing import TypeAlias

from landbalance.reporting.record import Figure

Cell: TypeAlias = Figure | str | float | None


@dataclass(frozen=True)
class Column:
    """One column: its heading and the unit of its numbers ("" for text, "1" for shares shown as per cent)."""

    title: str
    unit: str = ""


@dataclass(frozen=True)
class Table:
    """One table.

    Parameters
    ----------
    id : str
        Official identity such as "SO1-1.T4", or our own.
    part : str
        Which of several tables with this identity: the name of a period; empty when there is one.
    rows : tuple of tuple
        The first cell of a row heads it.
    note : str
        What a reader must know to read it: denominator, period, rule.
    """

    id: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    part: str = ""
    note: str = ""

    @property
    def name(self) -> str:
        """Return the identity with its part, short enough for a sheet."""
        return f"{self.id} {self.part}".strip()


def cell_value(cell: Cell) -> str | float | None:
    """Return what a cell holds, without its record."""
    return cell.value if isinstance(cell, Figure) else cell
