"""Scenarios of a workspace: files of drawn polygons, kept by name."""

import re
from pathlib import Path

from landbalance.core.errors import InputError, NotFoundError
from landbalance.core.workspace import Workspace
from landbalance.io.files import write_bytes
from landbalance.io.practice_files import read_scenario
from landbalance.io.vector import READABLE, Polygons
from landbalance.planning.scenario import ScenarioPolygon

FOLDER = "scenarios"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


def add_scenario(workspace: Workspace, name: str, file: Path) -> tuple[Path, int]:
    """Check a file of polygons and keep a copy of it; return where, and how many polygons it has.

    Raises
    ------
    InputError
        If the name or the file cannot be used.
    """
    if not NAME.fullmatch(name):
        raise InputError("{name!r} is no name of a scenario", name=name, hint="use letters, digits, - and _")
    if file.suffix.lower() == ".shp":
        raise InputError("{path} is one file of several", path=file, hint="save it as GeoPackage or GeoJSON")
    last = workspace.periods[-1].last_year
    _, actions = read_scenario(file, (last + 1, last + 1))
    path = Path(workspace.path) / FOLDER / f"{name}{file.suffix.lower()}"
    path.parent.mkdir(parents=True, exist_ok=True)
    for other in path.parent.glob(f"{name}.*"):
        other.unlink()
    write_bytes(path, file.read_bytes())
    return path, len(actions)


def scenario_files(workspace: Path) -> dict[str, Path]:
    """Return the scenarios of a workspace by name."""
    found = sorted((workspace / FOLDER).glob("[!.]*"))
    return {path.stem: path for path in found if path.suffix in READABLE}


def read_named(workspace: Workspace, name: str, years: tuple[int, int]) -> tuple[Polygons, tuple[ScenarioPolygon, ...]]:
    """Read a scenario by its name, or any file of polygons.

    Raises
    ------
    NotFoundError
        If there is no such scenario.
    InputError
        If the file cannot be used.
    """
    known = scenario_files(Path(workspace.path))
    path = known.get(name, Path(name))
    if not path.is_file():
        hint = "use one of {known}" if known else "add one with landbalance scenario add NAME FILE"
        raise NotFoundError("there is no scenario {name!r}", name=name, hint=hint, known=", ".join(known))
    return read_scenario(path, (years[0], years[0]))
