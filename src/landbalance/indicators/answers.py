"""What functions on arrays answer with where it is more than one array."""

from typing import Any, NamedTuple


class MannKendall(NamedTuple):
    """Result of the Mann-Kendall test: S, its variance with ties, Z, two-sided p and the number of values."""

    s: Any
    variance: Any
    z: Any
    p: Any
    n: Any


class TheilSen(NamedTuple):
    """Median of the pairwise slopes [units per step of time]."""

    slope: Any


class ProductivityTrend(NamedTuple):
    """Status of the trend, slope [unit per year] and Mann-Kendall Z."""

    trend: Any
    slope: Any
    z: Any


class ProductivityPerformance(NamedTuple):
    """Status of the performance, and mean productivity over the percentile of the unit [1]."""

    performance: Any
    relative: Any
