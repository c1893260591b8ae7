"""Counting in a flat table: the sums of the hashed count, whatever the types, the order and the size of tiles."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landbalance.core.types import Array
from landbalance.engine import dense
from landbalance.engine.dense import DenseTable, Stored
from landbalance.kernels.joint import joint_sums

WIDTH = 37  # no multiple of the eight cells that are looked at together
LARGEST = 2**35  # quanta of a cell


def tile(generator: np.random.Generator, height: int, patch: int) -> tuple[list[Stored], list[Array]]:
    """Return layers of every kind as they are stored, and their codes."""

    def cells(most: int, dtype: str) -> Array:
        small = generator.integers(0, most, (height, -(-WIDTH // patch)))
        return np.ascontiguousarray(np.repeat(small, patch, 1)[:, :WIDTH].astype(dtype))

    shuffled = generator.permutation(256).astype(np.int32)
    twice = (np.arange(65536, dtype=np.int32) * 7) % 11
    layers = [
        Stored(cells(12, "u1"), shuffled),
        Stored(cells(300, "u2"), twice),
        Stored(cells(5, "i4")),
        Stored(cells(4, "u1"), np.array([0, 3, 3, 1] + [0] * 252, dtype=np.int32)),
    ]
    return layers, [each.numbers if each.codes is None else each.codes[each.numbers] for each in layers]


def by_hash(tiles: list[tuple[list[Array], Array, Array]]) -> dict[tuple[int, ...], int]:
    """Return the sums of all tiles by the hashed count."""
    found: dict[tuple[int, ...], int] = {}
    for codes, weights, quanta in tiles:
        flat = tuple(np.ascontiguousarray(each.reshape(-1), dtype=np.int32) for each in codes)
        rows, sums = joint_sums(flat, (quanta * weights.astype(np.int64)).reshape(-1))
        for row, amount in zip(rows.tolist(), sums.tolist(), strict=True):
            found[tuple(row)] = found.get(tuple(row), 0) + amount
    return found


def of(table: DenseTable) -> dict[tuple[int, ...], int]:
    rows, high, low = table.result()
    words = zip(rows.tolist(), high.tolist(), low.tolist(), strict=True)
    return {tuple(row): (first << 32) + second for row, first, second in words}


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 10_000), patch=st.sampled_from([1, 3, 9, 40]), is_even=st.booleans(), is_whole=st.booleans())
def test_sums_are_those_of_the_hashed_count(seed: int, patch: int, is_even: bool, is_whole: bool) -> None:
    generator, table, tiles = np.random.default_rng(seed), DenseTable(4), []
    for height in (5, 1, 8):
        layers, codes = tile(generator, height, patch)
        weights = generator.choice(np.array([0, 37, 100], dtype=np.uint8), (height, WIDTH))
        weights = np.full_like(weights, 100) if is_whole else weights
        rows = generator.integers(LARGEST // 2, LARGEST, (height, 1 if is_even else WIDTH))
        quanta = np.broadcast_to(rows, (height, WIDTH))
        assert table.add(layers, weights, quanta) == weights.size
        tiles.append((codes, weights, quanta))

    assert of(table) == by_hash(tiles)


def test_words_are_carried_before_they_overflow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dense, "FOLD_CELLS", 1)
    table, layer = DenseTable(1), Stored(np.zeros((4, 2048), dtype=np.uint8), np.zeros(256, dtype=np.int32))
    weights, quanta = np.full((4, 2048), 100, np.uint8), np.broadcast_to(np.int64([[LARGEST]] * 4), (4, 2048))

    for _ in range(300):
        table.add([layer], weights, quanta)

    assert of(table) == {(0,): 300 * 4 * 2048 * 100 * LARGEST}


def test_what_has_no_room_is_left_from_its_first_cell_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dense, "MOST_PLACES", 20)
    table, codes = DenseTable(1), np.arange(40, dtype=np.int32).reshape(2, 20) % 15
    weights, quanta = np.full((2, 20), 100, np.uint8), np.broadcast_to(np.int64([[1], [1]]), (2, 20))

    first = table.add([Stored(codes)], weights, quanta)
    more = np.concatenate([codes[:1], codes[1:] + 100])
    second = table.add([Stored(more)], weights, quanta)

    assert (first, second) == (40, 20)
    assert sum(of(table).values()) == 60 * 100


def test_a_code_below_zero_is_not_counted() -> None:
    table = DenseTable(1)

    done = table.add(
        [Stored(np.int32([[0, -1]]))], np.full((1, 2), 100, np.uint8), np.broadcast_to(np.int64(1), (1, 2))
    )

    assert done < 2
