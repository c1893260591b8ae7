"""Tiles a second from a raster of 300 million cells, beside the physical floor: reading and packing the same pixels."""

import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from itertools import product
from pathlib import Path

import numpy as np
from PIL import Image

from landbalance.grid.grid import Grid, Tile
from landbalance.io.geotiff import TiledWriter
from landbalance.io.map_tiles import inks_of, tile_png
from landbalance.reporting.maps import LegendEntry

SIDE = 17_320  # 300 million cells
GOAL = 80
CLIENTS = 32
COLOURS = ("#762A83", "#AF8DC3", "#E7D4E8", "#F7F7F7", "#D9F0D3", "#7FBF7B", "#1B7837")
PATTERNS = ("lines", "cross", "rare", "", "", "dots", "grid")
ENTRIES = tuple(LegendEntry(n, c, p, "") for n, (c, p) in enumerate(zip(COLOURS, PATTERNS, strict=True), 1))


def make(path: Path) -> None:
    """Write patches of classes with noise, as assessments have them."""
    cell = 10.0 / SIDE
    grid = Grid("EPSG:4326", 0.0, 10.0, cell, cell, SIDE, SIDE)
    writer, random = TiledWriter(path, grid, "int8", -128), np.random.default_rng(1)
    for tile in grid.tiles(2048):
        coarse = random.integers(1, 8, (tile.height // 64 + 1, tile.width // 64 + 1))
        patches = np.kron(coarse, np.ones((64, 64), int))[: tile.height, : tile.width]
        noise = random.random(patches.shape) < 0.05
        writer.write(Tile(*tile.__dict__.values()), np.where(noise, random.integers(1, 8, patches.shape), patches))
    writer.finish()


def places(zoom: int, count: int) -> list[tuple[int, int, int]]:
    """Return tiles inside the raster."""
    n = 2**zoom
    columns = range(int(180.3 / 360 * n), int(189.7 / 360 * n) + 1)
    rows = range(int(n / 2 - 9.4 / 360 * n), int(n / 2 - 0.3 / 360 * n) + 1)
    found = [(zoom, x, y) for x, y in product(columns, rows)]
    return found[:: max(1, len(found) // count)][:count]


def main() -> None:
    """Print tiles a second by zoom, one after another and for many clients, and the floor."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "status.tif")
        make(path)
        inks = inks_of(ENTRIES)
        wanted = [place for zoom in (6, 7, 8, 9, 10, 11, 12) for place in places(zoom, 24)]
        tile_png([path], [path], inks, wanted[0])  # imports
        begun, busy = time.perf_counter(), time.process_time()
        for place in wanted:
            tile_png([path], [path], inks, place)
        wall, work = time.perf_counter() - begun, time.process_time() - busy
        waits, lock = [], threading.Lock()

        def ask(place: tuple[int, int, int]) -> None:
            begun = time.perf_counter()
            tile_png([path], [path], inks, place)
            with lock:
                waits.append(time.perf_counter() - begun)

        begun = time.perf_counter()
        with ThreadPoolExecutor(CLIENTS) as clients:
            list(clients.map(ask, wanted * 3))
        together = len(waits) / (time.perf_counter() - begun)
        floor = packing()
        rate, p95 = len(wanted) / work, sorted(waits)[int(0.95 * len(waits))]
        print(f"cells {SIDE * SIDE / 1e6:.0f} million, file {path.stat().st_size / 1e6:.0f} MB, tiles {len(wanted)}")
        print(f"tiles a second of one processor {rate:.0f} (goal {GOAL}: {rate / GOAL:.2f} x)")
        print(f"by the clock {len(wanted) / wall:.0f} a second: the machine gave {work / wall:.0%} of a processor")
        print(f"{CLIENTS} threads at once {together:.0f} a second by the clock, p95 {p95 * 1000:.0f} ms")
        print(f"packing noise alone {floor:.0f} a second of one processor: a tile takes {floor / rate:.1f} x that")


def packing() -> float:
    """Return how many tiles of noise are packed in a second of one processor."""
    pixels = np.random.default_rng(2).integers(0, 8, (256, 256)).astype(np.uint8)
    begun = time.process_time()
    for _ in range(50):
        Image.fromarray(pixels, "P").save(BytesIO(), "PNG", compress_level=2)
    return 50 / (time.process_time() - begun)


if __name__ == "__main__":
    sys.exit(main())
