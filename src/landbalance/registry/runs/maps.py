"""What a run shows on a map: its layers with legends, the outlines round them, what lies in a drawn area."""

import functools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import shapely
import shapely.geometry
from django.conf import settings
from pyproj import Transformer

from landbalance.core.errors import InputError, LandbalanceError, NotFoundError
from landbalance.core.legends import Legend, legend
from landbalance.engine.explain import explain
from landbalance.engine.manifest import RUNS
from landbalance.engine.runs import open_run
from landbalance.engine.summary import periods_of
from landbalance.engine.zone_count import CLASSES, count_inside
from landbalance.io.language import LANGUAGES, tongue
from landbalance.io.vector import Polygons, checked_polygon, geodesic_area_km2, read_polygons
from landbalance.io.workspace import load_workspace
from landbalance.registry.runs.models import Run
from landbalance.registry.standing import summary_of
from landbalance.registry.workspaces.models import Workspace
from landbalance.registry.workspaces.services import folder_of
from landbalance.reporting.maps import MapSpec, maps_of
from landbalance.reporting.record import Book, Figure

KEPT = 64
DETAIL = 2000  # of the longer side: what an outline is simplified to
LARGEST_SHAPE = 200_000  # characters
WGS84 = "EPSG:4326"
MERCATOR_M = 40_075_016.686 / 256  # of a pixel at zoom 0


@dataclass(frozen=True)
class Sheet:
    """The maps of one finished run: specs in one language, files by raster, box in degrees, deepest useful zoom.

    `inside` are rasters with a value wherever the country is.
    """

    specs: tuple[MapSpec, ...]
    files: Mapping[str, tuple[Path, ...]]
    inside: tuple[Path, ...]
    digests: Mapping[str, str]
    bounds: tuple[float, float, float, float]
    deepest: int

    def spec(self, key: str) -> MapSpec:
        """Return a map by the key of its raster; the first one where no key is given.

        Raises
        ------
        NotFoundError
            If the run has no such map.
        """
        for spec in self.specs:
            if key in ("", spec.raster):
                return spec
        raise NotFoundError("there is no map {key}", key=key, hint="choose one of the list")


@dataclass(frozen=True)
class PlacePart:
    """The rule path of one period."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class PlaceAnswer:
    """Why a place has its status."""

    lon: float
    lat: float
    parts: tuple[PlacePart, ...]


@dataclass(frozen=True)
class AreaRow:
    """Land by status inside a drawn area in one period [ha]."""

    period: str
    degraded_ha: float
    stable_ha: float
    improved_ha: float
    unknown_ha: float

    @property
    def land_ha(self) -> float:
        """Return all land inside."""
        return self.degraded_ha + self.stable_ha + self.improved_ha + self.unknown_ha

    @property
    def degraded_share(self) -> float | None:
        """Return the degraded share of the land inside, None where there is none."""
        return self.degraded_ha / self.land_ha if self.land_ha else None


@dataclass(frozen=True)
class AreaAnswer:
    """What lies in a drawn area: its own size on the ellipsoid [ha], the land of the country in it by period."""

    area_ha: float
    rows: tuple[AreaRow, ...]
    note: str = ""


def sheet_of(run: Run, language: str) -> Sheet:
    """Return the maps of a finished run.

    Raises
    ------
    NotFoundError
        If the run has no result.
    """
    if not run.has_result:
        raise NotFoundError("run {run} has no maps", run=run, hint="wait until it is finished")
    code = language.split("-")[0]
    return _sheet(run.home, run.run_id, code if code in LANGUAGES else "en")


@functools.lru_cache(maxsize=KEPT)
def _sheet(home: Path, run_id: str, language: str) -> Sheet:
    """Return the maps of a run; a finished run does not change."""
    found = open_run(home / RUNS / run_id)
    said = summary_of(found)
    rasters = {kept.key: kept for kept in found.manifest.rasters}
    names = {field.name for field in fields(Figure)}
    book = Book(Figure(**{key: row[key] for key in row if key in names}) for row in said["figures"])
    specs = maps_of(rasters, periods_of(said), _legend(home), book, tongue(language))
    grids = found.manifest.grid
    return Sheet(
        specs=specs,
        files={spec.raster: found.raster(spec.raster) for spec in specs},
        inside=next((found.raster(key) for key in rasters if key.startswith("gaps.")), ()),
        digests={spec.raster: rasters[spec.raster].fingerprint for spec in specs},
        bounds=_bounds(grids),
        deepest=_deepest(grids[0]),
    )


def explain_place(run: Run, lon: float, lat: float) -> PlaceAnswer:
    """Return why a place has its status, rule by rule, period by period.

    Raises
    ------
    InputError
        If it lies outside, or the inputs have changed since.
    """
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise InputError("the place {lon}, {lat} is none", lon=lon, lat=lat, hint="longitude first, then latitude")
    found = explain(str(run.home), lon=lon, lat=lat, run_id=run.run_id)
    return PlaceAnswer(lon, lat, tuple(PlacePart(title, lines) for title, lines in found.parts if lines))


def measure_area(run: Run, text: str) -> AreaAnswer:
    """Return how much land of each status lies in a drawn area; cells on its edge count by their share.

    Parameters
    ----------
    run : Run
        With a result.
    text : str
        A GeoJSON polygon, feature or collection, in longitude and latitude.

    Raises
    ------
    InputError
        If it is no area.
    """
    shape, note = parse_shape(text)
    polygons = Polygons((shape,), ("",), ("",), WGS84)
    workspace = load_workspace(run.home)
    rows = []
    for period in periods_of(summary_of(run.result)):
        [areas] = count_inside(run.result, workspace, period, polygons)
        rows.append(AreaRow(period.name, *(areas[status] * 100 for status in CLASSES)))
    return AreaAnswer(geodesic_area_km2(polygons) * 100, tuple(rows), note)


def parse_shape(text: str) -> tuple[shapely.Geometry, str]:
    """Return the one area of a GeoJSON text, valid, and a note if it was repaired; several shapes become one.

    Raises
    ------
    InputError
        If it is no GeoJSON, too long, or holds no area.
    """
    name = "the drawn area"
    if len(text) > LARGEST_SHAPE:
        raise InputError("{name} has too many corners", name=name, hint="draw it simpler, or upload it as a file")
    try:
        content = json.loads(text)
        kind = content["type"]
        features = content["features"] if kind == "FeatureCollection" else [content]
        shapes = [shapely.geometry.shape(each.get("geometry") or each) for each in features]
    except (
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        IndexError,
        RecursionError,
        shapely.GEOSException,
    ) as error:
        raise InputError("{name} is no GeoJSON", name=name, hint="draw it on the map") from error
    if not shapes:
        raise InputError("{name} is empty", name=name, hint="draw it on the map")
    checked = [checked_polygon(each, number, name) for number, each in enumerate(shapes, 1)]
    whole = shapely.union_all([shape for shape, _note in checked])
    west, south, east, north = whole.bounds
    if west < -180 or east > 180 or south < -90 or north > 90:
        raise InputError("{name} lies off the globe", name=name, hint="longitude first, then latitude")
    notes = [note for _shape, note in checked if note]
    return whole, notes[0] if len(notes) == 1 else "; ".join(notes)


def outlines(workspace: Workspace) -> dict[str, Any]:
    """Return boundary and zones of a workspace as GeoJSON, simplified for the screen."""
    folder = folder_of(workspace, settings.INSTALLATION)
    try:
        described = load_workspace(folder)
    except LandbalanceError:
        return {"type": "FeatureCollection", "features": []}
    sources = [("nation", described.boundary, "", "")] if described.boundary else []
    sources += [(group.id, group.path, group.name_field, group.code_field) for group in described.zones]
    features: list[dict[str, Any]] = []
    for group, path, name_field, code_field in sources:
        place = Path(path)
        stamp = place.stat().st_mtime_ns if place.is_file() else 0
        features += _features(group, path, name_field, code_field, stamp)
    return {"type": "FeatureCollection", "features": features}


@functools.lru_cache(maxsize=KEPT)
def _features(group: str, path: str, name_field: str, code_field: str, stamp: int) -> tuple[dict[str, Any], ...]:
    """Return the polygons of a file, simplified; `stamp` makes a changed file be read again."""
    try:
        polygons = read_polygons(path, name_field=name_field or None, code_field=code_field or None).to(WGS84)
    except LandbalanceError:
        return ()
    west, south, east, north = shapely.total_bounds(list(polygons.geometries))
    simple = shapely.simplify(list(polygons.geometries), max(east - west, north - south) / DETAIL)
    return tuple(
        {
            "type": "Feature",
            "properties": {"group": group, "name": "" if group == "nation" else name},
            "geometry": json.loads(shapely.to_geojson(shape)),
        }
        for shape, name in zip(simple, polygons.names, strict=True)
        if not shape.is_empty
    )


def _legend(home: Path) -> Legend:
    """Return the land-cover legend of a workspace; that of the Convention where its file cannot be read."""
    try:
        return load_workspace(home).legend
    except LandbalanceError:
        return legend("unccd")


def _bounds(grids: Sequence[Mapping[str, Any]]) -> tuple[float, float, float, float]:
    """Return the box round all pieces in degrees; one that crosses 180 degrees runs beyond it."""
    boxes = []
    for grid in grids:
        box = grid["west"], grid["north"] - grid["height"] * grid["dy"], grid["west"] + grid["width"] * grid["dx"]
        move = Transformer.from_crs(grid["crs"], WGS84, always_xy=True)
        west, south, east, north = move.transform_bounds(*box, grid["north"], densify_pts=21)
        shift = 360.0 if len(grids) > 1 and east <= 0 else 0.0
        boxes.append((west + shift, south, east + shift, north))
    return (
        min(box[0] for box in boxes),
        max(min(box[1] for box in boxes), -85.0),
        max(box[2] for box in boxes),
        min(max(box[3] for box in boxes), 85.0),
    )


def _deepest(grid: Mapping[str, Any]) -> int:
    """Return the zoom at which a cell is about as large as a pixel of the screen."""
    is_degrees = abs(grid["dx"]) < 1
    metres = grid["dx"] * 111_320 if is_degrees else grid["dx"]
    zoom = 0
    while MERCATOR_M / 2**zoom > metres and zoom < 16:
        zoom += 1
    return zoom
