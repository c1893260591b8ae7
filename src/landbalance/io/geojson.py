"""Polygons out as GeoJSON: the same polygons give the same bytes."""

import json
from pathlib import Path

import shapely
from pyproj import CRS

from landbalance.io.files import write_text
from landbalance.io.vector import Polygons

LONGITUDE_LATITUDE = "EPSG:4326"


def write_geojson(polygons: Polygons, path: str | Path) -> None:
    """Write polygons with their names and codes; a reference system without a code becomes longitude and latitude.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    kept = polygons if CRS.from_user_input(polygons.crs).to_authority() else polygons.to(LONGITUDE_LATITUDE)
    features = [
        {
            "type": "Feature",
            "properties": {"name": name, "code": code},
            "geometry": shapely.geometry.mapping(geometry),
        }
        for geometry, name, code in zip(kept.geometries, kept.names, kept.codes, strict=True)
    ]
    document: dict[str, object] = {"type": "FeatureCollection"}
    if kept.crs != LONGITUDE_LATITUDE:
        document["crs"] = {"type": "name", "properties": {"name": kept.crs}}
    write_text(path, json.dumps({**document, "features": features}, ensure_ascii=False) + "\n")
