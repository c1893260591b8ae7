"""Sum fine cells by zone and by the coarse cell they lie in: one pass, in the order of the rows."""

from landbalance.core.types import Array
from landbalance.kernels.compile import kernel


@kernel
def add_by_cell(values: Array, zones: Array, rows: Array, columns: Array, sums: Array) -> None:
    """Add fine cells to the sums of their zone and coarse cell.

    Parameters
    ----------
    values : ndarray of float, shape (y, x)
        NaN, and nothing, add nothing.
    zones : ndarray of int32, shape (y, x)
        Zone of each fine cell, 0 none; negative is left out.
    rows, columns : ndarray of int64, shape (y,), (x,)
        Coarse row and column of each fine row and column; negative is outside the coarse grid.
    sums : ndarray of float64, shape (zone, coarse row + 1, coarse column + 1)
        Added to, in place; the last row and column take what lies outside the coarse grid.
    """
    last_row, last_column = sums.shape[1] - 1, sums.shape[2] - 1
    for y in range(values.shape[0]):
        row = rows[y] if rows[y] >= 0 else last_row
        for x in range(values.shape[1]):
            value = values[y, x]
            zone = zones[y, x]
            if zone >= 0 and value > 0:
                column = columns[x] if columns[x] >= 0 and row != last_row else last_column
                sums[zone, row, column] += value
