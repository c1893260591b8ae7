"""Land types of a workspace: built from a stack of class layers, kept, and built again where the layers change."""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from landbalance._version import __version__
from landbalance.accounting.land_types import LandTypes, land_types
from landbalance.core.errors import InputError, NotFoundError
from landbalance.core.progress import Progress
from landbalance.core.types import Array
from landbalance.core.workspace import Workspace
from landbalance.engine.columns import class_column, run_column
from landbalance.engine.inputs import Inputs
from landbalance.engine.joint import BLOCK, Column, Drawn, Joint, joint_areas
from landbalance.engine.plan import Output
from landbalance.engine.rasters import write_raster
from landbalance.engine.runner import Threads
from landbalance.engine.runs import Run
from landbalance.engine.scratch import Scratch
from landbalance.io.land_type_files import DEFAULT, FOLDER, SavedTypes, load_types, save_types

COVER = "baseline-cover"
ALIASES = {"climate": "climate_zone", "slope": "slope_class", "cover": COVER, "land_cover": COVER}
MOST_TYPES = 32_000  # their numbers are kept in 16 bits


def build_types(
    inputs: Inputs,
    run: Run,
    layers: tuple[str, ...],
    *,
    name: str = DEFAULT,
    names: Mapping[tuple[int, ...], str] | None = None,
    irreplaceable: tuple[str, ...] = (),
    threads: int | None = None,
    progress: Progress | None = None,
) -> SavedTypes:
    """Build land types from a stack of class layers, and keep them in the workspace.

    Parameters
    ----------
    inputs, run : Inputs, Run
        The workspace, opened, and the run whose land cover may take part.
    layers : tuple of str
        Roles of class layers, or "baseline-cover".
    names : mapping, optional
        What the country calls combinations.
    irreplaceable : tuple of str
        Names or numbers of types that may not be traded.

    Raises
    ------
    NotFoundError
        If there is no such layer or type.
    InputError
        If the layers make too many types.
    """
    roles = tuple(ALIASES.get(layer, layer) for layer in layers)
    columns = {role: _type_column(inputs.workspace, run, role) for role in roles}
    runner, side = Threads(threads or os.cpu_count() or 1), inputs.area.tiles(BLOCK)
    folder = Path(inputs.workspace.path) / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".", dir=folder) as temporary:
        scratch = Scratch(Path(temporary), side)
        frame = joint_areas(inputs.area, Joint(columns), scratch, runner=runner, progress=progress)
        known = frame[(frame[list(roles)] > 0).all(axis=1)]
        codes = known[list(roles)].to_numpy() - 1
        if not 0 < len(codes) <= MOST_TYPES:
            hint = "combine fewer layers" if len(codes) else "check that the layers cover the country"
            raise InputError("the layers make {count} land types", count=len(codes), hint=hint)
        found = land_types(codes.tolist(), roles, class_names=_class_names(inputs.workspace), names=names)
        areas = known["area_km2"].to_numpy()
        types = tuple(replace(each, area_km2=float(area)) for each, area in zip(found.types, areas, strict=True))
        marked = LandTypes(roles, types).without_trade(irreplaceable)
        drawn = {"land_type": Drawn("int16", lambda columns: _numbers(columns, roles, codes))}
        joint = Joint(columns, drawn=drawn, uncounted=frozenset(columns))
        joint_areas(inputs.area, joint, scratch, runner=runner, progress=progress)
        output = Output(name, "land_type", "int16", "Land types")
        tags = {"TITLE": "Land types", "LANDBALANCE_VERSION": __version__, "LAYERS": ", ".join(roles)}
        rasters = tuple(write_raster(output, inputs.area, scratch, folder, tags))
        scratch.close()
    saved = SavedTypes(name, marked, rasters, types_digest(inputs, run, roles), run.id)
    save_types(folder, saved)
    return saved


def types_digest(inputs: Inputs, run: Run, layers: tuple[str, ...]) -> str:
    """Return a digest of all that decides where land types lie."""
    parts = [__version__, repr(inputs.area.pieces), inputs.area.rule, inputs.checksums[inputs.workspace.boundary]]
    for role in layers:
        layer = inputs.workspace.layer(role)
        if role == COVER:
            key = _cover_key(inputs.workspace)
            parts += [digest for kept in run.manifest.rasters if kept.key == key for _, digest in kept.files]
        elif layer is not None:
            parts.append(inputs.checksums[layer.slices[0].path])
    return hashlib.sha256("\x1f".join((*layers, *parts)).encode()).hexdigest()


def types_of(
    inputs: Inputs, run: Run, name: str, *, threads: int | None, progress: Progress | None
) -> tuple[SavedTypes, tuple[str, ...]]:
    """Return the land types of this name, built anew where their layers have changed or there are none yet."""
    try:
        saved = load_types(Path(inputs.workspace.path), name)
    except NotFoundError:
        if name != DEFAULT:
            raise
        layers = inputs.workspace.land_types or (COVER,)
        warning = (
            ()
            if inputs.workspace.land_types
            else ("no land-type layers are named, so land types are the land cover of the baseline",)
        )
        return build_types(inputs, run, layers, threads=threads, progress=progress), warning
    if saved.digest == types_digest(inputs, run, saved.types.layers) and all(p.is_file() for p in saved.rasters):
        return saved, ()
    kept = tuple(each.name for each in saved.types.types if not each.is_tradable)
    names = {each.codes: each.name for each in saved.types.types}
    built = build_types(
        inputs, run, saved.types.layers, name=name, names=names, irreplaceable=kept, threads=threads, progress=progress
    )
    return built, ("the layers of the land types have changed, so they were built again",)


def _type_column(workspace: Workspace, run: Run, role: str) -> Column:
    """Return a class layer that takes part in land types."""
    if role == COVER:
        return run_column(run, _cover_key(workspace), 1)
    layer = workspace.layer(role)
    if layer is None or layer.kind != "class":
        known = ", ".join([each.role for each in workspace.layers if each.kind == "class"])
        raise NotFoundError(
            "there is no class layer {role!r}",
            role=role,
            hint="use {cover} or one of {known}",
            cover=COVER,
            known=known,
        )
    return class_column(layer)


def _cover_key(workspace: Workspace) -> str:
    """Return the key of the land cover at the start of the baseline."""
    return f"land_cover.{workspace.periods[0].land_cover[0]}"


def _class_names(workspace: Workspace) -> dict[str, dict[int, str]]:
    """Return the names of the land-cover classes by their position."""
    return {COVER: {place: each.name for place, each in enumerate(workspace.legend.classes, 1)}}


def _numbers(columns: Mapping[str, Array], roles: tuple[str, ...], codes: Array) -> Array:
    """Return the number of each cell's land type; the lowest int16 where a layer is unknown."""
    stack = np.stack([columns[role] for role in roles]).astype(np.int64) - 1
    known = (stack >= 0).all(axis=0)
    tops = codes.max(axis=0) + 1
    weights = np.cumprod([1, *tops[:0:-1]])[::-1]
    inside = known & (stack < tops[:, None]).all(axis=0)
    keys = weights @ np.where(inside, stack, 0)
    found = np.searchsorted(weights @ codes.T, keys) + 1
    return np.where(inside, found, np.iinfo(np.int16).min)
