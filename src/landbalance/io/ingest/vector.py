"""From uploaded polygons to a GeoJSON in degrees: each shape checked, repaired with a note, or refused."""

import json
import math
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import shapely
import shapely.geometry
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError
from shapely.geometry.base import BaseGeometry

from landbalance.core.errors import InputError
from landbalance.io.vector import Polygons, checked_polygon, geodesic_area_km2

OUTPUT = Path("output.geojson")
WGS84 = "EPSG:4326"
DECIMALS = 9  # of a degree: a tenth of a millimetre
MOST_NOTES = 50


def read_vector(source: Path, name: str, crs: str, limits: dict[str, int], *, polygons_only: bool) -> dict[str, Any]:
    """Write `output.geojson` and return its facts.

    Raises
    ------
    InputError
        If it is damaged, names no reference system, or a feature is no area, is empty or lies nowhere.
    """
    is_json = source.suffix in (".geojson", ".json") or source.read_bytes()[:64].lstrip().startswith(b"{")
    rows, system, notes = _geojson(source, name) if is_json else _table(source, name, limits)
    system = crs or system
    if not system:
        raise InputError("{name} names no coordinate reference system", name=name, hint="say which it is in")
    if not rows:
        raise InputError("{name} holds no feature", name=name, hint="give a file with at least one area")
    if len(rows) > limits["features"]:
        raise InputError("{name} holds {count} features", name=name, count=len(rows), hint="send fewer at a time")
    _check_vertices([geometry for geometry, _ in rows], name, limits)
    move = _mover(system, name)
    features, area = [], 0.0
    for number, (geometry, properties) in enumerate(rows, 1):
        shape, note, km2 = _checked(geometry, number, name, move, polygons_only=polygons_only)
        notes += [note] if note else []
        area += km2
        plain = json.loads(shapely.to_geojson(shapely.set_precision(shape, 0)))
        features.append({"type": "Feature", "properties": {**properties, "_area_km2": km2}, "geometry": plain})
    OUTPUT.write_bytes(orjson.dumps({"type": "FeatureCollection", "features": features}))
    columns = list(dict.fromkeys(key for _, properties in rows for key in properties))
    facts = {"features": len(features), "columns": columns, "area_km2": area, "crs": system}
    more = [f"and {len(notes) - MOST_NOTES} notes more"] if len(notes) > MOST_NOTES else []
    return {"facts": facts, "notes": [*notes[:MOST_NOTES], *more]}


def _checked(
    geometry: BaseGeometry | None, number: int, name: str, move: Transformer | None, *, polygons_only: bool
) -> tuple[BaseGeometry, str, float]:
    """Return a feature's shape in longitude and latitude, a note if it was repaired, and its area [km2]."""
    if geometry is not None and not np.isfinite(shapely.get_coordinates(geometry)).all():
        raise InputError("feature {number} of {name} has a coordinate that is not a number", number=number, name=name)
    is_area = polygons_only or geometry is None or geometry.geom_type in ("Polygon", "MultiPolygon")
    if move is not None and geometry is not None:
        geometry = shapely.transform(geometry, move.transform, interleaved=False)
    if geometry is not None and not geometry.is_empty:
        _check_place(geometry, number, name)
    if not is_area and geometry is not None:
        return shapely.force_2d(geometry), "", 0.0
    shape, note = checked_polygon(geometry, number, name)
    area = geodesic_area_km2(Polygons((shape,), ("",), ("",), WGS84))
    if area <= 0:
        raise InputError("feature {number} of {name} has no area", number=number, name=name, hint="draw it again")
    return shape, note, area


def _check_place(geometry: BaseGeometry, number: int, name: str) -> None:
    """Refuse a shape off the globe; swapped axes are the usual cause."""
    west, south, east, north = geometry.bounds
    if not all(map(math.isfinite, (west, south, east, north))) or south < -90 or north > 90 or max(-west, east) > 540:
        raise InputError(
            "feature {number} of {name} runs from {west:.6g}, {south:.6g} to {east:.6g}, {north:.6g}",
            number=number,
            name=name,
            west=west,
            east=east,
            south=south,
            north=north,
            hint="longitude comes first, then latitude; or name the right reference system",
        )


def _check_vertices(shapes: Iterable[BaseGeometry | None], name: str, limits: dict[str, int]) -> None:
    """Refuse more vertices than allowed."""
    count = int(sum(shapely.get_num_coordinates(shape) for shape in shapes if shape is not None))
    if count > limits["vertices"]:
        raise InputError(
            "{name} has {count:,} vertices", name=name, count=count, hint="simplify the shapes in a GIS first"
        )


def _mover(system: str, name: str) -> Transformer | None:
    """Return what moves coordinates to longitude and latitude; None where they are that already."""
    try:
        crs = CRS.from_user_input(system)
    except CRSError as error:
        raise InputError("{name}: {system} is no reference system", name=name, system=system[:80]) from error
    if crs.equals(CRS.from_epsg(4326), ignore_axis_order=True) or crs.equals(CRS.from_string("OGC:CRS84")):
        return None
    return Transformer.from_crs(crs, WGS84, always_xy=True)


def _geojson(source: Path, name: str) -> tuple[list[tuple[BaseGeometry | None, dict[str, Any]]], str, list[str]]:
    """Return the features of a GeoJSON, its reference system and notes."""
    try:
        content = json.loads(source.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError, OSError) as error:
        why = type(error).__name__ if isinstance(error, RecursionError) else str(error)
        raise InputError("{name} is no GeoJSON ({why})", name=name, why=why, hint="save it again in a GIS") from error
    features = _features(content, name)
    named = str(((content.get("crs") or {}).get("properties") or {}).get("name", "")) or WGS84
    rows = [(_shape(each, number, name), _plain(each.get("properties"))) for number, each in enumerate(features, 1)]
    return rows, "EPSG:4326" if named.endswith("CRS84") else named, []


def _features(content: Any, name: str) -> list[dict[str, Any]]:
    """Return the features of whatever kind of GeoJSON object this is."""
    kind = content.get("type") if isinstance(content, dict) else None
    if kind == "Feature":
        return [content]
    if kind in ("Polygon", "MultiPolygon", "Point", "MultiPoint", "LineString", "MultiLineString"):
        return [{"type": "Feature", "properties": {}, "geometry": content}]
    found = content.get("features") if kind == "FeatureCollection" else None
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise InputError("{name} is no GeoJSON", name=name, hint="save it as GeoJSON in a GIS")
    return found


def _shape(feature: dict[str, Any], number: int, name: str) -> BaseGeometry | None:
    """Return the geometry of a feature."""
    if not feature.get("geometry"):
        return None
    try:
        return shapely.geometry.shape(feature["geometry"])
    except Exception as error:  # shapely raises many kinds on malformed coordinates
        raise InputError("feature {number} of {name} has a damaged geometry", number=number, name=name) from error


def _table(
    source: Path, name: str, limits: dict[str, int]
) -> tuple[list[tuple[BaseGeometry | None, dict[str, Any]]], str, list[str]]:
    """Return the features of a GeoPackage or shapefile, its reference system and notes."""
    import pyogrio

    notes: list[str] = []
    try:
        layers = [str(row[0]) for row in pyogrio.list_layers(source) if row[1] is not None]
        if not layers:
            raise InputError("{name} holds no layer of shapes", name=name, hint="choose another file")
        if len(layers) > 1:
            notes.append(f"of {len(layers)} layers, {layers[0]} is taken")
        facts = pyogrio.read_info(source, layer=layers[0])
        if facts["features"] > limits["features"]:
            raise InputError("{name} holds {count} features", name=name, count=facts["features"], hint="send fewer")
        meta, _, shapes, columns = pyogrio.raw.read(source, layer=layers[0])
    except InputError:
        raise
    except Exception as error:  # the readers raise many kinds on a broken file
        why = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        raise InputError("{name} cannot be read ({why})", name=name, why=why, hint="save it again in a GIS") from error
    shapes = shapely.from_wkb(shapes, on_invalid="ignore")
    names = [str(each) for each in meta["fields"]]
    rows = list(zip(shapes, _records(names, columns), strict=True)) if names else [(each, {}) for each in shapes]
    return rows, str(meta["crs"] or ""), notes


def _records(names: list[str], columns: list[Any]) -> Iterator[dict[str, Any]]:
    """Yield the attributes of each feature."""
    for values in zip(*columns, strict=True):
        yield _plain(dict(zip(names, values, strict=True)))


def _plain(properties: Any) -> dict[str, Any]:
    """Return attributes as plain values; what is not a number becomes unknown."""
    if not isinstance(properties, dict):
        return {}
    return {str(key)[:80]: _value(value) for key, value in properties.items()}


def _value(value: Any) -> Any:
    """Return one attribute as text, number, truth or None."""
    if isinstance(value, np.generic):
        value = None if isinstance(value, np.datetime64) and np.isnat(value) else value.item()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, date | datetime):
        return value.isoformat()
    return json.loads(json.dumps(value, default=str)) if isinstance(value, list | dict) else str(value)
