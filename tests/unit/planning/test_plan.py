"""The planner: against brute force, its own laws, and ranking hotspots."""

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landbalance.core.errors import InputError, NotFoundError
from landbalance.planning.needs import TypeNeed, TypeOutcome
from landbalance.planning.plan import Plan, cost_curve, plan, ranking_plan
from landbalance.planning.practices import Practice, chosen_practices, default_practices
from landbalance.planning.problem import LAND_COLUMNS, PlanProblem, PlanSettings
from landbalance.planning.reasons import reasons
from landbalance.planning.robustness import draw_factors, robust_plan, robustness
from landbalance.planning.scenario import Horizon, Scenario, ScenarioPolygon, compare, polygon_scenario

HORIZON = Horizon(2023, 2030)
PRACTICES = (
    Practice(code="guard", response="avoid", cost_usd_ha=20.0, effectiveness=0.5, lag_years=0),
    Practice(code="graze", response="reduce", cost_usd_ha=60.0, effectiveness=0.5, lag_years=2),
    Practice(code="stone", response="reverse", cost_usd_ha=300.0, effectiveness=0.9, lag_years=5, carbon_t_ha=3.0),
    Practice(code="regrow", response="reverse", cost_usd_ha=100.0, effectiveness=0.4, lag_years=5, carbon_t_ha=9.0),
)


@pytest.mark.parametrize("keeps", [True, False])
def test_pastoral_reserves_are_kept_open_to_herds(keeps: bool) -> None:
    land = SMALL.assign(reserved=[True, True, False, False, False])
    herds = tuple(replace(each, open_to_herds=each.code == "graze") for each in PRACTICES)

    found = plan(problem_of(land, NEEDS, practices=herds, keeps_reserves=keeps))

    inside = [row for row in found.rows if row.site == "n" and row.land_type == 1]
    assert {row.practice for row in inside} <= ({"graze"} if keeps else {each.code for each in PRACTICES})
    assert [row.reserved for row in inside] == [keeps] * len(inside)
    closed = {row.response for row in inside if row.response == 3}
    assert bool(closed) != keeps


def land_of(rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=LAND_COLUMNS)


def problem_of(land: pd.DataFrame, needs: tuple[TypeNeed, ...], **more: Any) -> PlanProblem:
    practices = more.pop("practices", PRACTICES)
    chosen = PlanSettings(horizon=HORIZON, first_year=2024, **more)
    domains = {int(number): f"district {number}" for number in sorted(set(land["domain"]))}
    return PlanProblem(land, practices, needs, domains, chosen)


SMALL = land_of(
    [
        ("n", 1, 1, 3, 100.0, 0.0, 0.1),
        ("n", 1, 1, 2, 80.0, 0.3, 0.2),
        ("n", 2, 1, 3, 40.0, 0.0, 0.0),
        ("s", 1, 2, 3, 60.0, 0.0, 0.5),
        ("s", 2, 2, 1, 200.0, 0.1, 0.1),
    ]
)
NEEDS = (
    TypeNeed(1, "grass", gains_ha=10.0, losses_ha=60.0, new_loss_ha=24.0),
    TypeNeed(2, "wood", gains_ha=5.0, losses_ha=10.0, new_loss_ha=20.0),
)


def brute_force(problem: PlanProblem, step: float) -> tuple[float, float]:
    """Return the least (shortfall, cost) over all plans in which each piece of land is treated in steps of its area.

    Written without the program's rows: practices share a piece in multiples of `step`, effects are summed by hand.
    """
    best = (np.inf, np.inf)
    options = []
    for row in problem.land.itertuples(index=False):
        fitting = [p for p in problem.practices if {"avoid": 1, "reduce": 2, "reverse": 3}[p.response] == row.response]
        shares = np.arange(0.0, 1.0 + 1e-9, step)
        ways = [way for way in product(shares, repeat=len(fitting)) if sum(way) <= 1 + 1e-9]
        options.append([(row, fitting, way) for way in ways])
    for choice in product(*options):
        cost, back, kept = 0.0, {1: 0.0, 2: 0.0}, {1: 0.0, 2: 0.0}
        for row, fitting, way in choice:
            for practice, share in zip(fitting, way, strict=True):
                area = share * row.area_ha
                cost += area * practice.cost_usd_ha
                years = list(range(2024, max(2024, 2030 - practice.lag_years) + 1))
                if practice.response == "reverse":
                    back[row.land_type] += area * practice.effectiveness
                else:
                    left = sum(2030 - year - practice.lag_years for year in years) / len(years) / 7
                    kept[row.land_type] += area * practice.effectiveness * row.risk * left
        if problem.settings.budget_usd is not None and cost > problem.settings.budget_usd + 1e-9:
            continue
        missing = 0.0
        for need in problem.needs:
            saved = min(kept[need.land_type], need.new_loss_ha)
            missing += max(0.0, need.losses_ha + need.new_loss_ha - saved - need.gains_ha - back[need.land_type])
        best = min(best, (round(missing, 6), cost))
    return best


@pytest.mark.parametrize("budget", [None, 3000.0, 9000.0, 14000.0])
def test_the_optimum_is_at_least_as_good_as_brute_force(budget: float | None) -> None:
    problem = problem_of(SMALL, NEEDS, budget_usd=budget)

    found = plan(problem)

    missing, cost = brute_force(problem, step=0.25)
    assert found.shortfall_ha <= missing + 1e-4
    if missing < 1e-4:
        assert found.cost_usd <= cost + 1e-2
    assert found.cost_usd <= (budget or np.inf) * (1 + 1e-6)


@pytest.mark.parametrize("budget", [None, 5000.0, 12000.0, 25000.0])
def test_whole_sites_equal_brute_force(budget: float | None) -> None:
    problem = problem_of(SMALL.assign(site=list("abcde")), NEEDS, budget_usd=budget, whole_sites=True, gap=0.0)

    found = plan(problem)

    missing, cost = brute_force(problem, step=1.0)
    assert found.shortfall_ha == pytest.approx(missing, abs=1e-4)
    assert found.cost_usd == pytest.approx(cost, abs=1e-2)


CASES = st.lists(
    st.tuples(
        st.sampled_from(("a", "b", "c")), st.integers(1, 3), st.integers(1, 2), st.integers(1, 3),
        st.floats(1, 500), st.floats(0, 0.6), st.floats(0, 2),
    ),
    min_size=1, max_size=8,
)  # fmt: skip
LOSSES = st.lists(st.tuples(st.floats(0, 50), st.floats(0, 200), st.floats(0, 60)), min_size=3, max_size=3)


def drawn(rows: list[tuple[Any, ...]], losses: list[tuple[float, ...]], **more: Any) -> PlanProblem:
    needs = tuple(TypeNeed(number, f"type {number}", *row) for number, row in enumerate(losses, 1))
    return problem_of(land_of(rows), needs, **more)


@settings(max_examples=40)
@given(CASES, LOSSES, st.floats(0, 5e4))
def test_a_plan_says_what_the_scenario_of_it_says(rows: Any, losses: Any, budget: float) -> None:
    found = plan(drawn(rows, losses, budget_usd=budget))

    again = found.applied()

    for stated, applied in zip(found.outcomes, again.outcomes, strict=True):
        assert applied.net_ha == pytest.approx(stated.net_ha, abs=1e-6)
        assert applied.avoided_upper_ha == pytest.approx(stated.avoided_upper_ha, abs=1e-6)
    assert again.shortfall_ha == pytest.approx(found.shortfall_ha, abs=1e-6)


@settings(max_examples=40)
@given(CASES, LOSSES, st.floats(0, 5e4), st.floats(1, 3))
def test_more_money_never_gives_a_worse_plan(rows: Any, losses: Any, budget: float, more: float) -> None:
    poor = plan(drawn(rows, losses, budget_usd=budget))
    rich = plan(drawn(rows, losses, budget_usd=budget * more))

    assert rich.shortfall_ha <= poor.shortfall_ha + 1e-3
    assert poor.cost_usd <= budget * (1 + 1e-6) + 1e-2


@settings(max_examples=40)
@given(CASES, LOSSES, st.floats(0, 5e4))
def test_splitting_a_land_type_never_makes_a_plan_neutral(rows: Any, losses: Any, budget: float) -> None:
    whole = drawn(rows, losses, budget_usd=budget)
    first, *others = whole.needs
    halves = (
        replace(first, gains_ha=first.gains_ha, losses_ha=first.losses_ha / 2, new_loss_ha=first.new_loss_ha / 2),
        TypeNeed(9, "half", 0.0, first.losses_ha / 2, first.new_loss_ha / 2),
    )
    land = whole.land.copy()
    mine = np.flatnonzero(land["land_type"] == 1)
    land.iloc[mine[::2], land.columns.get_loc("land_type")] = 9
    split = replace(whole, land=land, needs=(*halves, *others))

    assert plan(split).shortfall_ha >= plan(whole).shortfall_ha - 1e-3


@settings(max_examples=30)
@given(CASES, LOSSES, st.floats(0, 5e4))
def test_the_planner_is_never_worse_than_ranking_hotspots(rows: Any, losses: Any, budget: float) -> None:
    problem = drawn(rows, losses, budget_usd=budget)

    ranked = ranking_plan(problem, budget)

    assert plan(problem).shortfall_ha <= ranked.shortfall_ha + 1e-3
    assert ranked.cost_usd <= budget * (1 + 1e-9) + 1e-6


def test_no_land_is_treated_twice() -> None:
    found = plan(problem_of(SMALL, (replace(NEEDS[0], losses_ha=1e4), NEEDS[1])))

    treated = found.treated().groupby(["site", "land_type", "domain", "response"])["area_ha"].sum()
    most = SMALL.set_index(["site", "land_type", "domain", "response"])["area_ha"].reindex(treated.index)
    assert len(treated) == 4
    assert (treated <= most + 1e-6).all()


def test_capacity_holds_over_the_years_in_which_work_still_shows() -> None:
    slow = replace(PRACTICES[2], capacity_ha_year=10.0)
    problem = problem_of(SMALL, NEEDS, practices=(slow,))

    found = plan(problem)

    assert found.area_ha == pytest.approx(20.0)  # 2024 and 2025: later work shows after 2030
    assert reasons(problem, found)[0].code == "capacity"


def test_the_shadow_price_is_what_one_hectare_more_costs() -> None:
    found = plan(problem_of(SMALL, NEEDS))
    more = plan(problem_of(SMALL, (replace(NEEDS[0], losses_ha=61.0), NEEDS[1])))

    assert found.prices[0].usd_ha == pytest.approx(more.cost_usd - found.cost_usd, rel=1e-3)


def test_equity_gives_every_district_its_floor() -> None:
    needs = (replace(NEEDS[0], losses_ha=10.0, new_loss_ha=10.0), replace(NEEDS[1], losses_ha=20.0, new_loss_ha=0.0))
    free, fair = (plan(problem_of(SMALL, needs, equity=equity)) for equity in (0.0, 0.8))
    shares = {row.domain: 0.0 for row in fair.rows}
    for row in fair.rows:
        shares[row.domain] += row.cost_usd / fair.cost_usd
    treatable = SMALL.groupby("domain")["area_ha"].sum() / SMALL["area_ha"].sum()

    assert all(shares[number] >= 0.8 * treatable[number] - 1e-6 for number in (1, 2))
    assert fair.cost_usd >= free.cost_usd - 1e-6


def test_the_lexicographic_hierarchy_restores_least() -> None:
    def restored(hierarchy: str) -> float:
        return sum(
            row.effect_ha for row in plan(problem_of(SMALL, NEEDS, hierarchy=hierarchy)).rows if row.response == 3
        )

    assert restored("lexicographic") <= restored("weighted") + 1e-3
    assert restored("lexicographic") <= restored("cheapest") + 1e-3


def test_people_and_carbon_are_the_most_that_the_budget_allows() -> None:
    budget = 15000.0
    by = {
        goal: plan(problem_of(SMALL, NEEDS, budget_usd=budget, objective=goal)) for goal in ("cost", "people", "carbon")
    }

    assert by["people"].people >= max(by["cost"].people, by["carbon"].people) - 1e-3
    assert by["carbon"].carbon_t >= max(by["cost"].carbon_t, by["people"].carbon_t) - 1e-3
    assert by["people"].shortfall_ha == pytest.approx(by["cost"].shortfall_ha, abs=1e-3)


def test_excluded_sites_and_practices_are_left_alone() -> None:
    found = plan(problem_of(SMALL, NEEDS, excluded_sites=frozenset({"n"}), excluded_practices=frozenset({"stone"})))

    assert {row.site for row in found.rows} == {"s"}
    assert "stone" not in {row.practice for row in found.rows}


def test_contiguity_keeps_treated_sites_together() -> None:
    land = land_of([(name, 1, 1, 3, 10.0, 0.0, 0.0) for name in "abc"])
    needs = (TypeNeed(1, "grass", 0.0, 18.0, 0.0),)
    near = {("a", "c"): 5.0, ("a", "b"): 0.1}
    practices = (replace(PRACTICES[2], cost_usd_ha=100.0),)

    found = plan(
        problem_of(land, needs, practices=practices, whole_sites=True, contiguity_usd_km=500.0, borders=near, gap=0.0)
    )

    assert {row.site for row in found.rows} == {"a", "c"}


def test_gains_pay_for_no_loss_of_irreplaceable_land() -> None:
    needs = (replace(NEEDS[0], is_tradable=False), NEEDS[1])
    problem = problem_of(SMALL, needs)

    found = plan(problem)

    assert not [row for row in found.rows if row.land_type == 1 and row.response == 3]
    assert [each.code for each in reasons(problem, found)] == ["irreplaceable"]


@pytest.mark.parametrize(
    ("more", "code"),
    [({"budget_usd": 100.0}, "budget"), ({"practices": PRACTICES[:0]}, "no_practice"),
     ({"practices": (replace(PRACTICES[2], lag_years=9),)}, "lag")],
)  # fmt: skip
def test_the_reason_for_a_shortfall_is_named(more: dict[str, Any], code: str) -> None:
    problem = problem_of(SMALL, NEEDS, **more)

    assert code in {each.code for each in reasons(problem, plan(problem))}


def test_more_need_than_land_is_said_to_the_hectare() -> None:
    problem = problem_of(SMALL, (replace(NEEDS[0], losses_ha=400.0), NEEDS[1]))

    found = reasons(problem, plan(problem))

    assert (found[0].code, found[0].name) == ("land", "grass")
    assert found[0].missing_ha == pytest.approx(414 - 160 * 0.9 - 80 * 0.3 * 0.5 * 2 / 7, abs=0.01)  # 2 of 7 years


def test_a_curve_goes_down() -> None:
    points = cost_curve(problem_of(SMALL, NEEDS), [0.0, 2000.0, 5000.0, 10000.0, 20000.0])

    missing = [point.shortfall_ha for point in points]
    assert missing == sorted(missing, reverse=True)
    assert missing[0] == pytest.approx(Scenario(tuple(TypeOutcome(need) for need in NEEDS)).shortfall_ha)


def test_equal_generators_draw_equal_factors_and_certainty_is_robust() -> None:
    problem = problem_of(SMALL, NEEDS)
    found = plan(problem)
    draws = [draw_factors(problem, np.random.default_rng(7), 200) for _ in range(2)]

    assert robustness(found, draws[0]) == robustness(found, draws[1])
    sure = replace(draws[0], risk=np.ones_like(draws[0].risk), effect=np.ones_like(draws[0].effect))
    assert robustness(found, sure).neutral_share == 1.0


def test_a_robust_plan_reaches_its_share_and_costs_more() -> None:
    problem = problem_of(SMALL.assign(area_ha=SMALL["area_ha"] * 4), NEEDS)
    draws = draw_factors(problem, np.random.default_rng(7), 200)
    plain = plan(problem)

    found = robust_plan(problem, draws, 0.9)

    assert found is not None
    assert found[1].neutral_share >= 0.9 > robustness(plain, draws).neutral_share
    assert found[0].cost_usd > plain.cost_usd


def test_a_share_out_of_reach_is_none() -> None:
    problem = problem_of(SMALL, NEEDS, budget_usd=100.0)

    assert robust_plan(problem, draw_factors(problem, np.random.default_rng(7)), 0.9) is None


def test_overlapping_polygons_count_once_by_the_greater_effect() -> None:
    areas = pd.DataFrame(
        {"land_type": 1, "response": [3, 3, 1], "atom": [1, 2, 2], "area_ha": [6.0, 4.0, 9.0], "risk": 0.2}
    )
    drawn_ = [ScenarioPolygon("a", "reverse", 0.6, 2024, 2024), ScenarioPolygon("b", "reverse", 0.4, 2024, 2024)]
    need = TypeNeed(1, "grass", gains_ha=0.0, losses_ha=6.0, new_loss_ha=2.0)

    found = polygon_scenario(areas, {1: ["a"], 2: ["a", "b"]}, drawn_, [need], HORIZON)

    assert found.reversed_ha == pytest.approx(6.0)  # EX-6.7
    assert sum(row.reversed_ha for row in found.polygons) == pytest.approx(7.6)
    assert found.avoided_ha == 0.0
    assert compare(100.0, 130.0, found).gap_closed == pytest.approx(0.2)


def test_avoided_loss_is_weighed_by_risk_and_capped_by_what_would_be_lost() -> None:
    areas = pd.DataFrame({"land_type": 1, "response": [2], "atom": [1], "area_ha": [100.0], "risk": 0.5})
    need = TypeNeed(1, "grass", gains_ha=0.0, losses_ha=0.0, new_loss_ha=30.0)

    found = polygon_scenario(areas, {1: ["a"]}, [ScenarioPolygon("a", "auto", 0.8, 2023, 2023)], [need], HORIZON)

    assert (found.avoided_ha, found.outcomes[0].avoided_upper_ha) == (30.0, 80.0)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"budget_usd": -1.0}, "the budget is -1.0 USD"),
        ({"first_year": 2031}, "work begins in 2031"),
        ({"horizon": Horizon(2023, 2020)}, "the target year is 2020"),
        ({"equity": 2.0}, "equity is 2.0"),
        ({"objective": "people"}, "has no end without a budget"),
        ({"hierarchy": "random"}, "hierarchy 'random'"),
    ],
)
def test_settings_that_cannot_be_are_refused(more: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        PlanSettings(**{"horizon": HORIZON, "first_year": 2024, **more})


def test_a_practice_without_cost_is_refused_where_it_is_chosen() -> None:
    with pytest.raises(InputError, match="practice stone has no cost in district 1"):
        problem_of(SMALL, NEEDS, practices=(replace(PRACTICES[2], cost_usd_ha=None),))


def test_practices_are_chosen_by_code_and_carry_a_source() -> None:
    assert [each.code for each in chosen_practices(default_practices(), ["protection"])] == ["protection"]
    assert all(each.source for each in default_practices())
    with pytest.raises(NotFoundError, match="no practice 'magic'"):
        chosen_practices(default_practices(), ["magic"])


def test_an_empty_plan_is_a_plan() -> None:
    found = plan(problem_of(SMALL, (TypeNeed(1, "grass", 5.0, 1.0, 0.0), TypeNeed(2, "wood", 0.0, 0.0, 0.0))))

    assert (found.rows, found.cost_usd, found.is_neutral) == ((), 0.0, True)
    assert isinstance(found, Plan)
