"""Layers that wait for the consent of a people: those of its land, not those of the whole country (reporting F.4)."""

from pathlib import Path
from typing import TYPE_CHECKING

import shapely
from django.conf import settings

from landbalance.core.errors import LandbalanceError, RuleError
from landbalance.core.layers import Layer
from landbalance.grid.extents import country_extent
from landbalance.io.inspect import describe
from landbalance.io.vector import Polygons, read_polygons
from landbalance.io.workspace import load_workspace
from landbalance.registry.consents.queries import waiting_territories
from landbalance.registry.workspaces.models import Workspace
from landbalance.registry.workspaces.services import folder_of

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

WHOLE = 0.95  # a layer over so much of the country's box is one of the country, not of a territory
DEGREES = "EPSG:4326"


def check_layer(workspace: Workspace, layer: Layer) -> None:
    """Refuse to use a layer of the land of a people that has not given its consent.

    Raises
    ------
    RuleError
        If it is one; the words do not say which people or where.
    """
    waiting = waiting_territories(workspace)
    if waiting:
        _check_layer(workspace, waiting, layer)


def check_areas(workspace: Workspace, path: str, *, title: str) -> None:
    """Refuse to use polygons of the land of a people that has not given its consent.

    Raises
    ------
    RuleError
        If they are.
    """
    waiting = waiting_territories(workspace)
    if waiting:
        _check(workspace, waiting, shapely.union_all(read_polygons(path).to(DEGREES).geometries), title)


def check_in_use(workspace: Workspace) -> None:
    """Refuse to assess with a layer of the land of a people that has not given its consent, or has taken it back.

    Raises
    ------
    RuleError
        With the layer.
    """
    waiting = waiting_territories(workspace)
    if not waiting:
        return
    try:
        described = load_workspace(folder_of(workspace, settings.INSTALLATION))
    except LandbalanceError:
        return  # its check says what is wrong with it
    for layer in described.layers:
        _check_layer(workspace, waiting, layer)
    for zone in described.zones:
        _check(workspace, waiting, shapely.union_all(read_polygons(zone.path).to(DEGREES).geometries), zone.id)


def _check_layer(workspace: Workspace, waiting: "list[BaseGeometry]", layer: Layer) -> None:
    """Refuse a layer with a file of a territory that waits."""
    for path in dict.fromkeys(each.path for each in layer.slices):
        _check(workspace, waiting, _extent(path, layer), layer.title or Path(path).name)


def _check(workspace: Workspace, waiting: "list[BaseGeometry]", extent: "BaseGeometry | None", title: str) -> None:
    """Refuse a layer of a territory that waits."""
    if extent is None or not any(each.intersects(extent) for each in waiting) or _is_national(workspace, extent):
        return
    raise RuleError(
        "layer {title} is of land of a people that has not given its consent",
        title=title,
        hint="keep it beside until consent is given, and use another one",
    )


def _extent(path: str, layer: Layer) -> "BaseGeometry | None":
    """Return the box of a raster in degrees; None where it does not say where it lies, or lies with its producer."""
    if "://" in path:
        return None
    try:
        grid = describe(path, layer.variable, crs=layer.crs).grid
    except LandbalanceError:
        return None  # reading it says what is wrong with it
    return shapely.union_all(Polygons((shapely.box(*grid.bounds),), ("",), ("",), str(grid.crs)).to(DEGREES).geometries)


def _is_national(workspace: Workspace, extent: "BaseGeometry") -> bool:
    """Return whether an extent is that of the country."""
    country = _country(workspace)
    whole = shapely.box(*country.bounds) if country is not None else None
    box = shapely.box(*extent.bounds)
    return whole is not None and whole.intersection(box).area >= WHOLE * whole.area


def _country(workspace: Workspace) -> "BaseGeometry | None":
    """Return where the country lies: its boundary, else its box; None where neither is known."""
    try:
        boundary = load_workspace(folder_of(workspace, settings.INSTALLATION)).boundary
        if boundary and Path(boundary).exists():
            return shapely.union_all(read_polygons(boundary).to(DEGREES).geometries)
        return shapely.union_all([shapely.box(*each) for each in country_extent(workspace.country, 0).boxes])
    except LandbalanceError:
        return None
