"""A workspace cut to one polygon: the same layers and method, another area of interest."""

import shutil
from dataclasses import replace
from pathlib import Path

import shapely

from landbalance.core.errors import InputError
from landbalance.core.workspace import MatrixRegion, Workspace
from landbalance.engine.inputs import CHECKSUMS, checksums
from landbalance.io.geojson import write_geojson
from landbalance.io.vector import Polygons, read_polygons

BOUNDARY = "boundary.geojson"


def cut_workspace(workspace: Workspace, zone: Polygons, folder: Path) -> Workspace:
    """Return a workspace like another whose area of interest is what it shares with one polygon.

    Parameters
    ----------
    workspace : Workspace
        What is cut; its layers are read where they are.
    zone : Polygons
        One polygon with its name.
    folder : Path
        The folder of the new workspace: its boundary, and later its runs.

    Raises
    ------
    InputError
        If the polygon does not meet the boundary.
    """
    shape = cut(read_polygons(workspace.boundary), zone) if workspace.boundary else zone
    if not shape.geometries:
        raise InputError(
            "{zone} does not meet the boundary of {workspace}",
            zone=zone.names[0],
            workspace=workspace.title,
            hint="check the reference systems of both files",
        )
    write_geojson(shape, folder / BOUNDARY)
    _share_checksums(workspace, folder)
    return replace(
        workspace,
        path=str(folder),
        title=f"{zone.names[0]}, {workspace.title}",
        country_name=f"{zone.names[0]}, {workspace.country_name}",
        boundary=str(folder / BOUNDARY),
        regions=_cut_regions(workspace.regions, shape, folder),
        land_area_km2={},  # what the country states is of the whole country
        population={},
    )


def cut(polygons: Polygons, zone: Polygons) -> Polygons:
    """Return what polygons share with a zone, as one polygon under the zone's name; nothing where they do not meet.

    Examples
    --------
    >>> country = Polygons((shapely.box(0, 0, 2, 2),), ("A",), ("",), "EPSG:4326")
    >>> cut(country, Polygons((shapely.box(1, 1, 3, 3),), ("B",), ("",), "EPSG:4326")).geometries[0].area
    1.0
    """
    whole = shapely.union_all(polygons.geometries)
    shared = shapely.intersection(whole, shapely.union_all(zone.to(polygons.crs).geometries))
    areas = [part for part in shapely.get_parts(shared) if part.area > 0]
    if not areas:
        return Polygons((), (), (), polygons.crs)
    return Polygons((shapely.union_all(areas),), zone.names[:1], zone.codes[:1], polygons.crs, zone.notes)


def _cut_regions(regions: tuple[MatrixRegion, ...], shape: Polygons, folder: Path) -> tuple[MatrixRegion, ...]:
    """Return the regions with a matrix of their own that the shape meets, each cut to it."""
    kept = []
    for place, region in enumerate(regions):
        part = cut(read_polygons(region.path), shape)
        if part.geometries:
            path = folder / f"region_{place + 1}.geojson"
            write_geojson(part, path)
            kept.append(replace(region, path=str(path)))
    return tuple(kept)


def _share_checksums(workspace: Workspace, folder: Path) -> None:
    """Give the cut workspace the checksums of the layers, so that they are read once for all polygons."""
    checksums(workspace)
    (folder / CHECKSUMS).parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(Path(workspace.path) / CHECKSUMS, folder / CHECKSUMS)
