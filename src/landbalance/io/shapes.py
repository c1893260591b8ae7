"""Areas that a person types, pastes or draws: GeoJSON, WKT or coordinates, checked, and repaired with a note."""

import re
from dataclasses import dataclass
from typing import Any

import orjson
import shapely
from pyproj import Geod
from shapely.geometry.base import BaseGeometry

from landbalance.core.errors import InputError
from landbalance.io.vector import checked_polygon

MAX_CHARACTERS = 4_000_000
MAX_VERTICES = 100_000
WHAT = "the area"
WKT_START = re.compile(r"^\s*(SRID=\d+;)?\s*(MULTI)?(POLYGON|POINT|LINESTRING)|^\s*GEOMETRYCOLLECTION", re.IGNORECASE)
PAIR = re.compile(r"^\s*([-+]?\d+(?:\.\d+)?)\s*[,;\s]\s*([-+]?\d+(?:\.\d+)?)\s*$")
HOW = "give GeoJSON, WKT, or one point a line as longitude latitude"


@dataclass(frozen=True)
class Drawn:
    """A checked area in longitude and latitude.

    Parameters
    ----------
    geometry : shapely geometry
        Polygon or multipolygon, valid.
    notes : tuple of str
        What was repaired.
    """

    geometry: BaseGeometry
    notes: tuple[str, ...] = ()

    @property
    def area_km2(self) -> float:
        """Return its area on the WGS84 ellipsoid [km2]."""
        return area_km2(self.geometry)


def read_shapes(text: str) -> tuple[Drawn, ...]:
    """Return the areas in a text, one for each feature.

    Raises
    ------
    InputError
        If the text is too long, is no area, or lies off the globe.
    """
    if len(text) > MAX_CHARACTERS:
        limit = f"{MAX_CHARACTERS:,}"
        raise InputError(
            "the area has {count} characters", count=len(text), hint="at most {limit}: simplify it", limit=limit
        )
    text = text.strip()
    if text[:1] in ("{", "["):
        return tuple(checked(each, number) for number, each in enumerate(_of_json(text), 1))
    return (checked(_of_wkt(text) if WKT_START.match(text) else _of_pairs(text), 1),)


def checked(geometry: BaseGeometry | None, number: int, what: str = WHAT) -> Drawn:
    """Return an area that can be counted with.

    Raises
    ------
    InputError
        If it is no area, has too many points, or lies off the globe.
    """
    if geometry is not None and shapely.get_num_coordinates(geometry) > MAX_VERTICES:
        raise InputError(
            "feature {number} of {what} has {count} points, over {limit}",
            **{"number": number, "what": what, "count": int(shapely.get_num_coordinates(geometry))},
            limit=MAX_VERTICES,
            hint="simplify it in your GIS",
        )
    if geometry is not None and not geometry.is_empty:
        _check_globe(geometry, number, what)
    has_height = geometry is not None and bool(shapely.has_z(geometry))
    valid, note = checked_polygon(geometry, number, what)
    notes = [note] if note else []
    if has_height:
        notes.append("heights are left out")
    return Drawn(valid, tuple(notes))


def area_km2(geometry: BaseGeometry) -> float:
    """Return the area of a geometry in longitude and latitude on the WGS84 ellipsoid [km2]."""
    oriented = shapely.orient_polygons(geometry)
    return float(abs(Geod(ellps="WGS84").geometry_area_perimeter(oriented)[0]) * 1e-6)


def _check_globe(geometry: BaseGeometry, number: int, what: str) -> None:
    """Refuse coordinates that are no longitude and latitude, and say what they may be."""
    west, south, east, north = geometry.bounds
    if south >= -90 and north <= 90 and west >= -360 and east <= 360:
        return
    is_swapped = max(abs(west), abs(east)) <= 90 and max(abs(south), abs(north)) <= 180
    hint = "give longitude first, then latitude" if is_swapped else "give longitude and latitude in degrees (EPSG:4326)"
    raise InputError(
        "feature {number} of {what} reaches {west:.6g}, {south:.6g} to {east:.6g}, {north:.6g}, which is off the globe",
        **{"number": number, "what": what, "west": west, "south": south, "east": east, "north": north},
        hint=hint,
    )


def _of_json(text: str) -> list[BaseGeometry | None]:
    """Return the geometries of a GeoJSON text."""
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise InputError("the area is no JSON ({why})", why=str(error), hint=HOW) from error
    return [_geometry(each) for each in _geometries_of(document)]


def _geometries_of(document: Any) -> list[Any]:
    """Return the geometry objects of a GeoJSON document."""
    if isinstance(document, list):
        document = {"type": "Polygon", "coordinates": document if _depth(document) > 2 else [document]}
    if not isinstance(document, dict):
        raise InputError("the area is no GeoJSON object", hint=HOW)
    named = (document.get("crs") or {}) if isinstance(document.get("crs"), dict) else {}
    system = str((named.get("properties") or {}).get("name", ""))
    if system and not system.upper().endswith(("4326", "CRS84")):
        raise InputError("the area is in {system}", system=system, hint="save it in longitude and latitude (EPSG:4326)")
    if document.get("type") == "GeometryCollection" and isinstance(document.get("geometries"), list):
        return list(document["geometries"])
    if document.get("type") == "FeatureCollection" and isinstance(document.get("features"), list):
        return [each.get("geometry") if isinstance(each, dict) else None for each in document["features"]]
    return [document.get("geometry") if document.get("type") == "Feature" else document]


def _depth(value: Any) -> int:
    """Return how deep lists are nested, as far as areas go."""
    depth = 0
    while isinstance(value, list) and value and depth < 5:
        value, depth = value[0], depth + 1
    return depth


def _geometry(said: Any) -> BaseGeometry | None:
    """Return one geometry; None where it is empty."""
    if said is None:
        return None
    try:
        return shapely.geometry.shape(said)
    except Exception as error:  # the reader raises many kinds on what is no geometry
        why = (str(error).splitlines() or [type(error).__name__])[0][:120]
        raise InputError("the area is no GeoJSON geometry ({why})", why=why, hint=HOW) from error


def _of_wkt(text: str) -> BaseGeometry:
    """Return the geometry of a WKT text."""
    try:
        return shapely.from_wkt(re.sub(r"^\s*SRID=4326;", "", text, flags=re.IGNORECASE))
    except shapely.errors.ShapelyError as error:
        raise InputError("the area is no WKT ({why})", why=str(error).splitlines()[0][:120], hint=HOW) from error


def _of_pairs(text: str) -> BaseGeometry:
    """Return the polygon through points given one a line."""
    lines = [line for line in text.splitlines() if line.strip()]
    points = []
    for number, line in enumerate(lines, 1):
        if not (found := PAIR.match(line)):
            raise InputError("line {number} of the area is {line!r}", number=number, line=line[:60], hint=HOW)
        points.append((float(found[1]), float(found[2])))
    if len(set(points)) < 3:
        raise InputError("the area has {count} points", count=len(set(points)), hint="give three points at least")
    return shapely.Polygon(points)
