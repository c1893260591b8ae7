"""What each recode polygon changed: area by feature, class pair and period (methods 5.4)."""

from collections.abc import Iterator

from landbalance.core.vocab import Status
from landbalance.reporting.counting_desk import Desk
from landbalance.reporting.record import Figure, Stamp
from landbalance.reporting.words import STATUS_KEYS, STATUS_NAMES


def recode_figures(desk: Desk) -> Iterator[Figure]:
    """Yield the area that each polygon moved from one class to another, and its effect on degraded land."""
    names = {recode.number: recode.location for recode in desk.facts.recodes}
    for period in desk.facts.periods:
        table = desk.table(f"recode.{period.name}.nation")
        if table is None:
            continue
        quality = desk.doubts("sdg", period.name)
        stamp = Stamp(period.name, method="recode", quality=quality, inputs=(table.name,))
        for number in table.axis("feature").codes:
            moved = table.select(zone=1, feature=number).keep("old", "new")
            effect = 0.0
            for row, old in enumerate(moved.axis("old").codes):
                for column, new in enumerate(moved.axis("new").codes):
                    area = float(moved.values[row, column])
                    if old != new and area:
                        effect += area * ((new == Status.DEGRADED) - (old == Status.DEGRADED))
                        pair = f"{STATUS_KEYS[Status(old)]}.{STATUS_KEYS[Status(new)]}"
                        first, last = (desk.translate(STATUS_NAMES[Status(code)]) for code in (old, new))
                        label = f"{names.get(number, number)}: {first} → {last}"
                        yield stamp.figure(f"recode.{number}.{pair}", label, area, "km2", mask="area")
            label = desk.translate("{place}: effect on degraded land").format(place=names.get(number, number))
            yield stamp.figure(f"recode.{number}.effect", label, effect, "km2", mask="area")
