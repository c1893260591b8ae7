"""Small rasters and polygons, written by code."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin

MakeRaster = Callable[..., Path]
MakePolygons = Callable[..., Path]


@pytest.fixture
def make_raster() -> MakeRaster:
    """Return a writer of GeoTIFFs of 0.1 degree cells from 10 east, 20 north."""

    def write(
        path: Path,
        bands: Any,
        *,
        names: tuple[str, ...] = (),
        nodata: float | None = None,
        crs: str | None = "EPSG:4326",
        west: float = 10.0,
        north: float = 20.0,
    ) -> Path:
        data = np.atleast_3d(np.asarray(bands)) if np.ndim(bands) == 3 else np.asarray(bands)[np.newaxis]
        shape = {"count": data.shape[0], "height": data.shape[1], "width": data.shape[2]}
        with rasterio.open(
            path,
            "w",
            driver="GTiff",
            dtype=data.dtype,
            nodata=nodata,
            crs=crs,
            transform=from_origin(west, north, 0.1, 0.1),
            **shape,
        ) as file:
            file.write(data)
            for number, name in enumerate(names, start=1):
                file.set_band_description(number, name)
        return path

    return write


@pytest.fixture
def make_polygons() -> MakePolygons:
    """Return a writer of GeoJSON: one polygon for each list of corners."""

    def write(path: Path, *rings: list[tuple[float, float]]) -> Path:
        features = [
            {
                "type": "Feature",
                "properties": {"name": f"zone {number}"},
                "geometry": {"type": "Polygon", "coordinates": [[*ring, ring[0]]]},
            }
            for number, ring in enumerate(rings, start=1)
        ]
        path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
        return path

    return write
