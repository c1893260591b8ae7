"""What a finished run says, in rows: for the nation, for its zones, or for any polygons given afterwards."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import shapely

from landbalance.core.errors import InputError, RuleError
from landbalance.core.layers import Layer, Slice
from landbalance.core.periods import BASELINE
from landbalance.core.vocab import LandCondition, Status
from landbalance.engine.assess import Run
from landbalance.engine.zonal import zonal
from landbalance.io.raster import RasterReader
from landbalance.io.vector import Polygons, read_polygons
from landbalance.reporting.condition_figures import STATUS_LAYERS, STATUS_OF
from landbalance.reporting.record import NATION, Book, Figure
from landbalance.reporting.words import LAYER_NAMES, STATUS_KEYS

CLASSES = (Status.DEGRADED, Status.STABLE, Status.IMPROVED, Status.NODATA)
PLACE = {status: number for number, status in enumerate(CLASSES, start=1)}  # codes of zonal counts begin at 1
OUTSIDE = "outside"
EXACT = 1e-9  # relative, ruling 11


@dataclass(frozen=True)
class SummaryRow:
    """Areas of one layer in one period and zone [km2], and the degraded share of a named denominator [1].

    `coverage` is the assessed share of that denominator, None where every cell counts.
    """

    period: str
    zone: str
    layer: str
    degraded_km2: float
    stable_km2: float
    improved_km2: float
    no_result_km2: float
    degraded_share: float | None
    denominator: str
    coverage: float | None = None


def book_of(run: Run) -> Book:
    """Return the figures of a run."""
    names = {field.name for field in fields(Figure)}
    return Book(_figure({key: row[key] for key in row if key in names}) for row in run.summary["figures"])


def nation_rows(run: Run) -> tuple[SummaryRow, ...]:
    """Return the nation's rows: every period, the indicator and its three layers."""
    book = book_of(run)
    rows = (
        _row(book, period, NATION, run.summary["run"]["country_name"], layer)
        for period in _periods(run)
        for layer in STATUS_LAYERS
    )
    return tuple(row for row in rows if row)


def zone_rows(run: Run, group_id: str) -> tuple[SummaryRow, ...]:
    """Return the indicator's rows of a zone group of the run, what lies in no zone last.

    Raises
    ------
    InputError
        If the run has no such group.
    """
    groups = {group["id"]: group for group in run.summary["zones"]}
    if group_id not in groups:
        raise InputError(
            "run {run} has no zones called {group}",
            run=run.id,
            group=group_id,
            hint="use one of {known}, or a file of polygons",
            known=", ".join(groups),
        )
    book = book_of(run)
    zones = [(zone["number"], zone["name"]) for zone in groups[group_id]["zones"]]
    if not any(number == 0 for number, _ in zones):
        zones.append((0, OUTSIDE))
    rows = (
        _row(book, period, f"{group_id}/{number}", name, "sdg") for period in _periods(run) for number, name in zones
    )
    return tuple(row for row in rows if row)


def polygon_rows(run: Run, path: str | Path, name_field: str | None = None) -> tuple[SummaryRow, ...]:
    """Return the indicator's rows by any polygons: the run's maps counted again, partial cells weighted.

    What lies in no polygon is the last row of a period.

    Raises
    ------
    InputError
        If the polygons cannot be read.
    RuleError
        If polygons that do not overlap, and what lies outside them, do not sum to the map.
    """
    polygons = read_polygons(path, name_field=name_field)
    rows: list[SummaryRow] = []
    for period in _periods(run):
        counted = _counted(run, period, polygons)
        rows += [
            _summed(period, name, areas)
            for name, areas in zip((*polygons.names, OUTSIDE), counted, strict=True)
            if name != OUTSIDE or any(areas.values())
        ]
    return tuple(rows)


def headline_of(run: Run) -> tuple[str, ...]:
    """Return one sentence for each period."""
    book, country = book_of(run), run.summary["run"]["country_name"]
    lines = []
    for period in run.summary["periods"]:
        figure = book.find("sdg.headline.share", period["name"])
        year = max(period[key][1] for key in ("land_cover", "soc", "productivity"))
        if figure is None or figure.value is None:
            lines.append(f"{period['name']}: no land of {country} has a result for {year}.")
            continue
        area = book.amount("sdg.headline.area", period["name"])
        stem = "sdg.assessment" if period["name"] == BASELINE else "sdg.status"
        unknown = book.value(f"{stem}.nodata.share.mapped_land", period["name"])
        gap = f" {unknown:.1%} of the mapped land has no result." if unknown else ""
        of = "land" if figure.denominator == "land_area" else "mapped land"
        lines.append(
            f"{period['name']}: in {year}, {figure.value:.2%} of the {of} of {country} was degraded"
            f" ({area:,.1f} km2).{gap}"
        )
    return tuple(lines)


def checks_of(run: Run) -> tuple[str, ...]:
    """Return how many closing checks passed, and each that did not."""
    checks = run.summary["checks"]
    passed = sum(check["outcome"] == "pass" for check in checks)
    doubts = [f"check {check['id']}: {check['sentence']}" for check in checks if check["outcome"] != "pass"]
    return (f"{passed} of {len(checks)} closing checks passed", *doubts)


def _counted(run: Run, period: str, polygons: Polygons) -> list[dict[Status, float]]:
    """Return the areas by class of every polygon and of what lies outside them, checked to close."""
    key, nesting = (f"sdg.{period}", _own()) if period == BASELINE else (f"condition.sdg.{period}", _nested())
    areas: list[dict[Status, float]] = [dict.fromkeys(CLASSES, 0.0) for _ in range(len(polygons.geometries) + 1)]
    whole = dict.fromkeys(CLASSES, 0.0)
    for path in run.raster(key):
        layer = Layer("sdg", "class", "class", (Slice(str(path), 1),))
        grid = RasterReader(layer).grid
        placed = polygons.to(grid.crs)
        frame = shapely.box(*grid.bounds)
        rest = shapely.difference(frame, shapely.union_all(list(placed.geometries)))
        frames = Polygons(
            (*placed.geometries, rest, frame), ("",) * len(areas) + ("",), ("",) * (len(areas) + 1), grid.crs
        )
        for number, row in enumerate(zonal(layer, frames, lookup=nesting)):
            target = whole if number == len(areas) else areas[number]
            for status, place in PLACE.items():
                target[status] += row.classes_km2.get(place, 0.0)
    _check_closes(areas, whole, polygons)
    return areas


def _check_closes(areas: Iterable[Mapping[Status, float]], whole: Mapping[Status, float], polygons: Polygons) -> None:
    """Refuse zones that, with what lies outside them, do not sum to the map; overlapping zones never do."""
    parts = sum(shape.area for shape in polygons.geometries)
    if parts > shapely.union_all(list(polygons.geometries)).area * (1 + EXACT):
        return
    summed = {status: sum(part[status] for part in areas) for status in CLASSES}
    total = sum(whole.values())
    for status in CLASSES:
        if abs(summed[status] - whole[status]) > max(EXACT * total, EXACT):
            raise RuleError(
                "zones and what lies outside them hold {found} km2 {status}, the map holds {whole} km2",
                found=summed[status],
                status=STATUS_KEYS[status],
                whole=whole[status],
                hint="this is a fault of the program, not of the data: please report it with the run's manifest",
            )


def _own() -> dict[int, int]:
    """Return how the codes of a status map are counted."""
    return {int(status): place for status, place in PLACE.items() if status != Status.NODATA}


def _nested() -> dict[int, int]:
    """Return how the seven classes of a condition map are counted as three."""
    return {int(code): PLACE[Status(STATUS_OF[code])] for code in LandCondition if code != LandCondition.NODATA}


def _summed(period: str, zone: str, areas: Mapping[Status, float]) -> SummaryRow:
    """Return one row from areas by class; the share is of assessed land, since no denominator was counted."""
    degraded, stable, improved, unknown = (areas[status] for status in CLASSES)
    assessed = degraded + stable + improved
    share = degraded / assessed if assessed else None
    name = LAYER_NAMES["sdg"]
    return SummaryRow(period, zone, name, degraded, stable, improved, unknown, share, "assessed")


def _row(book: Book, period: str, zone: str, name: str, layer: str) -> SummaryRow | None:
    """Return one row from the figures of a run; None where the run has none."""
    stem = f"{layer}.assessment" if period == BASELINE else f"{layer}.status"
    areas = [book.value(f"{stem}.{STATUS_KEYS[status]}", period, zone) for status in CLASSES]
    if areas[0] is None:
        return None
    degraded, stable, improved, unknown = (area or 0.0 for area in areas)
    for denominator in ("land_area", "mapped_land"):
        share = book.value(f"{stem}.degraded.share.{denominator}", period, zone)
        if share is not None:
            break
    coverage = book.value(f"{stem}.coverage.{denominator}", period, zone)
    return SummaryRow(
        period, name, LAYER_NAMES[layer], degraded, stable, improved, unknown, share, denominator, coverage
    )


def _periods(run: Run) -> Iterator[str]:
    """Yield the names of the periods."""
    return (period["name"] for period in run.summary["periods"])


def _figure(row: dict[str, Any]) -> Figure:
    """Return a figure as it was written."""
    known: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    return Figure(**known)
