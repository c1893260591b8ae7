"""What the analyses of neutrality write: folders that appear whole, with workbook, tables, maps and a page."""

import logging
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import shapely

from landbalance.accounting.hierarchy import HierarchyRow
from landbalance.accounting.hotspots import Hotspot
from landbalance.core.progress import Progress
from landbalance.engine.ground import Ground
from landbalance.engine.job import versions
from landbalance.engine.neutrality import Sheet, run_balance, run_hierarchy, run_hotspots, run_projection
from landbalance.engine.neutrality_maps import draw_balance, draw_hierarchy, draw_plan, site_shapes
from landbalance.io.files import whole_folder
from landbalance.io.language import LANGUAGES, tongue
from landbalance.io.neutrality_pages import write_pages
from landbalance.io.neutrality_products import RunOrigin, write_neutrality
from landbalance.planning.outlook import Outlook
from landbalance.planning.problem import PlanProblem
from landbalance.planning.result import PlanResult
from landbalance.planning.scenario import Comparison, Scenario, ScenarioPolygon
from landbalance.planning.targets import TargetProgress
from landbalance.reporting.neutrality import balance_section, hierarchy_section, target_section
from landbalance.reporting.outlook import hotspot_section, outlook_section
from landbalance.reporting.plan_section import plan_section
from landbalance.reporting.scenario_section import scenario_section
from landbalance.reporting.section import Chapter, Section, subtitle
from landbalance.reporting.words import Tongue

REPORT = "report.html"
log = logging.getLogger(__name__)


def write_balance(
    ground: Ground,
    folder: Path,
    *,
    language: str = "en",
    target_year: int | None = None,
    for_pages: bool = False,
    progress: Progress | None = None,
) -> Sheet:
    """Write balance, response hierarchy and maps into a folder that appears whole; return the balance.

    With a target year, hotspots by domain and business as usual to it stand beside them.
    """
    with whole_folder(folder) as made:
        sheet = run_balance(ground, progress=progress)
        rows = run_hierarchy(ground, progress=progress)
        draw_balance(ground, sheet, made, progress=progress)
        looks = target_year is not None
        hotspots = run_hotspots(ground, progress=progress) if looks and ground.zones is not None else ()
        outlook = run_projection(ground, target_year, progress=progress) if target_year is not None else None

        def tell(words: Tongue) -> list[Section]:
            name = ground.workspace.title
            told = [balance_section(name, sheet.by_type, sheet.by_domain, words), hierarchy_section(rows, words)]
            told += [hotspot_section(hotspots, words)] if hotspots else []
            if outlook is not None and target_year is not None:
                told.append(outlook_section(outlook, target_year, _names(ground), ground.domains, words))
            return told

        _write(ground, made, "balance", tell, language, {}, for_pages=for_pages)
    return sheet


def write_hierarchy(
    ground: Ground, folder: Path, *, language: str = "en", progress: Progress | None = None
) -> tuple[HierarchyRow, ...]:
    """Write the response hierarchy and its map into a folder that appears whole; return its rows."""
    with whole_folder(folder) as made:
        rows = run_hierarchy(ground, progress=progress)
        draw_hierarchy(ground, made, progress=progress)
        _write(ground, made, "hierarchy", lambda words: [hierarchy_section(rows, words)], language, {})
    return rows


def write_outlook(ground: Ground, folder: Path, found: Outlook, year: int, *, language: str = "en") -> None:
    """Write projections into a folder that appears whole."""

    def tell(words: Tongue) -> list[Section]:
        return [outlook_section(found, year, _names(ground), ground.domains, words)]

    with whole_folder(folder) as made:
        _write(ground, made, "projection", tell, language, {"target_year": year})


def write_hotspots(ground: Ground, folder: Path, rows: Sequence[Hotspot], *, language: str = "en") -> None:
    """Write hotspots into a folder that appears whole."""
    with whole_folder(folder) as made:
        _write(ground, made, "hotspots", lambda words: [hotspot_section(rows, words)], language, {})


def write_scenario(
    ground: Ground,
    folder: Path,
    found: Scenario,
    against: Comparison,
    actions: Sequence[ScenarioPolygon],
    year: int,
    *,
    language: str = "en",
    for_pages: bool = False,
) -> None:
    """Write what drawn polygons bring into a folder that appears whole."""
    more = {"target_year": year, "actions": [asdict(each) for each in actions]}

    def tell(words: Tongue) -> list[Section]:
        return [scenario_section(found, year, words, against)]

    with whole_folder(folder) as made:
        _write(ground, made, "scenario", tell, language, more, for_pages=for_pages)


def write_targets(
    ground: Ground, folder: Path, rows: Sequence[tuple[str, TargetProgress]], *, language: str = "en"
) -> None:
    """Write the progress of targets into a folder that appears whole."""
    with whole_folder(folder) as made:
        _write(ground, made, "targets", lambda words: [target_section(rows, words)], language, {})


def write_plan(
    ground: Ground,
    folder: Path,
    found: PlanResult,
    *,
    language: str = "en",
    grid_km: float | None = None,
    for_pages: bool = False,
    progress: Progress | None = None,
) -> None:
    """Write a plan, its map and the balance it starts from into a folder that appears whole."""
    with whole_folder(folder) as made:
        sheet = run_balance(ground, progress=progress)
        rows = run_hierarchy(ground, progress=progress)
        draw_balance(ground, sheet, made, progress=progress)
        draw_plan(ground, found, made, progress=progress)

        def tell(words: Tongue) -> list[Section]:
            name = ground.workspace.title
            return [
                plan_section(found, _names(ground), ground.domains, words),
                balance_section(name, sheet.by_type, sheet.by_domain, words),
                hierarchy_section(rows, words),
            ]

        more = {"plan": _stated(found.problem)}
        _write(ground, made, "plan", tell, language, more, for_pages=for_pages, grid_km=grid_km)


def _names(ground: Ground) -> dict[int, str]:
    """Return the names of the land types by number."""
    return {each.number: each.name for each in ground.types.types}


def provenance_of(ground: Ground) -> dict[str, Any]:
    """Return where the numbers of an analysis come from."""
    manifest = ground.run.manifest
    return {
        "run": ground.run.id,
        "identity": manifest.identity,
        "profile": manifest.profile,
        "periods": [ground.first.name, ground.second.name],
        "years": [ground.first.last_year, ground.second.last_year],
        "land_types": {"name": ground.saved.name, "layers": list(ground.types.layers), "digest": ground.saved.digest},
        "domains": ground.zone_id or None,
        "inputs": list(manifest.inputs),
        "versions": versions(),
        "written": datetime.now(UTC).replace(microsecond=0).isoformat(),
    }


def _write(
    ground: Ground,
    folder: Path,
    name: str,
    tell: Callable[[Tongue], Sequence[Section]],
    language: str,
    more: Mapping[str, Any],
    *,
    for_pages: bool = False,
    grid_km: float | None = None,
) -> None:
    """Write the products of an analysis; with what the pages of the platform show, in every language, if wanted."""
    workspace, words = ground.workspace, tongue(language)
    years = f"{ground.first.last_year}–{ground.second.last_year}"
    chapter = Chapter(
        workspace.title, subtitle(years, words), tuple(tell(words)), workspace.is_invented, ground.warnings
    )
    shapes = ground.inputs.boundary.to("EPSG:4326").geometries
    country = {"features": [{"properties": {}, "geometry": shapely.geometry.mapping(shape)} for shape in shapes]}
    manifest = ground.run.manifest
    origin = RunOrigin(ground.run.id, manifest.profile, manifest.started)
    provenance = {**provenance_of(ground), **more}
    page = ground.run.folder / REPORT
    report = "" if for_pages or not page.is_file() else Path(os.path.relpath(page, folder)).as_posix()
    write_neutrality(
        chapter, folder, name=name, origin=origin, provenance=provenance, boundary=country, tongue=words, report=report
    )
    if for_pages:
        write_pages({each: tell(tongue(each)) for each in LANGUAGES}, folder, country, site_shapes(ground, grid_km))
    log.info("%s of run %s written", name, ground.run.id)


def _stated(problem: PlanProblem) -> dict[str, Any]:
    """Return what a plan was asked, for its provenance."""
    settings = {
        key: value for key, value in vars(problem.settings).items() if key not in ("borders", "rules", "horizon")
    }
    settings = {key: sorted(value) if isinstance(value, frozenset) else value for key, value in settings.items()}
    settings["local_costs"] = {
        f"{practice}, {number}": cost for (practice, number), cost in problem.settings.local_costs.items()
    }
    return {
        "settings": settings,
        "horizon": asdict(problem.settings.horizon),
        "rules": asdict(problem.settings.rules),
        "practices": [asdict(each) for each in problem.usable],
        "needs": [asdict(each) for each in problem.needs],
    }
