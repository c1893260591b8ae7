"""Damaged and lying rasters: one clear line within seconds, or numbers; and every change is seen by the checksum.

A GeoTIFF carries no checksum of its pixels, so no reader can know that a number inside valid data was changed. The rule
is therefore: a damaged file is refused with an error of the package, or read on a grid and in a type it states; a file
that is cut short is never read to its end; and whatever the damage, its checksum is no longer the registered one, which
`landbalance data check` and the fingerprints of a run compare.
"""

import struct
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin
from rasterio.windows import Window as RasterWindow

from landbalance.core.errors import LandbalanceError
from landbalance.grid.align import Window
from landbalance.io.bands import open_bands
from landbalance.io.files import sha256

LONGEST = 5.0  # seconds
SIDE = 128
NUMBERS = np.add.outer(np.arange(SIDE), np.arange(SIDE)).astype(np.int16)[None] * np.int16([[[1]], [[2]], [[3]]])
KINDS: tuple[dict[str, Any], ...] = (
    {"compress": "deflate", "predictor": 2, "tiled": True, "blockxsize": 64, "blockysize": 64},
    {"compress": "zstd", "tiled": True, "blockxsize": 64, "blockysize": 64, "interleave": "pixel"},
    {"compress": "lzw"},
    {},
)


def make(path: Path, **options: Any) -> None:
    """Write a small GeoTIFF."""
    shape = {"count": 3, "height": SIDE, "width": SIDE, "dtype": "int16", "crs": "EPSG:4326"}
    with rasterio.open(
        path, "w", driver="GTiff", transform=from_origin(10, 20, 0.01, 0.01), nodata=-32768, **shape, **options
    ) as file:
        file.write(NUMBERS)


def mutate(content: bytes, rng: np.random.Generator) -> tuple[str, bytes]:
    """Return a damaged copy and what was done to it."""
    data = bytearray(content)
    what = rng.choice(["cut", "bits", "header", "lie"])
    if what == "cut":
        return what, bytes(data[: rng.integers(0, len(data))])
    if what == "lie":
        _lie(data, rng)
    reach = min(600, len(data)) if what == "header" else len(data)
    for _ in range(int(rng.integers(1, 9)) if what != "lie" else 0):
        data[rng.integers(0, reach)] ^= 1 << rng.integers(0, 8)
    return what, bytes(data)


def _lie(data: bytearray, rng: np.random.Generator) -> None:
    """Change the value of one entry of the first directory: width, height, block size, bands, offsets."""
    start = struct.unpack_from("<I", data, 4)[0]
    entries = struct.unpack_from("<H", data, start)[0]
    place = start + 2 + 12 * int(rng.integers(0, entries)) + 8
    struct.pack_into("<I", data, place, int(rng.choice([0, 1, 3, 65535, 400_000, 2**31 - 1, 2**32 - 1])))


def outcome(path: Path) -> str:
    """Open and read a corner and the last cell of each band; return what came of it."""
    try:
        bands = open_bands(str(path))
        grid = bands.grid
        box = Window(0, 0, min(grid.height, 256), min(grid.width, 256))
        read = bands.read(tuple(range(1, min(bands.count, 8) + 1)), box)
        last = bands.read((bands.count,), Window(grid.height - 1, grid.width - 1, 1, 1))
    except LandbalanceError as error:
        return "refused" if "\n" not in str(error) and path.name in str(error) else f"said badly: {error}"
    assert read.dtype == bands.dtype
    assert read.shape[1:] == (box.height, box.width)
    assert last.shape == (1, 1, 1)
    return "same" if read.shape == NUMBERS.shape and np.array_equal(read, NUMBERS) else "other"


def assert_rule(folder: Path, count: int, seed: int) -> None:
    """Damage files and hold each to the rule."""
    rng = np.random.default_rng(seed)
    seen: dict[str, int] = {}
    originals = []
    for number, options in enumerate(KINDS):
        make(folder / f"{number}.tif", **options)
        originals.append((folder / f"{number}.tif").read_bytes())
    truth = [sha256(folder / f"{number}.tif") for number in range(len(KINDS))]
    path = folder / "damaged.tif"
    for number in range(count):
        kind = number % len(KINDS)
        what, content = mutate(originals[kind], rng)
        path.write_bytes(content)
        started = time.monotonic()
        result = outcome(path)
        taken = time.monotonic() - started
        assert taken < LONGEST, (seed, number, what, taken)
        assert content == originals[kind] or sha256(path) != truth[kind]
        assert result in ("refused", "same", "other"), result
        assert what != "cut" or result != "other", (seed, number)
        seen[result] = seen.get(result, 0) + 1
    assert seen["refused"] > count // 4


def test_two_hundred_damaged_rasters_hold_to_the_rule(tmp_path: Path) -> None:
    assert_rule(tmp_path, 200, seed=1)


@pytest.mark.deep
def test_two_thousand_damaged_rasters_hold_to_the_rule(tmp_path: Path) -> None:
    assert_rule(tmp_path, 2000, seed=2)


def test_a_vast_sparse_raster_opens_and_reads_a_tile_at_once(tmp_path: Path) -> None:
    path, side = tmp_path / "vast.tif", 100_000
    cell = 80 / side
    options = {"tiled": True, "blockxsize": 512, "blockysize": 512, "SPARSE_OK": True, "BIGTIFF": "YES"}
    shape = {"count": 4, "height": side, "width": side, "dtype": "int16", "crs": "EPSG:4326", "nodata": -1}
    with rasterio.open(path, "w", driver="GTiff", transform=from_origin(0, 80, cell, cell), **shape, **options) as file:
        file.write(np.ones((4, 512, 512), dtype=np.int16), window=RasterWindow(side - 600, 5000, 512, 512))
    started = time.monotonic()

    bands = open_bands(str(path))
    tile = bands.read((1, 4), Window(5000, side - 600, 512, 512))
    hole = bands.read((2,), Window(side - 512, 0, 512, 512))

    assert time.monotonic() - started < LONGEST
    assert (tile == 1).all()
    assert (hole == -1).all()


def test_one_block_of_a_bomb_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "bomb.tif"
    shape = {"count": 1, "height": 400_000, "width": 400_000, "dtype": "float64", "crs": "EPSG:4326"}
    options = {"blockysize": 400_000, "SPARSE_OK": True, "BIGTIFF": "YES", "compress": "deflate"}
    with rasterio.open(path, "w", driver="GTiff", transform=from_origin(0, 40, 0.0001, 0.0001), **shape, **options):
        pass

    with pytest.raises(LandbalanceError, match="stored in blocks of"):
        open_bands(str(path))


@pytest.mark.parametrize(("side", "bands"), [(400_000, 4), (2000, 501)])
def test_a_file_that_declares_far_more_than_it_holds_is_refused_at_once(tmp_path: Path, side: int, bands: int) -> None:
    path = tmp_path / "bomb.tif"
    shape = {"count": bands, "height": side, "width": side, "dtype": "float64", "crs": "EPSG:4326"}
    options = {"tiled": True, "blockxsize": 512, "blockysize": 512, "SPARSE_OK": True, "BIGTIFF": "YES"}
    options |= {"interleave": "band"}
    cell = 80 / side
    with rasterio.open(path, "w", driver="GTiff", transform=from_origin(0, 80, cell, cell), **shape, **options):
        pass
    started = time.monotonic()

    with pytest.raises(LandbalanceError, match=r"declares .* cells in \d+ bands, and holds"):
        open_bands(str(path))
    assert time.monotonic() - started < LONGEST
