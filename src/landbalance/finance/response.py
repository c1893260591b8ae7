"""What loss an index stands for: a response function declared by a country, or fitted to its past losses."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from landbalance.core.errors import InputError
from landbalance.core.types import Array

LEAST_TO_FIT = 10  # years


def respond(index: Array, response: Sequence[tuple[float, float]]) -> Array:
    """Return the loss that a response function gives for each index; unknown where the index is.

    Examples
    --------
    >>> respond(np.array([-3.0, -1.0, 2.0]), [(-2.0, 80.0), (0.0, 0.0)]).tolist()
    [80.0, 40.0, 0.0]
    """
    at, losses = np.array(sorted(response), dtype=np.float64).T
    return np.asarray(np.where(np.isnan(index), np.nan, np.interp(index, at, losses)))


def fit_response(index: Array, losses: Array) -> tuple[tuple[float, float], ...]:
    """Return the loss as a straight line below one knee, nothing above it: least squares, the knee at a past index.

    Two numbers are fitted, so that few years can bear it; the worst index on record ends the line.

    Raises
    ------
    InputError
        If fewer than ten years are known, or losses do not grow as the index falls.

    Examples
    --------
    >>> years = np.array([0.0, 1.0, -0.5, 0.4, -1.0, 2.0, -2.0, 0.3, 0.8, -1.5])
    >>> fit_response(years, 100 * np.maximum(0, -0.5 - years))
    ((-2.0, 150.0), (-0.5, 0.0))
    """
    known = np.isfinite(index) & np.isfinite(losses)
    at, lost = index[known], losses[known]
    if len(at) < LEAST_TO_FIT:
        raise InputError(
            "{years} years have both an index and a loss",
            years=len(at),
            hint="a fitted response wants ten, or declare one",
        )
    knees = np.unique(at)[1:]
    depth = np.maximum(knees[:, None] - at[None, :], 0.0)
    slopes = (depth @ lost) / (depth**2).sum(axis=1)
    misfit = ((slopes[:, None] * depth - lost) ** 2).sum(axis=1)
    best = int(np.argmin(misfit)) if len(knees) else -1
    if best < 0 or slopes[best] <= 0:
        raise InputError("losses do not grow as the index falls", hint="try another season, or declare a response")
    worst = float(at.min())
    return (worst, float(slopes[best] * (knees[best] - worst))), (float(knees[best]), 0.0)


def check_response(response: Sequence[tuple[float, float]]) -> None:
    """Refuse a response function that is none, or under which a wetter season is a greater loss.

    Raises
    ------
    InputError
        If points are fewer than two, an index stands twice, or a loss is below zero or grows with the index.
    """
    at, losses = [pair[0] for pair in sorted(response)], [pair[1] for pair in sorted(response)]
    rises = any(later > former for former, later in pairwise(losses))
    if len(set(at)) < 2 or len(set(at)) != len(at) or rises or min(losses) < 0:
        raise InputError(
            "the response function has {points} points", points=len(response),
            hint="give two or more pairs of index and loss, each index once, the loss never growing with the index",
        )  # fmt: skip


def crossings(response: Sequence[tuple[float, float]], levels: Array) -> Array:
    """Return the index values at which a response bends, or passes one of the losses.

    Examples
    --------
    >>> crossings([(-2.0, 80.0), (0.0, 0.0)], np.array([40.0])).tolist()
    [-2.0, -1.0, 0.0]
    """
    points = sorted(response)
    found = [at for at, _ in points]
    for (left, high), (right, low) in pairwise(points):
        if high > low:
            found += [left + (high - level) / (high - low) * (right - left) for level in levels if low < level < high]
    return np.unique(found)
