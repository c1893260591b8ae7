"""The whole recipe for one workspace: every period, its status, its zones and its tables."""

from landbalance.core.errors import InputError
from landbalance.core.parameters import Settings
from landbalance.core.periods import BASELINE
from landbalance.engine.inputs import Inputs
from landbalance.engine.plan import Tally, TallyAxis
from landbalance.engine.recipe.builder import Recipe
from landbalance.engine.recipe.condition import add_condition, add_status
from landbalance.engine.recipe.cover import add_land_cover
from landbalance.engine.recipe.productivity import add_productivity
from landbalance.engine.recipe.soc import add_soc
from landbalance.engine.recipe.tables import add_groups, add_tables
from landbalance.reporting.facts import STATUS_CODES

REASONS = (*range(16), -128)  # why a productivity cell is missing: place of the nodata value, counted from 1


def assemble(inputs: Inputs, settings: Settings) -> Recipe:
    """Return everything a run of this workspace computes, counts and keeps.

    Raises
    ------
    InputError
        If there is no baseline period, or a year or layer that a setting asks for is missing.
    """
    workspace = inputs.workspace
    if not any(period.is_baseline for period in workspace.periods):
        raise InputError("{workspace} has no period baseline", workspace=workspace.title, hint="add [periods.baseline]")
    recipe = Recipe(workspace, settings, inputs.checksums)
    for period in workspace.periods:
        add_productivity(recipe, period)
        add_land_cover(recipe, period)
        add_soc(recipe, period)
        add_condition(recipe, period, inputs.accepted)
    for period in workspace.periods:
        if not period.is_baseline:
            add_status(recipe, period)
    add_groups(recipe, {id_: len(polygons.geometries) for id_, polygons in inputs.zones.items()})
    _add_recode_groups(recipe, inputs)
    add_tables(recipe)
    _add_reasons(recipe)
    _add_given(recipe)
    for note in inputs.notes:
        recipe.flag("polygons", "note", "{note}", note=note)
    return recipe


def _add_recode_groups(recipe: Recipe, inputs: Inputs) -> None:
    """Count what each accepted recode polygon changes: old class by new class."""
    if not inputs.accepted:
        return
    layer = recipe.polygons("recoded", recipe.workspace.recodes)
    recipe.recode_zones(layer, len(inputs.accepted))
    changed = [period for period in recipe.workspace.periods if f"recode.{period.name}" in recipe.sources]
    for period in changed:
        _count_recodes(recipe, f"recode.{period.name}", f"sdg_raw.{period.name}", f"sdg.{period.name}")
    for period in recipe.workspace.periods:
        if not period.is_baseline and (period in changed or f"recode.{BASELINE}" in recipe.sources):
            before = {"baseline": f"sdg_raw.{BASELINE}", "period": f"sdg_raw.{period.name}"}
            condition = recipe.step("land-condition-status", f"condition.sdg_raw.{period.name}", before)
            status = recipe.step("land-condition-class", f"status.sdg_raw.{period.name}", {"condition": condition})
            _count_recodes(recipe, f"recode_status.{period.name}", status, f"status.sdg.{period.name}")


def _count_recodes(recipe: Recipe, name: str, before: str, after: str) -> None:
    """Count the classes of a layer before and after recodes, in each polygon."""
    axes = tuple(TallyAxis(layer, axis, STATUS_CODES) for layer, axis in ((before, "old"), (after, "new")))
    recipe.tallies.append(Tally(name, axes, ("recodes",)))


def _add_given(recipe: Recipe) -> None:
    """Count where the input of each layer is there at all, before water, floors and small units leave cells out."""
    groups = ("nation", *(zones.id for zones in recipe.workspace.zones))
    for period in recipe.workspace.periods:
        name = period.name
        given = {
            "productivity": (f"trend.{name}", f"lpd_raw.{name}"),
            "land_cover": (f"land_cover_status.{name}",),
            "soc": (f"soc_change.{name}",),
        }
        for key, layers in given.items():
            layer = next((each for each in layers if each in recipe.made or each in recipe.sources), None)
            if layer is not None:
                known = recipe.step("known-layer", f"given.{key}.{name}", {"status": layer})
                axis = TallyAxis(known, "given", (0, 1))
                recipe.tallies.append(Tally(f"given.{key}.{name}", (axis,), groups))


def _add_reasons(recipe: Recipe) -> None:
    """Count why productivity is missing in the baseline's last year: each nodata value has its reason."""
    layer = recipe.workspace.layer("productivity")
    if layer is None or not layer.nodata:
        return
    baseline = next(period for period in recipe.workspace.periods if period.name == BASELINE)
    inside = [piece for piece in layer.slices if piece.year is not None and piece.year <= baseline.productivity[1]]
    if inside:
        name = recipe.source("reasons.productivity", "reasons", layer, (inside[-1],))
        axis = TallyAxis(name, "reason", REASONS)
        recipe.tallies.append(Tally("reasons.productivity", (axis,), ("nation",)))
