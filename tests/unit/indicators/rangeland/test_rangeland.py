"""Rangelands and forest carbon: worked examples, laws, refusals."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from landbalance.core.errors import InputError
from landbalance.indicators.forest_carbon import (
    Growth,
    emissions,
    forest_code,
    restoration_gain,
    root_biomass,
    total_carbon,
)
from landbalance.indicators.rangeland.condition import encroachment, tell_apart
from landbalance.indicators.rangeland.extent import definitions, rangeland_mask
from landbalance.indicators.rangeland.forage import access_share, capacity_range, carrying_capacity
from landbalance.indicators.rangeland.stocking import livestock_units, pressure_class

ORACLE = yaml.safe_load((Path(__file__).parents[3] / "oracles" / "rangeland.yaml").read_text(encoding="utf-8"))
YEARS = tuple(range(2001, 2021))
SAME = {"low": 0.3, "middle": 0.3, "high": 0.3}


@pytest.mark.parametrize("case", ORACLE["capacity"], ids=lambda case: f"{case['days']} days")
def test_capacity_matches_the_worked_example(case: dict) -> None:
    usable = case["area_ha"] * case["yield_kg_ha"] * case["use"]

    found = carrying_capacity(usable, days=case["days"], intake_kg_day=6.25)

    assert found == pytest.approx(case["units"], abs=0.05)


def test_carbon_matches_the_worked_example() -> None:
    case, above = ORACLE["carbon"], np.array([float(ORACLE["carbon"]["above_t_ha"])])

    assert root_biomass(above)[0] == pytest.approx(case["roots"], abs=5e-5)
    assert total_carbon(above)[0] == pytest.approx(case["carbon"], abs=5e-5)
    found = emissions(np.array([3]), total_carbon(above), np.array([float(case["lost_ha"])]))
    assert found[2003] == pytest.approx((case["lost_ha"], case["carbon_t"], case["co2_t"]), abs=1e-2)


def test_forest_is_followed_from_year_to_year() -> None:
    cover = np.array([80.0, 80.0, 80.0, 20.0, 80.0, np.nan])
    loss, water = np.array([0, 3, 9, 0, 0, 0]), np.array([0.0, 0, 0, 0, 90, 0])

    assert forest_code(cover, loss, water, threshold=30, first=2005, last=2015).tolist() == [0, -1, 9, -1, -2, -32768]


def test_plantations_do_not_grow_after_twenty_years_and_may_be_negative() -> None:
    grown = restoration_gain(np.array([200.0]), {"teak": Growth(10.0, 9.0), "agroforestry": Growth(1.0, 1.0)}, years=40)

    assert grown["teak"][0] == pytest.approx(200 - total_carbon(np.array(200.0)) * 3.67)
    assert grown["agroforestry"][0] == 0.0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: forest_code(np.ones(1), np.zeros(1), None, threshold=30, first=2015, last=2005), "forest from 2015"),
        (lambda: restoration_gain(np.ones(1), {"oil palm": Growth(1.0)}, years=20), "no measure is called oil palm"),
        (lambda: restoration_gain(np.ones(1), {}, years=80), "restoration over 80 years"),
        (lambda: livestock_units({"yak": 3}), "yak has no livestock factor"),
        (lambda: livestock_units({"goat": -3}), "goat: -3 animals"),
        (lambda: capacity_range([np.nan], allowable=SAME, rain_use=SAME, days=365, intake_kg_day=6.25), "no year has"),
    ],
)
def test_what_makes_no_sense_is_one_line(call: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        call()  # type: ignore[operator]


def test_definitions_widen_from_strict_to_broad() -> None:
    codes = np.arange(256)
    classes = np.where(codes % 7 == 0, 6, 2)

    masks = [rangeland_mask(codes, classes, np.full(256, 0.1), each, has_codes=True) for each in definitions()]

    assert all((wide | narrow == wide).all() for narrow, wide in pairwise(masks))


@given(yearly=st.lists(st.floats(1e3, 1e9), min_size=3, max_size=20), factor=st.floats(1.1, 5))
def test_more_forage_carries_more_and_dry_years_carry_less(yearly: list[float], factor: float) -> None:
    found, more = (
        capacity_range([each * by for each in yearly], allowable=SAME, rain_use=SAME, days=365, intake_kg_day=6.25)
        for by in (1.0, factor)
    )

    assert found.dry <= found.conservative <= found.middle <= found.wet
    assert more.middle > found.middle


@given(heads=st.dictionaries(st.sampled_from(["cattle", "sheep", "goat", "camel"]), st.integers(0, 10**6)))
def test_herds_add_up(heads: dict[str, int]) -> None:
    parts = sum(livestock_units({species: count}) for species, count in heads.items())

    assert livestock_units(heads) == pytest.approx(parts)


def test_pressure_classes_begin_at_their_edges() -> None:
    assert [pressure_class(each) for each in (0.69, 0.7, 1.0, 1.5)] == [
        "light",
        "near capacity",
        "over capacity",
        "severe",
    ]


def test_steep_land_far_from_water_feeds_nobody() -> None:
    assert access_share(np.array([1.6, 3.2, 3.3]), np.array([10.0, 30.0, 5.0])).tolist() == [1.0, 0.35, 0.0]


def dry_case(fall: float, dry: bool) -> str:
    """Return the statement for productivity that follows rain and falls by itself; late years are dry, or none is."""
    rain = 300.0 + np.resize([15.0, -10.0, 0.0, -5.0], 20)
    index = np.zeros(20)
    if dry:
        rain[12:] -= np.linspace(40, 150, 8)
        index[12:] = -1.5
    productivity = 0.2 + 0.001 * rain - fall * np.arange(20) + 0.001 * np.resize([1.0, -1.0, 0.5], 20)
    return tell_apart(YEARS, productivity, rain, index).statement


@pytest.mark.parametrize(
    ("fall", "dry", "statement"),
    [(0.0, False, "no loss"), (0.0, True, "dry years"), (0.01, False, "lasting loss")],
)
def test_dry_years_are_told_from_lasting_loss(fall: float, dry: bool, statement: str) -> None:
    assert dry_case(fall, dry) == statement


def test_a_lasting_fall_in_a_dry_spell_is_both() -> None:
    rng = np.random.default_rng(4)
    rain, index = 300 + 60 * rng.standard_normal(20), np.zeros(20)
    rain[[13, 17]], index[[13, 17]] = 120.0, -2.0
    productivity = 0.2 + 0.0005 * rain - 0.01 * np.arange(20)

    found = tell_apart(YEARS, productivity, rain, index)

    assert found.statement == "both"
    assert found.dry_years == (2014, 2018)


def test_few_years_are_unclear() -> None:
    assert tell_apart(YEARS[:5], np.arange(5.0), np.arange(5.0), np.zeros(5)).statement == "unclear"


def test_encroachment_is_bush_up_and_herbs_down() -> None:
    rise = np.linspace(0.1, 0.4, 12)

    assert encroachment(rise, 0.5 - rise) == "encroachment"
    assert encroachment(rise, 0.5 + rise) == "recovery"
    assert encroachment(rise[:4], rise[:4]) == "unclear"
