"""SDG 15.3.1 in the recipe: one-out-all-out, national indicators, recodes, status against the baseline, gaps."""

from landbalance.core.errors import InputError
from landbalance.core.periods import BASELINE, Period
from landbalance.core.types import Value
from landbalance.engine.plan import Binding, Reading, Ref
from landbalance.engine.recipe.builder import Recipe
from landbalance.indicators.catalogue import indicator
from landbalance.indicators.recode import RecodePolygon, recode_code
from landbalance.indicators.spec import Band, Indicator, Parameter

LAYERS = ("productivity", "land_cover", "soc")
STATUS_OF = {"sdg": "sdg", "productivity": "productivity", "land_cover": "land_cover_status", "soc": "soc_status"}


def add_condition(recipe: Recipe, period: Period, recodes: tuple[RecodePolygon, ...]) -> None:
    """Add sdg.<p>, sdg_national.<p> and gaps.<p> for one period."""
    name = period.name
    layers: tuple[Ref, ...] = tuple(f"{STATUS_OF[key]}.{name}" for key in LAYERS)
    rule = recipe.settings.text("nodata_rule")
    recipe.step("one-out-all-out", f"sdg_raw.{name}", {"layers": layers}, nodata_rule=rule)
    _add_recode(recipe, period, recodes)
    joining = national_ids(recipe)
    if joining:
        extra = tuple(add_national(recipe, indicator(id_), period) for id_ in joining)
        recipe.step("one-out-all-out", f"sdg_national.{name}", {"layers": layers + extra}, nodata_rule=rule)
        recipe.keep(
            f"sdg_national.{name}",
            f"sdg_national.{name}",
            "int8",
            "SDG 15.3.1 with national indicators",
            palette="status",
        )
    recipe.step("missing-layers", f"gaps.{name}", {"layers": layers})
    recipe.keep(f"sdg.{name}", f"sdg.{name}", "int8", "SDG indicator 15.3.1", palette="status")
    recipe.keep(f"gaps.{name}", f"gaps.{name}", "int8", "Missing layers", palette="gaps")


def add_status(recipe: Recipe, period: Period) -> None:
    """Add the seven-class condition and the three-class status of every layer against the baseline."""
    for key, layer in STATUS_OF.items():
        condition = f"condition.{key}.{period.name}"
        recipe.step(
            "land-condition-status", condition, {"baseline": f"{layer}.{BASELINE}", "period": f"{layer}.{period.name}"}
        )
        recipe.step("land-condition-class", f"status.{key}.{period.name}", {"condition": condition})
        recipe.keep(condition, condition, "int8", f"Land condition status: {key}", palette="condition")


def national_ids(recipe: Recipe) -> tuple[str, ...]:
    """Return the ids of the national indicators that join, checked.

    Raises
    ------
    InputError
        If one of them does not give a status that joins.
    """
    named = recipe.settings["national_indicators"]
    ids = tuple(str(id_) for id_ in named) if isinstance(named, tuple) else (str(named),)
    for id_ in ids:
        if not indicator(id_).joins:
            raise InputError(
                "{id} does not join the one-out-all-out", id=id_, hint="its declaration must say joins=True"
            )
    return ids


def add_national(recipe: Recipe, declared: Indicator, period: Period) -> str:
    """Add a declared indicator, its inputs bound to the workspace's layers by role; return its first layer."""
    names = tuple(f"{band.name}.{period.name}" for band in declared.outputs)
    names = (f"national.{declared.id}.{period.name}", *names[1:])
    inputs: dict[str, Binding] = {band.name: bound_band(recipe, declared, band, period) for band in declared.inputs}
    values = {parameter.name: filled_parameter(recipe, parameter) for parameter in declared.parameters}
    recipe.step(declared.id, names, inputs, **values)
    recipe.keep(names[0], names[0], "int8", declared.title, palette="status")
    return names[0]


def bound_band(recipe: Recipe, declared: Indicator, band: Band, period: Period) -> str:
    """Return the source that fills one band of a declared indicator, bound by the layer's role.

    Raises
    ------
    InputError
        If the workspace has no such layer.
    """
    role = band.layer or band.name
    layer = recipe.workspace.layer(role)
    if layer is None:
        raise InputError(
            "{id} needs a layer {role}",
            id=declared.id,
            role=role,
            hint="register it with landbalance data add --role {role}",
        )
    reading: Reading = "integers" if layer.kind == "class" else "values"
    first, last = period.land_cover
    if band.when == "series":
        slices = tuple(piece for piece in layer.slices if piece.year is not None and first <= piece.year <= last)
        return recipe.source(f"{role}.{first}-{last}", reading, layer, slices, is_series=True)
    if band.when == "static" or not layer.years:
        return recipe.source(role, reading, layer, layer.slices[:1])
    year = first if band.when == "start" else last
    return recipe.source(f"{role}.{year}", reading, layer, (recipe.one_year(layer, year),))


def filled_parameter(recipe: Recipe, parameter: Parameter) -> Value:
    """Return a parameter's value: the profile's where it names one, else its declared default."""
    return recipe.settings[parameter.setting] if parameter.setting else parameter.default


def _add_recode(recipe: Recipe, period: Period, recodes: tuple[RecodePolygon, ...]) -> None:
    """Add sdg.<p>: the assessment after the accepted recodes of this period, or the assessment itself."""
    name = period.name
    codes = {number: recode_code(feature) for number, feature in enumerate(recodes, 1) if _applies(feature, name)}
    if not codes:
        recipe.step(
            "recode",
            f"sdg.{name}",
            {"status": f"sdg_raw.{name}", "code": recipe.constant("no_recode", 0, "int16")},
            applies=False,
        )
        return
    burnt = recipe.polygons(f"recode.{name}", recipe.workspace.recodes, lookup=codes, dtype="int16")
    recipe.step("recode", f"sdg.{name}", {"status": f"sdg_raw.{name}", "code": burnt}, applies=True)


def _applies(feature: RecodePolygon, period: str) -> bool:
    """Return whether a recode polygon changes this period."""
    return feature.state == "accepted" and period in feature.periods
