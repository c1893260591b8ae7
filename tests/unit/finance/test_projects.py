"""Allocation, appraisal, blended finance, index cover, carbon and windows against the worked cases of the field."""

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from landbalance.finance import (
    appraisal,
    basis,
    blend,
    burning,
    carbon,
    debt,
    desk,
    insure,
    matching,
    risk,
    soil_factors,
    star,
    star_moves,
    windows,
)

CASES: dict[str, Any] = yaml.safe_load((Path(__file__).parents[2] / "oracles" / "projects.yaml").read_text())
EXPONENTS = (1.0, 0.8, -0.08)


def near(value: Any) -> Any:
    return pytest.approx(value, rel=1e-4, abs=6e-5)


def scores_of(case: dict[str, Any], exponents: tuple[float, float, float] = EXPONENTS) -> np.ndarray:
    values = [np.array(case[name], dtype=float) for name in ("gpi", "gbi", "income")]
    return star.score(*values, exponents=exponents)


def shared_out(case: dict[str, Any], scores: np.ndarray, ceiling: float | None = None) -> star.Allocation:
    top = case["envelope"] if ceiling is None else ceiling
    return star.allocate(scores, case["envelope"], np.array(case["floors"]), np.full(len(scores), top))


def hectare() -> tuple[np.ndarray, np.ndarray]:
    case = CASES["hectare"]
    costs = np.full(case["years"] + 1, float(case["upkeep"]))
    costs[:2] = case["first_costs"]
    benefits = np.full(case["years"] + 1, float(case["first_benefits"][-1]))
    benefits[: len(case["first_benefits"])] = case["first_benefits"]
    return benefits, costs


def test_performance_is_a_weighted_mean() -> None:
    assert star.gpi(4.0, 3.5, 3.0, weights=(0.20, 0.65, 0.15)) == pytest.approx(3.525)


def test_allocation_keeps_floors_and_ceilings() -> None:
    case = CASES["star"]
    scores = scores_of(case)

    found = shared_out(case, scores, case["ceiling"])

    assert scores.tolist() == near(case["scores"])
    assert (scores / scores.sum() * case["envelope"]).tolist() == near(case["raw"])
    assert list(found.amounts) == near(case["final"])
    assert found.theta == near(case["theta"])
    assert found.pins == ("", "ceiling", "", "", "")


@pytest.mark.parametrize(("exponent", "final"), CASES["star"]["by_income_exponent"].items())
def test_a_steeper_income_exponent_moves_money_to_the_poorer(exponent: float, final: list[float]) -> None:
    case = CASES["star"]

    found = shared_out(case, scores_of(case, (1.0, 0.8, exponent)), case["ceiling"])

    assert list(found.amounts) == near(final)


def test_without_a_ceiling_the_raw_shares_stand() -> None:
    case = CASES["star"]

    found = star.allocate(scores_of(case), case["envelope"], np.zeros(5), np.full(5, case["envelope"]))

    assert list(found.amounts) == near(case["raw"])


def test_land_benefits_and_their_drought_variant() -> None:
    case, base = CASES["gbi"], CASES["star"]
    parts = {name: np.array(case[name], dtype=float) for name in case["weights"]}
    drought, people = np.array(case["drought"]), parts["people"]

    index = star.gbi_ld(parts, case["weights"], "world_share")
    with_drought = star.drought_variant("additive", index, drought, people, weight=case["drought_weight"])

    assert index.tolist() == near(case["index"])
    assert star.normalise(drought * people, "world_share").tolist() == near(case["exposed_share"])
    assert with_drought.tolist() == near(case["with_drought"])
    for gbi, final, theta in ((index, "final", "theta"), (with_drought, "drought_final", "drought_theta")):
        found = shared_out(base, scores_of({**base, "gbi": gbi}), base["ceiling"])
        assert list(found.amounts) == near(case[final])
        assert found.theta == near(case[theta])


def test_an_aggregate_floor_fills_in_proportion() -> None:
    case = CASES["aggregate"]
    table = np.array([case["before"], [50.0, 50.0, 50.0]])

    found = star.aggregate_floor(table, np.array(case["shares"], dtype=float), np.array([case["floor"], case["floor"]]))

    assert found[0].tolist() == near(case["after"])
    assert found.sum() == pytest.approx(table.sum())


def test_small_totals_are_flexible_and_large_ones_to_a_margin() -> None:
    gef5 = {"full_below": 7.0, "marginal": (0.0, 0.0)}
    gef7 = {"full_below": 7.0, "marginal": (2.0, 0.13)}

    assert star_moves.flexibility(2.00 + 2.14 + 0.50, 1.0, **gef5)
    assert not star_moves.flexibility(7.15, 1.0, **gef5)
    assert star_moves.marginal_limit(12, (2.0, 0.13)) == 2.0
    assert star_moves.marginal_limit(20, (2.0, 0.13)) == pytest.approx(2.6)
    assert star_moves.flexibility(20, 2.3, **gef7)
    assert not star_moves.flexibility(12, 2.3, **gef7)


@pytest.mark.parametrize(("name", "most"), [("gef-5", 7.0), ("gef-6", 2.0), ("gef-7", 7.0)])
def test_a_total_of_exactly_seven_million_is_flexible_where_the_regime_says_so(name: str, most: float) -> None:
    found = desk.may_move(desk.regime(name), 7.0, 5.0)

    assert found == (most == 7.0, most)


def test_flows_of_five_years() -> None:
    case = CASES["flows"]
    flows = case["amounts"]

    assert appraisal.npv(flows, 0.10) == near(case["npv10"])
    assert appraisal.irr(flows).value == near(case["irr"])
    assert appraisal.mirr(flows, 0.10, 0.12) == near(case["mirr"])
    assert appraisal.payback(flows, 0.10).simple == near(case["payback"])


def test_a_hectare_over_twenty_years() -> None:
    case = CASES["hectare"]
    benefits, costs = hectare()
    flows = benefits - costs
    turned = appraisal.payback(flows, 0.10)
    found = appraisal.switching(benefits, costs, 0.10)

    assert (appraisal.npv(flows, 0.10), appraisal.npv(flows, 0.05)) == near((case["npv10"], case["npv5"]))
    assert appraisal.irr(flows).value == near(case["irr"])
    assert (appraisal.mirr(flows, 0.10, 0.10), appraisal.mirr(flows, 0.08, 0.05)) == near(
        (case["mirr10"], case["mirr8_5"])
    )
    assert (appraisal.npv(benefits, 0.10), appraisal.npv(costs, 0.10)) == near((case["benefits10"], case["costs10"]))
    assert appraisal.bcr(benefits, costs, 0.10) == near(case["bcr"])
    assert (turned.simple, turned.discounted) == near((case["payback"], case["discounted_payback"]))
    assert appraisal.eanb(flows, 0.10) == near(case["eanb"])
    assert [found.benefits, found.costs] == near(case["switching"])


def test_many_draws_agree_with_the_closed_form() -> None:
    case = CASES["hectare"]
    worth = {"benefits": case["benefits10"], "costs": -case["costs10"]}
    driver = risk.Driver("benefits", "triangular", *case["triangular"], ("benefits",))

    found = risk.monte_carlo(worth, [driver], draws=100_000, rng=np.random.default_rng(7))

    assert abs(found.mean - case["mean"]) < 3 * found.standard_error
    assert found.sd == pytest.approx(case["sd"], rel=0.01)
    assert found.chance_of_loss == pytest.approx(case["chance_of_loss"], abs=3 * 0.00102)


def stack() -> list[blend.Tranche]:
    return [
        blend.Tranche(name, kind, amount, rate, is_public=kind != "commercial")
        for name, kind, amount, rate in CASES["stack"]["tranches"]
    ]


def test_cost_and_leverage_of_a_stack() -> None:
    case = CASES["stack"]

    found = blend.cost_of_funds(stack())

    assert (found.with_grants, found.without_grants) == near((case["cost"], case["cost_without_grants"]))
    assert found.commercial_to_below_market == near(case["commercial_to_soft"])
    assert found.total_to_grant == near(case["total_to_grant"])
    assert found.total_to_grant_and_first_loss == near(case["total_to_grant_and_first_loss"])


@pytest.mark.parametrize(("loss", "borne"), CASES["stack"]["losses"].items())
def test_losses_hit_the_junior_first(loss: float, borne: list[float]) -> None:
    found = blend.loss_waterfall(stack(), loss)

    assert [found[name] for name in ("gift", "loss", "soft", "senior")] == near(borne)


@pytest.mark.parametrize(("cash", "paid"), CASES["cash"]["paid"].items())
def test_cash_pays_in_order(cash: float, paid: list[float]) -> None:
    amounts = CASES["cash"]["claims"]
    claims = [
        blend.Claim(f"claim {rank}", amount, rank, is_senior_debt=rank in (1, 2), is_fee=rank == 0)
        for rank, amount in enumerate(amounts)
    ]

    found = blend.cash_waterfall(cash, claims, trigger=1.10)

    assert list(found.paid.values()) == near(paid)
    assert sum(found.paid.values()) + found.left == pytest.approx(cash)


def test_level_debt_breaches_where_sculpted_does_not() -> None:
    case = CASES["debt"]

    found = debt.dscr(case["cash"], case["debt"], case["rate"], 5)
    shaped = debt.sculpt(case["cash"], case["rate"], case["target"])

    assert found.service[0] == near(case["service"])
    assert list(found.dscr) == near(case["cover"])
    assert (found.mean, found.llcr) == near((case["mean"], case["llcr"]))
    assert list(shaped.service) == near(case["sculpted"])
    assert shaped.capacity == near(case["capacity"])


def test_price_of_a_guarantee() -> None:
    case = CASES["guarantee"]

    found = blend.guarantee_fee(case["exposure"], **case["given"])

    names = ("expected_loss", "bad_default_rate", "capital", "fee")
    assert [getattr(found, name) for name in names] == near([case[name] for name in names])
    assert [found.spread_before, found.spread_after] == near(case["spreads"])


def test_how_much_of_a_soft_loan_is_a_gift() -> None:
    case = CASES["concession"]

    found = blend.grant_element(case["principal"], case["rate"], case["years"], case["market"])

    assert (found.service, found.worth, found.subsidy) == near((case["service"], case["worth"], case["subsidy"]))
    assert found.grant_element == near(case["element"])


def test_a_debt_swap() -> None:
    case = CASES["swap"]

    found = debt.debt_swap(**case["given"])

    names = ("new_loan", "debt_cut", "new_service", "old_worth", "new_worth", "saving", "commitments", "net")
    assert [getattr(found, name) for name in names] == near([case[name] for name in names])
    assert found.share_to_land == pytest.approx(case["share"], abs=5e-4)


def test_a_pause_is_neutral_at_the_rate_of_the_loan() -> None:
    case = CASES["pause"]

    found = debt.pause_clause(case["principal"], case["rate"], case["years"], case["paused"])

    assert (found.payments[0], found.payments[5]) == near((case["payment"], case["new_payment"]))
    assert (found.balances[2], found.balances[4]) == near((case["after_3"], case["after_5"]))
    assert found.balances[-1] == pytest.approx(0, abs=1e-9)
    assert found.worth(case["rate"]) == pytest.approx(case["principal"])


@pytest.mark.parametrize(("correlation", "spread"), CASES["pool"]["spread"].items())
def test_a_pool_of_islands(correlation: float, spread: float) -> None:
    assert blend.pool_sd(CASES["pool"]["sd"], CASES["pool"]["members"], correlation) == near(spread)


def test_what_reaches_a_community() -> None:
    case = CASES["through"]

    assert list(blend.pass_through(case["amount"], case["fees"])) == near(case["left"])


def test_a_cover_pays_in_a_straight_line() -> None:
    case = CASES["cover"]
    cover = insure.Cover(*case["contract"])

    assert insure.payout(case["index"], cover).tolist() == near(case["pays"])
    assert cover.tick / 10 == near(10)


def test_expected_payout_on_a_normal_index() -> None:
    case = CASES["cover"]

    found = insure.expected_payout_normal(insure.Cover(*case["contract"]))

    assert {name: getattr(found, name) for name in case["expected"]} == near(case["expected"])


def test_burning_twenty_years() -> None:
    case = CASES["cover"]
    paid = [case["payouts"].get(year, 0) for year in range(1, 21)]

    found = burning.burn(case["series"], insure.Cover(*case["contract"]))

    assert list(found.payouts) == near(paid)
    assert (found.mean, found.sd) == near((case["burn"], case["sd"]))


def test_premiums_by_spread_and_by_tail() -> None:
    case = CASES["cover"]
    paid = burning.burn(case["series"], insure.Cover(*case["contract"])).payouts
    spread, tail = case["by_spread"], case["by_tail"]

    one = burning.premium(paid, 100, expense=spread["expense"], spread_load=spread["load"])
    two = burning.premium(paid, 100, expense=tail["expense"], tail_load=tail["load"], tail=tail["tail"])

    assert (one.premium, one.multiple, one.rate_on_line) == near(
        (spread["premium"], spread["multiple"], spread["rate_on_line"])
    )
    assert two.premium == near(tail["premium"])


def test_basis_risk_of_twenty_years() -> None:
    case = CASES["cover"]
    paid = burning.burn(case["series"], insure.Cover(*case["contract"])).payouts

    found = basis.basis_risk(paid, case["losses"], bad=case["bad"], worst=case["worst"])

    assert {name: getattr(found, name) for name in case["risk"]} == near(case["risk"])
    assert not basis.advise(found, 50.0, most_missed=0.2, least_correlation=0.6).is_fit


@pytest.mark.parametrize("name", ["crop", "grass"])
def test_soil_carbon_by_tier_one(name: str) -> None:
    case = CASES["carbon"][name]
    before, after = (carbon.Management(*case[key], 2019) for key in ("before", "after"))

    stock = soil_factors.soc_reference(case["climate"], case["soil"], 2019).value
    found = carbon.soc_change(stock, before, after)

    assert [found.before, found.after] == near(case["stocks"])
    assert found.rate == near(case["rate"])
    assert found.change * carbon.CO2_PER_C == near(case.get("per_ha", case.get("change", 0) * 44 / 12))


def test_trees_adoption_and_credits() -> None:
    trees, line, sale = (CASES["carbon"][name] for name in ("trees", "linear", "credits"))
    rate = CASES["carbon"]["crop"]["change"] * 44 / 12 / 20

    gain = carbon.biomass_gain(
        trees["hectares"], trees["growth"], root_share=trees["root_share"], carbon_fraction=trees["carbon_fraction"]
    )
    taken_up = carbon.timing(line["hectares"], rate, horizon=line["horizon"], adoption="linear", over=line["over"])
    at_once = carbon.timing(line["hectares"], rate, horizon=line["horizon"], adoption="immediate")
    sold = carbon.credits(
        sale["gross"], leakage=sale["leakage"], uncertainty=sale["uncertainty"], buffer=sale["buffer"]
    )

    assert gain == near(trees["gain"])
    assert taken_up.sum() == near(line["total"])
    assert at_once.sum() == near(CASES["carbon"]["crop"]["total"])
    assert (sold.net, sold.buffer, sold.issued) == near((sale["net"], sale["kept"], sale["issued"]))


@pytest.mark.parametrize("row", CASES["windows"]["catalogue"], ids=lambda row: row["id"])
def test_fit_of_a_project_to_windows(row: dict[str, Any]) -> None:
    sets = {name: frozenset(row[name]) for name in ("themes", "instruments", "priority_groups")}
    limits = {name: row[name] for name in ("least", "most", "required_readiness")}
    window = windows.Window(row["id"], "fund", "title", **sets, **limits)
    given = CASES["windows"]["ask"]
    ask = windows.Ask(
        "project", given["amount"], frozenset(given["themes"]), frozenset(given["instruments"]), "ZZA",
        groups=frozenset(given["groups"]), readiness=given["readiness"],
    )  # fmt: skip

    found = matching.match(ask, [window], date(2026, 11, 25))[0]

    assert found.score == near(row["score"])
    assert [each.rule for each in found.obstacles] == row["obstacles"]
