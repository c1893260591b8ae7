"""The child that decodes what came from the network: no network of its own, little memory, one file after another.

Run as `python -P -m landbalance.io.packs.decode_child` by `landbalance.io.packs.decoder`. A line of JSON comes in for
each question; a line of JSON goes out, followed by the numbers where there are some.
"""

import json
import os
import sys
from typing import Any, BinaryIO

from landbalance.io.ingest.child import cut_off_network, set_limits

LIMITS = {"memory_bytes": 4 << 30, "seconds": 30 * 86400, "file_bytes": 1 << 20}
ROWS = 512  # read at once where a whole file is looked through


def main() -> int:
    """Answer until nobody asks any more."""
    isolated = cut_off_network()  # before libraries start threads
    set_limits(LIMITS)
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    _say(out, {"is_isolated": isolated})
    for line in sys.stdin.buffer:
        _answer(json.loads(line), out)
    return 0


def _answer(asked: dict[str, Any], out: BinaryIO) -> None:
    """Answer one question: a window, or whether a whole file can be read."""
    if asked.get("kind") == "vector":
        _answer_of_polygons(asked["path"], out)
        return
    import numpy as np
    import rasterio
    from rasterio.windows import Window

    from landbalance.io.geotiff_bands import GDAL_ERRORS
    from landbalance.io.packs.decoder import DECODING
    from landbalance.io.quiet import quiet_about_georeference

    try:
        with (
            rasterio.Env(**DECODING),
            quiet_about_georeference(),
            rasterio.open(asked["path"], driver="GTiff") as data,
        ):
            if "window" not in asked:
                for number in data.indexes:
                    for row in range(0, data.height, ROWS):
                        data.read(number, window=Window(0, row, data.width, min(ROWS, data.height - row)))
                _say(out, {"is_whole": True})
                return
            row, col, height, width = asked["window"]
            array = np.ascontiguousarray(data.read(asked["band"], window=Window(col, row, width, height)))
    except (*GDAL_ERRORS, OSError, MemoryError, ValueError, IndexError) as error:
        _say(out, {"error": (str(error).strip() or type(error).__name__).splitlines()[0]})
        return
    _say(out, {"dtype": array.dtype.str, "shape": array.shape})
    out.write(array.data)
    out.flush()


def _answer_of_polygons(path: str, out: BinaryIO) -> None:
    """Answer whether a file of polygons can be read."""
    from landbalance.core.errors import LandbalanceError
    from landbalance.io.vector import read_polygons

    try:
        read_polygons(path)
    except (LandbalanceError, OSError, MemoryError, ValueError) as error:
        _say(out, {"error": (str(error).strip() or type(error).__name__).splitlines()[0]})
        return
    _say(out, {"is_whole": True})


def _say(out: BinaryIO, said: dict[str, Any]) -> None:
    """Write one line."""
    out.write(json.dumps(said).encode() + b"\n")
    out.flush()


if __name__ == "__main__":
    sys.exit(main())
