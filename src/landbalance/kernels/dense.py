"""Sums over combinations of codes in one flat table: for layers of few codes, read as they are stored."""

import numpy as np

from landbalance.core.types import Array
from landbalance.kernels.compile import kernel

UNSEEN = -(1 << 26)  # place of a code that has none yet: a sum with it is below 0
MOST_PLACES = 1 << 22  # of a table
LOW = 0xFFFFFFFF


@kernel
def mark_changes(
    changes: Array, layers: tuple[Array, ...], amounts: Array, base: Array, has_base: bool, row: int
) -> None:
    """Mark the cells of a row that differ from the one before, in any layer or in what counts of them."""
    changes[:] = 0
    width = amounts.shape[1]
    for layer in range(len(layers)):
        line = layers[layer][row]
        for column in range(1, width):
            changes[column] |= line[column] ^ line[column - 1]
    for column in range(1, width):
        changes[column] |= np.uint8(amounts[row, column] != amounts[row, column - 1])
    if has_base:
        for column in range(1, width):
            changes[column] |= np.uint8(base[row, column] != base[row, column - 1])


@kernel
def add_codes(  # noqa: PLR0917 - a kernel takes arrays
    layers: tuple[Array, ...],
    places: Array,
    base: Array,
    has_base: bool,
    amounts: Array,
    areas: Array,
    high: Array,
    low: Array,
    start: int,
) -> int:
    """Add the area of each cell to the place of its combination, from a cell on; equal neighbours in one go.

    Parameters
    ----------
    layers : tuple of ndarray of uint8, shape (y, x)
        Stored codes.
    places : ndarray of int32, shape (layer, 256)
        What each stored code of a layer adds to the place; `UNSEEN` for one that has none yet.
    base : ndarray of int32, shape (y, x)
        What further layers add.
    has_base : bool
        Whether there are any.
    amounts : ndarray of uint8 or int64, shape (y, x)
        What counts of each cell.
    areas : ndarray of int64, shape (y,)
        By what the amounts of a row are multiplied.
    high, low : ndarray of int64
        Sums in two words; added to.
    start : int
        The first cell.

    Returns
    -------
    int
        The first cell that has no place yet, else the number of cells.
    """
    height, width = amounts.shape
    changes = np.empty((width + 7) // 8 * 8, dtype=np.uint8)
    eights = changes.view(np.uint64)
    row, begin = start // width, start % width
    while row < height:
        mark_changes(changes, layers, amounts, base, has_base, row)
        column = begin
        while column < width:
            first, column = column, column + 1
            while column < width and changes[column] == 0:
                column += 1
                while column & 7 == 0 and column + 8 <= width and eights[column >> 3] == 0:
                    column += 8
            amount = np.int64(amounts[row, first])
            if amount == 0:
                continue
            place = np.int64(base[row, first]) if has_base else np.int64(0)
            for layer in range(len(layers)):
                place += places[layer, layers[layer][row, first]]
            if place < 0:
                return int(row * width + first)
            area = amount * (column - first) * areas[row]
            high[place] += area >> 32
            low[place] += area & LOW
        row, begin = row + 1, 0
    return int(height * width)


@kernel
def add_places(base: Array, codes: Array, places: Array) -> None:
    """Add what each code of one layer adds to the place; codes beyond the table have none yet."""
    height, width = base.shape
    for row in range(height):
        for column in range(width):
            code = codes[row, column]
            base[row, column] += places[code] if 0 <= code < places.size else UNSEEN


@kernel
def mark_codes(codes: Array, amounts: Array, seen: Array) -> bool:
    """Mark the codes of the cells that count; return False at one that is beyond the marks."""
    height, width = amounts.shape
    for row in range(height):
        for column in range(width):
            if amounts[row, column]:
                code = codes[row, column]
                if not 0 <= code < seen.size:
                    return False
                seen[code] = True
    return True
