"""Recode polygons in: what experts say of an area, with its evidence (methods 5.2)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from landbalance.core.errors import InputError, LandbalanceError
from landbalance.indicators.recode import RecodePolygon, recode_polygon
from landbalance.io.vector import Polygons, checked_polygon, geodesic_area_km2

PERIODS = ("baseline", "report_1", "report_2")
WGS84_NAMES = ("CRS84", "EPSG::4326", "EPSG:4326")


@dataclass(frozen=True)
class Recodes:
    """Recode polygons of a workspace.

    Parameters
    ----------
    features : tuple of RecodePolygon
        What each changes, why and on whose word; in the order of the file.
    polygons : Polygons
        Their geometries, in the same order.
    areas_km2 : tuple of float
        Areas on the ellipsoid.
    notes : tuple of str
        What was repaired, and which features overlap.
    """

    features: tuple[RecodePolygon, ...]
    polygons: Polygons
    areas_km2: tuple[float, ...]
    notes: tuple[str, ...] = ()

    def to(self, crs: str) -> "Recodes":
        """Return the same recodes in another reference system."""
        return replace(self, polygons=self.polygons.to(crs))

    def accepted(self) -> Polygons:
        """Return the polygons of the features that count, in order."""
        kept = [place for place, feature in enumerate(self.features) if feature.state == "accepted"]
        whole = self.polygons
        return replace(
            whole,
            geometries=tuple(whole.geometries[place] for place in kept),
            names=tuple(whole.names[place] for place in kept),
            codes=tuple(whole.codes[place] for place in kept),
        )


def read_recodes(path: str | Path, periods: Sequence[str] = PERIODS) -> Recodes:
    """Read a GeoJSON of recode polygons.

    Parameters
    ----------
    path : str or Path
        GeoJSON in longitude and latitude.
    periods : sequence of str
        Periods of the workspace, the baseline first.

    Raises
    ------
    InputError
        If it cannot be read, a feature has no polygon, or its properties do not say what to change and why.
    """
    features, polygons, notes = [], [], []
    for number, each in enumerate(_features(Path(path)), 1):
        polygon, note = checked_polygon(_geometry(each, number, path), number, path)
        features.append(_feature(each, number, path, periods))
        polygons.append(polygon)
        notes += [note] if note else []
    names = tuple(feature.location or str(number) for number, feature in enumerate(features, 1))
    codes = tuple(feature.uuid for feature in features)
    whole = Polygons(tuple(polygons), names, codes, "EPSG:4326", tuple(notes))
    areas = tuple(geodesic_area_km2(replace(whole, geometries=(polygon,))) for polygon in polygons)
    return Recodes(tuple(features), whole, areas, (*notes, *_overlaps(whole)))


def _features(path: Path) -> list[dict[str, Any]]:
    """Return the features of a GeoJSON file."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InputError("{path} does not exist", path=path, hint="check recodes in landbalance.toml") from error
    except (OSError, ValueError, RecursionError) as error:
        raise InputError("{path} cannot be read as GeoJSON ({why})", path=path, why=error) from error
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list) or not all(isinstance(each, dict) for each in features):
        raise InputError("{path} is no GeoJSON feature collection", path=path, hint="export it again from a GIS")
    system = str((content.get("crs") or {}).get("properties", {}).get("name", "CRS84"))
    if not system.endswith(WGS84_NAMES):
        hint = "save it in longitude and latitude"
        raise InputError("{path} is in {system}, not in WGS 84", path=path, system=system, hint=hint)
    return features


def _geometry(feature: dict[str, Any], number: int, path: str | Path) -> shapely.Geometry | None:
    """Return the geometry of a feature, None where it has none."""
    if not feature.get("geometry"):
        return None
    try:
        return shapely.geometry.shape(feature["geometry"])
    except Exception as error:  # shapely raises many kinds on malformed coordinates
        raise InputError("feature {number} of {path} has a damaged geometry", number=number, path=path) from error


def _feature(feature: dict[str, Any], number: int, path: str | Path, periods: Sequence[str]) -> RecodePolygon:
    """Return what a feature says, with its place in the file where that is wrong; its number where it has no uuid."""
    properties = {"uuid": str(feature.get("id") or number), **(feature.get("properties") or {})}
    try:
        return recode_polygon(properties, periods)
    except LandbalanceError as error:
        raise InputError("feature {number} of {path}: {why}", number=number, path=path, why=error) from error


def _overlaps(polygons: Polygons) -> list[str]:
    """Return a note for each pair of features that share land: the later one wins there."""
    shapes = np.asarray(polygons.geometries, dtype=object)  # of objects also where there are none
    found = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = {tuple(sorted(pair)) for pair in found.T.tolist()}
    notes = []
    for first, second in sorted(pair for pair in pairs if pair[0] != pair[1]):
        shared = polygons.geometries[first].intersection(polygons.geometries[second])
        if shared.area > 0:
            notes.append(f"features {first + 1} and {second + 1} overlap: {second + 1} counts there")
    return notes
