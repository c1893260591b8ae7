"""Sentences on gaps, and the confidence that a report suggests."""

from dataclasses import replace

import numpy as np

from landbalance.reporting.facts import Flag, RunFacts
from landbalance.reporting.figures import figures
from landbalance.reporting.gaps import confidence, gap_notes
from landbalance.reporting.record import Book
from landbalance.reporting.words import Tongue


def notes(facts: RunFacts) -> list[str]:
    return [note.text for note in gap_notes(facts, Book(figures(facts)), Tongue())]


def test_a_short_series_is_serious_and_says_what_it_does(country) -> None:
    facts = replace(country.facts, short_periods=("baseline",), series_years={"baseline": (2010, 2011, 2012, 2013)})

    first = gap_notes(facts, Book(figures(facts)), Tongue())[0]

    assert first.level == "serious"
    assert "has 4 annual values" in first.text
    assert "understated" in first.text


def test_no_country_profile_is_said_once(country, profiled) -> None:
    assert sum("no country profile" in note for note in notes(country.facts)) == 1
    assert not any("no country profile" in note for note in notes(profiled.facts))


def test_flags_are_shown_as_sentences(country) -> None:
    flag = Flag("never_computed", "serious", "{share:.1%} of the area has no productivity", {"share": 0.361})

    assert "36.1% of the area has no productivity." in notes(replace(country.facts, flags=(flag,)))


def test_short_series_give_low_confidence(country) -> None:
    facts = replace(country.facts, short_periods=("report_2",))

    sure = confidence(facts, Book(figures(facts)), facts.periods[-1], Tongue())

    assert sure.level == "low"
    assert "the productivity series is short" in sure.reasons


def test_bare_dry_land_never_has_high_confidence(country) -> None:
    table = country.facts.tables["hyperarid.report_2.nation"]
    values = table.values.copy()
    values[0, 1, 1] = 20_000.0
    tables = {**country.facts.tables, table.name: replace(table, values=values)}
    facts = replace(country.facts, tables=tables, flags=())

    level = confidence(facts, Book(figures(facts)), facts.periods[-1], Tongue()).level

    assert level == "low"


def test_a_country_of_bare_land_never_has_high_confidence(country) -> None:
    cover = {name: table for name, table in country.facts.tables.items() if name.startswith("land_cover.")}
    bare = next(place for place, row in enumerate(country.facts.legend.classes, 1) if row.unccd == 6)
    changed = {}
    for name, table in cover.items():
        values = np.zeros_like(table.values)
        values[..., table.axis("class").position(bare)] = table.values.sum(axis=-1)
        changed[name] = replace(table, values=values)
    facts = replace(country.facts, tables={**country.facts.tables, **changed}, flags=())

    found = confidence(facts, Book(figures(facts)), facts.periods[-1], Tongue())

    assert found.level == "low"
    assert "100.0 % of the land is bare, hyper-arid or poor in carbon" in found.reasons
