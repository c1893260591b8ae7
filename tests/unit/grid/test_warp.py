"""Alignment across reference systems: against GDAL, conservation, and the same answer in every tiling."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rasterio.transform import Affine
from rasterio.warp import Resampling, reproject

from landbalance.core.layers import Alignment
from landbalance.core.types import Array
from landbalance.grid.grid import Grid
from landbalance.grid.warp import alignment, is_same_crs

METHODS: tuple[Alignment, ...] = ("nearest", "mode", "bilinear", "average", "sum")
SINUSOIDAL = "+proj=sinu +R=6371007.181 +units=m +no_defs"
SOURCE = Grid(SINUSOIDAL, -6_089_550.0, -1_332_950.0, 231.6563582, 231.6563582, 37, 27)
TARGET = Grid("EPSG:4326", -56.02, -11.97, 0.0017, 0.0019, 64, 46)


def place(source: Grid, target: Grid, method: Alignment, array: Array, missing: float) -> Array:
    """Return the source array on the target grid."""
    plan = alignment(source, target, method)
    window = np.full((plan.window.height, plan.window.width), missing, dtype=array.dtype)
    for part, (row, col) in plan.window.inside(source):
        window[row : row + part.height, col : col + part.width] = array[
            part.row : part.row + part.height, part.col : part.col + part.width
        ]
    return plan.apply(window, missing)


def invented(method: Alignment, seed: int) -> tuple[Array, float]:
    """Return an array with gaps that suits the method, and its missing value."""
    random = np.random.default_rng(seed)
    gaps = random.random(SOURCE.shape) < 0.1
    if method in ("nearest", "mode"):
        return np.where(gaps, -128, random.integers(1, 8, SOURCE.shape)).astype(np.int8), -128
    return np.where(gaps, np.nan, random.gamma(2.0, 10.0, SOURCE.shape)), np.nan


def warped(array: Array, how: Resampling) -> Array:
    """Return what GDAL makes of the array."""
    out = np.full(TARGET.shape, np.nan)
    transforms = {"src_transform": Affine(*SOURCE.gdal_transform), "dst_transform": Affine(*TARGET.gdal_transform)}
    systems = {"src_crs": SINUSOIDAL, "dst_crs": "EPSG:4326", "src_nodata": np.nan, "dst_nodata": np.nan}
    reproject(array, out, resampling=how, tolerance=0, **transforms, **systems)
    return out


@pytest.mark.parametrize(("method", "how"), [("nearest", Resampling.nearest), ("bilinear", Resampling.bilinear)])
def test_values_agree_with_gdal(method: Alignment, how: Resampling) -> None:
    row, col = np.mgrid[: SOURCE.height, : SOURCE.width]
    smooth = 100.0 + 3.0 * row + 2.0 * col

    ours, theirs = place(SOURCE, TARGET, method, smooth, np.nan), warped(smooth, how)

    both = np.isfinite(ours) & np.isfinite(theirs)
    assert both.sum() > 0.9 * max(np.isfinite(ours).sum(), np.isfinite(theirs).sum()) > 100
    tolerance = 1e-9 if method == "nearest" else 0.02
    assert (np.abs(ours - theirs)[both] <= tolerance).mean() > 0.99


def test_average_keeps_a_constant() -> None:
    out = place(SOURCE, TARGET, "average", np.full(SOURCE.shape, 7.0), np.nan)

    assert np.unique(out[np.isfinite(out)]) == pytest.approx([7.0])


@settings(max_examples=25, deadline=None)
@given(method=st.sampled_from(METHODS), block=st.sampled_from([7, 16, 64]), seed=st.integers(0, 1000))
def test_tiles_equal_the_whole(method: Alignment, block: int, seed: int) -> None:
    array, missing = invented(method, seed)
    whole = place(SOURCE, TARGET, method, array, missing)

    for tile in TARGET.tiles(block):
        part = place(SOURCE, TARGET.part(tile), method, array, missing)
        inside = whole[tile.row : tile.row + tile.height, tile.col : tile.col + tile.width]
        np.testing.assert_array_equal(part, inside)


@pytest.mark.parametrize("step", [0.0007, 0.002, 0.01])
def test_counts_keep_their_total(step: float) -> None:
    cells = int(0.2 / step)
    target = Grid("EPSG:4326", -56.1, -11.9, step, step, cells, cells)
    counts, missing = invented("sum", 1)

    assert np.nansum(place(SOURCE, target, "sum", counts, missing)) == pytest.approx(np.nansum(counts), rel=1e-9)


def test_a_source_around_the_globe_is_met_across_180() -> None:
    source = Grid("EPSG:4326", 0.0, 90.0, 1.0, 1.0, 360, 180)
    target = Grid("EPSG:32660", 500_000.0, 8_000_000.0, 100_000.0, 100_000.0, 8, 1)
    columns = np.broadcast_to(np.arange(360, dtype=np.int16), (180, 360))

    out = place(source, target, "nearest", columns, -1)

    assert (np.diff(out[0]) >= 0).all()
    assert out[0, 0] == 178
    assert out[0, -1] > 180


def test_nothing_is_known_where_grids_do_not_meet() -> None:
    far = Grid("EPSG:4326", 10.0, 50.0, 0.1, 0.1, 5, 4)

    assert (place(SOURCE, far, "nearest", np.ones(SOURCE.shape, dtype=np.int8), -128) == -128).all()


def test_axis_order_does_not_make_another_system() -> None:
    assert is_same_crs("EPSG:4326", "OGC:CRS84")
    assert not is_same_crs("EPSG:4326", "EPSG:32721")
