"""Outcome figures of targets, taken from the records of a run: never typed, never computed twice."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction

from landbalance.core.errors import InputError, LandbalanceError, RuleError
from landbalance.engine.runs import Run, latest_run
from landbalance.engine.summary import SummaryRow, polygon_rows, zone_rows
from landbalance.io.files import sha256
from landbalance.io.vector import Polygons
from landbalance.io.workspace import load_workspace
from landbalance.registry.access import require
from landbalance.registry.audit.services import record
from landbalance.registry.targets.models import Assessment, Target
from landbalance.registry.targets.nation import NEUTRAL_TYPES, is_national, nation_of
from landbalance.registry.workspaces.models import Workspace
from landbalance.registry.workspaces.services import folder_of

if TYPE_CHECKING:
    from landbalance.registry.accounts.models import User

SUMMARY = "summary.json"
AREA_FIGURE = "sdg.headline.area"
NO_PLACES = ("nation", "land_cover", "land_type", "affected")  # groups of zones that are no provinces


@transaction.atomic
def assess_from_run(
    actor: "User", target: Target, *, run_id: str | None = None, measures: Mapping[str, Any] | None = None
) -> Assessment:
    """Keep what a finished run says of a target: the latest run, or the one named.

    National targets of neutrality take the degraded land of the nation, at the baseline and in the last period;
    targets with an area on the map take the land that improved inside it; others name a figure as their indicator.

    Parameters
    ----------
    run_id : str or None
        The run; the latest when None.
    measures : mapping or None
        What the balance of the run says of the nation, where it was just worked out.

    Raises
    ------
    AccessError
        If the actor may not.
    InputError
        If there is no finished run.
    RuleError
        If the run says nothing of this target.
    """
    require(actor, "targets.edit", target.workspace)
    run = run_of(target.workspace, run_id)
    values, figures = _values(target, run)
    year = _last_year(run)
    if is_national(target) and "value" not in values:
        nation = nation_of(actor, target.workspace)
        national = measures or (nation.values() if nation.is_known and nation.run == run.id else {})
        values |= {**national, "nets": [[each.land_type, each.net_km2] for each in national.get("nets", ())]}
    path = run.folder / SUMMARY
    found = Assessment.objects.create(
        **{"target": target, "revision": target.revision, "year": year, "by": actor, "run": run.id},
        figures=figures,
        summary_sha256=sha256(path) if path.exists() else "",
        **values,
    )
    record(actor, "targets.assessed", target.code, workspace=target.workspace, run=run.id, year=year)
    return found


def run_of(workspace: Workspace, run_id: str | None = None) -> Run:
    """Return the latest finished run of a workspace, or the one named.

    Raises
    ------
    InputError
        If there is none.
    """
    return latest_run(load_workspace(folder_of(workspace, settings.INSTALLATION)), run_id)


def figures_of(workspace: Workspace) -> list[dict[str, Any]]:
    """Return the figures of the latest finished run; none where nothing was run."""
    try:
        return list(run_of(workspace).summary["figures"])
    except LandbalanceError:
        return []


def land_km2(workspace: Workspace) -> float | None:
    """Return the land of a country [km2] as its latest run counts it; None where nothing was run."""
    found = [each for each in figures_of(workspace) if each["id"].startswith("sdg.headline.land@") and each["value"]]
    return float(found[0]["value"]) if found else None


def degraded_by_zone(workspace: Workspace) -> dict[str, float]:
    """Return the degraded land [km2] of the zones of the latest run, as weights to share a target out by."""
    try:
        run = run_of(workspace)
        groups = [group["id"] for group in run.summary["zones"] if group["id"] not in NO_PLACES]
        rows = zone_rows(run, groups[0]) if groups else ()
    except LandbalanceError:
        return {}
    last = rows[-1].period if rows else ""
    return {row.zone: row.degraded_km2 for row in rows if row.period == last and row.zone != "outside"}


def _values(target: Target, run: Run) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the values of an assessment, and the figures they are."""
    figures = {each["id"]: each for each in run.summary["figures"]}
    periods = [period["name"] for period in run.summary["periods"]]
    if target.indicator in figures or any(key.split("@")[0] == target.indicator for key in figures):
        return _named(target, figures, periods)
    if is_national(target):
        return _national(figures, periods)
    if target.shapes():
        return _inside(target, run)
    raise RuleError(
        "run {run} says nothing of target {code}",
        **{"run": run.id, "code": target.code},
        hint="draw its area, or name a figure of the run as its indicator",
    )


def _named(target: Target, figures: dict[str, Any], periods: list[str]) -> tuple[dict[str, float | None], list[Any]]:
    """Return the figure that a target names as its indicator, in per cent where it is a share."""
    wanted = target.indicator if target.indicator in figures else f"{target.indicator}@{periods[-1]}@nation/1"
    figure = figures.get(wanted)
    if figure is None or figure["value"] is None:
        raise RuleError("the run has no value for {figure}", figure=wanted, hint="choose another figure")
    scale = 100.0 if figure["unit"] == "1" and target.unit in ("%", "percent", "per cent") else 1.0
    interval = figure["interval"] or (None, None)
    low, high = (None if each is None else each * scale for each in interval)
    return {"value": figure["value"] * scale, "low": low, "high": high}, [_kept(figure)]


def _national(figures: dict[str, Any], periods: list[str]) -> tuple[dict[str, float | None], list[Any]]:
    """Return degraded land of the nation, at the baseline and now."""
    ends = [figures.get(f"{AREA_FIGURE}@{name}@nation/1") for name in (periods[0], periods[-1])]
    if len(periods) < 2 or any(each is None or each["value"] is None for each in ends):
        raise InputError("the run has no degraded land for baseline and report", hint="run both periods first")
    first, last = (each for each in ends if each is not None)
    return {"baseline_degraded_km2": first["value"], "degraded_km2": last["value"]}, [_kept(first), _kept(last)]


def _inside(target: Target, run: Run) -> tuple[dict[str, float | None], list[Any]]:
    """Return what became of the land inside the area of a target in the last period."""
    import shapely

    shape = shapely.union_all(target.shapes())
    polygons = Polygons((shape,), (target.code,), (target.code,), "EPSG:4326")
    workspace = load_workspace(folder_of(target.workspace, settings.INSTALLATION))
    rows = [row for row in polygon_rows(run, workspace, polygons) if row.zone == target.code]
    if not rows:
        raise RuleError("the area of target {code} lies outside run {run}", code=target.code, run=run.id)
    first, last = rows[0], rows[-1]
    values: dict[str, float | None] = {"outcome_km2": last.improved_km2}
    if target.target_type in NEUTRAL_TYPES:
        values |= {"baseline_degraded_km2": first.degraded_km2, "degraded_km2": last.degraded_km2}
    return values, [_of_row(each) for each in dict.fromkeys((first, last))]


def _kept(figure: dict[str, Any]) -> dict[str, Any]:
    """Return what is kept of a figure."""
    return {name: figure[name] for name in ("id", "label", "value", "unit", "period", "quality")}


def _of_row(row: SummaryRow) -> dict[str, Any]:
    """Return a row of a polygon as it is kept: counted from the maps of the run."""
    return {"id": f"polygon@{row.period}@{row.zone}", **asdict(row)}


def _last_year(run: Run) -> int:
    """Return the last year the run reports on."""
    return int(max(run.summary["periods"][-1][name][1] for name in ("land_cover", "soc", "productivity")))
