"""Hits, misses and false alarms by year as bars of a picture that needs no script."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WIDTH, HEIGHT = 720.0, 200.0
LEFT, BELOW = 28.0, 34.0
KINDS = ("hits", "misses", "false_alarms")


@dataclass(frozen=True)
class Bar:
    """One piece of a column: which kind, and its box."""

    kind: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Bars:
    """A picture of columns by year."""

    bars: tuple[Bar, ...]
    years: tuple[tuple[float, str], ...]
    lines: tuple[tuple[float, int], ...]
    rows: tuple[Mapping[str, Any], ...]
    width: float = WIDTH
    height: float = HEIGHT


def year_bars(rows: Sequence[Mapping[str, Any]]) -> Bars:
    """Return the columns of each year; years in which nothing was called or came stay empty."""
    most = max((sum(row[kind] for kind in KINDS) for row in rows), default=1) or 1
    step, scale = (WIDTH - LEFT) / max(len(rows), 1), (HEIGHT - BELOW - 10) / most
    bars, years = [], []
    every = max(1, round(60 / step))
    for place, row in enumerate(rows):
        x, top = LEFT + place * step, HEIGHT - BELOW
        for kind in KINDS:
            height = row[kind] * scale
            if height:
                bars.append(Bar(kind, round(x + 1, 1), round(top - height, 1), round(step - 2, 1), round(height, 1)))
                top -= height
        if place % every == 0 and x < WIDTH - 20:
            years.append((round(x + step / 2, 1), str(row["year"])))
    ticks = sorted({0, most // 2, most})
    lines = tuple((round(HEIGHT - BELOW - tick * scale, 1), tick) for tick in ticks)
    return Bars(tuple(bars), tuple(years), lines, tuple(row for row in rows if any(row[kind] for kind in KINDS)))
