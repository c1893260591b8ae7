"""Land cover by year, its transitions, land productivity classes, and soil organic carbon by class and year."""

from collections.abc import Iterator

from landbalance.core.crosstab import Crosstab
from landbalance.core.legends import Legend
from landbalance.core.vocab import NODATA, LandCover, Lpd
from landbalance.reporting.counting_desk import Desk, Place, by_class, pairs, ratio
from landbalance.reporting.facts import ZoneGroup
from landbalance.reporting.record import NATION, Figure, Stamp
from landbalance.reporting.words import LPD_NAMES

HECTARES = 100.0  # in a km2


def cover_figures(desk: Desk) -> Iterator[Figure]:
    """Yield land cover areas, changes and transitions, productivity classes and soil organic carbon."""
    for group in desk.facts.groups:
        for number in zone_numbers(group):
            zone = f"{group.id}/{number}"
            for year in desk.facts.land_cover_years:
                yield from _extent(desk, f"{year}.{group.id}", zone, number)
            for year in desk.facts.soc_years:
                yield from _stocks(desk, f"{year}.{group.id}", zone, number)
    for place in desk.places():
        yield from _transitions(desk, place)
        yield from _dynamics(desk, place)
        if place.is_nation:
            yield from _dynamics_by_cover(desk, place)


def class_names(desk: Desk) -> dict[int, str]:
    """Return the land cover classes of a run by position, with no data last."""
    names = {place: desk.translate(row.name) for place, row in enumerate(desk.facts.legend.classes, start=1)}
    return names | {NODATA: desk.translate("No data")}


def zone_numbers(group: ZoneGroup) -> list[int]:
    """Return the zones of a group, with 0 for what lies in none of them."""
    return ([] if group.id == "nation" else [0]) + [zone.number for zone in group.zones]


def class_key(code: int) -> str:
    """Return a class position as figures write it."""
    return "nodata" if code == NODATA else str(code)


def _extent(desk: Desk, where: str, zone: str, number: int) -> Iterator[Figure]:
    """Yield the area of each land cover class in one year."""
    table = desk.table(f"land_cover.{where}")
    if table is None:
        return
    stamp = Stamp(where.split(".")[0], zone, "land-cover", (), (table.name,))
    names = class_names(desk)
    line = _line(table, number)
    for code, area in line.items():
        yield stamp.figure(f"land_cover.class.{class_key(code)}", names.get(code, str(code)), area, "km2", mask="area")
    if zone != NATION:
        return
    whole = sum(line.values())
    wet = sum(line.get(place, 0.0) for place in water_classes(desk.facts.legend))
    profile = desk.facts.land_area_km2.get(int(stamp.period))
    land = whole - wet if profile is None else profile
    yield stamp.figure("country.land", desk.translate("Land area"), land, "km2", mask="land")
    yield stamp.figure("country.water", desk.translate("Water bodies"), wet, "km2", mask="area")
    yield stamp.figure("country.area", desk.translate("Country area"), land + wet, "km2", mask="area")


def water_classes(legend: Legend) -> tuple[int, ...]:
    """Return the positions of the classes whose UNCCD parent is water."""
    return tuple(place for place, row in enumerate(legend.classes, start=1) if row.unccd == LandCover.WATER)


def _stocks(desk: Desk, where: str, zone: str, number: int) -> Iterator[Figure]:
    """Yield tonnes, area and mean stock of soil organic carbon by class and in all, in one year."""
    mass, area = desk.table(f"soc_mass.{where}"), desk.table(f"soc_area.{where}")
    if mass is None or area is None:
        return
    stamp = Stamp(where.split(".")[0], zone, "soc-stock", (), (mass.name, area.name))
    names = class_names(desk)
    tonnes, km2 = _line(mass, number), _line(area, number)
    rows = [(class_key(code), names.get(code, str(code)), tonnes[code], km2[code]) for code in tonnes]
    rows.append(("all", desk.translate("All classes"), sum(tonnes.values()), sum(km2.values())))
    for key, label, stock, size in rows:
        mean = ratio(stock, size * HECTARES)
        yield stamp.figure(f"soc.mass.{key}", label, stock, "t", mask="soc")
        yield stamp.figure(f"soc.area.{key}", label, size, "km2", mask="soc")
        yield stamp.figure(f"soc.mean.{key}", label, mean, "t ha-1", mask="soc")


def _transitions(desk: Desk, place: Place) -> Iterator[Figure]:
    """Yield the area of every land cover transition in a period."""
    table = desk.table(f"transition.{place.period.name}.{place.group.id}")
    if table is None:
        return
    stamp = desk.stamp(place, "land_cover", "land-cover-transition", table.name)
    names = class_names(desk)
    for (start, end), area in pairs(table, "start", "end", place.number, land=False).items():
        label = desk.translate("{start} to {end}").format(start=names.get(start, start), end=names.get(end, end))
        measure = f"land_cover.transition.{class_key(start)}.{class_key(end)}"
        if area or place.is_nation:
            yield stamp.figure(measure, label, area, "km2", mask="area")


def _dynamics(desk: Desk, place: Place) -> Iterator[Figure]:
    """Yield the area of each class of land productivity dynamics on land."""
    table = desk.table(f"lpd.{place.period.name}.{place.group.id}")
    if table is None:
        return
    stamp = desk.stamp(place, "productivity", "productivity-dynamics", table.name)
    for code, area in by_class(table, "lpd", place.number, land=True).items():
        yield stamp.figure(f"lpd.{class_key(code)}", desk.translate(LPD_NAMES[Lpd(code)]), area, "km2", mask="land")


def _dynamics_by_cover(desk: Desk, place: Place) -> Iterator[Figure]:
    """Yield productivity dynamics by unchanged class, and on land whose cover changed (PRAIS SO1-2.T1 and T2)."""
    table = desk.table(f"lpd_cover.{place.period.name}.nation")
    if table is None:
        return
    stamp = desk.stamp(place, "productivity", "productivity-dynamics", table.name)
    names = class_names(desk) | {0: desk.translate("Changed land cover")}
    kept = table.select(zone=1).keep("lpd", "start", "end")
    for row, code in enumerate(kept.axis("lpd").codes):
        areas: dict[int, float] = dict.fromkeys(names, 0.0)
        for column, start in enumerate(kept.axis("start").codes):
            for depth, end in enumerate(kept.axis("end").codes):
                area = float(kept.values[row, column, depth])
                areas[_cover_row(start, end)] += area
                measure = f"lpd_cover.{class_key(code)}.{class_key(start)}.{class_key(end)}"
                label = f"{desk.translate(LPD_NAMES[Lpd(code)])}: {names[start]} – {names[end]}"
                yield stamp.figure(measure, label, area, "km2", mask="area")
        for cover, area in areas.items():
            key = "changed" if cover == 0 else class_key(cover)
            label = f"{desk.translate(LPD_NAMES[Lpd(code)])}: {names[cover]}"
            yield stamp.figure(f"lpd_by_cover.{class_key(code)}.{key}", label, area, "km2", mask="area")


def _cover_row(start: int, end: int) -> int:
    """Return the class of unchanged land, 0 where it changed, NODATA where an end is unknown."""
    if NODATA in {start, end}:
        return NODATA
    return start if start == end else 0


def _line(table: Crosstab, number: int) -> dict[int, float]:
    """Return the amounts by class in one zone."""
    kept = table.select(zone=number).keep("class")
    return {code: float(value) for code, value in zip(kept.axis("class").codes, kept.values, strict=True)}
