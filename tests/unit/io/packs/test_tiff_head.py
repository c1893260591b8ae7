"""The head of a TIFF as we read it, against what GDAL reads, whatever the layout; damaged heads are refused."""

import numpy as np
import pytest
import rasterio
from hypothesis import given
from hypothesis import strategies as st
from rasterio.io import MemoryFile
from rasterio.transform import from_origin

from landbalance.core.errors import SourceError
from landbalance.io.packs.tiff_head import merged, read_head


def tiff(**options: object) -> bytes:
    array = np.arange(3 * 70 * 90, dtype=np.int16).reshape(3, 70, 90)
    profile = {"driver": "GTiff", "width": 90, "height": 70, "count": 3, "dtype": "int16", "nodata": -3000,
               "crs": "EPSG:4326", "transform": from_origin(10, 20, 0.25, 0.25)}  # fmt: skip
    with MemoryFile() as memory:
        with memory.open(**(profile | options)) as data:
            data.write(array)
        return bytes(memory.read())


LAYOUTS = {
    "tiles": {"tiled": True, "blockxsize": 32, "blockysize": 16, "interleave": "band"},
    "pixels": {"tiled": True, "blockxsize": 32, "blockysize": 16, "interleave": "pixel", "compress": "deflate"},
    "strips": {"blockysize": 7, "interleave": "band"},
    "big": {"BIGTIFF": "YES", "tiled": True, "blockxsize": 16, "blockysize": 16, "interleave": "band"},
    "motorola": {"ENDIANNESS": "BIG", "interleave": "band"},
}
CONTENT = {name: tiff(**options) for name, options in LAYOUTS.items()}


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_head_says_what_gdal_says(name: str) -> None:
    content = CONTENT[name]

    head = read_head(lambda at, length: content[at : at + length], len(content), name)

    with MemoryFile(content) as memory, memory.open() as data:
        assert (head.width, head.height, head.bands) == (data.width, data.height, data.count)
        assert (head.block_height, head.block_width) == data.block_shapes[0]
        assert (head.west, head.north, head.dx, head.dy) == (10, 20, 0.25, 0.25)
        assert float(head.nodata) == data.nodata


@pytest.mark.parametrize("name", LAYOUTS)
@given(row=st.integers(0, 60), col=st.integers(0, 80), height=st.integers(1, 10), width=st.integers(1, 10))
def test_the_blocks_of_a_window_are_enough_to_read_it(name: str, row: int, col: int, height: int, width: int) -> None:
    content = CONTENT[name]
    head = read_head(lambda at, length: content[at : at + length], len(content), name)
    header_end = min(offset for offset in head.offsets if offset)
    holes = bytearray(len(content))
    for first, last in [(0, header_end), (max(head.offsets), len(content) - 1), *head.ranges(row, col, height, width)]:
        holes[first : last + 1] = content[first : last + 1]
    window = rasterio.windows.Window(col, row, width, height)

    with MemoryFile(content) as memory, memory.open() as data:
        expected = data.read(window=window)
    with MemoryFile(bytes(holes)) as memory, memory.open() as data:
        np.testing.assert_array_equal(data.read(window=window), expected)


@given(place=st.integers(0, 600), value=st.integers(0, 255), cut=st.integers(0, 4000))
def test_a_damaged_head_never_does_more_than_refuse(place: int, value: int, cut: int) -> None:
    content = bytearray(CONTENT["tiles"])
    content[place] = value
    content = content[: max(len(content) - cut, 8)]

    try:
        head = read_head(lambda at, length: bytes(content[at : at + length]), len(content), "x")
    except SourceError:
        return
    assert all(at + count <= len(content) for at, count in zip(head.offsets, head.counts, strict=True))


@pytest.mark.parametrize(
    "content", [b"", b"II*\0", b"<VRTDataset/>", b"II*\0\xff\xff\xff\xff", b"II*\0\x08\0\0\0\xff\xff"]
)
def test_what_is_no_tiff_is_refused(content: bytes) -> None:
    with pytest.raises(SourceError):
        read_head(lambda at, length: content[at : at + length], len(content), "x")


@given(ranges=st.lists(st.tuples(st.integers(0, 500), st.integers(0, 50)), max_size=12), gap=st.integers(0, 40))
def test_merged_ranges_hold_all_and_do_not_overlap(ranges: list[tuple[int, int]], gap: int) -> None:
    wanted = [(first, first + length) for first, length in ranges]

    found = merged(wanted, gap, 1000)

    held = {byte for first, last in found for byte in range(first, last + 1)}
    assert {byte for first, last in wanted for byte in range(first, last + 1)} <= held
    assert sum(last - first + 1 for first, last in found) == len(held)
