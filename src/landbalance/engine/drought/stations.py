"""Indices of rain gauges, as rows."""

from pathlib import Path

import numpy as np

from landbalance.indicators.drought.index import IndexMethod, drought_index
from landbalance.indicators.drought.steps import StepName, regular
from landbalance.io.drought_tables import read_stations


def station_rows(
    path: Path, methods: list[IndexMethod], step: str | None
) -> tuple[tuple[str, ...], list[list[object]]]:
    """Return one row for each station and step: the indices asked for, empty where unknown.

    Raises
    ------
    NotFoundError, InputError
        If the file does not fit, rain is negative, a date stands twice, or the series is too short.
    """
    wanted: StepName | None = "dekad" if step == "dekad" else "month" if step == "month" else None
    rows: list[list[object]] = []
    for station in sorted(read_stations(path), key=lambda each: each.name):
        series, steps = regular(station.rain, list(station.dates), step=wanted)
        columns = [drought_index(series[:, None], steps, method)[0][:, 0] for method in methods]
        for row in range(steps.rows):
            values = [round(float(each[row]), 6) if np.isfinite(each[row]) else None for each in columns]
            rows.append([station.name, steps.label(row), *values])
    return ("station", "date", *(method.name for method in methods)), rows
