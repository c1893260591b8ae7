"""Fit a curve to a short sample: gamma by Thom or maximum likelihood, Pearson III and log-logistic by moments."""

import math

from landbalance.core.types import Array
from landbalance.kernels.compile import kernel

_NEWTON_STEPS = 20
_STRAIGHT = 1e-6  # an L-skewness below this is none


@kernel
def fit_gamma(mean: float, mean_log: float, likelihood: bool) -> tuple[float, float]:
    """Return shape and scale of a gamma distribution from the mean and the mean logarithm of its sample.

    Thom's closed form is also the start of the maximum-likelihood solution. Shape NaN where the sample does not vary.

    References
    ----------
    .. [1] Thom, H.C.S. (1958), A note on the gamma distribution, Monthly Weather Review 86, 117-122.
    """
    gap = math.log(mean) - mean_log
    if not gap > 1e-12:
        return math.nan, math.nan
    alpha = (1.0 + math.sqrt(1.0 + 4.0 * gap / 3.0)) / (4.0 * gap)
    if likelihood:
        for _ in range(_NEWTON_STEPS):
            digamma, trigamma = _polygamma(alpha)
            step = (math.log(alpha) - digamma - gap) / (1.0 / alpha - trigamma)
            following = alpha - step
            alpha = following if following > 0 else alpha / 2
            if abs(step) < 1e-12 * alpha:
                break
    return alpha, mean / alpha


@kernel
def _polygamma(x: float) -> tuple[float, float]:
    """Return digamma and trigamma of a positive number."""
    digamma, trigamma = 0.0, 0.0
    while x < 8.0:
        digamma -= 1.0 / x
        trigamma += 1.0 / (x * x)
        x += 1.0
    s = 1.0 / (x * x)
    digamma += math.log(x) - 0.5 / x - s * (1 / 12 - s * (1 / 120 - s * (1 / 252 - s * (1 / 240 - s / 132))))
    tail = s * (1 / 6 - s * (1 / 30 - s * (1 / 42 - s * (1 / 30 - s * 5 / 66))))
    trigamma += (1.0 + 0.5 / x + tail) / x
    return digamma, trigamma


@kernel
def weighted_moments(ordered: Array, count: int) -> tuple[float, float, float]:
    """Return the unbiased probability-weighted moments w0, w1, w2 of an ascending sample, weighing (1 - F)."""
    w0, w1, w2 = 0.0, 0.0, 0.0
    for place in range(count):
        above = count - 1.0 - place
        w0 += ordered[place]
        w1 += above * ordered[place]
        w2 += above * (above - 1.0) * ordered[place]
    return w0 / count, w1 / count / (count - 1.0), w2 / count / ((count - 1.0) * (count - 2.0))


@kernel
def fit_log_logistic(ordered: Array, count: int) -> tuple[float, float, float]:
    """Return scale alpha, shape beta and origin gamma of the log-logistic distribution; NaN where there is none [1]_.

    Negative skew gives a negative alpha and beta, which is legal.

    References
    ----------
    .. [1] Vicente-Serrano, S.M., et al. (2010), A multiscalar drought index, Journal of Climate 23, 1696-1718.
    """
    w0, w1, w2 = weighted_moments(ordered, count)
    below = 6.0 * w1 - w0 - 6.0 * w2
    spread = w0 - 2.0 * w1
    if not spread > 1e-9 * (abs(w0) + abs(ordered[count - 1] - ordered[0])) or ordered[count - 1] == ordered[0]:
        return math.nan, math.nan, math.nan
    if abs(below) < 1e-9 * spread:  # no skew: the logistic curve, which a huge beta comes close to
        below = -1e-9 * spread
    beta = (2.0 * w1 - w0) / below
    if abs(beta) <= 1.0:
        return math.nan, math.nan, math.nan
    angle = math.pi / beta
    product = angle / math.sin(angle)  # Gamma(1 + 1/beta) Gamma(1 - 1/beta)
    alpha = spread * beta / product
    return alpha, beta, w0 - alpha * product


@kernel
def fit_pearson(ordered: Array, count: int) -> tuple[float, float, float]:
    """Return mean, standard deviation and skewness of Pearson III by L-moments; NaN where nothing varies [1]_.

    References
    ----------
    .. [1] Hosking, J.R.M. (1996), Fortran routines for use with the method of L-moments, IBM RC 20525.
    """
    w0, w1, w2 = weighted_moments(ordered, count)
    second = w0 - 2.0 * w1
    if not second > 0 or ordered[count - 1] == ordered[0]:
        return math.nan, math.nan, math.nan
    skewness = (w0 - 6.0 * w1 + 6.0 * w2) / second
    size = abs(skewness)
    if size < _STRAIGHT or size >= 1.0:
        return (w0, second * math.sqrt(math.pi), 0.0) if size < 1.0 else (math.nan, math.nan, math.nan)
    if size >= 1.0 / 3.0:
        t = 1.0 - size
        alpha = t * (0.36067 + t * (-0.59567 + t * 0.25361)) / (1.0 + t * (-2.78861 + t * (2.56096 - t * 0.77045)))
    else:
        t = 3.0 * math.pi * size * size
        alpha = (1.0 + 0.2906 * t) / (t * (1.0 + t * (0.1882 + t * 0.0442)))
    deviation = second * math.sqrt(math.pi) * math.sqrt(alpha)
    deviation *= math.exp(math.lgamma(alpha) - math.lgamma(alpha + 0.5))
    return w0, deviation, math.copysign(2.0 / math.sqrt(alpha), skewness)


@kernel
def sort_ascending(row: Array, count: int) -> None:
    """Sort the first values of a row by insertion: samples are short."""
    for place in range(1, count):
        value, below = row[place], place - 1
        while below >= 0 and row[below] > value:
            row[below + 1] = row[below]
            below -= 1
        row[below + 1] = value
