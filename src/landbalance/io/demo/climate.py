"""Invented weather, herds and forest of the demo: months of rain with planted droughts, and what follows from them.

It draws from random numbers of its own, so that nothing else of the demo depends on it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from landbalance.io.demo.files import Folder
from landbalance.io.demo.outline import DISTRICTS
from landbalance.io.demo.terrain import Terrain, coarse, coarse_grid, smooth_field
from landbalance.io.files import write_text

Cube = NDArray[np.floating[Any]]
CELLS = (20, 10, 5)  # cells of the country's grid along a cell of weather, the coarsest that fits
FIRST_YEAR, LAST_YEAR = 1981, 2023
OBSERVED_FROM = 2001  # of soil moisture and greenness
SEASON = np.array([0.01, 0.01, 0.02, 0.03, 0.07, 0.14, 0.22, 0.24, 0.15, 0.07, 0.03, 0.01])
WARMTH = np.array([24.0, 25.5, 27.5, 29.0, 29.5, 28.5, 27.0, 26.5, 27.0, 27.5, 26.0, 24.5])
MISSING = -32768
ENCROACHED = (0.60, 0.50, 0.07, 0.06)  # bush spreads here from 2005 on
ANIMALS = ("cattle", "sheep", "goat", "camel")


@dataclass(frozen=True)
class PlantedDrought:
    """One drought of the invented country: what is left of the rain, where (in the frame) and in which months."""

    year: int
    share: float
    east: tuple[float, float]
    north: tuple[float, float]
    months: tuple[int, ...] = (5, 6, 7, 8, 9, 10)
    events: tuple[str, ...] = ()


DROUGHTS = (
    PlantedDrought(1984, 0.40, (0.0, 1.0), (0.0, 1.0), events=DISTRICTS),
    PlantedDrought(2002, 0.45, (0.36, 1.0), (0.0, 1.0), events=("Highmoor", "Sandreach", "Lakeland", "Southvale")),
    PlantedDrought(2011, 0.40, (0.0, 1.0), (0.5, 1.0), events=("Northmarch", "Highmoor", "Sandreach")),
    PlantedDrought(2021, 0.35, (0.0, 1.0), (0.0, 1.0), events=DISTRICTS),
    PlantedDrought(2022, 0.60, (0.0, 1.0), (0.0, 1.0), events=DISTRICTS[1:4]),
)


def write_climate(data: Folder, terrain: Terrain, seed: int) -> dict[str, object]:
    """Write all layers and tables of drought and rangelands; return what was planted."""
    rng = np.random.default_rng([seed, 6])
    cells = _cells(terrain)
    rain = _rain(rng, terrain, cells)
    _write_months(data, terrain, "rain_monthly", rain, scale=10.0, first=FIRST_YEAR)
    mean, width = _temperature(rng, terrain, cells)
    _write_months(data, terrain, "temperature_minimum", mean - width / 2, scale=10.0, first=FIRST_YEAR)
    _write_months(data, terrain, "temperature_maximum", mean + width / 2, scale=10.0, first=FIRST_YEAR)
    soil, green = _soil_and_green(rng, rain)
    _write_months(data, terrain, "soil_moisture", soil, scale=10_000.0, first=OBSERVED_FROM)
    _write_months(data, terrain, "vegetation_monthly", green, scale=10_000.0, first=OBSERVED_FROM)
    _write_ground(data, terrain, rng, rain)
    _write_forest(data, terrain, rng)
    _write_tables(data, rng)
    return {
        "note": "Weather, herds, forest and vulnerability are invented as well.",
        "droughts": [
            {"year": each.year, "rain_left": each.share, "months": each.months, "districts": each.events}
            for each in DROUGHTS
        ],
        "bush_encroachment": {"from": 2005, "place": ENCROACHED},
    }


def _cells(terrain: Terrain) -> int:
    """Return how many cells of the grid one cell of weather has along a side: fewer in a small demo, a whole number."""
    rows, columns = terrain.grid.shape
    fits = (times for times in CELLS if rows % times == 0 and columns % times == 0 and min(rows, columns) >= 10 * times)
    return next(fits, CELLS[-1])


def _rain(rng: np.random.Generator, terrain: Terrain, cells: int) -> Cube:
    """Return monthly rain [mm], shape (month, y, x)."""
    yearly = 60 + 1250 * np.clip(coarse(terrain.wetness, cells), 0, None)
    east, north = coarse(terrain.east, cells), coarse(terrain.north, cells)
    months = []
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        country = rng.gamma(16, 1 / 16)
        for month in range(12):
            local = np.clip(1 + 0.12 * smooth_field(rng, 4, yearly.shape), 0.2, None)
            depth = yearly * SEASON[month] * country * rng.gamma(6, 1 / 6) * local
            for drought in DROUGHTS:
                here = _between(east, drought.east) & _between(north, drought.north)
                if drought.year == year and month + 1 in drought.months:
                    depth = np.where(here, depth * drought.share, depth)
            months.append(np.where(depth < 0.5, 0.0, depth))
    return np.stack(months).astype(np.float32)


def _between(place: NDArray[np.floating], ends: tuple[float, float]) -> NDArray[np.bool_]:
    """Return which cells lie between two places of the frame."""
    return np.asarray((place >= ends[0]) & (place <= ends[1]))


def _temperature(rng: np.random.Generator, terrain: Terrain, cells: int) -> tuple[Cube, Cube]:
    """Return monthly mean temperature and the width between night and day [degC]."""
    years = LAST_YEAR - FIRST_YEAR + 1
    relief, wet = coarse(terrain.relief, cells), np.clip(coarse(terrain.wetness, cells), 0, 1)
    month = np.tile(WARMTH, years)[:, None, None]
    warming = np.repeat(0.02 * np.arange(years), 12)[:, None, None]
    weather = 0.5 * rng.standard_normal((12 * years, 1, 1))
    mean = month + warming + weather - 6 * relief
    width = 16 - 6 * wet + 0.5 * rng.standard_normal((12 * years, 1, 1))
    return mean.astype(np.float32), np.broadcast_to(width, mean.shape).astype(np.float32)


def _soil_and_green(rng: np.random.Generator, rain: Cube) -> tuple[Cube, Cube]:
    """Return soil moisture [1] that follows rain, and greenness that follows soil moisture a month later."""
    water, green = np.full(rain.shape[1:], 0.15), np.full(rain.shape[1:], 0.25)
    soils, greens = [], []
    for depth in rain:
        water = np.clip(0.70 * water + 0.0012 * depth + 0.004 * rng.standard_normal(water.shape), 0.01, 0.60)
        green = np.clip(
            0.55 * green + 0.45 * (0.10 + 1.3 * water) + 0.006 * rng.standard_normal(water.shape), 0.05, 0.95
        )
        soils.append(water)
        greens.append(green)
    start = 12 * (OBSERVED_FROM - FIRST_YEAR)
    return np.stack(soils[start:]).astype(np.float32), np.stack(greens[start:]).astype(np.float32)


def _write_months(data: Folder, terrain: Terrain, name: str, cube: Cube, *, scale: float, first: int) -> None:
    """Write one layer of months, its bands named by month."""
    grid = coarse_grid(terrain.grid, terrain.grid.width // cube.shape[2])
    stored = np.clip(np.rint(cube * scale), -32_000, 32_000).astype(np.int16)
    labels = (f"{name}_{first + row // 12}-{row % 12 + 1:02d}" for row in range(len(stored)))
    data.raster(name, grid, zip(labels, stored, strict=True), nodata=MISSING)


def _write_ground(data: Folder, terrain: Terrain, rng: np.random.Generator, rain: Cube) -> None:
    """Write bare ground, woody cover and the distance to water."""
    cells = terrain.grid.width // rain.shape[2]
    grid = coarse_grid(terrain.grid, cells)
    wet = np.clip(coarse(terrain.wetness, cells), 0, 1)
    bush = coarse(terrain.ellipse(ENCROACHED).astype(np.float32), cells) > 0.3
    yearly = rain.reshape(-1, 12, *rain.shape[1:]).sum(axis=1)
    normal = yearly.mean(axis=0)
    years = range(OBSERVED_FROM, LAST_YEAR + 1)

    def bare() -> Iterator[NDArray[np.uint8]]:
        for year in years:
            dryness = 0.2 * (1 - yearly[year - FIRST_YEAR] / normal)
            share = 0.75 - 0.6 * wet + dryness + 0.02 * rng.standard_normal(wet.shape)
            yield np.clip(np.rint(100 * share), 0, 100).astype(np.uint8)

    def woody() -> Iterator[NDArray[np.uint8]]:
        for year in years:
            share = 0.05 + 0.5 * wet**2 + bush * 0.015 * max(year - 2004, 0) + 0.005 * rng.standard_normal(wet.shape)
            yield np.clip(np.rint(100 * share), 0, 100).astype(np.uint8)

    for name, bands in (("bare_ground", bare()), ("woody_cover", woody())):
        data.raster(name, grid, ((f"{name}_{year}", band) for year, band in zip(years, bands, strict=True)), nodata=255)
    away = np.clip(2.0 + 1.6 * smooth_field(rng, 10, wet.shape), 0.1, None).astype(np.float32)
    data.raster("water_distance", grid, [("water_distance", np.round(away, 2))], nodata=-1)


def _write_forest(data: Folder, terrain: Terrain, rng: np.random.Generator) -> None:
    """Write tree cover of 2000, the year of its loss, and biomass."""
    grid = coarse_grid(terrain.grid)
    wet = np.clip(coarse(terrain.wetness), 0, 1.2)
    cover = np.clip(np.rint(130 * (wet - 0.35)), 0, 100).astype(np.uint8)
    loss = np.where((rng.random(wet.shape) < 0.04) & (cover >= 30), rng.integers(1, 24, wet.shape), 0).astype(np.uint8)
    mass = np.clip(np.rint(220 * wet**2), 0, 400).astype(np.int16)
    data.raster("tree_cover", grid, [("tree_cover", cover)], nodata=255)
    data.raster("tree_loss_year", grid, [("tree_loss_year", loss)], nodata=255)
    data.raster("biomass", grid, [("biomass", mass)], nodata=-1)


def _write_tables(data: Folder, rng: np.random.Generator) -> None:
    """Write herds, drought events, vulnerability factors and growth rates as CSV."""
    herds = ["district,species,heads"]
    for place, district in enumerate(DISTRICTS):
        for species, base in zip(ANIMALS, (48_000, 120_000, 160_000, 9_000), strict=True):
            herds.append(f"{district} (invented),{species},{int(base * (0.6 + 0.15 * place) * rng.uniform(0.8, 1.2))}")
    write_text(data.path / "livestock.csv", "\n".join(herds) + "\n")
    events = ["district,year,month,event"]
    events += [f"{name} (invented),{each.year},9,drought" for each in DROUGHTS for name in each.events]
    write_text(data.path / "drought_events.csv", "\n".join(events) + "\n")
    rows = ["unit,year,sex,literacy,rural_population,poverty,agriculture_share,safe_water,irrigated_share"]
    for year in range(2000, 2024):
        step = year - 2000
        for sex, gap in (("total", 0.0), ("female", -4.0), ("male", 4.0)):
            values = (52 + 0.9 * step + gap, 71 - 0.4 * step, 46 - 0.8 * step - gap / 2, 34 - 0.3 * step)
            rows.append(
                f"nation,{year},{sex}," + ",".join(f"{v:.1f}" for v in (*values, 28 + 1.1 * step, 3 + 0.1 * step))
            )
    write_text(data.path / "vulnerability.csv", "\n".join(rows) + "\n")
    growth = ["district,measure,first,second"]
    for name in DISTRICTS:
        growth += [f"{name} (invented),natural_regeneration,9.1,3.2", f"{name} (invented),agroforestry,10.8,1.5"]
        growth += [f"{name} (invented),other_broadleaf,15.0,0"]
    write_text(data.path / "restoration_growth.csv", "\n".join(growth) + "\n")


_MONTHS = (
    ("rain_monthly", "Monthly rain", "mm", 0.1),
    ("temperature_minimum", "Monthly mean of the daily minimum", "degC", 0.1),
    ("temperature_maximum", "Monthly mean of the daily maximum", "degC", 0.1),
    ("soil_moisture", "Monthly soil moisture", "1", 0.0001),
    ("vegetation_monthly", "Monthly greenness", "1", 0.0001),
)
_YEARS = (("bare_ground", "Bare ground"), ("woody_cover", "Woody cover"))
_STATIC = (
    ("water_distance", "Distance to water", "km", -1),
    ("biomass", "Above-ground biomass", "t ha-1", -1),
    ("tree_cover", "Tree cover of 2000", "%", 255),
    ("tree_loss_year", "Year of tree loss less 2000", "class", 255),
)


def climate_entries(source: str) -> str:
    """Return the `[[layer]]` tables of these layers."""
    head = '\n[[layer]]\nrole = "{0}"\ntitle = "{1}"\npath = "data/{0}.tif"\nunit = "{2}"\n'
    told = 'nodata = [{{ value = {0}, reason = "no data" }}]\n'
    parts = ["\n# Drought and rangelands: months by the names of the bands."]
    parts += [head.format(*row[:3]) + f"scale = {row[3]}\n" + told.format(MISSING) + source for row in _MONTHS]
    parts += [
        head.format(*row, "1") + f'scale = 0.01\nyears = "{OBSERVED_FROM}-{LAST_YEAR}"\n' + told.format(255) + source
        for row in _YEARS
    ]
    parts += [head.format(*row[:3]) + told.format(row[3]) + source for row in _STATIC]
    return "\n".join(parts) + "\n"
