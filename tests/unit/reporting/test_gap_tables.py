"""Age and coverage of the inputs, and what they do to the figures."""

from dataclasses import replace

import numpy as np
import pytest

from landbalance.reporting.facts import RunFacts
from landbalance.reporting.figures import figures
from landbalance.reporting.gap_tables import coverage_tables
from landbalance.reporting.gaps import gap_notes
from landbalance.reporting.record import Book
from landbalance.reporting.words import Tongue


def said(facts: RunFacts) -> str:
    return " ".join(note.text for note in gap_notes(facts, Book(figures(facts)), Tongue()))


def test_age_counts_from_the_newest_year_a_period_can_use(country) -> None:
    cover = replace(country.facts.layers[0], years=(2012, 2014, 2017))
    facts = replace(country.facts, layers=(cover, replace(cover, years=()), replace(cover, years=(2018,))))

    table = coverage_tables(facts, Book(figures(facts)), Tongue())[0]

    assert [row[3:6] for row in table.rows] == [("1", "2", "6"), ("–", "–", "–"), ("from 2018 only", "1", "5")]


def test_missing_input_is_a_share_of_each_zone(country, make_table) -> None:
    axes = {"zone": (0, 1, 2, 3), "given": (0, 1)}
    table = make_table("given.soc.report_2.districts", axes, {(1, 0): 25.0, (1, 1): 75.0, (2, 1): 10.0})
    facts = replace(country.facts, tables={**country.facts.tables, table.name: table})

    book = Book(figures(facts))

    found = [book.value("given.soc.missing", "report_2", f"districts/{number}") for number in (1, 2, 3)]
    assert found == [0.25, 0.0, None]


def test_a_small_area_is_told_its_border_error(country) -> None:
    cells = country.facts.tables["components.baseline.nation"].total()
    facts = replace(country.facts, cell_km2=cells / 400, boundary_km=20 * (cells / 400) ** 0.5)

    error = Book(figures(facts)).value("border.error", "baseline")

    assert error == pytest.approx(0.5 * facts.cell_km2 * (80 / np.pi) ** 0.5)
    assert "The area has 400 cells, about 25 of them on its border" in said(facts)


def test_a_large_area_is_spared_the_border_note(country) -> None:
    cells = country.facts.tables["components.baseline.nation"].total()

    assert "on its border" not in said(replace(country.facts, cell_km2=cells / 1e6, boundary_km=1.0))


def test_zones_with_much_land_without_a_result_are_named(country) -> None:
    table = country.facts.tables["sdg.report_2.districts"]
    values = table.values.copy()
    place = table.axis("zone").position(2)
    codes = table.axis("sdg")
    values[place, :, codes.position(-128)] += values[place, :, codes.position(0)]
    values[place, :, codes.position(0)] = 0.0
    facts = replace(country.facts, tables={**country.facts.tables, table.name: replace(table, values=values)})

    assert "most of all in Sel Delta" in said(facts)
