"""Call declared indicators on arrays: fill their parameters, and carry labels of xarray through."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from landbalance.core.errors import InputError
from landbalance.core.parameters import DEFAULT_PROFILE, resolve
from landbalance.core.types import Array
from landbalance.core.vocab import NODATA
from landbalance.indicators.spec import Indicator

TIME_DIMENSIONS = ("time", "year")


def run_declared(
    declared: Indicator, arrays: Sequence[Any], given: Mapping[str, Any], profile: str = DEFAULT_PROFILE
) -> tuple[Any, ...]:
    """Run the kernel of an indicator on arrays in the order of its inputs; return its outputs.

    Raises
    ------
    InputError
        If a parameter is given that the indicator does not have.
    """
    values = filled(declared, given, profile)
    names = [band.name for band in declared.inputs]
    series = [place for place, band in enumerate(declared.inputs) if band.when == "series"]

    def kernel(*pieces: Array) -> Any:
        return declared.kernel(**dict(zip(names, pieces, strict=True)), **values)

    return apply(kernel, arrays, series=series, outputs=len(declared.outputs))


def filled(declared: Indicator, given: Mapping[str, Any], profile: str) -> dict[str, Any]:
    """Return every parameter of an indicator: as given, else of the profile, else its default.

    Raises
    ------
    InputError
        If a parameter is given that the indicator does not have.
    """
    known = [parameter.name for parameter in declared.parameters]
    for name in given:
        if name not in known:
            raise InputError(
                "{id} has no parameter {name}",
                id=declared.id,
                name=name,
                hint="it has {known}",
                known=", ".join(known) or "none",
            )
    settings = resolve(profile)
    stated = {each.name: settings[each.setting] if each.setting else each.default for each in declared.parameters}
    return stated | dict(given)


def apply(
    function: Callable[..., Any],
    arrays: Sequence[Any],
    *,
    series: Sequence[int] = (),
    outputs: int = 1,
    out_years: Sequence[int] | None = None,
) -> tuple[Any, ...]:
    """Call a function of numpy arrays; where one is a DataArray, on all of them with their labels.

    Parameters
    ----------
    function : callable
        Takes the arrays with time first, returns one array or a tuple of them.
    arrays : sequence of array or DataArray
    series : sequence of int
        Which of the arrays have a time dimension: "time" or "year" in a DataArray, the first axis otherwise.
    outputs : int
        How many arrays the function returns.
    out_years : sequence of int, optional
        Years of the first axis of what it returns; no such axis when None.

    Returns
    -------
    tuple of array or DataArray
    """
    if not any(_is_labelled(array) for array in arrays):
        return _as_tuple(function(*(np.asarray(array) for array in arrays)))
    import xarray as xr

    def with_time_last(*pieces: Array) -> Any:
        turned = [np.moveaxis(piece, -1, 0) if place in series else piece for place, piece in enumerate(pieces)]
        made = _as_tuple(function(*(np.ascontiguousarray(piece) for piece in turned)))
        kept = made if out_years is None else tuple(np.moveaxis(array, 0, -1) for array in made)
        return kept if outputs > 1 else kept[0]

    own = [[_time_of(array)] if place in series else [] for place, array in enumerate(arrays)]
    out = [[] if out_years is None else ["year"]] * outputs
    resized = set() if out_years is None else {name for names in own for name in names}
    made = _as_tuple(
        xr.apply_ufunc(with_time_last, *arrays, input_core_dims=own, output_core_dims=out, exclude_dims=resized)
    )
    if out_years is None:
        return made
    return tuple(array.assign_coords(year=list(out_years)).transpose("year", ...) for array in made)


def real_series(series: Any, given: Mapping[str, Any]) -> Any:
    """Return a series as float64 with NaN where it holds the `missing` value that was given."""
    missing = given.get("missing", np.nan)
    if _is_labelled(series):
        wide = series.astype(np.float64)
        return wide.where(wide != missing)
    values = np.asarray(series, dtype=np.float64)
    return np.where(values == missing, np.nan, values)


def unknown_like(series: Any) -> Any:
    """Return a layer of NaN for the cells of a series."""
    first = series.isel({_time_of(series): 0}, drop=True) if _is_labelled(series) else np.asarray(series[0])
    return first * np.nan


def class_codes(layer: Any) -> Any:
    """Return a class layer as int8; NaN and codes beyond 8 bits are unknown."""
    if _is_labelled(layer):
        return layer.copy(data=class_codes(np.asarray(layer)))
    codes = np.asarray(layer)
    fits = (codes >= NODATA) & (codes <= np.iinfo(np.int8).max)
    return np.where(fits, codes, NODATA).astype(np.int8)


def years_of(series: Any) -> tuple[int, ...]:
    """Return the years of a DataArray, else 0, 1, 2, ... for each row."""
    if _is_labelled(series) and _time_of(series) in series.coords:
        times = series[_time_of(series)]
        return tuple(int(year) for year in (times.dt.year if times.dtype.kind == "M" else times).values)
    return tuple(range(series.sizes[_time_of(series)] if _is_labelled(series) else len(series)))


def _is_labelled(array: Any) -> bool:
    """Return whether an array is a DataArray, without importing xarray."""
    return hasattr(array, "dims") and hasattr(array, "coords")


def _time_of(array: Any) -> str:
    """Return the name of the time dimension."""
    for name in TIME_DIMENSIONS:
        if name in array.dims:
            return name
    raise InputError(
        "the series has the dimensions {dims}",
        dims=", ".join(map(str, array.dims)),
        hint="name its time dimension time or year",
    )


def _as_tuple(made: Any) -> tuple[Any, ...]:
    """Return one array or several as a tuple."""
    return tuple(made) if isinstance(made, tuple) else (made,)
