"""The other layers of the invented country: soil carbon, people, rain and the factors of soil erosion."""

import numpy as np
from numpy.typing import NDArray

from landbalance.core.vocab import LandCover
from landbalance.io.demo.cover import TOWNS, Cover, nested
from landbalance.io.demo.terrain import Field, Terrain, coarse

NO_STOCK = -9999.0
POOR_STOCK = 3.0  # t C ha-1: below the floor of 5
HYPER_ARID = 0.05  # wetness below which the soil is that poor
NO_SOIL_MAP = (0.66, 0.06, 0.06, 0.04)  # a coast without a soil map
PEOPLE_CELLS, RAIN_CELLS = 2, 10
PEOPLE_YEARS = (2015, 2020)
EROSION_YEARS = (2000, 2015, 2019, 2023)
TERRACES = (0.40, 0.13, 0.07, 0.045)  # built after 2015 where forest was cleared
COVER_FACTOR = {
    LandCover.TREE_COVERED: 0.003,
    LandCover.GRASSLAND: 0.05,
    LandCover.CROPLAND: 0.2,
    LandCover.WETLAND: 0.005,
    LandCover.ARTIFICIAL: 0.1,
    LandCover.OTHER_LAND: 0.35,
    LandCover.WATER: 0.0,
}


def soil_carbon(terrain: Terrain) -> Field:
    """Return the stock of 2000 [t C ha-1]; NO_STOCK outside the country and on a coast without a soil map."""
    stock = np.round(18 + 55 * np.clip(terrain.wetness, 0, None) + 3 * terrain.local, 1).astype(np.float32)
    stock[terrain.wetness < HYPER_ARID] = POOR_STOCK
    stock[terrain.ellipse(NO_SOIL_MAP) | ~terrain.inside] = NO_STOCK
    return stock


def people(terrain: Terrain, year: int, *, women: bool) -> Field:
    """Return the number of women and girls, or of men and boys, in each coarse cell."""
    per_km2 = 2 + 22 * np.clip(terrain.wetness, 0, None)
    for east, north in TOWNS:
        away = (terrain.east - east) ** 2 + (terrain.north - north) ** 2
        per_km2 = per_km2 + 900 * np.exp(-away / (2 * 0.012**2))
    growth = 1.0 if year == PEOPLE_YEARS[0] else 1.13
    persons = per_km2 * terrain.area_km2 * terrain.inside * growth * (0.507 if women else 0.493)
    blocks = coarse(persons.astype(np.float32), PEOPLE_CELLS) * PEOPLE_CELLS**2
    return np.round(blocks, 3).astype(np.float32)


def annual_rain(rng: np.random.Generator, terrain: Terrain) -> NDArray[np.uint16]:
    """Return one year of rain in each coarse cell [mm]."""
    mean = coarse(60 + 1250 * np.clip(terrain.wetness, 0, None), RAIN_CELLS)
    spread = 1 + 0.15 * rng.standard_normal() + 0.05 * rng.standard_normal(mean.shape)
    return np.asarray(np.clip(np.rint(mean * spread), 0, 60_000), dtype=np.uint16)


def rain_erosivity(terrain: Terrain) -> Field:
    """Return the factor R of each coarse cell [MJ mm ha-1 h-1 yr-1], the same in all years."""
    return np.round(300 + 4200 * np.clip(coarse(terrain.wetness), 0, None)).astype(np.float32)


def soil_erodibility(terrain: Terrain) -> Field:
    """Return the factor K of each coarse cell [t h MJ-1 mm-1]."""
    return (0.01 + 0.006 * terrain.soil).astype(np.float32)


def slope_length(terrain: Terrain) -> Field:
    """Return the factor LS of each coarse cell [1]."""
    return np.round(0.2 + 3 * coarse(terrain.relief) ** 2, 2).astype(np.float32)


def cover_factor(cover: Cover, year: int) -> Field:
    """Return the factor C [1] of a year, from land cover."""
    table = np.zeros(8, dtype=np.float32)
    for parent, factor in COVER_FACTOR.items():
        table[parent] = factor
    return np.asarray(table[nested(cover.of(year))])


def practice_factor(terrain: Terrain, year: int) -> Field:
    """Return the factor P [1] of a year: terraces stand from 2016 on."""
    factor = np.ones(terrain.grid.shape, dtype=np.float32)
    if year > 2015:
        factor[terrain.ellipse(TERRACES)] = 0.4
    return factor
