"""What is uncertain in a project: distributions that go together, drawn many times."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import betaincinv, ndtr, ndtri

from landbalance.core.errors import InputError
from landbalance.core.types import Array

METHOD = "monte-carlo/1"
LEAST_DRAWS = 10_000
Shape = Literal["triangular", "pert", "lognormal", "uniform"]


@dataclass(frozen=True)
class Driver:
    """One uncertain multiplier and the lines it acts on.

    Parameters
    ----------
    shape : str
        "triangular" and "pert" take low, mode, high; "uniform" low and high; "lognormal" the median as `mode`, and
        5th and 95th percentile as low and high.
    lines : tuple of str
        Names of the lines it multiplies.
    """

    name: str
    shape: Shape
    low: float
    mode: float
    high: float
    lines: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.low <= self.mode <= self.high or self.low == self.high:
            raise InputError(
                "{name}: low {low}, mode {mode}, high {high}",
                name=self.name,
                low=self.low,
                mode=self.mode,
                high=self.high,
                hint="give low <= mode <= high, and low below high",
            )
        if self.shape == "lognormal" and self.low <= 0:
            raise InputError("{name}: a lognormal begins at {low}", name=self.name, low=self.low, hint="above zero")

    def quantile(self, chance: Array) -> Array:
        """Return the value below which it lies with this chance."""
        if self.shape == "uniform":
            return self.low + chance * (self.high - self.low)
        if self.shape == "triangular":
            return _triangular(chance, self.low, self.mode, self.high)
        if self.shape == "pert":
            spread = self.high - self.low
            a, b = 1 + 4 * (self.mode - self.low) / spread, 1 + 4 * (self.high - self.mode) / spread
            return np.asarray(self.low + spread * betaincinv(a, b, chance))
        sd = np.log(self.high / self.low) / (2 * ndtri(0.95))
        return np.asarray(self.mode * np.exp(sd * ndtri(chance)))


@dataclass(frozen=True)
class Outcome:
    """What many draws say of the net present value: its spread, the chance of a loss, and what drives it."""

    draws: int
    mean: float
    sd: float
    p5: float
    p50: float
    p95: float
    chance_of_loss: float
    contribution: Mapping[str, float]
    values: Array

    @property
    def standard_error(self) -> float:
        """Return the error of the mean."""
        return self.sd / math.sqrt(self.draws)


def monte_carlo(
    worth: Mapping[str, float],
    drivers: Sequence[Driver],
    *,
    draws: int,
    rng: np.random.Generator,
    correlation: Array | None = None,
) -> Outcome:
    """Draw the net present value many times.

    Parameters
    ----------
    worth : mapping of str to float
        Present value of each line, costs below zero; the net present value is their sum.
    drivers : sequence of Driver
    draws : int
        10,000 or more.
    rng : numpy.random.Generator
        Its seed makes the draws repeatable.
    correlation : ndarray, shape (driver, driver), or None
        Of the drivers (Gaussian copula); independent when None.

    Raises
    ------
    InputError
        If there are too few draws, a driver names an unknown line, or the correlation is none.

    Examples
    --------
    >>> found = monte_carlo({"b": 10.0, "c": -8.0}, [Driver("yield", "uniform", 0.5, 1, 1.5, ("b",))],
    ...                     draws=10_000, rng=np.random.default_rng(1))
    >>> abs(found.mean - 2.0) < 4 * found.standard_error
    True
    """
    if draws < LEAST_DRAWS:
        raise InputError(
            "{draws} draws are too few", draws=draws, hint="take {least_draws:,} or more", least_draws=LEAST_DRAWS
        )
    chances = ndtr(_together(len(drivers), draws, rng, correlation))
    names = list(worth)
    factors: dict[str, Array] = {name: np.ones(draws) for name in names}
    drawn: dict[str, Array] = {}
    for place, driver in enumerate(drivers):
        drawn[driver.name] = driver.quantile(chances[place])
        for line in driver.lines:
            if line not in factors:
                raise InputError(
                    "{driver} acts on {line}, which is no line", driver=driver.name, line=line, hint=", ".join(names)
                )
            factors[line] = factors[line] * drawn[driver.name]
    values = np.sum([factors[name] * worth[name] for name in names], axis=0)
    p5, p50, p95 = np.percentile(values, (5, 50, 95))
    return Outcome(
        draws=draws,
        mean=float(values.mean()),
        sd=float(values.std(ddof=1)),
        p5=float(p5),
        p50=float(p50),
        p95=float(p95),
        chance_of_loss=float(np.mean(values < 0)),
        contribution=_contribution(drawn, values),
        values=values,
    )


def _together(count: int, draws: int, rng: np.random.Generator, correlation: Array | None) -> Array:
    """Return standard normal numbers that go together as the correlation says, shape (driver, draw)."""
    free = rng.standard_normal((count, draws))
    if correlation is None:
        return free
    matrix = np.asarray(correlation, dtype=np.float64)
    whole = matrix.shape == (count, count) and np.allclose(matrix, matrix.T) and np.allclose(np.diag(matrix), 1)
    if not whole or np.linalg.eigvalsh(matrix).min() < -1e-9:
        raise InputError(
            "the correlations of {count} inputs are no correlation matrix",
            count=count,
            hint="symmetric, 1 on the diagonal, no contradictions between pairs",
        )
    values, vectors = np.linalg.eigh(matrix)
    return np.asarray(vectors * np.sqrt(np.clip(values, 0, None)) @ free)


def _contribution(drawn: Mapping[str, Array], values: Array) -> dict[str, float]:
    """Return the share of the spread that goes with each driver: squared rank correlations, summing to 1."""
    ranks = np.argsort(np.argsort(values))
    squares = {name: float(np.corrcoef(np.argsort(np.argsort(each)), ranks)[0, 1] ** 2) for name, each in drawn.items()}
    total = sum(squares.values())
    return {name: square / total if total else 0.0 for name, square in squares.items()}


def _triangular(chance: Array, low: float, mode: float, high: float) -> Array:
    """Return the quantile of a triangular distribution."""
    turn = (mode - low) / (high - low)
    rising = low + np.sqrt(chance * (high - low) * (mode - low))
    falling = high - np.sqrt((1 - chance) * (high - low) * (high - mode))
    return np.where(chance < turn, rising, falling)
