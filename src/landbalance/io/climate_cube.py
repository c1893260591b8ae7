"""Drought indices as CF NetCDF files, each with its method, code version and the checksums of its inputs."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5netcdf
import numpy as np
from numpy.typing import NDArray
from pyproj import CRS

from landbalance._version import __version__
from landbalance.core.types import Array
from landbalance.grid.grid import Grid
from landbalance.indicators.drought.labelled import first_days
from landbalance.indicators.drought.steps import Steps
from landbalance.io.files import whole_file

FILL = np.float32(-9999.0)


@dataclass(frozen=True)
class Cube:
    """An index: values (time, y, x), reliability (step of the year, y, x), steps, grid, and what decided it."""

    name: str
    values: Array
    reliability: NDArray[np.int8]
    steps: Steps
    grid: Grid
    origin: Mapping[str, Any]


def write_cube(path: Path, cube: Cube, told: str) -> None:
    """Write an index, whole or not at all.

    Raises
    ------
    DiskError
        If it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as temporary:
        temporary.unlink()
        with h5netcdf.File(temporary, "w") as file:
            _describe(file, cube, told)
            options: dict[str, Any] = {"compression": "gzip", "compression_opts": 1, "shuffle": True}
            variable = file.create_variable(
                _variable(cube.name), ("time", "y", "x"), data=np.where(np.isnan(cube.values), FILL, cube.values),
                dtype="f4", fillvalue=FILL, chunks=(min(120, cube.steps.rows), *_chunk(cube.grid)), **options,
            )  # fmt: skip
            variable.attrs["units"] = "1"
            variable.attrs["long_name"] = told
            variable.attrs["grid_mapping"] = "crs"
            quality = file.create_variable(
                "reliability", ("step", "y", "x"), data=cube.reliability, dtype="i1", **options
            )
            quality.attrs["flag_values"] = np.arange(5, dtype="i1")
            quality.attrs["flag_meanings"] = "good short too_short zeros constant"
            quality.attrs["long_name"] = "what the fit of each step of the year is worth"


def read_cube(path: Path, origin: Mapping[str, Any]) -> Cube | None:
    """Return a kept index; None where there is none, or it was made of something else."""
    if not path.is_file():
        return None
    with h5netcdf.File(path, "r") as file:
        if file.attrs.get("origin") != _text(origin):
            return None
        grid, first = json.loads(file.attrs["grid"]), json.loads(file.attrs["first"])
        name = str(file.attrs["index"])
        values = file.variables[_variable(name)][...]
        reliability = file.variables["reliability"][...]
    steps = Steps(first["name"], (first["year"], first["step"]), len(values))
    return Cube(name, np.where(values == FILL, np.nan, values), reliability, steps, Grid(**grid), origin)


def _describe(file: Any, cube: Cube, told: str) -> None:
    """Write dimensions, coordinates and what the file says of itself."""
    grid, steps = cube.grid, cube.steps
    file.dimensions = {"time": steps.rows, "y": grid.height, "x": grid.width, "step": steps.per_year}
    days = first_days(steps).astype("datetime64[D]").astype(np.int64)
    time = file.create_variable("time", ("time",), data=days.astype("i4"))
    time.attrs["units"] = "days since 1970-01-01"
    time.attrs["calendar"] = "standard"
    time.attrs["standard_name"] = "time"
    x, y = grid.x_edges(), grid.y_edges()
    is_degrees = CRS.from_user_input(grid.crs).is_geographic
    for axis, edges, name, unit in (
        ("x", x, "longitude" if is_degrees else "projection_x_coordinate", "degrees_east" if is_degrees else "m"),
        ("y", y, "latitude" if is_degrees else "projection_y_coordinate", "degrees_north" if is_degrees else "m"),
    ):
        variable = file.create_variable(axis, (axis,), data=(edges[:-1] + edges[1:]) / 2)
        variable.attrs["standard_name"] = name
        variable.attrs["units"] = unit
    mapping = file.create_variable("crs", (), data=np.int32(0))
    for key, value in CRS.from_user_input(grid.crs).to_cf().items():
        mapping.attrs[key] = value
    file.attrs["Conventions"] = "CF-1.11"
    file.attrs["title"] = told
    file.attrs["source"] = f"Landbalance {__version__}"
    file.attrs["index"] = cube.name
    file.attrs["origin"] = _text(cube.origin)
    corner = {"crs": grid.crs, "west": grid.west, "north": grid.north, "dx": grid.dx, "dy": grid.dy}
    file.attrs["grid"] = json.dumps(corner | {"width": grid.width, "height": grid.height})
    file.attrs["first"] = json.dumps({"name": steps.name, "year": steps.first[0], "step": steps.first[1]})


def _variable(name: str) -> str:
    """Return the name of an index as a variable."""
    return name.lower().replace("-", "_")


def _chunk(grid: Grid) -> tuple[int, int]:
    """Return rows and columns of a chunk."""
    return min(64, grid.height), min(64, grid.width)


def _text(origin: Mapping[str, Any]) -> str:
    """Return what decided an index as text that is the same for the same decision."""
    return json.dumps({"version": __version__, **origin}, sort_keys=True)
