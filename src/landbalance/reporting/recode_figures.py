"""What each recode polygon changed: area by feature, class pair and period, and its effect on the indicator (5.4)."""

from collections.abc import Iterator

from landbalance.core.crosstab import Crosstab
from landbalance.core.periods import Period
from landbalance.core.vocab import Status
from landbalance.reporting.condition_figures import headline, official_land
from landbalance.reporting.counting_desk import Desk, Place, pairs_of, ratio
from landbalance.reporting.record import Figure, Stamp
from landbalance.reporting.words import STATUS_KEYS, STATUS_NAMES


def recode_figures(desk: Desk) -> Iterator[Figure]:
    """Yield the area that each polygon moved from one class to another, and its effect on degraded land and its share.

    The effect of a reporting period is that on the status, which the indicator is made of: a polygon may move land
    within the period and still leave the status as the baseline made it.
    """
    for period in desk.facts.periods:
        moved = desk.table(f"recode.{period.name}.nation")
        if moved is not None:
            yield from _moves(desk, period, moved)
        against = moved if period.is_baseline else desk.table(f"recode_status.{period.name}.nation")
        if against is not None:
            yield from _effects(desk, period, against)


def _moves(desk: Desk, period: Period, table: Crosstab) -> Iterator[Figure]:
    """Yield the area of every pair of classes that a polygon changed in the assessment of a period."""
    stamp = Stamp(period.name, method="recode", quality=desk.doubts("sdg", period.name), inputs=(table.name,))
    for number in table.axis("feature").codes:
        for (old, new), area in pairs_of(table.select(zone=1, feature=number), "old", "new").items():
            if old != new and area:
                pair = f"{STATUS_KEYS[Status(old)]}.{STATUS_KEYS[Status(new)]}"
                first, last = (desk.translate(STATUS_NAMES[Status(code)]) for code in (old, new))
                label = f"{_name(desk, number)}: {first} → {last}"
                yield stamp.figure(f"recode.{number}.{pair}", label, area, "km2", mask="area")


def _effects(desk: Desk, period: Period, table: Crosstab) -> Iterator[Figure]:
    """Yield by how much each polygon changed degraded land, and its share of land."""
    quality = desk.doubts("sdg", period.name, with_baseline=True)
    stamp = Stamp(period.name, method="recode", quality=quality, inputs=(table.name,))
    nation = Place(period, desk.facts.groups[0], 1)
    now, official = headline(desk, nation), official_land(desk, nation)
    denominator = "land_area" if official else "mapped_land"
    for number in table.axis("feature").codes:
        cells = pairs_of(table.select(zone=1, feature=number), "old", "new").items()
        degraded = Status.DEGRADED
        effect = sum(area * ((new == degraded) - (old == degraded)) for (old, new), area in cells)
        label = desk.translate("{place}: effect on degraded land").format(place=_name(desk, number))
        yield stamp.figure(f"recode.{number}.effect", label, effect, "km2", mask="land")
        share = ratio(effect, official or (now[1] if now else None))
        label = desk.translate("{place}: effect on the degraded share").format(place=_name(desk, number))
        yield stamp.figure(f"recode.{number}.points", label, share, "1", mask="land", denominator=denominator)


def _name(desk: Desk, number: int) -> str:
    """Return the place of a polygon, its number where it has none."""
    return next((recode.location for recode in desk.facts.recodes if recode.number == number), "") or str(number)
