"""What a run reads, brought together and checked: checksums, polygons, the analysis grid and the area of interest."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import shapely

from landbalance.core.addresses import without_secrets
from landbalance.core.errors import InputError
from landbalance.core.layers import Layer
from landbalance.core.parameters import Settings
from landbalance.core.workspace import Workspace
from landbalance.engine.area import Area, make_area
from landbalance.grid.grid import Grid
from landbalance.grid.pieces import analysis_grids
from landbalance.indicators.recode import RecodePolygon
from landbalance.io.checks import check_regions
from landbalance.io.files import checksum, stamp, write_text
from landbalance.io.raster import RasterReader
from landbalance.io.recodes import Recodes, read_recodes
from landbalance.io.vector import Polygons, geodesic_area_km2, read_polygons

GRID_ROLES = ("productivity", "lpd", "land_cover", "soc")  # the first of these sets the analysis grid (methods 11.1)
CHECKSUMS = ".cache/checksums.json"


@dataclass(frozen=True)
class Inputs:
    """Everything of a workspace that a run reads, opened.

    Parameters
    ----------
    reference : Layer
        The layer whose cells are the analysis grid.
    zones : mapping of str to Polygons
        By zone id, in the CRS of the grid.
    recodes : Recodes or None
        The recode polygons, in the CRS of the grid.
    """

    workspace: Workspace
    checksums: Mapping[str, str]
    reference: Layer
    native: Grid
    boundary: Polygons
    area: Area
    zones: Mapping[str, Polygons]
    regions: tuple[Polygons, ...]
    recodes: Recodes | None

    @property
    def accepted(self) -> tuple[RecodePolygon, ...]:
        """Return the recode polygons that count."""
        return tuple(each for each in self.recodes.features if each.state == "accepted") if self.recodes else ()

    @property
    def notes(self) -> tuple[str, ...]:
        """Return what was repaired or overlaps in the polygons."""
        shapes = [self.boundary, *self.zones.values(), *self.regions]
        return tuple(note for each in shapes for note in each.notes) + (self.recodes.notes if self.recodes else ())

    def polygons(self) -> dict[str, Polygons]:
        """Return the polygons to burn, by the name of their source in a plan."""
        named = {f"zones.{id_}": polygons for id_, polygons in self.zones.items()}
        named |= {f"region.{place}": polygons for place, polygons in enumerate(self.regions)}
        if self.recodes is not None:
            accepted = self.recodes.accepted()
            named |= {f"recode.{period.name}": accepted for period in self.workspace.periods}
            named["recoded"] = accepted
        return named


def gather(workspace: Workspace, settings: Settings) -> Inputs:
    """Open everything a workspace names.

    Raises
    ------
    InputError
        If there is no boundary, no layer that could set the grid, or a file cannot be read.
    """
    if not workspace.boundary:
        raise InputError(
            "{workspace} has no boundary",
            workspace=workspace.title,
            hint='give its file in landbalance.toml as boundary = "..." under [workspace]',
        )
    reference = _reference(workspace)
    native = RasterReader(reference).grid
    boundary = read_polygons(workspace.boundary).to(native.crs)
    pieces = analysis_grids(shapely.union_all(list(boundary.geometries)), native)
    aridity = workspace.layer("aridity")
    if settings.flag("affected_areas_only") and aridity is None:
        raise InputError(
            "affected_areas_only is on, but there is no aridity layer",
            hint="register it with landbalance data add --role aridity",
        )
    area = make_area(
        boundary,
        pieces,
        rule=settings.text("aoi_rule"),
        coast=read_polygons(workspace.coast).to(native.crs) if workspace.coast else None,
        dryland=RasterReader(aridity) if aridity and settings.flag("affected_areas_only") else None,
    )
    zones = {
        zone.id: read_polygons(zone.path, name_field=zone.name_field or None, code_field=zone.code_field or None).to(
            native.crs
        )
        for zone in workspace.zones
    }
    regions = tuple(read_polygons(region.path).to(native.crs) for region in workspace.regions)
    if regions:
        check_regions(sum(geodesic_area_km2(each) for each in regions), geodesic_area_km2(boundary))
    return Inputs(
        workspace,
        checksums(workspace),
        reference,
        native,
        boundary,
        area,
        zones,
        regions,
        _recodes(workspace, native.crs),
    )


def checksums(workspace: Workspace) -> dict[str, str]:
    """Return the checksum of every file the workspace names; one that has not changed since is not read again."""
    paths = {piece.path for layer in workspace.layers for piece in layer.slices}
    paths |= {path for path in (workspace.boundary, workspace.coast, workspace.recodes) if path}
    paths |= {zone.path for zone in workspace.zones} | {region.path for region in workspace.regions}
    store = Path(workspace.path) / CHECKSUMS
    known: dict[str, list[str]] = json.loads(store.read_text(encoding="utf-8")) if store.is_file() else {}
    found: dict[str, list[str]] = {}
    digests: dict[str, str] = {}
    for path in sorted(paths):
        mark, name = stamp(path), without_secrets(path)
        held = known.get(name)
        found[name] = held if held and mark and held[0] == mark else [mark, checksum(path)]
        digests[path] = found[name][1]
    if found != known:
        write_text(store, json.dumps(found, indent=1, sort_keys=True))
    return digests


def _recodes(workspace: Workspace, crs: str) -> Recodes | None:
    """Return the recode polygons in the CRS of the grid, if the workspace has any."""
    if not workspace.recodes:
        return None
    return read_recodes(workspace.recodes, [period.name for period in workspace.periods]).to(crs)


def _reference(workspace: Workspace) -> Layer:
    """Return the layer whose cells the run uses."""
    for role in GRID_ROLES:
        layers = [layer for layer in workspace.layers if layer.role == role]
        if layers:
            return min(layers, key=lambda layer: RasterReader(layer).grid.dx)
    raise InputError(
        "{workspace} has no layer to compute on",
        workspace=workspace.title,
        hint="register land cover, productivity and SOC with landbalance data add",
    )
