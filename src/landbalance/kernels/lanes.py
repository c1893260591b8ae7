"""Logarithm, exponential, normal quantile and gamma distribution over lanes: loops the compiler turns into vectors.

A lane is one value of a short row of float64 (the years of one cell and month). Every function works in place on rows
that the caller keeps, without a branch inside its loops. `bits` is the row seen as int64.
"""

import math

from landbalance.core.types import Array
from landbalance.kernels.compile import kernel

_LN2 = 0.6931471805599453
_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
_MANTISSA, _HALF_EXPONENT = 0x000FFFFFFFFFFFFF, 0x3FE0000000000000
_MAGIC, _MAGIC_BITS = 4503599627370496.0, 0x4330000000000000  # 2**52: turns small whole numbers into doubles and back
_ROUND = 6755399441055744.0  # 1.5 * 2**52
_SQRT_HALF = 0.7071067811865476
_WIDTHS, _TERMS = 7.0, 8.0  # standard deviations of the terms of the series, and a few more
_STEEPEST = 690.0
_MIDDLE = 0.425


@kernel
def log_lanes(row: Array, bits: Array, work: Array, work_bits: Array, out: Array) -> None:
    """Take the natural logarithm of positive normal numbers, to 2 units in the last place."""
    for lane in range(row.size):
        work_bits[lane] = ((bits[lane] >> 52) & 0x7FF) | _MAGIC_BITS
    for lane in range(row.size):
        out[lane] = work[lane] - _MAGIC - 1022.0
    for lane in range(row.size):
        work_bits[lane] = (bits[lane] & _MANTISSA) | _HALF_EXPONENT
    for lane in range(row.size):
        low = work[lane] < _SQRT_HALF
        m = work[lane] * 2.0 if low else work[lane]
        e = out[lane] - 1.0 if low else out[lane]
        f = (m - 1.0) / (m + 1.0)
        s = f * f
        p = 1.0 / 19.0
        p = p * s + 1.0 / 17.0
        p = p * s + 1.0 / 15.0
        p = p * s + 1.0 / 13.0
        p = p * s + 1.0 / 11.0
        p = p * s + 1.0 / 9.0
        p = p * s + 1.0 / 7.0
        p = p * s + 1.0 / 5.0
        p = p * s + 1.0 / 3.0
        out[lane] = e * _LN2 + 2.0 * (f + f * s * p)


@kernel
def exp_lanes(row: Array, work: Array, work_bits: Array, out: Array, out_bits: Array) -> None:
    """Take the exponential of numbers from -700 to 700, to 2 units in the last place."""
    for lane in range(row.size):
        work[lane] = row[lane] * 1.4426950408889634 + _ROUND
    for lane in range(row.size):
        n = work[lane] - _ROUND
        r = (row[lane] - n * _LN2_HIGH) - n * _LN2_LOW
        p = 1.0 / 6227020800.0
        p = p * r + 1.0 / 479001600.0
        p = p * r + 1.0 / 39916800.0
        p = p * r + 1.0 / 3628800.0
        p = p * r + 1.0 / 362880.0
        p = p * r + 1.0 / 40320.0
        p = p * r + 1.0 / 5040.0
        p = p * r + 1.0 / 720.0
        p = p * r + 1.0 / 120.0
        p = p * r + 1.0 / 24.0
        p = p * r + 1.0 / 6.0
        p = p * r + 0.5
        p = p * r + 1.0
        out[lane] = p * r + 1.0
    for lane in range(row.size):
        out_bits[lane] += work_bits[lane] << 52


@kernel
def gamma_lanes(rows: Array, step: int, alpha: float) -> None:
    """Put the series of the incomplete gamma function into row 3, and the exponent that scales it into row 2.

    `rows` has the shape (row, step, lane); one step is done. Row 0 holds x, row 1 its logarithm; P(alpha, x) is then
    row 3 times exp(row 2). All lanes share alpha, so one reciprocal serves them all, and the lane with the largest x
    says how many terms are needed.
    """
    scale = log_gamma(alpha + 1.0)
    largest = 0.0
    for lane in range(rows.shape[2]):
        rows[2, step, lane] = max(alpha * rows[1, step, lane] - rows[0, step, lane] - scale, -_STEEPEST)
        rows[3, step, lane] = 1.0
        largest = max(largest, rows[0, step, lane])
    for term in range((terms_needed(alpha, largest) + 3) // 4 * 4, 0, -4):
        one, two = 1.0 / (alpha + term), 1.0 / (alpha + term - 1.0)
        three, four = 1.0 / (alpha + term - 2.0), 1.0 / (alpha + term - 3.0)
        for lane in range(rows.shape[2]):
            x = rows[0, step, lane]
            total = rows[3, step, lane] * (x * one) + 1.0
            total = total * (x * two) + 1.0
            total = total * (x * three) + 1.0
            rows[3, step, lane] = total * (x * four) + 1.0


@kernel
def log_gamma(x: float) -> float:
    """Return the logarithm of the gamma function of a number from 1 on, by the series of Stirling [1]_.

    References
    ----------
    .. [1] NIST Digital Library of Mathematical Functions, 5.11.1.
    """
    product = 1.0
    while x < 9.0:
        product *= x
        x += 1.0
    s = 1.0 / (x * x)
    tail = (1 / 12 - s * (1 / 360 - s * (1 / 1260 - s * (1 / 1680 - s * (1 / 1188 - s * 691 / 360360))))) / x
    return (x - 0.5) * math.log(x) - x + 0.91893853320467274178 + tail - math.log(product)


@kernel
def terms_needed(alpha: float, x: float) -> int:
    """Return how many terms of the series a value needs: they fall off like those of a Poisson distribution."""
    return int(max(x - alpha, 0.0) + _WIDTHS * math.sqrt(max(x, alpha)) + _TERMS)


@kernel
def largest_needed(alpha: float, clip: float) -> float:
    """Return a value whose gamma probability is surely beyond a z of `clip`, by the rule of Wilson and Hilferty."""
    third = 1.0 / (9.0 * max(alpha, 0.02))
    return float(max(alpha, 0.02) * (1.0 - third + (clip + 1.0) * math.sqrt(third)) ** 3)


@kernel
def quantile_lanes(row: Array, logs: Array, out: Array) -> None:
    """Take the standard normal quantile of probabilities from 1e-11 to 1 - 1e-11, relative error 1e-15 [1]_.

    `logs` holds the logarithms of min(p, 1 - p).

    References
    ----------
    .. [1] Wichura, M.J. (1988), Algorithm AS 241, Applied Statistics 37, 477-484.
    """
    for lane in range(row.size):
        q = row[lane] - 0.5
        r = 0.180625 - q * q
        a = 2509.0809287301226727
        a = a * r + 33430.575583588128105
        a = a * r + 67265.770927008700853
        a = a * r + 45921.953931549871457
        a = a * r + 13731.693765509461125
        a = a * r + 1971.5909503065514427
        a = a * r + 133.14166789178437745
        a = a * r + 3.387132872796366608
        b = 5226.495278852545925
        b = b * r + 28729.085735721942674
        b = b * r + 39307.89580009271061
        b = b * r + 21213.794301586595867
        b = b * r + 5394.1960214247511077
        b = b * r + 687.1870074920579083
        b = b * r + 42.313330701600911252
        b = b * r + 1.0
        t = math.sqrt(-logs[lane]) - 1.6
        c = 7.7454501427834140764e-4
        c = c * t + 0.0227238449892691845833
        c = c * t + 0.24178072517745061177
        c = c * t + 1.27045825245236838258
        c = c * t + 3.64784832476320460504
        c = c * t + 5.7694972214606914055
        c = c * t + 4.6303378461565452959
        c = c * t + 1.42343711074968357734
        d = 1.05075007164441684324e-9
        d = d * t + 5.475938084995344946e-4
        d = d * t + 0.0151986665636164571966
        d = d * t + 0.14810397642748007459
        d = d * t + 0.68976733498510000455
        d = d * t + 1.6763848301838038494
        d = d * t + 2.05319162663775882187
        d = d * t + 1.0
        is_middle = abs(q) <= _MIDDLE
        over = q * a if is_middle else (c if q > 0 else -c)
        out[lane] = over / (b if is_middle else d)


@kernel
def quantile(p: float) -> float:
    """Return the normal quantile of one probability above 0 and below 1, by halving: it is asked for rarely."""
    low, high = -8.0, 8.0
    for _ in range(60):
        middle = 0.5 * (low + high)
        if 0.5 * math.erfc(-middle * math.sqrt(0.5)) < p:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)
