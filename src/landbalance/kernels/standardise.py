"""Standardised indices: accumulate, fit each step of the year on the reference years, turn probability into z."""

import math
from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from landbalance.core.types import Array
from landbalance.kernels.compile import kernel
from landbalance.kernels.distributions import fit_gamma, fit_log_logistic, fit_pearson, sort_ascending
from landbalance.kernels.lanes import exp_lanes, gamma_lanes, largest_needed, log_lanes, quantile, quantile_lanes

_CELLS = 32  # gathered together, so that a cache line of the input is read once
_VECTOR = 8  # lanes of the widest vector: rows are filled up to a multiple of it
_SMALLEST = 1e-300
_LEAST_POSITIVE = 4
_MOST_ZERO = 0.9
_DEEPEST = 1e-11
_STEEPEST = 690.0
_STRAIGHTEST = 0.01  # skewness: closer to none the series of the gamma curve grows long


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
    index = np.empty(series.shape, dtype=np.float64 if series.dtype.itemsize == 8 else np.float32)  # filled whole
    reliability = np.full((fit.steps, cells), Reliability.TOO_SHORT, dtype=np.int8)
    padded = -(-years // _VECTOR) * _VECTOR
    sums, lanes = np.full((fit.steps, padded), np.nan), np.empty((6, fit.steps * padded))
    _standardise(series, fit, sums, lanes, index, reliability)
    return index, reliability


@kernel
def _standardise(series: Array, fit: Fit, sums: Array, lanes: Array, index: Array, reliability: Array) -> None:
    """Fill index and reliability, a few cells at a time; the years of each step of the year lie side by side."""
    rows, cells = series.shape
    places = -(-(rows + fit.phase) // fit.steps) * fit.steps
    gathered, found, work = np.full((_CELLS, places), np.nan), np.empty((_CELLS, places)), np.empty(places)
    curves, sample = np.empty((fit.steps, 5)), np.empty(sums.shape[1])
    bits = lanes.view(np.int64)
    for start in range(0, cells, _CELLS):
        size = min(_CELLS, cells - start)
        for row in range(rows):
            for cell in range(size):
                gathered[cell, row + fit.phase] = series[row, start + cell]
        for cell in range(size):
            _accumulate(gathered, cell, fit, work, sums)
            _fit_curves(fit, sums, sample, (lanes, bits), curves, reliability[:, start + cell])
            _to_probability(fit, sums, (lanes, bits), curves)
            _to_z(lanes, bits)
            _hand_out(fit, sums, lanes, curves, found[cell])
        for row in range(rows):
            for cell in range(size):
                index[row, start + cell] = found[cell, row + fit.phase]


@kernel
def _accumulate(gathered: Array, cell: int, fit: Fit, work: Array, sums: Array) -> None:
    """Sum each value and those before it, and sort the sums by step of the year; a missing one makes them missing."""
    for place in range(work.size):
        work[place] = gathered[cell, place]
    for back in range(1, fit.width):
        for place in range(fit.width - 1, work.size):
            work[place] += gathered[cell, place - back]
    for place in range(min(fit.width - 1, work.size)):
        work[place] = np.nan
    for year in range(work.size // fit.steps):
        for step in range(fit.steps):
            sums[step, year] = work[year * fit.steps + step]


@kernel
def _fit_curves(
    fit: Fit, sums: Array, sample: Array, lanes: tuple[Array, Array], curves: Array, reliability: Array
) -> None:
    """Fit every step of the year: parameters, share of zeros, reliability; gamma leaves the logarithms in row 1."""
    rows, bits = lanes
    steps, years = sums.shape
    flat = sums.reshape(-1)
    for lane in range(flat.size):
        rows[0, lane] = flat[lane] if flat[lane] > _SMALLEST else 1.0
    if fit.distribution == 0:
        log_lanes(rows[0], bits[0], rows[2], bits[2], rows[1])
    for step in range(steps):
        valid, kept, total, logs = 0, 0, 0.0, 0.0
        for year in range(max(fit.first, 0), min(fit.last + 1, years)):
            value = sums[step, year]
            if value == value:
                valid += 1
                if not fit.zeros or value > 0:
                    sample[kept] = value
                    kept += 1
                    total += value
                    logs += rows[1, step * years + year]
        curves[step, 0] = np.nan
        curves[step, 3] = 1.0 - kept / valid if valid > 0 else 0.0
        if valid < fit.least:
            reliability[step] = 2
        elif curves[step, 3] > _MOST_ZERO or kept < _LEAST_POSITIVE:
            reliability[step] = 3
        else:
            curves[step, 0], curves[step, 1], curves[step, 2] = _curve(fit, sample, kept, total, logs)
            reliability[step] = 4 if np.isnan(curves[step, 0]) else (1 if valid < fit.enough else 0)


@kernel
def _curve(fit: Fit, sample: Array, count: int, total: float, logs: float) -> tuple[float, float, float]:
    """Return the parameters of the curve through one sample; the first is NaN where there is none."""
    if fit.distribution == 0:
        alpha, beta = fit_gamma(total / count, logs / count, fit.likelihood)
        return alpha, beta, 0.0
    sort_ascending(sample, count)
    if fit.distribution == 1:
        return fit_pearson(sample, count)
    return fit_log_logistic(sample, count)


@kernel
def _to_probability(fit: Fit, sums: Array, lanes: tuple[Array, Array], curves: Array) -> None:
    """Put the probability of every sum into row 4; where there is no curve, anything."""
    if fit.distribution == 0:
        _gamma(fit, lanes, curves)
    elif fit.distribution == 1:
        _pearson(fit, sums, lanes, curves)
    else:
        _log_logistic(sums, lanes, curves)
    steps, years = sums.shape
    stacked = lanes[0].reshape((lanes[0].shape[0], steps, years))
    for step in range(steps):
        zero = curves[step, 3] if fit.zeros else 0.0
        for lane in range(years):
            p = zero + (1.0 - zero) * stacked[4, step, lane]
            stacked[4, step, lane] = min(max(p, _DEEPEST), 1.0 - _DEEPEST)


@kernel
def _gamma(fit: Fit, lanes: tuple[Array, Array], curves: Array) -> None:
    """Put the gamma probability of row 0, whose logarithms are in row 1, into row 4."""
    rows, bits = lanes
    steps = curves.shape[0]
    stacked = rows.reshape((rows.shape[0], steps, rows.shape[1] // steps))
    for step in range(steps):
        alpha, beta = curves[step, 0], curves[step, 1]
        if np.isnan(alpha):
            alpha, beta = 1.0, 1.0
        shift, most = math.log(beta), largest_needed(alpha, fit.clip)
        log_most, rate = math.log(most), 1.0 / beta
        for lane in range(stacked.shape[2]):
            stacked[0, step, lane] = min(stacked[0, step, lane] * rate, most)
            stacked[1, step, lane] = min(stacked[1, step, lane] - shift, log_most)
        gamma_lanes(stacked, step, alpha)
    exp_lanes(rows[2], rows[5], bits[5], rows[4], bits[4])
    for lane in range(rows.shape[1]):
        rows[4, lane] *= rows[3, lane]


@kernel
def _pearson(fit: Fit, sums: Array, lanes: tuple[Array, Array], curves: Array) -> None:
    """Put the Pearson III probability of every sum into row 4: a gamma curve from its bound upwards or downwards."""
    rows, bits = lanes
    steps, years = sums.shape
    for step in range(steps):
        mean, deviation, skewness = curves[step, 0], curves[step, 1], _skewness(curves[step, 2])
        bound = mean - 2.0 * deviation / skewness
        for year in range(years):
            away = (sums[step, year] - bound) / (0.5 * deviation * skewness)
            rows[0, step * years + year] = away if away > _SMALLEST else _SMALLEST
        curves[step, 4], curves[step, 0] = mean, 4.0 / (skewness * skewness)
        curves[step, 1] = 1.0
    log_lanes(rows[0], bits[0], rows[2], bits[2], rows[1])
    _gamma(fit, lanes, curves)
    for step in range(steps):
        curves[step, 0] = curves[step, 4]
        if _skewness(curves[step, 2]) < 0:
            for lane in range(step * years, (step + 1) * years):
                rows[4, lane] = 1.0 - rows[4, lane]


@kernel
def _skewness(skewness: float) -> float:
    """Return a skewness that is not quite zero: at this one Pearson III is the normal curve to 1e-5."""
    return skewness if abs(skewness) > _STRAIGHTEST else _STRAIGHTEST


@kernel
def _log_logistic(sums: Array, lanes: tuple[Array, Array], curves: Array) -> None:
    """Put the log-logistic probability of every sum into row 4; beyond the origin of the curve it is 0, or 1."""
    rows, bits = lanes
    steps, years = sums.shape
    for step in range(steps):
        alpha, beta, gamma = curves[step, 0], curves[step, 1], curves[step, 2]
        for year in range(years):
            ratio = (sums[step, year] - gamma) / alpha
            rows[0, step * years + year] = ratio if ratio > _SMALLEST else _SMALLEST
    log_lanes(rows[0], bits[0], rows[2], bits[2], rows[1])
    for step in range(steps):
        beta = curves[step, 1]
        for lane in range(step * years, (step + 1) * years):
            rows[1, lane] = min(max(-beta * rows[1, lane], -_STEEPEST), _STEEPEST)
    exp_lanes(rows[1], rows[2], bits[2], rows[3], bits[3])
    for lane in range(rows.shape[1]):
        rows[4, lane] = 1.0 / (1.0 + rows[3, lane])


@kernel
def _to_z(lanes: Array, bits: Array) -> None:
    """Turn the probabilities of row 4 into z in row 5."""
    for lane in range(lanes.shape[1]):
        lanes[0, lane] = min(lanes[4, lane], 1.0 - lanes[4, lane])
    log_lanes(lanes[0], bits[0], lanes[2], bits[2], lanes[1])
    quantile_lanes(lanes[4], lanes[1], lanes[5])


@kernel
def _hand_out(fit: Fit, sums: Array, lanes: Array, curves: Array, found: Array) -> None:
    """Put z in the order of time, clipped: unknown sums and unfitted steps stay unknown, zeros stand in their mass."""
    steps, padded = sums.shape
    for step in range(steps):
        has_curve = not np.isnan(curves[step, 0])
        at_zero = -fit.clip
        if fit.zeros and has_curve and curves[step, 3] > 0:
            at_zero = min(max(quantile(curves[step, 3] * fit.zero_share), -fit.clip), fit.clip)
        for year in range(found.size // steps):
            z = min(max(lanes[5, step * padded + year], -fit.clip), fit.clip)
            if fit.zeros and sums[step, year] <= 0:
                z = at_zero
            known = has_curve and sums[step, year] == sums[step, year]
            found[year * steps + step] = z if known else np.nan
