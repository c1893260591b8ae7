"""The area of interest on the analysis grid: its pieces, its tiles, and the share of each cell that belongs to it."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from landbalance.core.errors import InputError
from landbalance.grid.areas import area_quanta, quantum_for
from landbalance.grid.grid import Grid, Tile
from landbalance.io.raster import RasterReader
from landbalance.io.vector import Polygons, burn, cover, geodesic_area_km2

HUNDREDTHS = 100
SMALL_AREA_CELLS = 5000  # methods 0.6: below this the share of each border cell counts
DRYLAND = (0.05, 0.65)  # aridity index of affected areas (methods 0.6)


@dataclass(frozen=True)
class Area:
    """The cells a run computes, and what each of them weighs.

    Parameters
    ----------
    pieces : tuple of Grid
        One grid, or two where the area crosses the antimeridian.
    boundary : Polygons
        The area of interest, in the CRS of the grids.
    rule : {"centre", "fraction", "all_touched"}
        How border cells count.
    quantum_km2 : float
        Unit of integer areas: a power of two of 1 km2.
    coast : Polygons or None
        Land polygons; cells whose centre lies outside are left out.
    dryland : RasterReader or None
        Aridity index; when given, cells outside 0.05 to 0.65 are left out (affected areas only).
    """

    pieces: tuple[Grid, ...]
    boundary: Polygons
    rule: str
    quantum_km2: float
    coast: Polygons | None = None
    dryland: RasterReader | None = None

    @property
    def unit_km2(self) -> float:
        """Return the unit of counted areas: a hundredth of the quantum, as a border cell may belong in part."""
        return self.quantum_km2 / HUNDREDTHS

    def tiles(self, block: int) -> list[Tile]:
        """Return all tiles of all pieces, in order."""
        return [tile for number, piece in enumerate(self.pieces) for tile in piece.tiles(block, number)]

    def part(self, tile: Tile) -> Grid:
        """Return the grid of a tile."""
        return self.pieces[tile.piece].part(tile)

    def weights(self, tile: Tile) -> NDArray[np.uint8]:
        """Return the hundredths of each cell that belong to the area, shape (y, x); 100 is all of it."""
        grid = self.part(tile)
        if self.rule == "fraction":
            weights = cover(self.boundary, grid)
        elif self._covers(grid):
            weights = np.full(grid.shape, 100, dtype=np.uint8)
        else:
            weights = np.where(burn(self.boundary, grid, rule=self.rule) > 0, np.uint8(100), np.uint8(0))
        if self.coast is not None and weights.any():
            weights = np.where(burn(self.coast, grid) > 0, weights, np.uint8(0))
        if self.dryland is not None and weights.any():
            aridity = self.dryland.values(self.dryland.layer.slices[:1], grid)[0]
            weights = np.where((aridity >= DRYLAND[0]) & (aridity <= DRYLAND[1]), weights, np.uint8(0))
        return weights.astype(np.uint8)

    def _covers(self, grid: Grid) -> bool:
        """Return whether one polygon of the boundary, where it lies, has all cells of a grid."""
        boundary, frame = self.boundary.to(grid.crs), shapely.box(*grid.bounds)
        return bool(shapely.covers(list(boundary.geometries), frame).any())

    def quanta(self, tile: Tile) -> NDArray[np.int64]:
        """Return the integer area of each cell of a tile, in `quantum_km2`, shape (y, x)."""
        return np.broadcast_to(area_quanta(self.part(tile), self.quantum_km2), (tile.height, tile.width))


def make_area(
    boundary: Polygons,
    pieces: tuple[Grid, ...],
    *,
    rule: str,
    coast: Polygons | None = None,
    dryland: RasterReader | None = None,
) -> Area:
    """Return the area of interest on its grids; rule "auto" takes shares for small areas, else cell centres.

    Raises
    ------
    InputError
        If the boundary has no cell on the grid.
    """
    quantum = max(quantum_for(piece) for piece in pieces)
    if rule == "auto":
        widest = max(
            float(area_quanta(piece.part(Tile(0, piece.height // 2, 0, 1, 1)), quantum).max()) for piece in pieces
        )
        rule = "fraction" if geodesic_area_km2(boundary) < SMALL_AREA_CELLS * widest * quantum else "centre"
    if not pieces:
        raise InputError(
            "the boundary does not meet the layers", hint="check the CRS of both with landbalance data check"
        )
    return Area(pieces, boundary, rule, quantum, coast, dryland)
