"""The ground of the invented country: cells, coast, rain, soils and hills, all from one stream of random numbers."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rasterio.features import rasterize
from rasterio.transform import Affine
from scipy.ndimage import zoom

from landbalance.grid.areas import cell_areas_km2
from landbalance.grid.grid import Grid
from landbalance.io.demo.outline import WEST, WIDTH_DEGREES, country_outline, north_edge

Field = NDArray[np.float32]
Mask = NDArray[np.bool_]

COLUMNS, ROWS = 900, 700  # at size 1: cells of 1/360 degree
COARSE = 5  # cells of climate, soil and slope layers per cell of the country's grid
MOIST, DRY = 11, 12  # IPCC climate zones: tropical moist, tropical dry
SOILS = 6
RAGGED = 0.15  # how much edges of planted places wander


@dataclass(frozen=True)
class Terrain:
    """The unchanging ground.

    Parameters
    ----------
    grid : Grid
        Cells of the country's own layers.
    inside : ndarray of bool, shape (y, x)
        Cells whose centre lies in the country.
    east, north : ndarray of float32, shape (y, x)
        Place in the frame, 0 to 1.
    wetness : ndarray of float32, shape (y, x)
        From below 0 (hyper-arid) to about 1 (moist forest).
    farmed, local : ndarray of float32, shape (y, x)
        Where people farm, and how good the spot is; standard normal, smooth.
    relief : ndarray of float32, shape (y, x)
        Hills, 0 to 1.
    """

    grid: Grid
    inside: Mask
    east: Field
    north: Field
    wetness: Field
    farmed: Field
    local: Field
    relief: Field
    area_km2: NDArray[np.float64]

    @property
    def climate_zone(self) -> NDArray[np.uint8]:
        """Return the IPCC climate zone of each coarse cell."""
        return np.where(coarse(self.wetness) > 0.6, MOIST, DRY).astype(np.uint8)

    @property
    def soil(self) -> NDArray[np.int16]:
        """Return the soil suborder of each coarse cell, 1 to 6."""
        rank = 3.5 + 1.4 * coarse(self.local) + 0.8 * coarse(self.farmed)
        return np.clip(np.rint(rank), 1, SOILS).astype(np.int16)

    @property
    def slope_class(self) -> NDArray[np.uint8]:
        """Return the slope of each coarse cell: 1 flat, 2 rolling, 3 steep."""
        return np.digitize(coarse(self.relief), (0.45, 0.7)).astype(np.uint8) + np.uint8(1)

    @property
    def aridity(self) -> Field:
        """Return rain over potential evapotranspiration of each coarse cell."""
        return (0.02 + 0.9 * np.clip(coarse(self.wetness), 0, None) ** 1.2).astype(np.float32)

    def ellipse(self, place: tuple[float, float, float, float]) -> Mask:
        """Return the cells in a ragged ellipse (centre east and north, half width and half height, in the frame)."""
        east, north, half_width, half_height = place
        away = ((self.east - east) / half_width) ** 2 + ((self.north - north) / half_height) ** 2
        return np.asarray(away <= 1.0 + RAGGED * self.local) & self.inside


def make_terrain(rng: np.random.Generator, size: float) -> Terrain:
    """Make the ground; `size` scales the number of cells along each side, not the country."""
    columns, rows = (10 * max(round(count * size / 10), 4) for count in (COLUMNS, ROWS))
    step = WIDTH_DEGREES / columns
    grid = Grid("EPSG:4326", WEST, north_edge(rows * step), step, step, columns, rows)
    rows_down, columns_right = np.indices(grid.shape, dtype=np.float32)
    east: Field = (columns_right + np.float32(0.5)) / np.float32(columns)
    north: Field = 1 - (rows_down + np.float32(0.5)) / np.float32(rows)
    rain, farmed, local, relief = (smooth_field(rng, knots, grid.shape) for knots in (9, 12, 14, 8))
    return Terrain(
        grid=grid,
        inside=burnt(grid),
        east=east,
        north=north,
        wetness=(1.0 - 0.74 * north - 0.44 * east * north + 0.05 * rain).astype(np.float32),
        farmed=farmed,
        local=local,
        relief=((relief - relief.min()) / (relief.max() - relief.min())).astype(np.float32),
        area_km2=np.broadcast_to(cell_areas_km2(grid), grid.shape),
    )


def smooth_field(rng: np.random.Generator, knots: int, shape: tuple[int, int]) -> Field:
    """Return a smooth field of mean 0 and standard deviation 1, the same picture at any resolution."""
    drawn = rng.standard_normal((knots, knots))
    field = zoom(drawn, (shape[0] / knots, shape[1] / knots), order=3, mode="nearest", grid_mode=True)
    return np.asarray((field - field.mean()) / field.std(), dtype=np.float32)


def coarse(field: Field, times: int = COARSE) -> Field:
    """Return the means of blocks of `times` by `times` cells."""
    rows, columns = field.shape[0] // times, field.shape[1] // times
    return np.asarray(field.reshape(rows, times, columns, times).mean(axis=(1, 3), dtype=np.float64), dtype=np.float32)


def coarse_grid(grid: Grid, times: int = COARSE) -> Grid:
    """Return the grid of those blocks."""
    step = grid.dx * times
    return Grid(grid.crs, grid.west, grid.north, step, step, grid.width // times, grid.height // times)


def fine(blocks: NDArray[np.generic], times: int = COARSE) -> NDArray[np.generic]:
    """Return the value of its block for every cell."""
    return np.repeat(np.repeat(blocks, times, axis=0), times, axis=1)


def burnt(grid: Grid) -> Mask:
    """Return the cells whose centre lies in the country."""
    burnt = rasterize([country_outline()], out_shape=grid.shape, transform=Affine(*grid.gdal_transform), dtype="uint8")
    return np.asarray(burnt == 1)
