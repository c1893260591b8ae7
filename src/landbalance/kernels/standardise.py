"""Standardised indices: accumulate, fit each step of the year on the reference years, turn probability into z."""

import math
from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from landbalance.core.types import Array
from landbalance.kernels.compile import kernel
from landbalance.kernels.distributions import fit_gamma, fit_log_logistic, fit_pearson, sort_ascending
from landbalance.kernels.lanes import exp_lanes, gamma_lanes, log_lanes, quantile_lanes

_CELLS = 32  # gathered together, so that a cache line of the input is read once
_SMALLEST, _LARGEST = 1e-300, 1e300
_LEAST_POSITIVE = 4
_MOST_ZERO = 0.9
_DEEPEST = 1e-11
_STEEPEST = 690.0
_SHORTEST_TAIL = 1e-4  # skewness below which Pearson III is taken as normal (its shape would be above 4e8)


class Distribution(IntEnum):
    """What accumulated values are fitted with."""

    GAMMA = 0
    PEARSON3 = 1
    LOGLOGISTIC = 2


class Reliability(IntEnum):
    """What the fit of one cell and step of the year is worth."""

    GOOD = 0
    SHORT = 1  # fewer reference years than WMO asks for
    TOO_SHORT = 2  # not computed
    ZEROS = 3  # too many zeros: the index is unreliable (hyper-arid), not computed
    CONSTANT = 4  # nothing varies, or no curve fits: not computed


class Fit(NamedTuple):
    """How an index is computed.

    Parameters
    ----------
    width : int
        Steps that are summed.
    steps : int
        Steps in a year.
    phase : int
        Step of the year of the first row, from 0.
    first, last : int
        Reference years, counted from the year of the first row.
    least, enough : int
        Reference years below which nothing is computed, and below which it is marked.
    distribution : int
        `Distribution`.
    likelihood : bool
        Gamma by maximum likelihood rather than by Thom's closed form.
    zeros : bool
        Whether zeros are apart from the curve, as with rain.
    zero_share : float
        Where in the mass of the zeros a zero stands: 1 at its end, 0.5 in its middle.
    clip : float
        Largest size of the index.
    """

    width: int
    steps: int
    phase: int
    first: int
    last: int
    least: int
    enough: int
    distribution: int
    likelihood: bool
    zeros: bool
    zero_share: float
    clip: float


def standardise(series: Array, fit: Fit) -> tuple[Array, NDArray[np.int8]]:
    """Return the standardised index of many series.

    Parameters
    ----------
    series : ndarray, shape (time, cell)
        Rain, or rain less evapotranspiration, in equal steps; NaN missing.
    fit : Fit
        How.

    Returns
    -------
    index : ndarray of float32 or float64, shape (time, cell)
        NaN where the sum or the fit is unknown; float64 if the series is.
    reliability : ndarray of int8, shape (step of the year, cell)
        `Reliability` codes.
    """
    rows, cells = series.shape
    years = (rows + fit.phase + fit.steps - 1) // fit.steps
    index = np.full(series.shape, np.nan, dtype=np.float64 if series.dtype.itemsize == 8 else np.float32)
    reliability = np.full((fit.steps, cells), Reliability.TOO_SHORT, dtype=np.int8)
    lanes = np.empty((7, years))
    _standardise(series, fit, lanes, lanes.view(np.int64), index, reliability)
    return index, reliability


@kernel
def _standardise(series: Array, fit: Fit, lanes: Array, bits: Array, index: Array, reliability: Array) -> None:
    """Fill index and reliability, a few cells at a time, each month's years as one row of lanes."""
    rows, cells = series.shape
    years = lanes.shape[1]
    gathered = np.empty((_CELLS, years * fit.steps))
    found = np.empty((_CELLS, fit.steps, years))
    sums, sample = np.empty(years * fit.steps), np.empty(years)
    places = np.empty(years, dtype=np.int64)
    for start in range(0, cells, _CELLS):
        size = min(_CELLS, cells - start)
        gathered[:, :] = np.nan
        for row in range(rows):
            for cell in range(size):
                gathered[cell, row + fit.phase] = series[row, start + cell]
        for cell in range(size):
            _accumulate(gathered[cell], fit.width, sums)
            for step in range(fit.steps):
                out = found[cell, step]
                out[:] = np.nan
                reliability[step, start + cell] = _one_step(sums[step :: fit.steps], fit, sample, places, lanes, bits, out)
        for row in range(rows):
            year, step = (row + fit.phase) // fit.steps, (row + fit.phase) % fit.steps
            for cell in range(size):
                index[row, start + cell] = found[cell, step, year]


@kernel
def _accumulate(values: Array, width: int, sums: Array) -> None:
    """Sum each value and those before it; a missing one makes the sum missing."""
    sums[:] = values
    sums[: width - 1] = np.nan
    for back in range(1, width):
        for place in range(width - 1, values.size):
            sums[place] += values[place - back]


@kernel
def _one_step(
    values: Array, fit: Fit, sample: Array, places: Array, lanes: Array, bits: Array, out: Array
) -> int:  # fmt: skip
    """Fit one cell and step of the year and fill its index by year; return the reliability."""
    known = 0
    for year in range(values.size):
        if not np.isnan(values[year]) and not (fit.zeros and values[year] <= 0):
            lanes[0, known] = values[year]
            places[known] = year
            known += 1
    valid, positive = 0, 0
    for year in range(max(fit.first, 0), min(fit.last + 1, values.size)):
        if not np.isnan(values[year]):
            valid += 1
            if not fit.zeros or values[year] > 0:
                sample[positive] = values[year]
                positive += 1
    if valid < fit.least:
        return 2
    zero = (valid - positive) / valid
    if zero > _MOST_ZERO or positive < _LEAST_POSITIVE:
        return 3
    one, two, three = _fit(fit, sample, positive, lanes, bits)
    if np.isnan(one):
        return 4
    if known:
        _probabilities(fit, (one, two, three), known, lanes, bits)
        _to_z(zero, known, lanes, bits)
        for lane in range(known):
            out[places[lane]] = min(max(lanes[5, lane], -fit.clip), fit.clip)
    if fit.zeros:
        at_zero = _quantile(zero * fit.zero_share, lanes, bits) if zero > 0 else -fit.clip
        for year in range(values.size):
            if values[year] <= 0:
                out[year] = min(max(at_zero, -fit.clip), fit.clip)
    return 1 if valid < fit.enough else 0


@kernel
def _fit(fit: Fit, sample: Array, count: int, lanes: Array, bits: Array) -> tuple[float, float, float]:
    """Return the parameters of the curve; the first is NaN where there is none."""
    if fit.distribution == 0:
        total, logs = 0.0, 0.0
        row, row_bits, out = lanes[1, :count], bits[1, :count], lanes[2, :count]
        for lane in range(count):
            row[lane] = min(max(sample[lane], _SMALLEST), _LARGEST)
            total += sample[lane]
        log_lanes(row, row_bits, lanes[3, :count], bits[3, :count], out)
        for lane in range(count):
            logs += out[lane]
        alpha, beta = fit_gamma(total / count, logs / count, fit.likelihood)
        return alpha, beta, 0.0
    sort_ascending(sample, count)
    if fit.distribution == 1:
        return fit_pearson(sample, count)
    return fit_log_logistic(sample, count)


@kernel
def _probabilities(
    fit: Fit, fitted: tuple[float, float, float], known: int, lanes: Array, bits: Array
) -> None:
    """Put the probability of the values in lane row 0 into row 4."""
    if fit.distribution == 0:
        alpha, beta, _ = fitted
        for lane in range(known):
            lanes[0, lane] /= beta
        _gamma(fit.clip, alpha, known, lanes, bits)
    elif fit.distribution == 1:
        _pearson(fit.clip, fitted, known, lanes, bits)
    else:
        _log_logistic(fitted, known, lanes, bits)


@kernel
def _gamma(clip: float, alpha: float, known: int, lanes: Array, bits: Array) -> None:
    """Put the gamma probability of row 0 into row 4; values beyond the clip are cut, which shortens the series."""
    x, logs = lanes[0, :known], lanes[1, :known]
    third = 1.0 / (9.0 * alpha)
    most = alpha * (1.0 - third + (clip + 1.0) * math.sqrt(third)) ** 3 if alpha > 0.02 else 50.0
    for lane in range(known):
        x[lane] = min(max(x[lane], _SMALLEST), most)
    log_lanes(x, bits[0, :known], lanes[2, :known], bits[2, :known], logs)
    gamma_lanes(x, alpha, logs, lanes[2, :known], lanes[3, :known])
    for lane in range(known):
        lanes[2, lane] = max(lanes[2, lane], -_STEEPEST)
    exp_lanes(lanes[2, :known], lanes[5, :known], bits[5, :known], lanes[4, :known], bits[4, :known])
    for lane in range(known):
        lanes[4, lane] *= lanes[3, lane]


@kernel
def _pearson(
    clip: float, fitted: tuple[float, float, float], known: int, lanes: Array, bits: Array
) -> None:
    """Put the Pearson III probability of row 0 into row 4."""
    mean, deviation, skewness = fitted
    if abs(skewness) < _SHORTEST_TAIL:
        for lane in range(known):
            lanes[4, lane] = 0.5 * math.erfc(-(lanes[0, lane] - mean) / deviation * math.sqrt(0.5))
        return
    alpha = 4.0 / (skewness * skewness)
    scale = 0.5 * deviation * abs(skewness)
    origin = mean - 2.0 * deviation / skewness
    sign = 1.0 if skewness > 0 else -1.0
    for lane in range(known):
        lanes[0, lane] = sign * (lanes[0, lane] - origin) / scale
        lanes[6, lane] = lanes[0, lane]
    _gamma(clip, alpha, known, lanes, bits)
    for lane in range(known):
        p = lanes[4, lane] if lanes[6, lane] > 0 else 0.0
        lanes[4, lane] = p if skewness > 0 else 1.0 - p


@kernel
def _log_logistic(fitted: tuple[float, float, float], known: int, lanes: Array, bits: Array) -> None:
    """Put the log-logistic probability of row 0 into row 4."""
    alpha, beta, gamma = fitted
    for lane in range(known):
        ratio = (lanes[0, lane] - gamma) / alpha
        lanes[6, lane] = ratio
        lanes[1, lane] = min(max(ratio, _SMALLEST), _LARGEST)
    log_lanes(lanes[1, :known], bits[1, :known], lanes[2, :known], bits[2, :known], lanes[3, :known])
    for lane in range(known):
        lanes[1, lane] = min(max(-beta * lanes[3, lane], -_STEEPEST), _STEEPEST)
    exp_lanes(lanes[1, :known], lanes[2, :known], bits[2, :known], lanes[3, :known], bits[3, :known])
    for lane in range(known):
        beyond = 0.0 if beta > 0 else 1.0
        lanes[4, lane] = 1.0 / (1.0 + lanes[3, lane]) if lanes[6, lane] > 0 else beyond


@kernel
def _to_z(zero: float, known: int, lanes: Array, bits: Array) -> None:
    """Turn the probabilities of row 4 into z in row 5, behind the mass of the zeros."""
    for lane in range(known):
        p = zero + (1.0 - zero) * lanes[4, lane]
        lanes[4, lane] = min(max(p, _DEEPEST), 1.0 - _DEEPEST)
        lanes[0, lane] = min(lanes[4, lane], 1.0 - lanes[4, lane])
    log_lanes(lanes[0, :known], bits[0, :known], lanes[2, :known], bits[2, :known], lanes[1, :known])
    quantile_lanes(lanes[4, :known], lanes[1, :known], lanes[5, :known])


@kernel
def _quantile(p: float, lanes: Array, bits: Array) -> float:
    """Return the normal quantile of one probability."""
    lanes[4, 0] = p
    _to_z(0.0, 1, lanes, bits)
    return float(lanes[5, 0])
