"""The journal of a run: one record after another, each with its checksum, so that a cut end is known and left out."""

import json
import os
import struct
import threading
import weakref
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np

from landbalance.core.types import Array
from landbalance.io.files import unwritable

FRAME = struct.Struct("<4sQI")  # mark, bytes of the body, checksum of the body
MARK = b"LBJ1"


class Record(NamedTuple):
    """One entry: what happened, in plain values, and the arrays that belong to it."""

    head: Mapping[str, Any]
    arrays: tuple[Array, ...] = ()


class Journal:
    """An append-only file of records.

    A record counts once it is whole. Nothing is forced to the disk: after a power cut the checksums of the records
    and of the tiles they speak of tell what is there.

    Parameters
    ----------
    path : Path
        The file; made when missing, and cut behind its last whole record.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o666)
            self._closing = weakref.finalize(self, os.close, self._handle)
            self._cut(-1)
        except OSError as error:
            raise unwritable(path, error) from error

    def append(self, head: Mapping[str, Any], arrays: Sequence[Array] = ()) -> None:
        """Add a record.

        Raises
        ------
        InputError
            If the disk is full; what was added in part is taken back.
        """
        kinds = [[array.dtype.str, list(array.shape)] for array in arrays]
        line = json.dumps({"head": head, "arrays": kinds}).encode() + b"\n"
        body = b"".join((line, *(array.tobytes() for array in arrays)))
        frame = FRAME.pack(MARK, len(body), zlib.crc32(body)) + body
        with self._lock:
            end = os.fstat(self._handle).st_size
            try:
                while frame:
                    frame = frame[os.write(self._handle, frame) :]
            except OSError as error:
                os.ftruncate(self._handle, end)
                raise unwritable(self.path, error, len(frame)) from error

    def records(self) -> Iterator[Record]:
        """Yield all whole records, in order."""
        return read_records(self.path)

    def restart(self) -> None:
        """Forget all but the first record."""
        with self._lock:
            self._cut(1)

    def close(self) -> None:
        """Close the file."""
        self._closing()

    def _cut(self, count: int) -> None:
        """Cut the file behind its last whole record, or behind `count` of them."""
        end = 0
        with self.path.open("rb") as file:
            while count and _body(file) is not None:
                end, count = file.tell(), count - 1
        os.ftruncate(self._handle, end)


def read_records(path: Path) -> Iterator[Record]:
    """Yield the whole records of a journal; none where there is no journal."""
    if not path.is_file():
        return
    with path.open("rb") as file:
        while (body := _body(file)) is not None:
            line, _, rest = body.partition(b"\n")
            row = json.loads(line)
            yield Record(row["head"], tuple(_arrays(row["arrays"], rest)))


def _body(file: BinaryIO) -> bytes | None:
    """Return the body of the next record; None at the end and where a record is not whole."""
    frame = file.read(FRAME.size)
    if len(frame) < FRAME.size:
        return None
    mark, size, checksum = FRAME.unpack(frame)
    if mark != MARK or size > os.fstat(file.fileno()).st_size:
        return None
    body = file.read(size)
    return body if len(body) == size and zlib.crc32(body) == checksum else None


def _arrays(kinds: Sequence[tuple[str, Sequence[int]]], content: bytes) -> Iterator[Array]:
    """Yield the arrays of a record."""
    start = 0
    for dtype, shape in kinds:
        count = int(np.prod(shape, dtype=np.int64))
        array = np.frombuffer(content, dtype=np.dtype(dtype), count=count, offset=start)
        start += array.nbytes
        yield array.reshape(shape)
