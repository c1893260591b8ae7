"""Back-test the triggers of a workspace: a seasonal index against events, and the phases against their onsets."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from landbalance.core.errors import InputError, RuleError
from landbalance.core.progress import Progress
from landbalance.core.workspace import Workspace
from landbalance.engine.drought.climate import drought_cube
from landbalance.engine.drought.ground import read_ground
from landbalance.engine.drought.monitor import Monitor
from landbalance.indicators.drought.districts import DistrictSeries, area_share, district_series, land_quantile
from landbalance.indicators.drought.index import IndexMethod
from landbalance.io.drought_tables import read_events
from landbalance.planning.triggers.backtest import Backtest, backtest
from landbalance.planning.triggers.phases import Phase
from landbalance.planning.triggers.skill import Skill, lead_steps

EVENTS = "data/drought_events.csv"
LONGEST_LEAD = 6  # steps
LEAST_KNOWN = 0.6
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Season:
    """A seasonal index: one value for each year and district.

    Parameters
    ----------
    years : tuple of int
    month : int
        In which the season ends.
    index : DistrictSeries
        Arrays of shape (year, district).
    share : ndarray of float64, shape (year, district)
        Share of land at or below -1.
    area_share : float or None
        Share of land a trigger looks at; None for the mean of the district.
    asked : ndarray of float64, shape (year, district)
        What the trigger looks at: the mean, or the value that so much of the land is at or below; NaN on poor data.
    rain_mm : ndarray of float64, shape (year, district)
        Of the season; NaN where it is not known.
    """

    years: tuple[int, ...]
    districts: tuple[str, ...]
    month: int
    method: IndexMethod
    index: DistrictSeries
    share: NDArray[np.float64]
    rain_mm: NDArray[np.float64]
    area_share: float | None
    asked: NDArray[np.float64]


@dataclass(frozen=True)
class PhaseTest:
    """The phases of the past against events: counts and mean lead [months] of a phase, as if called then."""

    phase: str
    skill: Skill
    lead: float


def season_of(
    workspace: Workspace,
    method: IndexMethod,
    month: int,
    *,
    share: float | None = None,
    least_known: float = LEAST_KNOWN,
    progress: Progress | None = None,
) -> Season:
    """Return the index of one month of every year by district, with what insurance needs to price it.

    Parameters
    ----------
    share : float or None
        Share of land that a trigger looks at; None for the mean of the district.
    least_known : float
        Share of land with a known index below which there is no call.

    Raises
    ------
    NotFoundError, InputError, RuleError
        If rain is missing or does not fit.
    """
    from landbalance.engine.drought.climate import read_series

    if not 1 <= month <= 12:
        raise InputError("month {month}", month=month, hint="give 1 to 12")
    cube = drought_cube(workspace, method, step="month", progress=progress)
    ground = read_ground(workspace, cube.grid, progress=progress)
    first, last = cube.steps.years
    rows = [(year, cube.steps.row(year, month - 1)) for year in range(first, last + 1)]
    kept = [(year, row) for year, row in rows if method.months - 1 <= row < cube.steps.rows]
    chosen = [row for _, row in kept]
    values = cube.values.reshape(len(cube.values), -1)[chosen]
    weights = ground.land_km2[1:]
    rain = read_series(workspace, "rain_monthly", step="month").values.reshape(cube.steps.rows, -1)
    depth = np.stack([rain[row - method.months + 1 : row + 1].sum(axis=0) for row in chosen])
    series = district_series(values, weights)
    asked = series.mean if share is None else land_quantile(values, weights, share=share)
    return Season(
        tuple(year for year, _ in kept), ground.districts, month, method, series,
        area_share(values, weights, at_most=-1.0), district_series(depth, weights).mean, share,
        np.where(series.known >= least_known, asked, np.nan),
    )  # fmt: skip


def events_of(workspace: Workspace, path: Path | None, districts: tuple[str, ...]) -> list[tuple[int, int, int]]:
    """Return the events as (district place, year, month).

    Raises
    ------
    NotFoundError, InputError
        If the table is missing or names a district the workspace does not have.
    """
    events = read_events(path or Path(workspace.path) / EVENTS)
    for name, _, _ in events:
        if name not in districts:
            raise InputError(
                "the events name a district {name}", name=name, hint="districts are {known}", known=", ".join(districts)
            )
    return [(districts.index(name), year, month) for name, year, month in events]


def season_backtest(
    workspace: Workspace, season: Season, *, events: Path | None, most_false: float, resamples: int, seed: int = 0
) -> Backtest:
    """Back-test "what the trigger looks at is at or below a threshold" against the events of the year.

    Raises
    ------
    NotFoundError, InputError, RuleError
        If the events are missing or do not fit, or the trigger tells nothing apart.
    """
    happened = np.zeros(season.index.mean.shape, dtype=bool)
    for place, year, _ in events_of(workspace, events, season.districts):
        if year in season.years:
            happened[season.years.index(year), place] = True
    return backtest(season.asked, happened, rng=np.random.default_rng(seed), most_false=most_false, resamples=resamples)


def phase_tests(workspace: Workspace, found: Monitor, events: Path | None) -> list[PhaseTest]:
    """Return how watch, warning and alert would have met the events.

    Raises
    ------
    NotFoundError, InputError, RuleError
        If the events are missing, do not fit, or none lies in the time of the monitor.
    """
    onsets = np.zeros(found.phases.shape, dtype=bool)
    known = (found.phases != Phase.NO_CALL).any(axis=1)
    first = int(np.argmax(known))
    for place, year, month in events_of(workspace, events, found.ground.districts):
        row = found.steps.row(year, month - 1)
        if first <= row < found.steps.rows:
            onsets[row, place] = True
    if not onsets.any():
        raise RuleError("no event lies in the time of the monitor", hint="check the years of the events")
    tests = []
    for phase in (Phase.WATCH, Phase.WARNING, Phase.ALERT):
        called = (found.phases >= phase) & (found.phases <= Phase.EMERGENCY)
        skill, lead = lead_steps(called[first:], onsets[first:], longest=LONGEST_LEAD)
        tests.append(PhaseTest(phase.name.lower(), skill, lead))
    return tests
