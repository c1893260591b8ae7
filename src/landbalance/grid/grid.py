"""The analysis grid as an immutable value: CRS, origin, cell size and shape, cut into tiles."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

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
    anchor : tuple of float, float, int, int, or None
        For a part: west and north of the whole grid, and the part's first row and column in it. Edges are computed
        from there, so that a coordinate is the same number in every tiling.
    """

    crs: str
    west: float
    north: float
    dx: float
    dy: float
    width: int
    height: int
    anchor: tuple[float, float, int, int] | None = field(default=None, compare=False, repr=False)

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
        """Return the grid of one tile.

        Examples
        --------
        >>> Grid("EPSG:4326", 0.0, 10.0, 1.0, 1.0, 10, 10).part(Tile(0, 2, 3, 4, 4)).bounds
        (3.0, 4.0, 7.0, 8.0)
        """
        west, north, row, col = self.anchor or (self.west, self.north, 0, 0)
        row, col = row + tile.row, col + tile.col
        corner = west + col * self.dx, north - row * self.dy
        return Grid(self.crs, *corner, self.dx, self.dy, tile.width, tile.height, anchor=(west, north, row, col))

    def x_edges(self) -> NDArray[np.float64]:
        """Return the west-to-east edges of the columns, shape (width + 1,)."""
        west, _, _, col = self.anchor or (self.west, self.north, 0, 0)
        return np.asarray(west + (col + np.arange(self.width + 1)) * self.dx, dtype=np.float64)

    def y_edges(self) -> NDArray[np.float64]:
        """Return the north-to-south edges of the rows, shape (height + 1,)."""
        _, north, row, _ = self.anchor or (self.west, self.north, 0, 0)
        return np.asarray(north - (row + np.arange(self.height + 1)) * self.dy, dtype=np.float64)

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
