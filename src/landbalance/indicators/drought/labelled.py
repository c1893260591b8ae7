"""What a series of climate says of itself: its dates, calendar and unit, and labels for what is made of it."""

from collections.abc import Callable
from typing import Any

import numpy as np

from landbalance.core.errors import InputError
from landbalance.core.types import Array
from landbalance.indicators.drought.steps import StepName, Steps, monthly_dates, regular

RAIN_UNITS = ("mm", "mm/month", "mm month-1", "mm mon-1", "mm/day", "mm d-1", "kg m-2")
DEGREES = ("degC", "degrees_Celsius", "Celsius", "C", "°C")


def is_labelled(array: Any) -> bool:
    """Return whether an array is a DataArray, without importing xarray."""
    return hasattr(array, "dims") and hasattr(array, "coords")


def dates_of(array: Any, start: tuple[int, int] | None) -> list[tuple[int, int, int]]:
    """Return (year, month, day) of each row: of the time coordinate, else consecutive months from `start`.

    Raises
    ------
    InputError
        If a DataArray has no dates, or a plain array comes without its first month.
    """
    if not is_labelled(array):
        if start is None:
            raise InputError("the first month of the series is not known", hint="give start=(year, month)")
        return monthly_dates(start, len(array))
    if "time" not in array.dims or "time" not in array.coords or array["time"].dtype.kind not in "MO":
        raise InputError(
            "the series has the dimensions {dims}", dims=", ".join(map(str, array.dims)),
            hint="give it a dimension time with dates",
        )  # fmt: skip
    times = array["time"].dt
    return list(zip(times.year.values.tolist(), times.month.values.tolist(), times.day.values.tolist(), strict=True))


def require_unit(array: Any, units: tuple[str, ...], what: str) -> None:
    """Refuse a DataArray without a unit, or with another one; plain arrays are in canonical units.

    Raises
    ------
    InputError
        If the unit is missing or another.
    """
    if not is_labelled(array):
        return
    unit = str(array.attrs.get("units", "")).strip()
    if unit not in units:
        raise InputError(
            "{what} has {unit}", what=what, unit=f"the unit {unit}" if unit else "no unit",
            hint='convert it, then set attrs["units"] = "{known}"',
        known=units[0])  # fmt: skip


def require_one_calendar(*arrays: Any) -> None:
    """Refuse series of different calendars.

    Raises
    ------
    InputError
        If they differ.
    """
    calendars = [array["time"].dt.calendar for array in arrays if is_labelled(array)]
    if len(set(map(_family, calendars))) > 1:
        raise InputError(
            "the series have the calendars {names}", names=" and ".join(dict.fromkeys(calendars)),
            hint="convert one, for example with convert_calendar of xarray",
        )  # fmt: skip


def along_time(function: Callable[..., tuple[Array, Steps]], arrays: tuple[Any, ...], attrs: dict[str, Any]) -> Any:
    """Call a function of arrays of shape (time, ...); where they are DataArrays, block by block with Dask, labelled.

    `function(*arrays)` returns values of shape (time, ...) and their steps, which depend on the time axis alone.
    """
    if not is_labelled(arrays[0]):
        return function(*(np.asarray(array) for array in arrays))[0]
    import xarray as xr

    thin = [np.full((array.sizes["time"], 1), 1.0) for array in arrays]
    steps = function(*thin)[1]

    def with_time_last(*pieces: Array) -> Array:
        turned = (np.ascontiguousarray(np.moveaxis(piece, -1, 0)) for piece in pieces)
        return np.moveaxis(function(*turned)[0], 0, -1)

    made = xr.apply_ufunc(
        with_time_last, *arrays, input_core_dims=[["time"]] * len(arrays), output_core_dims=[["time"]],
        exclude_dims={"time"}, dask="parallelized", output_dtypes=[np.float64], keep_attrs=False,
        dask_gufunc_kwargs={"output_sizes": {"time": steps.rows}}, join="exact",
    )  # fmt: skip
    made = made.assign_coords(time=first_days(steps)).transpose("time", ...)
    return made.assign_attrs(attrs)


def first_days(steps: Steps) -> Array:
    """Return the first day of each step as datetime64."""
    days = []
    for row in range(steps.rows):
        year, step = steps.when(row)
        month, day = (step, 1) if steps.name == "month" else (step // 3, 1 + 10 * (step % 3))
        days.append(f"{year:04d}-{month + 1:02d}-{day:02d}")
    return np.array(days, dtype="datetime64[ns]")


def in_steps(
    values: Array, dates: list[tuple[int, int, int]], step: StepName | None, *, adds: bool = True
) -> tuple[Array, Steps]:
    """Return a series in equal steps, its values as floating numbers."""
    numbers = values if values.dtype.kind == "f" else values.astype(np.float64)
    return regular(numbers, dates, step=step, adds=adds)


def _family(calendar: str) -> str:
    """Return the standard calendars under one name."""
    return "standard" if calendar in ("standard", "gregorian", "proleptic_gregorian") else calendar
