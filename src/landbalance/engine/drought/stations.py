"""Indices of rain gauges, as rows, and where the grid knows nothing in its place."""

from pathlib import Path

import numpy as np

from landbalance.core.types import Array
from landbalance.engine.drought.ground import Ground
from landbalance.grid.nearest import nearest_points
from landbalance.indicators.drought.index import IndexMethod, drought_index
from landbalance.indicators.drought.steps import StepName, regular
from landbalance.io.drought_tables import read_stations


def station_rows(
    path: Path, methods: list[IndexMethod], step: StepName | None
) -> tuple[tuple[str, ...], list[list[object]]]:
    """Return one row for each station and step: the indices asked for, empty where unknown.

    Raises
    ------
    NotFoundError, InputError
        If the file does not fit, rain is negative, a date stands twice, or the series is too short.
    """
    rows: list[list[object]] = []
    for station in sorted(read_stations(path), key=lambda each: each.name):
        series, steps = regular(station.rain, list(station.dates), step=step)
        columns = [drought_index(series[:, None], steps, method)[0][:, 0] for method in methods]
        for row in range(steps.rows):
            values = [round(float(each[row]), 6) if np.isfinite(each[row]) else None for each in columns]
            rows.append([station.name, steps.label(row), *values])
    return ("station", "date", *(method.name for method in methods)), rows


def fill_from_stations(
    index: Array, years: tuple[int, ...], ground: Ground, path: Path, method: IndexMethod, *, reach_km: float
) -> tuple[Array, float]:
    """Give land without an index that of the nearest station within reach; return the land that took it [km2].

    `index` holds December of each year, shape (year, cell).

    Raises
    ------
    NotFoundError, InputError
        If the file of stations does not fit.
    """
    unknown = (ground.national_km2 > 0) & ~np.isfinite(index).any(axis=0)
    stations = read_stations(path)
    longitude, latitude = (np.array([getattr(each, name) for each in stations]) for name in ("longitude", "latitude"))
    near = nearest_points(longitude, latitude, unknown.reshape(ground.grid.shape), ground.grid, reach_km=reach_km)
    filled = index.copy()
    for number in np.unique(near[near >= 0]):
        station = stations[number]
        series, steps = regular(station.rain, list(station.dates), step="month")
        values = drought_index(series[:, None], steps, method)[0][:, 0]
        rows = [steps.row(year, 11) for year in years]
        decembers = [values[row] if 0 <= row < steps.rows else np.nan for row in rows]
        filled[:, near == number] = np.array(decembers)[:, None]
    return filled, float(ground.national_km2[near >= 0].sum())
