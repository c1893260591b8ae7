"""The reference input: N x N x 23 years of NDVI with sea, gaps and noise, and what else an assessment reads."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import rasterio
from rasterio.transform import from_origin
from scipy.ndimage import zoom

YEARS = tuple(range(2001, 2024))
STEP = 1 / 360
WEST, NORTH = -20.0, 16.0
SEA_SHARE, GAP_SHARE, NOISE = 0.07, 0.011, 150
ZONES_EAST, ZONES_NORTH = 20, 10
COVERS, SOILS = 7, 11
MISSING = -32768
TILE = {"tiled": True, "blockxsize": 512, "blockysize": 512, "compress": "deflate", "predictor": 2}

WORKSPACE = """\
[workspace]
format = 1
country = "ZZB"
country_name = "Benchland (invented)"
title = "Benchland (invented)"
invented = true
boundary = "boundary.geojson"
land_types = ["climate_zone"]

[[zones]]
id = "zones"
path = "zones.geojson"
name_field = "name"

[periods.baseline]
land_cover = [2001, 2023]
soc = [2001, 2023]
productivity = [2001, 2023]

[[layer]]
role = "productivity"
path = "ndvi_{year}.tif"
quantity = "ndvi"
scale = 0.0001
years = "2001-2023"
nodata = [{ value = -32768, reason = "sea or no view" }]

[[layer]]
role = "land_cover"
path = "land_cover_{year}.tif"
years = [2001, 2023]
legend = "unccd"

[[layer]]
role = "soc"
path = "soc.tif"
quantity = "soc"
reference_year = 2001
nodata = [{ value = -1, reason = "sea" }]

[[layer]]
role = "soil"
path = "soil.tif"
nodata = [{ value = 0, reason = "none" }]

[[layer]]
role = "climate_zone"
path = "climate_zone.tif"
nodata = [{ value = 0, reason = "none" }]
"""


def make_reference(folder: Path, columns: int, rows: int | None = None, seed: int = 23) -> Path:
    """Make the workspace for columns of so many rows, as many as columns when None, unless it stands already."""
    if (folder / "landbalance.toml").exists():
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    rng, shape = np.random.default_rng(seed), (rows or columns, columns)
    sea = smooth(rng, shape) < np.float32(-1.4758)  # the 7 % quantile of a standard normal
    for year, values in zip(YEARS, annual_ndvi(rng, shape, sea), strict=True):
        write(folder / f"ndvi_{year}.tif", values, MISSING)
    cover = np.digitize(smooth(rng, shape), np.linspace(-1.2, 1.2, COVERS - 1)).astype(np.uint8) + np.uint8(1)
    cover[sea] = 7
    write(folder / "land_cover_2001.tif", cover, 0)
    changed = rng.random(cover.shape) < 0.02
    write(folder / "land_cover_2023.tif", np.where(changed & ~sea, cover % 6 + 1, cover).astype(np.uint8), 0)
    soil = np.digitize(smooth(rng, shape), np.linspace(-1.5, 1.5, SOILS - 1)).astype(np.uint8) + np.uint8(1)
    write(folder / "soil.tif", soil, 0)
    write(folder / "climate_zone.tif", np.full(cover.shape, 12, np.uint8), 0)
    write(folder / "soc.tif", np.where(sea, -1, 20 + 5 * cover).astype(np.int16), -1)
    write_polygons(folder, shape)
    (folder / "landbalance.toml").write_text(WORKSPACE)
    return folder


def annual_ndvi(rng: np.random.Generator, shape: tuple[int, int], sea: np.ndarray) -> Iterator[np.ndarray]:
    """Give the stored NDVI year by year: level, slow trend, noise, one missing year in 1.1 % of the cells."""
    level, slope = 5000 + 1200 * smooth(rng, shape), 20 * smooth(rng, shape)
    gap = rng.choice(YEARS, size=level.shape).astype(np.int16)
    gap[rng.random(level.shape, dtype=np.float32) >= GAP_SHARE] = 0
    for place, year in enumerate(YEARS):
        noise = NOISE * rng.standard_normal(level.shape, dtype=np.float32)
        values = np.clip(np.rint(level + place * slope + noise), 1, 10_000).astype(np.int16)
        values[sea | (gap == year)] = MISSING
        yield values


def smooth(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """Return a smooth standard normal field."""
    knots = 16
    coarse, times = rng.standard_normal((knots, knots)).astype(np.float32), [side / knots for side in shape]
    field = zoom(coarse, times, order=1, grid_mode=True, mode="nearest")
    return (field - field.mean()) / field.std()


def write(path: Path, values: np.ndarray, nodata: float) -> None:
    """Write one band as the reference file is laid out."""
    profile = {
        "driver": "GTiff",
        "width": values.shape[1],
        "height": values.shape[0],
        "count": 1,
        "dtype": values.dtype.name,
        "nodata": nodata,
        "crs": "EPSG:4326",
        "transform": from_origin(WEST, NORTH, STEP, STEP),
    }
    with rasterio.open(path, "w", **profile, **TILE) as dataset:
        dataset.write(values, 1)


def write_polygons(folder: Path, shape: tuple[int, int]) -> None:
    """Write the boundary and 200 zones."""
    height, width = shape[0] * STEP, shape[1] * STEP
    east, north = width / ZONES_EAST, height / ZONES_NORTH
    zones = {
        f"zone {row * ZONES_EAST + column + 1}": box(
            WEST + column * east, NORTH - (row + 1) * north, WEST + (column + 1) * east, NORTH - row * north
        )
        for row in range(ZONES_NORTH)
        for column in range(ZONES_EAST)
    }
    write_features(folder / "zones.geojson", zones)
    write_features(folder / "boundary.geojson", {"Benchland": box(WEST, NORTH - height, WEST + width, NORTH)})


def box(west: float, south: float, east: float, north: float) -> dict[str, object]:
    """Return a rectangle."""
    corners = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [corners]}


def write_features(path: Path, named: dict[str, dict[str, object]]) -> None:
    """Write named polygons."""
    features = [{"type": "Feature", "properties": {"name": name}, "geometry": each} for name, each in named.items()]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
