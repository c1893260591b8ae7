"""People exposed to land degradation by sex (SO2-3), over the status and over the period assessment."""

from collections.abc import Iterator

from landbalance.core.vocab import Status
from landbalance.reporting.counting_desk import ASSESSED, Desk, Place, by_class, nearest_year, ratio, stated
from landbalance.reporting.facts import SEXES
from landbalance.reporting.record import Figure
from landbalance.reporting.words import SEX_NAMES, STATUS_KEYS, STATUS_NAMES


def people_figures(desk: Desk) -> Iterator[Figure]:
    """Yield people by class of land, and the shares of people on degraded land."""
    for place in desk.places():
        for sex in SEXES:
            for kind in ("people", "people_period"):
                yield from _exposure(desk, place, sex, kind)


def _exposure(desk: Desk, place: Place, sex: str, kind: str) -> Iterator[Figure]:
    """Yield the people of one sex by class of the land they live on."""
    table = desk.table(f"{kind}.{sex}.{place.period.name}.{place.group.id}")
    if table is None:
        return
    with_baseline = kind == "people" and not place.period.is_baseline
    stamp = desk.stamp(place, "people", "people-exposed", table.name, with_baseline=with_baseline)
    people = by_class(table, "sdg", place.number, land=False)
    name = desk.translate(SEX_NAMES[sex])
    for code, number in stated(people).items():
        label = f"{name}: {desk.translate(STATUS_NAMES[Status(code)])}"
        yield stamp.figure(f"{kind}.{sex}.{STATUS_KEYS[Status(code)]}", label, number, "persons", mask="area")
    counted = sum(people.values())
    label = desk.translate("Counted")
    yield stamp.figure(f"{kind}.{sex}.counted", f"{name}: {label}", counted, "persons", mask="area")
    exposed = stated(people)[Status.DEGRADED]
    wholes: dict[str, float | None] = {"population_assessed": sum(people.get(code, 0.0) for code in ASSESSED)}
    if place.is_nation:
        wholes["population"] = _profile_people(desk, place, sex)
    share = desk.translate("Share of people on degraded land")
    label = f"{name}: {share}"
    for denominator, whole in wholes.items():
        measure = f"{kind}.{sex}.share.{denominator}"
        yield stamp.figure(measure, label, ratio(exposed, whole), "1", mask="area", denominator=denominator)


def _profile_people(desk: Desk, place: Place, sex: str) -> float | None:
    """Return the population of the country profile for the year a period reports on."""
    year = nearest_year(place.period.last_year, desk.facts.population)
    return None if year is None else desk.facts.population[year].get(sex)
