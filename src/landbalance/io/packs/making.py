"""Make one raster of a pack: windows of source files are read ahead by a few threads and written into one file."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from landbalance.core.errors import NotFoundError
from landbalance.core.sources import Source
from landbalance.core.types import Array
from landbalance.grid.grid import Grid, Tile
from landbalance.io.geotiff import TiledWriter
from landbalance.io.packs.finding import Finder, Readable
from landbalance.io.packs.manifest import recipe_row
from landbalance.io.packs.plan import Piece, Product
from landbalance.io.packs.where import Frame, Patch, frame_of, patches, sampled, samples
from landbalance.kernels.composites import add_composite, mean_of_sums

AHEAD = 3
REDUCED_MISSING = -32768
Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass
class Made:
    """A raster that was made.

    Parameters
    ----------
    grid : Grid
    dtype : str
    nodata : float
    bands : tuple of str
        Names of the bands; one empty name for a plain layer.
    files : list of dict
        Address, version mark, size and windows of each file it was made of, for the recipe.
    missing : list of str
        Units that the source does not have.
    """

    grid: Grid
    dtype: str
    nodata: float
    bands: tuple[str, ...]
    files: list[dict[str, Any]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    resampled: str = "none"


@dataclass(frozen=True)
class _Open:
    """A file that was found: its grid, and how far it is turned."""

    piece: Piece
    file: Readable
    grid: Grid
    turn: float
    band: int
    units: tuple[str, ...]


def make_raster(finder: Finder, product: Product, target: Path, told: Callable[[int], None]) -> Made:
    """Fetch what a product takes and write it as one cloud-optimised GeoTIFF.

    Parameters
    ----------
    finder : Finder
    product : Product
    target : Path
        Where it is written.
    told : callable
        Called with the number of units that are done.

    Raises
    ------
    NotFoundError
        If the source has none of it.
    SourceError
        If it cannot be fetched or does not decode.
    DiskError
        If the disk is full.
    """
    source = product.source
    with ThreadPoolExecutor(max(source.workers, 1)) as pool:
        opened = _Opened(finder, product, pool, told)
        first = opened.first()
        frame = frame_of(source, finder.extent, first.grid)
        made = Made(frame.grid, source.dtype, _nodata(source), _bands(product), missing=opened.missing,
                    resampled="nearest" if frame.is_warped else "none")  # fmt: skip
        writer = TiledWriter(target, frame.grid, made.dtype, made.nodata, bands=len(made.bands))
        try:
            fill = _reduce if source.reduce else _warp if frame.is_warped else _copy
            fill(opened, frame, made, writer, pool)
            writer.finish(tags=_tags(product, made), band_names=made.bands, overviews=_overviews(source))
        finally:
            writer.discard()
    made.files.sort(key=lambda row: (row["url"], row["window"]))
    return made


class _Opened:
    """The files of a product, found one after another; those that do not exist are noted."""

    def __init__(self, finder: Finder, product: Product, pool: ThreadPoolExecutor, told: Callable[[int], None]) -> None:
        self.product, self.finder, self.told = product, finder, told
        self.missing: list[str] = []
        self._pool = pool
        self._first: _Open | None = None
        self._rest = self._files()

    def first(self) -> _Open:
        """Return the first file that exists; `all` begins with it."""
        if self.product.source.reduce:
            units = ((piece, unit) for piece in self.product.pieces for unit in piece.units)
            found = next((each for each in (self._find(*pair) for pair in units) if each is not None), None)
            self.missing.clear()
        else:
            found = next(self._rest, None)
        if found is None:
            raise NotFoundError("{source} has nothing here", source=self.product.source.id,
                                hint="give another source, or your own file: landbalance pack add")  # fmt: skip
        self._first = found
        return found

    def all(self) -> Iterator[_Open]:
        """Yield every file that exists, in order."""
        if self._first is not None:
            yield self._first
        yield from self._rest

    def _files(self) -> Iterator[_Open]:
        """Find files, a few ahead."""
        source = self.product.source
        if source.kind == "vrt":
            yield from self._mosaic_parts()
            return
        groups = [(piece, unit) for piece in self.product.pieces for unit in piece.units]
        for found in _ahead(self._pool, lambda pair: self._find(*pair), groups, self.finder.desk.line.wait):
            if found is not None:
                yield found

    def _find(self, piece: Piece, unit: str) -> _Open | None:
        """Return one file; None where there is none."""
        try:
            file = self.finder.readable(self.product, piece, unit)
            grid = file.grid(self.product.source.crs)
        except NotFoundError:
            if self.product.source.missing != "sea":
                self.missing.append(unit)
            return None
        turn = piece.tile.turn if piece.tile else 0.0
        band = self.product.pieces.index(piece) + 1 if self.product.source.months else 1
        return _Open(piece, file, grid, turn, band, (unit,))

    def _mosaic_parts(self) -> Iterator[_Open]:
        """Yield the tiles of a mosaic that meet the country."""
        source = self.product.source
        mosaic = self.finder.mosaic(source)
        frame = frame_of(source, self.finder.extent, mosaic.grid)
        piece = self.product.pieces[0]
        for part in mosaic.meeting(frame.boxes):
            west, south, east, north = mosaic.bounds_of(part)
            grid = Grid(source.crs, west, north, mosaic.grid.dx, mosaic.grid.dy, part.width, part.height)
            del south, east
            file = _Shifted(self.finder.part(source, part.name), grid, part.source_row, part.source_col)
            yield _Open(piece, file, grid, 0.0, 1, ())
        self.told(len(piece.units))


class _Shifted:
    """A tile of a mosaic, placed where the mosaic says."""

    def __init__(self, file: Readable, grid: Grid, row: int, col: int) -> None:
        self.file, self.key, self._grid, self._row, self._col = file, file.key, grid, row, col

    def grid(self, crs: str) -> Grid:
        """Return where the mosaic places it."""
        del crs
        return self._grid

    def window(self, row: int, col: int, height: int, width: int, band: int = 1) -> Array:
        """Return a window, counted from the placed corner."""
        return self.file.window(row + self._row, col + self._col, height, width, band)


def _copy(opened: _Opened, frame: Frame, made: Made, writer: TiledWriter, pool: ThreadPoolExecutor) -> None:
    """Write windows of files that lie on the frame's lattice as they are."""

    def read(file: _Open) -> list[tuple[Patch, Array]]:
        return [(patch, _values(opened.product.source, file.file, patch, made)) for patch in _patches(frame, file)]

    for file, windows in _read_ahead(pool, read, opened):
        for patch, array in windows:
            writer.write(patch.tile, array, file.band)
            _note(made, file.file, patch, opened)
        opened.told(len(file.units))


def _warp(opened: _Opened, frame: Frame, made: Made, writer: TiledWriter, pool: ThreadPoolExecutor) -> None:
    """Write the nearest cells of files whose map is torn along 180 degrees."""
    del pool
    canvas = {band: np.full(frame.grid.shape, made.nodata).astype(made.dtype) for band in range(1, len(made.bands) + 1)}
    for file in opened.all():
        for patch, array in _whole_windows(opened, frame, file, made):
            part = Grid(file.grid.crs, file.grid.west + patch.col * file.grid.dx,
                        file.grid.north - patch.row * file.grid.dy, file.grid.dx, file.grid.dy,
                        array.shape[1], array.shape[0])  # fmt: skip
            _lay(canvas[file.band], frame, part, array, made.nodata)
            _note(made, file.file, patch, opened)
        opened.told(len(file.units))
    for band, array in canvas.items():
        writer.write(Tile(0, 0, 0, frame.grid.height, frame.grid.width), array, band)


def _reduce(opened: _Opened, frame: Frame, made: Made, writer: TiledWriter, pool: ThreadPoolExecutor) -> None:
    """Write the mean and number of good composites, tile by tile."""
    source = opened.product.source
    canvas = None
    if frame.is_warped:
        canvas = [np.full(frame.grid.shape, fill, dtype=np.int16) for fill in (made.nodata, 0)]
    for piece in opened.product.pieces:
        pairs = _pairs(opened, piece)
        if not pairs:
            continue
        first = opened.finder.readable(opened.product, piece, pairs[0][0])
        grid = first.grid(source.crs)
        shape = Frame(grid, frame.boxes) if frame.is_warped else frame
        for patch in patches(shape, grid, 0.0, first.key):
            mean, count = _mean(opened, piece, pairs, patch, made, pool)
            if canvas is None:
                writer.write(patch.tile, mean, 1)
                writer.write(patch.tile, count, 2)
                continue
            part = Grid(grid.crs, grid.west + patch.col * grid.dx, grid.north - patch.row * grid.dy, grid.dx, grid.dy,
                        mean.shape[1], mean.shape[0])  # fmt: skip
            for target, array, fill in zip(canvas, (mean, count), (made.nodata, 0), strict=True):
                _lay(target, frame, part, array, fill)
        opened.told(len(piece.units))
    for band, array in enumerate(canvas or (), 1):
        writer.write(Tile(0, 0, 0, frame.grid.height, frame.grid.width), array, band)


def _pairs(opened: _Opened, piece: Piece) -> list[tuple[str, str]]:
    """Return the composites of a tile that exist: value and reliability."""
    half = list(zip(piece.units[::2], piece.units[1::2], strict=True))
    found = []
    for pair in half:
        try:
            for unit in pair:
                opened.finder.readable(opened.product, piece, unit)
            found.append(pair)
        except NotFoundError:
            opened.missing += pair
    return found


def _mean(
    opened: _Opened, piece: Piece, pairs: list[tuple[str, str]], patch: Patch, made: Made, pool: ThreadPoolExecutor
) -> tuple[Array, Array]:
    """Return the mean of the good composites in a window, and their number, each of shape (y, x)."""
    source = opened.product.source
    keep = np.zeros(256, dtype=np.bool_)
    keep[list(source.keep_rel)] = True
    low, high = source.valid or (-32767, 32767)
    valid = int(low), int(high)
    cells = patch.tile.height * patch.tile.width
    total, count = np.zeros(cells, dtype=np.int32), np.zeros(cells, dtype=np.int16)

    def read(pair: tuple[str, str]) -> list[tuple[Readable, Array]] | None:
        files = [opened.finder.readable(opened.product, piece, unit) for unit in pair]
        try:
            return [(file, _window(file, patch)) for file in files]
        except NotFoundError:
            opened.missing.extend(pair)
            return None

    for read_files in _ahead(pool, read, pairs, opened.finder.desk.line.wait):
        if read_files is None:
            continue
        value, reliability = (array.reshape(-1).astype(np.int16, copy=False) for _, array in read_files)
        add_composite(value, reliability, keep, valid, total, count)
        for file, _ in read_files:
            _note(made, file, patch, opened)
    mean = np.empty(cells, dtype=np.int16)
    mean_of_sums(total, count, REDUCED_MISSING, mean)
    shape = (patch.tile.height, patch.tile.width)
    return mean.reshape(shape), count.reshape(shape)


def _patches(frame: Frame, file: _Open) -> list[Patch]:
    """Return the windows of a file that the frame takes; one that goes round the globe is taken up to three times."""
    turns = (file.turn,) if file.piece.tile or "units=m" in file.grid.crs else (0.0, 360.0, -360.0)
    return [patch for turn in turns for patch in patches(frame, file.grid, turn, file.file.key)]


def _whole_windows(opened: _Opened, frame: Frame, file: _Open, made: Made) -> Iterator[tuple[Patch, Array]]:
    """Yield the windows of a file that meet the boxes, in the file's own rows and columns."""
    for patch in patches(Frame(file.grid, frame.boxes), file.grid, 0.0, file.file.key):
        yield patch, _values(opened.product.source, file.file, patch, made)


def _lay(canvas: Array, frame: Frame, part: Grid, array: Array, missing: float) -> None:
    """Lay the nearest cells of an array onto a canvas, in place."""
    for tile, row, col in samples(frame, part, part.crs):
        rows = slice(tile.row, tile.row + tile.height)
        canvas[rows] = np.where(row >= 0, sampled(array, row, col, missing), canvas[rows])


def _values(source: Source, file: Readable, patch: Patch, made: Made) -> Array:
    """Return a window in the type of the layer; unknown numbers of a float layer become its one nodata value."""
    array = _window(file, patch)
    if np.dtype(made.dtype).kind == "f":
        array = array.astype(made.dtype)
        unknown = ~np.isfinite(array)
        for value in source.nodata:
            unknown |= array == np.float32(value)
        return np.where(unknown, np.float32(made.nodata), array)
    return array.astype(made.dtype)


def _window(file: Readable, patch: Patch) -> Array:
    """Return a window of the first band of a file."""
    return file.window(patch.row, patch.col, patch.tile.height, patch.tile.width)


def _note(made: Made, file: Readable, patch: Patch, opened: _Opened) -> None:
    """Note for the recipe what was read."""
    window = (patch.row, patch.col, patch.tile.height, patch.tile.width)
    made.files.append(recipe_row(opened.finder.desk.cache, file.key, window))


def _read_ahead(
    pool: ThreadPoolExecutor, read: Callable[[_Open], Result], opened: _Opened
) -> Iterator[tuple[_Open, Result]]:
    """Yield files with what was read of them, in order, a few being read ahead."""
    wait = opened.finder.desk.line.wait
    return _ahead(pool, lambda file: (file, read(file)), opened.all(), wait)


def _ahead(
    pool: ThreadPoolExecutor, work: Callable[[Item], Result], items: Iterable[Item], wait: Callable[[], None]
) -> Iterator[Result]:
    """Yield results in order while a few of the next are worked on."""
    waiting: deque[Future[Result]] = deque()
    try:
        for item in items:
            wait()
            waiting.append(pool.submit(work, item))
            if len(waiting) > AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()


def _nodata(source: Source) -> float:
    """Return the one value that stands for unknown cells in a pack's file."""
    if source.reduce:
        return REDUCED_MISSING
    if source.nodata:
        return source.nodata[-1]
    return float("nan") if source.dtype.startswith("float") else 0.0


def _bands(product: Product) -> tuple[str, ...]:
    """Return the names of the bands."""
    if product.source.months:
        return tuple(f"{piece.year}-{piece.month:02d}" for piece in product.pieces)
    return ("mean", "composites") if product.source.reduce else ("",)


def _overviews(source: Source) -> str:
    """Return how overviews are made: none for counts, by mode for classes."""
    return "none" if source.is_count else "mode" if source.is_class else "average"


def _tags(product: Product, made: Made) -> dict[str, str]:
    """Return what the file says of itself."""
    source = product.source
    tags = {"role": product.role, "source": source.id, "title": source.title, "licence": source.licence,
            "unit": source.unit, "scale": repr(source.scale), "nodata": repr(made.nodata)}  # fmt: skip
    return {key: value for key, value in tags.items() if value}
