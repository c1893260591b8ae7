"""Reading layers: nodata, types, scale, alignment, threads, and what happens to damaged files."""

import pickle
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from numpy.typing import NDArray
from rasterio.transform import from_origin

from landbalance.core.errors import InputError
from landbalance.core.layers import Layer, NodataValue, Slice
from landbalance.grid.grid import Grid, Tile
from landbalance.io.raster import RasterReader

SMALL = from_origin(10, 20, 0.1, 0.1)


def write(path: Path, array: NDArray[Any], *, crs: str | None = "EPSG:4326", **options: Any) -> str:
    """Write bands of one-degree cells from 10 E, 20 N."""
    array = array if array.ndim == 3 else array[np.newaxis]
    size = {"count": array.shape[0], "height": array.shape[1], "width": array.shape[2]}
    options = {"transform": from_origin(10, 20, 1, 1), **options}
    with rasterio.open(path, "w", driver="GTiff", dtype=array.dtype, crs=crs, **size, **options) as file:
        file.write(array)
    return str(path)


def layer(path: str, bands: int = 1, **fields: Any) -> Layer:
    slices = tuple(Slice(path, band, 2000 + band) for band in range(1, bands + 1))
    return Layer(**{"role": "productivity", "quantity": "ndvi", "kind": "value", "slices": slices, **fields})


def tiles(size: int) -> dict[str, Any]:
    return {"tiled": True, "blockxsize": size, "blockysize": size}


def read_all(of: Layer) -> NDArray[Any]:
    reader = RasterReader(of)
    return reader.stored(of.slices, reader.grid)


def test_every_kind_of_nodata_is_missing(tmp_path: Path) -> None:
    values = np.float32([[1, -1, np.nan, np.inf, 9999, 5]])
    reader = RasterReader(layer(write(tmp_path / "a.tif", values, nodata=-1), nodata=(NodataValue(9999, "old"),)))

    out = reader.values(reader.layer.slices, reader.grid)

    np.testing.assert_array_equal(out[0], np.float32([[1, np.nan, np.nan, np.nan, np.nan, 5]]))


@pytest.mark.parametrize(
    ("dtype", "stored"), [("uint8", "int16"), ("int16", "int16"), ("uint16", "int32"), ("float64", "float32")]
)
def test_stored_numbers_have_one_missing_value(tmp_path: Path, dtype: str, stored: str) -> None:
    reader = RasterReader(layer(write(tmp_path / "a.tif", np.array([[7, 100]], dtype=dtype), nodata=7)))

    out = reader.stored(reader.layer.slices, reader.grid)

    assert out.dtype == reader.dtype == stored
    assert out[0, 0, 1] == 100
    assert np.isnan(out[0, 0, 0]) if stored == "float32" else out[0, 0, 0] == np.iinfo(stored).min


def test_an_offset_is_kept_in_stored_numbers(tmp_path: Path) -> None:
    reader = RasterReader(layer(write(tmp_path / "a.tif", np.int16([[10, 20]])), scale=0.01, offset=-0.05))

    stored = reader.stored(reader.layer.slices, reader.grid)

    assert stored.tolist() == [[[5, 15]]]
    assert reader.values(reader.layer.slices, reader.grid) == pytest.approx(np.float32([[[0.05, 0.15]]]))


def test_an_offset_that_is_no_whole_number_of_steps_is_refused(tmp_path: Path) -> None:
    reader = RasterReader(layer(write(tmp_path / "a.tif", np.int16([[10, 20]])), scale=0.01, offset=0.005))

    with pytest.raises(InputError, match="offset"):
        reader.stored(reader.layer.slices, reader.grid)


def test_codes_become_positions_and_unmapped_ones_are_missing(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tif", np.uint8([[0, 10, 20, 99]]), nodata=0)
    reader = RasterReader(layer(path, kind="class"))

    out = reader.codes(reader.layer.slices, reader.grid, {0: 4, 10: 1, 20: 2})

    assert out.tolist() == [[[-128, 1, 2, -128]]]


@pytest.mark.parametrize("dtype", ["int16", "int32", "float32"])
def test_negative_and_large_codes_are_looked_up(tmp_path: Path, dtype: str) -> None:
    reader = RasterReader(layer(write(tmp_path / "a.tif", np.array([[-5, 300, 7]], dtype=dtype)), kind="class"))

    assert reader.codes(reader.layer.slices, reader.grid, {-5: 1, 300: 2}).tolist() == [[[1, 2, -128]]]


def test_integers_keep_codes_and_say_minus_one_for_missing(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tif", np.array([[70000, 4294967295]], dtype=np.uint32), nodata=4294967295)
    reader = RasterReader(layer(path, kind="class"))

    assert reader.integers(reader.layer.slices, reader.grid).tolist() == [[[70000, -1]]]


def test_fractions_are_no_codes(tmp_path: Path) -> None:
    reader = RasterReader(layer(write(tmp_path / "a.tif", np.float32([[1.5]])), kind="class"))

    with pytest.raises(InputError, match="no whole numbers"):
        reader.integers(reader.layer.slices, reader.grid)


def test_reasons_name_the_nodata_value(tmp_path: Path) -> None:
    nodata = (NodataValue(65533, "never computed"), NodataValue(65534, "cloud"))
    path = write(tmp_path / "a.tif", np.uint16([[1, 65533, 65534, 65535]]), nodata=65535)
    reader = RasterReader(layer(path, nodata=nodata))

    assert reader.reasons(reader.layer.slices, reader.grid).tolist() == [[[0, 1, 2, -128]]]


def test_slices_come_in_the_order_asked(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tif", np.int16([[[1]], [[2]], [[3]]]))
    other = write(tmp_path / "b.tif", np.int16([[[9]]]))
    reader = RasterReader(layer(path, 3))
    wanted = (Slice(path, 3), Slice(other, 1), Slice(path, 1))

    assert reader.stored(wanted, reader.grid).ravel().tolist() == [3, 9, 1]


def test_beyond_the_file_nothing_is_known(tmp_path: Path) -> None:
    reader = RasterReader(layer(write(tmp_path / "a.tif", np.int16([[1, 2], [3, 4]])), align="nearest"))
    larger = replace(reader.grid, west=9.0, north=21.0, width=4, height=4)

    out = reader.stored(reader.layer.slices, larger)[0]

    assert (out != -32768).sum() == 4
    assert out[1:3, 1:3].tolist() == [[1, 2], [3, 4]]


def test_overviews_are_never_read(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tif", np.arange(256, dtype=np.int16).reshape(16, 16), **tiles(16))
    with rasterio.open(path, "r+") as file:
        file.build_overviews([2], rasterio.enums.Resampling.nearest)
    reader = RasterReader(layer(path, align="average"))
    coarse = Grid("EPSG:4326", 10.0, 20.0, 2.0, 2.0, 8, 8)

    assert reader.values(reader.layer.slices, coarse)[0, 0, 0] == np.mean([0, 1, 16, 17])


def test_threads_read_the_same(tmp_path: Path) -> None:
    array = np.random.default_rng(0).integers(0, 1000, (3, 200, 200)).astype(np.int16)
    reader = RasterReader(layer(write(tmp_path / "a.tif", array, transform=SMALL, **tiles(16)), 3))
    parts = list(reader.grid.tiles(37))

    def read(tile: Tile) -> NDArray[Any]:
        return reader.stored(reader.layer.slices, reader.grid.part(tile))

    with ThreadPoolExecutor(4) as pool:
        for tile, out in zip(parts, pool.map(read, parts), strict=True):
            inside = array[:, tile.row : tile.row + tile.height, tile.col : tile.col + tile.width]
            np.testing.assert_array_equal(out, inside)


def test_a_reader_travels_between_processes(tmp_path: Path) -> None:
    reader = RasterReader(layer(write(tmp_path / "a.tif", np.int16([[5]]))))

    copy = pickle.loads(pickle.dumps(reader))

    assert copy.stored(copy.layer.slices, copy.grid).tolist() == [[[5]]]


def test_a_file_cut_short_is_an_error_that_names_it(tmp_path: Path) -> None:
    array = np.random.default_rng(0).integers(0, 9999, (300, 300)).astype(np.int16)
    path = write(tmp_path / "cut.tif", array, transform=SMALL, compress="deflate", **tiles(64))
    content = Path(path).read_bytes()
    Path(path).write_bytes(content[: len(content) // 2])

    with pytest.raises(InputError, match=r"cut\.tif cannot be read at rows"):
        read_all(layer(path))


def test_a_band_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    reader = RasterReader(layer(write(tmp_path / "a.tif", np.int16([[5]])), 2))

    with pytest.raises(InputError, match="has 1 bands, not 2"):
        reader.stored(reader.layer.slices, reader.grid)


def test_a_missing_crs_is_an_error_unless_the_layer_gives_it(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tif", np.int16([[5]]), crs=None)

    with pytest.raises(InputError, match="coordinate reference system"):
        RasterReader(layer(path))
    assert RasterReader(layer(path, crs="EPSG:4326")).grid.crs == "EPSG:4326"


def test_metres_called_degrees_are_an_error(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tif", np.int16([[5]]), transform=from_origin(400_000, 800_000, 30, 30))

    with pytest.raises(InputError, match="in degrees"):
        RasterReader(layer(path))


@pytest.mark.shared
def test_two_nodata_values_of_a_real_layer(shared: Path) -> None:
    path = str(shared / "assaba_mauritania" / "gpp_annual_2010_2023.tif")
    reader = RasterReader(layer(path, 14, scale=1e-4, nodata=(NodataValue(65533, "barren"),)))
    with rasterio.open(path) as file:
        raw = file.read()

    out = reader.stored(reader.layer.slices, reader.grid)

    np.testing.assert_array_equal(out, np.where(raw >= 65533, -(2**31), raw.astype(np.int32)))


@pytest.mark.shared
@pytest.mark.parametrize("align", ["nearest", "mode", "bilinear", "average", "sum"])
def test_tiles_of_a_real_sinusoidal_layer_equal_the_whole(shared: Path, align: Any) -> None:
    path = str(shared / "matogrosso_modis_ndvi" / "mod13q1_ndvi_2007_2013.tif")
    reader = RasterReader(layer(path, 2, scale=1e-4, align=align))
    grid = Grid("EPSG:4326", -56.02, -11.97, 0.0013, 0.0013, 140, 130)
    whole = reader.values(reader.layer.slices, grid)

    for block in (7, 64, 256):
        for tile in grid.tiles(block):
            part = reader.values(reader.layer.slices, grid.part(tile))
            inside = whole[:, tile.row : tile.row + tile.height, tile.col : tile.col + tile.width]
            np.testing.assert_array_equal(part, inside)
