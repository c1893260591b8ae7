"""Degraded, stable and improved land by layer, period and zone; the status against the baseline, and the change."""

from collections.abc import Iterator, Mapping

from landbalance.core.crosstab import Crosstab
from landbalance.core.vocab import LandCondition, Status
from landbalance.reporting.counting_desk import ASSESSED, Desk, Place, by_class, nearest_year, pairs, ratio, stated
from landbalance.reporting.record import Figure, Stamp
from landbalance.reporting.words import CONDITION_NAMES, STATUS_KEYS, STATUS_NAMES, layer_name

SUB_LAYERS = ("productivity", "land_cover", "soc")
STATUS_LAYERS = ("sdg", *SUB_LAYERS)
METHODS = {
    "sdg": "one-out-all-out",
    "sdg_raw": "one-out-all-out",
    "sdg_national": "one-out-all-out",
    "productivity": "productivity-status",
    "land_cover": "land-cover-status",
    "soc": "soc-status",
}
D, S, U = Status.DEGRADED, Status.STABLE, Status.IMPROVED
CLASS_OF = {
    (D, D): LandCondition.PERSISTENT_DEGRADATION,
    (S, D): LandCondition.RECENT_DEGRADATION,
    (U, D): LandCondition.RECENT_DEGRADATION,
    (D, S): LandCondition.BASELINE_DEGRADATION,
    (S, S): LandCondition.STABILITY,
    (U, S): LandCondition.BASELINE_IMPROVEMENT,
    (D, U): LandCondition.RECENT_IMPROVEMENT,
    (S, U): LandCondition.RECENT_IMPROVEMENT,
    (U, U): LandCondition.PERSISTENT_IMPROVEMENT,
}
STATUS_OF = {LandCondition.NODATA: Status.NODATA} | {
    condition: D
    if condition <= LandCondition.BASELINE_DEGRADATION
    else S
    if condition == LandCondition.STABILITY
    else U
    for condition in LandCondition
    if condition != LandCondition.NODATA
}


def condition_figures(desk: Desk) -> Iterator[Figure]:
    """Yield the areas and shares of every layer's assessment and status, and the change against the baseline."""
    for place in desk.places():
        for layer in (*STATUS_LAYERS, "sdg_raw", "sdg_national", *(f"national.{name}" for name in desk.facts.national)):
            yield from _assessment(desk, place, layer)
        if not place.period.is_baseline:
            for layer in STATUS_LAYERS:
                yield from _status(desk, place, layer)
        yield from _headline(desk, place)


def assessment_table(desk: Desk, place: Place, layer: str) -> tuple[Crosstab, str] | None:
    """Return the table of a layer's period assessment and the name of its class axis."""
    where = f"{place.period.name}.{place.group.id}"
    name, axis = (f"components.{where}", layer) if layer in SUB_LAYERS else (f"{layer}.{where}", "sdg")
    table = desk.table(name)
    if table is None:
        return None
    return table, "status" if layer.startswith("national.") else axis


def condition_areas(table: Crosstab, number: int, *, land: bool) -> dict[LandCondition, float]:
    """Return the areas of the seven classes and no data from a table of baseline by period."""
    areas = dict.fromkeys(LandCondition, 0.0)
    for (before, now), area in pairs(table, "baseline", "period", number, land=land).items():
        areas[CLASS_OF.get((Status(before), Status(now)), LandCondition.NODATA)] += area
    return areas


def _assessment(desk: Desk, place: Place, layer: str) -> Iterator[Figure]:
    """Yield the areas and shares of a layer within one period."""
    found = assessment_table(desk, place, layer)
    if found is None:
        return
    table, axis = found
    on_land, everywhere = (by_class(table, axis, place.number, land=land) for land in (True, False))
    yield from _areas(desk, place, f"{layer}.assessment", layer, (on_land, everywhere), table.name)


def _status(desk: Desk, place: Place, layer: str) -> Iterator[Figure]:
    """Yield the status of a layer against the baseline: three classes, seven classes and the change."""
    table = desk.table(f"status.{layer}.{place.period.name}.{place.group.id}")
    if table is None:
        return
    seven = condition_areas(table, place.number, land=True)
    seven_all = condition_areas(table, place.number, land=False)
    yield from _areas(desk, place, f"{layer}.status", layer, (_three(seven), _three(seven_all)), table.name)
    stamp = desk.stamp(place, layer, "land-condition-status", table.name, with_baseline=True)
    for condition, area in stated(seven).items():
        label = f"{layer_name(layer, desk.translate)}: {desk.translate(CONDITION_NAMES[condition])}"
        yield stamp.figure(f"{layer}.condition.{condition.name.lower()}", label, area, "km2", mask="land")
    if place.is_nation:
        yield from _matrix(desk, layer, table, stamp)
    yield from _change(desk, place, layer, table, stamp)


def _matrix(desk: Desk, layer: str, table: Crosstab, stamp: Stamp) -> Iterator[Figure]:
    """Yield the cells of the status matrix: baseline class by period class, no data included."""
    cells = pairs(table, "baseline", "period", 1, land=True)
    for (before, now), area in stated(cells, [key for key in cells if key not in CLASS_OF]).items():
        first, last = Status(before), Status(now)
        label = f"{desk.translate(STATUS_NAMES[first])} → {desk.translate(STATUS_NAMES[last])}"
        measure = f"{layer}.matrix.{STATUS_KEYS[first]}.{STATUS_KEYS[last]}"
        yield stamp.figure(measure, f"{layer_name(layer, desk.translate)}: {label}", area, "km2", mask="land")


def _three(seven: dict[LandCondition, float]) -> dict[int, float]:
    """Return the three status classes and no data from the seven."""
    areas: dict[int, float] = {int(code): 0.0 for code in (*ASSESSED, Status.NODATA)}
    for condition, area in seven.items():
        areas[STATUS_OF[condition]] += area
    return areas


def _areas(
    desk: Desk, place: Place, stem: str, layer: str, areas: tuple[dict[int, float], dict[int, float]], table: str
) -> Iterator[Figure]:
    """Yield class areas on land and everywhere, water, shares of degraded land and coverage."""
    on_land, everywhere = areas
    name = layer_name(layer, desk.translate)
    method = METHODS.get(layer, layer.removeprefix("national."))
    stamp = desk.stamp(place, layer, method, table, with_baseline=stem.endswith(".status"))
    on_all = stated(everywhere)
    for code, area in stated(on_land).items():
        label = f"{name}: {desk.translate(STATUS_NAMES[Status(code)])}"
        key = STATUS_KEYS[Status(code)]
        yield stamp.figure(f"{stem}.{key}", label, area, "km2", mask="land")
        if place.is_nation:
            yield stamp.figure(f"{stem}.area.{key}", label, on_all[code], "km2", mask="area")
    land, whole = sum(on_land.values()), sum(everywhere.values())
    assessed = sum(on_land[code] for code in ASSESSED)
    label = desk.translate("Assessed land")
    yield stamp.figure(f"{stem}.assessed", f"{name}: {label}", assessed, "km2", mask="land")
    wholes = {"mapped_land": land, "assessed": assessed} | _official(desk, place)
    yield from _shares(desk, stamp, (stem, name), on_land, wholes)
    if place.is_nation and layer == "land_cover":
        official = _official(desk, place)["land_area"]
        country = {"mapped_area": whole, "country_area": None if official is None else official + whole - land}
        yield from _shares(desk, stamp, (stem, name), everywhere, country)
    covered = desk.translate("Coverage")
    for denominator in (key for key in wholes if key != "assessed"):
        measure, label = f"{stem}.coverage.{denominator}", f"{name}: {covered}"
        value = ratio(assessed, wholes[denominator])
        yield stamp.figure(measure, label, value, "1", mask="land", denominator=denominator)


def _shares(
    desk: Desk, stamp: Stamp, names: tuple[str, str], areas: dict[int, float], wholes: dict[str, float | None]
) -> Iterator[Figure]:
    """Yield the share of every class, and for assessed land the share of the degraded alone."""
    stem, name = names
    for denominator, size in wholes.items():
        mask = (
            denominator
            if denominator == "assessed"
            else "land"
            if denominator in {"mapped_land", "land_area"}
            else "area"
        )
        for code, area in stated(areas).items():
            if denominator == "assessed" and code != D:
                continue
            label = f"{name}: {desk.translate(STATUS_NAMES[Status(code)])}"
            measure = f"{stem}.{STATUS_KEYS[Status(code)]}.share.{denominator}"
            yield stamp.figure(measure, label, ratio(area, size), "1", mask=mask, denominator=denominator)


def _change(desk: Desk, place: Place, layer: str, table: Crosstab, stamp: Stamp) -> Iterator[Figure]:
    """Yield the change in degraded land on the common mask, and what the two masks do not share (methods 4.4)."""
    cells = pairs(table, "baseline", "period", place.number, land=True)
    both = {key: area for key, area in cells.items() if key[0] in ASSESSED and key[1] in ASSESSED}
    newly = sum(area for (before, now), area in both.items() if now == D and before != D)
    healed = both.get((D, U), 0.0)
    first = sum(area for (before, _), area in both.items() if before == D)
    lost = {code: sum(a for (b, n), a in cells.items() if b == code and n not in ASSESSED) for code in ASSESSED}
    gained = {code: sum(a for (b, n), a in cells.items() if n == code and b not in ASSESSED) for code in ASSESSED}
    amounts = {
        "common": (sum(both.values()), desk.translate("Land assessed in both periods")),
        "baseline_degraded": (first, desk.translate("Degraded in the baseline, on the common mask")),
        "newly_degraded": (newly, desk.translate("Not degraded in the baseline, degraded since")),
        "recovered": (healed, desk.translate("Degraded in the baseline, improved since")),
        "net": (newly - healed, desk.translate("Change in degraded land on the common mask")),
        "only_baseline": (sum(lost.values()), desk.translate("Assessed in the baseline alone")),
        "only_baseline_degraded": (lost[D], desk.translate("Degraded and assessed in the baseline alone")),
        "only_period": (sum(gained.values()), desk.translate("Assessed in the reporting period alone")),
        "only_period_degraded": (gained[D], desk.translate("Degraded and assessed in the reporting period alone")),
    }
    unknown = () if both_known(both, cells) else ("baseline_degraded", "newly_degraded", "recovered", "net")
    for key, (area, label) in amounts.items():
        label = f"{layer_name(layer, desk.translate)}: {label}"
        yield stamp.figure(f"{layer}.change.{key}", label, None if key in unknown else area, "km2", mask="common")


def both_known(both: Mapping[tuple[int, int], float], cells: Mapping[tuple[int, int], float]) -> bool:
    """Return whether a change may be stated: some land is assessed in both periods, or there is no land at all."""
    return any(both.values()) or not any(cells.values())


def _headline(desk: Desk, place: Place) -> Iterator[Figure]:
    """Yield the indicator: degraded land, its official share, its share with a named denominator, the change."""
    now = headline(desk, place)
    if now is None:
        return
    area, land, table = now
    stamp = desk.stamp(place, "sdg", "sdg-15-3-1", table, with_baseline=not place.period.is_baseline)
    official = _official(desk, place).get("land_area")
    size, denominator = (official, "land_area") if official else (land, "mapped_land")
    share = desk.translate("Share of land that is degraded")
    yield stamp.figure("sdg.headline.area", desk.translate("Degraded land"), area, "km2", mask="land")
    value = ratio(area, official)
    yield stamp.figure("sdg.headline.official", share, value, "1", mask="land", denominator="land_area")
    value = ratio(area, size)
    yield stamp.figure("sdg.headline.share", share, value, "1", mask="land", denominator=denominator)
    label = desk.translate("Land the share is taken of")
    yield stamp.figure("sdg.headline.land", label, size, "km2", mask="land", denominator=denominator)
    if not place.period.is_baseline:
        yield from _movement(desk, place, stamp, (area, value, denominator))


def _movement(desk: Desk, place: Place, stamp: Stamp, now: tuple[float | None, float | None, str]) -> Iterator[Figure]:
    """Yield the change of the indicator since the baseline, in km2 and in points of the same denominator."""
    area, share, denominator = now
    first = Place(next(period for period in desk.facts.periods if period.is_baseline), place.group, place.number)
    before = headline(desk, first)
    if before is None:
        return
    size = _official(desk, first).get("land_area") if denominator == "land_area" else before[1]
    old = ratio(before[0], size)
    label = desk.translate("Change in degraded land since the baseline")
    change = None if area is None or before[0] is None else area - before[0]
    yield stamp.figure("sdg.headline.change", label, change, "km2", mask="land")
    points = None if share is None or old is None else share - old
    label = desk.translate("Change in the degraded share since the baseline")
    yield stamp.figure("sdg.headline.points", label, points, "1", mask="land", denominator=denominator)


def headline(desk: Desk, place: Place) -> tuple[float | None, float, str] | None:
    """Return degraded land, mapped land and the table behind them: the status, or the baseline's own assessment.

    Degraded land is None where no land has a result: unknown is not zero.
    """
    where = f"{place.period.name}.{place.group.id}"
    if place.period.is_baseline:
        table = desk.table(f"sdg.{where}")
        areas = None if table is None else by_class(table, "sdg", place.number, land=True)
    else:
        table = desk.table(f"status.sdg.{where}")
        areas = None if table is None else _three(condition_areas(table, place.number, land=True))
    if table is None or areas is None:
        return None
    return stated(areas)[D], sum(areas.values()), table.name


def _official(desk: Desk, place: Place) -> dict[str, float | None]:
    """Return the land area of the country profile for the year a period reports on; nothing for a part of it."""
    if not place.is_nation:
        return {}
    return {"land_area": official_land(desk, place)}


def official_land(desk: Desk, place: Place) -> float | None:
    """Return the land area of the country profile for the year a period reports on; None without a profile."""
    year = nearest_year(place.period.last_year, desk.facts.land_area_km2)
    return None if year is None else float(desk.facts.land_area_km2[year])
