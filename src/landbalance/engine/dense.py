"""Counting by layers of few codes: one flat table for all tiles of a thread, grown as codes turn up."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

import numpy as np

from landbalance.core.types import Array
from landbalance.kernels.dense import LOW, MOST_PLACES, UNSEEN, add_codes, add_places, mark_codes

FOLD_CELLS = 1 << 30  # as many low words still fit 63 bits


@dataclass(frozen=True)
class Stored:
    """A layer on a tile as it is stored.

    Parameters
    ----------
    numbers : ndarray of uint8, uint16 or int32, shape (y, x)
        Stored codes, from 0.
    codes : ndarray of int32 or None
        The code that each stored one stands for; None where they are the codes.
    """

    numbers: Array
    codes: Array | None = None


class DenseTable:
    """Sums of area by combination of the codes of some layers; exact, in two words.

    Parameters
    ----------
    layers : int
        How many.
    """

    def __init__(self, layers: int) -> None:
        self._seen: list[list[int]] = [[] for _ in range(layers)]
        self._high, self._low = (np.zeros(0, dtype=np.int64) for _ in range(2))
        self._cells = 0

    def add(self, layers: Sequence[Stored], weights: Array, quanta: Array) -> int:
        """Add one tile; return the first cell that was not added, as the table would be too large; else their number.

        Parameters
        ----------
        layers : sequence of Stored
            The layers, always in the same order.
        weights : ndarray of uint8, shape (y, x)
            Hundredths of each cell that count.
        quanta : ndarray of int64, shape (y, x)
            Area of each cell.
        """
        self._cells += weights.size
        if self._cells > FOLD_CELLS:
            self._carry()
        amounts, areas = weights, quanta[:, 0]
        if quanta.strides[1]:  # cells of one row differ in area
            amounts, areas = weights * quanta, np.ones(len(quanta), dtype=np.int64)
        done = self._add(layers, amounts, areas, 0)
        if done == weights.size:
            return done
        found = [_codes_in(each, weights) for each in layers]
        return self._add(layers, amounts, areas, done) if self._see(found) else done

    def result(self) -> tuple[Array, Array, Array]:
        """Return the combinations that have an area, and the two words of their sums."""
        self._carry()
        places = np.flatnonzero(self._high | self._low)
        shape = [len(each) for each in self._seen]
        columns = np.unravel_index(places, shape) if places.size else [places] * len(shape)
        rows = [np.array(seen, dtype=np.int64)[column] for seen, column in zip(self._seen, columns, strict=True)]
        return np.stack(rows, axis=1), self._high[places], self._low[places]

    def _add(self, layers: Sequence[Stored], amounts: Array, areas: Array, start: int) -> int:
        """Add a tile from a cell on; return the first cell that has no place yet."""
        none = np.broadcast_to(np.int32(0), amounts.shape)
        base, narrow, places, step = none, [], [], 1
        for layer, seen in zip(reversed(layers), reversed(self._seen), strict=True):
            row = _places(layer, seen, step)
            step *= max(len(seen), 1)
            if layer.numbers.dtype == np.uint8:
                narrow.append(np.ascontiguousarray(layer.numbers))
                places.append(row)
                continue
            base = np.zeros(amounts.shape, dtype=np.int32) if base is none else base
            add_places(base, layer.numbers, row)
        if not narrow:
            narrow, places = [np.zeros(amounts.shape, dtype=np.uint8)], [np.zeros(256, dtype=np.int32)]
        return int(
            add_codes(
                tuple(narrow), np.stack(places), base, base is not none, amounts, areas, self._high, self._low, start
            )
        )

    def _see(self, codes: Sequence[Array | None]) -> bool:
        """Give places to codes; return False, and change nothing, where the table would be too large."""
        if any(found is None for found in codes):
            return False
        new = [set() if found is None else {*found.tolist()} for found in codes]
        grown = [[*seen, *sorted(found - {*seen})] for seen, found in zip(self._seen, new, strict=True)]
        shape, old = [len(each) for each in grown], [len(each) for each in self._seen]
        if prod(shape) > MOST_PLACES:
            return False
        corner = tuple(slice(0, length) for length in old)
        for name in ("_high", "_low"):
            wider = np.zeros(shape, dtype=np.int64)
            wider[corner] = getattr(self, name).reshape(old)
            setattr(self, name, wider.reshape(-1))
        self._seen = grown
        return True

    def _carry(self) -> None:
        """Carry the low words over."""
        self._high += self._low >> 32
        self._low &= LOW
        self._cells = 0


def _places(layer: Stored, seen: Sequence[int], step: int) -> Array:
    """Return what each stored code of a layer adds to the place in the table."""
    known = np.array(seen, dtype=np.int64)
    codes = layer.codes if layer.codes is not None else np.arange(int(known.max(initial=0)) + 1)
    found = np.full(codes.size, UNSEEN, dtype=np.int32)
    order = np.argsort(known)
    if known.size:
        at = np.minimum(np.searchsorted(known[order], codes), known.size - 1)
        is_known = known[order][at] == codes
        found[is_known] = order[at[is_known]] * step
    return found


def _codes_in(layer: Stored, weights: Array) -> Array | None:
    """Return the codes of the cells that count; None where they are too many, or one is none."""
    seen = np.zeros(MOST_PLACES if layer.codes is None else layer.codes.size, dtype=np.bool_)
    if not mark_codes(layer.numbers, weights, seen):
        return None
    stored = np.flatnonzero(seen)
    found = stored if layer.codes is None else np.unique(layer.codes[stored])
    return None if found.size and found[0] < 0 else found
