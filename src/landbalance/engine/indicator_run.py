"""One declared indicator by itself, over the layers of a workspace."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from landbalance._version import __version__
from landbalance.core.crosstab import Crosstab
from landbalance.core.errors import InputError
from landbalance.core.parameters import resolve
from landbalance.core.progress import NoProgress, Progress
from landbalance.core.workspace import Workspace
from landbalance.engine.blocks import BLOCK, run_plan
from landbalance.engine.inputs import gather
from landbalance.engine.plan import Tally, TallyAxis
from landbalance.engine.rasters import write_raster
from landbalance.engine.reading import TileReader
from landbalance.engine.recipe.builder import Recipe
from landbalance.engine.recipe.condition import bound_band, filled_parameter
from landbalance.engine.recipe.tables import add_groups
from landbalance.engine.runner import Threads
from landbalance.engine.scratch import Scratch
from landbalance.indicators.catalogue import indicator
from landbalance.indicators.spec import Band, Indicator
from landbalance.io.workspace import load_workspace


@dataclass(frozen=True)
class IndicatorRun:
    """What one indicator gave: its rasters by period, and the area of each class where it gives classes."""

    rasters: Mapping[str, tuple[Path, ...]]
    tables: Mapping[str, Crosstab]


def run_indicator(
    workspace: str | Path | Workspace,
    id_: str,
    *,
    out: str | Path | None = None,
    threads: int = 1,
    progress: Progress | None = None,
) -> IndicatorRun:
    """Run one indicator for every period of a workspace, its inputs bound to layers by role.

    Parameters
    ----------
    workspace : str, Path or Workspace
        The folder with landbalance.toml, or what was read from it.
    id_ : str
        Id of the indicator.
    out : str, Path or None
        Folder of the rasters; `indicators/<id>` in the workspace when None.

    Raises
    ------
    NotFoundError
        If no indicator has the id.
    InputError
        If a layer it needs is not registered.
    """
    if not isinstance(workspace, Workspace):
        workspace = load_workspace(workspace)
    declared = indicator(id_)
    _check_moves(workspace, declared)
    settings = resolve(workspace.profile, workspace.overrides, workspace.stated)
    inputs = gather(workspace, settings)
    recipe = Recipe(workspace, settings, inputs.checksums)
    add_groups(recipe, {zone: len(polygons.geometries) for zone, polygons in inputs.zones.items()})
    for period in workspace.periods:
        bands = {band.name: bound_band(recipe, declared, band, period) for band in declared.inputs}
        names = tuple(f"{band.name}.{period.name}" for band in declared.outputs)
        values = {each.name: filled_parameter(recipe, each) for each in declared.parameters}
        recipe.step(declared.id, names, bands, **values)
        for name, band in zip(names, declared.outputs, strict=True):
            recipe.keep(name, name, "int8" if _codes(declared, band) else "float32", declared.title, unit=band.unit)
            if codes := _codes(declared, band):
                groups = tuple(group for group in recipe.groups if group not in ("land_type", "land_cover"))
                recipe.tallies.append(Tally(name, (TallyAxis(name, "class", codes),), groups))
    whole = recipe.plan()
    made = {name for step in whole.steps if step.indicator is declared for name in step.outputs}
    plan = whole.cut(whole.tallies, [output for output in whole.outputs if output.layer in made], {})
    folder = Path(out) if out else Path(workspace.path) / "indicators" / id_
    reader = TileReader(plan.sources.values(), inputs.area, inputs.polygons())
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".", dir=folder) as temporary:
        scratch = Scratch(Path(temporary), inputs.area.tiles(BLOCK))
        counted = run_plan(
            plan, inputs.area, reader, scratch, runner=Threads(threads), progress=progress or NoProgress()
        )
        tags = {"LANDBALANCE_INDICATOR": id_, "LANDBALANCE_VERSION": __version__}
        rasters = {
            output.key: tuple(write_raster(output, inputs.area, scratch, folder, tags)) for output in plan.outputs
        }
        scratch.close()
    return IndicatorRun(rasters, counted.tables)


def _check_moves(workspace: Workspace, declared: Indicator) -> None:
    """Refuse an indicator of change when none of its layers has years: it could only say that nothing changed."""
    moving = {band.layer or band.name for band in declared.inputs if band.when in ("start", "end")}
    layers = [layer for role in moving if (layer := workspace.layer(role))]
    if layers and not any(layer.years for layer in layers):
        roles = ", ".join(sorted(layer.role for layer in layers))
        raise InputError(
            "{id} compares years, but {roles} has none", id=declared.id, roles=roles, hint="register it year by year"
        )


def _codes(declared: Indicator, band: Band) -> tuple[int, ...]:
    """Return the class codes of an output; none for an output of values."""
    if isinstance(declared.output, type):
        return tuple(int(code) for code in declared.output)
    return (-1, 0, 1, -127, -128) if band.unit == "class" else ()
