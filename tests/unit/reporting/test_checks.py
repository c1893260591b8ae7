"""The closing checks: they pass on tables that add up, and find each kind of fault."""

from dataclasses import replace

import pytest

from landbalance.core.crosstab import Crosstab
from landbalance.core.errors import RuleError
from landbalance.reporting.checks import Check, closing_checks
from landbalance.reporting.facts import RunFacts
from landbalance.reporting.figures import figures
from landbalance.reporting.record import Book


def run(facts: RunFacts) -> tuple[Check, ...]:
    return closing_checks(facts, Book(figures(facts)))


def changed(facts: RunFacts, name: str, factor: float) -> RunFacts:
    table = facts.tables[name]
    values = table.values.copy()
    values[tuple(0 for _ in table.axes)] += factor
    return replace(facts, tables={**facts.tables, name: Crosstab(name, table.axes, values, table.unit)})


def outcomes(checks: tuple[Check, ...], id_: str, period: str = "report_1") -> set[str]:
    return {check.outcome for check in checks if check.id == id_ and check.period == period}


def test_tables_that_add_up_pass(profiled) -> None:
    checks = run(profiled.facts)

    assert {check.id for check in checks} >= {"11a", "11b", "11c", "11d", "11e", "V07", "V10", "V13", "V18", "V19"}
    assert {check.outcome for check in checks if check.id not in {"11e", "V18"}} == {"pass"}


def test_a_table_that_does_not_close_stops_the_run(country) -> None:
    facts = changed(country.facts, "sdg.report_1.nation", 1.0)

    with pytest.raises(RuleError, match=r"sdg\.report_1\.nation adds up to"):
        run(facts)


def test_zones_that_miss_land_fail(country) -> None:
    checks = run(changed(country.facts, "sdg.report_1.districts", 5.0))

    assert "fail" in outcomes(checks, "11d")


def test_transitions_that_disagree_with_areas_are_found(country) -> None:
    table = country.facts.tables["transition.report_1.nation"]
    values = table.values.copy()
    values[0, 0, 0] += values[0, 1, 1] * 0.5
    values[0, 1, 1] *= 0.5
    tables = {**country.facts.tables, table.name: Crosstab(table.name, table.axes, values, "km2")}

    assert outcomes(run(replace(country.facts, tables=tables)), "V07") == {"fail"}


def test_sexes_that_do_not_add_up_warn(country) -> None:
    checks = run(changed(country.facts, "people.male.report_1.nation", 9e6))

    assert outcomes(checks, "V10") == {"warn"}


def test_a_profile_far_from_the_map_warns(profiled) -> None:
    facts = replace(profiled.facts, land_area_km2={2019: 30_000.0})

    assert outcomes(run(facts), "11e") == {"warn"}


def test_every_check_says_a_sentence_with_its_numbers(country) -> None:
    assert all(check.sentence.endswith(".") and check.numbers for check in run(country.facts))
