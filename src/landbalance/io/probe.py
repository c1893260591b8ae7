"""Read every layer of a workspace, naming each file before it is opened: the last name is what killed the reader.

Run as `python -m landbalance.io.probe FOLDER`.
"""

import sys
from pathlib import Path

from landbalance.core.errors import LandbalanceError
from landbalance.io.bands import open_bands
from landbalance.io.ingest.raster import windows
from landbalance.io.workspace import load_workspace


def main(folder: Path) -> None:
    """Read all bands of all files, one after the other."""
    workspace = load_workspace(folder)
    for layer in workspace.layers:
        for path in dict.fromkeys(piece.path for piece in layer.slices):
            sys.stdout.write(path + "\n")
            sys.stdout.flush()
            try:
                bands = open_bands(path, variable=layer.variable, crs=layer.crs)
                for window in windows(bands.grid):
                    bands.read(tuple(range(1, bands.count + 1)), window)
                bands.close()
            except LandbalanceError:
                continue


if __name__ == "__main__":
    main(Path(sys.argv[1]))
