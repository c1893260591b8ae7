"""Charts of stacks, losses, carbon and costs: their tables hold every figure, and the pictures can be drawn."""

import json
from itertools import pairwise

import pytest

from landbalance.finance.blend import Tranche, loss_waterfall
from landbalance.finance.carbon_credits import Reversal, Shares, vintages
from landbalance.finance.cost_curve import Measure, cost_curve
from landbalance.finance.stack_cash import CashRules, StackCash, stack_cash
from landbalance.io.charts import chart_svgs
from landbalance.io.language import LANGUAGES, tongue
from landbalance.reporting.blend_charts import (
    cash_waterfall_chart,
    cash_years_chart,
    cost_curve_chart,
    credits_chart,
    loss_chart,
    waterfall_chart,
)
from landbalance.reporting.charts import Chart
from landbalance.reporting.words import Tongue

STACK = [
    Tranche("bank", "commercial", 40.0, 0.09, years=2, is_public=False),
    Tranche("fund", "concessional", 30.0, 0.03, years=3),
    Tranche("donor", "grant", 10.0, 0.0),
]


def paid() -> StackCash:
    return stack_cash(STACK, [20.0, 60.0, 50.0], CashRules(1.1, 0.5, fees=1.0, community_share=0.2))


def every(words: Tongue) -> list[Chart]:
    measures = [Measure("stone_bunds", 10, 5000, 20), Measure("grazing", 30, 3000, 10)]
    credited = vintages([100.0, 50.0, 80.0], Shares(0.1, 0.0, 0.2), [Reversal(2, 0.6, "fire")])
    losses = {share: loss_waterfall(STACK, 80 * share) for share in (0.1, 0.5)}
    return [
        cost_curve_chart(cost_curve(measures), "USD", words),
        cash_waterfall_chart(paid(), "USD", words),
        cash_years_chart(paid(), "USD", words),
        loss_chart(losses, "USD", words),
        credits_chart(credited, words),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_chart_is_drawn_in_every_language(language: str) -> None:
    made = every(tongue(language))

    assert all(svg.startswith("<svg") for svg in chart_svgs(made))
    for chart in made:
        assert chart.table.rows
        assert {len(row) for row in chart.table.rows} == {len(chart.table.columns)}
        assert json.dumps(chart.spec)
        assert chart.title in chart.alt


def test_a_waterfall_ends_where_its_steps_lead() -> None:
    made = waterfall_chart(
        ("need", 10.0), [("found", -4.0), ("more", 1.5)], "gap", name="gap", title="Gap", unit="USD", tongue=tongue()
    )

    assert made.table.rows == (("need", 10.0, 10.0), ("found", -4.0, 6.0), ("more", 1.5, 7.5), ("gap", 7.5, 7.5))


def test_the_cash_waterfall_leaves_nothing_out() -> None:
    found = paid()

    rows = cash_waterfall_chart(found, "USD", tongue()).table.rows

    last = found.years[-1]
    assert rows[0][1] == pytest.approx(sum(year.cash for year in found.years))
    assert rows[-1][1] == pytest.approx(last.reserve + last.kept_back, abs=1e-9)


def test_each_year_of_cash_sums_to_what_came_in_and_was_held() -> None:
    found = paid()

    for year, row in zip(found.years, cash_years_chart(found, "USD", tongue()).table.rows, strict=True):
        shown = sum(float(cell) for cell in row[2:-1])  # type: ignore[arg-type]
        assert shown >= year.cash - 1e-9


def test_a_cost_curve_never_falls() -> None:
    measures = [Measure(str(place), place + 1.0, (place * 7919) % 101) for place in range(20)]

    steps = cost_curve(measures).steps

    assert all(one.unit_cost <= other.unit_cost and one.end == other.start for one, other in pairwise(steps))
    assert steps[-1].end == pytest.approx(sum(each.hectares for each in measures))
    assert steps[-1].total_cost == pytest.approx(sum(each.cost for each in measures))
