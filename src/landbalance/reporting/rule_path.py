"""The rule path of one cell in plain words: from its values to its class, period by period."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from landbalance.core.legends import Legend
from landbalance.core.parameters import Settings
from landbalance.core.periods import BASELINE, Period

STATUS_WORDS = {-1: "degraded", 0: "stable", 1: "improved", -128: "no data", -127: "not applicable"}
LPD_WORDS = {
    1: "declining",
    2: "moderate decline",
    3: "stable but stressed",
    4: "stable",
    5: "increasing",
    -128: "no data",
}
CONDITION_WORDS = {
    1: "persistent degradation",
    2: "recent degradation",
    3: "baseline degradation",
    4: "stability",
    5: "baseline improvement",
    6: "recent improvement",
    7: "persistent improvement",
    -128: "no data",
}


@dataclass(frozen=True)
class Cell:
    """One cell with the value of every layer of the run; a series is a list."""

    lon: float
    lat: float
    periods: tuple[Period, ...]
    legend: Legend
    settings: Settings
    values: Mapping[str, Any]
    series_years: Mapping[str, Any]

    def status(self, name: str) -> str:
        """Return a status layer in words."""
        return STATUS_WORDS[int(self.values.get(name, -128))]

    def number(self, name: str) -> float:
        """Return a value layer; NaN where it is not known."""
        value = self.values.get(name, math.nan)
        return float(value) if not isinstance(value, list) else math.nan

    def cover(self, year: int) -> str:
        """Return the land-cover class of a year in words."""
        position = int(self.values.get(f"cover.{year}", -128))
        return self.legend.classes[position - 1].name if position > 0 else "no data"


def rule_path(cell: Cell) -> tuple[str, ...]:
    """Return how the cell comes to its classes, one sentence a rule.

    Parameters
    ----------
    cell : Cell
        The values.

    Returns
    -------
    tuple of str
    """
    lines = [f"Cell at {cell.lon:.5f}, {cell.lat:.5f}, profile {cell.settings.profile}."]
    for period in cell.periods:
        lines.append(f"Period {period.name}:")
        lines += [f"  {line}" for line in _period(cell, period)]
    return tuple(lines)


def _period(cell: Cell, period: Period) -> Iterator[str]:
    """Yield the sentences of one period."""
    name = period.name
    yield from _productivity(cell, period)
    first, last = period.land_cover
    yield (
        f"Land cover: {cell.cover(first)} in {first}, {cell.cover(last)} in {last}; "
        f"the transition matrix calls this {cell.status(f'land_cover_status.{name}')}."
    )
    yield from _soc(cell, period)
    rule = cell.settings.text("nodata_rule")
    raw = cell.status(f"sdg_raw.{name}")
    yield (
        f"One-out-all-out (no-data rule {rule}): productivity {cell.status(f'productivity.{name}')}, land cover "
        f"{cell.status(f'land_cover_status.{name}')}, SOC {cell.status(f'soc_status.{name}')}, so the cell is {raw}."
    )
    if cell.values.get(f"sdg.{name}") != cell.values.get(f"sdg_raw.{name}"):
        yield f"An accepted recode polygon changes it from {raw} to {cell.status(f'sdg.{name}')}."
    if f"sdg_national.{name}" in cell.values:
        yield f"With the national indicators it is {cell.status(f'sdg_national.{name}')}."
    if name != BASELINE:
        condition = CONDITION_WORDS[int(cell.values.get(f"condition.sdg.{name}", -128))]
        yield (
            f"Against the baseline ({cell.status('sdg.baseline')}) this is {condition}: status "
            f"{cell.status(f'status.sdg.{name}')}."
        )


def _productivity(cell: Cell, period: Period) -> Iterator[str]:
    """Yield the sentences about productivity."""
    name, get = period.name, cell.settings
    if f"trend.{name}" in cell.values:
        years = cell.series_years.get(f"trend.{name}", ())
        span = f"{years[0]}-{years[-1]}, {len(years)} years" if years else "no years"
        yield (
            f"Trend ({span}, test {get.text('trend_test')}): Z {cell.number(f'trend_z.{name}'):.3f}, slope "
            f"{cell.number(f'slope.{name}'):.6g} a year: {cell.status(f'trend.{name}')}."
        )
        yield (
            f"State (last {get.integer('state_target_years')} years against those before, {get.text('state_method')}): "
            f"{cell.status(f'state.{name}')}."
        )
        yield (
            f"Performance: {cell.number(f'relative.{name}'):.3f} of the {get.number('perf_quantile'):.0%} quantile "
            f"of its unit, limit {get.number('perf_ratio'):g}: {cell.status(f'performance.{name}')}."
        )
    lpd = int(cell.values.get(f"lpd.{name}", -128))
    status = cell.status(f"productivity.{name}")
    yield f"Productivity dynamics: class {lpd if lpd > 0 else '-'} ({LPD_WORDS[lpd]}), {status}."


def _soc(cell: Cell, period: Period) -> Iterator[str]:
    """Yield the sentence about soil organic carbon."""
    first, last = period.soc
    status = cell.status(f"soc_status.{period.name}")
    stocks = cell.values.get("stocks")
    if stocks is None:
        yield f"SOC: {status}; a layer it needs is not registered."
        return
    years = sorted({year for each in cell.periods for year in each.soc})
    by_year = dict(zip(years, stocks if isinstance(stocks, list) else [stocks], strict=True))
    start, end = by_year[first], by_year[last]
    change = (end - start) / start if start else math.nan
    limit = cell.settings.number("soc_threshold")
    yield f"SOC: {start:.2f} t C/ha in {first}, {end:.2f} in {last}, change {change:+.2%}, limit {limit:.0%}: {status}."
