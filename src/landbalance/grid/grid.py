"""The analysis grid as an immutable value: CRS, origin, cell size and shape, cut into tiles."""

from collections.abc import Iterator
from dataclasses import dataclass

Bounds = tuple[float, float, float, float]  # west, south, east, north


@dataclass(frozen=True)
class Grid:
    """A north-up raster grid.

    Parameters
    ----------
    crs : str
        Anything pyproj reads: "EPSG:4326", WKT, PROJ text.
    west, north : float
        Outer corner of the first cell [CRS unit].
    dx, dy : float
        Cell width and height, both positive [CRS unit].
    width, height : int
        Columns and rows.
    """

    crs: str
    west: float
    north: float
    dx: float
    dy: float
    width: int
    height: int

    @property
    def bounds(self) -> Bounds:
        """Return the outer edges."""
        return (self.west, self.north - self.height * self.dy, self.west + self.width * self.dx, self.north)

    @property
    def shape(self) -> tuple[int, int]:
        """Return (rows, columns)."""
        return (self.height, self.width)

    @property
    def gdal_transform(self) -> tuple[float, float, float, float, float, float]:
        """Return the affine coefficients (a, b, c, d, e, f) of rasterio's order."""
        return (self.dx, 0.0, self.west, 0.0, -self.dy, self.north)

    def part(self, tile: "Tile") -> "Grid":
        """Return the grid of one tile."""
        west, north = self.west + tile.col * self.dx, self.north - tile.row * self.dy
        return Grid(self.crs, west, north, self.dx, self.dy, tile.width, tile.height)

    def tiles(self, block: int, piece: int = 0) -> Iterator["Tile"]:
        """Yield the tiles, row by row; those at the edges are smaller."""
        for row in range(0, self.height, block):
            for col in range(0, self.width, block):
                yield Tile(piece, row, col, min(block, self.height - row), min(block, self.width - col))


@dataclass(frozen=True, order=True)
class Tile:
    """A rectangle of a grid: `piece` tells which grid of an area that crosses the antimeridian."""

    piece: int
    row: int
    col: int
    height: int
    width: int

    @property
    def size(self) -> int:
        """Return the number of cells."""
        return self.height * self.width
