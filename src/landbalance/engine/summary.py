"""What a finished run says, in rows: for the nation, for its zones, or for any polygons given afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from landbalance.core.errors import InputError
from landbalance.core.periods import BASELINE, Period
from landbalance.core.vocab import Status
from landbalance.core.workspace import Workspace
from landbalance.engine.runs import Run
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


def nation_rows(run: Run) -> tuple[SummaryRow, ...]:
    """Return the nation's rows: every period, the indicator and its three layers."""
    said = run.summary
    book, country = book_of(said), said["run"]["country_name"]
    rows = (_row(book, name, NATION, country, layer) for name in _periods(said) for layer in STATUS_LAYERS)
    return tuple(row for row in rows if row)


def zone_rows(run: Run, group_id: str) -> tuple[SummaryRow, ...]:
    """Return the indicator's rows of a zone group of the run, what lies in no zone last.

    Raises
    ------
    InputError
        If the run has no such group.
    """
    said = run.summary
    groups = {group["id"]: group for group in said["zones"]}
    if group_id not in groups:
        raise InputError(
            "run {run} has no zones called {group}",
            run=run.id,
            group=group_id,
            hint="use one of {known}, or a file of polygons",
            known=", ".join(groups),
        )
    book = book_of(said)
    zones = {zone["number"]: zone["name"] for zone in groups[group_id]["zones"]}
    zones.setdefault(0, OUTSIDE)
    rows = [
        _row(book, period, f"{group_id}/{number}", name, "sdg")
        for period in _periods(said)
        for number, name in zones.items()
    ]
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


def book_of(said: Mapping[str, Any]) -> Book:
    """Return the figures of a summary."""
    names = {field.name for field in fields(Figure)}
    return Book(_figure({key: row[key] for key in row if key in names}) for row in said["figures"])


def periods_of(said: Mapping[str, Any]) -> tuple[Period, ...]:
    """Return the periods of a summary, the baseline first."""
    layers = ("land_cover", "soc", "productivity")
    return tuple(Period(row["name"], *((row[each][0], row[each][1]) for each in layers)) for row in said["periods"])


def headline_of(run: Run) -> tuple[str, ...]:
    """Return one sentence for each period."""
    said = run.summary
    book, country = book_of(said), said["run"]["country_name"]
    return tuple(f"{_sentence(book, country, period)}{_confidence(said, period['name'])}" for period in said["periods"])


def checks_of(run: Run) -> tuple[str, ...]:
    """Return how many closing checks passed, and each that did not."""
    checks = run.summary["checks"]
    passed = sum(check["outcome"] == "pass" for check in checks)
    doubts = [f"check {check['id']}: {check['sentence']}" for check in checks if check["outcome"] != "pass"]
    return (f"{passed} of {len(checks)} closing checks passed", *doubts)


def _sentence(book: Book, country: str, period: Mapping[str, Any]) -> str:
    """Return what the indicator is in one period, and how much land has no result."""
    name, year = period["name"], max(period[key][1] for key in ("land_cover", "soc", "productivity"))
    share = book.find("sdg.headline.share", name)
    if share is None or share.value is None:
        return f"{name}: how much land of {country} was degraded in {year} is unknown: no land has a result."
    area = book.amount("sdg.headline.area", name)
    stem = "sdg.assessment" if name == BASELINE else "sdg.status"
    unknown = book.value(f"{stem}.nodata.share.mapped_land", name)
    gap = f" {unknown:.1%} of the mapped land has no result." if unknown else ""
    land = "land" if share.denominator == "land_area" else "mapped land"
    return f"{name}: in {year}, {share.value:.2%} of the {land} of {country} was degraded ({area:,.1f} km2).{gap}"


def _confidence(said: Mapping[str, Any], period: str) -> str:
    """Return how sure the figure of a period is, where the run suggests it, unless it is beyond doubt."""
    found = (each for each in said.get("confidence", ()) if each["period"] == period and each["level"] != "high")
    return "".join(f" Confidence {each['level']}: {'; '.join(each['reasons'])}." for each in found)


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


def _periods(said: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of the periods."""
    return tuple(period["name"] for period in said["periods"])


def _book(said: Mapping[str, Any]) -> Book:
    """Return the figures of a summary."""
    names = {field.name for field in fields(Figure)}
    return Book(_figure({key: row[key] for key in row if key in names}) for row in said["figures"])


def _figure(row: Mapping[str, Any]) -> Figure:
    """Return a figure as it was written."""
    known: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    return Figure(**known)
