"""The analyses of neutrality over a finished run: balance, hierarchy, hotspots, projection, plan, scenario."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd
import shapely

from landbalance.accounting.balance import KNOWN, Balance, balance
from landbalance.accounting.hierarchy import HierarchyRow, hierarchy_rows
from landbalance.accounting.hotspots import Hotspot, rank_hotspots
from landbalance.core.errors import InputError
from landbalance.core.progress import Progress
from landbalance.core.vocab import Response, Status
from landbalance.engine.columns import class_column, fishnet_column
from landbalance.engine.ground import Ground, strata
from landbalance.engine.joint import Column
from landbalance.engine.known_counts import known_strata, strata_beside
from landbalance.io.vector import Polygons
from landbalance.planning.outlook import (
    HA_PER_KM2,
    Outlook,
    balance_of_types,
    land_for_plan,
    needs_of,
    projections,
)
from landbalance.planning.practices import Practice
from landbalance.planning.problem import RESERVED, PlanProblem, PlanSettings
from landbalance.planning.scenario import Comparison, Horizon, Scenario, ScenarioPolygon, compare, polygon_scenario
from landbalance.planning.targets.overlap import pieces_of

FOLDER = "neutrality"
RESERVE_ROLE = "pastoral_reserve"


@dataclass(frozen=True)
class Sheet:
    """The balance of a run: by land type, by land type and domain, and the counted areas both come from."""

    areas: pd.DataFrame
    by_type: Balance
    by_domain: Balance | None


def run_balance(ground: Ground, *, progress: Progress | None = None, threads: int | None = None) -> Sheet:
    """Return the balance by land type, and by domain where there are domains."""
    areas = known_strata(ground, progress=progress, threads=threads)
    by_type = balance_of_types(areas, ground.types.types)
    by_domain = balance(areas, ground.types.types, ground.domains) if ground.zones is not None else None
    return Sheet(areas, by_type, by_domain)


def run_hierarchy(ground: Ground, *, progress: Progress | None = None) -> tuple[HierarchyRow, ...]:
    """Return land by response in each domain."""
    areas = known_strata(ground, progress=progress)
    return hierarchy_rows(areas, "domain", {**ground.domains, 0: ground.domains[0] or ground.workspace.title})


def run_hotspots(
    ground: Ground, *, grid_km: float | None = None, least_km2: float = 0.0, progress: Progress | None = None
) -> tuple[Hotspot, ...]:
    """Rank domains, or squares of a fishnet, by the share of their known land that is degraded."""
    extra, places = {}, None
    if grid_km is not None:
        extra["square"], places = fishnet(ground, grid_km)
    areas = strata(ground, extra=extra, progress=progress) if extra else known_strata(ground, progress=progress)
    column = "square" if places else "domain"
    known = areas[areas["response"] != int(Response.NODATA)]
    land = known.groupby(column)["area_km2"].sum()
    bad = known[known["response"] == Response.REVERSE].groupby(column)["area_km2"].sum()
    names = ground.domains if places is None else {number: square_name(place) for number, place in places.items()}
    rows = [
        (names[number], area, float(bad.get(number, 0.0)))
        for number, area in zip(land.index.tolist(), land.tolist(), strict=True)
    ]
    return rank_hotspots(rows, least_km2=least_km2)


def run_projection(ground: Ground, target_year: int, *, progress: Progress | None = None) -> Outlook:
    """Project degraded land to a target year, all going on as before.

    Raises
    ------
    InputError
        If the target year comes before the last period.
    """
    areas, years = known_strata(ground, progress=progress), years_of(ground, target_year)
    typed = areas[areas["land_type"] > 0]
    return Outlook(
        projections(areas, [], years)[0],
        projections(areas, ["domain"], years) if ground.zones is not None else (),
        projections(typed, ["land_type"], years),
        projections(typed, ["land_type", "domain"], years) if ground.zones is not None else (),
    )


def yearly_loss(ground: Ground, *, progress: Progress | None = None) -> float:
    """Return the share of good land that degrades in a year, all going on as before."""
    return run_projection(ground, ground.second.last_year + 1, progress=progress).country.projection.risk


def plan_problem(
    ground: Ground,
    practices: Sequence[Practice],
    settings: PlanSettings,
    *,
    grid_km: float | None = None,
    progress: Progress | None = None,
) -> PlanProblem:
    """Return what the planner is asked: land that can be treated, its risks, and the needs of each land type.

    Sites are the planning domains, or the squares of a fishnet; then borders between squares are known. Land in the
    layer of pastoral routes and reserves is told apart, where the settings keep it.
    """
    years = years_of(ground, settings.horizon.target_year)
    extra, places = {}, None
    if grid_km is not None:
        extra["square"], places = fishnet(ground, grid_km)
    reserve = ground.workspace.layer(RESERVE_ROLE) if settings.keeps_reserves else None
    if reserve is not None:
        extra[RESERVED] = class_column(reserve)
    if extra:
        areas = strata(ground, extra=extra, with_people=True, progress=progress)
    else:
        areas = known_strata(ground, with_people=True, progress=progress)
    if places is not None:
        names = {number: square_name(place) for number, place in places.items()}
        areas = areas.assign(site=areas["square"].map(names))
        settings = replace(settings, borders=_borders(places, grid_km or 0.0, set(areas["site"])))
    elif ground.zones is not None:
        areas = areas.assign(site=areas["domain"].map(ground.domains))
    if ground.has_probability:
        areas = areas.assign(risk=(areas["risk"] - 1).clip(0) / 100.0)
    if reserve is not None:
        areas = areas.assign(**{RESERVED: areas[RESERVED] > 1})  # a column of codes is shifted: 1 is code 0, outside
    land = land_for_plan(areas, years)
    needs = needs_of(areas, land, ground.types.types, years)
    return PlanProblem(land, tuple(practices), needs, ground.domains, settings)


def run_scenario(
    ground: Ground,
    polygons: Polygons,
    actions: Sequence[ScenarioPolygon],
    target_year: int,
    *,
    progress: Progress | None = None,
) -> Scenario:
    """Return what drawn polygons bring by a target year; overlaps count once, by the greater effect.

    Raises
    ------
    InputError
        If a polygon lies outside the country.
    """
    crs = ground.inputs.native.crs
    shapes = dict(zip((each.id for each in actions), polygons.to(crs).geometries, strict=True))
    country = shapely.union_all(list(ground.inputs.boundary.geometries))
    for name, shape in shapes.items():
        if not shape.intersects(country):
            hint = "check its reference system, or draw it inside"
            raise InputError("polygon {id} lies outside the country", id=name, hint=hint)
    atoms = pieces_of(shapes, snap=0.0)
    covering = {number: ids for number, (ids, _) in enumerate(atoms, 1)}
    names = tuple(str(number) for number in covering)
    pieces = Polygons(tuple(geometry for _, geometry in atoms), names, names, crs)
    areas = strata_beside(ground, pieces, progress=progress)
    years = years_of(ground, target_year)
    land = land_for_plan(areas.assign(site=areas["atom"].astype(str)), years)
    needs = needs_of(areas, land, ground.types.types, years)
    treated = land.assign(atom=land["site"].astype(int))
    return polygon_scenario(treated, covering, actions, needs, Horizon(years[1], target_year))


def against_usual(
    ground: Ground,
    polygons: Polygons,
    actions: Sequence[ScenarioPolygon],
    target_year: int,
    *,
    progress: Progress | None = None,
) -> tuple[Scenario, Comparison]:
    """Return what drawn polygons bring by a target year, and how it stands against business as usual."""
    found = run_scenario(ground, polygons, actions, target_year, progress=progress)
    usual = run_projection(ground, target_year, progress=progress).country.projection
    return found, compare(usual.baseline_km2 * HA_PER_KM2, usual.projected_km2 * HA_PER_KM2, found)


def years_of(ground: Ground, target_year: int) -> tuple[int, int, int]:
    """Return the years in which the two periods hold, and the target year.

    Raises
    ------
    InputError
        If the target year is not after the last period.
    """
    years = ground.first.last_year, ground.second.last_year
    if target_year <= years[1]:
        raise InputError(
            "the target year is {target}, the last period is of {now}",
            target=target_year,
            now=years[1],
            hint="give a target year after the last period",
        )
    return (*years, target_year)


def square_name(place: tuple[int, int]) -> str:
    """Return what a square of a fishnet is called.

    Examples
    --------
    >>> square_name((0, 11))
    'R001C012'
    """
    return f"R{place[0] + 1:03d}C{place[1] + 1:03d}"


def fishnet(ground: Ground, grid_km: float) -> tuple[Column, Mapping[int, tuple[int, int]]]:
    """Return the fishnet of an area in one piece.

    Raises
    ------
    InputError
        If the side is no length, or the country crosses 180 degrees.
    """
    if not grid_km > 0:
        raise InputError("squares of {side} km are none", side=grid_km, hint="give a length over 0")
    if len(ground.inputs.area.pieces) > 1:
        hint = "use zones instead"
        raise InputError("a fishnet cannot be laid over a country that crosses 180 degrees", hint=hint)
    return fishnet_column(ground.inputs.area.pieces[0], grid_km)


def _borders(places: Mapping[int, tuple[int, int]], side_km: float, sites: set[str]) -> dict[tuple[str, str], float]:
    """Return the borders between neighbouring squares that hold land."""
    found = {}
    for row, column in places.values():
        here = square_name((row, column))
        for near in ((row + 1, column), (row, column + 1)):
            if here in sites and square_name(near) in sites:
                found[here, square_name(near)] = side_km
    return found


def degraded_share(areas: pd.DataFrame) -> float | None:
    """Return the share [1] of known land that is degraded in the second period, None where nothing is known."""
    known = areas[areas["baseline"].isin(KNOWN) & areas["period"].isin(KNOWN)]
    whole = float(known["area_km2"].sum())
    bad = (known["period"] == Status.DEGRADED) | (known["response"] == Response.REVERSE)
    return float(known.loc[bad, "area_km2"].sum()) / whole if whole else None
