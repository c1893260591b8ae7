"""What always holds for allocations, rates, waterfalls, covers and fits."""

from datetime import date

import numpy as np
import numpy_financial
import pytest
import pyxirr
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from landbalance.core.errors import LandbalanceError, RuleError
from landbalance.finance import appraisal, blend, burning, carbon, cash_table, insure, risk, soil_factors, star, windows

POSITIVE = st.floats(0.05, 50)
SCORES = st.integers(2, 12).flatmap(
    lambda count: st.tuples(
        arrays(np.float64, count, elements=POSITIVE),
        arrays(np.float64, count, elements=st.floats(0, 1)),
        st.floats(0.3, 1.0),
    )
)


@given(SCORES)
def test_an_allocation_spends_all_and_keeps_every_bound(given_: tuple[np.ndarray, np.ndarray, float]) -> None:
    scores, floors, share = given_
    envelope = float(floors.sum() + 5)
    ceilings = np.maximum(np.full(len(scores), share * envelope), floors)
    if ceilings.sum() < envelope:
        with pytest.raises(RuleError, match="ceilings"):
            star.allocate(scores, envelope, floors, ceilings)
        return

    found = star.allocate(scores, envelope, floors, ceilings)

    amounts = np.array(found.amounts)
    assert found.total == pytest.approx(envelope, rel=1e-9)
    assert np.all(amounts >= floors - 1e-12)
    assert np.all(amounts <= ceilings + 1e-12)
    order = np.argsort(scores)[::-1]
    turned = star.allocate(scores[order], envelope, floors[order], ceilings[order])
    np.testing.assert_allclose(turned.amounts, amounts[order], rtol=1e-9, atol=1e-12)


@given(arrays(np.float64, (3, 6), elements=POSITIVE), st.sampled_from([0, 1, 2]), st.floats(0.01, 1000))
def test_a_common_factor_on_an_input_changes_no_share(values: np.ndarray, which: int, factor: float) -> None:
    scaled = values.copy()
    scaled[which] *= factor
    shares = []
    for rows in (values, scaled):
        scores = star.score(*rows, exponents=(1.0, 0.8, -0.12))
        shares.append(star.allocate(scores, 10.0, np.zeros(6), np.full(6, 10.0)).amounts)

    np.testing.assert_allclose(shares[0], shares[1], rtol=1e-9)


@pytest.mark.parametrize("kind", ["additive", "additive_unexposed", "factor"])
@given(
    benefits=arrays(np.float64, 5, elements=st.floats(0.05, 1)),
    drought=arrays(np.float64, 5, elements=st.floats(0.05, 0.8)),
    people=arrays(np.float64, 5, elements=st.floats(0.1, 10)),
    more=st.floats(0.01, 0.2),
)
def test_more_drought_in_one_country_never_lowers_what_it_gets(
    kind: str, benefits: np.ndarray, drought: np.ndarray, people: np.ndarray, more: float
) -> None:
    benefits = benefits / benefits.sum()
    worse = drought.copy()
    worse[0] += more
    found = []
    for level in (drought, worse):
        varied = star.drought_variant(kind, benefits, level, people, weight=0.2)
        gbi, factor = (benefits, varied) if kind == "factor" else (varied, 1.0)
        scores = star.score(np.ones(5), gbi, np.ones(5), exponents=(1.0, 0.8, 0.0)) * factor
        found.append(star.allocate(scores, 10.0, np.zeros(5), np.full(5, 6.0)).amounts[0])

    assert found[1] >= found[0] - 1e-9


def test_rates_agree_with_two_other_libraries_on_random_flows() -> None:
    rng = np.random.default_rng(11)
    checked = 0
    for flows in rng.normal(0, 100, (10_000, 8)) + np.array([-300, *[60] * 7]):
        rate = float(rng.uniform(0, 0.3))
        assert appraisal.npv(flows, rate) == pytest.approx(numpy_financial.npv(rate, flows), rel=1e-9, abs=1e-7)
        ours, theirs = appraisal.mirr(flows, rate, 0.05), pyxirr.mirr(list(flows), rate, 0.05)
        if ours is not None:
            assert ours == pytest.approx(theirs, rel=1e-9, abs=1e-9)
        found = appraisal.irr(flows)
        if found.sign_changes == 1 and found.value is not None:
            checked += 1
            assert found.value == pytest.approx(pyxirr.irr(list(flows)), rel=1e-7, abs=1e-9)
    assert checked > 300


@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=8), st.floats(0, 500), st.floats(0.5, 2))
def test_a_waterfall_loses_no_cent(amounts: list[float], cash: float, trigger: float) -> None:
    claims = [blend.Claim(str(rank), amount, rank, is_senior_debt=rank < 2) for rank, amount in enumerate(amounts)]

    found = blend.cash_waterfall(cash, claims, trigger=trigger)

    assert sum(found.paid.values()) + found.left == pytest.approx(cash, abs=1e-9)
    assert all(0 <= found.paid[each.name] <= each.amount for each in claims)


@given(arrays(np.float64, 30, elements=st.floats(-4, 4)), st.floats(-1.5, 0), st.floats(0.2, 2), st.floats(0.1, 1000))
def test_a_payout_is_bounded_and_never_falls_as_drought_grows(
    index: np.ndarray, attachment: float, width: float, limit: float
) -> None:
    cover = insure.Cover(attachment, attachment - width, limit)
    ordered = np.sort(index)

    paid = insure.payout(ordered, cover)

    assert np.all((paid >= 0) & (paid <= limit))
    assert np.all(np.diff(paid) <= 1e-9 * limit)


def test_the_closed_form_agrees_with_a_million_draws() -> None:
    cover = insure.Cover(-1.0, -2.5, 100.0)
    draws = np.random.default_rng(3).standard_normal(1_000_000)

    paid = insure.payout(draws, cover)
    found = insure.expected_payout_normal(cover)

    assert found.mean == pytest.approx(paid.mean(), rel=0.01)
    assert found.sd == pytest.approx(paid.std(), rel=0.01)


@pytest.mark.parametrize("shape", ["triangular", "pert", "uniform", "lognormal"])
def test_draws_keep_their_limits_and_go_together_as_told(shape: str) -> None:
    drivers = [risk.Driver(name, shape, 0.5, 1.0, 1.8, (name,)) for name in ("a", "b")]
    worth = {"a": 1.0, "b": 1.0}
    together = np.array([[1.0, 0.9], [0.9, 1.0]])

    loose = risk.monte_carlo(worth, drivers, draws=20_000, rng=np.random.default_rng(1))
    tight = risk.monte_carlo(worth, drivers, draws=20_000, rng=np.random.default_rng(1), correlation=together)

    assert tight.sd > loose.sd * 1.2
    assert sum(tight.contribution.values()) == pytest.approx(1)
    if shape != "lognormal":
        assert loose.values.min() >= 1.0
        assert loose.values.max() <= 3.6


def test_one_seed_gives_one_answer() -> None:
    driver = risk.Driver("a", "pert", 0.5, 1.0, 1.8, ("a",))

    found = [risk.monte_carlo({"a": 1.0}, [driver], draws=10_000, rng=np.random.default_rng(5)).mean for _ in range(2)]

    assert found[0] == found[1]


def lines() -> list[cash_table.Line]:
    return [
        cash_table.Line("fence", "cost", "capital", (100.0,), stakeholder="government"),
        cash_table.Line("tax", "cost", "tax", (0.0, 5.0, 5.0), stakeholder="firm"),
        cash_table.Line("milk", "benefit", "yield", (0.0, 90.0, 90.0), (0.0, 20.0, 15.0), drought=0.4),
    ]


def test_the_worth_of_all_who_gain_or_pay_is_the_worth_of_the_project() -> None:
    found = cash_table.appraise(lines(), years=2, rate=0.08)

    assert sum(found.by_stakeholder.values()) == pytest.approx(found.npv)


def test_a_tax_is_no_cost_to_the_economy() -> None:
    market, economy = (
        cash_table.appraise(lines(), years=2, rate=0.08, view=view) for view in ("financial", "economic")
    )

    assert economy.npv - market.npv == pytest.approx(5 / 1.08 + 5 / 1.08**2)


def test_droughts_lower_the_worth() -> None:
    calm = cash_table.appraise(lines(), years=2, rate=0.08)
    dry = cash_table.appraise(cash_table.with_droughts(lines(), 0.3), years=2, rate=0.08)

    assert dry.npv < calm.npv


def bad_calls() -> list[tuple[str, object]]:
    row = cash_table.Line("x", "cost", "capital", (1.0,))
    debt = blend.Tranche("a", "commercial", 10, 0.1)
    return [
        ("no counterfactual|without the project", lambda: cash_table.appraise([row], years=5, rate=0.1)),
        ("sum to 0.9", lambda: star.gpi(1, 1, 1, weights=(0.3, 0.3, 0.3))),
        ("floors come to", lambda: star.allocate(np.ones(2), 1.0, np.ones(2), np.full(2, 2.0))),
        ("floor 3.0 above ceiling", lambda: star.allocate(np.ones(1), 1.0, np.full(1, 3.0), np.ones(1))),
        ("mixes EUR, USD", lambda: blend.cost_of_funds([debt, blend.Tranche("b", "grant", 1, 0, "EUR")])),
        ("larger than the stack", lambda: blend.cost_of_funds([debt, blend.Tranche("g", "guarantee", 11, 0)])),
        ("does not fit a stack", lambda: blend.loss_waterfall([debt], 11)),
        ("exit lies below", lambda: insure.Cover(-2, -1, 100)),
        ("has 5 years", lambda: burning.burn([0.0] * 5, insure.Cover(-1, -2, 100))),
        ("amounts and no currency", lambda: windows.window_of({"id": "w", "least": 1.0, "currency": ""})),
        ("no climate desert", lambda: soil_factors.soc_reference("desert", "hac", 2019)),
        (
            "one edition",
            lambda: carbon.soc_change(1.0, carbon.Management(1, 1, 1, 2006), carbon.Management(1, 1, 1, 2019)),
        ),
        ("questions of integrity", lambda: carbon.revenue_npv([1.0], 5.0, 0.1, {})),
        ("rate is -1", lambda: appraisal.npv([1.0], -1)),
        ("draws are too few", lambda: risk.monte_carlo({}, [], draws=10, rng=np.random.default_rng(0))),
    ]


@pytest.mark.parametrize(("said", "call"), bad_calls(), ids=[said for said, _ in bad_calls()])
def test_bad_input_gets_one_clear_line(said: str, call: object) -> None:
    with pytest.raises(LandbalanceError, match=said) as caught:
        call()

    assert "\n" not in str(caught.value)


def test_flows_without_a_change_of_sign_have_no_rate_and_some_have_several() -> None:
    assert appraisal.irr([100, 50]).status == "none"
    assert appraisal.irr([-100, 230, -132]).status == "several"
    assert [round(root, 6) for root in appraisal.irr([-100, 230, -132]).roots] == [0.1, 0.2]


def test_every_window_of_the_catalogue_is_dated_and_sourced() -> None:
    for window in windows.windows():
        assert window.source
        assert window.checked_on is not None
        assert window.tag in {"S", "S*", "K", "M", "P"}
        assert not window.is_stale(date(2026, 11, 25))
        assert window.is_stale(date(2027, 12, 31))


def test_one_output_is_not_paid_twice() -> None:
    parts = [
        windows.Part("gef", "terraces", 2.0),
        windows.Part("gcf", "terraces", 1.0),
        windows.Part("gcf", "seed", 3.0),
    ]

    assert windows.bundle(parts).double_funded == ("terraces",)
