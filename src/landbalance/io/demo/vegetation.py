"""Annual NDVI of the invented country: a level by land cover, planted courses, drought years, noise and gaps."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from landbalance.core.vocab import LandCover, Lpd
from landbalance.io.demo.cover import Cover, nested
from landbalance.io.demo.terrain import Field, Mask, Terrain

YEARS = tuple(range(2001, 2024))
SCALE = 1e-4
NO_VIEW, SEA = -32768, -32767  # stored values without data
NOISE, DROUGHT = 0.005, 0.003  # standard deviation of cell noise, and of what a dry year does everywhere
GAP_SHARE = 0.011  # of cells lack one year
CLOUDY = (0.35, 0.075, 0.05, 0.03)  # no clear view until CLOUDY_UNTIL
CLOUDY_UNTIL = 2006
LEVEL = {
    LandCover.TREE_COVERED: 0.62,
    LandCover.GRASSLAND: 0.42,
    LandCover.CROPLAND: 0.48,
    LandCover.WETLAND: 0.55,
    LandCover.ARTIFICIAL: 0.36,
    LandCover.OTHER_LAND: 0.10,
    LandCover.WATER: 0.03,
}
GREEN = (LandCover.TREE_COVERED, LandCover.GRASSLAND, LandCover.CROPLAND)


@dataclass(frozen=True)
class Course:
    """A planted course of productivity.

    Parameters
    ----------
    id, what : str
        Name of the planting, and what happens in plain words.
    place : ellipse
        Where: centre and half axes in the frame; only trees, grass and crops are touched.
    change : callable
        Year -> change of NDVI since 2001.
    share : float
        Share of the level of its land cover that the place has at all.
    status : tuple of int
        Productivity status in baseline, report_1 and report_2.
    baseline_lpd : Lpd
        Class of land productivity dynamics in the baseline.
    """

    id: str
    what: str
    place: tuple[float, float, float, float]
    change: Callable[[int], float]
    status: tuple[int, int, int]
    baseline_lpd: Lpd
    share: float = 1.0


COURSES = (
    Course(
        "decline",
        "greenness falls by 0.006 a year",
        (0.22, 0.60, 0.06, 0.10),
        lambda year: -0.006 * (year - 2001),
        (-1, -1, -1),
        Lpd.DECLINING,
    ),
    Course(
        "recent_decline",
        "greenness falls by 0.012 a year from 2016 on",
        (0.76, 0.30, 0.06, 0.07),
        lambda year: -0.012 * max(year - 2015, 0),
        (0, -1, -1),
        Lpd.STABLE,
    ),
    Course(
        "early_decline",
        "greenness drops by 0.05 in 2022: the state sees it, the trend not yet",
        (0.52, 0.70, 0.06, 0.06),
        lambda year: -0.05 if year >= 2022 else 0.0,
        (0, 0, -1),
        Lpd.STABLE,
    ),
    Course(
        "recovery",
        "greenness rises by 0.008 a year from 2009 on",
        (0.30, 0.38, 0.06, 0.07),
        lambda year: 0.008 * max(year - 2008, 0),
        (1, 1, 1),
        Lpd.INCREASING,
    ),
    Course(
        "poor_performance",
        "as steady as its neighbours, but at 38 % of their greenness",
        (0.14, 0.40, 0.05, 0.07),
        lambda _: 0.0,
        (0, 0, 0),
        Lpd.STRESSED,
        share=0.38,
    ),
)


@dataclass(frozen=True)
class Vegetation:
    """What does not change from year to year, and where what is planted.

    Parameters
    ----------
    level : ndarray of float32, shape (y, x)
        NDVI without course, drought and noise.
    planted : mapping of str to ndarray of bool
        Cells of each course.
    cloudy : ndarray of bool, shape (y, x)
        Cells without a clear view until 2006.
    """

    level: Field
    planted: dict[str, Mask]
    cloudy: Mask
    inside: Mask


def make_vegetation(terrain: Terrain, cover: Cover) -> Vegetation:
    """Make the level of NDVI and choose the cells of each course."""
    parents = nested(cover.start)
    table = np.zeros(8, dtype=np.float32)
    for parent, value in LEVEL.items():
        table[parent] = value
    level = table[parents] * np.clip(1 + 0.08 * terrain.local, 0.84, 1.16)
    green = np.isin(parents, GREEN)
    planted = {course.id: terrain.ellipse(course.place) & green for course in COURSES}
    for course in COURSES:
        level[planted[course.id]] *= course.share
    return Vegetation(level.astype(np.float32), planted, terrain.ellipse(CLOUDY) & green, terrain.inside)


def annual_ndvi(rng: np.random.Generator, vegetation: Vegetation) -> Iterator[NDArray[np.int16]]:
    """Give the stored NDVI year by year, shape (y, x)."""
    shape = vegetation.level.shape
    gap_year = rng.choice(YEARS, size=shape)
    gap_year[rng.random(shape) >= GAP_SHARE] = 0
    for year in YEARS:
        ndvi = vegetation.level + NOISE * rng.standard_normal(shape, dtype=np.float32)
        ndvi += np.float32(DROUGHT * rng.standard_normal())
        for course in COURSES:
            ndvi[vegetation.planted[course.id]] += np.float32(course.change(year))
        stored = np.clip(np.rint(ndvi / SCALE), 1, 10_000).astype(np.int16)
        stored[gap_year == year] = NO_VIEW
        if year <= CLOUDY_UNTIL:
            stored[vegetation.cloudy] = NO_VIEW
        stored[~vegetation.inside] = SEA
        yield stored
