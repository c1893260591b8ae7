"""Write the layers of the invented country: GeoTIFF, GeoJSON and GeoPackage, always the same bytes."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import pyogrio
import rasterio.shutil
import shapely
from numpy.typing import NDArray
from rasterio.io import MemoryFile
from rasterio.transform import Affine
from shapely.geometry.base import BaseGeometry

from landbalance.grid.grid import Grid
from landbalance.io.files import whole_file, write_text

LABEL = "Demoland (invented country): made-up values for demonstration"
DATED = "2026-01-01T00:00:00.000Z"  # GeoPackages note when they were changed


class Folder:
    """A folder that layers are written to."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def raster(self, name: str, grid: Grid, bands: Iterable[tuple[str, NDArray[np.generic]]], *, nodata: float) -> None:
        """Write named bands as one cloud-optimised GeoTIFF."""
        named = list(bands)
        profile = {
            "driver": "GTiff",
            "width": grid.width,
            "height": grid.height,
            "count": len(named),
            "dtype": named[0][1].dtype.name,
            "nodata": nodata,
            "crs": grid.crs,
            "transform": Affine(*grid.gdal_transform),
        }
        options = {"COMPRESS": "DEFLATE", "PREDICTOR": "YES", "LEVEL": 1, "BLOCKSIZE": 256, "OVERVIEWS": "NONE"}
        with whole_file(self.path / f"{name}.tif") as temporary, MemoryFile() as memory:
            with memory.open(**profile) as dataset:
                for number, (label, band) in enumerate(named, 1):
                    dataset.write(band, number)
                    dataset.set_band_description(number, label)
                dataset.update_tags(TIFFTAG_IMAGEDESCRIPTION=LABEL)
            with memory.open() as dataset:
                rasterio.shutil.copy(dataset, temporary, driver="COG", INTERLEAVE="BAND", **options)

    def features(self, name: str, named: Iterable[tuple[str, BaseGeometry]]) -> None:
        """Write named polygons as GeoJSON."""
        features = [
            {"type": "Feature", "properties": {"name": label}, "geometry": shapely.geometry.mapping(geometry)}
            for label, geometry in named
        ]
        collection = {"type": "FeatureCollection", "name": LABEL, "features": features}
        write_text(self.path / f"{name}.geojson", json.dumps(collection) + "\n")

    def geopackage(self, name: str, named: Mapping[str, BaseGeometry]) -> None:
        """Write named polygons as a GeoPackage."""
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": DATED})
        whole = [shapely.MultiPolygon([each]) if each.geom_type == "Polygon" else each for each in named.values()]
        try:
            with whole_file(self.path / f"{name}.gpkg") as temporary:
                temporary.unlink()  # the driver opens what exists
                pyogrio.raw.write(
                    temporary,
                    np.array(shapely.to_wkb(whole), dtype=object),
                    [np.array([f"{label} (invented)" for label in named], dtype=object)],
                    ["name"],
                    driver="GPKG",
                    layer=name,
                    geometry_type="MultiPolygon",
                    crs="EPSG:4326",
                    layer_options={"DESCRIPTION": LABEL},
                )
        finally:
            pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})
