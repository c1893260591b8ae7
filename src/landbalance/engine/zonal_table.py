"""Any layer by any polygons: a registered layer, a map of a run, or a file, found by the word a person gives."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from landbalance.core.errors import NotFoundError
from landbalance.core.layers import Layer, Slice
from landbalance.core.workspace import Workspace
from landbalance.engine.manifest import finished_runs
from landbalance.engine.runs import latest_run
from landbalance.engine.zonal import ZonalRow, zonal
from landbalance.io.inspect import describe
from landbalance.io.legend_files import read_legend
from landbalance.io.vector import Polygons, read_polygons
from landbalance.reporting.words import CONDITION_NAMES, LPD_NAMES, STATUS_NAMES

STATUS_MAPS = ("sdg", "sdg_national", "national", "productivity", "trend", "state", "performance")
CODES: dict[str, Mapping[Any, str]] = {
    "lpd": LPD_NAMES,
    "condition": CONDITION_NAMES,
    **dict.fromkeys((*STATUS_MAPS, "land_cover_status", "soc_status"), STATUS_NAMES),
}
SHIFT = 8  # run maps have codes from -8 on; counts need codes from 0 on


@dataclass(frozen=True)
class ZonalTable:
    """Statistics of one layer by polygons.

    Parameters
    ----------
    rows : tuple of ZonalRow
        By polygon, then by slice.
    names : mapping of int to str
        Names of the classes, where a legend gives them.
    is_class : bool
        Whether the rows hold class areas rather than values.
    """

    layer: Layer
    rows: tuple[ZonalRow, ...]
    names: Mapping[int, str]
    is_class: bool


def zonal_table(
    workspace: Workspace | None, name: str, by: str, *, years: tuple[int, ...] = (), classes: bool = False,
    name_field: str | None = None,
) -> ZonalTable:  # fmt: skip
    """Tabulate a layer by polygons.

    Parameters
    ----------
    workspace : Workspace or None
        Where registered layers, runs and zones are looked up.
    name : str
        Role of a registered layer, key of a map of the latest run ("sdg.baseline"), or path of a raster.
    by : str
        Id of registered zones, "boundary", or path of a file of polygons.
    years : tuple of int
        Years that are tabulated; all when empty.
    classes : bool
        Whether the numbers of a raster file are codes.
    name_field : str or None
        Column with the names of the polygons.

    Raises
    ------
    NotFoundError
        If there is no such layer or year.
    InputError
        If the raster or the polygons cannot be read.
    """
    layer, lookup = _layer(workspace, name, classes=classes)
    chosen = [piece for piece in layer.slices if not years or piece.year in years]
    if not chosen:
        raise NotFoundError(
            "{name} has none of the years {years}",
            name=name,
            years=", ".join(map(str, years)),
            hint="it has {choices}",
            choices=", ".join(map(str, layer.years)) or "no years",
        )
    rows = zonal(layer, _polygons(workspace, by, name_field), slices=chosen, lookup=lookup)
    if lookup is not None:
        rows = tuple(
            replace(row, classes_km2={code - SHIFT: area for code, area in row.classes_km2.items()}) for row in rows
        )
    return ZonalTable(layer, rows, _class_names(layer, workspace), layer.kind == "class")


def _layer(workspace: Workspace | None, name: str, *, classes: bool) -> tuple[Layer, dict[int, int] | None]:
    """Return the layer a word means, and how its codes are counted."""
    registered = workspace.layer(name) if workspace else None
    if registered is not None:
        return registered, None
    if Path(name).exists() or "://" in name:
        return _file_layer(str(Path(name).absolute()) if "://" not in name else name, classes=classes), None
    maps = _run_maps(workspace)
    if name in maps:
        return _run_layer(name, _file_layer(maps[name], classes=True))
    known = [*(layer.role for layer in workspace.layers), *maps] if workspace else []
    raise NotFoundError(
        "there is no layer, map or file {name}",
        name=name,
        hint="use a file, or one of {known}",
        known=", ".join(known) or "none",
    )


def _run_maps(workspace: Workspace | None) -> dict[str, str]:
    """Return the maps of the latest run, in one piece, by key."""
    if workspace is None or not finished_runs(Path(workspace.path)):
        return {}
    run = latest_run(workspace)
    return {kept.key: str(run.folder / kept.files[0][0]) for kept in run.manifest.rasters if len(kept.files) == 1}


def _run_layer(key: str, layer: Layer) -> tuple[Layer, dict[int, int] | None]:
    """Return a map of a run as values or classes, by the type of its numbers."""
    dtype = describe(layer.slices[0].path).dtype
    layer = replace(layer, role=key, title=key, slices=tuple(replace(piece, name="") for piece in layer.slices))
    if dtype.startswith("float"):
        return replace(layer, kind="value"), None
    if dtype == "int8":
        return layer, {code: code + SHIFT for code in range(-SHIFT, 127 - SHIFT)}
    return layer, None


def _class_names(layer: Layer, workspace: Workspace | None) -> dict[int, str]:
    """Return what the codes of a layer mean, as far as that is known."""
    stem = layer.role.split(".")[0]
    if layer.legend:
        return {entry.code: entry.name for entry in read_legend(layer.legend).classes}
    if stem == "land_cover" and workspace is not None:
        return {place: entry.name for place, entry in enumerate(workspace.legend.classes, start=1)}
    return {int(code): name for code, name in CODES.get(stem, {}).items()} if "." in layer.role else {}


def _file_layer(path: str, *, classes: bool) -> Layer:
    """Return a raster file as a layer, with the scale and the times that it states."""
    facts = describe(path)
    slices = tuple(
        Slice(path, number, when.year if when else None, when.date if when else "", band.name)
        for number, (band, when) in enumerate(zip(facts.bands, facts.times, strict=True), start=1)
    )
    return Layer(
        role=Path(path).stem,
        quantity="class" if classes else "value",
        kind="class" if classes else "value",
        slices=slices,
        unit=facts.unit,
        scale=facts.scale,
        offset=facts.offset,
    )


def _polygons(workspace: Workspace | None, by: str, name_field: str | None) -> Polygons:
    """Return the polygons a word means."""
    for source in workspace.zones if workspace else ():
        if source.id == by:
            field, code = name_field or source.name_field, source.code_field
            return read_polygons(source.path, name_field=field or None, code_field=code or None)
    if by == "boundary" and workspace and workspace.boundary:
        return read_polygons(workspace.boundary, name_field=name_field)
    return read_polygons(by, name_field=name_field)
