"""The PRAIS tables: which there are, what their shares are of, and that they hold the figures themselves."""

from dataclasses import replace

import pytest

from landbalance.reporting.facts import RunFacts
from landbalance.reporting.figures import figures
from landbalance.reporting.prais import prais_tables
from landbalance.reporting.record import Book, Figure
from landbalance.reporting.tables import Table


def tables(facts: RunFacts) -> dict[str, Table]:
    return {table.name: table for table in prais_tables(facts, Book(figures(facts)))}


def test_every_table_of_the_forms_is_there(profiled) -> None:
    wanted = {"CP-1.T1", "CP-1.T2", "SO1-1.T2", "SO1-1.T3", "SO1-1.T4", "SO1-1.T5 baseline", "SO1-1.T6 report_1"}
    wanted |= {"SO1-1.T7", "SO1-2.T1 baseline", "SO1-2.T2 report_2", "SO1-2.T3", "SO1-3.T1", "SO1-3.T2"}
    wanted |= {"SO1-4.T1 report_1", "SO1-4.T2", "SO1-4.T3", "SO2-3.T1"}

    assert wanted <= set(tables(profiled.facts))


@pytest.mark.parametrize(
    ("table", "denominator"), [("SO1-1.T7", "country_area"), ("SO1-2.T3", "land_area"), ("SO1-3.T2", "land_area")]
)
def test_shares_have_the_denominator_of_their_form(profiled, table: str, denominator: str) -> None:
    shares = [cell for row in tables(profiled.facts)[table].rows for cell in row if isinstance(cell, Figure)]

    assert {cell.denominator for cell in shares if cell.unit == "1"} == {denominator}


def test_status_classes_agree_with_the_result(country) -> None:
    made = tables(country.facts)

    classes = {row[0]: row[1].value for row in made["SO1-4.T1 report_2"].rows}
    result = made["SO1-4.T2"].rows[2][2].value
    parts = ("Persistent degradation", "Recent degradation", "Baseline degradation")
    assert sum(classes[part] for part in parts) == pytest.approx(result)


def test_transition_rows_are_opening_areas(country) -> None:
    made = tables(country.facts)

    opening = {row[0]: row[1].value for row in made["SO1-1.T4"].rows}
    for row in made["SO1-1.T5 baseline"].rows:
        assert sum(cell.value for cell in row[1:]) == pytest.approx(opening[row[0]])


def test_regional_matrices_each_have_a_table(country) -> None:
    matrix = country.facts.transition_matrix
    facts = replace(country.facts, regional_matrices={"North": matrix, "South": matrix})

    assert {"SO1-1.T3 North", "SO1-1.T3 South"} <= set(tables(facts))
