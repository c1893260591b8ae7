"""The history of a cover as a chart: every year is there, unknown ones too, and signs say what colour says."""

import math

import numpy as np
import pytest

from landbalance.finance.burning import cover_facts
from landbalance.finance.insure import Contract, Cover
from landbalance.finance.products import Insured, Losses, Part, Product, Terms, insure_product
from landbalance.finance.year_series import year_series
from landbalance.io.charts import chart_svgs
from landbalance.io.drought_html import drought_html
from landbalance.io.language import LANGUAGES, tongue
from landbalance.reporting.cover_charts import history_chart, history_fates
from landbalance.reporting.cover_page import cover_page, layer_table, product_table

INDEX = {1990 + place: (-1.6 if place in (3, 9, 15, 21) else 0.4) for place in range(30)} | {1995: math.nan}
LOST = {1990 + place: (80.0 if place in (3, 9, 16, 21) else 5.0) for place in range(30)} | {1997: math.nan}


def insured(*, losses: bool = True) -> Insured:
    product = Product("millet", (Part(year_series(INDEX, name="North, SPI-4 of month 9", origin="t.csv"),
                                      Contract((Cover(-1, -2, 100),))),))  # fmt: skip
    lost = Losses(year_series(LOST), 50.0, 80.0) if losses else None
    return insure_product(product, Terms(), lost, cover_facts(), np.random.default_rng(1))


def test_every_year_says_what_it_was() -> None:
    found = insured()

    fates = dict(zip(found.years, history_fates(found), strict=True))

    assert [fates[year] for year in (1993, 2005, 2006, 1990, 1995, 1997)] == [
        "paid", "vain", "missed", "none", "unknown", "unknown",
    ]  # fmt: skip


def test_the_chart_holds_the_table_and_unknown_is_empty_not_zero() -> None:
    chart = history_chart(insured(), tongue(), "USD")
    rows = {row["year"]: row for row in chart.spec["data"]["values"]}

    assert len(rows) == len(chart.table.rows) == 30
    assert rows["1995"]["payout"] is None
    assert rows["1997"]["loss"] is None
    assert rows["1993"] | {"fate": "", "top": 0} == {
        "year": "1993", "index": -1.6, "loss": 80.0, "payout": pytest.approx(60.0), "sign": "", "fate": "", "top": 0,
    }  # fmt: skip
    assert [rows[year]["sign"] for year in ("2006", "2005", "1995")] == ["✕", "○", "?"]
    assert chart.table.rows[5][1:4] == (None, 5.0, None)
    assert "bad years without a payout: 1; paid in vain: 1; not known: 2" in chart.alt


def test_without_losses_a_payout_is_just_a_payout() -> None:
    assert set(history_fates(insured(losses=False))) == {"paid", "none", "unknown"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_chart_and_page_come_in_every_language(language: str) -> None:
    words, found = tongue(language), insured()
    chart = history_chart(found, words, "USD")
    page = cover_page([found], [], cover_facts(), words, title="T", place="ZZD", date="2026-11-25T10:00:00",
                      currency="USD", invented=True)  # fmt: skip

    html = drought_html(page, {}, (), words)

    assert chart_svgs([chart])[0].startswith("<svg")
    assert "<script" not in html
    assert ("In 1 of 4 bad years a farmer gets nothing" in html) == (language == "en")


def test_products_stand_side_by_side_with_a_dash_for_what_nobody_knows() -> None:
    judged, unjudged = insured(), insured(losses=False)

    table = product_table([judged, unjudged], tongue(), "USD")

    assert table.rows[0][10] == pytest.approx(0.25)
    assert table.rows[1][10:14] == (None,) * 4
    assert table.rows[1][-1] == "Not judged: no losses given"
    assert len(layer_table(judged, tongue()).rows) >= 1
