"""Progress of targets over a run: delivered action as stated, outcome as the maps show it."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
import shapely

from landbalance.accounting.hierarchy import does_not_fit
from landbalance.core.vocab import Response, Status
from landbalance.engine.columns import polygon_column
from landbalance.engine.ground import Ground, strata
from landbalance.engine.neutrality import degraded_share
from landbalance.io.target_claims import read_targets
from landbalance.io.vector import Polygons
from landbalance.planning.outlook import balance_of_types, projections
from landbalance.planning.targets import (
    LandTypeNet,
    Measurement,
    Overlap,
    TargetClaim,
    TargetProgress,
    expected_loss_km2,
    overlap,
    target_progress,
    target_rules,
)
from landbalance.planning.targets.overlap import pieces_of


@dataclass(frozen=True)
class ProgressRow:
    """One target: its title and how far it is."""

    title: str
    progress: TargetProgress


@dataclass(frozen=True)
class FileProgress:
    """Targets of a file: how far each is, how much land they share, and what a reader must know."""

    targets: tuple[ProgressRow, ...]
    overlap: Overlap
    notes: tuple[str, ...]


def progress_of_file(ground: Ground, file: Path) -> FileProgress:
    """Return how far the targets of a file are: action as the file states it, outcome as the run's maps show it.

    Raises
    ------
    InputError
        If the file cannot be read, or a target does not fit.
    """
    read = read_targets(file)
    year = ground.second.last_year
    areas = strata(ground)
    inside = _areas_inside(ground, {name: read.shapes[name] for name in read.shapes})
    rows, notes = [], []
    for form, claim in zip(read.forms, read.claims, strict=True):
        stated = form.measurement(year)
        measured = _measured(ground, claim, stated, areas if claim.scope == "national" else inside.get(claim.target_id))
        rows.append(ProgressRow(claim.title or claim.target_id, target_progress(claim, measured)))
        notes += _notes(claim, inside.get(claim.target_id))
    shared = overlap(read.claims, read.shapes)
    lost = [row.title for row in rows if row.progress.is_treated_not_improved]
    notes += [f"{title}: treated, but the map shows little improvement" for title in lost]
    return FileProgress(tuple(rows), shared, tuple(notes))


def _measured(ground: Ground, claim: TargetClaim, stated: Measurement, areas: pd.DataFrame | None) -> Measurement:
    """Return what is known of a target: what the file states, filled up from the maps."""
    if areas is None or not len(areas):
        return stated
    now = areas["period"]
    improved = float(areas.loc[now == Status.IMPROVED, "area_km2"].sum())
    found = replace(
        stated,
        outcome_km2=improved if stated.outcome_km2 is None and claim.scope != "national" else stated.outcome_km2,
    )
    if claim.target_type not in ("neutrality", "net_gain"):
        return found
    return replace(found, **neutrality_measures(ground, areas, is_national=claim.scope == "national"))


def neutrality_measures(ground: Ground, areas: pd.DataFrame, *, is_national: bool) -> dict[str, Any]:
    """Return the measures of neutrality: degraded land, what was to be expected, and the net of each land type.

    Parameters
    ----------
    areas : DataFrame
        As `strata` counts them.
    is_national : bool
        Whether they are the whole country: then periods between the two tell what business as usual was.

    Returns
    -------
    dict
        Fields of a `Measurement`; none where no land has a known condition in both periods.
    """
    sheet = balance_of_types(areas, ground.types.types)
    if not sheet.rows:
        return {}
    first, last = ground.first.last_year, ground.second.last_year
    usual = projections(areas, [], (first, last, last + 1))[0].projection
    between = [each for each in _headline_areas(ground) if first < each[0] < last] if is_national else []
    seen = [(first, usual.baseline_km2), *between, (last, usual.now_km2)]
    return {
        "degraded_km2": usual.now_km2,
        "baseline_degraded_km2": usual.baseline_km2,
        "expected_loss_km2": expected_loss_km2(seen),
        "nets": tuple(LandTypeNet(row.name, row.net_km2) for row in sheet.rows),
    }


def _headline_areas(ground: Ground) -> list[tuple[int, float]]:
    """Return year and degraded land of the nation of every period of the run that has it."""
    said = ground.run.summary
    known = {each["id"]: each["value"] for each in said["figures"]}
    years = {
        each["name"]: max(each[name][1] for name in ("land_cover", "soc", "productivity")) for each in said["periods"]
    }
    found = [(year, known.get(f"sdg.headline.area@{name}@nation/1")) for name, year in years.items()]
    return sorted((year, float(area)) for year, area in found if area is not None)


def _areas_inside(ground: Ground, shapes: dict[str, shapely.Geometry]) -> dict[str, pd.DataFrame]:
    """Return the counted areas inside each target; land that several share is in each of them."""
    if not shapes:
        return {}
    crs = ground.inputs.native.crs
    names = tuple(shapes)
    placed = Polygons(tuple(shapes.values()), names, names, "EPSG:4326").to(crs)
    atoms = pieces_of(dict(zip(names, placed.geometries, strict=True)), snap=0.0)
    numbers = tuple(str(number) for number in range(1, len(atoms) + 1))
    pieces = Polygons(tuple(geometry for _, geometry in atoms), numbers, numbers, crs)
    areas = strata(ground, extra={"atom": polygon_column(pieces)})
    return {
        name: areas[areas["atom"].isin([number for number, (ids, _) in enumerate(atoms, 1) if name in ids])]
        for name in names
    }


def _notes(claim: TargetClaim, areas: pd.DataFrame | None) -> list[str]:
    """Return a warning where the land of a target asks for another response than it names."""
    known = None if areas is None else areas[areas["response"] != int(Response.NODATA)]
    share = None if known is None else degraded_share(known)
    if share is None or not claim.main_response:
        return []
    if not does_not_fit(claim.main_response, share, limit=target_rules().response_mix):
        return []
    title = claim.title or claim.target_id
    return [f"{title} says {claim.main_response}, but {share:.0%} of its land is degraded"]
