"""Cash through a stack year by year: the order of payment, arrears, lock-up, reserve, and that no cent is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landbalance.core.errors import LandbalanceError
from landbalance.finance.blend import Tranche
from landbalance.finance.stack_cash import CashRules, stack_cash

CENT = 0.005
OPEN = CashRules(trigger=0.0, reserve_share=0.0)


def bank(amount: float = 40.0, **terms: object) -> Tranche:
    return Tranche("bank", "commercial", amount, 0.09, is_public=False, **{"years": 2, "repayment": "equal", **terms})  # type: ignore[arg-type]


def soft(amount: float = 30.0) -> Tranche:
    return Tranche("soft", "concessional", amount, 0.03, years=3, repayment="equal")


def first_loss() -> Tranche:
    return Tranche("first", "first_loss", 20.0, 0.05)


def test_a_year_pays_as_the_worked_case() -> (
    None
):  # O-6.4: fees .5, interest 3.6, principal 2, reserve .5, soft .9 and 1
    senior = Tranche("bank", "commercial", 40.0, 0.09, years=20, repayment="equal")
    lower = Tranche("soft", "concessional", 30.0, 0.03, years=30, repayment="equal")
    reserve = 0.5 / (38.0 * 0.09 + 2.0)
    rules = CashRules(trigger=1.10, reserve_share=reserve, fees=0.5)

    for cash, expected in ((9.0, (0.9, 1.0, 0.5)), (7.0, (0.4, 0.0, 0.0))):
        found = stack_cash([senior, lower, first_loss()], [cash, *[60.0] * 29], rules).years[0]

        assert (found.paid("fees"), found.paid("interest", "bank"), found.paid("principal", "bank")) == (
            pytest.approx(0.5), pytest.approx(3.6), pytest.approx(2.0))  # fmt: skip
        assert found.reserve == pytest.approx(0.5)
        assert [found.paid("interest", "soft"), found.paid("principal", "soft"), found.paid("coupon")] == pytest.approx(
            expected
        )


def test_unpaid_senior_interest_accrues_with_interest_and_soft_interest_without() -> None:
    found = stack_cash([bank(years=3, grace=2, repayment="bullet"), soft()], [0.0, 0.0, 500.0], OPEN)

    due = {(each.tranche, each.part): each.due for each in found.years[2].payments}
    unpaid = 3.6 + (3.6 + 0.09 * 3.6)
    assert due["bank", "interest"] == pytest.approx(unpaid + 0.09 * (40.0 + unpaid))
    assert due["soft", "interest"] == pytest.approx(3 * 0.9)
    assert found.owed == {"bank": pytest.approx(0.0), "soft": pytest.approx(0.0)}


def test_below_the_trigger_juniors_wait_and_the_cash_is_kept_back() -> None:
    rules = CashRules(trigger=1.30, reserve_share=0.0)

    found = stack_cash([bank(), soft()], [28.0, 60.0, 40.0], rules)

    first, second = found.years[0], found.years[1]
    assert first.is_locked
    assert first.cover == pytest.approx(28.0 / 23.6)
    assert first.kept_back == pytest.approx(4.4)
    assert first.paid("interest", "soft") == 0
    assert not second.is_locked
    assert second.paid("interest", "soft") == pytest.approx(2 * 0.9)


def test_the_reserve_pays_senior_debt_in_a_dry_year() -> None:
    rules = CashRules(trigger=1.0, reserve_share=1.0)

    found = stack_cash([bank(years=3)], [60.0, 0.0, 60.0], rules)

    assert found.years[0].reserve == pytest.approx(found.years[1].paid("interest") + found.years[1].paid("principal"))
    assert found.years[1].reserve == 0
    assert found.owed["bank"] == pytest.approx(0)


def test_a_coupon_that_is_not_paid_lapses() -> None:
    found = stack_cash([first_loss()], [0.0, 100.0], OPEN)

    assert found.years[1].paid("coupon") == pytest.approx(1.0)


def test_layers_of_one_rank_share_alike() -> None:
    stack = [bank(), Tranche("other", "commercial", 120.0, 0.09, years=2, repayment="equal")]

    found = stack_cash(stack, [8.0, 500.0], OPEN).years[0]

    assert found.paid("interest", "bank") == pytest.approx(2.0)
    assert found.paid("interest", "other") == pytest.approx(6.0)


def test_a_layer_that_is_paid_as_agreed_earns_its_rate() -> None:
    stack = [bank(repayment="level"), soft(), Tranche("owners", "equity", 10.0, 0.15)]

    found = stack_cash(stack, [60.0, 60.0, 60.0], CashRules(trigger=1.1, reserve_share=0.5))

    assert found.returns["bank"] == pytest.approx(0.09)
    assert found.returns["soft"] == pytest.approx(0.03)
    assert found.returns["owners"] is not None
    assert found.least_cover == pytest.approx(60.0 / (40.0 * 0.09 / (1 - 1.09**-2)))


@given(
    amounts=st.lists(st.floats(1.0, 1e8), min_size=1, max_size=4),
    cash=st.lists(st.floats(-1e7, 1e8), min_size=6, max_size=12),
    trigger=st.floats(0.0, 3.0),
    reserve=st.floats(0.0, 1.0),
    fees=st.floats(0.0, 1e6),
    share=st.floats(0.0, 1.0),
)
def test_no_cent_is_lost_in_any_year(
    amounts: list[float], cash: list[float], trigger: float, reserve: float, fees: float, share: float
) -> None:
    kinds = ("commercial", "concessional", "first_loss", "commercial")
    stack = [
        Tranche(str(place), kinds[place], amount, 0.02 * (place + 1), years=6, grace=place)  # type: ignore[arg-type]
        for place, amount in enumerate(amounts)
    ]

    found = stack_cash(stack, cash, CashRules(trigger, reserve, fees, share))

    held = 0.0
    for year in found.years:
        paid = sum(each.paid for each in year.payments)
        assert abs(year.cash + held - paid - year.reserve - year.kept_back) < CENT
        assert all(-1e-9 <= each.paid <= each.due + CENT for each in year.payments)
        assert not (year.is_locked and year.paid("rest"))
        held = year.reserve + year.kept_back


@given(cash=st.lists(st.floats(0.0, 100.0), min_size=4, max_size=4), more=st.floats(0.0, 50.0))
def test_more_cash_never_leaves_senior_debt_with_more_owed(cash: list[float], more: float) -> None:
    stack = [bank(years=4), soft(), first_loss()]
    rules = CashRules(trigger=1.1, reserve_share=0.5)

    poor, rich = stack_cash(stack, cash, rules), stack_cash(stack, [cash[0] + more, *cash[1:]], rules)

    assert rich.owed["bank"] <= poor.owed["bank"] + CENT


@pytest.mark.parametrize(
    ("said", "stack", "cash", "rules"),
    [
        ("bank has no years", [bank(years=0)], [1.0], OPEN),
        ("bank has 2 years of grace in 2", [bank(grace=2)], [1.0, 1.0], OPEN),
        ("runs 2 years and cash is given for 1", [bank()], [1.0], OPEN),
        ("no row of known numbers", [bank()], [float("nan"), 1.0], OPEN),
        ("two tranches have one name", [bank(), bank()], [1.0, 1.0], OPEN),
        ("community_share is 1.5", [bank()], [1.0, 1.0], CashRules(1.0, 0.5, community_share=1.5)),
        ("fees or trigger is -1", [bank()], [1.0, 1.0], CashRules(1.0, 0.5, fees=-1.0)),
    ],
)
def test_what_cannot_be_paid_through_is_one_line(
    said: str, stack: list[Tranche], cash: list[float], rules: CashRules
) -> None:
    with pytest.raises(LandbalanceError, match=said) as caught:
        stack_cash(stack, cash, rules)

    assert "\n" not in str(caught.value)
