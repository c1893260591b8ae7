"""Carbon of a project: timing to saturation, uncertainty, reversals, vintages, gates before revenue."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landbalance.core.errors import LandbalanceError
from landbalance.finance import carbon, soil_factors
from landbalance.finance.carbon_balance import (
    Component,
    Gases,
    Growth,
    balance_of,
    biomass_change,
    deduction_for,
    emissions,
    uncertainty_of,
)
from landbalance.finance.carbon_case import Market, Worth, carbon_case
from landbalance.finance.carbon_credits import (
    Reversal,
    SaleCosts,
    Shares,
    checked_gates,
    price_path,
    revenue,
    shadow_worth,
    vintages,
)

ALL = {gate.code: True for gate in carbon.gates({})}
PLAIN = Shares(0.10, 0.05, 0.20)
FREE = Shares(0.0, 0.0, 0.20)


def soil(yearly: list[float], unsure: float = 0.10) -> Component:
    return Component("soil", tuple(yearly), unsure)


def test_soil_stops_twenty_years_after_each_hectare_came_in() -> None:
    found = carbon.timing(1000, 0.5, horizon=40, adoption="linear", over=5, lasts=20)

    assert found.sum() == pytest.approx(1000 * 0.5 * 20)
    assert found[25:].sum() == 0
    assert found[:20].sum() == pytest.approx(17_500 * 0.5)  # O-8.4


@pytest.mark.parametrize("adoption", ["immediate", "linear", "exponential"])
@pytest.mark.parametrize("lasts", [5, 20, None])
def test_area_in_the_practice_is_never_below_zero_and_never_above_all(adoption: carbon.Adoption, lasts: int) -> None:
    found = carbon.timing(100, 1.0, horizon=30, adoption=adoption, over=7, lasts=lasts)

    assert np.all((found >= -1e-9) & (found <= 100 + 1e-9))


def test_a_slow_start_binds_less_than_a_straight_one() -> None:
    names: tuple[carbon.Adoption, ...] = ("exponential", "linear", "immediate")
    slow, straight, once = (carbon.timing(100, 1.0, horizon=20, adoption=name, over=8).sum() for name in names)

    assert slow < straight < once


def test_named_factors_give_the_worked_case() -> None:  # O-8.1
    names = (("annual_crops", "full_tillage", "low_input"), ("annual_crops", "no_tillage", "high_input_no_manure"))
    slots: tuple[soil_factors.Slot, ...] = ("land_use", "management", "inputs")
    products = [
        math.prod(soil_factors.soil_factor(slot, name, "tropical_dry", 2019).value
                  for slot, name in zip(slots, row, strict=True))
        for row in names
    ]  # fmt: skip

    stock = soil_factors.soc_reference("tropical_dry", "lac", 2019).value

    assert stock * products[0] == pytest.approx(16.606)
    assert stock * products[1] == pytest.approx(18.906368)


@pytest.mark.parametrize(
    ("climate", "edition", "stocks"),
    [
        ("boreal", 2019, (63, None, 10)), ("cool_temperate_dry", 2019, (43, 33, 13)),
        ("cool_temperate_moist", 2019, (81, 76, 51)), ("warm_temperate_dry", 2019, (24, 19, 10)),
        ("warm_temperate_moist", 2019, (64, 55, 36)), ("tropical_montane", 2019, (51, 44, 52)),
        ("tropical_dry", 2019, (21, 19, 9)), ("tropical_moist", 2019, (40, 38, 27)),
        ("tropical_wet", 2019, (60, 52, 46)),
        ("boreal", 2006, (68, None, 10)), ("cool_temperate_dry", 2006, (50, 33, 34)),
        ("cool_temperate_moist", 2006, (95, 85, 71)), ("warm_temperate_dry", 2006, (38, 24, 19)),
        ("warm_temperate_moist", 2006, (88, 63, 34)), ("tropical_dry", 2006, (38, 35, 31)),
        ("tropical_moist", 2006, (65, 47, 39)), ("tropical_wet", 2006, (44, 60, 66)),
        ("tropical_montane", 2006, (88, 63, 34)),
    ],
)  # fmt: skip
def test_reference_stocks_are_those_of_the_tables(climate: str, edition: int, stocks: tuple[float | None, ...]) -> None:
    for soil_type, stock in zip(("hac", "lac", "sandy"), stocks, strict=True):
        if stock is None:
            with pytest.raises(LandbalanceError, match="no reference stock"):
                soil_factors.soc_reference(climate, soil_type, edition)
        else:
            assert soil_factors.soc_reference(climate, soil_type, edition).value == stock


def test_the_uncertainty_of_a_change_agrees_with_draws() -> None:
    climate = "tropical_dry"
    land, full, none, low, high = (
        soil_factors.soil_factor(slot, name, climate, 2019)
        for slot, name in (
            ("land_use", "annual_crops"), ("management", "full_tillage"), ("management", "no_tillage"),
            ("inputs", "low_input"), ("inputs", "high_input_manure"),
        )
    )  # fmt: skip
    stock = soil_factors.soc_reference(climate, "lac", 2019)
    before, after = soil_factors.Practice(land, full, low), soil_factors.Practice(land, none, high)

    found = soil_factors.change_uncertainty(stock, before, after)

    rng = np.random.default_rng(3)
    ref, use, tilled, little, much = (
        each.value * (1 + (each.error or 0.0) / 2 * rng.standard_normal(400_000))
        for each in (stock, land, none, low, high)
    )
    change = ref * use * (tilled * much - little)
    assert found == pytest.approx(2 * change.std() / change.mean(), rel=0.02)


def test_an_unknown_error_makes_the_uncertainty_unknown() -> None:
    sure = soil_factors.Factor(1.0, 0.0)
    before = soil_factors.Practice(sure, sure, sure)

    stated = soil_factors.Practice(sure, sure, soil_factors.Factor(1.1))

    assert soil_factors.change_uncertainty(soil_factors.Factor(20, 0.1), before, stated) is None
    assert soil_factors.change_uncertainty(soil_factors.Factor(20, 0.1), before, before) is None


def test_trees_lose_what_is_cut_burnt_and_dies() -> None:
    kept = biomass_change(500, Growth(2.0, harvest=0.3, fire=0.1, mortality=0.1), root_share=0.28, carbon_fraction=0.47)

    assert kept == pytest.approx(1654.4)  # O-8.3: 1.5 t a hectare stay
    assert biomass_change(1, Growth(1.0, harvest=2.0), root_share=0, carbon_fraction=0.47) == pytest.approx(
        -0.47 * 44 / 12
    )


def test_gases_are_weighed_by_a_stated_report() -> None:
    given = Gases(n2o=1, ch4=1, fuel_co2=1)

    assert [emissions(given, report) for report in ("ar4", "ar5", "ar6")] == [324, 294, 301]


def test_uncertainties_combine_as_errors_propagate() -> None:  # 8.2: sqrt(sum (E u)^2) / |sum E|
    found = balance_of([soil([60, 40], 0.66), Component("emissions", (-10.0, -10.0), 0.20)])

    assert found.total == 80
    assert found.yearly == (50, 30)
    assert found.uncertainty == pytest.approx(math.sqrt(66**2 + 4**2) / 80)
    assert [uncertainty_of(name) for name in ("low", "moderate", "high", "very_high")] == [0.10, 0.20, 0.33, 0.66]
    assert deduction_for(found.uncertainty) == pytest.approx(found.uncertainty - 0.10)


def test_credits_of_one_year_are_those_of_the_worked_case() -> None:  # O-8.5
    found = vintages([10_000.0], PLAIN)[0]

    assert (found.stock, found.buffer, found.issued) == (
        pytest.approx(8550), pytest.approx(1710), pytest.approx(6840)
    )  # fmt: skip


def test_article_six_takes_its_share_and_cancels_some() -> None:
    plain, article = (vintages([1000.0], Shares(0, 0, 0.2, *given))[0] for given in ((), (0.05, 0.02)))

    assert article.issued == pytest.approx(0.93 * plain.issued)
    assert article.proceeds == pytest.approx(0.05 * plain.issued)


def test_a_fire_takes_the_buffer_first_and_the_rest_is_owed_until_it_grows_back() -> None:
    found = vintages([1000.0, 0.0, 200.0, 200.0, 400.0], FREE, [Reversal(2, 0.5, "fire")])

    assert [each.cancelled for each in found] == [0, 200, 0, 0, 0]
    assert [each.owed for each in found] == pytest.approx([0, 300, 100, 0, 0])
    assert [each.issued for each in found] == pytest.approx([800, 0, 0, 0, 240])
    assert found[-1].stock == pytest.approx(1300)


GAINS = st.lists(st.floats(0, 1000), min_size=3, max_size=12)


@given(gross=GAINS, buffer=st.floats(0, 1), year=st.integers(1, 3), share=st.floats(0, 1))
def test_every_tonne_is_sold_kept_cancelled_or_lost(gross: list[float], buffer: float, year: int, share: float) -> None:
    found = vintages(gross, Shares(0, 0, buffer), [Reversal(year, share, "drought")])

    sold, cancelled = sum(each.issued for each in found), sum(each.cancelled for each in found)
    last = found[-1]
    assert sold + cancelled + last.buffer == pytest.approx(max(each.stock for each in found), abs=1e-6)
    assert last.stock == pytest.approx(sum(gross) - sum(each.lost for each in found), abs=1e-6)
    assert all(each.buffer >= -1e-9 and each.owed >= -1e-9 and each.issued >= 0 for each in found)


@given(gross=GAINS, year=st.integers(1, 3), shares=st.tuples(st.floats(0, 1), st.floats(0, 1)))
def test_a_larger_loss_never_brings_more_credits(gross: list[float], year: int, shares: tuple[float, float]) -> None:
    found = [vintages(gross, FREE, [Reversal(year, share, "drought")]) for share in sorted(shares)]
    issued = [sum(each.issued for each in years) for years in found]

    assert issued[1] <= issued[0] + 1e-6


def test_no_revenue_while_a_question_is_open() -> None:
    years, answers = vintages([100.0] * 3, PLAIN), {**ALL, "consent": False}
    asked = checked_gates(answers, PLAIN, is_dryland=True, years=years)

    with pytest.raises(LandbalanceError, match="1 questions of integrity are open, first consent"):
        revenue(years, [8.0] * 3, 0.1, asked)
    case = carbon_case(balance_of([soil([100.0] * 3)]), PLAIN, Market([8.0]), Worth(0.1, "USD"), answers)
    assert case.revenue is None
    assert case.by_price == {}


def test_revenue_by_year_with_its_costs() -> None:
    case = carbon_case(
        balance_of([soil([100.0] * 3)]), Shares(0, 0, 0.1),
        Market([10.0], growth=0.10, costs=SaleCosts(first=50.0, verification=20.0, every=2, per_credit=0.5)),
        Worth(0.10, "USD"), ALL,
    )  # fmt: skip

    assert case.revenue is not None
    assert case.revenue.sold == pytest.approx((0, 900, 990, 1089))
    assert case.revenue.costs == pytest.approx((50, 45, 65, 65))
    assert case.revenue.worth == pytest.approx(-50 + 855 / 1.1 + 925 / 1.21 + 1024 / 1.331)
    assert case.by_price[5.0] < case.by_price[15.0] < case.by_price[30.0]


def test_a_shadow_price_is_never_revenue() -> None:
    balance = balance_of([soil([100.0])])

    with pytest.raises(LandbalanceError, match="shadow price of carbon is no revenue"):
        carbon_case(balance, FREE, Market([60.0], kind="shadow"), Worth(0.1, "USD"), ALL)
    case = carbon_case(balance, FREE, Market(), Worth(0.1, "USD"), {})
    assert case.shadow == (pytest.approx(shadow_worth([100.0], [50.0], 0.1)), pytest.approx(100 * 100 / 1.1))


def test_answers_do_not_help_where_figures_say_otherwise() -> None:
    years = vintages([100.0] * 2, FREE, for_ndc=[2])

    low = checked_gates(ALL, Shares(0, 0, 0.05), is_dryland=False, years=years)
    high = checked_gates(ALL, Shares(0, 0, 0.7), is_dryland=False, years=())

    assert {gate.code: str(gate.why) for gate in low if not gate.is_passed} == {
        "permanence": "a buffer of 5% is below 10%",
        "double_claim": "the country counts the vintages of years 2 itself",
    }
    assert [gate.code for gate in high if not gate.is_passed] == ["permanence"]


def test_the_water_balance_is_asked_of_dry_land_alone() -> None:
    dry, wet = (checked_gates({}, FREE, is_dryland=is_dry, years=()) for is_dry in (True, False))

    assert "water_balance" not in {gate.code for gate in dry if gate.is_passed}
    assert "water_balance" in {gate.code for gate in wet if gate.is_passed}


@pytest.mark.parametrize(
    ("others", "is_dry", "warned"), [(100.0, True, True), (1e6, True, False), (100.0, False, False)]
)
def test_carbon_above_half_of_the_benefits_of_dry_land_is_a_warning(others: float, is_dry: bool, warned: bool) -> None:
    worth = Worth(0.1, "USD", others=others, is_dryland=is_dry)

    case = carbon_case(balance_of([soil([100.0] * 3)]), PLAIN, Market([8.0]), worth, ALL)

    assert any("in dry land it should stay below 50%" in str(each) for each in case.warnings) == warned


def test_doubts_of_the_figures_are_said() -> None:
    case = carbon_case(
        balance_of([soil([100.0, 0.0], 0.66)]), FREE,
        Market([8.0], reversals=[Reversal(2, 0.9, "fire")]), Worth(0.1, "EUR", in_table=5.0), {},
    )  # fmt: skip

    assert [str(each) for each in case.warnings] == [
        "the cash table counts money from carbon although questions of integrity are open",
        "0% is left out for uncertainty; at 66% it should be 56%",
        "70 t of sold credits have no carbon behind them at the end",
    ]
    assert case.shadow is None


def test_vintages_say_who_claims_them() -> None:
    assert [each.use for each in vintages([1.0] * 3, FREE, adjusted=[1], for_ndc=[2])] == ["adjusted", "ndc", "open"]


@pytest.mark.parametrize(
    ("said", "call"),
    [
        ("no soil chalk", lambda: soil_factors.soc_reference("tropical_dry", "chalk", 2019)),
        ("no 2013 edition", lambda: soil_factors.soc_reference("tropical_dry", "hac", 2013)),
        ("no factor magic of land_use", lambda: soil_factors.soil_factor("land_use", "magic", "tropical_dry", 2019)),
        (
            "2006 edition does not give high_input_manure",
            lambda: soil_factors.soil_factor("inputs", "high_input_manure", "tropical_dry", 2006),
        ),
        ("boreal has no factors", lambda: soil_factors.soil_factor("land_use", "set_aside", "boreal", 2019)),
        ("no question of integrity luck", lambda: carbon.gates({"luck": True})),
        ("buffer is 1.5", lambda: vintages([1.0], Shares(0, 0, 1.5))),
        ("proceeds and cancelled is 1.2", lambda: vintages([1.0], Shares(0, 0, 0.1, 0.6, 0.6))),
        ("a reversal lies in year 9 of 1", lambda: vintages([1.0], FREE, [Reversal(9, 0.1, "fire")])),
        ("no warming potentials of ar9", lambda: emissions(Gases(), "ar9")),
        ("sure is no class of uncertainty", lambda: uncertainty_of("sure")),
        ("run over different years", lambda: balance_of([soil([1.0]), soil([1.0, 2.0])])),
        ("2 amounts have 1 uncertainties", lambda: carbon.combined_uncertainty([1.0, 2.0], [0.1])),
        ("harvest is -1", lambda: biomass_change(1, Growth(1.0, harvest=-1), root_share=0.2, carbon_fraction=0.5)),
        ("the prices of carbon are", lambda: price_path([], 3)),
        ("2 prices are given for 1 years", lambda: revenue(vintages([1.0], FREE), [1.0, 2.0], 0.1, ())),
    ],
)
def test_what_cannot_be_is_one_line(said: str, call: object) -> None:
    with pytest.raises(LandbalanceError, match=said) as caught:
        call()  # type: ignore[operator]

    assert "\n" not in str(caught.value)
