"""Layers of a run that is under way, on disk tile by tile: bounded memory, and each tile can be told to be whole."""

import json
import os
import threading
import weakref
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

import numpy as np

from landbalance.core.errors import InputError
from landbalance.core.types import Array
from landbalance.grid.grid import Tile
from landbalance.io.files import unwritable

HEADER_BYTES = 64  # element type and number of rows of a layer, as JSON


class TileStore:
    """One layer in one file, each tile in one piece at its own place; threads and processes share it freely.

    Nothing is held in memory: the system keeps in its cache what fits. Tiles never written take no space.

    Parameters
    ----------
    path : Path
        The file; made by the first write.
    tiles : sequence of Tile
        All tiles of the run, in order.
    is_shared : bool
        Whether other machines use the file too: it is then opened and closed each time, which is what network file
        systems take as the moment to exchange what was written.
    """

    def __init__(self, path: Path, tiles: Sequence[Tile], *, is_shared: bool = False) -> None:
        self.path = path
        self._is_shared = is_shared
        self._sizes = [tile.size for tile in tiles]
        self._starts = np.cumsum([0, *self._sizes]).tolist()
        self._lock = threading.Lock()
        self._handle: int | None = None
        self._kind: tuple[np.dtype[Any], int | None] | None = None

    def write(self, place: int, array: Array) -> int:
        """Keep one tile, shape (cell,) or (row, cell), and return its checksum.

        Raises
        ------
        InputError
            If the disk is full.
        """
        array = np.ascontiguousarray(array)
        rows = array.shape[0] if array.ndim > 1 else None
        try:
            with self._file(os.O_RDWR | os.O_CREAT) as handle:
                if self._kind is None:
                    header = json.dumps({"dtype": array.dtype.str, "rows": rows}).encode().ljust(HEADER_BYTES)
                    _write_at(handle, header, 0)
                    self._kind = (array.dtype, rows)
                _write_at(handle, _bytes(array), self._offset(place))
        except OSError as error:
            raise unwritable(self.path, error, self._starts[-1] * (rows or 1) * array.itemsize) from error
        return checksum_of(array)

    def read(self, place: int) -> Array:
        """Return one tile as it was written.

        Raises
        ------
        InputError
            If the file is not whole.
        """
        try:
            with self._file(os.O_RDWR) as handle:
                dtype, rows = self._kind = self._kind or _kind_of(os.pread(handle, HEADER_BYTES, 0))
                array = np.empty(self._sizes[place] * (rows or 1), dtype=dtype)
                if os.preadv(handle, [_bytes(array)], self._offset(place)) != array.nbytes:
                    raise OSError("it is cut short")
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InputError("{path} cannot be read ({why})", path=self.path, why=error) from error
        return array if rows is None else array.reshape(rows, -1)

    def holds(self, place: int, checksum: int) -> bool:
        """Return whether a tile is there, and whole."""
        try:
            return checksum_of(self.read(place)) == checksum
        except InputError:
            return False

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            if self._handle is not None:
                self._handle = None
                self._closing()

    @contextmanager
    def _file(self, flags: int) -> Iterator[int]:
        """Hand out the open file."""
        if not self._is_shared:
            yield self._open(flags)
            return
        if not self.path.parent.is_dir():
            raise InputError(
                "a worker does not see {folder}",
                folder=self.path.parent,
                hint="keep the workspace on a file system that all workers share, under the same path",
            )
        handle = os.open(self.path, flags, 0o666)
        try:
            yield handle
        finally:
            os.close(handle)

    def _open(self, flags: int) -> int:
        """Return the open file."""
        with self._lock:
            if self._handle is None:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                self._handle = os.open(self.path, flags, 0o666)
                self._closing = weakref.finalize(self, os.close, self._handle)
            return self._handle

    def _offset(self, place: int) -> int:
        """Return where a tile begins."""
        if self._kind is None:
            return HEADER_BYTES
        dtype, rows = self._kind
        return int(HEADER_BYTES + self._starts[place] * (rows or 1) * dtype.itemsize)


class Tiles(Protocol):
    """One layer, tile by tile."""

    @property
    def path(self) -> Path | str:
        """Return where it is."""

    def write(self, place: int, array: Array) -> int:
        """Keep one tile, shape (cell,) or (row, cell), and return its checksum."""

    def read(self, place: int) -> Array:
        """Return one tile as it was written."""

    def holds(self, place: int, checksum: int) -> bool:
        """Return whether a tile is there, and whole."""

    def close(self) -> None:
        """Let go of what is open."""


class Scratch:
    """A folder of layers that grow tile by tile.

    Parameters
    ----------
    folder : Path or str
        Where the layers are, made when the first tile is written; a text is an address in object storage.
    tiles : sequence of Tile
        All tiles of the run, in order; the place of a tile is its number among them.
    is_shared : bool
        Whether it was sent here from another process; what was noted there stays there.
    """

    def __init__(self, folder: Path | str, tiles: Sequence[Tile], *, is_shared: bool = False) -> None:
        self.folder = folder
        self._is_shared = is_shared
        self.tiles = tuple(tiles)
        self._layers: dict[str, Tiles] = {}
        self._lock = threading.Lock()
        self._checksums: dict[tuple[str, int], int] = {}

    def __reduce__(self) -> tuple[object, ...]:
        return _shared, (self.folder, self.tiles)

    def layer(self, name: str) -> Tiles:
        """Return the store of a layer."""
        with self._lock:
            if name not in self._layers:
                self._layers[name] = self._store(name)
            return self._layers[name]

    def note(self, place: int, checksums: Mapping[str, int]) -> None:
        """Note which layers have data on a tile, and their checksums there."""
        self._checksums.update({(name, place): checksum for name, checksum in checksums.items()})

    def noted(self, name: str) -> dict[int, int]:
        """Return the checksum of each tile of a layer that has data."""
        return {place: checksum for (layer, place), checksum in self._checksums.items() if layer == name}

    def holds(self, place: int, checksums: Mapping[str, int]) -> bool:
        """Return whether the layers are whole on a tile."""
        return all(self.layer(name).holds(place, checksum) for name, checksum in checksums.items())

    def read(self, name: str, place: int) -> Array | None:
        """Return a layer on a tile, checked; None where the tile has no cell of the area.

        Raises
        ------
        InputError
            If what is on the disk is not what was written.
        """
        checksum = self._checksums.get((name, place))
        if checksum is None:
            return None
        array = self.layer(name).read(place)
        if checksum_of(array) != checksum:
            raise unwritable(Path(self.layer(name).path), OSError("what was written does not read back"), array.nbytes)
        return array

    def close(self) -> None:
        """Close every file."""
        for layer in self._layers.values():
            layer.close()

    def _store(self, name: str) -> Tiles:
        """Return a new store of a layer."""
        if isinstance(self.folder, Path):
            path = self.folder / f"{quote(name, safe='')}.raw"
            return TileStore(path, self.tiles, is_shared=self._is_shared)
        from landbalance.engine.object_tiles import ObjectTiles

        return ObjectTiles(f"{self.folder}/{quote(name, safe='')}")


def _shared(folder: Path | str, tiles: Sequence[Tile]) -> Scratch:
    """Return the scratch folder of another process."""
    return Scratch(folder, tiles, is_shared=True)


def _kind_of(header: bytes) -> tuple[np.dtype[Any], int | None]:
    """Return the element type and the rows of a layer from the first bytes of its file."""
    row = json.loads(header)
    return np.dtype(row["dtype"]), row["rows"]


def _bytes(array: Array) -> memoryview:
    """Return the bytes of a contiguous array, not copied."""
    return memoryview(array.reshape(-1).view(np.uint8).data)


def checksum_of(array: Array) -> int:
    """Return the CRC-32 of the bytes of an array."""
    return zlib.crc32(_bytes(array))


def _write_at(handle: int, content: bytes | memoryview, offset: int) -> None:
    """Write all bytes at a place of a file; a disk that takes only some of them is full at the next try."""
    view = memoryview(content)
    while view:
        written = os.pwrite(handle, view, offset)
        view, offset = view[written:], offset + written
