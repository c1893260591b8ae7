"""Figures against the worked examples of the methods, and laws that hold for any run."""

from dataclasses import replace

import numpy as np
import pytest

from landbalance.core.crosstab import Crosstab
from landbalance.core.vocab import NODATA
from landbalance.reporting.facts import RunFacts, Zone, ZoneGroup
from landbalance.reporting.figures import figures
from landbalance.reporting.gap_figures import one_out_all_out_code, variant_areas
from landbalance.reporting.record import Book

STATUS = (-1, 0, 1, NODATA)
SURFACE = (0, 1, 2, 3)
NATION = (ZoneGroup("nation", "Country", (Zone(1, "ZZD", "Demoland"),)),)


def with_tables(facts: RunFacts, tables: list[Crosstab], **changes: object) -> Book:
    facts = replace(facts, tables={table.name: table for table in tables}, groups=NATION, **changes)
    return Book(figures(facts))


def status_book(country, make_table, cells, baseline, **changes) -> Book:
    axes = {"zone": (1,), "surface": SURFACE, "sdg": STATUS}
    first = make_table("sdg.baseline.nation", axes, {(1, 0, code): area for code, area in baseline.items()})
    axes = {"zone": (1,), "surface": SURFACE, "baseline": STATUS, "period": STATUS}
    cross = make_table("status.sdg.report_1.nation", axes, {(1, 0, *key): area for key, area in cells.items()})
    return with_tables(country.facts, [first, cross], periods=country.facts.periods[:2], **changes)


def test_status_areas_and_change_follow_example_4_2(country, make_table) -> None:
    cells = {(-1, -1): 60, (-1, 0): 40, (-1, 1): 20, (0, -1): 50, (0, 0): 600, (0, 1): 50}
    cells |= {(1, -1): 10, (1, 0): 130, (1, 1): 40}

    book = status_book(
        country, make_table, cells, {-1: 120, 0: 700, 1: 180}, land_area_km2={2015: 1000.0, 2019: 1000.0}
    )

    names = ("persistent_degradation", "recent_degradation", "baseline_degradation", "stability")
    names += ("baseline_improvement", "recent_improvement", "persistent_improvement")
    assert [book.value(f"sdg.condition.{name}", "report_1") for name in names] == [60, 60, 40, 600, 130, 70, 40]
    assert book.value("sdg.headline.official", "report_1") == pytest.approx(0.16)
    assert book.value("sdg.headline.official", "baseline") == pytest.approx(0.12)
    assert book.value("sdg.headline.change", "report_1") == pytest.approx(40)
    assert book.value("sdg.headline.points", "report_1") == pytest.approx(0.04)
    assert book.value("sdg.change.net", "report_1") == pytest.approx(60 - 20)


def test_headline_and_ledger_follow_example_l_1(country, make_table) -> None:
    cells = {(-1, -1): 100, (-1, 0): 60, (-1, 1): 40, (0, -1): 50, (0, 0): 600, (0, 1): 30}
    cells |= {(1, -1): 10, (1, 0): 70, (1, 1): 40}

    book = status_book(country, make_table, cells, {-1: 200, 0: 680, 1: 120})

    assert book.value("sdg.headline.area", "report_1") == 220
    assert book.value("sdg.headline.share", "report_1") == pytest.approx(0.22)
    assert book.value("sdg.headline.change", "report_1") == 20
    gains = book.amount("sdg.condition.recent_improvement", "report_1")
    gains += book.amount("sdg.condition.persistent_improvement", "report_1")
    assert gains == 110


def test_system_oracle_11_1_gives_its_area_lines(country, make_table) -> None:
    baseline = {0: 1, 1: 1, -1: 3}
    cells = {(0, -1): 1, (1, 1): 1, (-1, 0): 1, (-1, -1): 1, (-1, 1): 1}
    axes = {"zone": (1,), "surface": SURFACE, "sdg": STATUS}
    people = {(1, 0, -1): 30.0, (1, 0, 1): 20.0, (1, 1, NODATA): 10.0}
    exposed = make_table("people.total.report_1.nation", axes, people, "persons")
    land = make_table("sdg.baseline.nation", axes, {(1, 0, c): a for c, a in baseline.items()} | {(1, 1, NODATA): 1})
    axes = {"zone": (1,), "surface": SURFACE, "baseline": STATUS, "period": STATUS}
    filled = {(1, 0, *key): area for key, area in cells.items()} | {(1, 1, NODATA, NODATA): 1}
    cross = make_table("status.sdg.report_1.nation", axes, filled)
    population = {2019: {"total": 60.0}}
    facts = {"periods": country.facts.periods[:2], "land_area_km2": {2015: 5.0}, "population": population}

    book = with_tables(country.facts, [land, cross, exposed], **facts)

    assert book.value("sdg.headline.area", "baseline") == 3
    assert book.value("sdg.headline.official", "baseline") == pytest.approx(0.6)
    assert book.value("sdg.headline.official", "report_1") == pytest.approx(0.6)
    assert book.value("sdg.headline.change", "report_1") == 0
    water = book.amount("sdg.assessment.area.nodata", "baseline") - book.amount("sdg.assessment.nodata", "baseline")
    assert water == 1
    assert book.value("people.total.share.population", "report_1") == pytest.approx(0.5)


def test_people_exposed_follow_example_4_4(country, make_table) -> None:
    axes = {"zone": (1,), "surface": SURFACE, "sdg": STATUS}
    cells = {(1, 0, -1): 40.0, (1, 0, 0): 20.0, (1, 0, 1): 40.0, (1, 0, NODATA): 50.0}
    table = make_table("people.total.baseline.nation", axes, cells, "persons")

    book = with_tables(country.facts, [table], population={2015: {"total": 150.0}})

    assert book.value("people.total.degraded", "baseline") == 40
    assert book.value("people.total.share.population", "baseline") == pytest.approx(0.26667, abs=1e-5)
    assert book.value("people.total.share.population_assessed", "baseline") == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("codes", "rule", "expected"),
    [
        ((1, 0, 0), "any", 1),
        ((0, 1, -1), "any", -1),
        ((-1, NODATA, 0), "any", NODATA),
        ((-1, NODATA, 0), "degraded_wins", -1),
        ((0, NODATA, 0), "degraded_wins", NODATA),
        ((0, NODATA, 1), "available", 1),
        ((NODATA, NODATA, NODATA), "available", NODATA),
        ((0, 0, -127), "any", 0),
    ],
)
def test_one_out_all_out_follows_its_rules(codes: tuple[int, ...], rule: str, expected: int) -> None:
    assert one_out_all_out_code(codes, rule) == expected


def test_rules_for_gaps_order_degraded_land(country) -> None:
    table = country.facts.tables["components.report_2.nation"]

    areas = [variant_areas(table, 1, rule, "flag_stable") for rule in ("any", "degraded_wins", "available")]

    degraded, gaps = [area[-1] for area in areas], [area[NODATA] for area in areas]
    assert degraded[0] <= degraded[1] <= degraded[2]
    assert gaps[0] >= gaps[1] >= gaps[2]


def test_identities_are_unique_and_every_figure_names_its_inputs(country) -> None:
    made = figures(country.facts)

    assert len({figure.id for figure in made}) == len(made)
    assert all(figure.inputs and figure.method and figure.unit for figure in made)


def test_classes_add_up_to_land_and_area(country) -> None:
    book = Book(figures(country.facts))

    for layer in ("sdg", "productivity", "land_cover", "soc"):
        keys = ("degraded", "stable", "improved", "nodata", "not_applicable")
        land = sum(book.amount(f"{layer}.assessment.{key}", "report_1") for key in keys)
        whole = land + book.amount("surface.water", "report_1")
        assert land == pytest.approx(book.amount("surface.mapped_land", "report_1"), rel=1e-9)
        assert whole == pytest.approx(book.amount("surface.area", "report_1"), rel=1e-9)


def test_zones_add_up_to_the_country(country) -> None:
    book = Book(figures(country.facts))

    parts = [book.amount("sdg.headline.area", "report_2", f"districts/{number}") for number in range(4)]

    assert np.sum(parts) == pytest.approx(book.amount("sdg.headline.area", "report_2"), rel=1e-9)


def test_official_share_needs_a_country_profile(country, profiled) -> None:
    without, with_profile = (Book(figures(each.facts)) for each in (country, profiled))

    assert without.value("sdg.headline.official", "report_2") is None
    assert without.find("sdg.headline.share", "report_2").denominator == "mapped_land"
    assert with_profile.find("sdg.headline.share", "report_2").denominator == "land_area"
    assert with_profile.value("sdg.headline.official", "report_2") is not None


def test_a_short_baseline_marks_every_figure_that_uses_it(country) -> None:
    book = Book(figures(replace(country.facts, short_periods=("baseline",))))

    assert book.find("sdg.headline.share", "report_1").quality == ("short_series",)
    assert book.find("sdg.assessment.degraded", "baseline").quality == ("short_series",)
    assert book.find("sdg.assessment.degraded", "report_1").quality == ()
    assert book.find("land_cover.status.degraded", "report_1").quality == ()


def test_labels_go_through_the_translation(country) -> None:
    made = Book(figures(country.facts, lambda text: f"<{text}>"))

    assert made.find("sdg.headline.area", "baseline").label == "<Degraded land>"


def test_known_layers_come_from_their_classes_where_they_are_not_counted(country) -> None:
    tables = {name: table for name, table in country.facts.tables.items() if not name.startswith("known.")}

    counted, derived = (Book(figures(replace(country.facts, tables=each))) for each in (country.facts.tables, tables))

    for flags in ("111", "110", "011", "000"):
        name = f"known.{flags}"
        assert derived.value(name, "report_1") == pytest.approx(counted.value(name, "report_1"), abs=1e-6)


def test_an_indicator_known_nowhere_is_unknown_and_not_zero(country, make_table) -> None:
    cells, empty = {(0, NODATA): 40.0, (NODATA, NODATA): 60.0}, {NODATA: 100.0}

    book = status_book(country, make_table, cells, empty, land_area_km2={2015: 100.0, 2019: 100.0})

    stems = ("sdg.headline.area", "sdg.headline.share", "sdg.headline.official", "sdg.headline.change")
    stems += (
        "sdg.status.degraded",
        "sdg.status.degraded.share.land_area",
        "sdg.change.net",
        "sdg.matrix.stable.stable",
    )
    assert [book.value(stem, "report_1") for stem in stems] == [None] * len(stems)
    assert book.value("sdg.status.nodata", "report_1") == 100
    assert book.value("sdg.headline.land", "report_1") == 100
    assert book.value("sdg.change.only_baseline", "report_1") == 40


def test_a_class_without_land_is_zero_where_others_are_known(country, make_table) -> None:
    book = status_book(country, make_table, {(0, 0): 100.0}, {0: 100.0})

    assert book.value("sdg.headline.area", "report_1") == 0
    assert book.value("sdg.headline.share", "report_1") == 0
