"""Write what a drought command found: a page, tables as CSV, maps, and figures with their origin."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from landbalance._version import __version__
from landbalance.core.workspace import Workspace
from landbalance.engine.drought.climate import FOLDER
from landbalance.engine.drought.ground import boundary_of, districts_of
from landbalance.engine.inputs import checksums
from landbalance.grid.grid import Grid, Tile
from landbalance.io.drought_html import drought_html
from landbalance.io.files import write_text
from landbalance.io.geotiff import TiledWriter
from landbalance.io.language import tongue
from landbalance.io.map_images import Outlines
from landbalance.io.sheet import sheet_csv
from landbalance.io.vector import Polygons, burn
from landbalance.reporting.drought_page import Page
from landbalance.reporting.record import Figure
from landbalance.reporting.tables import Table, cell_value
from landbalance.reporting.words import Tongue

NODATA = -128
FINE = 8  # cells of a drawn map along a cell of the hazard grid, so that coasts show


def folder_of(workspace: Workspace, what: str) -> Path:
    """Return the folder for one kind of result."""
    return Path(workspace.path) / FOLDER / what


def place_of(workspace: Workspace) -> str:
    """Return what the country is called."""
    return workspace.country_name or workspace.title


def write_page(
    workspace: Workspace, page: Page, path: Path, language: str, rasters: Mapping[str, Path] | None = None
) -> Path:
    """Write a page, with the outlines of the country and its districts on its maps."""
    write_text(path, drought_html(page, rasters or {}, outlines(workspace), tongue(language)))
    return path


def write_tables(tables: Sequence[Table], folder: Path) -> list[Path]:
    """Write tables as CSV, one file each; unknown cells are empty."""
    paths = []
    for table in tables:
        columns = [
            column.title + (f" [{column.unit}]" if column.unit not in ("", "1") else "") for column in table.columns
        ]
        path = folder / f"{table.name.lower().replace(' ', '_')}.csv"
        write_text(path, sheet_csv(columns, [[cell_value(cell) for cell in row] for row in table.rows]))
        paths.append(path)
    return paths


def write_figures(
    workspace: Workspace, figures: Sequence[Figure], path: Path, roles: Sequence[str], method: Mapping[str, Any]
) -> Path:
    """Write figure records with inputs and checksums, parameters and versions."""
    sums = checksums(workspace)
    layers = [layer for role in roles if (layer := workspace.layer(role)) is not None]
    told = {
        "landbalance": __version__,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "country": workspace.country,
        "invented": workspace.is_invented,
        "method": dict(method),
        "inputs": [
            {"role": layer.role, "title": layer.title, "source": layer.source, "licence": layer.licence,
             "sha256": sorted({sums[piece.path] for piece in layer.slices})}
            for layer in layers
        ],
        "figures": [asdict(each) for each in figures],
    }  # fmt: skip
    write_text(path, json.dumps(told, indent=1, ensure_ascii=False, allow_nan=False) + "\n")
    return path


def draw_classes(workspace: Workspace, classes: NDArray[np.int8], grid: Grid, path: Path) -> Path:
    """Write classes of a hazard grid as a finer map that ends at the coast."""
    fine = Grid(grid.crs, grid.west, grid.north, grid.dx / FINE, grid.dy / FINE, grid.width * FINE, grid.height * FINE)
    spread = np.repeat(np.repeat(classes.reshape(grid.shape), FINE, axis=0), FINE, axis=1)
    return _written(np.where(burn(boundary_of(workspace), fine) > 0, spread, NODATA), fine, path)


def draw_districts(workspace: Workspace, codes: Sequence[int], grid: Grid, path: Path) -> Path:
    """Write one code for each district as a map."""
    fine = Grid(grid.crs, grid.west, grid.north, grid.dx / FINE, grid.dy / FINE, grid.width * FINE, grid.height * FINE)
    numbers = burn(districts_of(workspace), fine)
    table = np.array([NODATA, *codes], dtype=np.int8)
    return _written(table[numbers], fine, path)


def outlines(workspace: Workspace) -> Outlines:
    """Return the rings of the country and its districts in longitude and latitude."""
    found: list[tuple[NDArray[np.float64], int]] = []
    for polygons, width in ((boundary_of(workspace), 2), (districts_of(workspace), 1)):
        found += [(ring, width) for ring in _rings(polygons.to("EPSG:4326"))]
    return tuple(found)


def words_of(language: str) -> Tongue:
    """Return the language of a page."""
    return tongue(language)


def today() -> str:
    """Return the moment as ISO 8601 text."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _rings(polygons: Polygons) -> list[NDArray[np.float64]]:
    """Return the outer rings of polygons."""
    import shapely

    rings = []
    for geometry in polygons.geometries:
        parts = shapely.get_parts(geometry)
        rings += [np.asarray(shapely.get_coordinates(shapely.get_exterior_ring(part))) for part in parts]
    return rings


def _written(codes: NDArray[np.int8], grid: Grid, path: Path) -> Path:
    """Write one band of class codes."""
    writer = TiledWriter(path, grid, "int8", NODATA)
    writer.write(Tile(0, 0, 0, grid.height, grid.width), codes.astype(np.int8))
    writer.finish()
    return path
