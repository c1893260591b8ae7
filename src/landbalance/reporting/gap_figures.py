"""Which layers are known where, and the indicator under the other rules for gaps and for the SOC floor."""

import math
from collections.abc import Iterator, Mapping
from itertools import product

import numpy as np

from landbalance.core.crosstab import Axis, Crosstab
from landbalance.core.vocab import Status, Surface
from landbalance.reporting.counting_desk import Desk, Place, ratio
from landbalance.reporting.facts import RunFacts
from landbalance.reporting.record import Figure, Stamp
from landbalance.reporting.words import STATUS_KEYS, STATUS_NAMES, layer_name

NODATA_RULES = ("any", "degraded_wins", "available")
FLOOR_RULES = ("flag_stable", "not_applicable")
LAYERS = ("productivity", "land_cover", "soc")
CROSSED = 4 / math.pi  # cells that a line of the length of one cell crosses, over all directions
SURFACES = {0: "land", 1: "water", 2: "turned_water", 3: "unknown"}


def gap_figures(desk: Desk) -> Iterator[Figure]:
    """Yield the table of known layers, the surfaces, the area below the SOC floor and the six rule variants."""
    for place in desk.places():
        where = f"{place.period.name}.{place.group.id}"
        known, components = known_table(desk.facts, where), desk.table(f"components.{where}")
        if known is not None:
            yield from _known(desk, place, known)
        if components is not None:
            yield from _surfaces(desk, place, components)
        yield from _given(desk, place)
        if place.is_nation:
            yield from _border(desk, place)
            if components is not None:
                yield from _variants(desk, place, components)
            yield from _hyper_arid(desk, place)


def one_out_all_out_code(codes: tuple[int, ...], rule: str) -> Status:
    """Return the class that layers of these classes give together (methods 4.1, ruling 2).

    Examples
    --------
    >>> [one_out_all_out_code((-1, -128, 0), rule).name for rule in NODATA_RULES]
    ['NODATA', 'DEGRADED', 'DEGRADED']
    """
    present = [code for code in codes if code != Status.NOT_APPLICABLE]
    missing, degraded = Status.NODATA in present, Status.DEGRADED in present
    known = [code for code in present if code != Status.NODATA]
    if missing and (rule == "any" or (rule == "degraded_wins" and not degraded)):
        return Status.NODATA
    if not known:
        return Status.NODATA
    if degraded:
        return Status.DEGRADED
    return Status.IMPROVED if Status.IMPROVED in known else Status.STABLE


def variant_areas(table: Crosstab, number: int, nodata_rule: str, floor_rule: str) -> Mapping[int, float]:
    """Return the areas of the three official layers joined under one pair of rules, on land, before recodes."""
    areas = {int(code): 0.0 for code in (Status.DEGRADED, Status.STABLE, Status.IMPROVED, Status.NODATA)}
    for (surface, *codes, floor), area in cells(table, number):
        if SURFACES[surface] != "water":
            first, second, soc = codes
            if floor == 1 and soc != Status.NODATA:
                soc = Status.STABLE if floor_rule == "flag_stable" else Status.NOT_APPLICABLE
            areas[one_out_all_out_code((first, second, soc), nodata_rule)] += area
    return areas


def cells(table: Crosstab, number: int) -> Iterator[tuple[tuple[int, ...], float]]:
    """Yield the codes and the area of every filled cell of a components table in one zone."""
    kept = table.select(zone=number).keep("surface", *LAYERS, "floor")
    for codes, area in zip(product(*(axis.codes for axis in kept.axes)), kept.values.ravel().tolist(), strict=True):
        if area:
            yield codes, area


def _known(desk: Desk, place: Place, table: Crosstab) -> Iterator[Figure]:
    """Yield one row for each combination of known layers (ruling 2)."""
    layers = known_layers(table)
    dry = [code for code in table.axis("surface").codes if code != Surface.WATER]
    kept, on_land = (cut.select(zone=place.number).keep(*layers) for cut in (table, table.select(surface=dry)))
    stamp = desk.stamp(place, "sdg", "missing-layers", table.name)
    names = [layer_name(layer, desk.translate) for layer in layers]
    areas = zip(kept.values.ravel().tolist(), on_land.values.ravel().tolist(), strict=True)
    for flags, (area, land) in zip(product(*(axis.codes for axis in kept.axes)), areas, strict=True):
        missing = ", ".join(name for name, flag in zip(names, flags, strict=True) if not flag)
        label = desk.translate("Missing: {layers}").format(layers=missing) if missing else desk.translate("All known")
        key = "".join(map(str, flags))
        yield stamp.figure(f"known.{key}", label, area, "km2", mask="area")
        yield stamp.figure(f"known.{key}.land", label, land, "km2", mask="land")


def known_table(facts: RunFacts, where: str) -> Crosstab | None:
    """Return the counted table of known layers; without one, that of the three official layers from their classes.

    A layer that is not applicable in a cell is not missing there.
    """
    counted, components = facts.tables.get(f"known.{where}"), facts.tables.get(f"components.{where}")
    if counted is not None or components is None:
        return counted
    table = components.keep("zone", "surface", *LAYERS)
    values = table.values
    for place, axis in enumerate(table.axes):
        if axis.name in LAYERS:
            missing = np.array([code == Status.NODATA for code in axis.codes])
            parts = [values.compress(mask, axis=place).sum(axis=place, keepdims=True) for mask in (missing, ~missing)]
            values = np.concatenate(parts, axis=place)
    axes = (*table.axes[:2], *(Axis(name, (0, 1)) for name in LAYERS))
    return Crosstab(components.name, axes, values, table.unit)


def known_layers(table: Crosstab) -> tuple[str, ...]:
    """Return the layers of a table of known layers, in its order."""
    return tuple(axis.name for axis in table.axes if axis.name not in {"zone", "surface"})


def _surfaces(desk: Desk, place: Place, table: Crosstab) -> Iterator[Figure]:
    """Yield what the area of interest is made of, and the land below the SOC floor."""
    stamp = desk.stamp(place, "land_cover", "surface", table.name)
    names = {
        "land": desk.translate("Land"),
        "water": desk.translate("Water at the start"),
        "turned_water": desk.translate("Land that turned into water"),
        "unknown": desk.translate("Land cover unknown"),
    }
    sums = dict.fromkeys(names, 0.0)
    below = 0.0
    for (surface, *_, floor), area in cells(table, place.number):
        sums[SURFACES[surface]] += area
        below += area if floor == 1 and SURFACES[surface] != "water" else 0.0
    for key, area in sums.items():
        yield stamp.figure(f"surface.{key}", names[key], area, "km2", mask="area")
    label = desk.translate("Mapped land")
    yield stamp.figure("surface.mapped_land", label, sum(sums.values()) - sums["water"], "km2", mask="land")
    yield stamp.figure("surface.area", desk.translate("Area of interest"), sum(sums.values()), "km2", mask="area")
    yield stamp.figure("soc.below_floor", desk.translate("Below the SOC floor"), below, "km2", mask="land")


def _given(desk: Desk, place: Place) -> Iterator[Figure]:
    """Yield the share of a place where the inputs of each layer are missing."""
    for layer in LAYERS:
        table = desk.table(f"given.{layer}.{place.period.name}.{place.group.id}")
        if table is None:
            continue
        stamp = desk.stamp(place, layer, "known-layer", table.name)
        missing, whole = table.total(zone=place.number, given=0), table.total(zone=place.number)
        label = desk.translate("{layer}: input missing").format(layer=layer_name(layer, desk.translate))
        share = ratio(missing, whole)
        yield stamp.figure(f"given.{layer}.missing", label, share, "1", mask="area", denominator="mapped_area")


def _border(desk: Desk, place: Place) -> Iterator[Figure]:
    """Yield the cells of the area, about how many lie on its border, and the error of the area they make."""
    facts = desk.facts
    table = desk.table(f"components.{place.period.name}.nation")
    if table is None or not facts.cell_km2 or not facts.boundary_km:
        return
    stamp = Stamp(place.period.name, place.zone, "border-cells", (), (table.name,))
    cells = table.total() / facts.cell_km2
    edge = min(CROSSED * facts.boundary_km / math.sqrt(facts.cell_km2), cells)
    yield stamp.figure("border.cells", desk.translate("Cells in the area"), cells, "cells", mask="area")
    label = desk.translate("Cells on the border, about")
    yield stamp.figure("border.edge_cells", label, edge, "cells", mask="area")
    label = desk.translate("Error of the area from border cells, about")
    yield stamp.figure("border.error", label, 0.5 * facts.cell_km2 * math.sqrt(edge), "km2", mask="area")


def _variants(desk: Desk, place: Place, table: Crosstab) -> Iterator[Figure]:
    """Yield degraded, stable, improved land and no data under every rule for gaps and for the SOC floor."""
    stamp = desk.stamp(place, "sdg", "one-out-all-out", table.name)
    own_floor, own_rule = desk.facts.settings.text("soc_floor_rule"), desk.facts.settings.text("nodata_rule")
    rules = [("nodata_rule", rule, rule, own_floor) for rule in NODATA_RULES]
    rules += [("soc_floor_rule", rule, own_rule, rule) for rule in FLOOR_RULES]
    for parameter, name, nodata_rule, floor_rule in rules:
        for code, area in variant_areas(table, place.number, nodata_rule, floor_rule).items():
            label = f"{name}: {desk.translate(STATUS_NAMES[Status(code)])}"
            measure = f"variant.{parameter}.{name}.{STATUS_KEYS[Status(code)]}"
            yield stamp.figure(measure, label, area, "km2", mask="land")


def _hyper_arid(desk: Desk, place: Place) -> Iterator[Figure]:
    """Yield the hyper-arid area, by productivity class."""
    table = desk.table(f"hyperarid.{place.period.name}.nation")
    if table is None:
        return
    stamp = desk.stamp(place, "productivity", "hyper-arid-productivity", table.name)
    label = desk.translate("Hyper-arid land")
    kept = table.select(zone=1, hyperarid=1).keep("productivity")
    for code, area in zip(kept.axis("productivity").codes, kept.values.tolist(), strict=True):
        name = f"{label}: {desk.translate(STATUS_NAMES[Status(code)])}"
        yield stamp.figure(f"hyperarid.{STATUS_KEYS[Status(code)]}", name, area, "km2", mask="area")
    yield stamp.figure("hyperarid.area", label, float(kept.values.sum()), "km2", mask="area")
