"""The summary for PRAIS: its schema, and what short series keep out of it."""

from dataclasses import replace

import jsonschema

from landbalance.core.tables import json_table
from landbalance.reporting.figures import figures
from landbalance.reporting.record import Book
from landbalance.reporting.te_summary import land_condition_summary

SCHEMA = json_table("schemas/land_condition.schema")


def test_the_summary_fits_its_schema(country) -> None:
    document, left_out = land_condition_summary(country.facts, Book(figures(country.facts)))

    jsonschema.validate(document, SCHEMA)
    assert not left_out
    assert list(document["land_condition"]) == ["baseline", "report_1", "report_2"]


def test_the_schema_says_that_it_is_unverified() -> None:
    assert SCHEMA["x-verified-against-prais"] is False


def test_a_short_baseline_keeps_status_productivity_and_people_out(country) -> None:
    facts = replace(country.facts, short_periods=("baseline",))

    document, left_out = land_condition_summary(facts, Book(figures(facts)))

    jsonschema.validate(document, SCHEMA)
    assert "sdg" not in document["land_condition"]["baseline"]["period_assessment"]
    assert "sdg" in document["land_condition"]["report_1"]["period_assessment"]
    assert set(document["land_condition"]["report_1"]["status_assessment"]) == {"land_cover", "soil_organic_carbon"}
    assert document["affected_population"] == {}
    assert {row.period for row in left_out} == {"baseline", "report_1", "report_2"}
    assert all("fewer than 8" in row.reason for row in left_out)


def test_lists_close_on_the_area_of_interest(country) -> None:
    document, _ = land_condition_summary(country.facts, Book(figures(country.facts)))

    block = document["land_condition"]["report_1"]["period_assessment"]
    sums = [
        block["sdg"]["summary"],
        block["land_cover"]["summary"],
        block["productivity"]["summaries"]["all_cover_types"],
    ]
    totals = [round(sum(row["area"] for row in each["areas"]), 6) for each in sums]
    assert len(set(totals)) == 1
