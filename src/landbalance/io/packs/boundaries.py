"""Boundaries of a country from their interface, and the licence that each of them has."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from landbalance.core.errors import InputError, NotFoundError, SourceError
from landbalance.core.sources import Source
from landbalance.core.tables import toml_table
from landbalance.grid.extents import Extent, extent_of
from landbalance.io.geopackage import write_geopackage
from landbalance.io.packs.finding import Finder
from landbalance.io.packs.public_file import PublicFile
from landbalance.io.packs.strict import strict_json
from landbalance.io.vector import checked_polygon, read_polygons

POINTER = b"version https://git-lfs"
NAMES = ("shapeName", "name", "NAME")
BUFFER_POINTS = 8


@dataclass(frozen=True)
class Boundary:
    """One level of boundaries: its polygons, names and where they are from."""

    level: str
    geometries: tuple[BaseGeometry, ...]
    names: tuple[str, ...]
    licence: str
    citation: str
    url: str
    etag: str = ""


def fetch_boundary(finder: Finder, source: Source, level: str) -> Boundary:
    """Fetch one level of a country's boundaries.

    Raises
    ------
    NotFoundError
        If the country has no such level.
    SourceError
        If what comes is no boundary.
    """
    address = source.address(iso3=finder.place.iso3, level=level)
    record = finder.answer(source, address)
    if isinstance(record, list):
        record = record[0] if record else {}
    where = str(record.get("gjDownloadURL") or "") if isinstance(record, dict) else ""
    if not where:
        raise NotFoundError("{source} has no {level} of {iso3}", source=source.id, level=level, iso3=finder.place.iso3)
    file = PublicFile(finder.desk, where)
    size = file.known().size
    limit = toml_table("pack")["limits"]["vector_mib"]
    if size > limit << 20:
        raise SourceError("{address} has {size} bytes", address=where, size=size, retryable=False)
    content = file.bytes_of(0, size)
    if content.startswith(POINTER):
        finder.desk.cache.forget(file.key)
        raise SourceError("{address} is a pointer to a file, not the file", address=where, retryable=True,
                          hint="run again later")  # fmt: skip
    geometries, names = _polygons(strict_json(content, where, most_mib=limit), where)
    known = finder.desk.cache.file(file.key)
    return Boundary(
        level, geometries, names, str(record.get("boundaryLicense") or "not stated"),
        f"{record.get('boundarySource') or 'geoBoundaries'} ({record.get('boundaryYearRepresented') or 'no year'})",
        file.key, known.etag if known else "",
    )  # fmt: skip


def given_boundary(path: str | Path) -> Boundary:
    """Return a boundary from a person's file.

    Raises
    ------
    InputError
        If it cannot be read.
    """
    polygons = read_polygons(path).to("EPSG:4326")
    return Boundary("ADM0", polygons.geometries, polygons.names, "given by the country", f"file {Path(path).name}", "")


def extent_of_boundary(boundary: Boundary, buffer_km: float) -> Extent:
    """Return the boxes of a boundary, one for each group of parts: the sea before a far island is not fetched."""
    parts = [part.bounds for each in boundary.geometries for part in shapely.get_parts(each)]
    return extent_of([_rounded(box) for box in _grouped(parts)], buffer_km, f"boundary: {boundary.citation}")


def write_boundary(boundary: Boundary, folder: Path) -> Path:
    """Write one level as a GeoPackage."""
    path = folder / f"{boundary.level.lower()}.gpkg"
    write_geopackage(
        path, boundary.level.lower(), boundary.geometries, {"name": boundary.names}, about=boundary.citation
    )
    return path


def _polygons(document: Any, address: str) -> tuple[tuple[BaseGeometry, ...], tuple[str, ...]]:
    """Return the polygons of a GeoJSON, valid and cut at 180 degrees, with their names."""
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list) or not features:
        raise SourceError("{address} is no GeoJSON with areas", address=address, retryable=False)
    geometries, names = [], []
    for number, feature in enumerate(features, 1):
        properties = feature.get("properties") or {}
        try:
            geometry, _ = checked_polygon(shape(feature["geometry"]), number, address)
        except (InputError, KeyError, TypeError, ValueError, AttributeError, shapely.errors.GEOSException) as error:
            raise SourceError("{address}: {why}", address=address, why=error, retryable=False) from error
        geometries.append(geometry)
        names.append(next((str(properties[name]) for name in NAMES if properties.get(name)), str(number)))
    return tuple(geometries), tuple(names)


def _grouped(boxes: list[tuple[float, float, float, float]], near: float = 3.0) -> list[tuple[float, ...]]:
    """Return boxes joined with those that lie within some degrees, until none does."""
    joined: list[list[float]] = []
    for box in sorted(boxes):
        grown = list(box)
        apart = []
        for other in joined:
            if (grown[0] - near <= other[2] and other[0] - near <= grown[2]
                    and grown[1] - near <= other[3] and other[1] - near <= grown[3]):  # fmt: skip
                grown = [min(grown[0], other[0]), min(grown[1], other[1]),
                         max(grown[2], other[2]), max(grown[3], other[3])]  # fmt: skip
            else:
                apart.append(other)
        joined = [*apart, grown]
    again = [tuple(box) for box in joined]
    return again if len(again) == len(boxes) else _grouped(again, near)  # type: ignore[arg-type]


def _rounded(box: tuple[float, ...]) -> tuple[float, float, float, float]:
    """Return a box to a millionth of a degree."""
    west, south, east, north = (round(edge, 6) for edge in box)
    return (west, south, east, north)
