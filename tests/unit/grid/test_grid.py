"""The grid and its tiles."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from landbalance.grid.grid import Grid, Tile

GRID = Grid("EPSG:4326", -12.84340360764927, 18.312499998353495, 0.004361383550657524, 0.004361383550657524, 517, 734)


@given(block=st.integers(1, 800))
def test_tiles_cover_the_grid_once(block: int) -> None:
    seen = np.zeros(GRID.shape, dtype=int)

    for tile in GRID.tiles(block):
        seen[tile.row : tile.row + tile.height, tile.col : tile.col + tile.width] += 1

    assert (seen == 1).all()


@given(row=st.integers(0, 700), col=st.integers(0, 500), more=st.integers(0, 10))
def test_edges_of_a_part_are_those_of_the_whole(row: int, col: int, more: int) -> None:
    part = GRID.part(Tile(0, row, col, 20, 16)).part(Tile(0, more, more, 5, 6))

    np.testing.assert_array_equal(part.x_edges(), GRID.x_edges()[col + more : col + more + 7])
    np.testing.assert_array_equal(part.y_edges(), GRID.y_edges()[row + more : row + more + 6])


def test_a_part_equals_a_grid_with_the_same_corner() -> None:
    part = GRID.part(Tile(0, 0, 0, 10, 10))

    assert part == Grid(GRID.crs, GRID.west, GRID.north, GRID.dx, GRID.dy, 10, 10)
