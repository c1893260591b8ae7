"""Find a workspace folder and read it: `landbalance.toml` in, a checked `Workspace` out."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from landbalance.core.errors import InputError, NotFoundError
from landbalance.core.layers import Layer
from landbalance.core.legends import Legend, official_matrix
from landbalance.core.parameters import DEFAULT_PROFILE, Override, Settings, profiles, resolve
from landbalance.core.periods import BASELINE, CYCLE_2026, Period
from landbalance.core.places import country
from landbalance.core.workspace import Matrix, MatrixRegion, Workspace, ZoneSource
from landbalance.io.layer_entries import expand_path, layers_of
from landbalance.io.legend_files import nestings_of, read_factors, read_legend, read_matrix
from landbalance.io.workspace_file import (
    FILE_NAME,
    WorkspaceFile,
    WorkspaceTable,
    ZoneTable,
    read_text,
    read_workspace_file,
)

WORKSPACES = "workspaces"
REPORT_START = "lc_report_start"


def find_workspace(path: str | Path | None = None, *, start: str | Path | None = None) -> Path:
    """Return the folder of the workspace that is meant.

    Parameters
    ----------
    path : str, Path or None
        A workspace folder, its `landbalance.toml`, an installation with one workspace, or the name of a workspace in
        the installation around; None takes the nearest parent of `start` with a `landbalance.toml`.
    start : str, Path or None
        Where the search begins; the current folder when None.

    Raises
    ------
    NotFoundError
        If there is none, or an installation holds several.
    """
    here = Path(start or Path.cwd()).absolute()
    if path is None:
        home = _nearest(here)
        if home is None:
            raise NotFoundError(
                "there is no {name} in {here} or above it",
                name=FILE_NAME,
                here=here,
                hint="make a workspace with landbalance init NAME --country ISO3, or name one with -w PATH",
            )
        return _workspace_in(home)
    folder = here / Path(path).expanduser()
    folder = folder.parent if folder.name == FILE_NAME else folder
    if (folder / FILE_NAME).exists():
        return _workspace_in(Path(os.path.normpath(folder)))
    home = installation_above(here)
    if home and (home / WORKSPACES / str(path) / FILE_NAME).exists():
        return home / WORKSPACES / str(path)
    what = "is no folder" if not folder.is_dir() else f"has no {FILE_NAME}"
    raise NotFoundError("{path} {what}", path=folder, what=what, hint="make a workspace with landbalance init NAME")


def installation_above(start: Path) -> Path | None:
    """Return the nearest folder at or above `start` that is an installation and no workspace itself."""
    for folder in (start, *start.parents):
        if (folder / FILE_NAME).exists() and _is_installation(folder):
            return folder
    return None


def load_workspace(path: str | Path | None = None, *, profile: str | None = None) -> Workspace:
    """Read and check the workspace in a folder.

    Parameters
    ----------
    path : str, Path or None
        As `find_workspace` takes it.
    profile : str or None
        Another profile than the one it names: of the package, or the file of a custom one.

    Raises
    ------
    NotFoundError
        If there is no such workspace, or a file it names does not exist.
    InputError
        If a key or value does not fit; the message names the line.
    """
    folder = find_workspace(path)
    workspace = workspace_from(read_workspace_file(folder / FILE_NAME), folder)
    if profile is None:
        return workspace
    name, stated = read_profile(profile, Path.cwd())
    return replace(workspace, profile=name, stated=stated)


def workspace_settings(path: str | Path | None = None, profile: str | None = None) -> Settings:
    """Return every parameter of a workspace, or of a profile alone where no workspace is named or near.

    Raises
    ------
    NotFoundError, InputError
        If the workspace or the profile cannot be read.
    """
    if path is None and _nearest(Path.cwd()) is None:
        name, stated = read_profile(profile or DEFAULT_PROFILE, Path.cwd())
        return resolve(name, stated=stated)
    folder = find_workspace(path)
    form = read_workspace_file(folder / FILE_NAME)
    name, stated = read_profile(profile or workspace_table(form, folder).profile, Path.cwd() if profile else folder)
    return resolve(name, _overrides(form), stated)


def workspace_from(form: WorkspaceFile, folder: Path) -> Workspace:
    """Return the workspace a file describes.

    Raises
    ------
    NotFoundError, InputError
        If a file it names is missing or does not fit.
    """
    table = workspace_table(form, folder)
    legend_name = _own_file(form.land_cover.legend, folder)
    legend = read_legend(legend_name)
    layers = layers_of(form.layer, folder)
    profile, stated = read_profile(table.profile, folder)
    return Workspace(
        path=str(folder),
        title=table.title or table.country_name or table.country,
        country=table.country,
        country_name=table.country_name or _country_name(table),
        profile=profile,
        periods=_periods(form),
        layers=layers,
        legend=legend,
        matrix=_matrix(form.land_cover.matrix, legend, folder),
        nestings=nestings_of(_source_legends(layers), legend, legend_name),
        overrides=_overrides(form),
        stated=stated,
        regions=tuple(
            MatrixRegion(region.name, expand_path(region.path, folder), _matrix(region.matrix, legend, folder))
            for region in form.land_cover.region
        ),
        boundary=expand_path(table.boundary, folder),
        coast=expand_path(table.coast, folder),
        recodes=expand_path(table.recodes, folder),
        zones=tuple(_zone(zone, folder) for zone in form.zones),
        land_types=tuple(table.land_types),
        factors=read_factors(Path(expand_path(form.soc.factors, folder))) if form.soc.factors else None,
        land_area_km2=form.country_profile.land_area_km2,
        population=form.country_profile.population,
        is_invented=table.invented,
    )


def workspace_table(form: WorkspaceFile, folder: Path) -> WorkspaceTable:
    """Return the [workspace] table.

    Raises
    ------
    InputError
        If the folder is an installation only.
    """
    if form.workspace is None:
        raise InputError(
            "{path} has no [workspace] table",
            path=folder / FILE_NAME,
            hint="name one of its workspaces with -w, or make one with landbalance init NAME",
        )
    return form.workspace


def nesting_for(layer: Layer, folder: Path) -> tuple[Legend, Mapping[int, int] | None]:
    """Return the legend that results are kept in, and how a layer that may not be registered yet nests into it.

    Raises
    ------
    NotFoundError, InputError
        If a legend cannot be read, or the layer's legend does not nest.
    """
    name = _own_file(read_workspace_file(folder / FILE_NAME).land_cover.legend, folder)
    target = read_legend(name)
    return target, nestings_of((layer.legend,), target, name)[layer.legend] if layer.legend else None


def read_profile(name: str, folder: Path) -> tuple[str, dict[str, Override]]:
    """Return a profile's name and what its own file states: nothing for a profile of the package.

    A custom profile is a TOML file with one table, `[parameter]`, whose entries are {value, source}.

    Raises
    ------
    NotFoundError, InputError
        If there is no such profile, or the file states something that is no parameter.
    """
    if not name.endswith(".toml"):
        if name not in profiles():
            raise NotFoundError(
                "no profile is called {name}", name=name, hint="use one of {known}", known=", ".join(profiles())
            )
        return name, {}
    path = Path(expand_path(name, folder))
    try:
        table: dict[str, Any] = tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise InputError("{path} is not TOML: {why}", path=path, why=error, hint="mend that line") from error
    cells = table.get("parameter", {})
    bad = [key for key, cell in cells.items() if not isinstance(cell, dict) or set(cell) != {"value", "source"}]
    if set(table) != {"parameter"} or bad:
        raise InputError(
            "{path} is no profile",
            path=path,
            hint='write [parameter] and lines such as soc_threshold = {{value = 0.1, source = "..."}}',
        )
    return "custom", {key: Override(_value(cell["value"]), str(cell["source"])) for key, cell in cells.items()}


def _nearest(start: Path) -> Path | None:
    """Return the nearest folder at or above `start` with a `landbalance.toml`."""
    return next((folder for folder in (start, *start.parents) if (folder / FILE_NAME).exists()), None)


def _workspace_in(home: Path) -> Path:
    """Return `home` if it is a workspace, else the only workspace of the installation it is."""
    if "workspace" in _tables(home):
        return home
    inside = sorted(entry.parent for entry in home.glob(f"{WORKSPACES}/*/{FILE_NAME}"))
    if len(inside) == 1:
        return inside[0]
    names = ", ".join(folder.name for folder in inside)
    hint = "choose one with -w: {names}" if inside else "make one with landbalance init NAME --country ISO3"
    raise NotFoundError("{home} is an installation, not a workspace", home=home, hint=hint, names=names)


def _is_installation(folder: Path) -> bool:
    """Return whether a folder is an installation that holds workspaces; a lone workspace is one for itself alone."""
    tables = set(_tables(folder))
    return bool({"installation", "database"} & tables) and "workspace" not in tables


def _tables(folder: Path) -> Mapping[str, Any]:
    """Return the tables of a folder's file, unchecked."""
    path = folder / FILE_NAME
    try:
        return tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise InputError("{path} is not TOML: {why}", path=path, why=error, hint="mend that line") from error


def _own_file(name: str, folder: Path) -> str:
    """Return a legend's id, or the absolute path of its file."""
    return expand_path(name, folder) if name.endswith(".toml") else name


def _country_name(table: WorkspaceTable) -> str:
    """Return the English name of the country; an invented one is called by its title."""
    place = country(table.country, invented=table.invented)
    return table.title or place.name if place.is_invented else place.name


def _periods(form: WorkspaceFile) -> tuple[Period, ...]:
    """Return the periods of the file, the baseline first; those of the 2026 cycle when it names none."""
    start = form.parameters.get(REPORT_START)
    if not form.periods:
        return CYCLE_2026 if start is None else _cycle_from(start.value)
    if start is not None:
        raise InputError(
            "{name} is set, but the periods are written out",
            name=REPORT_START,
            hint="write the first land-cover year of each reporting period under [periods.NAME]",
        )
    if BASELINE not in form.periods:
        raise InputError("there is no [periods.baseline]", hint="the other periods are compared with it: add it")
    periods = [
        Period(name, _pair(period.land_cover), _pair(period.soc), _pair(period.productivity))
        for name, period in form.periods.items()
    ]
    return tuple(sorted(periods, key=lambda period: not period.is_baseline))


def _cycle_from(start: object) -> tuple[Period, ...]:
    """Return the 2026 cycle with the land cover and SOC of its reporting periods from a year of the country's own."""
    if not isinstance(start, int):
        raise InputError("{name} is {value!r}", name=REPORT_START, value=start, hint="give a year such as 2016")
    return tuple(
        each if each.is_baseline else replace(each, land_cover=(start, each.land_cover[1]), soc=(start, each.soc[1]))
        for each in CYCLE_2026
    )


def _pair(years: list[int]) -> tuple[int, int]:
    """Return the first and last year."""
    return years[0], years[1]


def _matrix(name: str, legend: Legend, folder: Path) -> Matrix:
    """Return the matrix of a file, else the official one carried over to the legend."""
    return read_matrix(Path(expand_path(name, folder)), legend) if name else official_matrix(legend)


def _source_legends(layers: tuple[Layer, ...]) -> tuple[str, ...]:
    """Return the legends that land-cover layers are written in."""
    return tuple(dict.fromkeys(layer.legend for layer in layers if layer.legend))


def _overrides(form: WorkspaceFile) -> dict[str, Override]:
    """Return the national values of parameters."""
    return {name: Override(_value(given.value), given.reason) for name, given in form.parameters.items()}


def _zone(zone: ZoneTable, folder: Path) -> ZoneSource:
    """Return one zone source with its path expanded."""
    return ZoneSource(zone.id, expand_path(zone.path, folder), zone.title or zone.id, zone.name_field, zone.code_field)


def _value(value: Any) -> Any:
    """Return a list as a tuple."""
    return tuple(value) if isinstance(value, list) else value
