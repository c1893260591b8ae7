"""What workers do for the platform beside assessments: each takes a task and returns a small answer."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import orjson

from landbalance.core.errors import InputError
from landbalance.core.progress import Progress
from landbalance.engine.ground import Ground, open_ground
from landbalance.engine.neutrality import Sheet, against_usual
from landbalance.engine.neutrality_files import write_balance, write_plan, write_scenario
from landbalance.engine.plan_question import PlanQuestion, answer_plan, plan_figures
from landbalance.engine.target_progress import neutrality_measures
from landbalance.io.files import write_bytes
from landbalance.io.practice_files import read_scenario
from landbalance.io.workspace import load_workspace
from landbalance.planning.needs import TypeOutcome
from landbalance.planning.practices import Practice, default_practices
from landbalance.planning.scenario import Comparison, Scenario

POLYGONS = "polygons.geojson"


def balance(task: Mapping[str, Any], told: Progress) -> dict[str, Any]:
    """Balance gains against losses of every land type, with maps, workbook and page.

    Options: "run" (its name), "types" and "domain" (names), "periods" (two names), "language"; with "to" (a year) also
    hotspots, and business as usual until then.
    """
    ground, folder, options = ground_of(task, told), Path(task["out"]), task["options"]
    sheet = write_balance(
        ground,
        folder,
        language=options.get("language", "en"),
        target_year=options.get("to"),
        for_pages="to" in options,
        progress=told,
    )
    found = sheet.by_domain or sheet.by_type
    return {
        "net_area_neutral": found.is_net_area_neutral,
        "like_for_like": found.is_like_for_like,
        **{"gains_km2": found.gains_km2, "losses_km2": found.losses_km2, "net_km2": found.net_km2},
        **{"need_km2": found.need_km2, "headline_change_km2": found.headline_change_km2},
        "failing_types": len({row.land_type for row in found.failing}),
        "types": len({row.land_type for row in found.rows}),
        "doubts": list(ground.warnings),
        "nation": _nation(ground, sheet),
        "products": files_in(folder),
    }


def plan(task: Mapping[str, Any], told: Progress) -> dict[str, Any]:
    """Find the plan that a person asked for, with its map, workbook and page.

    Options: as `balance`, and "plan": the fields of `PlanQuestion`, practices as objects, local costs as rows of
    practice, domain (its name) and cost.
    """
    ground, folder, options = ground_of(task, told), Path(task["out"]), task["options"]
    asked = question_of(options["plan"], ground.domains)
    found, doubts = answer_plan(ground, asked, progress=told)
    doubted = replace(ground, warnings=(*ground.warnings, *doubts))
    language, grid_km = options.get("language", "en"), asked.grid_km
    write_plan(doubted, folder, found, language=language, grid_km=grid_km, for_pages=True, progress=told)
    return {**plan_figures(found), "doubts": list(doubted.warnings), "products": files_in(folder)}


def scenario(task: Mapping[str, Any], told: Progress) -> dict[str, Any]:
    """Tell what drawn polygons bring by a target year.

    Options: as `balance`, and "polygons": a GeoJSON collection whose features say what is done in them.
    """
    ground, folder, options = ground_of(task, told), Path(task["out"]), task["options"]
    drawn, year = folder.with_name(POLYGONS), int(options["to"])
    write_bytes(drawn, orjson.dumps(options["polygons"]))
    polygons, actions = read_scenario(drawn, (ground.second.last_year + 1, year))
    found, against = against_usual(ground, polygons, actions, year, progress=told)
    write_scenario(
        ground, folder, found, against, actions, year, language=options.get("language", "en"), for_pages=True
    )
    drawn.rename(folder / POLYGONS)
    return {**scenario_figures(found, against), "doubts": list(ground.warnings), "products": files_in(folder)}


def _nation(ground: Ground, sheet: Sheet) -> dict[str, Any]:
    """Return what national targets of neutrality are judged by, by the same use case as targets of a file."""
    found = neutrality_measures(ground, sheet.areas, is_national=True)
    if not found:
        return {}
    nets = [[each.land_type, each.net_km2] for each in found.pop("nets")]
    return {**found, "nets": nets, "year": ground.second.last_year}


def question_of(asked: Mapping[str, Any], domains: Mapping[int, str]) -> PlanQuestion:
    """Return what a person asks the planner.

    Raises
    ------
    InputError
        If a local cost names no domain, or a practice cannot be.
    """
    numbers = {name: number for number, name in domains.items() if name}
    practices = tuple(Practice(**each) for each in asked.get("practices", ()))
    codes = {each.code for each in practices or default_practices()}
    costs = {}
    for practice, domain, cost in asked.get("local_costs", ()):
        if practice not in codes:
            known = ", ".join(sorted(codes))
            raise InputError(
                "a local cost names the practice {code!r}", code=practice, hint="use one of {known}", known=known
            )
        if domain not in numbers:
            known = ", ".join(list(numbers)[:8]) or "none: choose zones first"
            raise InputError("a local cost names {domain!r}", domain=domain, hint="use one of {known}", known=known)
        costs[str(practice), numbers[domain]] = float(cost)
    plain = {key: value for key, value in asked.items() if key not in ("practices", "local_costs", "excluded", "use")}
    return PlanQuestion(
        **plain,
        practices=practices,
        use=tuple(asked.get("use", ())),
        excluded=frozenset(asked.get("excluded", ())),
        local_costs=costs,
    )


def scenario_figures(found: Scenario, against: Comparison) -> dict[str, Any]:
    """Return the figures of a scenario: in all, by land type without and with it, and by polygon."""
    types = [
        {
            "name": each.need.name,
            **{"net_before_ha": TypeOutcome(each.need).net_ha, "net_ha": each.net_ha},
            **{"missing_before_ha": TypeOutcome(each.need).shortfall_ha, "missing_ha": each.shortfall_ha},
        }
        for each in found.outcomes
    ]
    return {
        "neutral": found.is_neutral,
        **{"reversed_ha": found.reversed_ha, "avoided_ha": found.avoided_ha, "missing_ha": found.shortfall_ha},
        "missing_before_ha": sum(each["missing_before_ha"] for each in types),
        "neutral_types": sum(each.is_neutral for each in found.outcomes),
        **{"baseline_ha": against.baseline_ha, "projected_ha": against.projected_ha},
        **{"scenario_ha": against.scenario_ha, "gap_closed": against.gap_closed},
        "types": types,
        "polygons": [asdict(each) for each in found.polygons],
    }


def ground_of(task: Mapping[str, Any], told: Progress) -> Ground:
    """Open the run a task is about."""
    options = task["options"]
    periods = options.get("periods")
    return open_ground(
        load_workspace(task["folder"]),
        run_id=options["run"],
        types=options.get("types", "default"),
        domain=options.get("domain", ""),
        periods=(periods[0], periods[1]) if periods else None,
        progress=told,
    )


def files_in(folder: Path) -> list[str]:
    """Return the names of the files below a folder, in order."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
