"""Print the figures of country packs: `python -m bench.packs`. Nothing outside 127.0.0.1 is asked."""

import io
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import rasterio
import rasterio.shutil
from rasterio.io import MemoryFile
from rasterio.transform import Affine
from rasterio.windows import Window

from landbalance.core.places import countries, country
from landbalance.core.sources import source
from landbalance.grid.extents import Extent
from landbalance.grid.tilings import SIN_TILE, tiles_of
from landbalance.io.packs.cache import Cache
from landbalance.io.packs.finding import Finder
from landbalance.io.packs.line import Line
from landbalance.io.packs.making import make_raster
from landbalance.io.packs.plan import Product, costs_of, plan_pack, products_of
from landbalance.io.packs.public_file import Desk
from landbalance.io.packs.signing import Signer
from landbalance.io.packs.tiff_head import merged, read_head

CELLS = 4800
BOX = Extent(((15.3, 10.1, 19.9, 19.9),), "bench")  # inside one tile at most latitudes
TILE = "h19v07"
SIN = source("mod13q1_pc").crs
GAP, SPAN = 64 << 10, 8 << 20


def main() -> None:
    """Measure and print."""
    if "reduce" in sys.argv:
        reduce_year(Path(sys.argv[-1]))
        return
    show_plans()
    with tempfile.TemporaryDirectory() as folder:
        content = made_up(np.int16)
        show_requests(content)
        fill(Path(folder), content)
        begun = time.perf_counter()
        said = subprocess.run(
            [sys.executable, "-m", "bench.packs", "reduce", folder], check=True, capture_output=True, text=True
        )
        print(f"{said.stdout.strip()}, {time.perf_counter() - begun:.1f} s wall (goal 20 CPU s, 1 GB)")


def show_plans() -> None:
    """Print how long the slowest plan takes."""
    spent = []
    for place in countries():
        if place.iso3 == "EUE":
            continue
        begun = time.perf_counter()
        costs_of(plan_pack(place.iso3))
        spent.append((time.perf_counter() - begun, place.iso3))
    print(f"plan of {len(spent)} countries: slowest {max(spent)[1]} {max(spent)[0]:.2f} s (goal 2 s)")


def show_requests(content: bytes) -> None:
    """Print the requests for a window of 1000 x 1000 cells: ours, and GDAL through a file object."""
    head = read_head(lambda at, length: content[at : at + length], len(content), "x")
    ours = len(merged(head.ranges(1500, 1500, 1000, 1000), GAP, SPAN)) + 1
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "x.tif"
        place.write_bytes(content)
        with (
            rasterio.Env(GDAL_DISABLE_READDIR_ON_OPEN="EMPTY_DIR"),
            rasterio.open(str(place), opener=_Counted, driver="GTiff") as data,
        ):
            data.read(1, window=Window(1500, 1500, 1000, 1000))
    print(
        f"requests for a window: ours {ours}, GDAL through an opener {_Counted.reads} ({_Counted.reads / ours:.1f} x)"
    )


class _Counted(io.FileIO):
    """A file that counts how often it is read, each of which would be a request."""

    reads = 0

    def read(self, size: int | None = -1, /) -> bytes:
        _Counted.reads += 1
        return super().read(size)


def made_up(kind: type) -> bytes:
    """Return a cloud-optimised MODIS tile that hardly compresses, or one of reliability."""
    rng = np.random.default_rng(1)
    values = (
        rng.integers(1000, 9000, (CELLS, CELLS)) if kind is np.int16 else rng.choice([0, 0, 0, 1, 3], (CELLS, CELLS))
    )
    tile = next(tile for tile in tiles_of("modis_sin", BOX.boxes) if tile.name == TILE)
    size = SIN_TILE / CELLS
    profile = {"driver": "GTiff", "width": CELLS, "height": CELLS, "count": 1, "crs": SIN, "dtype": np.dtype(kind).name,
               "transform": Affine(size, 0, tile.west, 0, -size, tile.north)}  # fmt: skip
    with MemoryFile() as plain, MemoryFile() as packed:
        with plain.open(**profile) as data:
            data.write(values.astype(kind), 1)
        with plain.open() as data:
            rasterio.shutil.copy(data, packed.name, driver="COG", BLOCKSIZE=512, COMPRESS="DEFLATE", OVERVIEWS="NONE")
        return bytes(packed.read())


def fill(folder: Path, content: bytes) -> None:
    """Put a tile-year into a cache."""
    cache, reliability = Cache(folder / "cache"), made_up(np.int8)
    product = _product()
    for unit in product.units:
        held = reliability if unit.endswith("rel") else content
        for first in range(0, len(held), SPAN):
            cache.put_span(_url(unit), "1", first, held[first : first + SPAN], size=len(held))
    cache.close()


def reduce_year(folder: Path) -> None:
    """Make one annual layer of a whole tile from the cache, and print CPU and memory."""
    line = Line(is_offline=True)
    desk = Desk(line, Signer(line), Cache(folder / "cache"))
    finder = Finder(desk, country("KEN"), BOX, folder)
    product = _product()
    finder._found[product.source.id, 2020] = {unit.split("/", 2)[2]: _url(unit) for unit in product.units}
    make_raster(finder, product, folder / "out.tif", lambda count: None)
    desk.close()
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]  # those that decode
    seconds = sum(each.ru_utime + each.ru_stime for each in spent)
    print(f"NDVI of a tile-year: {seconds:.1f} CPU s, {spent[0].ru_maxrss / 1e6:.2f} GB and what decodes", end="")


def _product() -> Product:
    """Return the year of one tile."""
    product = products_of(source("mod13q1_pc"), "ndvi", BOX, country("KEN"), (2020,))[0][0]
    pieces = tuple(piece for piece in product.pieces if piece.tile and piece.tile.name == TILE)
    return type(product)(product.source, product.role, product.path, product.year, pieces)


def _url(unit: str) -> str:
    """Return the address that stands for a unit."""
    return f"https://modiseuwest.blob.core.windows.net/{unit}.tif"


if __name__ == "__main__":
    main()
