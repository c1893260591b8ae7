"""Writing rasters: what is named is whole, read back, and the same bytes every time."""

import resource
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import rasterio

from landbalance.core.errors import InputError
from landbalance.grid.grid import Grid, Tile
from landbalance.io.geotiff import TiledWriter

GRID = Grid("EPSG:4326", 10.0, 20.0, 0.01, 0.01, 700, 600)


def classes(dtype: str = "int8") -> np.ndarray:
    return np.random.default_rng(1).integers(0, 5, GRID.shape).astype(dtype)


def fill(writer: TiledWriter, array: np.ndarray, block: int = 256) -> TiledWriter:
    for tile in GRID.tiles(block):
        writer.write(tile, array[tile.row : tile.row + tile.height, tile.col : tile.col + tile.width])
    return writer


@contextmanager
def small_disk(size: int) -> Iterator[None]:
    """Let no file grow beyond a size."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int16", "int32", "float32"])
def test_what_was_written_is_read(tmp_path: Path, dtype: str) -> None:
    array = classes(dtype)

    path = fill(TiledWriter(tmp_path / "out.tif", GRID, dtype, 0), array).finish()

    with rasterio.open(path) as file:
        np.testing.assert_array_equal(file.read(1), array)
        assert file.dtypes == (dtype,)
        assert file.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert file.overviews(1)
        assert file.transform[:6] == GRID.gdal_transform


def test_names_tags_and_colours_are_kept(tmp_path: Path) -> None:
    writer = fill(TiledWriter(tmp_path / "out.tif", GRID, "uint8", 255, bands=2), classes("uint8"))

    path = writer.finish({1: (1, 2, 3, 255)}, {"method": "unccd-2026"}, ("status", "more"))

    with rasterio.open(path) as file:
        assert file.descriptions == ("status", "more")
        assert file.tags()["method"] == "unccd-2026"
        assert file.colormap(1)[1] == (1, 2, 3, 255)


def test_overviews_of_classes_are_modes(tmp_path: Path) -> None:
    array = np.tile(np.int8([[1, 1], [1, 5]]), (300, 350))

    path = fill(TiledWriter(tmp_path / "out.tif", GRID, "int8", -128), array).finish()

    with rasterio.open(path, overview_level=0) as file:
        assert np.unique(file.read(1)).tolist() == [1]


def test_bytes_do_not_depend_on_the_order_or_size_of_tiles(tmp_path: Path) -> None:
    array = classes()
    first = fill(TiledWriter(tmp_path / "a.tif", GRID, "int8", -128), array).finish()
    writer = TiledWriter(tmp_path / "b.tif", GRID, "int8", -128)

    def write(tile: Tile) -> None:
        writer.write(tile, array[tile.row : tile.row + tile.height, tile.col : tile.col + tile.width])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, reversed(list(GRID.tiles(100)))))
    second = writer.finish()

    assert first.read_bytes() == second.read_bytes()


def test_unwritten_tiles_are_nodata(tmp_path: Path) -> None:
    path = TiledWriter(tmp_path / "out.tif", GRID, "int8", -128).finish()

    with rasterio.open(path) as file:
        assert (file.read(1) == -128).all()


def test_discard_leaves_nothing(tmp_path: Path) -> None:
    fill(TiledWriter(tmp_path / "out.tif", GRID, "int8", -128), classes()).discard()

    assert list(tmp_path.iterdir()) == []


def test_nothing_has_the_name_before_the_end(tmp_path: Path) -> None:
    writer = fill(TiledWriter(tmp_path / "out.tif", GRID, "int8", -128), classes())

    assert not (tmp_path / "out.tif").exists()
    writer.finish()
    assert [each.name for each in tmp_path.iterdir()] == ["out.tif"]


@pytest.mark.parametrize("size", [20_000, 120_000])
def test_a_full_disk_is_an_error_that_leaves_nothing(tmp_path: Path, size: int) -> None:
    noise = np.random.default_rng(0).integers(-100, 100, GRID.shape).astype(np.int8)

    with small_disk(size), pytest.raises(InputError, match=r"out\.tif cannot be written.*free 0\.4 MB"):
        fill(TiledWriter(tmp_path / "out.tif", GRID, "int8", -128), noise).finish()

    assert list(tmp_path.glob("*.tif")) == []


def test_a_folder_that_is_a_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(InputError, match="cannot be written"):
        TiledWriter(tmp_path / "file" / "out.tif", GRID, "int8", -128)
