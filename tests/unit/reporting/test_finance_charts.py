"""Charts of finance: parts sum to the whole, every chart has its data, all languages draw."""

import pandas as pd
import pytest

from landbalance.core.errors import InputError
from landbalance.finance.needs import CostedAction, cost_schedule, gap
from landbalance.finance.subsidy import Subsidy
from landbalance.io.charts import chart_svgs
from landbalance.io.finance_charts import write_charts
from landbalance.io.language import LANGUAGES, tongue
from landbalance.reporting.finance import finance_text, gap_chart, need_rows, sankey_chart, subsidy_chart

PLAN = (
    CostedAction("a", "T1", "terraces", 100, 2026, 2027, 500, 20),
    CostedAction("b", "T2", "zai", 50, 2026, 2026, 100),
)
FLOWS = pd.DataFrame({"funder": ["A", "A", "B"], "use": ["x", "y", "y"], "amount": [3.0, 2.0, 5.0]})


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_chart_draws_in_every_language(language: str) -> None:
    words = tongue(language)
    found = gap([2026, 2027], [2.0, 3.0], [1.0, 4.0])
    entries = [Subsidy("s", "Fuel", 120, 4, 3, 2, "A1")]

    for chart in (gap_chart(found, [0.5, -1.0], words), sankey_chart(FLOWS, words), subsidy_chart(entries, words)):
        assert chart_svgs([chart])[0].startswith("<svg")
        assert chart.table.rows
    assert len(finance_text(1e6, (2e5, 3e5), 0.5, "current USD", words)) == 3


def test_the_bars_of_a_year_sum_to_its_need() -> None:
    chart = gap_chart(gap([2026, 2027], [2e6, 3e6], [1e6, 4e6]), [5e5, -1e6], tongue())

    sums = pd.DataFrame(chart.spec["data"]["values"]).groupby("year")["usd"].sum()

    assert sums.to_dict() == {"2026": 2.0, "2027": 3.0}


def test_bands_are_as_high_as_the_nodes_they_join() -> None:
    rows = pd.DataFrame(sankey_chart(FLOWS, tongue()).spec["data"]["values"])
    nodes = rows[rows["mark"] == "node"]
    ends = rows[rows["mark"] == "band"].groupby("link")

    heights = (nodes["y"] - nodes["y2"]).to_numpy()
    left = sum((band.iloc[0]["y"] - band.iloc[0]["y2"]) for _, band in ends)

    assert left == pytest.approx(heights[nodes["side"] == "left"].sum())


def test_needs_by_group_sum_to_all() -> None:
    need = cost_schedule(PLAN, range(2026, 2029))

    _, rows = need_rows(PLAN, need, "practice")

    assert rows[-1][1:] == pytest.approx([sum(row[k] for row in rows[:-1]) for k in range(1, len(rows[0]))])
    with pytest.raises(InputError, match="no group of needs"):
        need_rows(PLAN, need, "minister")


def test_charts_are_written_with_their_data(tmp_path) -> None:
    write_charts(tmp_path, [sankey_chart(FLOWS, tongue())])

    assert {path.suffix for path in tmp_path.iterdir()} == {".svg", ".json", ".csv"}
    assert "A,x,3" in (tmp_path / "finance-sankey.csv").read_text()
