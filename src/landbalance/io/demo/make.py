"""Make the workspace of the invented country: layers, polygons, recodes, truth and `landbalance.toml`."""

import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from landbalance.core.errors import InputError
from landbalance.core.vocab import NODATA
from landbalance.io.demo import cover as land_cover
from landbalance.io.demo import surroundings, vegetation
from landbalance.io.demo.climate import write_climate
from landbalance.io.demo.cover import Cover, make_cover
from landbalance.io.demo.files import Folder
from landbalance.io.demo.outline import country_outline, district_outlines, recode_features
from landbalance.io.demo.terrain import Terrain, coarse_grid, make_terrain
from landbalance.io.demo.truth import Truth, described, make_truth
from landbalance.io.demo.workspace import CODE, workspace_text
from landbalance.io.files import write_text
from landbalance.io.workspace_file import FILE_NAME

SEED = 15_3_1


def make_demo(folder: str | Path, *, size: float = 1.0, seed: int = SEED) -> Path:
    """Make the workspace of an invented country whose true degradation is known.

    Parameters
    ----------
    folder : str or Path
        Where to make it; an earlier demo there is replaced.
    size : float
        Scale of the number of cells along each side: 1 makes 900 x 700 cells, 0.2 makes 180 x 140.
    seed : int
        Start of the random numbers. The same seed and size give the same bytes.

    Returns
    -------
    Path
        The workspace: `landbalance.toml`, `data/` with the layers, `truth/` with what an assessment must find.

    Raises
    ------
    InputError
        If the folder holds another workspace, or cannot be written.
    """
    home = Path(folder).absolute()
    _refuse_other(home)
    rng = np.random.default_rng(seed)
    terrain = make_terrain(rng, size)
    cover = make_cover(terrain)
    plants = vegetation.make_vegetation(terrain, cover)
    stock = surroundings.soil_carbon(terrain)
    data = Folder(home / "data")
    data.raster(
        "ndvi",
        terrain.grid,
        _named("ndvi", vegetation.YEARS, vegetation.annual_ndvi(rng, plants)),
        nodata=vegetation.NO_VIEW,
    )
    codes = (cover.of(year) for year in land_cover.YEARS)
    data.raster("land_cover", terrain.grid, _named("land_cover", land_cover.YEARS, codes), nodata=0)
    data.raster("soc_2000", terrain.grid, [("soc_2000", stock)], nodata=surroundings.NO_STOCK)
    _write_coarse(data, terrain)
    _write_people_and_rain(data, terrain, rng)
    _write_erosion(data, terrain, cover)
    _write_polygons(data)
    truth = make_truth(terrain, cover, plants, stock)
    _write_truth(Folder(home / "truth"), truth, terrain)
    said = described(truth, terrain, cover, plants) | {"drought": write_climate(data, terrain, seed)}
    write_text(home / "truth" / "truth.json", json.dumps(said, indent=1) + "\n")
    write_text(home / FILE_NAME, workspace_text(_land_km2(terrain, cover), _population(terrain)))
    return home


def _refuse_other(home: Path) -> None:
    """Refuse to write over somebody's workspace.

    Raises
    ------
    InputError
        If there is a workspace that is not the demo's.
    """
    file = home / FILE_NAME
    if file.exists() and f'country = "{CODE}"' not in file.read_text(encoding="utf-8", errors="replace"):
        raise InputError("{folder} holds another workspace", folder=home, hint="choose a new folder for the demo")


def _named(
    stem: str, years: Iterable[int], bands: Iterable[NDArray[np.generic]]
) -> Iterable[tuple[str, NDArray[np.generic]]]:
    """Give each yearly band its name."""
    return ((f"{stem}_{year}", band) for year, band in zip(years, bands, strict=True))


def _write_coarse(data: Folder, terrain: Terrain) -> None:
    """Write climate zones, soils, slopes and aridity."""
    grid = coarse_grid(terrain.grid)
    data.raster("climate_zone", grid, [("climate_zone", terrain.climate_zone)], nodata=0)
    data.raster("soil", grid, [("soil", terrain.soil)], nodata=0)
    data.raster("slope_class", grid, [("slope_class", terrain.slope_class)], nodata=0)
    data.raster("aridity", grid, [("aridity", terrain.aridity)], nodata=-1)


def _write_people_and_rain(data: Folder, terrain: Terrain, rng: np.random.Generator) -> None:
    """Write people by sex, and annual rain."""
    grid = coarse_grid(terrain.grid, surroundings.PEOPLE_CELLS)
    for name, women in (("population_female", True), ("population_male", False)):
        counts = [surroundings.people(terrain, year, women=women) for year in surroundings.PEOPLE_YEARS]
        data.raster(name, grid, _named(name, surroundings.PEOPLE_YEARS, counts), nodata=-1)
    rain = (surroundings.annual_rain(rng, terrain) for _ in vegetation.YEARS)
    grid = coarse_grid(terrain.grid, surroundings.RAIN_CELLS)
    data.raster("precipitation", grid, _named("precipitation", vegetation.YEARS, rain), nodata=65_535)


def _write_erosion(data: Folder, terrain: Terrain, cover: Cover) -> None:
    """Write the factors of soil erosion."""
    years, grid = surroundings.EROSION_YEARS, coarse_grid(terrain.grid)
    rain = surroundings.rain_erosivity(terrain)
    data.raster("rain_erosivity", grid, _named("rain_erosivity", years, (rain for _ in years)), nodata=-1)
    data.raster("soil_erodibility", grid, [("soil_erodibility", surroundings.soil_erodibility(terrain))], nodata=-1)
    data.raster("slope_length", grid, [("slope_length", surroundings.slope_length(terrain))], nodata=-1)
    covers = (surroundings.cover_factor(cover, year) for year in years)
    data.raster("cover_factor", terrain.grid, _named("cover_factor", years, covers), nodata=-1)
    practices = (surroundings.practice_factor(terrain, year) for year in years)
    data.raster("practice_factor", terrain.grid, _named("practice_factor", years, practices), nodata=-1)


def _write_polygons(data: Folder) -> None:
    """Write boundary, districts and recode polygons."""
    data.features("boundary", [("Demoland (invented)", country_outline())])
    data.geopackage("districts", district_outlines())
    collection = {"type": "FeatureCollection", "name": "Demoland (invented)", "features": recode_features()}
    write_text(data.path / "recodes.geojson", json.dumps(collection, indent=1) + "\n")


def _write_truth(folder: Folder, truth: Truth, terrain: Terrain) -> None:
    """Write the expected classes, one band for each layer and period."""
    folder.raster("status", terrain.grid, truth.status.items(), nodata=NODATA)
    folder.raster("lpd", terrain.grid, [("lpd_baseline", truth.lpd)], nodata=NODATA)


def _land_km2(terrain: Terrain, cover: Cover) -> float:
    """Return the country without its inland water [km2]."""
    dry = terrain.inside & (cover.start != land_cover.WATER)
    return round(float(terrain.area_km2[dry].sum()), 1)


def _population(terrain: Terrain) -> dict[int, tuple[int, int]]:
    """Return women and men by year."""
    return {
        year: (
            round(float(surroundings.people(terrain, year, women=True).sum(dtype=np.float64))),
            round(float(surroundings.people(terrain, year, women=False).sum(dtype=np.float64))),
        )
        for year in surroundings.PEOPLE_YEARS
    }
