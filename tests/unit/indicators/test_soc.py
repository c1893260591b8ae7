"""Soil organic carbon: stocks through time, their status, water and stocks near zero."""

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from landbalance.core.errors import InputError, RuleError
from landbalance.core.soc_factors import factor_array
from landbalance.core.types import Array, FloatGrid
from landbalance.core.vocab import Status
from landbalance.indicators.soc_special import soc_special
from landbalance.indicators.soc_status import soc_status
from landbalance.indicators.soc_stock import soc_stock

ORACLE = yaml.safe_load((Path(__file__).parents[2] / "oracles" / "soc.yaml").read_text(encoding="utf-8"))
STOCKS = arrays(np.float32, (2, 4, 5), elements=st.floats(1, 500, width=32))
YEARS = (2000, 2003, 2004, 2010, 2022)
COVER = arrays(np.int8, (5, 6), elements=st.sampled_from([-128, 1, 2, 3, 4, 5, 6, 7]))
FACTORS = factor_array("ipcc2006")


def stocks(stock: float, zone: int, cover: dict[int, int], at_years: list[int], **changed: Any) -> Array:
    """Return the stocks of one cell."""
    settings = {"reference_year": 2000, "soc_years": 20, "factors": FACTORS, "fmg": 1.0, "fi": 1.0, "model": "annual"}
    classes = np.int8(list(cover.values()))[:, None]
    reference, climate = np.float32([stock]), np.int32([zone])
    return soc_stock(
        reference, classes, climate, cover_years=tuple(cover), at_years=tuple(at_years), **(settings | changed)
    )[:, 0]


def twin(
    reference: float, cover: Array, years: tuple[int, ...], at_years: tuple[int, ...], factors: Array
) -> list[float]:
    """Return the stocks of one cell by stepping through every year, as methods 3.4 describes."""
    known = [(year, int(found)) for year, found in zip(years, cover, strict=True) if found > 0]
    if not known:
        return [float("nan")] * len(at_years)
    changes = {
        first + (second - first) // 2: (before, after)
        for (first, before), (second, after) in itertools.pairwise(known)
        if before != after
    }
    stock, loss, left, found = float(reference), 0.0, 0, {2000: float(reference)}
    for year in range(2000, max(at_years)):
        if year in changes:
            before, after = changes[year]
            loss, left = (stock - stock * factors[before - 1, after - 1]) / 20, 20
        stock -= loss if left > 0 else 0.0
        left -= 1
        found[year + 1] = stock
    return [found[year] for year in at_years]


@pytest.mark.parametrize("case", ORACLE["stocks"], ids=lambda case: case["name"])
def test_stocks_match_the_oracle(case: dict[str, Any]) -> None:
    found = stocks(case["stock"], case["zone"], case["cover"], list(case["stocks"]))

    np.testing.assert_allclose(found, list(case["stocks"].values()), rtol=1e-6)


@pytest.mark.parametrize("case", ORACLE["stocks"], ids=lambda case: case["name"])
def test_changes_match_the_oracle(case: dict[str, Any]) -> None:
    for change in case["changes"]:
        first, last = stocks(case["stock"], case["zone"], case["cover"], [change["from"], change["to"]])

        status = soc_status(np.float32([first]), np.float32([last]), threshold=0.1, inclusive=True)

        assert 100 * (last - first) / first == pytest.approx(change["percent"], abs=1e-3)
        assert status[0] == change["status"]


@pytest.mark.parametrize("model", ["two_map", "annual"])
@pytest.mark.parametrize("case", ORACLE["two_map"], ids=str)
def test_two_maps_match_the_oracle(case: dict[str, Any], model: str) -> None:
    start, end = case["from"], case["to"]

    first, last = stocks(80, case["zone"], case["cover"], [start, end], reference_year=start, model=model)

    assert 100 * (last - first) / first == pytest.approx(case["percent"], abs=1e-3)
    assert soc_status(np.float32([first]), np.float32([last]), threshold=0.1, inclusive=True)[0] == case["status"]


@pytest.mark.parametrize(("inclusive", "rule"), [(True, "inclusive"), (False, "strict")])
def test_the_edge_matches_the_oracle(inclusive: bool, rule: str) -> None:
    case = ORACLE["edge"]

    first, last = stocks(case["stock"], case["zone"], case["cover"], [case["from"], case["to"]])

    status = soc_status(np.float32([first]), np.float32([last]), threshold=0.1, inclusive=inclusive)
    assert status[0] == case[rule]


@given(cover=COVER, stock=st.floats(1, 500, width=32), zone=st.integers(1, 12))
def test_stocks_equal_those_of_stepping_year_by_year(cover: Array, stock: float, zone: int) -> None:
    at_years = (2000, 2001, 2004, 2015, 2023, 2045)
    reference = np.full(cover.shape[1], stock, dtype=np.float32)
    climate = np.full(cover.shape[1], zone, dtype=np.int8)

    found = soc_stock(
        reference, cover, climate, cover_years=YEARS, reference_year=2000, at_years=at_years, soc_years=20,
        factors=FACTORS, fmg=1.0, fi=1.0, model="annual",
    )  # fmt: skip

    for cell in range(cover.shape[1]):
        expected = twin(reference[cell], cover[:, cell], YEARS, at_years, FACTORS[zone])
        np.testing.assert_allclose(found[:, cell], expected, rtol=1e-6)


def test_a_second_change_replaces_the_first() -> None:
    found = stocks(60, 11, {2000: 1, 2001: 3, 2010: 3, 2011: 5}, [2010, 2011, 2030, 2040])

    after_first = 60 - 10 * 1.56
    np.testing.assert_allclose(found[0], after_first, rtol=1e-6)
    np.testing.assert_allclose(found[1:], [after_first * 0.955, after_first * 0.1, after_first * 0.1], rtol=1e-6)


def test_a_change_before_the_reference_year_is_in_the_stock_already() -> None:
    found = stocks(60, 11, {2000: 1, 2002: 3}, [2010, 2015], reference_year=2010)

    assert found.tolist() == [60, 60]


def test_a_period_may_start_in_the_reference_year() -> None:
    found = stocks(60, 11, {2010: 1, 2011: 3}, [2010, 2015], reference_year=2010)

    np.testing.assert_allclose(found, [60, 60 - 5 * 1.56], rtol=1e-6)


def test_a_year_before_the_reference_stock_is_refused() -> None:
    with pytest.raises(RuleError, match="start the period in 2010 or later"):
        stocks(60, 11, {2000: 1, 2015: 3}, [2000, 2015], reference_year=2010)


@pytest.mark.parametrize("zone", [-1, 0, 13, 255])
def test_no_climate_zone_means_no_stock(zone: int) -> None:
    assert np.isnan(stocks(60, zone, {2000: 1}, [2000, 2015])).all()


def test_missing_land_cover_falls_back_on_the_known_years() -> None:
    gap = stocks(60, 11, {2000: 1, 2004: -128, 2005: -128, 2006: 3}, [2015])
    none = stocks(60, 11, {2000: -128, 2006: -128}, [2015])

    np.testing.assert_allclose(gap, 60 - 12 * 1.56, rtol=1e-6)  # placed in 2003
    assert np.isnan(none).all()


def test_a_change_without_factor_makes_the_stock_unknown_from_then_on() -> None:
    factors = FACTORS.copy()
    factors[11, 0, 2] = np.nan

    found = stocks(60, 11, {2000: 1, 2004: 1, 2005: 3}, [2004, 2005], factors=factors)

    assert found[0] == 60
    assert np.isnan(found[1])


def test_management_and_input_factors_multiply() -> None:
    found = stocks(60, 12, {2000: 1, 2001: 3}, [2020], fmg=1.1, fi=0.95)

    np.testing.assert_allclose(found, 60 * 0.58 * 1.1 * 0.95, rtol=1e-6)


def test_two_maps_ignore_the_years_between() -> None:
    cover = {2000: 1, 2005: 3, 2015: 1, 2022: 3}

    found = stocks(60, 2, cover, [2000, 2015, 2023], model="two_map")

    np.testing.assert_allclose(found, [60, 60, 60 - 4 * 0.6], rtol=1e-6)  # the map of 2022 stands for 2023


@pytest.mark.parametrize(
    ("changed", "message"),
    [({"model": "monthly"}, "no SOC model"), ({"cover": {2001: 1, 2000: 1}}, "ascending"), ({"cover": {}}, "0 maps")],
)
def test_what_cannot_be_computed_is_refused(changed: dict[str, Any], message: str) -> None:
    settings = {"stock": 60, "zone": 11, "cover": {2000: 1}, "at_years": [2015]} | changed

    with pytest.raises(InputError, match=message):
        stocks(**settings)


def test_status_matches_hand_calculation() -> None:
    baseline, current = np.float32([[50, 50, 50, 0, np.nan]]), np.float32([[45, 45.1, 55.1, 5, 5]])

    status = soc_status(baseline, current, threshold=0.1, inclusive=True)

    assert status.tolist() == [[Status.DEGRADED, Status.STABLE, Status.IMPROVED, Status.NODATA, Status.NODATA]]


@pytest.mark.parametrize(("inclusive", "expected"), [(True, [-1, 1]), (False, [0, 0])])
def test_the_threshold_itself_follows_the_profile(inclusive: bool, expected: list[int]) -> None:
    status = soc_status(np.float32([50, 50]), np.float32([45, 55]), threshold=0.1, inclusive=inclusive)

    assert status.tolist() == expected


def test_an_unchanged_stock_is_stable_even_without_threshold() -> None:
    assert soc_status(np.float32([50]), np.float32([50]), threshold=0.0, inclusive=True).tolist() == [0]


@given(pair=STOCKS, power=st.integers(-4, 4), inclusive=st.booleans())
def test_status_does_not_depend_on_the_unit_of_stock(pair: FloatGrid, power: int, inclusive: bool) -> None:
    baseline, current = pair
    factor = np.float32(2.0**power)

    scaled = soc_status(baseline * factor, current * factor, threshold=0.1, inclusive=inclusive)

    np.testing.assert_array_equal(scaled, soc_status(baseline, current, threshold=0.1, inclusive=inclusive))


@given(pair=STOCKS)
def test_a_lower_stock_never_gives_a_better_status(pair: FloatGrid) -> None:
    baseline, current = pair
    lower = current * np.float32(0.9)

    worse = soc_status(baseline, lower, threshold=0.1, inclusive=True)

    assert (worse <= soc_status(baseline, current, threshold=0.1, inclusive=True)).all()


@pytest.mark.parametrize(
    ("rule", "expected"), [("either", [-128, -128, 0]), ("initial", [-128, -1, 0]), ("final", [-1, -128, 0])]
)
def test_water_leaves_by_the_rule(rule: str, expected: list[int]) -> None:
    status, below = soc_special(
        np.int8([-1, -1, 0]), np.float32([40, 40, 40]), np.int8([7, 1, 2]), np.int8([1, 7, 2]),
        floor=5.0, floor_rule="flag_stable", water_rule=rule,
    )  # fmt: skip

    assert status.tolist() == expected
    assert not below.any()


@pytest.mark.parametrize(
    ("rule", "special"), [("flag_stable", Status.STABLE), ("not_applicable", Status.NOT_APPLICABLE)]
)
def test_stocks_below_the_floor_follow_the_rule(rule: str, special: Status) -> None:
    cover = np.int8([6, 6, 6, 7])
    status, below = soc_special(
        np.int8([-1, -1, -128, 1]), np.float32([4.9, 5, 0, 3]), cover, cover,
        floor=5.0, floor_rule=rule, water_rule="either",
    )  # fmt: skip

    assert status.tolist() == [special, -1, -128, -128]
    assert below.tolist() == [1, 0, 0, 0]


def test_unknown_rules_are_refused() -> None:
    layer = np.int8([0])
    with pytest.raises(InputError, match="rules for special soils"):
        soc_special(layer, np.float32([9]), layer, layer, floor=5.0, floor_rule="drop", water_rule="either")
