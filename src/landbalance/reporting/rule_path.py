"""The rule path of one cell in plain words: from its values to its class, period by period."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from landbalance.core.legends import Legend
from landbalance.core.parameters import Settings
from landbalance.core.periods import BASELINE, Period
from landbalance.core.words import Words

STATUS_WORDS = {
    -1: Words("degraded"),
    0: Words("stable"),
    1: Words("improved"),
    -128: Words("no data"),
    -127: Words("not applicable"),
}
LPD_WORDS = {
    1: Words("declining"),
    2: Words("moderate decline"),
    3: Words("stable but stressed"),
    4: Words("stable"),
    5: Words("increasing"),
    -128: Words("no data"),
}
CONDITION_WORDS = {
    1: Words("persistent degradation"),
    2: Words("recent degradation"),
    3: Words("baseline degradation"),
    4: Words("stability"),
    5: Words("baseline improvement"),
    6: Words("recent improvement"),
    7: Words("persistent improvement"),
    -128: Words("no data"),
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
        return self.legend.classes[position - 1].name if position > 0 else Words("no data")


def rule_path(cell: Cell) -> tuple[str, ...]:
    """Return how the cell comes to its classes, one sentence a rule; lines below "Period" are its own.

    Parameters
    ----------
    cell : Cell
        The values.

    Returns
    -------
    tuple of str
    """
    lines: list[str] = [
        Words(
            "Cell at {lon:.5f}, {lat:.5f}, profile {profile}.",
            lon=cell.lon,
            lat=cell.lat,
            profile=cell.settings.profile,
        )
    ]
    for title, said in rule_parts(cell):
        lines += [f"{title}:", *(f"  {line}" for line in said)]
    return tuple(lines)


def rule_parts(cell: Cell) -> tuple[tuple[Words, tuple[Words, ...]], ...]:
    """Return the same by period: its title and its sentences, each in a form that can be translated."""
    return tuple((Words("Period {name}", name=period.name), tuple(_period(cell, period))) for period in cell.periods)


def _period(cell: Cell, period: Period) -> Iterator[Words]:
    """Yield the sentences of one period."""
    name = period.name
    yield from _productivity(cell, period)
    first, last = period.land_cover
    yield Words(
        "Land cover: {before} in {first}, {after} in {last}; the transition matrix calls this {status}.",
        before=cell.cover(first), first=first, after=cell.cover(last), last=last,
        status=cell.status(f"land_cover_status.{name}"),
    )  # fmt: skip
    yield from _soc(cell, period)
    raw = cell.status(f"sdg_raw.{name}")
    yield Words(
        "One-out-all-out (no-data rule {rule}): productivity {productivity}, land cover {cover}, SOC {soc}, "
        "so the cell is {status}.",
        rule=cell.settings.text("nodata_rule"), productivity=cell.status(f"productivity.{name}"),
        cover=cell.status(f"land_cover_status.{name}"), soc=cell.status(f"soc_status.{name}"), status=raw,
    )  # fmt: skip
    if cell.values.get(f"sdg.{name}") != cell.values.get(f"sdg_raw.{name}"):
        text = "An accepted recode polygon changes it from {before} to {after}."
        yield Words(text, before=raw, after=cell.status(f"sdg.{name}"))
    if f"sdg_national.{name}" in cell.values:
        yield Words("With the national indicators it is {status}.", status=cell.status(f"sdg_national.{name}"))
    if name != BASELINE:
        yield Words(
            "Against the baseline ({baseline}) this is {condition}: status {status}.",
            baseline=cell.status("sdg.baseline"), status=cell.status(f"status.sdg.{name}"),
            condition=CONDITION_WORDS[int(cell.values.get(f"condition.sdg.{name}", -128))],
        )  # fmt: skip


def _productivity(cell: Cell, period: Period) -> Iterator[Words]:
    """Yield the sentences about productivity."""
    name, get = period.name, cell.settings
    if f"trend.{name}" in cell.values:
        years = cell.series_years.get(f"trend.{name}", ())
        span = Words("no years")
        if years:
            span = Words("{first}-{last}, {count} years", first=years[0], last=years[-1], count=len(years))
        yield Words(
            "Trend ({span}, test {test}): Z {z:.3f}, slope {slope:.6g} a year: {status}.",
            span=span, test=get.text("trend_test"), z=cell.number(f"trend_z.{name}"),
            slope=cell.number(f"slope.{name}"), status=cell.status(f"trend.{name}"),
        )  # fmt: skip
        yield Words(
            "State (last {years} years against those before, {method}): {status}.",
            years=get.integer("state_target_years"), method=get.text("state_method"),
            status=cell.status(f"state.{name}"),
        )  # fmt: skip
        yield Words(
            "Performance: {relative:.3f} of the {quantile:.0%} quantile of its unit, limit {limit:g}: {status}.",
            relative=cell.number(f"relative.{name}"), quantile=get.number("perf_quantile"),
            limit=get.number("perf_ratio"), status=cell.status(f"performance.{name}"),
        )  # fmt: skip
    lpd = int(cell.values.get(f"lpd.{name}", -128))
    yield Words(
        "Productivity dynamics: class {number} ({name}), {status}.",
        number=lpd if lpd > 0 else "-", name=LPD_WORDS[lpd], status=cell.status(f"productivity.{name}"),
    )  # fmt: skip


def _soc(cell: Cell, period: Period) -> Iterator[Words]:
    """Yield the sentence about soil organic carbon."""
    first, last = period.soc
    status = cell.status(f"soc_status.{period.name}")
    stocks = cell.values.get("stocks")
    if stocks is None:
        yield Words("SOC: {status}; a layer it needs is not registered.", status=status)
        return
    years = sorted({year for each in cell.periods for year in each.soc})
    by_year = dict(zip(years, stocks if isinstance(stocks, list) else [stocks], strict=True))
    start, end = by_year[first], by_year[last]
    yield Words(
        "SOC: {start:.2f} t C/ha in {first}, {end:.2f} in {last}, change {change:+.2%}, limit {limit:.0%}: {status}.",
        start=start, first=first, end=end, last=last, change=(end - start) / start if start else math.nan,
        limit=cell.settings.number("soc_threshold"), status=status,
    )  # fmt: skip
