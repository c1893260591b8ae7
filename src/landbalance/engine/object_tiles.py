"""A layer of a run in object storage, an object for each tile: for workers that share no file system."""

import json

import numpy as np

from landbalance.core.errors import InputError, LandbalanceError
from landbalance.core.types import Array
from landbalance.engine.scratch import HEADER_BYTES, checksum_of
from landbalance.io.objects import get_object, put_object


class ObjectTiles:
    """One layer; the same contract as `landbalance.engine.scratch.TileStore`.

    Parameters
    ----------
    address : str
        Of the folder of the layer.
    """

    def __init__(self, address: str) -> None:
        self.path = address

    def write(self, place: int, array: Array) -> int:
        """Keep one tile, shape (cell,) or (row, cell), and return its checksum.

        Raises
        ------
        SourceError
            If the storage does not take it.
        """
        array = np.ascontiguousarray(array)
        header = json.dumps({"dtype": array.dtype.str, "shape": array.shape}).encode().ljust(HEADER_BYTES)
        put_object(self._address(place), header + array.tobytes())
        return checksum_of(array)

    def read(self, place: int) -> Array:
        """Return one tile as it was written.

        Raises
        ------
        NotFoundError, SourceError
            If there is none, or the storage does not give it.
        InputError
            If it is not whole.
        """
        content = get_object(self._address(place))
        try:
            kind = json.loads(content[:HEADER_BYTES])
            found = np.frombuffer(content, dtype=np.dtype(kind["dtype"]), offset=HEADER_BYTES)
            return found.reshape(kind["shape"]).copy()  # which kernels may write to, as to any other
        except (ValueError, KeyError, TypeError) as error:
            raise InputError("{path} cannot be read ({why})", path=self._address(place), why=error) from error

    def holds(self, place: int, checksum: int) -> bool:
        """Return whether a tile is there, and whole."""
        try:
            return checksum_of(self.read(place)) == checksum
        except LandbalanceError:
            return False

    def close(self) -> None:
        """Do nothing: no file is open."""

    def _address(self, place: int) -> str:
        """Return the address of a tile."""
        return f"{self.path}/{place}"
