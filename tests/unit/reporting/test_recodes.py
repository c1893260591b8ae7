"""The difference table of corrections: what each moved, what it does to the indicator, on whose word (methods 5.4)."""

from dataclasses import replace

import pytest

from landbalance.core.vocab import NODATA
from landbalance.reporting.facts import RunFacts
from landbalance.reporting.figures import figures
from landbalance.reporting.recode_tables import recode_tables
from landbalance.reporting.record import Book
from landbalance.reporting.te_summary import land_condition_summary
from landbalance.reporting.words import Tongue

STATUS = (-1, 0, 1, NODATA)
SQUARE = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}


@pytest.fixture
def recoded(country, make_table) -> RunFacts:
    axes = {"zone": (1,), "feature": (1,), "old": STATUS, "new": STATUS}
    moved = {(1, 1, -1, 0): 120.0, (1, 1, -1, -1): 5.0, (1, 1, 0, 0): 900.0}
    tables = [make_table(f"recode.{period}.nation", axes, moved) for period in ("baseline", "report_1")]
    tables.append(make_table("recode_status.report_1.nation", axes, {(1, 1, -1, 0): 80.0, (1, 1, -1, -1): 40.0}))
    accepted = replace(country.facts.recodes[0], periods=("baseline", "report_1"), geometry=SQUARE)
    proposed = replace(accepted, number=2, uuid="2", location="Old well", state="proposed", periods=("report_1",))
    kept = {name: table for name, table in country.facts.tables.items() if not name.startswith("recode.")}
    facts = replace(country.facts, recodes=(accepted, proposed), periods=country.facts.periods[:2])
    return replace(facts, tables={**kept, **{table.name: table for table in tables}})


def test_the_effect_is_on_the_assessment_in_the_baseline_and_on_the_status_later(recoded: RunFacts) -> None:
    book = Book(figures(recoded))

    land = book.value("sdg.headline.land", "baseline")
    assert book.value("recode.1.effect", "baseline") == -120.0
    assert book.value("recode.1.points", "baseline") == pytest.approx(-120.0 / land)
    assert book.value("recode.1.degraded.stable", "report_1") == 120.0
    assert book.value("recode.1.effect", "report_1") == -80.0


def test_only_accepted_corrections_have_an_effect(recoded: RunFacts) -> None:
    table, _ = recode_tables(recoded, Book(figures(recoded)), Tongue())

    rows = [(row[0], row[1], row[3], row[5].value if row[5] else None) for row in table.rows]
    assert rows == [
        ("Sel plantation", "accepted", "Degraded → Stable", -120.0),
        ("Sel plantation", "accepted", "Degraded → Stable", -80.0),
        ("Old well", "proposed", "not applied", None),
    ]


def test_every_correction_is_listed_with_author_and_evidence(recoded: RunFacts) -> None:
    _, listed = recode_tables(recoded, Book(figures(recoded)), Tongue())

    assert [row[1] for row in listed.rows] == ["accepted", "proposed"]
    assert listed.rows[0][4:7] == ("https://example.org/visit/7", "Forest service", "2023-04-02")


def test_corrections_in_the_package_carry_their_geometry(recoded: RunFacts) -> None:
    raw = replace(recoded.tables["sdg.report_1.nation"], name="sdg_raw.report_1.nation")
    facts = replace(recoded, tables={**recoded.tables, raw.name: raw})

    document, _ = land_condition_summary(facts, Book(figures(facts)))

    block = document["land_condition"]["report_1"]["period_assessment"]["error_recode"]
    assert [feature["geometry"] for feature in block["features"]] == [SQUARE]
