"""Small workspaces made by code: any grid, any CRS, any file format, one class of truth."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import rasterio
import shapely
from rasterio.transform import from_origin
from shapely.geometry.base import BaseGeometry

YEARS = tuple(range(2001, 2016))


def write_raster(
    path: Path,
    bands: np.ndarray,
    west: float,
    north: float,
    cell: float,
    *,
    crs: str = "EPSG:4326",
    nodata: float | None = None,
) -> None:
    """Write a multi-band GeoTIFF."""
    profile = {"driver": "GTiff", "crs": crs, "transform": from_origin(west, north, cell, cell), "nodata": nodata}
    shape = {"count": bands.shape[0], "height": bands.shape[1], "width": bands.shape[2], "dtype": bands.dtype.name}
    with rasterio.open(path, "w", **profile, **shape) as dataset:
        dataset.write(bands)


def write_polygons(path: Path, shapes: Sequence[BaseGeometry], crs: str = "") -> None:
    """Write polygons as GeoJSON; a CRS member is added for any but longitude and latitude."""
    features = [
        {"type": "Feature", "properties": {"name": f"part {n}"}, "geometry": shapely.geometry.mapping(shape)}
        for n, shape in enumerate(shapes, 1)
    ]
    document: dict[str, object] = {"type": "FeatureCollection", "features": features}
    if crs:
        document["crs"] = {"type": "name", "properties": {"name": crs}}
    path.write_text(json.dumps(document), encoding="utf-8")


def falling_ndvi(shape: tuple[int, int], falling: np.ndarray, years: tuple[int, ...] = YEARS) -> np.ndarray:
    """Return NDVI that falls where it should and is flat with a little noise elsewhere."""
    noise = np.random.default_rng(1).integers(-40, 41, (len(years), *shape), dtype=np.int16)
    slope = np.where(falling, np.int16(-80), np.int16(0))
    for place in range(len(years)):
        noise[place] += 5000 + slope * np.int16(place)
    return noise


def make_place(
    folder: Path,
    boundary: Sequence[BaseGeometry],
    *,
    west: float,
    north: float,
    cell: float,
    shape: tuple[int, int],
    crs: str = "EPSG:4326",
    extra: str = "",
    years: tuple[int, ...] = YEARS,
) -> Path:
    """Write a workspace whose western half loses productivity; land cover is grassland with one column of crops."""
    folder.mkdir(parents=True, exist_ok=True)
    falling = np.zeros(shape, dtype=bool)
    falling[:, : shape[1] // 2] = True
    write_raster(folder / "ndvi.tif", falling_ndvi(shape, falling, years), west, north, cell, crs=crs, nodata=-32768)
    cover = np.full((2, *shape), 2, dtype=np.uint8)
    cover[:, :, -1] = 3
    write_raster(folder / "cover.tif", cover, west, north, cell, crs=crs, nodata=0)
    write_raster(folder / "soc.tif", np.full((1, *shape), 40, dtype=np.int16), west, north, cell, crs=crs, nodata=-1)
    write_raster(folder / "zone.tif", np.full((1, *shape), 2, dtype=np.uint8), west, north, cell, crs=crs, nodata=0)
    write_polygons(folder / "boundary.geojson", boundary, "" if crs == "EPSG:4326" else crs)
    (folder / "landbalance.toml").write_text(
        f"""
[workspace]
format = 1
country = "ZZD"
country_name = "Testland"
invented = true
boundary = "boundary.geojson"
[periods.baseline]
land_cover = [2000, {years[-1]}]
soc = [2000, {years[-1]}]
productivity = [{years[0]}, {years[-1]}]
[[layer]]
role = "productivity"
path = "ndvi.tif"
quantity = "ndvi"
scale = 0.0001
years = "{years[0]}-{years[-1]}"
[[layer]]
role = "land_cover"
path = "cover.tif"
legend = "unccd"
years = [2000, {years[-1]}]
[[layer]]
role = "soc"
path = "soc.tif"
unit = "t C ha-1"
reference_year = 2000
[[layer]]
role = "climate_zone"
path = "zone.tif"
{extra}
""",
        encoding="utf-8",
    )
    return folder
