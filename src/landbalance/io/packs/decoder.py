"""Decodes GeoTIFFs from the network in children that have nothing to lose: a file that ends one ends no build."""

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import LifoQueue
from typing import IO, Any, Literal

import numpy as np

from landbalance.core.errors import LandbalanceError
from landbalance.core.types import Array
from landbalance.io.geotiff_bands import GDAL_OPTIONS
from landbalance.io.quarantine import skipped_drivers

DECODING = GDAL_OPTIONS | {
    "GDAL_SKIP": "VRT,WMS,WCS,WMTS,DERIVED,GTI,HTTP",
    "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
    "GDAL_TIFF_INTERNAL_MASK": "NO",
    "GTIFF_SRS_SOURCE": "EPSG",
}
COMMAND = (sys.executable, "-P", "-m", "landbalance.io.packs.decode_child")
PASSED = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "PROJ_DATA", "GDAL_DATA", "SYSTEMROOT")
QUIET = {"LANG": "C.UTF-8", "GDAL_CACHEMAX": "16", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1",
         "OGR_SQLITE_LOAD_EXTENSIONS": "NO"}  # fmt: skip
MOST = 4  # children
PATIENCE_S = 300.0


class UndecodedError(LandbalanceError):
    """What came is no GeoTIFF that can be read, or it ended its reader."""


class Decoder:
    """A few children, begun when they are needed; any thread may ask.

    Parameters
    ----------
    most : int
        Children at a time.
    """

    def __init__(self, most: int = min(MOST, os.cpu_count() or 1)) -> None:
        self._free: LifoQueue[_Child | None] = LifoQueue()
        for _ in range(most):
            self._free.put(None)

    def window(self, place: Path, band: int, row: int, col: int, height: int, width: int) -> Array:
        """Return a window of a band, shape (y, x).

        Raises
        ------
        UndecodedError
            If it cannot be decoded.
        """
        with self._child() as child:
            said = child.ask({"path": str(place), "band": band, "window": [row, col, height, width]})
            array = np.empty(said["shape"], dtype=np.dtype(said["dtype"]))
            if array.shape != (height, width):
                raise UndecodedError("it has {shape} cells", shape=array.shape)
            child.fill(array.data.cast("B"))
            return array

    def look_through(self, place: Path, kind: Literal["raster", "vector"] = "raster") -> None:
        """Read a whole file once: a GeoTIFF, or polygons.

        Raises
        ------
        UndecodedError
            If it cannot be decoded.
        """
        with self._child() as child:
            child.ask({"path": str(place), "kind": kind})

    def close(self) -> None:
        """End the children that are idle."""
        while not self._free.empty():
            if child := self._free.get():
                child.end()

    @contextmanager
    def _child(self) -> "Iterator[_Child]":
        """Hand out a child; one that ended, or was left in the middle of an answer, is not used again."""
        child = self._free.get()
        try:
            child = child or _Child()
            yield child
        except UndecodedError:
            raise
        except BaseException:
            if child is not None:
                child.end()
            raise
        finally:
            if child is not None and not child.is_alive:
                child.end()
                child = None
            self._free.put(child)


class _Child:
    """One child."""

    def __init__(self) -> None:
        kept = {name: os.environ[name] for name in PASSED if name in os.environ}
        skipped = ",".join(sorted(skipped_drivers()))
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module, no shell
            COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0,
            env={**kept, **QUIET, "GDAL_SKIP": skipped, "OGR_SKIP": skipped},
        )  # fmt: skip
        self._held = b""
        self._ends = time.monotonic() + PATIENCE_S
        try:
            self.is_isolated = bool(json.loads(self._line())["is_isolated"])
        except BaseException:
            self.end()
            raise

    @property
    def is_alive(self) -> bool:
        """Return whether it can be asked again."""
        return self._process.poll() is None

    def ask(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Return its answer to a question.

        Raises
        ------
        UndecodedError
            If it says that it cannot, or ends.
        """
        self._ends = time.monotonic() + PATIENCE_S
        try:
            self._pipe(self._process.stdin).write(json.dumps(asked).encode() + b"\n")
        except BrokenPipeError:
            raise self._ended() from None
        said: dict[str, Any] = json.loads(self._line())
        if "error" in said:
            raise UndecodedError("{why}", why=said["error"])
        return said

    def fill(self, room: memoryview) -> None:
        """Fill a buffer with what follows an answer."""
        got = min(len(self._held), len(room))
        room[:got] = self._held[:got]
        self._held = self._held[got:]
        while got < len(room):
            piece = self._read(len(room) - got)
            room[got : got + len(piece)] = piece
            got += len(piece)

    def end(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            self._pipe(pipe).close()

    def _line(self) -> bytes:
        """Return the next line."""
        while b"\n" not in self._held:
            self._held += self._read(1 << 16)
        line, _, self._held = self._held.partition(b"\n")
        return line

    def _read(self, most: int) -> bytes:
        """Return some bytes, waited for no longer than is patient."""
        pipe = self._pipe(self._process.stdout)
        with selectors.DefaultSelector() as selector:
            selector.register(pipe, selectors.EVENT_READ)
            if not selector.select(max(self._ends - time.monotonic(), 0.0)):
                self.end()
                raise UndecodedError("its reader took more than {seconds:.0f} s", seconds=PATIENCE_S)
        piece = pipe.read(min(most, 1 << 20))
        if not piece:
            raise self._ended()
        return piece

    def _ended(self) -> UndecodedError:
        """Return the error for a file that ended its reader."""
        code = self._process.wait()
        how = signal.Signals(-code).name if code < 0 else f"code {code}"
        return UndecodedError("it ended its reader with {how}", how=how)

    @staticmethod
    def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
        """Return a pipe that is there."""
        assert pipe is not None
        return pipe
