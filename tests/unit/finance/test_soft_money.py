"""Pools, pass-through, principles, swaps and pauses of blended money."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landbalance.core.dated import dated_values
from landbalance.core.errors import LandbalanceError
from landbalance.finance import blend, community, debt, pool, soft_money

RULES = pool.PoolRules(cap=0.25, currency="USD", standards=("safeguards",))


def member(name: str, amount: float = 1.0, **terms: object) -> pool.Member:
    given = {"currency": "USD", "standards": frozenset({"safeguards"}), "is_eligible": True, "has_cross_default": False}
    return pool.Member(name, amount, 0.10, **{**given, **terms})  # type: ignore[arg-type]


@pytest.mark.parametrize("correlation", [0.0, 0.2, 0.5, 1.0])
def test_equal_members_agree_with_the_closed_form(correlation: float) -> None:  # O-6.10
    found = pool.pooled([member(str(number)) for number in range(8)], RULES, correlation)

    assert found.together == pytest.approx(blend.pool_sd(0.10, 8, correlation))
    assert found.breaches == ()


def test_unequal_members_agree_with_draws() -> None:
    members = [member("a", 5.0), member("b", 3.0), member("c", 4.0), member("d", 4.0)]
    rho = np.array([[1, 0.5, 0.1, 0], [0.5, 1, 0.2, 0], [0.1, 0.2, 1, 0.3], [0, 0, 0.3, 1.0]])

    found = pool.pooled(members, pool.PoolRules(cap=0.4, currency="USD"), rho)

    draws = np.random.default_rng(2).multivariate_normal(np.zeros(4), rho * 0.01, 400_000)
    assert found.together == pytest.approx((draws @ np.array([5, 3, 4, 4]) / 16).std(), rel=0.01)


def test_each_rule_that_is_not_kept_is_named_with_what_would_help() -> None:
    members = [
        member("large", 6.0), member("euro", currency="EUR"), member("loose", standards=frozenset()),
        member("linked", has_cross_default=True), member("silent", is_eligible=None, has_cross_default=None),
    ]  # fmt: skip

    found = pool.pooled(members, RULES, 0.2).breaches

    assert [(each.member, each.rule) for each in found] == [
        ("large", "cap"), ("euro", "currency"), ("loose", "standards"), ("linked", "cross_default"),
        ("silent", "eligibility"), ("silent", "cross_default"),
    ]  # fmt: skip
    assert all(each.reason and each.remedy for each in found)


@given(st.lists(st.floats(0.1, 10), min_size=4, max_size=9), st.floats(0, 1))
def test_pooling_never_widens_the_spread_and_order_does_not_matter(amounts: list[float], correlation: float) -> None:
    members = [member(str(place), amount) for place, amount in enumerate(amounts)]

    found, back = (
        pool.pooled(each, pool.PoolRules(1.0, "USD"), correlation) for each in (members, members[::-1])
    )  # fmt: skip

    assert found.together <= found.alone + 1e-12
    assert found.together == pytest.approx(back.together)
    assert math.fsum(found.shares) == pytest.approx(1)


def test_a_grant_is_followed_to_its_groups() -> None:  # O-6.11
    chain = [community.Hand("agency", 0.095), community.Hand("ministry", 0.07), community.Hand("fund", 0.10)]
    arrivals = [
        community.Arrival("nursery", 1_000_000, is_direct=True, led_by=frozenset({"women"})),
        community.Arrival("seed", 500_000, form="in_kind", led_by=frozenset({"indigenous"})),
        community.Arrival("wells", 90_000, is_small_grant=True),
    ]

    found = community.track(5_000_000, chain, arrivals, community.Terms(), floor=0.70, small_grant_cap=75_000)

    assert [round(step.passed) for step in found.steps] == [4_525_000, 4_208_250, 3_787_425]
    assert found.share == pytest.approx(0.757485)
    assert sum(step.kept for step in found.steps) + found.delivered == pytest.approx(5_000_000)
    assert found.untracked == pytest.approx(3_787_425 - 1_590_000)
    assert found.shares == pytest.approx(
        {"direct": 100 / 159, "cash": 109 / 159, "women": 100 / 159, "indigenous": 50 / 159, "youth": 0}
    )
    assert [str(doubt) for doubt in found.doubts] == [
        "2,197,425 that arrives is not tracked to a group",
        "wells gets 90,000, a small grant is 75,000 at most",
    ]
    assert len(found.missing) == 4


def test_what_falls_below_the_floor_is_said() -> None:
    found = community.track(100.0, [community.Hand("a", 0.35)], [], community.Terms(), floor=0.70, small_grant_cap=None)

    assert not found.reaches_floor
    assert "65% arrives in communities, at least 70% should" in [str(each) for each in found.doubts]


def test_the_caps_and_floors_are_dated_parameters() -> None:
    known = dated_values("finance/parameters")

    for name in ("community_floor", "small_grant_cap_usd", "pool_single_cap", "cash_lock_up", "carbon_most_share"):
        assert known[name].is_unverified
        assert known[name].source


def test_a_soft_loan_of_the_worked_case_fails_the_test_of_the_least_developed() -> None:  # O-6.7
    found = soft_money.soft_loan_test(30, 0.03, 10, "ldc")

    assert (found.rate, found.least) == (0.09, 0.45)
    assert found.grant_element == pytest.approx(0.247655, rel=1e-5)
    assert not found.is_passed


def test_the_subsidy_of_the_worked_case_over_the_whole_project() -> None:  # O-6.7
    assert blend.grant_element(30, 0.03, 10, 0.09).subsidy / 100 == pytest.approx(0.074296, rel=1e-4)


def test_a_guarantee_in_basis_points_of_what_it_covers() -> None:  # O-6.6
    found = blend.guarantee_fee(
        40, cover=0.5, default=0.06, loss=0.45, correlation=0.15, quantile=0.995, hurdle=0.08, admin=0.002
    )

    assert (found.expected_loss / 20 * 1e4, found.fee / 20 * 1e4) == (
        pytest.approx(270), pytest.approx(366.613, rel=1e-5)
    )  # fmt: skip


def test_what_is_not_written_of_the_principles_is_named() -> None:
    found = soft_money.principles({"additionality": "no bank lends so long", "standards": "  "})

    assert [each.code for each in found if each.is_answered] == ["additionality"]
    assert len(found) == 5


def test_a_swap_says_the_cut_the_share_of_land_and_the_endowment() -> None:  # O-6.8
    found = debt.debt_swap(
        face=500, coupon=0.05, years=10, price=0.55, costs=14, new_rate=0.05, new_years=15, market_rate=0.09,
        commitment=4.0, commitment_years=20, endowed=0.25, endowment_rate=0.05,
    )  # fmt: skip

    assert found.nominal_cut == pytest.approx(211 / 500)
    assert found.share_to_land == pytest.approx(0.248, abs=5e-4)
    assert found.endowment == pytest.approx(sum(1.0 * 1.05**year for year in range(20)))
    assert found.endowment_income == pytest.approx(0.05 * found.endowment)


def test_an_index_puts_off_the_payments_of_the_worked_case() -> None:  # O-6.9
    index = [0.1, -0.4, 0.8, -2.1, -1.9, 0.3, 0.2, -2.0, 0.1, 0.5]

    numbers = debt.pauses(index, -1.5, put_off=2, most=1, years=10)

    assert numbers == (4, 5)
    assert debt.pause_clause(100, 0.06, 10, numbers).payments[5] == pytest.approx(20.231236, rel=1e-6)


@given(st.lists(st.floats(-3, 3), min_size=8, max_size=8), st.floats(-3, 0), st.integers(1, 4), st.integers(1, 3))
def test_a_pause_never_moves_the_last_payment_and_is_neutral_at_the_rate(
    index: list[float], trigger: float, put_off: int, most: int
) -> None:
    numbers = debt.pauses(index, trigger, put_off=put_off, most=most, years=8)

    assert len(numbers) <= put_off * most
    assert 8 not in numbers
    assert debt.pause_clause(100.0, 0.06, 8, numbers).worth(0.06) == pytest.approx(100)


def test_missing_years_of_the_index_trigger_nothing() -> None:
    assert debt.pauses([math.nan] * 5, -1.0, put_off=1, most=9, years=5) == ()


def test_structures_and_deals_carry_their_tag_and_no_figure() -> None:
    assert {each.tag for each in soft_money.structures()} <= {"S", "S*", "K", "M", "P"}
    assert ("SYC", 2015) in {(each.country, each.year) for each in soft_money.deals()}
    assert all(each.face is None and not each.source for each in soft_money.deals())


def test_figures_of_users_take_the_place_of_a_deal_and_want_a_source() -> None:
    own = soft_money.Deal("ZZD", 2025, "S", face=10.0, source="made up")

    assert own in soft_money.deals([own])
    assert len(soft_money.deals([own])) == len(soft_money.deals()) + 1
    with pytest.raises(LandbalanceError, match="deal of ZZD, 2025 has no source"):
        soft_money.deals([soft_money.Deal("ZZD", 2025, "S", face=10.0)])


@pytest.mark.parametrize(
    ("said", "call"),
    [
        ("3 members cannot each stay within 25%.*bring in 4", lambda: pool.pooled(
            [member("a"), member("b"), member("c")], RULES, 0.1)),
        ("two members of the pool", lambda: pool.pooled([member("a")] * 4, RULES, 0.1)),
        ("no members", lambda: pool.pooled([], RULES, 0.1)),
        ("no table of 4 by 4", lambda: pool.correlation_matrix([[1.0, 0.5], [0.5]], 4)),
        ("no 4 results go together", lambda: pool.correlation_matrix(-0.9, 4)),
        ("groups get 90.00 and 80.00 arrives", lambda: community.track(
            100.0, [community.Hand("a", 0.2)], [community.Arrival("x", 90.0)], community.Terms(), floor=0.7,
            small_grant_cap=None)),
        ("a fee is 1.2", lambda: community.track(
            100.0, [community.Hand("a", 1.2)], [], community.Terms(), floor=0.7, small_grant_cap=None)),
        ("no principle fairness", lambda: soft_money.principles({"fairness": "x"})),
        ("no test of soft loans for rich", lambda: soft_money.soft_loan_test(1, 0.1, 2, "rich")),
        ("has 2 years and the loan runs 5", lambda: debt.pauses([0.0, 1.0], -1, put_off=1, most=1, years=5)),
        ("is no smaller than the old debt", lambda: debt.debt_swap(
            face=100, coupon=0.05, years=10, price=0.95, costs=14, new_rate=0.05, new_years=15, market_rate=0.09,
            commitment=1.0, commitment_years=20)),
    ],
)  # fmt: skip
def test_what_cannot_be_is_one_line(said: str, call: object) -> None:
    with pytest.raises(LandbalanceError, match=said) as caught:
        call()  # type: ignore[operator]

    assert "\n" not in str(caught.value)
