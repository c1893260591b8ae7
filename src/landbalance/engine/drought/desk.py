"""Compute, then write: what the commands and the platform call."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from landbalance.core.progress import Progress
from landbalance.core.workspace import Workspace
from landbalance.engine.drought.back_test import (
    EVENTS,
    PhaseTest,
    Season,
    events_of,
    phase_tests,
    season_backtest,
    season_of,
)
from landbalance.engine.drought.bulletin import bulletin_page, trigger_page
from landbalance.engine.drought.climate import BALANCE, RAIN
from landbalance.engine.drought.hazard import Hazard, assess_hazard
from landbalance.engine.drought.hazard_page import hazard_figures, hazard_page, hazard_tables
from landbalance.engine.drought.monitor import Monitor, store_call, watch
from landbalance.engine.drought.products import (
    draw_classes,
    draw_districts,
    folder_of,
    today,
    words_of,
    write_figures,
    write_page,
    write_tables,
)
from landbalance.engine.drought.rangeland import (
    HERDS,
    Extents,
    Forage,
    Stocking,
    forage,
    rangeland_extent,
    stocking,
)
from landbalance.engine.drought.rangeland_condition import Condition, condition
from landbalance.engine.drought.rangeland_page import (
    condition_table,
    district_extent_table,
    extent_table,
    forage_table,
    rangeland_page,
    stocking_table,
)
from landbalance.indicators.drought.index import IndexMethod, Kind
from landbalance.indicators.drought.steps import StepName
from landbalance.io.files import write_text
from landbalance.io.sheet import sheet_csv
from landbalance.io.summary import json_text
from landbalance.planning.triggers.backtest import Backtest

Rangeland = tuple[Extents, Forage, list[Stocking], list[Condition]]
PEOPLE_ROLES = ("population", "population_female", "population_male")
SEASON_COLUMNS = (
    "district",
    "year",
    "month",
    "index",
    "value",
    "spread_between_cells",
    "share_of_land_at_or_below_-1",
    "rain_mm",
    "known_share",
    "event",
)


@dataclass(frozen=True)
class Written:
    """Where a page is, and all files beside it."""

    page: Path
    files: tuple[Path, ...]


def write_hazard(
    workspace: Workspace,
    *,
    kind: Kind | None,
    table: Path | None,
    years: tuple[int, int],
    language: str,
    progress: Progress,
) -> tuple[Hazard, Written]:
    """Compute SO3 and write its page, tables, maps and figures."""
    settings, tongue, folder = workspace.settings(), words_of(language), folder_of(workspace, "report")
    hazard = assess_hazard(workspace, settings, kind=kind, table=table, years=years, progress=progress)
    rasters = {}
    for window in hazard.windows:
        path = folder / "maps" / f"drought_{window.first}_{window.last}.tif"
        rasters[f"worst.{window.first}"] = draw_classes(workspace, window.classes, hazard.grid, path)
    tables = write_tables(hazard_tables(hazard, tongue), folder / "tables")
    parameters: dict[str, Any] = {"index": hazard.method, "edges": hazard.edges, "flags": list(hazard.flags)}
    parameters |= {
        name: settings[name] for name in ("drought_window_years", "drought_window_min_valid", "island_reach_km")
    }
    roles = (RAIN, BALANCE, "temperature_minimum", "temperature_maximum", "drought_index", "land_cover", *PEOPLE_ROLES)
    figures = write_figures(workspace, hazard_figures(hazard), folder / "summary.json", roles, parameters)
    page = write_page(
        workspace, hazard_page(workspace, hazard, tongue, today()), folder / "report.html", language, rasters
    )
    return hazard, Written(page, (*tables, *rasters.values(), figures))


def watch_and_store(
    workspace: Workspace, *, as_of: str, rules: Path | None, step: StepName = "month", progress: Progress
) -> tuple[Monitor, Path]:
    """Compute what was known at a date, and store the call."""
    found = watch(workspace, workspace.settings(), as_of=as_of, rules=rules, step=step, progress=progress)
    return found, store_call(workspace, found)


def write_bulletin(
    workspace: Workspace, *, as_of: str, rules: Path | None, step: StepName = "month", language: str, progress: Progress
) -> tuple[Monitor, Path, Written]:
    """Compute what was known at a date, store the call, and write the bulletin."""
    found, call = watch_and_store(workspace, as_of=as_of, rules=rules, step=step, progress=progress)
    folder = folder_of(workspace, "bulletins")
    raster = draw_districts(
        workspace, found.phases[-1].tolist(), found.grid, folder / "maps" / f"phases_{found.date}.tif"
    )
    page = bulletin_page(workspace, found, words_of(language), today())
    path = write_page(workspace, page, folder / f"bulletin_{found.date}.html", language, {"phases": raster})
    return found, call, Written(path, (raster, call))


def write_backtest(
    workspace: Workspace,
    method: IndexMethod,
    month: int,
    *,
    events: Path | None,
    most_false: float,
    resamples: int,
    language: str,
    progress: Progress,
    rules: Path | None = None,
    share: float | None = None,
) -> tuple[Backtest, Written]:
    """Back-test a seasonal trigger and the phases of the rules, and write both as page, table and JSON."""
    season, tested, phases = try_trigger(
        workspace, method, month, events=events, most_false=most_false, resamples=resamples, progress=progress,
        rules=rules, share=share,
    )  # fmt: skip
    folder, tongue = folder_of(workspace, "triggers"), words_of(language)
    page = trigger_page(workspace, season, tested, phases, tongue, today())
    path = write_page(workspace, page, folder / "backtest.html", language)
    tables = write_tables([table for section in page.sections for table in section.tables], folder / "tables")
    write_text(folder / "backtest.json", json_text(backtest_record(season, tested, phases, most_false)))
    return tested, Written(path, (*tables, folder / "backtest.json"))


def try_trigger(
    workspace: Workspace, method: IndexMethod, month: int, *, events: Path | None, most_false: float, resamples: int,
    progress: Progress, rules: Path | None = None, share: float | None = None,
) -> tuple[Season, Backtest, list[PhaseTest]]:  # fmt: skip
    """Back-test a seasonal trigger, and the phases of the rules."""
    season = season_of(workspace, method, month, share=share, progress=progress)
    tested = season_backtest(workspace, season, events=events, most_false=most_false, resamples=resamples)
    found = watch(workspace, workspace.settings(), rules=rules, progress=progress)
    return season, tested, phase_tests(workspace, found, events)


def backtest_record(season: Season, tested: Backtest, phases: Sequence[PhaseTest], most_false: float) -> dict[str, Any]:
    """Return a back-test as it is written: skill, baselines, intervals, and what happened in each year."""
    return {
        "trigger": {
            "index": season.method.text,
            "month": season.month,
            "area_share": season.area_share,
            "threshold": tested.threshold,
            "most_false": most_false,
        },
        "cross_validated": _skill(tested.skill),
        "hindsight": _skill(tested.hindsight),
        "always": _skill(tested.constant),
        "climatology": _skill(tested.climatology),
        "intervals_95": dict(tested.intervals),
        "return_period_years": tested.return_period,
        "within_limit": tested.within_limit,
        "by_year": [
            {"year": year, **dict(zip(("hits", "misses", "false_alarms", "no_calls"), row, strict=True))}
            for year, row in zip(season.years, tested.by_year().tolist(), strict=True)
        ],
        "phases": [{"phase": each.phase, "lead_months": each.lead, **_skill(each.skill)} for each in phases],
    }


def season_rows(workspace: Workspace, season: Season, events: Path | None) -> list[list[object]]:
    """Return the index table that insurance prices: one row for each district and season, with basis-risk inputs."""
    has_events = events is not None or (Path(workspace.path) / EVENTS).is_file()
    felt = events_of(workspace, events, season.districts) if has_events else []
    happened = {(place, year) for place, year, _ in felt}
    rows: list[list[object]] = []
    for place, district in enumerate(season.districts):
        for row, year in enumerate(season.years):
            cells = (season.index.mean, season.index.spread, season.share, season.rain_mm, season.index.known)
            values = [None if (value := float(each[row, place])) != value else round(value, 6) for each in cells]
            rows.append(
                [
                    district,
                    year,
                    season.month,
                    season.method.name,
                    *values,
                    int((place, year) in happened) if has_events else None,
                ]
            )
    return rows


def write_season(workspace: Workspace, season: Season, rows: list[list[object]]) -> Path:
    """Write the index table."""
    path = folder_of(workspace, "insurance") / f"{season.method.name.lower()}_{season.month:02d}.csv"
    write_text(path, sheet_csv(SEASON_COLUMNS, rows))
    return path


def write_rangeland(
    workspace: Workspace, *, definition: str, herds: Path | None, language: str, progress: Progress
) -> tuple[Rangeland, Written]:
    """Compute extent, forage, stocking and condition, and write page, tables and map."""
    tongue, folder = words_of(language), folder_of(workspace, "rangeland")
    found = assess_rangeland(workspace, definition=definition, herds=herds, progress=progress)
    extents, grown, kept, states = found
    tables = [extent_table(extents, tongue), district_extent_table(extents, tongue), forage_table(grown, tongue)]
    tables += [stocking_table(kept, tongue)] if kept else []
    tables.append(condition_table(states, tongue))
    page = rangeland_page(workspace, extents, grown, tongue, herds=kept, states=states, date=today())
    path = write_page(workspace, page, folder / "rangeland.html", language)
    files = write_tables(tables, folder / "tables")
    return found, Written(path, (*files, folder / "rangeland.tif"))


def assess_rangeland(workspace: Workspace, *, definition: str, herds: Path | None, progress: Progress) -> Rangeland:
    """Compute extent, forage, stocking and condition; the map of the extent is written."""
    out = folder_of(workspace, "rangeland") / "rangeland.tif"
    extents = rangeland_extent(workspace, out, progress=progress)
    grown = forage(workspace, definition=definition, progress=progress)
    has_herds = herds is not None or (Path(workspace.path) / HERDS).is_file()
    kept = stocking(workspace, grown, herds) if has_herds else []
    return extents, grown, kept, condition(workspace, workspace.settings(), definition=definition, progress=progress)


def _skill(skill: Any) -> dict[str, float | None]:
    """Return counts and ratios for JSON."""
    ratios = {name: getattr(skill, name) for name in ("pod", "far", "csi")}
    return {**asdict(skill), **{name: None if value != value else value for name, value in ratios.items()}}
