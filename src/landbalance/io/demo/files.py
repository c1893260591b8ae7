"""Write the layers of the invented country: GeoTIFF, GeoJSON and GeoPackage, always the same bytes."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import rasterio.shutil
import shapely
from numpy.typing import NDArray
from rasterio.io import MemoryFile
from rasterio.transform import Affine
from shapely.geometry.base import BaseGeometry

from landbalance.grid.grid import Grid
from landbalance.io.files import whole_file, write_text
from landbalance.io.geopackage import write_geopackage

LABEL = "Demoland (invented country): made-up values for demonstration"


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
        columns = {"name": [f"{label} (invented)" for label in named]}
        write_geopackage(self.path / f"{name}.gpkg", name, list(named.values()), columns, about=LABEL)
