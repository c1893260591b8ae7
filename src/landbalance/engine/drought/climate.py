"""Read the series of climate a workspace has, and the indices made of them; what is made is kept with its origin."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from landbalance.core.errors import InputError, NotFoundError, RuleError
from landbalance.core.layers import Layer
from landbalance.core.progress import NoProgress, Progress
from landbalance.core.types import Array
from landbalance.core.workspace import Workspace
from landbalance.engine.inputs import checksums
from landbalance.grid.grid import Grid
from landbalance.grid.nearest import cell_centres
from landbalance.indicators.drought.evapotranspiration import (
    MIDDLE_DAYS,
    MONTH_DAYS,
    hargreaves,
    monthly_penman_monteith,
    radiation_above,
)
from landbalance.indicators.drought.evapotranspiration import thornthwaite as by_thornthwaite
from landbalance.indicators.drought.index import IndexMethod, drought_index, refuse_empty
from landbalance.indicators.drought.steps import StepName, Steps, regular
from landbalance.io.climate_cube import Cube, read_cube, write_cube
from landbalance.io.raster import RasterReader

FOLDER = "drought"
CELLS = 1 << 15  # of a strip
RAIN, BALANCE = "rain_monthly", "evapotranspiration_monthly"
EXTREMES = ("temperature_minimum", "temperature_maximum")
PET_LAYERS = {  # what each way needs; without a word from the user the first that the workspace allows is taken
    "layer": (BALANCE,),
    "hargreaves": EXTREMES,
    "thornthwaite": ("temperature_mean",),
    "penman-monteith": (*EXTREMES, "vapour_pressure", "wind_speed", "solar_radiation"),
}


@dataclass(frozen=True)
class Series:
    """A series on its grid: values (time, y, x), NaN unknown."""

    values: NDArray[np.floating[Any]]
    steps: Steps
    grid: Grid


@dataclass(frozen=True)
class IndexCube:
    """A drought index on its grid: values (time, y, x), reliability (step of the year, y, x), and the method."""

    values: Array
    reliability: NDArray[np.int8]
    steps: Steps
    grid: Grid
    method: IndexMethod
    path: Path | None = None


def layer_of(workspace: Workspace, role: str) -> Layer:
    """Return the layer of a role.

    Raises
    ------
    NotFoundError
        If the workspace has none.
    """
    layer = workspace.layer(role)
    if layer is None:
        raise NotFoundError(
            "{workspace} has no layer {role}", workspace=workspace.title, role=role,
            hint="register it with landbalance data add FILE --role {role}",
        )  # fmt: skip
    return layer


def read_series(workspace: Workspace, role: str, *, grid: Grid | None = None, step: StepName | None = None) -> Series:
    """Return a layer of dated slices, in months or dekads, on its own grid or another.

    Raises
    ------
    NotFoundError, InputError
        If there is no such layer, its bands carry no dates, or a date stands twice.
    """
    layer = layer_of(workspace, role)
    reader = RasterReader(layer)
    place = grid or reader.grid
    dates = dates_of(layer)
    values = np.empty((len(dates), *place.shape), dtype=np.float32)
    rows = max(1, CELLS * 16 // max(1, place.width * len(dates)) or 1)
    for tile in _strips(place, rows):
        values[:, tile.row : tile.row + tile.height] = reader.values(layer.slices, place.part(tile))
    made, steps = regular(values, dates, step=step, adds=layer.quantity == "mm")
    return Series(made, steps, place)


def dates_of(layer: Layer) -> list[tuple[int, int, int]]:
    """Return the date of each slice.

    Raises
    ------
    InputError
        If a slice has none.
    """
    dates = []
    for piece in layer.slices:
        if not piece.date:
            raise InputError(
                "layer {role} has a band without a month", role=layer.role,
                hint="name its bands like rain_1981-01, or give a NetCDF with a time axis",
            )  # fmt: skip
        year, month, day = (int(part) for part in piece.date.split("-"))
        dates.append((year, month, day))
    return dates


def drought_cube(workspace: Workspace, method: IndexMethod, *, step: StepName | None = None,
                 progress: Progress | None = None) -> IndexCube:  # fmt: skip
    """Return a drought index of the workspace, from its file where nothing has changed since.

    Raises
    ------
    NotFoundError, InputError, RuleError
        If a layer is missing or does not fit, or no cell has an index.
    """
    origin = _origin(workspace, method, step)
    ending = "-dekads" if step == "dekad" else ""
    path = Path(workspace.path) / FOLDER / "index" / f"{method.name.lower()}{ending}.nc"
    kept = read_cube(path, origin)
    if kept is not None:
        return IndexCube(kept.values, kept.reliability, kept.steps, kept.grid, method, path)
    series = _input_of(workspace, method, step)
    values, reliability = _computed(series, method, progress or NoProgress())
    known = np.isfinite(series.values).any(axis=0)
    refuse_empty(reliability.reshape(len(reliability), -1), known.ravel(), method)
    write_cube(path, Cube(method.name, values, reliability, series.steps, series.grid, origin), str(method.text))
    return IndexCube(values, reliability, series.steps, series.grid, method, path)


def potential_evapotranspiration(workspace: Workspace, grid: Grid, pet: str = "") -> Series:
    """Return monthly potential evapotranspiration [mm].

    Parameters
    ----------
    pet : str
        "layer", "hargreaves", "thornthwaite" or "penman-monteith"; empty for the layer where there is one, else
        Hargreaves, else Thornthwaite.

    Raises
    ------
    NotFoundError
        If a layer it needs is missing.
    InputError
        If the layers have different months, or are no months.
    """
    method = pet or next((name for name in PET_LAYERS if all(map(workspace.layer, PET_LAYERS[name]))), "")
    if not method:
        raise NotFoundError(
            "SPEI needs evapotranspiration or temperature, and {workspace} has neither", workspace=workspace.title,
            hint="register a layer {balance}, or temperature_minimum and temperature_maximum", balance=BALANCE,
        )  # fmt: skip
    if method == "layer":
        return read_series(workspace, BALANCE, grid=grid, step="month")
    series = {role: read_series(workspace, role, grid=grid) for role in PET_LAYERS[method]}
    first, *others = series.values()
    if first.steps.name != "month":
        raise InputError("temperatures are given by dekads", hint="give monthly means")
    if any(each.steps != first.steps for each in others):
        raise InputError(
            "the layers {names} have different months", names=", ".join(series), hint="give all for the same months"
        )
    values = {role: each.values.astype(np.float64) for role, each in series.items()}
    months = np.array([first.steps.when(row)[1] for row in range(first.steps.rows)])
    north = cell_centres(grid)[1].reshape(grid.shape)
    days = MONTH_DAYS[months].reshape(-1, 1, 1)
    if method == "thornthwaite":
        made = by_thornthwaite(values["temperature_mean"], north, months, MONTH_DAYS[months])
        return replace(first, values=made.astype(np.float32))
    above = radiation_above(north, MIDDLE_DAYS[months].reshape(-1, 1, 1))
    low, high = values["temperature_minimum"], values["temperature_maximum"]
    if method == "hargreaves":
        made = hargreaves((low + high) / 2, low, high, above) * days
    else:
        made = monthly_penman_monteith(
            low, high, values["vapour_pressure"], values["wind_speed"], values["solar_radiation"], above,
            elevation_m=_elevation(workspace, grid),
        ) * days  # fmt: skip
    return replace(first, values=made.astype(np.float32))


def _elevation(workspace: Workspace, grid: Grid) -> Array:
    """Return the height above the sea [m]."""
    layer = layer_of(workspace, "elevation")
    return np.asarray(RasterReader(layer).values(layer.slices[:1], grid)[0], dtype=np.float64)


def _input_of(workspace: Workspace, method: IndexMethod, step: StepName | None) -> Series:
    """Return what an index is made of: rain, or rain less evapotranspiration."""
    rain = read_series(workspace, RAIN, step="month" if method.kind == "spei" else step)
    if method.kind == "spi":
        return rain
    loss = potential_evapotranspiration(workspace, rain.grid, method.pet)
    first = rain.steps.row(*loss.steps.first)
    start, stop = max(first, 0), min(first + loss.steps.rows, rain.steps.rows)
    if stop <= start:
        raise RuleError("rain and temperature have no month in common", hint="check the dates of both layers")
    balance = rain.values[start:stop] - loss.values[start - first : stop - first]
    return Series(balance, Steps("month", rain.steps.when(start), stop - start), rain.grid)


def _computed(series: Series, method: IndexMethod, progress: Progress) -> tuple[Array, NDArray[np.int8]]:
    """Return the index and its reliability, strip by strip."""
    height, width = series.grid.shape
    values = np.empty(series.values.shape, dtype=np.float32)
    reliability = np.empty((series.steps.per_year, height, width), dtype=np.int8)
    rows = max(1, CELLS // width)
    progress.start(height, method.name)
    for tile in _strips(series.grid, rows):
        part = slice(tile.row, tile.row + tile.height)
        values[:, part], reliability[:, part] = drought_index(series.values[:, part], series.steps, method)
        progress.advance(tile.height)
    progress.finish()
    return values, reliability


def _origin(workspace: Workspace, method: IndexMethod, step: StepName | None) -> dict[str, Any]:
    """Return what decides an index: its method and the checksums of its inputs."""
    listed = PET_LAYERS.values() if method.kind == "spei" else ()
    roles = list(dict.fromkeys([RAIN, *(role for names in listed for role in names)]))
    roles += ["elevation"] if method.pet == "penman-monteith" else []
    sums = checksums(workspace)
    used = [layer for role in roles if (layer := workspace.layer(role)) is not None]
    inputs = {layer.role: sorted({sums[piece.path] for piece in layer.slices}) for layer in used}
    scales = {layer.role: [layer.scale, layer.offset, *(each.value for each in layer.nodata)] for layer in used}
    return {"method": str(method.text), "step": step or "", "inputs": inputs, "scales": scales}


def _strips(grid: Grid, rows: int) -> Any:
    """Return tiles of whole rows."""
    from landbalance.grid.grid import Tile

    return [Tile(0, row, 0, min(rows, grid.height - row), grid.width) for row in range(0, grid.height, rows)]
