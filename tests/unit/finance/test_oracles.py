"""The worked cases of the finance floor."""

import math
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from landbalance.finance import (
    annualise,
    boundary_totals,
    budget_class,
    coefficient,
    cost_schedule,
    count_once,
    crf,
    expected,
    gap,
    mobilised,
    pse,
    repurpose,
    residual,
    rio_totals,
    screen_score,
)
from landbalance.finance.budgets import budget_totals
from landbalance.finance.classify import Split
from landbalance.finance.mobilisation import Official
from landbalance.finance.needs import CostedAction, project_baseline, unit_cost
from landbalance.finance.so5 import trend
from landbalance.finance.strategy import FinanceAction
from landbalance.finance.subsidy import Subsidy

CASES: dict[str, Any] = yaml.safe_load((Path(__file__).parents[2] / "oracles/finance.yaml").read_text("utf-8"))


def near(value: float) -> Any:
    return pytest.approx(value, rel=1e-6)


def system() -> pd.DataFrame:
    rows = [
        {"id": str(place), "activity": a, "kind": kind, "amount": float(amount), "provider_activity": giver,
         "receiver_activity": taker, "day": "2024-02-01", "source": "iati", "finance_type": "110",
         "collaboration": None, "is_external": False, "is_domestic": False}
        for place, (a, kind, amount, giver, taker) in enumerate(CASES["boundary"]["transactions"])
    ]  # fmt: skip
    return pd.DataFrame(rows)


def test_an_activity_without_marker_counts_by_its_sectors() -> None:
    case = CASES["coefficient"]

    share = coefficient(sectors=[Split("1", str(code), part) for code, part in case["sectors"].items()]).value

    assert share == near(case["share"])
    assert share * case["amount"] == near(case["counted"])


def test_rio_conventions_stand_apart_and_the_unique_total_counts_once() -> None:
    case = CASES["rio"]
    names = ("amount", *case["scaled"])

    totals = rio_totals(pd.DataFrame({name: case[name] for name in names}))

    assert {name: total.scaled for name, total in totals.conventions.items()} == near(case["scaled"])
    assert sum(total.scaled for total in totals.conventions.values()) == near(case["sum"])
    land = totals.conventions["desertification"]
    assert (totals.unique, land.principal, land.significant, land.unscreened) == near(
        (case["unique"], case["desertification_principal"], case["desertification_significant"], case["unscreened"])
    )
    assert land.coverage == pytest.approx(case["coverage"], abs=1e-6)


def test_money_is_counted_where_it_crosses_the_boundary() -> None:
    case = CASES["boundary"]
    moves = system()

    found = boundary_totals(moves, case["members"])

    assert moves.loc[moves["kind"].isin((3, 4)), "amount"].sum() == near(case["naive"])
    assert (found.entry, found.final_use, found.retained) == near((case["entry"], case["final_use"], case["retained"]))
    assert found.by_activity == near(case["by_activity"])
    assert not found.warnings


@pytest.mark.parametrize(
    ("perspective", "key"), [("provider", "entry"), ("recipient", "entry"), ("final-use", "final_use")]
)
def test_each_perspective_counts_every_dollar_once(perspective: str, key: str) -> None:
    case = CASES["boundary"]
    heads = pd.DataFrame({"id": ["D1", "F1", "N1"], "parent": ["", "", ""]})

    counted = count_once(system(), heads, perspective=perspective, members=case["members"])

    assert counted.total == near(case[key])
    assert len(counted.transactions) == len(case["transactions"])  # nothing is dropped


def test_a_syndicated_loan_is_attributed_once() -> None:
    case = CASES["mobilised"]

    found = mobilised(case["private"], "syndicated_loan", [Official(*row) for row in case["officials"]])

    assert found == near(case["attributed"])
    assert sum(found.values()) == near(case["private"])


def test_budget_lines_have_classes_and_a_weighted_sum() -> None:
    case = CASES["budget"]

    totals = budget_totals(case["amounts"], case["shares"])

    assert [budget_class(share) for share in case["shares"]] == case["classes"]
    assert (totals.weighted, totals.total) == near((case["weighted"], case["total"]))


@pytest.mark.parametrize("case", CASES["trend"], ids=lambda case: case["trend"])
def test_trends_follow_the_last_two_years(case: dict[str, Any]) -> None:
    assert trend(case["amounts"]) == case["trend"]


def test_producer_support() -> None:
    case = CASES["pse"]

    found = pse(case["market_price_support"], case["payments"], case["production"])

    assert (found.value, found.share, found.assistance) == pytest.approx(
        (case["pse"], case["share"], case["assistance"]), rel=1e-5
    )


def test_screening_a_subsidy() -> None:
    case = CASES["screen"]
    entry = Subsidy("s", "Fuel", case["value"], case["harm"], case["feasibility"], case["equity"])

    assert screen_score(entry, case["largest"]) == near(case["score"])


def test_a_repurposed_subsidy_balances() -> None:
    case = CASES["repurpose"]

    sheet = repurpose(case["before"], cut=case["cut"], compensation=case["compensation"], reinvest=case["reinvest"])

    found = (sheet.released, sheet.compensation, sheet.reinvested, sheet.saving)
    assert found == near((case["released"], case["paid"], case["land"], case["saving"]))
    assert sum(found[1:]) + sheet.other == near(found[0])


def test_annual_cost_of_land_under_a_practice() -> None:
    case = CASES["annuity"]

    assert crf(case["rate"], case["years"]) == near(case["crf"])
    cost = annualise(case["hectares"], case["capex"], case["upkeep"], case["rate"], case["years"])
    assert cost == near(case["cost"])


def test_costs_follow_the_hectares() -> None:
    case = CASES["schedule"]
    years = range(case["years"][0], case["years"][1] + 1)

    need = cost_schedule([plan(case)], years)

    assert [cost / 1e6 for cost in need.total] == near(case["cost_millions"])
    assert need.sum / 1e6 == near(case["total_millions"])
    assert need.sum / 5e6 == near(case["mean_millions"])


def test_the_gap_is_need_less_baseline() -> None:
    case, schedule = CASES["gap"], CASES["schedule"]
    years = range(schedule["years"][0], schedule["years"][1] + 1)
    baseline = project_baseline(case["first"], case["growth"], years)

    found = gap(years, cost_schedule([plan(schedule)], years).total, baseline)

    assert math.fsum(baseline) == near(case["baseline_sum"])
    assert [each / 1e6 for each in found.gap] == near(case["gap_millions"])
    assert (found.total, found.share_of_need) == near((case["sum"], case["share"]))


def test_unit_costs_sum_over_practices() -> None:
    case = CASES["unit_costs"]

    total = sum(area * (unit_cost(practice).central or math.nan) for practice, area in case["hectares"].items())

    assert total == near(case["total"])


def test_the_global_reference_numbers_agree() -> None:
    case = CASES["global"]

    assert case["need_bn"] - case["expected_bn"] == case["gap_bn"]
    assert case["need_bn"] * 6 == case["six_years_bn"]


def test_a_strategy_closes_part_of_the_gap() -> None:
    case = CASES["strategy"]
    actions = [
        FinanceAction(str(k), source, "fund", amount, p) for k, (source, amount, p) in enumerate(case["actions"])
    ]

    assert expected(actions) == near(case["expected"])
    assert residual([2027], [case["gap"]], actions) == near((case["residual"],))
    plain = [action for action in actions if action.source != "innovative"]
    assert residual([2027], [case["gap"]], plain) == near((case["residual_without_innovative"],))


def plan(case: dict[str, Any]) -> CostedAction:
    start, end = case["years"]
    return CostedAction("a", "T1", "terraces", case["hectares"], start, end, case["capex"], case["upkeep"])
