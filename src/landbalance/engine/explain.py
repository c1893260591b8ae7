"""The rule path of one cell: every input value, every step, in the order in which the run takes them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from pyproj import Transformer

from landbalance._version import __version__
from landbalance.core.errors import InputError
from landbalance.core.parameters import resolve
from landbalance.core.periods import Period
from landbalance.core.types import Array
from landbalance.core.words import Words
from landbalance.core.workspace import Workspace
from landbalance.engine.assess import ground_of
from landbalance.engine.inputs import Inputs, gather
from landbalance.engine.manifest import load_reductions
from landbalance.engine.plan import Plan, names_of, take
from landbalance.engine.reading import TileReader
from landbalance.engine.recipe.assemble import assemble
from landbalance.engine.recipe.builder import Recipe
from landbalance.engine.runs import Run, latest_run
from landbalance.engine.tiles import run_step
from landbalance.grid.grid import Grid, Tile
from landbalance.io.raster import RasterReader
from landbalance.io.workspace import load_workspace
from landbalance.reporting.rule_path import Cell, rule_parts, rule_path


@dataclass(frozen=True)
class Explanation:
    """What a run says of one cell.

    Parameters
    ----------
    lines : tuple of str
        The rule path, sentence by sentence.
    parts : tuple of (Words, tuple of Words)
        The same by period: title and sentences.
    inputs : mapping of str to value
        Every layer that was read, in physical units; a series as year -> value.
    values : mapping of str to float, int, str or list
        Every layer at the cell, as stored.
    """

    lon: float
    lat: float
    lines: tuple[str, ...]
    parts: tuple[tuple[Words, tuple[Words, ...]], ...]
    inputs: Mapping[str, Any]
    values: Mapping[str, Any]


def explain(workspace: str | Path | Workspace, lon: float, lat: float, *, run_id: str | None = None) -> Explanation:
    """Explain the classes of the cell at a place.

    Parameters
    ----------
    workspace : str, Path or Workspace
        The folder with landbalance.toml, or what was read from it.
    lon, lat : float
        Place [degrees].
    run_id : str or None
        The run that is explained; the latest when None.

    Raises
    ------
    InputError
        If the place lies outside the area, there is no run, or an input or parameter has changed since the run.
    """
    if not isinstance(workspace, Workspace):
        workspace = load_workspace(workspace)
    run = latest_run(workspace, run_id)
    settings = resolve(run.manifest.profile, workspace.overrides, workspace.stated)
    inputs = gather(workspace, settings)
    recipe = assemble(inputs, settings)
    plan = recipe.plan()
    _check_unchanged(run, plan, inputs)
    tile = _tile_at(inputs, lon, lat)
    layers = _layers_at(plan, inputs, tile, load_reductions(run.folder))
    cell = _cell(recipe, layers, workspace.periods, lon, lat)
    return Explanation(lon, lat, rule_path(cell), rule_parts(cell), _inputs(plan, layers), _plain(plan, layers))


def _check_unchanged(run: Run, plan: Plan, inputs: Inputs) -> None:
    """Refuse to explain a run with inputs or parameters that are no longer those of the run."""
    prints = plan.fingerprints(ground=ground_of(inputs), version=__version__)
    now = {output.key: plan.output_fingerprint(output, prints) for output in plan.outputs}
    changed = sorted(kept.key for kept in run.manifest.rasters if now.get(kept.key) != kept.fingerprint)
    if changed:
        raise InputError(
            "inputs or parameters of {layers} have changed since run {id}",
            layers=", ".join(changed[:3]) + (" ..." if len(changed) > 3 else ""),
            id=run.id,
            hint="run landbalance assess, which computes only what changed",
        )


def _tile_at(inputs: Inputs, lon: float, lat: float) -> Tile:
    """Return the one cell that holds a place."""
    for number, grid in enumerate(inputs.area.pieces):
        x, y = Transformer.from_crs("EPSG:4326", grid.crs, always_xy=True).transform(lon, lat)
        for turn in (0.0, 360.0, -360.0) if abs(grid.dx) < 1 else (0.0,):
            row, col = int(np.floor((grid.north - y) / grid.dy)), int(np.floor((x + turn - grid.west) / grid.dx))
            if 0 <= row < grid.height and 0 <= col < grid.width:
                tile = Tile(number, row, col, 1, 1)
                if inputs.area.weights(tile).any():
                    return tile
    raise InputError(
        "the place {lon}, {lat} lies outside the area",
        lon=lon,
        lat=lat,
        hint="give --lon and --lat in degrees inside {known}",
        known=_box(inputs.area.pieces),
    )


def _box(pieces: tuple[Grid, ...]) -> str:
    """Return the bounds of the grids in degrees, in words."""
    boxes = []
    for grid in pieces:
        west, south, east, north = Transformer.from_crs(grid.crs, "EPSG:4326", always_xy=True).transform_bounds(
            *grid.bounds
        )
        boxes.append(f"{west:.3f} to {east:.3f}, {south:.3f} to {north:.3f}")
    return " and ".join(boxes)


def _layers_at(plan: Plan, inputs: Inputs, tile: Tile, reductions: Mapping[str, Any]) -> dict[str, Array]:
    """Return every source and every computed layer at one cell, through the same kernels as the run."""
    reader = TileReader(plan.sources.values(), inputs.area, inputs.polygons())
    layers = {name: reader.read(name, tile) for name in plan.sources}
    for step in plan.steps:
        run_step(step, layers, reductions)
    return layers


def _cell(recipe: Recipe, layers: Mapping[str, Array], periods: tuple[Period, ...], lon: float, lat: float) -> Cell:
    """Return what the sentences are made from."""
    return Cell(
        lon=lon,
        lat=lat,
        periods=periods,
        legend=recipe.workspace.legend,
        settings=recipe.settings,
        values={name: _scalar(array) for name, array in layers.items()},
        series_years={
            step.outputs[0]: step.parameters["years"]
            for step in recipe.steps
            if step.indicator.id == "productivity-trend"
        },
    )


def _inputs(plan: Plan, layers: Mapping[str, Array]) -> dict[str, Any]:
    """Return every layer that was read, in the units people know, with the year of each value."""
    found: dict[str, Any] = {}
    for name, source in plan.sources.items():
        if source.layer is None or source.reading == "reasons":
            continue
        values = np.asarray(layers[name], dtype=np.float64).reshape(-1)
        if source.reading == "stored":
            missing = RasterReader(source.layer).missing
            values = np.where(values == missing, np.nan, values * source.layer.scale + source.layer.offset)
        elif source.reading in ("codes", "integers"):
            values = np.where(values < 0, np.nan, values)
        dates = [piece.date or piece.year for piece in source.slices]
        found[name] = dict(zip(dates, values.tolist(), strict=True)) if source.is_series else float(values[0])
    return found


def _plain(plan: Plan, layers: Mapping[str, Array]) -> dict[str, Any]:
    """Return every layer that is read or kept, as plain numbers."""
    kept = {output.key: _scalar(take(output.layer, layers)) for output in plan.outputs}
    read = {name: _scalar(layers[name]) for name in plan.sources}
    made = {
        name: _scalar(layers[name])
        for step in plan.steps
        for name in step.outputs
        if name not in set(names_of(step.outputs))
    }
    return {**read, **made, **kept}


def _scalar(array: Array) -> Any:
    """Return the one value of a layer, or the list of a series."""
    values = np.asarray(array).reshape(-1).tolist() if np.ndim(array) < 2 else np.asarray(array)[:, 0].tolist()
    return values[0] if len(values) == 1 else values
