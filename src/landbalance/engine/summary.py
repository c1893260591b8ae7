"""What a finished run says, in rows: for the nation, for its zones, or for any polygons given afterwards."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from landbalance.core.errors import InputError
from landbalance.core.periods import BASELINE
from landbalance.core.vocab import Status
from landbalance.core.workspace import Workspace
from landbalance.engine.assess import Run
from landbalance.engine.zone_count import CLASSES, count_by_polygons
from landbalance.io.vector import Polygons
from landbalance.reporting.condition_figures import STATUS_LAYERS
from landbalance.reporting.record import NATION, Book, Figure
from landbalance.reporting.words import LAYER_NAMES, STATUS_KEYS

OUTSIDE = "outside"


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

    @property
    def land_km2(self) -> float:
        """Return the land of the zone, with and without a result."""
        return self.degraded_km2 + self.stable_km2 + self.improved_km2 + self.no_result_km2


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
    return tuple(row for row in rows if row and (row.zone != OUTSIDE or row.land_km2))


def polygon_rows(run: Run, workspace: Workspace, polygons: Polygons) -> tuple[SummaryRow, ...]:
    """Return the indicator's rows by any polygons: the run's maps counted again, partial cells weighted.

    What lies in no polygon is the last row of a period, where there is such land.

    Raises
    ------
    RuleError
        If polygons that do not overlap, and what lies outside them, do not sum to the map.
    """
    rows: list[SummaryRow] = []
    for period in workspace.periods:
        counted = count_by_polygons(run, workspace, period, polygons)
        rows += [_summed(period.name, name, areas) for name, areas in zip(polygons.names, counted, strict=False)]
        if any(counted[-1].values()):
            rows.append(_summed(period.name, OUTSIDE, counted[-1]))
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


def _summed(period: str, zone: str, areas: Mapping[Status, float]) -> SummaryRow:
    """Return one row from areas by class; shares are of the mapped land in the zone."""
    degraded, stable, improved, unknown = (areas[status] for status in CLASSES)
    land = sum(areas.values())
    share, coverage = (degraded / land, 1 - unknown / land) if land else (None, None)
    name = LAYER_NAMES["sdg"]
    return SummaryRow(period, zone, name, degraded, stable, improved, unknown, share, "mapped_land", coverage)


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
