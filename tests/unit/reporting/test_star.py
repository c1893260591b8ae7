"""A what-if of STAR in pictures: every country has one square, and every picture says what its table says."""

from dataclasses import replace

import pytest

from landbalance.core.places import countries
from landbalance.finance.desk import VARIANTS, CountryInput, Result, regime, share_out
from landbalance.finance.star_sensitivity import sensitivity
from landbalance.io.language import tongue
from landbalance.reporting.star import SWING_NAMES, lorenz_chart, shade_of, tiles, tornado_chart, winners_chart
from landbalance.reporting.star_chapter import star_chapter
from landbalance.reporting.words import Tongue

ROWS = (
    CountryInput("MRT", "ldc", 3.2, 1200, 12, 40, 10, 0.8, 10, is_dryland=True),
    CountryInput("MAR", "other", 3.8, 9000, 30, 100, 60, 0.3, 60, is_dryland=True),
    CountryInput("HTI", "ldc", 3.5, 600, 2, 5, 8, 0.9, 8, is_island=True),
    CountryInput("CPV", "sids", 4.0, 7000, 0.5, 0, 0.4, 0.5, 0.4, is_island=True),
    CountryInput("ZZE", "other", 3.0, 3000, 15, 30, 20, 0.6, 20, is_assumed=True),
)
RULES = replace(regime("gef-6"), envelope=20.0, ceiling_share=0.4)


def results(variant: str = "drought-additive") -> tuple[Result, Result]:
    return share_out(RULES, ROWS), share_out(RULES, ROWS, variant)


def test_every_country_has_a_square_of_its_own() -> None:
    codes = tuple(each.iso3 for each in countries())

    places = tiles(codes)

    assert len(set(places.values())) == len(codes)


@pytest.mark.parametrize(
    ("west", "east"), [("MRT", "MLI"), ("PRT", "ESP"), ("CHL", "ARG"), ("PAK", "IND"), ("FRA", "CHE")]
)
def test_squares_keep_who_lies_west_of_whom(west: str, east: str) -> None:
    places = tiles(tuple(each.iso3 for each in countries()))

    assert places[west][0] <= places[east][0]


def test_the_picture_of_winners_says_what_the_table_says() -> None:
    base, other = results()

    chart = winners_chart(base, other, Tongue())

    said = {each["code"]: each["text"] for each in chart.spec["data"]["values"]}
    for row, code in zip(chart.table.rows, said, strict=True):
        old, new, change, ratio = row[2:6]
        assert new - old == pytest.approx(change)
        assert said[code].startswith("+") == (ratio > 0)
    assert said["MAR"] == "0 %"
    assert chart.table.rows[1][6:] == ("at its ceiling", "at its ceiling")


def test_a_country_that_begins_at_nothing_has_no_share_of_change() -> None:
    assert shade_of(2.0, None) == 6
    assert shade_of(0.0, None) == 3


def test_a_tornado_names_every_weight_and_the_widest_first() -> None:
    swings = sensitivity(RULES, ROWS, variant="drought-additive")

    chart = tornado_chart(swings, Tongue())

    widest = [max(row[1], row[2]) for row in chart.table.rows]
    assert widest == sorted(widest, reverse=True)
    assert {row[0] for row in chart.table.rows} == set(SWING_NAMES.values())


def test_lorenz_curves_begin_at_nothing_and_end_at_all() -> None:
    chart = lorenz_chart(results(), Tongue())

    assert [row[1:] for row in (chart.table.rows[0], chart.table.rows[-1])] == [(0.0, 0.0), (1.0, pytest.approx(1.0))]


def test_an_island_that_is_least_developed_counts_in_both_groups() -> None:
    groups = results()[0].groups

    assert [groups["ldc"][2], groups["sids"][2]] == [True, True]


@pytest.mark.parametrize("language", ["en", "fr", "es", "ar", "ru", "zh"])
def test_a_chapter_calls_itself_a_what_if_and_names_its_doubts(language: str) -> None:
    base, other = results()
    others = [other, *(share_out(RULES, ROWS, name) for name in VARIANTS if name != other.variant)]
    words = tongue(language)

    chapter = star_chapter(base, others, sensitivity(RULES, ROWS), words)

    assert words.translate("What-if: the true inputs are not public. This is never the allocation.") in chapter.warnings
    assert any("ZZE" in each for each in chapter.warnings)
    assert len(chapter.tables[-2].columns) == 6
