"""Alignment within one reference system: hand cases, conservation, and the same answer in every tiling."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landbalance.core.layers import Alignment
from landbalance.core.types import Array
from landbalance.grid.align import Window, resampling
from landbalance.grid.grid import Grid
from landbalance.grid.warp import alignment

METHODS: tuple[Alignment, ...] = ("nearest", "mode", "bilinear", "average", "sum")


def place(source: Grid, target: Grid, method: Alignment, array: Array, missing: float) -> Array:
    """Return the source array on the target grid."""
    plan = alignment(source, target, method)
    window = np.full((plan.window.height, plan.window.width), missing, dtype=array.dtype)
    for part, (row, col) in plan.window.inside(source):
        window[row : row + part.height, col : col + part.width] = array[
            part.row : part.row + part.height, part.col : part.col + part.width
        ]
    return plan.apply(window, missing)


def strip(width: int, step: float, west: float = 0.0) -> Grid:
    return Grid("EPSG:4326", west, 1.0, step, 1.0, width, 1)


def test_nearest_takes_the_cell_over_the_centre_and_goes_east_on_a_tie() -> None:
    source, target = strip(4, 1.0), strip(2, 2.0)

    out = place(source, target, "nearest", np.int8([[1, 2, 3, 4]]), -128)

    assert out.tolist() == [[2, 4]]


def test_mode_takes_the_largest_share_and_the_lowest_code_on_a_tie() -> None:
    source, target = strip(8, 0.25), strip(2, 1.0)

    out = place(source, target, "mode", np.int8([[3, 3, 2, 2, 5, 5, 1, -128]]), -128)

    assert out.tolist() == [[2, 5]]


def test_bilinear_weighs_only_known_cells() -> None:
    source, target = strip(3, 1.0), strip(2, 1.0, west=0.5)

    out = place(source, target, "bilinear", np.float64([[1, 3, np.nan]]), np.nan)

    assert out.tolist() == [[2, 3]]


def test_average_weighs_by_overlap() -> None:
    source, target = strip(3, 1.0), strip(2, 1.5)

    out = place(source, target, "average", np.float64([[1, 4, 10]]), np.nan)

    assert out == pytest.approx(np.array([[2.0, 8.0]]))


def test_sum_shares_out_counts() -> None:
    source, target = strip(2, 1.0), strip(4, 0.5)

    out = place(source, target, "sum", np.float64([[10, 30]]), np.nan)

    assert out.tolist() == [[5, 5, 15, 15]]


def test_equal_lattices_are_copied_in_spite_of_float_drift() -> None:
    source = Grid(
        "EPSG:4326", -12.84340360764927, 18.312499998353495, 0.004361383550657524, 0.004361383550657524, 517, 734
    )
    drifted = Grid(
        "EPSG:4326", source.west + 200 * source.dx + 1e-12, source.north - 1e-12, source.dx, source.dy, 300, 9
    )

    plan = resampling(source, drifted, "bilinear")

    assert plan.window == Window(0, 200, 9, 300)
    array = np.random.default_rng(1).normal(size=(9, 300))
    assert plan.apply(array, np.nan) is array


def test_longitudes_from_0_to_360_meet_those_from_minus_180() -> None:
    source = Grid("EPSG:4326", 0.0, 90.0, 10.0, 10.0, 36, 18)
    target = Grid("EPSG:4326", -20.0, 10.0, 10.0, 10.0, 4, 1)
    columns = np.broadcast_to(np.arange(36, dtype=np.int16), (18, 36))

    assert place(source, target, "nearest", columns, -1).tolist() == [[34, 35, 0, 1]]


def test_a_regional_grid_beyond_180_meets_a_source_west_of_it() -> None:
    source = Grid("EPSG:4326", -180.0, 0.0, 1.0, 1.0, 10, 1)
    target = Grid("EPSG:4326", 178.0, 0.0, 1.0, 1.0, 4, 1)

    assert place(source, target, "nearest", np.arange(10, dtype=np.int16)[np.newaxis], -1).tolist() == [[-1, -1, 0, 1]]


@settings(max_examples=60, deadline=None)
@given(
    method=st.sampled_from(METHODS),
    block=st.integers(1, 30),
    step=st.floats(0.2, 5.0),
    west=st.floats(-3.0, 3.0),
    seed=st.integers(0, 1000),
)
def test_tiles_equal_the_whole(method: Alignment, block: int, step: float, west: float, seed: int) -> None:
    source = Grid("EPSG:4326", 0.1, 20.3, 0.7, 0.9, 22, 17)
    target = Grid("EPSG:4326", west, 21.0, step, step * 1.1, 23, 19)
    array, missing = invented(source, method, seed)
    whole = place(source, target, method, array, missing)

    for tile in target.tiles(block):
        part = place(source, target.part(tile), method, array, missing)
        inside = whole[tile.row : tile.row + tile.height, tile.col : tile.col + tile.width]
        np.testing.assert_array_equal(part, inside)


@settings(max_examples=60, deadline=None)
@given(step=st.floats(0.15, 4.0), shift=st.floats(-0.5, 0.0), seed=st.integers(0, 1000))
def test_sum_keeps_the_total(step: float, shift: float, seed: int) -> None:
    source = Grid("EPSG:4326", 0.0, 10.0, 0.5, 0.5, 20, 18)
    cells = int(np.ceil(11.0 / step))
    target = Grid("EPSG:4326", shift, 10.0 - shift, step, step, cells, cells)
    counts, missing = invented(source, "sum", seed)

    assert np.nansum(place(source, target, "sum", counts, missing)) == pytest.approx(np.nansum(counts), rel=1e-12)


def invented(grid: Grid, method: Alignment, seed: int) -> tuple[Array, float]:
    """Return an array with gaps that suits the method, and its missing value."""
    random = np.random.default_rng(seed)
    gaps = random.random(grid.shape) < 0.1
    if method in ("nearest", "mode"):
        return np.where(gaps, -128, random.integers(1, 8, grid.shape)).astype(np.int8), -128
    return np.where(gaps, np.nan, random.gamma(2.0, 10.0, grid.shape)), np.nan
