"""What the analyses of neutrality write: folders that appear whole, with workbook, tables, maps and a page."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from landbalance.accounting.hierarchy import HierarchyRow
from landbalance.accounting.hotspots import Hotspot
from landbalance.core.progress import Progress
from landbalance.core.types import Array
from landbalance.core.vocab import NODATA
from landbalance.engine.ground import Ground, strata
from landbalance.engine.job import versions
from landbalance.engine.joint import Drawn
from landbalance.engine.neutrality import Sheet, run_balance, run_hierarchy
from landbalance.io.files import whole_folder
from landbalance.io.language import tongue
from landbalance.io.neutrality_products import RunOrigin, write_neutrality
from landbalance.planning.outlook import Outlook
from landbalance.planning.problem import PlanProblem
from landbalance.planning.result import PlanResult
from landbalance.planning.scenario import Scenario, ScenarioPolygon
from landbalance.planning.targets import TargetProgress
from landbalance.reporting.neutrality import balance_section, hierarchy_section, target_section
from landbalance.reporting.outlook import hotspot_section, outlook_section, scenario_section
from landbalance.reporting.plan_section import plan_section
from landbalance.reporting.section import Chapter, Section, subtitle
from landbalance.reporting.words import Tongue

log = logging.getLogger(__name__)


def write_balance(ground: Ground, folder: Path, *, language: str = "en", progress: Progress | None = None) -> Sheet:
    """Write balance, response hierarchy and maps into a folder that appears whole; return the balance."""
    words = tongue(language)
    with whole_folder(folder) as made:
        sheet = run_balance(ground, made, progress=progress)
        rows = run_hierarchy(ground, made, progress=progress)
        name = ground.workspace.title
        sections = (balance_section(name, sheet.by_type, sheet.by_domain, words), hierarchy_section(rows, words))
        _write(ground, made, "balance", sections, words, {})
    return sheet


def write_hierarchy(
    ground: Ground, folder: Path, *, language: str = "en", progress: Progress | None = None
) -> tuple[HierarchyRow, ...]:
    """Write the response hierarchy and its map into a folder that appears whole; return its rows."""
    words = tongue(language)
    with whole_folder(folder) as made:
        rows = run_hierarchy(ground, made, progress=progress)
        _write(ground, made, "hierarchy", (hierarchy_section(rows, words),), words, {})
    return rows


def write_outlook(ground: Ground, folder: Path, found: Outlook, year: int, *, language: str = "en") -> None:
    """Write projections into a folder that appears whole."""
    words = tongue(language)
    section = outlook_section(found, year, _names(ground), ground.domains, words)
    with whole_folder(folder) as made:
        _write(ground, made, "projection", (section,), words, {"target_year": year})


def write_hotspots(ground: Ground, folder: Path, rows: Sequence[Hotspot], *, language: str = "en") -> None:
    """Write hotspots into a folder that appears whole."""
    words = tongue(language)
    with whole_folder(folder) as made:
        _write(ground, made, "hotspots", (hotspot_section(rows, words),), words, {})


def write_scenario(
    ground: Ground,
    folder: Path,
    found: Scenario,
    actions: Sequence[ScenarioPolygon],
    year: int,
    *,
    language: str = "en",
) -> None:
    """Write what drawn polygons bring into a folder that appears whole."""
    words = tongue(language)
    more = {"target_year": year, "actions": [asdict(each) for each in actions]}
    with whole_folder(folder) as made:
        _write(ground, made, "scenario", (scenario_section(found, year, words),), words, more)


def write_targets(
    ground: Ground, folder: Path, rows: Sequence[tuple[str, TargetProgress]], *, language: str = "en"
) -> None:
    """Write the progress of targets into a folder that appears whole."""
    words = tongue(language)
    with whole_folder(folder) as made:
        _write(ground, made, "targets", (target_section(rows, words),), words, {})


def write_plan(
    ground: Ground, folder: Path, found: PlanResult, *, language: str = "en", progress: Progress | None = None
) -> None:
    """Write a plan, its map and the balance it starts from into a folder that appears whole."""
    words, name = tongue(language), ground.workspace.title
    with whole_folder(folder) as made:
        sheet = run_balance(ground, made, progress=progress)
        rows = run_hierarchy(ground, made, progress=progress)
        _draw_plan(ground, found, made, progress)
        sections = (
            plan_section(found, _names(ground), ground.domains, words),
            balance_section(name, sheet.by_type, sheet.by_domain, words),
            hierarchy_section(rows, words),
        )
        _write(ground, made, "plan", sections, words, {"plan": _stated(found.problem)})


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
    ground: Ground, folder: Path, name: str, sections: Sequence[Section], words: Tongue, more: Mapping[str, Any]
) -> None:
    """Write the products of an analysis."""
    workspace = ground.workspace
    years = f"{ground.first.last_year}–{ground.second.last_year}"
    chapter = Chapter(
        workspace.title,
        subtitle(years, words),
        tuple(sections),
        workspace.is_invented,
        ground.warnings,
    )
    boundary = {
        "features": [
            {"properties": {}, "geometry": shapely.geometry.mapping(shape)}
            for shape in ground.inputs.boundary.to("EPSG:4326").geometries
        ]
    }
    manifest = ground.run.manifest
    origin = RunOrigin(ground.run.id, manifest.profile, manifest.started)
    provenance = {**provenance_of(ground), **more}
    write_neutrality(chapter, folder, name=name, origin=origin, provenance=provenance, boundary=boundary, tongue=words)
    log.info("%s of run %s written", name, ground.run.id)


def _draw_plan(ground: Ground, found: PlanResult, folder: Path, progress: Progress | None) -> None:
    """Write the share of each cell's kind of land that the plan treats, in per cent: land type, domain and response."""
    land = found.problem.land
    whole = land.groupby(["land_type", "domain", "response"])["area_ha"].sum()
    treated = found.plan.treated().groupby(["land_type", "domain", "response"])["area_ha"].sum()
    kinds, domains = len(ground.types.types) + 1, max(ground.domains) + 1
    table = np.zeros((kinds, domains, 4), dtype=np.int8)
    shares = (treated / whole).dropna().clip(upper=1.0)
    places = np.array(shares.index.tolist(), dtype=int).reshape(-1, 3)
    table[places[:, 0], places[:, 1], places[:, 2]] = np.rint(shares.to_numpy() * 100)

    def share(columns: Mapping[str, Array]) -> Array:
        domain = columns.get("domain", np.zeros_like(columns["response"]))
        found_ = table[np.maximum(columns["land_type"], 0), domain, columns["response"]]
        return np.where((columns["response"] > 0) & (columns["land_type"] > 0), found_, NODATA)

    strata(ground, drawn={"treated_share": Drawn("int8", share)}, folder=folder, progress=progress)


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
