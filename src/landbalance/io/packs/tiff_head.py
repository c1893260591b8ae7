"""The head of a TIFF read by ourselves: where its blocks lie, so that only those of a window are fetched.

It is also the guard before GDAL: sizes, counts and offsets are checked against limits before anything is allocated.
"""

import math
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from landbalance.core.errors import SourceError
from landbalance.core.tables import toml_table

Bytes = Callable[[int, int], bytes]  # first byte and length -> content
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
_CODES = {1: "B", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i", 11: "f", 12: "d", 13: "I", 16: "Q", 17: "q", 18: "Q"}
_WIDTH, _HEIGHT, _BITS, _PHOTOMETRIC, _SAMPLES, _PLANAR = 256, 257, 258, 262, 277, 284
_STRIP_AT, _STRIP_ROWS, _STRIP_BYTES = 273, 278, 279
_TILE_WIDTH, _TILE_HEIGHT, _TILE_AT, _TILE_BYTES = 322, 323, 324, 325
_PIXEL_SCALE, _TIE, _NODATA = 33550, 33922, 42113
LARGEST_BLOCK = 1 << 29


@dataclass(frozen=True)
class TiffHead:
    """What the first directory of a TIFF says.

    Parameters
    ----------
    width, height : int
    block_width, block_height : int
    bands : int
        Blocks of each band lie after one another where `is_split`.
    offsets, counts : tuple of int
        Where each block lies, and its length; 0 and 0 for a block that was never written.
    west, north, dx, dy : float
        Its place; dx is 0 where it says none.
    nodata : str
        What its tag says; empty where there is none.
    """

    width: int
    height: int
    block_width: int
    block_height: int
    bands: int
    is_split: bool
    offsets: tuple[int, ...]
    counts: tuple[int, ...]
    west: float
    north: float
    dx: float
    dy: float
    nodata: str

    @property
    def across(self) -> int:
        """Return the number of blocks in a row."""
        return -(-self.width // self.block_width)

    @property
    def down(self) -> int:
        """Return the number of blocks in a column."""
        return -(-self.height // self.block_height)

    def ranges(self, row: int, col: int, height: int, width: int) -> list[tuple[int, int]]:
        """Return the bytes (first, last) of the blocks that meet a window, in order."""
        rows = range(row // self.block_height, -(-(row + height) // self.block_height))
        cols = range(col // self.block_width, -(-(col + width) // self.block_width))
        planes = range(self.bands if self.is_split else 1)
        places = [(plane * self.down + y) * self.across + x for plane in planes for y in rows for x in cols]
        found = {(self.offsets[at], self.offsets[at] + self.counts[at] - 1) for at in places if self.counts[at]}
        return sorted(found)


def read_head(read: Bytes, size: int, name: str) -> TiffHead:
    """Return the head of a TIFF or BigTIFF.

    Parameters
    ----------
    read : callable
        Gives bytes of the file.
    size : int
        Of the file.
    name : str
        For messages.

    Raises
    ------
    SourceError
        If it is no TIFF, or says something that cannot be.
    """
    try:
        return _Reader(read, size).head()
    except (struct.error, ValueError, IndexError, KeyError, OverflowError, MemoryError) as error:
        raise SourceError(
            "{name} is no sound GeoTIFF ({why})", name=name, why=str(error) or type(error).__name__,
            retryable=False, hint="see landbalance pack probe",
        ) from error  # fmt: skip


def merged(ranges: list[tuple[int, int]], gap: int, most: int) -> list[tuple[int, int]]:
    """Return byte ranges with small gaps closed, none longer than `most` unless it was so before.

    Examples
    --------
    >>> merged([(0, 9), (12, 19), (500, 509)], gap=5, most=100)
    [(0, 19), (500, 509)]
    """
    out: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if out and first <= out[-1][1] + 1 + gap and max(last, out[-1][1]) - out[-1][0] < most:
            out[-1] = (out[-1][0], max(last, out[-1][1]))
        elif not out or last > out[-1][1]:
            out.append((first, last))
    return out


class _Reader:
    """Reads numbers of a TIFF."""

    def __init__(self, read: Bytes, size: int) -> None:
        self._read, self._size = read, size
        self._limits = toml_table("pack")["limits"]
        start = self._bytes(0, 16 if size >= 16 else 8)
        if start[:2] not in (b"II", b"MM"):
            raise ValueError("it does not begin as one")
        self._order = "<" if start[:2] == b"II" else ">"
        version = self._unpack("H", start[2:4])
        self._is_big = version == 43
        if version not in (42, 43):
            raise ValueError("it does not begin as one")
        self._start = self._unpack("Q", start[8:16]) if self._is_big else self._unpack("I", start[4:8])

    def head(self) -> TiffHead:
        """Return the head of the first directory."""
        tags = self._directory(self._start)
        width, height = self._one(tags, _WIDTH), self._one(tags, _HEIGHT)
        bands, is_split = self._one(tags, _SAMPLES, 1), self._one(tags, _PLANAR, 1) == 2
        block_width = self._one(tags, _TILE_WIDTH, width)
        block_height = self._one(tags, _TILE_HEIGHT, 0) or min(self._one(tags, _STRIP_ROWS, height), height)
        bits = self._one(tags, _BITS, 1)
        self._check(width, height, block_width * block_height * (1 if is_split else bands) * max(bits // 8, 1), bands)
        offsets = self._many(tags, _TILE_AT if _TILE_AT in tags else _STRIP_AT)
        counts = self._many(tags, _TILE_BYTES if _TILE_BYTES in tags else _STRIP_BYTES)
        blocks = -(-width // block_width) * -(-height // block_height) * (bands if is_split else 1)
        if not (len(offsets) == len(counts) == blocks):
            raise ValueError(f"it lists {len(offsets)} of {blocks} blocks")
        if any(at + count > self._size for at, count in zip(offsets, counts, strict=True)):
            raise ValueError("a block lies beyond its end")
        west, north, dx, dy = self._place(tags)
        nodata = self._text(tags, _NODATA)
        return TiffHead(width, height, block_width, block_height, bands, is_split, offsets, counts,
                        west, north, dx, dy, nodata)  # fmt: skip

    def _check(self, width: int, height: int, block_bytes: int, bands: int) -> None:
        """Refuse sizes that no map of ours has."""
        if not (width > 0 and height > 0 and width * height <= self._limits["tiff_pixels"] and 0 < bands <= 4096):
            raise ValueError(f"it says it is {width} x {height} cells, {bands} bands")
        if not 0 < block_bytes <= LARGEST_BLOCK:
            raise ValueError(f"its blocks take {block_bytes} bytes")

    def _directory(self, at: int) -> dict[int, tuple[int, int, bytes]]:
        """Return the entries of a directory: tag -> type, count, value or where it lies."""
        count_bytes, entry_bytes, inline = (8, 20, 8) if self._is_big else (2, 12, 4)
        count = self._unpack("Q" if self._is_big else "H", self._bytes(at, count_bytes))
        if count > self._limits["tiff_tags"]:
            raise ValueError(f"it has {count} tags")
        table = self._bytes(at + count_bytes, count * entry_bytes)
        entries = {}
        for place in range(0, len(table), entry_bytes):
            entry = table[place : place + entry_bytes]
            tag, kind = self._unpack("H", entry[:2]), self._unpack("H", entry[2:4])
            many = self._unpack("Q" if self._is_big else "I", entry[4 : 12 if self._is_big else 8])
            entries[tag] = (kind, many, entry[-inline:])
        return entries

    def _value(self, entry: tuple[int, int, bytes]) -> bytes:
        """Return the bytes of a value, wherever it lies."""
        kind, many, inline = entry
        length = _SIZES[kind] * many
        if length <= len(inline):
            return inline[:length]
        if length > self._limits["span_mib"] << 20:
            raise ValueError(f"a tag takes {length} bytes")
        return self._bytes(self._unpack("Q" if self._is_big else "I", inline), length)

    def _many(self, tags: dict[int, Any], tag: int) -> tuple[int, ...]:
        """Return the whole numbers of a tag."""
        kind, many, _ = tags[tag]
        return tuple(struct.unpack(f"{self._order}{many}{_CODES[kind]}", self._value(tags[tag])))

    def _one(self, tags: dict[int, Any], tag: int, default: int | None = None) -> int:
        """Return the first number of a tag."""
        if tag not in tags and default is not None:
            return default
        return int(self._many(tags, tag)[0])

    def _place(self, tags: dict[int, Any]) -> tuple[float, float, float, float]:
        """Return west, north and cell size; zeros where they are not stated the simple way."""
        if _PIXEL_SCALE not in tags or _TIE not in tags:
            return (0.0, 0.0, 0.0, 0.0)
        scale = struct.unpack(f"{self._order}3d", self._value(tags[_PIXEL_SCALE])[:24])
        tie = struct.unpack(f"{self._order}6d", self._value(tags[_TIE])[:48])
        if not all(map(math.isfinite, (*scale, *tie))) or scale[0] <= 0 or scale[1] <= 0:
            raise ValueError("its place is no place")
        return (tie[3] - tie[0] * scale[0], tie[4] + tie[1] * scale[1], scale[0], scale[1])

    def _text(self, tags: dict[int, Any], tag: int) -> str:
        """Return the text of a tag."""
        return self._value(tags[tag]).split(b"\0")[0].decode("ascii", "replace").strip() if tag in tags else ""

    def _bytes(self, at: int, length: int) -> bytes:
        """Return bytes that lie inside the file."""
        if at < 0 or at + length > self._size:
            raise ValueError("it points beyond its end")
        return self._read(at, length)

    def _unpack(self, code: str, content: bytes) -> int:
        """Return one whole number."""
        return int(struct.unpack(self._order + code, content)[0])
