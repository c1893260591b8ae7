"""Land cover of the invented country in ESA CCI codes, year by year, with planted conversions."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from landbalance.core.vocab import LandCover
from landbalance.io.demo.terrain import Mask, Terrain

YEARS = tuple(range(2000, 2024))
TREES, GRASS, SHRUBS, SPARSE, CROPS, MOSAIC, SWAMP, TOWN, BARE, WATER = 60, 130, 120, 150, 10, 30, 180, 190, 200, 210
UNCCD_OF = {
    TREES: LandCover.TREE_COVERED,
    GRASS: LandCover.GRASSLAND,
    SHRUBS: LandCover.GRASSLAND,
    SPARSE: LandCover.GRASSLAND,
    CROPS: LandCover.CROPLAND,
    MOSAIC: LandCover.CROPLAND,
    SWAMP: LandCover.WETLAND,
    TOWN: LandCover.ARTIFICIAL,
    BARE: LandCover.OTHER_LAND,
    WATER: LandCover.WATER,
}
LAKE = (0.46, 0.42, 0.055, 0.05)
SHORE = (0.46, 0.42, 0.085, 0.08)
TOWNS = ((0.30, 0.25), (0.62, 0.22), (0.55, 0.55), (0.25, 0.70), (0.78, 0.50))
TOWN_RADIUS, SUBURB_RADIUS = 0.012, 0.024


@dataclass(frozen=True)
class Conversion:
    """A planted change of land cover.

    Parameters
    ----------
    id, what : str
        Name of the planting, and what happens in plain words.
    before : LandCover
        Class it happens on.
    after : int
        ESA CCI code from `year` on.
    sign : int
        What the UNCCD transition matrix says of it: -1 or 1.
    factor : str
        Factor of soil organic carbon over 20 years: "f" (cultivation in the zone), "/f", or a number.
    places : tuple of ellipses
        Where: centre and half axes in the frame.
    """

    id: str
    what: str
    before: LandCover
    after: int
    year: int
    sign: int
    factor: str
    places: tuple[tuple[float, float, float, float], ...]


_SUBURBS = tuple((east, north, SUBURB_RADIUS, SUBURB_RADIUS * 9 / 7) for east, north in TOWNS)
CONVERSIONS = (
    Conversion(
        "deforestation",
        "forest cleared for crops",
        LandCover.TREE_COVERED,
        CROPS,
        2005,
        -1,
        "f",
        ((0.40, 0.13, 0.07, 0.045),),
    ),
    Conversion(
        "cropland_expansion",
        "grassland ploughed",
        LandCover.GRASSLAND,
        MOSAIC,
        2008,
        1,
        "f",
        ((0.68, 0.42, 0.06, 0.06),),
    ),
    Conversion(
        "revegetation",
        "bare land turned to grassland",
        LandCover.OTHER_LAND,
        GRASS,
        2009,
        1,
        "2",
        ((0.76, 0.80, 0.07, 0.06),),
    ),
    Conversion(
        "wetland_drainage",
        "wetland drained for crops",
        LandCover.WETLAND,
        CROPS,
        2010,
        -1,
        "0.71",
        ((0.53, 0.42, 0.05, 0.07),),
    ),
    Conversion(
        "urban_growth_on_grassland", "suburbs on grassland", LandCover.GRASSLAND, TOWN, 2012, -1, "0.1", _SUBURBS
    ),
    Conversion("urban_growth_on_cropland", "suburbs on cropland", LandCover.CROPLAND, TOWN, 2012, -1, "0.1", _SUBURBS),
    Conversion(
        "reforestation",
        "crops given back to forest",
        LandCover.CROPLAND,
        TREES,
        2017,
        1,
        "/f",
        ((0.70, 0.16, 0.09, 0.06),),
    ),
    Conversion(
        "late_deforestation",
        "forest cleared for crops, lately",
        LandCover.TREE_COVERED,
        CROPS,
        2018,
        -1,
        "f",
        ((0.24, 0.14, 0.05, 0.05),),
    ),
)


@dataclass(frozen=True)
class Cover:
    """Land cover of 2000 and what changes later.

    Parameters
    ----------
    start : ndarray of uint8, shape (y, x)
        ESA CCI codes of 2000.
    planted : mapping of str to ndarray of bool
        Cells of each conversion; no cell has two.
    """

    start: NDArray[np.uint8]
    planted: dict[str, Mask]

    def of(self, year: int) -> NDArray[np.uint8]:
        """Return the ESA CCI codes of a year."""
        codes = self.start.copy()
        for conversion in CONVERSIONS:
            if year >= conversion.year:
                codes[self.planted[conversion.id]] = conversion.after
        return codes

    def unccd(self, year: int) -> NDArray[np.int8]:
        """Return the UNCCD classes of a year."""
        return nested(self.of(year))


def make_cover(terrain: Terrain) -> Cover:
    """Make the land cover of the invented country."""
    start = _start(terrain)
    parents = nested(start)
    free = terrain.inside.copy()
    planted: dict[str, Mask] = {}
    for conversion in CONVERSIONS:
        where = np.zeros_like(free)
        for place in conversion.places:
            where |= terrain.ellipse(place)
        planted[conversion.id] = where & free & (parents == conversion.before)
        free &= ~planted[conversion.id]
    return Cover(start, planted)


def nested(codes: NDArray[np.uint8]) -> NDArray[np.int8]:
    """Return the UNCCD classes of ESA CCI codes."""
    table = np.zeros(256, dtype=np.int8)
    for code, parent in UNCCD_OF.items():
        table[code] = parent
    return np.asarray(table[codes])


def _start(terrain: Terrain) -> NDArray[np.uint8]:
    """Return the land cover of 2000."""
    wet = terrain.wetness
    bands = np.digitize(wet, (0.20, 0.28, 0.40, 0.70))
    codes = np.array([BARE, SPARSE, SHRUBS, GRASS, TREES], dtype=np.uint8)[bands]
    farmland = (terrain.farmed > 0.7) & (wet > 0.42)
    codes[farmland] = np.where(terrain.local[farmland] > 0, CROPS, MOSAIC)
    for east, north in TOWNS:
        codes[terrain.ellipse((east, north, TOWN_RADIUS, TOWN_RADIUS * 9 / 7))] = TOWN
    codes[terrain.ellipse(SHORE)] = SWAMP
    codes[terrain.ellipse(LAKE)] = WATER
    codes[~terrain.inside] = WATER
    return codes
